"""The commands of `sib` that are studies: each says what it asks; scenario, seed, folder and the rest are the same for all."""

from collections.abc import Callable
from inspect import Parameter, signature
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from simulator.command_parts import (
    ANSWER_IS_NO,
    JsonOption,
    OutOption,
    OverlayOption,
    ReplaceOption,
    ScenarioArgument,
    SeedOption,
    refuse_command,
)
from simulator.errors import SibError, refuse

if TYPE_CHECKING:
    from simulator.report.study import StudyRequest

studies = typer.Typer()
ReplicationsOption = Annotated[
    int | None, typer.Option(min=2, help="How many of each version; the scenario's own number if not given.")
]
WorkersOption = Annotated[int | None, typer.Option(min=1, help="Threads; one for each processor if not given.")]


def _request(
    scenario: ScenarioArgument,
    overlay: OverlayOption = None,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = None,
    out: OutOption = None,
    replace: ReplaceOption = False,
    json: JsonOption = False,
) -> "StudyRequest":
    """Return what every study is asked for, with the scenario loaded; its parameters are the options of every study."""
    from simulator.report.study import StudyRequest
    from simulator.scenario.load import load_scenario

    return StudyRequest(load_scenario(scenario, overlay or ()), replications, seed, workers, out, json, replace)


def study(ask: Callable[..., bool]) -> Callable[..., None]:
    """Make a command of a function that asks a question, given the request and the options that are its own.

    The command has the options of every study too. It ends with the exit code for bad input where it is refused, and for no
    where its answer is that it cannot be.
    """
    shared, own = signature(_request).parameters, signature(ask).parameters
    scenario, *others = shared.values()
    mine = [each for name, each in own.items() if name != "request"]

    def command(**given: Any) -> None:  # noqa: ANN401 - as typer reads them
        _ended(lambda: ask(_request(**{name: given.pop(name) for name in shared}), **given), given["json"])

    together = sorted([scenario, *mine, *others], key=lambda each: each.default is not Parameter.empty)
    command.__name__, command.__doc__ = ask.__name__, ask.__doc__
    command.__annotations__ = {each.name: each.annotation for each in together}
    as_typer_reads_it = cast("Any", command)
    as_typer_reads_it.__signature__ = signature(ask).replace(
        parameters=[each.replace(kind=Parameter.KEYWORD_ONLY) for each in together]
    )
    studies.command()(command)
    return command


def _ended(ask: Callable[[], bool], json: bool) -> None:
    """Ask; end with the exit code for bad input where it is refused, and for no where the answer is that it cannot be.

    Args:
        ask: does what a command asks for and returns whether it can be.
        json: whether a refusal is printed as JSON too.
    """
    try:
        can = ask()
    except OSError as error:
        refuse_command(SibError(f"the study could not be read or written: {error}"), json)
    except SibError as error:
        refuse_command(error, json)
    if not can:
        raise typer.Exit(ANSWER_IS_NO)


LowOption = Annotated[
    float | None, typer.Option("--from", help="Lowest value tried; a third of the present one if not given.")
]
HighOption = Annotated[
    float | None, typer.Option("--to", help="Highest value tried; three times the present one if not given.")
]


@study
def breakeven(
    request: "StudyRequest",
    until: Annotated[
        str, typer.Option(metavar="QUANTITY=LEVEL", help="What is to be met, as in investor.probability_of_loss=0.1.")
    ] = "investor.multiple.mean=1",
    lever: Annotated[
        list[str] | None,
        typer.Option(
            "--lever", help="What is turned: a path or a named lever; may be repeated; the usual ones if not given."
        ),
    ] = None,
    low: LowOption = None,
    high: HighOption = None,
    tolerance: Annotated[
        float | None, typer.Option(help="How near is near enough; a step of the lever if not given.")
    ] = None,
    together: Annotated[
        str | None, typer.Option("--map", metavar="LEVER,LEVER", help="Two levers to be turned together, for a map.")
    ] = None,
) -> bool:
    """Reverse stress: find how far each thing may move before the investor's return, or anything else, is at a level."""
    from simulator.report.study import conduct
    from simulator.studies.breakeven import find_breakeven, options

    asked = (until, lever or (), low, high, tolerance, together.split(",") if together else ())
    return conduct(
        request, "breakeven", options(*asked), lambda experiment: find_breakeven(experiment, request.scenario, *asked)
    )


@study
def targets(
    request: "StudyRequest",
    lever: Annotated[
        str, typer.Option("--lever", help="What is turned: a path or a named lever, as in prices or cap.")
    ],
    require: Annotated[
        list[str],
        typer.Option(
            "--require",
            metavar="QUANTITY<=LEVEL",
            help='What must hold, in quotes: "investor.probability_of_loss<=0.1"; may be repeated.',
        ),
    ],
    low: LowOption = None,
    high: HighOption = None,
    second: Annotated[
        str | None, typer.Option("--second", metavar="LEVER", help="A second lever, for a frontier of the two.")
    ] = None,
) -> bool:
    """Design prices and terms: find where a lever may stand so that everybody's requirement holds, and who binds."""
    from simulator.report.study import conduct
    from simulator.studies.targets import find_targets, options

    asked = (lever, require, low, high, second)
    return conduct(
        request, "targets", options(*asked), lambda experiment: find_targets(experiment, request.scenario, *asked)
    )


@study
def caps(request: "StudyRequest") -> bool:
    """Say what caps cost: what they leave unpaid of what is delivered, by outcome, year and funder, and who bears it."""
    from simulator.report.study import conduct
    from simulator.studies.caps import find_caps, how_many

    scenario = request.scenario
    return conduct(request, "caps", (), lambda experiment: find_caps(experiment, scenario), how_many(scenario))


@study
def luck(
    request: "StudyRequest",
    lucks: Annotated[int, typer.Option(min=2, help="How many sets of random events each row of parameters meets.")] = 4,
) -> bool:
    """Tell chance and parameter uncertainty apart: how much of each measure's variance each of them makes."""
    from simulator.report.study import conduct
    from simulator.studies.luck import find_luck, options

    scenario = request.scenario
    return conduct(request, "luck", options(lucks), lambda experiment: find_luck(experiment, scenario, lucks), lucks)


def bridge_between(
    scenarios: list[str],
    overlays: list[str],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    replace: bool,
    json: bool,
) -> None:
    """Do what `sib compare --bridge` asks for.

    Args:
        scenarios: files of the two scenarios.
        overlays: overlays that lead from one to the other, in order.
        replications: how many; the scenario's own number if none is given.
        seed: seed of all random numbers; the scenario's own if none is given.
        workers: processes; as many as there are processors if none is given.
        out: folder of the report; one under `results` if none is given.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.
        json: whether to print JSON in place of tables.
    """
    from simulator.report.study import StudyRequest, conduct
    from simulator.studies.bridge import ends_of, find_bridge, how_many

    def ask() -> bool:
        refuse(len(scenarios) > 2, f"a bridge is between two scenarios, not {len(scenarios)}")
        ends = ends_of(scenarios[0], scenarios[1] if len(scenarios) > 1 else None, overlays)
        request = StudyRequest(ends.first, replications, seed, workers, out, json, replace)
        count = how_many(ends.causes)
        return conduct(request, "bridge", ends.options, lambda made: find_bridge(made, ends), count, [ends.other])

    _ended(ask, json)


@study
def stress(
    request: "StudyRequest",
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--stress",
            metavar="STRESS",
            help="A stress of the library (st_01, st_01:severe) or an overlay file; may be repeated.",
        ),
    ] = None,
    combine: Annotated[
        list[str] | None,
        typer.Option(metavar="A+B", help="Stresses applied together, as in st_01:severe+st_04:mild; may be repeated."),
    ] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(help="Only these forms: mild, severe, extreme; may be repeated; all if not given."),
    ] = None,
    rank: Annotated[str, typer.Option(metavar="QUANTITY", help="What they are ranked by.")] = "investor.multiple.mean",
) -> bool:
    """Stress tests: see what each of the library's stresses, or those you name, does to a deal, and what breaks it."""
    from simulator.report.study import conduct
    from simulator.studies.stress import find_stress, options, read

    overlays = [*(name or ()), *(text.split("+") for text in combine or ())]
    chosen, by = read(request.scenario, overlays, form or (), rank)
    versions = len(chosen.versions) + 1
    return conduct(
        request, "stress", options(chosen, by), lambda experiment: find_stress(experiment, chosen, by), versions
    )


@study
def cases(
    request: "StudyRequest",
    probability: Annotated[
        list[float] | None,
        typer.Option(
            "--probability",
            help="With what chance targets are to be reached; may be repeated; 0.9, 0.75 and 0.5 if not given.",
        ),
    ] = None,
) -> bool:
    """Compute the low, medium and high case, how likely each is, and targets that are reached with a chosen probability."""
    from simulator.report.study import conduct
    from simulator.studies.deal_cases import CHANCES, find_cases, options

    scenario, chances = request.scenario, probability or CHANCES
    return conduct(request, "cases", options(chances), lambda experiment: find_cases(experiment, scenario, chances))


@study
def staffing(
    request: "StudyRequest",
    specialists: Annotated[
        str | None,
        typer.Option(
            metavar="N,N,...", help="Numbers of specialists; from two fewer to two more than now if not given."
        ),
    ] = None,
    caseload: Annotated[
        str | None,
        typer.Option(metavar="N,N,...", help="Caseload limits, people per specialist; the present one if not given."),
    ] = None,
) -> bool:
    """Hold numbers of specialists and caseload limits against waiting, outcomes, cost and return; find where another one pays."""
    from simulator.report.study import conduct
    from simulator.studies.staffing import find_staffing, how_many, numbers, options

    scenario = request.scenario
    posts, limits = numbers(specialists, "specialists"), numbers(caseload, "caseload limits")
    return conduct(
        request,
        "staffing",
        options(posts, limits),
        lambda experiment: find_staffing(experiment, scenario, posts, limits),
        how_many(scenario, posts, limits),
    )
