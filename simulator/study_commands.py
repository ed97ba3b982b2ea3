"""The commands of `sib` that are studies: each parses, calls and says by its exit code whether the answer is that it can be."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from simulator.command_parts import ANSWER_IS_NO, JsonOption, OverlayOption, ScenarioArgument, refuse_command
from simulator.errors import SibError

if TYPE_CHECKING:
    from simulator.report.study import Asked

studies = typer.Typer()
ReplicationsOption = Annotated[
    int | None, typer.Option(min=2, help="How many of each version; the scenario's own number if not given.")
]
SeedOption = Annotated[
    int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck; the scenario's own if not given.")
]
WorkersOption = Annotated[int | None, typer.Option(min=1, help="Threads; one for each processor if not given.")]
OutOption = Annotated[Path | None, typer.Option(help="Folder to write; results/SCENARIO/... if not given.")]


@studies.command()
def breakeven(
    scenario: ScenarioArgument,
    until: Annotated[
        str, typer.Option(metavar="QUANTITY=LEVEL", help="What is to be met, as in investor.probability_of_loss=0.1.")
    ] = "investor.multiple.mean=1",
    lever: Annotated[
        list[str] | None,
        typer.Option(
            "--lever", help="What is turned: a path or a named lever; may be repeated; the usual ones if not given."
        ),
    ] = None,
    low: Annotated[
        float | None, typer.Option("--from", help="Lowest value tried; a third of the present one if not given.")
    ] = None,
    high: Annotated[
        float | None, typer.Option("--to", help="Highest value tried; three times the present one if not given.")
    ] = None,
    tolerance: Annotated[
        float | None, typer.Option(help="How near is near enough; a step of the lever if not given.")
    ] = None,
    overlay: OverlayOption = None,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Reverse stress: find how far each thing may move before the investor's return, or anything else, is at a level."""

    def study() -> bool:
        from simulator.report.breakeven import breakeven as report

        return report(
            _asked(scenario, overlay, replications, seed, workers, out, json), until, lever or (), low, high, tolerance
        )

    _conduct(study, json)


@studies.command()
def cases(
    scenario: ScenarioArgument,
    probability: Annotated[
        list[float] | None,
        typer.Option(
            "--probability",
            help="With what chance targets are to be reached; may be repeated; 0.9, 0.75 and 0.5 if not given.",
        ),
    ] = None,
    overlay: OverlayOption = None,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Compute the low, medium and high case, how likely each is, and targets that are reached with a chosen probability."""

    def study() -> bool:
        from simulator.report.cases import cases as report

        return report(
            _asked(scenario, overlay, replications, seed, workers, out, json), probability or (0.9, 0.75, 0.5)
        )

    _conduct(study, json)


@studies.command()
def staffing(
    scenario: ScenarioArgument,
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
    overlay: OverlayOption = None,
    replications: ReplicationsOption = None,
    seed: SeedOption = None,
    workers: WorkersOption = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Hold numbers of specialists and caseload limits against waiting, outcomes, cost and return; find where another one pays."""

    def study() -> bool:
        from simulator.report.staffing import staffing as report

        return report(_asked(scenario, overlay, replications, seed, workers, out, json), specialists, caseload)

    _conduct(study, json)


def _asked(
    scenario: str,
    overlay: list[str] | None,
    replications: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    json: bool,
) -> "Asked":
    """Return what every study is asked for, with the scenario loaded."""
    from simulator.report.study import Asked
    from simulator.scenario.load import load_scenario

    return Asked(load_scenario(scenario, overlay or ()), replications, seed, workers, out, json)


def _conduct(study: Callable[[], bool], json: bool) -> None:
    """Do a study; end with the exit code for bad input where it is refused, and for no where its answer is that it cannot be."""
    try:
        can = study()
    except OSError as error:
        refuse_command(SibError(f"the study could not be written: {error}"), json)
    except SibError as error:
        refuse_command(error, json)
    if not can:
        raise typer.Exit(ANSWER_IS_NO)
