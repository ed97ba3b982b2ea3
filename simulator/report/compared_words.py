"""A comparison, in sentences."""

from collections.abc import Iterator

from simulator.asked import file_in_words
from simulator.comparison import Comparison
from simulator.estimates import LEVELS, Estimate
from simulator.measures.measure import Measure
from simulator.measures.of_deal import named
from simulator.report.repeat import in_python
from simulator.scenario.model import Scenario
from simulator.table import say_change
from simulator.words import Unit, listed, say, with_error

_ANSWERED = tuple(named(key) for key in ("payments.total_gbp", "investor.multiple", "investor.probability_of_loss"))


def question(made: Comparison) -> str:
    """Return what was asked."""
    return f"How does it compare with {listed([f'“{label}”' for label in made.labels[1:]])}?"


def answer(made: Comparison) -> tuple[str, ...]:
    """Return the answer in sentences: payments, the multiple and the risk of each scenario."""
    return (*(_compared(made, measure) for measure in _ANSWERED), *luck_lines(made))


def _compared(made: Comparison, measure: Measure) -> str:
    parts = []
    for position, (run, label) in enumerate(zip(made.runs, made.labels, strict=True)):
        text = f"{_figure(run.estimates[measure.key], measure.unit)} for “{label}”"
        found = made.difference(position, measure.key)
        if found is not None and found.estimate.mean is not None:
            change = say_change(measure.unit, found.estimate.mean, found.estimate.se)
            text = f"{text} ({'no difference' if change == 'none' else change})"
        parts.append(text)
    return f"{measure.label}{'' if measure.is_single else ', mean'}: {'; '.join(parts)}."


def _figure(found: Estimate, unit: Unit) -> str:
    if found.mean is not None:
        return with_error(unit, found.mean, found.se)
    middle = found.quantiles[LEVELS.index(0.5)]
    return "undefined" if middle is None else f"{say(unit, middle)} (median)"


def luck_lines(made: Comparison) -> tuple[str, ...]:
    """Return in a sentence that deals have seeds of their own, and which; nothing where there is one deal."""
    if not made.own_luck:
        return ()
    seeds = {run.scenario.deal.name: run.seed for run in made.runs}
    return (
        f"Each deal has a seed of its own, made from {made.seed} and the deal's name, so that figures of different deals are "
        f"independent; scenarios of one deal share it. Seeds for sib run: "
        f"{', '.join(f'{deal} {seed}' for deal, seed in seeds.items())}.",
    )


def method(made: Comparison) -> tuple[str, ...]:
    """Return how it was computed."""
    return tuple(_method(made))


def _method(made: Comparison) -> Iterator[str]:
    yield (
        f"Each scenario is simulated {made.replications:,} times. An error is the standard error of what stands before it; P5, "
        "median and P95 are percentiles over replications. What is not defined in a replication is never left out of them: it "
        "ranks at the bad end."
    )
    if any(made.paired(position) for position in range(len(made.runs))):
        yield (
            "Scenarios of one deal are run with one seed, so that they have the same simulated participants, as far as the terms "
            "do not change what happens to them. A difference is taken replication by replication, and its error is that of the "
            "paired difference; replications in which only one of the two has the measure are left out of it."
        )
    if made.own_luck:
        yield (
            "Scenarios of different deals have seeds of their own and are independent: no differences are taken between them."
        )
    yield "Rates of return are never averaged, nor are their differences taken: their median is given."


def command(made: Comparison) -> str:
    """Return the command that gives the same comparison; the call in Python where no command does."""
    first, *others = made.asked.scenarios
    if not any(each.overlay_files for each in (first, *others)):
        words = [file_in_words(each.file) for each in (first, *others)]
    elif not first.overlay_files and all(_is_variant(each, first) for each in others):
        words = [file_in_words(first.file), *(f"--overlay {file_in_words(each.overlay_files[0])}" for each in others)]
    else:
        loaded = ", ".join(map(in_python, (first, *others)))
        return f"sib.compare([{loaded}], replications={made.replications}, seed={made.seed})"
    return " ".join(["sib compare", *words, f"--replications {made.replications}", f"--seed {made.seed}"])


def _is_variant(scenario: Scenario, first: Scenario) -> bool:
    """Return whether a scenario is the first one under one overlay."""
    return scenario.has_files_of(first) and len(scenario.overlay_files) == 1
