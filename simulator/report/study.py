"""How studies are asked from a shell, written into a folder and shown in a terminal; from Python they are asked directly."""

import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from rich.console import Console

from simulator.asked import Asked
from simulator.compilation import compile_first
from simulator.findings import Findings
from simulator.presented import Presented
from simulator.report.archive import json_text, scenario_facts, write_manifest
from simulator.report.drawing import draw
from simulator.report.made_from import made_by
from simulator.report.page import page
from simulator.report.result_folder import Owner, ResultFolder
from simulator.report.style import looks
from simulator.report.terminal import progress_bar, show_problems, show_table, table
from simulator.scenario.model import Scenario
from simulator.studies.experiment import Experiment, forget_tried

_DPI = 144
_NAMES = 32
"""Columns of a terminal up to which the names of rows do not wrap."""


class StudyRequest(NamedTuple):
    """What every study is asked for from a shell."""

    scenario: Scenario
    replications: int | None = None
    """How many of each version; the scenario's own number if None."""
    seed: int | None = None
    """Seed of all luck; the scenario's own if None."""
    workers: int | None = None
    """Threads; one for each processor if None."""
    out: Path | None = None
    """Folder to write; one under `results`, named by all that makes the figures, if None."""
    json: bool = False
    """Whether the JSON document is printed instead of the tables."""
    replace: bool = False
    """Whether another result in the folder makes way, and files that are no result's own are allowed; they stay."""


def conduct(
    request: StudyRequest,
    kind: str,
    options: Sequence[str],
    ask: Callable[[Experiment], Presented],
    versions: int | None = None,
    others: Sequence[Scenario] = (),
) -> bool:
    """Ask a question, write its folder, show it, and return whether its answer is that it can be.

    Warnings, compiling and progress go to standard error. What has been run is kept beside the folder and found again if the
    study is stopped and started anew; it goes once the study is written.

    Args:
        request: what is asked for.
        kind: name of the study's command.
        options: what makes its figures, beside scenario, seed and replications: options of the command as they are written.
        ask: the question.
        versions: how many versions it runs, if that is known, for the bar.
        others: further scenarios that it is about.

    Raises:
        SibError: before anything is computed, where the folder holds something other than an earlier study of this kind and
            scenario, or cannot be written.
    """
    scenario = request.scenario
    count = scenario.settings.replications if request.replications is None else request.replications
    seed = scenario.settings.seed if request.seed is None else request.seed
    parts = [scenario.digest, *(each.digest for each in others), *options]
    together = sha256(" ".join(parts).encode()).hexdigest()[:8]
    folder = request.out or Path("results") / scenario.name / f"{kind}-seed{seed}-n{count}-{together}"
    ResultFolder(folder, made_by(kind, [scenario, *others], folder), request.replace).check()
    show_problems(Asked(scenario, seed, count, others=tuple(others)).warnings)
    compile_first(scenario, request.workers)
    with progress_bar(None if versions is None else versions * count) as advance:
        found = ask(
            Experiment(
                scenario,
                replications=count,
                seed=seed,
                workers=request.workers,
                folder=tried_folder(folder),
                progress=advance,
            )
        ).findings()
    write_study(found, folder, replace=request.replace)
    forget_tried(tried_folder(folder))
    if request.json:
        sys.stdout.write(json_text(found.as_dict()))
    else:
        show_study(found, folder)
    return found.can


def tried_folder(folder: Path) -> Path:
    """Return the folder, beside a study's own, of what it has run so far; it is there as long as the study is not done."""
    return folder.absolute().parent / f"{folder.name}.unfinished"


def write_study(found: Findings, folder: Path, *, replace: bool = False) -> Path:
    """Write the folder of a study, in the place of an earlier one, and return it.

    Args:
        found: what the study found.
        folder: where.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.

    Raises:
        SibError: where the folder holds something other than an earlier study of its kind and scenario file.
    """
    owner = made_by(found.kind, [found.asked.scenario, *found.asked.others], folder)
    return ResultFolder(folder, owner, replace).write(lambda new: _write_all(found, new, owner))


def _write_all(found: Findings, folder: Path, owner: Owner) -> None:
    asked, drawn = found.asked, {each.name: draw(each) for each in found.charts}
    texts = {
        "study.json": json_text(found.as_dict()),
        "report.html": page(found, drawn),  # before the pictures: layouts move a little each time they are written
    }
    for number, scenario in enumerate(asked.scenarios):
        name = f"scenario_{number + 1}.json" if number else "scenario.json"
        texts[name] = json_text(scenario.description.model_dump(mode="json", by_alias=True))
    texts |= {f"{each.name}.csv": each.frame().to_csv(index=False, lineterminator="\n") for each in found.tables}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    (folder / "figures").mkdir()
    for name, figure in drawn.items():
        with looks():
            figure.savefig(folder / "figures" / f"{name}.png", dpi=_DPI, metadata={"Software": None})
    own = {
        "study": found.kind, **_of_each(asked), "seed": asked.seed, "replications": asked.replications, **found.facts,
        "command": found.command,
    }  # fmt: skip
    write_manifest(folder, owner, scenario_facts(asked.scenario, own, found.warned))


def _of_each(asked: Asked) -> dict[str, dict[str, str] | dict[str, int]]:
    """Return the digests and seeds of all scenarios by name, where there are several."""
    if not asked.others:
        return {}
    names = [each.name for each in asked.scenarios]
    return {
        "scenario_digests": dict(zip(names, (each.digest for each in asked.scenarios), strict=True)),
        "seeds": dict(zip(names, asked.seeds, strict=True)),
    }


def work_done(found: Findings) -> str:
    """Return in a sentence how many simulated runs were reused for how many cash-flow calculations."""
    asked = found.asked
    done = f"{asked.simulated:,} simulated runs of the contract were used for {asked.settled:,} cash-flow calculations"
    why = ": changing a price, cap or waterfall does not change what happens to participants" if found.reprices else ""
    return f"{done}{why}."


def show_study(found: Findings, folder: Path) -> None:
    """Print the answer of a study, its tables, and where its report is; on standard error how much was simulated."""
    console = Console(highlight=False)
    for sentence in found.answer:
        console.print(sentence, markup=False)
    console.print()
    for each in found.tables:
        if each.where == "everywhere":
            headings = [column.heading for column in each.shown]
            show_table(table(each.title, headings, each.words(), _NAMES))
    if found.asked.settled > found.asked.simulated > 0:
        Console(stderr=True, highlight=False).print(work_done(found), markup=False)
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)
