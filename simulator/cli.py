"""The command `sib`: one command per public verb. Parse, call, print; no logic.

Results go to standard output, progress and messages to standard error. Exit codes: 0 done, 1 the answer is no (a precision
that was not reached), 2 bad input.
"""

import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Annotated, Literal

import typer

from simulator.command_parts import (
    ANSWER_IS_NO,
    JsonOption,
    OutOption,
    OverlayOption,
    ProcessesOption,
    ReplaceOption,
    ScenarioArgument,
    SeedOption,
    refuse_command,
)
from simulator.errors import SibError
from simulator.study_commands import bridge_between, studies

app = typer.Typer(
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
    help="Simulate outcomes contracts (social impact bonds): who is helped, what is paid, what investors get back.",
)  # fmt: skip
app.add_typer(studies)

EngineOption = Annotated[
    Literal["compiled", "simpy"],
    typer.Option(help="The compiled engine, or the readable one; no result depends on it."),
]
PointsOption = Annotated[
    Literal["random", "sobol"],
    typer.Option(help="How uncertain assumptions are drawn: independently, or at Sobol points, which are more even."),
]
PrecisionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--precision",
        metavar="NAME=ERROR",
        help="Go on until the error of an estimate is this small, as in investor.multiple.mean=0.01; may be repeated.",
    ),
]
CsvOption = Annotated[
    bool, typer.Option("--csv", help="Write replications.csv too: every measure of every replication, as text.")
]
TablesOption = Annotated[
    bool, typer.Option("--tables", help="Write tables/*.parquet too: every event, claim, payment and posting.")
]
ReconcileOption = Annotated[
    bool, typer.Option("--reconcile", help="Set the deal's own figures beside those printed of it.")
]


@app.callback()
def sib() -> None:
    """Simulate outcomes contracts (social impact bonds)."""


@app.command()
def run(
    scenario: ScenarioArgument,
    replications: Annotated[
        int | None, typer.Option(min=1, help="How many; the scenario's own number if not given.")
    ] = None,
    seed: SeedOption = None,
    workers: ProcessesOption = None,
    out: OutOption = None,
    replace: ReplaceOption = False,
    overlay: OverlayOption = None,
    engine: EngineOption = "compiled",
    points: PointsOption = "random",
    precision: PrecisionOption = None,
    max_replications: Annotated[
        int | None, typer.Option(min=1, help="Where a run to a precision gives up; 1,000,000 if not given.")
    ] = None,
    csv: CsvOption = False,
    tables: TablesOption = False,
    json: JsonOption = False,
) -> None:
    """Run a scenario and write its report."""
    try:
        from simulator.compilation import compile_first
        from simulator.monte_carlo import run as run_scenario
        from simulator.precision import read_options
        from simulator.report.archive import check_run_folder, default_folder, json_text, scratch_folder, write_run
        from simulator.report.summary import summary
        from simulator.report.terminal import progress_bar, show_missed, show_run, show_warnings
        from simulator.scenario.load import load_scenario

        loaded = load_scenario(scenario, overlay or ())
        check_run_folder(loaded, out, replications, seed, points, to_precision=bool(precision), replace=replace)
        show_warnings(loaded)
        compile_first(loaded, workers)
        with progress_bar(None if precision else replications or loaded.settings.replications) as advance:
            made = run_scenario(
                loaded, replications=replications, seed=seed, workers=workers, progress=advance, engine=engine,
                points=points, precision=read_options(precision or ()), max_replications=max_replications,
                scratch=scratch_folder(out),
            )  # fmt: skip
        with progress_bar(made.replications, "Writing tables") if tables else nullcontext() as advance:
            folder = write_run(
                made, out or default_folder(made), replace=replace, csv=csv, tables=tables, workers=workers,
                progress=advance,
            )  # fmt: skip
    except OSError as error:
        refuse_command(SibError(f"the run could not be written: {error}"), json)
    except SibError as error:
        refuse_command(error, json)
    if json:
        sys.stdout.write(json_text(summary(made)))
    else:
        show_run(made, folder)
    if show_missed(made):
        raise typer.Exit(ANSWER_IS_NO)


@app.command()
def check(
    scenario: ScenarioArgument,
    overlay: OverlayOption = None,
    reconcile: ReconcileOption = False,
    json: JsonOption = False,
) -> None:
    """Check a scenario: name every problem, and everything odd, with file and line."""
    try:
        from simulator.errors import word_problems
        from simulator.report.archive import json_text
        from simulator.scenario.load import load_running, load_scenario
        from simulator.words import a_number

        if reconcile:
            from simulator.reconciliation.sheet import as_data
            from simulator.reconciliation.sheet import reconcile as reconcile_deal
            from simulator.reconciliation.terminal import show_sheet

        loaded = load_scenario(scenario, overlay or ())
        load_running(loaded)
        sheet = reconcile_deal(loaded) if reconcile else None
    except SibError as error:
        refuse_command(error, json)
    if json:
        document: dict[str, object] = {
            "scenario": loaded.name,
            "problems": [warning.as_dict() for warning in loaded.warnings],
        }
        if sheet is not None:
            document["reconciliation"] = as_data(sheet)
        sys.stdout.write(json_text(document))
        return
    words = word_problems(loaded.warnings)
    count = a_number(len(loaded.warnings), "warning")
    typer.echo(f"{loaded.name}: no problems" + (f", {count}\n{words}" if words else ""))
    if sheet is not None:
        show_sheet(loaded.title, sheet)


@app.command()
def explain(scenario: ScenarioArgument, overlay: OverlayOption = None, json: JsonOption = False) -> None:
    """Say the contract in words: what is paid, when, up to what, by whom; which terms are choices that no document makes."""
    try:
        from simulator.explaining.explanation import explain as in_words
        from simulator.explaining.text import explanation, fitting_width
        from simulator.report.archive import json_text
        from simulator.scenario.load import load_scenario

        loaded = load_scenario(scenario, overlay or ())
    except SibError as error:
        refuse_command(error, json)
    if json:
        sys.stdout.write(json_text([sentence.as_dict() for sentence in in_words(loaded)]))
    else:
        typer.echo(explanation(loaded, fitting_width()))


@app.command()
def compare(
    scenarios: Annotated[
        list[str], typer.Argument(metavar="SCENARIO SCENARIO...", help="Scenario files, or names of bundled ones.")
    ],
    replications: Annotated[
        int | None, typer.Option(min=1, help="How many of each; the first scenario's own number if not given.")
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, max=2**63 - 1, help="Seed of all luck; the first scenario's own if not given.")
    ] = None,
    workers: ProcessesOption = None,
    out: Annotated[Path | None, typer.Option(help="Folder to write; results/comparisons/... if not given.")] = None,
    replace: ReplaceOption = False,
    overlay: Annotated[
        list[str] | None,
        typer.Option(
            "--overlay", help="Compare the only scenario given with itself under this overlay; may be repeated."
        ),
    ] = None,
    bridge: Annotated[
        bool, typer.Option("--bridge", help="Say why the second differs from the first, cause by cause, instead.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Run scenarios side by side and say how they differ: those of one deal on the same luck, deals on luck of their own."""
    if bridge:
        bridge_between(scenarios, overlay or [], replications, seed, workers, out, replace, json)
        return
    try:
        from simulator.comparison import compare as run_all
        from simulator.comparison import versions
        from simulator.compilation import compile_first
        from simulator.report.archive import json_text
        from simulator.report.comparing import check_comparison_folder, default_folder, show_comparison
        from simulator.report.terminal import progress_bar, show_warnings

        loaded = versions(scenarios, overlay or ())
        check_comparison_folder(loaded, out, replications, seed, replace)
        for each in loaded:
            show_warnings(each)
            compile_first(each, workers)
        with progress_bar(len(loaded) * (replications or loaded[0].settings.replications)) as advance:
            made = run_all(loaded, replications=replications, seed=seed, workers=workers, progress=advance)
        folder = made.save(out or default_folder(made), replace=replace)
    except OSError as error:
        refuse_command(SibError(f"the comparison could not be written: {error}"), json)
    except SibError as error:
        refuse_command(error, json)
    if json:
        sys.stdout.write(json_text(made.findings().as_dict()))
    else:
        show_comparison(made, folder)


@app.command()
def reforecast(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="Scenario files, or names of bundled ones; each is forecast."),
    ],
    actuals: Annotated[
        Path,
        typer.Option(
            help="CSV file of what is reported: measure, period_start, period_end, value; or a folder with SCENARIO.csv."
        ),
    ],
    as_of: Annotated[str, typer.Option(metavar="DATE", help="The last day of what is known, as in 2021-12-31.")],
    overlay: OverlayOption = None,
    replications: Annotated[
        int | None,
        typer.Option(min=2, help="How many; as many as the effective number takes, at most 40,000, if not given."),
    ] = None,
    effective: Annotated[int, typer.Option(min=1, help="Effective number of replications to aim at.")] = 1_000,
    seed: SeedOption = None,
    workers: ProcessesOption = None,
    out: Annotated[
        Path | None,
        typer.Option(help="Folder to write, for several scenarios one in it for each; results/... if not given."),
    ] = None,
    replace: ReplaceOption = False,
    json: JsonOption = False,
) -> None:
    """Say how a running deal ends: the actual to a date, and what replications that match it add later."""
    try:
        from simulator.report.forecasting import conduct_forecasts, wanted_forecasts

        wanted = wanted_forecasts(scenarios, overlay or (), actuals, as_of, out, replace)
        conduct_forecasts(
            wanted, replications=replications, effective=effective, seed=seed, workers=workers, replace=replace, json=json
        )  # fmt: skip
    except OSError as error:
        refuse_command(SibError(f"the forecast could not be written: {error}"), json)
    except SibError as error:
        refuse_command(error, json)


@app.command()
def schema(
    kind: Annotated[
        Literal["scenario", "deal", "assumptions", "overlay", "measures"],
        typer.Argument(help="Which kind of file; or the measures of results."),
    ] = "scenario",
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a page of documentation instead: all fields, or all measures.")
    ] = False,
) -> None:
    """Print the JSON Schema of a kind of file, or the catalogue of measures; or the page of either in Markdown."""
    from simulator.explaining.guide import guide
    from simulator.explaining.measures import measures_data, measures_page
    from simulator.explaining.schema import schema as schema_of
    from simulator.report.archive import json_text

    if kind == "measures":
        sys.stdout.write(measures_page() if markdown else json_text(measures_data()))
    else:
        sys.stdout.write(guide() if markdown else json_text(schema_of(kind)))


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="Name of the scenario: small letters, digits and _.")],
    like: Annotated[
        str | None, typer.Option(help="A scenario whose terms to start from; a page of round figures if not given.")
    ] = None,
    out: Annotated[Path, typer.Option(help="Folder to write into.")] = Path("scenarios"),
) -> None:
    """Write the files of a new deal: placeholders, with a comment at every term. Nothing is overwritten."""
    try:
        from simulator.explaining.new_deal import new_deal

        written = new_deal(name, out, like)
    except SibError as error:
        refuse_command(error, json=False)
    for path in written:
        typer.echo(f"Written: {path}")
    typer.echo(f"Next: sib check {written[0]}; sib explain {written[0]}; then put the contract's own terms in.")


@app.command()
def trace(
    scenario: ScenarioArgument,
    replication: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Which replication, from 0.")],
    participant: Annotated[
        int | None, typer.Option(help="Follow this person, numbered from 0 in order of referral.")
    ] = None,
    payment: Annotated[
        int | None, typer.Option(help="Follow this quarterly invoice, numbered from 1 by contract quarter.")
    ] = None,
    seed: SeedOption = None,
    overlay: OverlayOption = None,
    json: JsonOption = False,
) -> None:
    """Follow one replication, one person or one payment, from days to pennies."""
    try:
        from simulator.compilation import compile_first
        from simulator.report.archive import json_text
        from simulator.scenario.load import load_scenario
        from simulator.tracing.trace import trace as follow

        loaded = load_scenario(scenario, overlay or ())
        compile_first(loaded, None)
        followed = follow(loaded, replication=replication, seed=seed, participant=participant, payment=payment)
    except SibError as error:
        refuse_command(error, json)
    sys.stdout.write(json_text(followed.as_dict()) if json else f"{followed}\n")


if __name__ == "__main__":
    app()
