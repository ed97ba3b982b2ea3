"""The design of prices and terms in sentences."""

from collections.abc import Mapping, Sequence

from simulator.report.quantity_words import quantity_in_words, requirement_in_words
from simulator.studies.lever import Lever
from simulator.studies.quantities import Requirement
from simulator.studies.targets import Choice, Interval, Targets
from simulator.words import listed, name_within, say, with_error

METHOD = (
    "The lever is simulated at nine values over the range searched, then between neighbours of which one meets a requirement "
    "and the other does not, until the edge is known to a step of the lever. What happens twice between two neighbours is "
    "not seen. All values are simulated for the same people, with the same seed. Requirements on probabilities are met by "
    "the share of replications, whose error is beside it: what is met by less than two errors may be met by chance.",
)


def answer(found: Targets) -> tuple[str, ...]:
    """Return the answer in sentences."""
    lever = found.lever
    now = [
        f"the {quantity_in_words(each.quantity)} is {_figure(each, value)}"
        for each, value in zip(found.requirements, found.base, strict=True)
    ]
    stands = f"As the scenario stands, with the {lever.title} at {lever.say(lever.base)}, {listed(now)}."
    ends = f"{lever.say(found.searched[0])} to {lever.say(found.searched[1])}"
    if not found.feasible:
        alone = [
            f"{requirement_in_words(each)} {_alone(found, number)}" for number, each in enumerate(found.requirements)
        ]
        no = f"Cannot be met as the scenario stands otherwise: with no value of the {lever.title} from {ends} do all hold."
        return (no, *_sentence(alone), *_with_second(found), stands)
    said = [f"All requirements hold with the {lever.title} {_where(found.feasible, lever)}; {ends} was searched."]
    words = {each.name: requirement_in_words(each) for each in found.requirements}
    said += [sentence for each in found.feasible for sentence in _binding(each, lever, words)]
    if found.choice is not None:
        said.append(_chosen(found, found.choice))
    return (*said, *_with_second(found), stands)


def _alone(found: Targets, number: int) -> str:
    """Return where a requirement holds by itself; where it holds nowhere, how near it comes."""
    if found.each[number]:
        return f"holds {_where(found.each[number], found.lever)}"
    requirement, figures = found.requirements[number], found.figures[number]
    nearest = max(zip(found.values, figures, strict=True), key=lambda pair: requirement.margin_of(pair[1]))
    best = f"{say(requirement.quantity.unit, nearest[1])} at {found.lever.say(nearest[0])}"
    at_end = nearest[0] in found.searched
    return f"holds nowhere: it is {best} at best{', the end of the range' if at_end else ''}"


def _with_second(found: Targets) -> tuple[str, ...]:
    """Return in a sentence at which values of the second lever all requirements can hold."""
    more, lever = found.frontier, found.lever
    if more is None:
        return ()
    can = [(value, held) for value, held in zip(more.values, more.held, strict=True) if held.feasible]
    if not can:
        return (f"Nor can all hold at any {more.second.title} that was simulated.",)
    stands = [f"{_where(held.feasible, lever)} at {more.second.say(value)}" for value, held in (can[0], can[-1])]
    first = f"the {lever.title} may stand {listed(stands[: len(can)])}"
    return (f"Of {len(more.values)} values of {more.second.title}, {len(can)} let all hold: {first}.",)


def _sentence(parts: Sequence[str]) -> tuple[str, ...]:
    text = listed(parts)
    return (f"Alone, {text}.",) if text else ()


def _figure(requirement: Requirement, found: tuple[float | None, float | None]) -> str:
    return with_error(requirement.quantity.unit, *found)


def _where(held: Sequence[Interval], lever: Lever) -> str:
    if not held:
        return "nowhere"
    return listed([_stretch(each, lever) for each in held])


def _stretch(each: Interval, lever: Lever) -> str:
    if each.low == each.high:
        return f"at {lever.say(each.low)}"
    if not each.low_binds and not each.high_binds:
        return "everywhere"
    low, high = _end(lever, each.low, each.low_error), _end(lever, each.high, each.high_error)
    if not each.high_binds:
        return f"from {low} on"
    return f"up to {high}" if not each.low_binds else f"from {low} to {high}"


def _end(lever: Lever, value: float, error: float | None) -> str:
    return lever.say(value) if error is None else f"{lever.say(value)} ± {lever.say_error(error)}"


def _binding(each: Interval, lever: Lever, words: Mapping[str, str]) -> list[str]:
    said = []
    if each.low_binds:
        said.append(f"Below {lever.say(each.low)} it fails for: {listed([words[name] for name in each.low_binds])}.")
    if each.high_binds:
        said.append(f"Above {lever.say(each.high)} it fails for: {listed([words[name] for name in each.high_binds])}.")
    return said


def _chosen(found: Targets, choice: Choice) -> str:
    at_terms = [
        f"the {quantity_in_words(each.quantity)} is {_figure(each, value)}"
        for each, value in zip(found.requirements, choice.figures, strict=True)
    ]
    broken = [
        requirement_in_words(each) for each, holds in zip(found.requirements, choice.holds, strict=True) if not holds
    ]
    what = "in whole pounds" if len(choice.terms) > 1 or ".price" in next(iter(choice.terms)) else "in round numbers"
    end = f"; {listed(broken)} fails there by rounding" if broken else ""
    return (
        f"Nearest to where it stands is {found.lever.say(choice.value)}; {what}, tried again, {listed(at_terms)}{end}."
    )


def term_name(path: str) -> str:
    """Return a term in words: which price of which outcome, or the lever's name.

    >>> term_name("deal.rate_card.job_start.price.by_contract_year.1"), term_name("deal.schedules.adjusted.prices.engagement")
    ('job start, contract year 2', 'engagement, schedule adjusted')
    """
    parts = path.split(".")
    if parts[:2] == ["deal", "schedules"]:
        return ", ".join([name_within(parts[4]), f"schedule {name_within(parts[2])}", *_form(parts[5:])])
    if parts[:2] == ["deal", "rate_card"]:
        return ", ".join([name_within(parts[2]), *_form(parts[4:])])
    return ": ".join(name_within(part) for part in parts if part != "deal")


def _form(parts: Sequence[str]) -> list[str]:
    """Return which amount of a price by year or by tier it is."""
    return [f"{'contract year' if parts[0] == 'by_contract_year' else 'tier'} {int(parts[1]) + 1}"] if parts else []
