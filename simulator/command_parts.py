"""What commands share: arguments, exit codes, and how bad input is refused."""

import sys
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from simulator.errors import ScenarioError, SibError

ANSWER_IS_NO, BAD_INPUT = 1, 2
ScenarioArgument = Annotated[
    str, typer.Argument(metavar="SCENARIO", help="A scenario file, or the name of a bundled one.")
]
OverlayOption = Annotated[
    list[str] | None, typer.Option("--overlay", help="An overlay file; may be given several times, in order.")
]
ReplaceOption = Annotated[
    bool,
    typer.Option(
        "--replace", help="Write even where the folder holds another result, or files of yours, which are kept."
    ),
]
SeedOption = Annotated[
    int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck; the scenario's own if not given.")
]
ProcessesOption = Annotated[
    int | None,
    typer.Option("--workers", min=1, help="Processes; 1 for this one alone. As many as are soonest done if not given."),
]
OutOption = Annotated[Path | None, typer.Option(help="Folder to write; results/SCENARIO/... if not given.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output.")]


def refuse_command(error: SibError, json: bool) -> NoReturn:
    """Say what is wrong and end with the exit code for bad input."""
    if json:
        from simulator.report.archive import json_text

        problems = [problem.as_dict() for problem in error.problems] if isinstance(error, ScenarioError) else []
        sys.stdout.write(json_text({"error": str(error), "problems": problems}))
    typer.echo(str(error), err=True)
    raise typer.Exit(BAD_INPUT)
