"""The bridge from one scenario to another, in sentences."""

from simulator.report.paired_words import signed
from simulator.studies.bridge import MOST_IN_PAIRS, Bridge, by_size
from simulator.words import MINUS, MONEY, MULTIPLE, listed, say

_NAMED = 3
"""Largest parts that the answer names."""


def answer(found: Bridge) -> tuple[str, ...]:
    """Return the answer in sentences."""
    if not found.parts:
        return ("There is no difference: the two scenarios agree in every term.",)
    difference = found.difference
    sentences = [
        f"A is “{found.first.title}”; B is “{found.other.title}”.",
        f"Outcome payments are {say(MONEY, found.to_other.gbp('payments').mean)} in B and "
        f"{say(MONEY, found.from_first.gbp('payments').mean)} in A: {signed(difference.gbp('payments'), MONEY)}."
        f"{_largest(found, 'payments')}",
        f"The investor's net is {say(MONEY, found.to_other.gbp('investor').mean)} in B and "
        f"{say(MONEY, found.from_first.gbp('investor').mean)} in A: {signed(difference.gbp('investor'), MONEY)}."
        f"{_largest(found, 'investor')}",
    ]
    if found.in_common.any():
        sentences.append(
            f"The investor's multiple is {say(MULTIPLE, found.multiple(found.to_other).mean)} in B and "
            f"{say(MULTIPLE, found.multiple(found.from_first).mean)} in A: {signed(found.multiple(difference), MULTIPLE)}."
        )
    return (*sentences, *_together(found))


def _largest(found: Bridge, name: str) -> str:
    moving = [part for part in by_size(found, name) if part.kind == "cause" and part.figures.pence[name].any()]
    words = [f"{_quoted(part.title)} ({signed(part.figures.gbp(name), MONEY)})" for part in moving[:_NAMED]]
    return f" Each alone, the most is done by {listed(words)}.{_jointly(found, name)}" if words else ""


def _jointly(found: Bridge, name: str) -> str:
    """Return what comes only of the causes together, where that is a third of the difference or more."""
    beyond = sum(int(part.figures.pence[name].sum()) for part in found.parts if part.kind != "cause")
    whole = int(found.difference.pence[name].sum())
    if len(found.causes) < 2 or 3 * abs(beyond) < abs(whole):
        return ""
    mean = beyond / found.from_first.multiple.size / 100
    sign = "+" if mean > 0 else MINUS
    return f" Single causes do not explain it: {sign}{MONEY.say(abs(mean))} comes only of the causes together."


def _quoted(title: str) -> str:
    """Return a cause within a sentence: the title of an overlay is a heading of its own, and stands in quotes."""
    return f'"{title}"' if title[:1].isupper() else title


def _together(found: Bridge) -> tuple[str, ...]:
    """Return what the causes do together beyond the sum of each alone."""
    beyond = sum(int(part.figures.pence["payments"].sum()) for part in found.parts if part.kind != "cause")
    if len(found.causes) < 2:
        return ()
    mean = beyond / found.from_first.multiple.size / 100
    if beyond == 0:
        return ("Together the causes do to payments what they do alone, added up.",)
    why = ", as happens where they meet a cap" if beyond < 0 < found.difference.pence["payments"].sum() else ""
    return (
        f"Together the causes do {MONEY.say(abs(mean))} {'more' if beyond > 0 else 'less'} to payments than each alone, "
        f"added up{why}.",
    )


def method(found: Bridge) -> tuple[str, ...]:
    """Return how it was computed."""
    joined = [cause.title for cause in found.causes if not cause.single]
    pairs = (
        "each two causes are applied together too, and what they do beyond both alone is named for them; what is left is what "
        "three and more do together."
        if len(found.causes) <= MOST_IN_PAIRS
        else f"with more than {MOST_IN_PAIRS} causes, what they do together is one part, which is what is left of the difference."
    )
    return (
        "Each cause is put into A alone, on the same simulated participants as far as it does not change what happens to them, "
        f"and taken less A, replication by replication; {pairs} A cause that is first may do more, or less, than one that comes "
        "last: that is in the interaction, and not in the cause.",
        "Between two scenarios the causes are groups of terms, and each term is in one of them. Of windows of changed rates, "
        "uncertain factors and correlations are one group; a schedule's cap goes with its prices.",
        *(f"These hold only together, and are one cause: {title}." for title in joined),
    )
