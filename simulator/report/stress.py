"""The stress study: what is asked, tables and data."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from simulator.report.quantity_words import heading_of, quantity_in_words
from simulator.report.stress_answer import answer
from simulator.report.stress_figures import ranking, touched
from simulator.report.stress_words import change, figure, is_told, title_of
from simulator.report.study import ShownTable, Study, StudyRequest, conduct
from simulator.studies import stress as study
from simulator.studies.experiment import Experiment
from simulator.studies.stress import LOSS, MULTIPLE, RANKED_BY, RATES, SHORT, Effect, Stressed, UnderStress
from simulator.studies.stress_versions import choose
from simulator.words import MONEY

_PAIRED = "A change is to the deal as it stands, on the same people, ± its paired standard error; of shares in points."
_INVESTOR = (MULTIPLE, study.MEDIAN, study.LOW, LOSS, study.TAIL)
_ON_THE_WAY = (SHORT, study.SHORT_SIZE, f"{study.EXPOSURE}.mean", study.WAIT, study.WAITING)
_PAYERS = (study.PAID, study.CAP_USE, study.OVER_CAP, study.UNEVIDENCED, study.NET_COST)


def stress(
    request: StudyRequest,
    stresses: Sequence[str] = (),
    combined: Sequence[str] = (),
    forms: Sequence[str] = (),
    rank: str = RANKED_BY,
) -> bool:
    """Do, write and show the study; return True, since it can always be answered.

    Args:
        request: what every study is asked for.
        stresses: stresses, each alone; the whole library if none is given, alone or combined.
        combined: stresses joined by `+`, which are applied together.
        forms: only these forms.
        rank: the quantity that they are ranked by.

    Raises:
        SibError: for bad input, before any stress is run.
    """
    chosen = choose(request.scenario, [*stresses, *(text.split("+") for text in combined)], forms)
    options = (
        *(f"--stress {name}" for name in stresses),
        *(f"--combine {text}" for text in combined),
        *(f"--form {form}" for form in forms),
        *([] if rank == RANKED_BY else [f'--rank "{rank}"']),
    )

    def make(experiment: Experiment) -> Study:
        return study_of(study.try_all(experiment, chosen, rank), experiment, options)

    return conduct(request, "stress", options, make, len(chosen.versions) + 1)


def study_of(found: Stressed, experiment: Experiment, options: tuple[str, ...]) -> Study:
    """Return the study in words, tables and figures.

    Args:
        found: the stresses and their effects.
        experiment: what ran the versions: its seed and numbers of replications are reported.
        options: the options of the command, as written.
    """
    pictures = (ranking(found), touched(found)) if any(each.changes for each in found.tested) else ()
    return Study(
        "stress",
        "Stress",
        "What breaks this deal, and what does it stand?",
        found.base,
        experiment.seed,
        experiment.replications,
        experiment.simulated,
        experiment.settled,
        answer(found),
        tuple(_tables(found)),
        pictures,
        _HOW,
        data(found),
        {"stress.csv": found.table()},
        options,
    )


_HOW = (
    "Every stress is an overlay on the scenario: it multiplies rates, moves days or changes terms, as its file says. All are run "
    "with the seed of the deal as it stands, so that the same people meet other conditions: differences are taken replication "
    "by replication, and are far more precise than the figures themselves.",
    "Quantiles are subtracted as quantiles; their errors, and that of the worst 5%, are from bootstrap samples of replications. "
    "Rates of return are shown and never subtracted or averaged. What is identical in every replication is said to be without "
    "effect, and has no error.",
)


def _tables(found: Stressed) -> Iterator[ShownTable]:
    yield _short(found)
    yield _wide(found, "What the investor gets", _INVESTOR, RATES)
    yield _wide(found, "Money and people on the way", _ON_THE_WAY, ())
    yield _wide(found, "What the outcome payers pay, and what they do not", _PAYERS, ())
    years = [f"{name}.mean" for name in (*study.year_names(found.base.deal), study.AFTERWARDS, study.GIVEN_BACK)]
    note = (
        "Payments that arrive in each contract year; after the term; and what compensation for an early end adds, less what goes "
        f"back to the outcome payers. They add up to the net cost. {_PAIRED}"
    )
    yield _wide(
        found, "Net cost to the outcome payers by contract year", (*years, study.NET_COST), (), note, split=False
    )


def _short(found: Stressed) -> ShownTable:
    """Return the table of a terminal: what can be told from chance, ranked."""
    by = found.ranked_by.name
    names = (*(() if by in (MULTIPLE, LOSS) or by in RATES else (by,)), MULTIPLE, LOSS)
    headings = (
        "Stress",
        *(text for name in names for text in (_heading(found, name), "Change ±")),
        _heading(found, SHORT),
    )
    rows = [("As it stands", *_cells(found, found.as_it_stands, names, (SHORT,)))]
    seen = [each for each in found.tested if any(is_told(each.effects[name]) for name in (*names, SHORT))]
    for each in seen:
        rows.append((f"{each.version.subject} ({each.version.label})", *_cells(found, each.effects, names, (SHORT,))))
    others = sum(each.changes for each in found.tested) - len(seen)
    note = (
        f"{_PAIRED} Left out are {others:,} without any change of these that could be told from chance."
        if others
        else _PAIRED
    )
    title = f"What stresses do to the deal, ranked by {quantity_in_words(found.ranked_by)}"
    return ShownTable(title, headings, tuple(rows), note)


def _wide(
    found: Stressed, title: str, names: Sequence[str], bare: Sequence[str], note: str = _PAIRED, *, split: bool = True
) -> ShownTable:
    """Return a table of the report: quantities with their changes, or of stresses the changes alone, and some without changes."""
    parts = [(_heading(found, name), "Change") if split else (_heading(found, name),) for name in names]
    headings = ("Stress", *(text for part in parts for text in part), *(_heading(found, name) for name in bare))
    rows = [("As it stands", *_cells(found, found.as_it_stands, names, bare, split=split))]
    for each in found.tested:
        if not each.changes:
            continue
        if split:
            rows.append((title_of(each), *_cells(found, each.effects, names, bare)))
        else:
            rows.append((title_of(each), *(change(each.effects[name], MONEY) for name in names)))
    return ShownTable(title, headings, tuple(rows), note, in_terminal=False)


def _cells(
    found: Stressed, effects: Mapping[str, Effect], names: Sequence[str], bare: Sequence[str], *, split: bool = True
) -> Iterator[str]:
    """Yield figures and changes of some quantities, then figures of others."""
    units = {quantity.name: quantity.unit for quantity in found.quantities}
    for name in names:
        yield figure(effects[name], units[name])
        if split:
            yield change(effects[name], units[name])
    yield from (figure(effects[name], units[name]) for name in bare)


def _heading(found: Stressed, name: str) -> str:
    return heading_of(found.quantity(name))


def data(found: Stressed) -> dict[str, Any]:
    """Return the study's own part of its JSON document."""
    return {
        "ranked_by": found.ranked_by.name,
        "as_it_stands": {
            name: {"value": each.value, "se": each.se, "status": each.status}
            for name, each in found.as_it_stands.items()
        },
        "stresses": [_one(each) for each in found.tested],
        "left_out": [{"stress": each.label, "title": each.title, "why": each.why} for each in found.left_out],
    }


def _one(each: UnderStress) -> dict[str, Any]:
    version = each.version
    return {
        "stress": version.label,
        "name": version.name,
        "title": version.title,
        "form": version.form,
        "status": "ok" if each.changes else "no_effect",
        "figures": {name: vars(effect) for name, effect in each.effects.items()} if each.changes else {},
    }
