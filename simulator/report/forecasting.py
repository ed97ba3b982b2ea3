"""The folder of a forecast, its report, and its table for a terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console

import simulator
from simulator.errors import Problem, ScenarioError
from simulator.report.archive import json_text, scenario_facts, write_manifest, write_parquet
from simulator.report.document import pages, shown, svg
from simulator.report.forecast_figures import forecast_captions, forecast_figures
from simulator.report.forecast_words import (
    answer,
    cap_rows,
    case_rows,
    final_rows,
    how,
    matched_rows,
    quarter_rows,
    shown_measures,
    to_date,
)
from simulator.report.made_from import made_by
from simulator.report.repeat import place
from simulator.report.result_folder import Owner, ResultFolder
from simulator.report.terminal import show_table, table
from simulator.report.terms import assumption_lines, rule_lines
from simulator.scenario.load import load_running, load_scenario
from simulator.scenario.model import Scenario
from simulator.studies.actuals import Actuals, read_actuals
from simulator.studies.reforecast import Reforecast
from simulator.words import MONEY

_DPI = 144


@dataclass(frozen=True)
class Wanted:
    """A forecast that is asked for."""

    scenario: Scenario
    """As signed, without overlays."""
    overlays: tuple[str, ...]
    """For the scenario that is run."""
    actuals: Actuals
    folder: Path | None
    """Where it is to stand; None for a folder under `results`."""
    running: Scenario
    """As it runs, with overlays: whose the folder then is."""


def wanted_forecasts(
    scenarios: Sequence[str],
    overlays: Sequence[str],
    actuals: Path,
    as_of: str,
    out: Path | None,
    replace: bool = False,
) -> list[Wanted]:
    """Return the forecasts asked for, with everything read, so that nothing is run or written before all of it is right.

    Args:
        scenarios: scenario files, or names of bundled ones.
        overlays: overlay files for each of them as it runs.
        actuals: the file of what is reported; or a folder, with a file for each scenario by its name.
        as_of: the last day of what is known.
        out: the folder to write; of several forecasts each has one of its own in it, by the scenario's name.
        replace: whether another result makes way, and files that are no result's own are allowed.

    Raises:
        ScenarioError: naming every problem of all scenarios and files.
        SibError: for a folder that holds something else.
    """
    problems, found = list[Problem](), list[Wanted]()
    for file in scenarios:
        try:
            found.append(_wanted(file, overlays, actuals, as_of, out, len(scenarios) > 1))
        except ScenarioError as error:
            problems += error.problems
    if problems:
        raise ScenarioError(problems)
    for each in found:
        chosen = each.folder or Path("results") / each.scenario.name / "reforecast"
        ResultFolder(chosen, _owner(each.running, chosen), replace).check()
    return found


def _wanted(
    file: str, overlays: Sequence[str], actuals: Path, as_of: str, out: Path | None, one_of_many: bool
) -> Wanted:
    scenario = load_scenario(file)
    running, name = load_running(scenario, overlays), scenario.description.scenario
    folder = out / name if out and one_of_many else out
    given = actuals / f"{name}.csv" if actuals.is_dir() else actuals
    return Wanted(scenario, tuple(overlays), read_actuals(given, running.deal, as_of), folder, running)


def forecasts_data(made: Mapping[str, object]) -> object:
    """Return what `--json` prints: the forecast, or several by the names of their scenarios."""
    return next(iter(made.values())) if len(made) == 1 else dict(made)


def default_forecast_folder(made: Reforecast) -> Path:
    """Return the folder under `results`: named by scenario, as-of date, seed, replications, and digest with the actuals."""
    digest = sha256((made.scenario.digest + repr(made.actuals.rows)).encode()).hexdigest()
    name = f"reforecast-{made.as_of}-seed{made.seed}-n{made.kernel.replications}-{digest[:8]}"
    return Path("results") / made.scenario.name / name


def write_forecast(made: Reforecast, folder: Path | None = None, *, replace: bool = False) -> Path:
    """Write the folder of a forecast, in the place of an earlier one of its scenario, and return it.

    Args:
        made: the forecast.
        folder: where; under `results` if none is given.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.

    Raises:
        SibError: where the folder holds something else.
    """
    chosen = folder or default_forecast_folder(made)
    owner = _owner(made.scenario, chosen)
    return ResultFolder(chosen, owner, replace).write(lambda new: _write_all(made, new, owner))


def _owner(scenario: Scenario, folder: Path) -> Owner:
    return made_by("reforecast", [scenario], folder)


def _write_all(made: Reforecast, folder: Path, owner: Owner) -> None:
    (folder / "figures").mkdir()
    drawn = forecast_figures(made)
    for name, figure in drawn.items():
        figure.savefig(folder / "figures" / f"{name}.png", dpi=_DPI, metadata={"Software": None})
    texts = {
        "forecast.csv": made.table().to_csv(index=False, lineterminator="\n"),
        "summary.json": json_text(made.as_dict()),
        "actuals.csv": actuals_table(made).to_csv(index=False, lineterminator="\n"),
        "scenario.json": json_text(made.scenario.description.model_dump(mode="json", by_alias=True)),
        "report.html": render_forecast(made, {name: svg(figure) for name, figure in drawn.items()}),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    weights = pd.DataFrame({"replication": np.arange(len(made.weights)), "weight": made.weights})
    write_parquet(folder / "weights.parquet", iter([weights]))
    own = {
        "seed": made.seed,
        "replications": made.kernel.replications,
        "as_of": made.as_of.isoformat(),
        "actuals": Path(made.actuals.file).name,
    }
    write_manifest(folder, owner, scenario_facts(made.scenario, own, made.warnings))


def actuals_table(made: Reforecast) -> pd.DataFrame:
    """Return the actuals as they were read, one row for each line of their file; payments in pounds."""
    return pd.DataFrame(
        {
            "measure": row.measure,
            "period_start": row.start.isoformat(),
            "period_end": row.end.isoformat(),
            "value": f"{row.value / 100:.2f}" if made.catalogue[row.measure].unit is MONEY else str(row.value),
        }
        for row in made.actuals.rows
    )


def render_forecast(made: Reforecast, figures: dict[str, str]) -> str:
    """Return the report of a forecast as one HTML document.

    Args:
        made: the forecast.
        figures: SVG text of its figures by name; those that are not given are left out.
    """
    names = shown_measures(made.scenario.deal)
    known = [to_date(made, name) for name in names]
    return pages().get_template("reforecast.html").render(
        made=made, scenario=made.scenario, file=Path(made.scenario.file).name, version=simulator.__version__,
        answer=answer(made), final=final_rows(made), quarters=quarter_rows(made),
        columns=[made.catalogue[name].label for name in names],
        reported=[
            "" if value is None else made.catalogue[name].unit.say(value) for name, value in zip(names, known, strict=True)
        ],
        cases=case_rows(made), cap=cap_rows(made), how=how(made), matched=matched_rows(made),
        figures=shown(forecast_captions(made), figures), assumptions=assumption_lines(made.scenario.assumptions),
        rules=rule_lines(made.scenario.assumptions), actuals_file=Path(made.actuals.file).name, command=command(made),
    )  # fmt: skip


def command(made: Reforecast) -> str:
    """Return the command that gives the same figures; no word of it depends on the folder that the project lies in."""
    words = ["sib reforecast", place(made.given.file), f"--actuals {place(made.actuals.file)}", f"--as-of {made.as_of}"]
    words += [f"--overlay {place(file)}" for file in made.scenario.overlay_files]
    words += [f"--replications {made.kernel.replications}", f"--effective {made.kernel.wanted}", f"--seed {made.seed}"]
    return " ".join(words)


def show_forecast(made: Reforecast, folder: Path) -> None:
    """Print where the deal will end, how sure that is, and where the report is."""
    title = f"{made.scenario.title}: forecast from {made.as_of}"
    headings = ("At the end", "To date", "P5", "Median", "P95", "Target or cap")
    show_table(table(title, headings, final_rows(made)))
    console, kernel = Console(highlight=False), made.kernel
    console.print(answer(made)[2], markup=False)
    console.print(
        f"{kernel.replications:,} replications, seed {made.seed}, weighted by how well they match the actuals: worth "
        f"{kernel.effective_sample_size:,.0f} of equal weight; kernel {kernel.h:.2f} spreads wide.",
        markup=False,
    )
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)
