"""Forecasts asked for from a shell: all are read before any is run, and each has a folder of its own."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console

from simulator.compilation import compile_first
from simulator.errors import Problem, ScenarioError
from simulator.report.archive import json_text
from simulator.report.made_from import made_by
from simulator.report.result_folder import ResultFolder
from simulator.report.study import show_study, write_study
from simulator.report.terminal import progress_bar, show_problems
from simulator.scenario.load import load_running, load_scenario
from simulator.scenario.model import Scenario
from simulator.studies.actuals import Actuals, read_actuals
from simulator.studies.reforecast import Reforecast, reforecast


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
        ResultFolder(chosen, made_by("reforecast", [each.running], chosen), replace).check()
    return found


def _wanted(
    file: str, overlays: Sequence[str], actuals: Path, as_of: str, out: Path | None, one_of_many: bool
) -> Wanted:
    scenario = load_scenario(file)
    running, name = load_running(scenario, overlays), scenario.description.scenario
    folder = out / name if out and one_of_many else out
    given = actuals / f"{name}.csv" if actuals.is_dir() else actuals
    return Wanted(scenario, tuple(overlays), read_actuals(given, running.deal, as_of), folder, running)


def conduct_forecasts(
    wanted: Sequence[Wanted],
    *,
    replications: int | None,
    effective: int,
    seed: int | None,
    workers: int | None,
    replace: bool,
    json: bool,
) -> None:
    """Make forecasts, write a folder for each, and show each; as JSON one document, or several by the names of their scenarios.

    Args:
        wanted: the forecasts.
        replications: how many of each; as many as the effective number takes if None.
        effective: the effective number of replications aimed at.
        seed: seed of all luck; each scenario's own if None.
        workers: processes; one for each processor if None.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.
        json: whether JSON is printed in place of tables.

    Raises:
        SibError: where a folder holds something else, or a forecast cannot be made.
    """
    documents: dict[str, Any] = {}
    for each in wanted:
        compile_first(each.scenario, workers)
        with progress_bar(replications) as advance:
            made = reforecast(
                each.scenario, each.actuals, overlays=each.overlays, replications=replications, effective=effective,
                seed=seed, workers=workers, progress=advance,
            )  # fmt: skip
        show_problems(made.warnings)
        found = made.findings()
        folder = write_study(found, each.folder or default_forecast_folder(made), replace=replace)
        if json:
            documents[each.scenario.name] = found.as_dict()
            continue
        if len(wanted) > 1:
            Console(highlight=False).print(f"{made.scenario.title}", markup=False)
        show_study(found, folder)
    if json:
        sys.stdout.write(json_text(next(iter(documents.values())) if len(documents) == 1 else documents))


def default_forecast_folder(made: Reforecast) -> Path:
    """Return the folder under `results`: named by scenario, as-of date, seed, replications, and digest with the actuals."""
    digest = sha256((made.scenario.digest + repr(made.actuals.rows)).encode()).hexdigest()
    name = f"reforecast-{made.as_of}-seed{made.seed}-n{made.kernel.replications}-{digest[:8]}"
    return Path("results") / made.scenario.name / name
