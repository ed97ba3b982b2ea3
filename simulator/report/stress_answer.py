"""What stresses do to a deal, in sentences: what breaks it, what hurts most, what does nothing, what it stands."""

from collections.abc import Callable, Iterator, Sequence

from simulator.report.quantity_words import quantity_in_words
from simulator.report.stress_words import is_told
from simulator.studies.stress import LOSS, MULTIPLE, Stressed, UnderStress
from simulator.studies.stress_versions import FORMS
from simulator.table import say_change
from simulator.words import MULTIPLE as AS_MULTIPLE
from simulator.words import PERCENT, a_number, listed, say, with_error

_EVEN = 0.5
"""The chance of loss above which a loss is likelier than not."""
_MOST = 6
"""Stresses that a sentence names before it only counts the others."""
Breaks = Callable[[UnderStress], bool]


def answer(found: Stressed) -> tuple[str, ...]:
    """Return the answer in sentences."""
    return tuple(_sentences(found))


def _sentences(found: Stressed) -> Iterator[str]:
    stands, loss = found.as_it_stands[MULTIPLE].value, found.as_it_stands[LOSS].value or 0.0
    yield _as_it_stands(found)
    if stands is not None and stands >= 1:
        yield from _broken(found)
    elif stands is not None:
        yield from _saved(found)
    if loss <= _EVEN:
        yield from _likely_losses(found)
    yield from _hurts_most(found)
    if stands is not None and stands >= 1:
        yield from _stood(found)
    yield from _nothing(found)
    yield from _not_for(found)


def _as_it_stands(found: Stressed) -> str:
    multiple, loss = found.as_it_stands[MULTIPLE], found.as_it_stands[LOSS]
    if multiple.value is None:
        return f"As it stands, the mean money multiple does not exist ({multiple.status.replace('_', ' ')})."
    verdict = "gets its money back and more" if multiple.value >= 1 else "loses money"
    return (
        f"As it stands, the investor {verdict} on average: a money multiple of "
        f"{with_error(AS_MULTIPLE, multiple.value, multiple.se)}, with a "
        f"probability of loss of {say(PERCENT, loss.value)}."
    )


def _broken(found: Stressed) -> Iterator[str]:
    """Say which stresses bring the mean multiple below 1, from which form on."""
    broken = _which(found, lambda each: (_value(each, MULTIPLE) or 0.0) < 1)
    if not broken:
        worst = min(_changing(found), key=lambda each: _value(each, MULTIPLE) or 0.0, default=None)
        lowest = "" if worst is None else f"; the lowest is {_at(worst)}"
        yield f"Nothing that was tried breaks it: under every stress the mean multiple stays at 1 or above{lowest}."
        return
    yield f"What breaks it, with a mean multiple below 1: {_named(broken, found)}."


def _saved(found: Stressed) -> Iterator[str]:
    """Say which stresses bring the mean multiple of a deal that loses to 1 or more, or how near the best comes."""
    saved = _which(found, lambda each: (_value(each, MULTIPLE) or 0.0) >= 1)
    if saved:
        yield f"What saves it, with a mean multiple of 1 or more: {_named(saved, found)}."
    better = [each for each in _changing(found) if _surely(each, 1) and (_value(each, MULTIPLE) or 0.0) < 1]
    best = max(better, key=lambda each: _value(each, MULTIPLE) or 0.0, default=None)
    if best is None and not saved:
        yield "Nothing that was tried saves it, or makes it better."
    elif best is not None:
        start = (
            "Of what does not save it, the best leaves it at"
            if saved
            else "Nothing that was tried saves it: the best brings"
        )
        yield f"{start} {_at(best)}."


def _likely_losses(found: Stressed) -> Iterator[str]:
    likely = _which(found, lambda each: (_value(each, LOSS) or 0.0) > _EVEN)
    if likely:
        yield f"A loss becomes likelier than not under {_named(likely, found)}."
    elif _changing(found):
        worst = max(_changing(found), key=lambda each: _value(each, LOSS) or 0.0)
        yield (
            "Under no stress is a loss likelier than not; the highest probability of loss is "
            f"{say(PERCENT, _value(worst, LOSS))}, under {_in_words(worst)}."
        )


def _hurts_most(found: Stressed) -> Iterator[str]:
    """Say what hurts most by the quantity that stresses are ranked by, with up to two next ones of other kinds."""
    hurting = [each for each in _changing(found) if each.harm > 0 and is_told(each.effects[found.ranked_by.name])]
    if not hurting:
        yield f"No stress makes {_of_rank(found)} worse by more than chance may."
        return
    worst = [_hurt(each, found) for each in _one_of_each(hurting)[:3]]
    rest = f" Then come {listed(worst[1:])}." if worst[1:] else ""
    yield f"What hurts most, by {_of_rank(found)}: {worst[0]}.{rest}"


def _hurt(each: UnderStress, found: Stressed) -> str:
    effect, unit = each.effects[found.ranked_by.name], found.ranked_by.unit
    if effect.value is None:
        return f"{_in_words(each)} (it no longer exists)"
    if effect.difference is None:
        return f"{_in_words(each)} ({say(unit, effect.value)})"
    return f"{_in_words(each)} ({say_change(unit, effect.difference, effect.difference_se)})"


def _of_rank(found: Stressed) -> str:
    return quantity_in_words(found.ranked_by)


def _stood(found: Stressed) -> Iterator[str]:
    """Say which stresses leave the mean multiple at 1 or above even in their largest form."""
    largest = {each.version.subject: each for each in sorted(_changing(found), key=_size)}
    harmful = [each for each in largest.values() if _surely(each, -1)]
    stood = [each for each in harmful if (_value(each, MULTIPLE) or 0.0) >= 1]
    if stood and len(stood) < len(harmful):
        stood.sort(key=lambda each: _value(each, MULTIPLE) or 0.0)
        yield (
            f"What the deal stands: even in their largest form, {len(stood)} of {a_number(len(harmful), 'harmful kind')} of "
            f"stress leave the mean multiple at 1 or above; the nearest to it is {_at(stood[0])}."
        )


def _nothing(found: Stressed) -> Iterator[str]:
    """Say what changes nothing, and what changes less than can be told from chance."""
    same = [each for each in found.tested if not each.changes]
    if same:
        titles = list(dict.fromkeys(_whole(each, same, found) for each in same))
        yield f"No effect on this deal: {_cut(titles)}."
    faint = [each for each in _changing(found) if not _surely(each, 1) and not _surely(each, -1)]
    if faint:
        titles = [f"{_within(each.version.subject)} ({each.version.label})" for each in faint]
        yield f"No change of the mean multiple that could be told from chance (within two errors): {_cut(titles)}."


def _not_for(found: Stressed) -> Iterator[str]:
    if found.left_out:
        titles = [f"“{each.title}” ({each.label})" for each in found.left_out]
        yield f"Left out, since the terms of the deal have no room for it: {_cut(titles)}."


def _changing(found: Stressed) -> list[UnderStress]:
    return [each for each in found.tested if each.changes]


def _value(each: UnderStress, name: str) -> float | None:
    return each.effects[name].value


def _surely(each: UnderStress, sign: int) -> bool:
    """Return whether the mean multiple rises (1) or falls (-1) by more than two errors, or no longer exists."""
    effect = each.effects[MULTIPLE]
    if effect.difference is None:
        return sign < 0
    return effect.difference * sign > 2 * (effect.difference_se or 0.0)


def _size(each: UnderStress) -> int:
    return FORMS.index(each.version.form) if each.version.form in FORMS else len(FORMS)


def _which(found: Stressed, breaks: Breaks) -> list[tuple[UnderStress, str]]:
    """Return the smallest form of each kind of stress that does something, and in words from which form on it does."""
    worst = []
    for several in _kinds(found).values():
        ordered = sorted(several, key=_size)
        does = [breaks(each) for each in ordered]
        if any(does):
            first = does.index(True)
            forms = [each.version.form or "" for each, true in zip(ordered, does, strict=True) if true]
            worst.append((ordered[first], _forms(forms, onwards=all(does[first:]))))
    return worst


def _kinds(found: Stressed) -> dict[str, list[UnderStress]]:
    """Return the forms that change anything of each kind of stress, kinds in the order of their worst forms."""
    kinds: dict[str, list[UnderStress]] = {}
    for each in _changing(found):
        kinds.setdefault(each.version.subject, []).append(each)
    return kinds


def _forms(forms: Sequence[str], *, onwards: bool) -> str:
    """Return in words which forms of a stress do something, the smallest first.

    >>> _forms(["severe", "extreme"], onwards=True)
    'from the severe form on'
    """
    if forms == [""]:
        return ""
    if onwards and len(forms) > 1:
        return f"from the {forms[0]} form on"
    return f"in the {listed(forms)} form{'s' if len(forms) > 1 else ''}"


def _named(which: Sequence[tuple[UnderStress, str]], found: Stressed) -> str:
    """Return kinds of stress with where they begin to do something and the figures there, or the first of many."""
    parts = []
    for each, forms in which[: _MOST if len(which) > _MOST + 1 else None]:
        figures = f"{say(AS_MULTIPLE, _value(each, MULTIPLE))}, P(loss) {say(PERCENT, _value(each, LOSS))}"
        parts.append(f"{_within(each.version.subject)} ({figures}{' ' if forms else ''}{forms})")
    more = len(which) - len(parts)
    if not more:
        return listed(parts)
    return f"{len(which)} of {len(_kinds(found))} kinds of stress: {'; '.join(parts)}; and {more} more"


def _cut(titles: Sequence[str]) -> str:
    """Return titles as a list, and where there are many the number of the others."""
    if len(titles) <= _MOST:
        return "; ".join(titles)
    return f"{'; '.join(titles[:_MOST])}; and {len(titles) - _MOST} more"


def _whole(each: UnderStress, same: Sequence[UnderStress], found: Stressed) -> str:
    """Return a stress by what all of its forms have in common, if none of them has an effect."""
    of_a_kind = [other for other in found.tested if other.version.subject == each.version.subject]
    return _within(each.version.subject) if all(other in same for other in of_a_kind) else _in_words(each)


def _one_of_each(tested: Sequence[UnderStress]) -> list[UnderStress]:
    """Return the first of each kind of stress."""
    firsts: dict[str, UnderStress] = {}
    for each in tested:
        firsts.setdefault(each.version.subject, each)
    return list(firsts.values())


def _at(each: UnderStress) -> str:
    return f"{say(AS_MULTIPLE, _value(each, MULTIPLE))} ({_in_words(each)})"


def _in_words(each: UnderStress) -> str:
    """Return a stress within a sentence, quoted, with the command's name for it."""
    return f"“{each.version.title}” ({each.version.label})"


def _within(title: str) -> str:
    return f"“{title}”"
