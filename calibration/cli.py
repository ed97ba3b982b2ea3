"""The command `sib-calibrate`: fit, export, check. Parse, call, print; no logic."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from simulator.command_parts import ReplaceOption
from simulator.errors import SibError

if TYPE_CHECKING:
    from calibration.fit import Fit
    from simulator.workers import WorkerPool

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Fit what is believed of people to what is published of the deals, and say how far it can be believed.",
)  # fmt: skip
ANSWER_IS_NO, BAD_INPUT = 1, 2

PopulationArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[POPULATION]...", help="severe_mental_illness, learning_disabilities; both if not given."),
]
SeedOption = Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck.")]
ReplicationsOption = Annotated[int | None, typer.Option(min=1024, help="Of each deal in each round.")]
WorkersOption = Annotated[int | None, typer.Option(min=1, help="Processes; one per processor if not given.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


@app.callback()
def sib_calibrate() -> None:
    """Fit the assumptions of the bundled deals to published results."""


@app.command()
def fit(
    population: PopulationArgument = None,
    seed: SeedOption = None,
    replications: ReplicationsOption = None,
    workers: WorkersOption = None,
    json: JsonOption = False,
) -> None:
    """Fit, and show what the published results tell of each parameter."""
    from calibration.posterior_table import as_data, show

    with _refusals(), _pool(workers) as pool:
        fits = _fits(population, seed, replications, pool)
    if json:
        from simulator.report.archive import json_text

        sys.stdout.write(json_text(as_data(fits)))
    else:
        show(fits)


@app.command()
def export(
    population: PopulationArgument = None,
    seed: SeedOption = None,
    replications: ReplicationsOption = None,
    workers: WorkersOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder; that of the bundled assumption sets if not given.")] = None,
    replace: ReplaceOption = False,
) -> None:
    """Fit, and write an assumption set for each deal: the same bytes each time."""
    from calibration.export import check_sets, write_sets

    with _refusals(), _pool(workers) as pool:
        check_sets(out, population or (), replace)
        written = write_sets(_fits(population, seed, replications, pool), out, replace=replace)
    for path in written:
        typer.echo(str(path))


@app.command()
def check(
    population: PopulationArgument = None,
    seed: SeedOption = None,
    replications: ReplicationsOption = None,
    workers: WorkersOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; results/calibration/check if not given.")] = None,
    replace: ReplaceOption = False,
    split: Annotated[
        bool,
        typer.Option(
            "--split/--no-split", help="Whether to fit again to 2020 alone and predict 2021, which takes minutes."
        ),
    ] = True,
) -> None:
    """Fit, and set predictions beside what is published, as a report; exit code 1 if a count lies outside its interval."""
    from calibration.diagnostics.check import check as check_fits
    from calibration.diagnostics.check import check_place
    from calibration.diagnostics.split import split as split_in_time
    from calibration.diagnostics.split_section import split_section
    from calibration.fit import SEED
    from calibration.priors import read_priors

    folder = out or Path("results") / "calibration" / "check"
    with _refusals(), _pool(workers) as pool:
        check_place(folder, population or tuple(read_priors().populations()), replace)
        fits = _fits(population, seed, replications, pool)
        more = (split_section(split_in_time(pool, seed=SEED if seed is None else seed)),) if split else ()
        command = _command(population, seed, replications, split)
        result = check_fits(fits, folder, pool, more=more, command=command, replace=replace)
    typer.echo(result.summary)
    if not result.passed:
        raise typer.Exit(ANSWER_IS_NO)


def _command(names: list[str] | None, seed: int | None, replications: int | None, split: bool) -> str:
    """Return the command that writes the same files."""
    words = ["sib-calibrate check", *(names or ())]
    words += [f"--seed {seed}"] if seed is not None else []
    words += [f"--replications {replications}"] if replications is not None else []
    return " ".join([*words, *(() if split else ("--no-split",))])


def _fits(names: list[str] | None, seed: int | None, replications: int | None, pool: "WorkerPool") -> "dict[str, Fit]":
    from calibration.fit import REPLICATIONS, SEED, fit_all

    return fit_all(
        names or (),
        seed=SEED if seed is None else seed,
        replications=replications or REPLICATIONS,
        pool=pool,
        tell=_tell,
    )


def _tell(words: str) -> None:
    typer.echo(words, err=True)


@contextmanager
def _pool(workers: int | None) -> "Iterator[WorkerPool]":
    from simulator.workers import WorkerPool

    with WorkerPool(workers) as pool:
        yield pool


@contextmanager
def _refusals() -> Iterator[None]:
    """Say what is wrong and end with the exit code for bad input."""
    try:
        yield
    except SibError as error:
        _refuse(str(error))
    except OSError as error:
        _refuse(f"a file could not be read or written: {error}")


def _refuse(words: str) -> NoReturn:
    typer.echo(words, err=True)
    raise typer.Exit(BAD_INPUT)


if __name__ == "__main__":
    app()
