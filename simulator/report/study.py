"""What every study shows: its answer in sentences, tables and figures, in a terminal, in a folder, and in one HTML file."""

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console

import simulator
from simulator.report.archive import json_text, scenario_facts, write_manifest
from simulator.report.captions import Caption
from simulator.report.document import pages, shown, svg
from simulator.report.made_from import made_by
from simulator.report.repeat import place
from simulator.report.result_folder import Owner, ResultFolder
from simulator.report.terminal import progress_bar, show_compilation, show_table, show_warnings, table
from simulator.report.terms import assumption_lines, rule_lines
from simulator.scenario.model import Scenario
from simulator.studies.experiment import Experiment, forget_tried

_DPI = 144
_NAMES = 32
"""Columns of a terminal up to which the names of rows do not wrap."""


@dataclass(frozen=True)
class ShownTable:
    """A table of words: the first column names rows, the others are numbers unless they are named as texts."""

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""
    """What a reader must know to read it."""
    texts: frozenset[int] = frozenset()
    """Columns of words rather than numbers, counted from 0."""
    in_terminal: bool = True
    """Whether a terminal shows it too."""


@dataclass(frozen=True)
class Picture:
    """A figure and what stands below it."""

    name: str
    figure: Figure
    caption: str
    """What is to be seen, and how to read it."""
    alternative: str
    """The same for whoever cannot see it, in one sentence."""


@dataclass(frozen=True)
class Study:
    """A study that is done, in words, tables, figures and data."""

    kind: str
    """Name of its command."""
    title: str
    question: str
    """What was asked, in one sentence."""
    scenario: Scenario
    seed: int
    replications: int
    simulated: int
    """Replications whose people were simulated."""
    settled: int
    """Replications whose money was reckoned."""
    answer: tuple[str, ...]
    """The answer in sentences: the first says it."""
    tables: tuple[ShownTable, ...]
    pictures: tuple[Picture, ...]
    how: tuple[str, ...]
    """How it was computed, in sentences."""
    data: Mapping[str, Any]
    """What `--json` prints beside scenario, seed and replications: plain data."""
    frames: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    """Tables of numbers by the name of their file."""
    options: tuple[str, ...] = ()
    """Options of the command, beside seed and replications, that give the same study."""
    can: bool = True
    """False where the answer is that it cannot be."""
    other: Scenario | None = None
    """B of a bridge."""

    @property
    def command(self) -> str:
        """Return the command that gives the same figures; no word of it depends on the folder that the project lies in."""
        words = [f"sib {self.kind}", place(self.scenario.file)]
        words += [f"--overlay {place(file)}" for file in self.scenario.overlay_files]
        return " ".join([*words, *self.options, f"--replications {self.replications}", f"--seed {self.seed}"])

    def as_dict(self) -> dict[str, Any]:
        """Return the study as plain data for JSON."""
        return {
            "study": self.kind,
            "scenario": self.scenario.name,
            "scenario_digest": self.scenario.digest,
            "seed": self.seed,
            "replications": self.replications,
            "can": self.can,
            "answer": list(self.answer),
            **self.data,
        }


class StudyRequest(NamedTuple):
    """What every study is asked for."""

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
    make: Callable[[Experiment], Study],
    versions: int | None = None,
    other: Scenario | None = None,
) -> bool:
    """Do a study, write its folder, show it, and return whether its answer is that it can be.

    Warnings, compiling and progress go to standard error. What has been run is kept beside the folder and found again if the
    study is stopped and started anew; it goes once the study is written.

    Args:
        request: what is asked for.
        kind: name of the study's command.
        options: what makes its figures, beside scenario, seed and replications: options of the command as they are written.
        make: does the study.
        versions: how many versions it runs, if that is known, for the bar.
        other: B of a bridge.

    Raises:
        SibError: before anything is computed, where the folder holds something other than an earlier study of this kind and
            scenario, or cannot be written.
    """
    scenario = request.scenario
    count = scenario.settings.replications if request.replications is None else request.replications
    seed = scenario.settings.seed if request.seed is None else request.seed
    parts = [scenario.digest, *([] if other is None else [other.digest]), *options]
    together = sha256(" ".join(parts).encode()).hexdigest()[:8]
    folder = request.out or Path("results") / scenario.name / f"{kind}-seed{seed}-n{count}-{together}"
    ResultFolder(folder, _owner(kind, scenario, other, folder), request.replace).check()
    show_warnings(scenario)
    show_compilation(scenario, 1)
    with progress_bar(None if versions is None else versions * count) as advance:
        study = make(
            Experiment(
                scenario,
                replications=count,
                seed=seed,
                workers=request.workers,
                folder=tried_folder(folder),
                progress=advance,
            )
        )
    write_study(study, folder, replace=request.replace)
    if request.json:
        sys.stdout.write(json_text(study.as_dict()))
    else:
        show_study(study, folder)
    return study.can


def tried_folder(folder: Path) -> Path:
    """Return the folder, beside a study's own, of what it has run so far; it is there as long as the study is not done."""
    return folder.absolute().parent / f"{folder.name}.unfinished"


def write_study(study: Study, folder: Path, *, replace: bool = False) -> Path:
    """Write the folder of a study, in the place of an earlier one, and return it; what was kept on the way goes.

    Args:
        study: the study.
        folder: where.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.

    Raises:
        SibError: where the folder holds something other than an earlier study of its kind and scenario file.
    """
    owner = _owner(study.kind, study.scenario, study.other, folder)
    ResultFolder(folder, owner, replace).write(lambda new: _write_all(study, new, owner))
    forget_tried(tried_folder(folder))
    return folder


def _owner(kind: str, scenario: Scenario, other: Scenario | None, folder: Path) -> Owner:
    """Return whose a study is: of its kind and scenario; a bridge is of both its scenarios."""
    return made_by(kind, [scenario], folder) if other is None else made_by("bridge", [scenario, other], folder)


def _write_all(study: Study, folder: Path, owner: Owner) -> None:
    (folder / "figures").mkdir()
    for picture in study.pictures:
        picture.figure.savefig(folder / "figures" / f"{picture.name}.png", dpi=_DPI, metadata={"Software": None})
    texts = {
        "study.json": json_text(study.as_dict()),
        "scenario.json": json_text(study.scenario.description.model_dump(mode="json", by_alias=True)),
        "report.html": render_study(study),
    }
    texts |= {name: frame.to_csv(index=False, lineterminator="\n") for name, frame in study.frames.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    own = {"study": study.kind, "seed": study.seed, "replications": study.replications, "command": study.command}
    write_manifest(folder, owner, scenario_facts(study.scenario, own, study.scenario.warnings))


def render_study(study: Study) -> str:
    """Return the report of a study as one HTML document."""
    scenario = study.scenario
    captions = [Caption(each.name, each.caption, each.alternative) for each in study.pictures]
    drawn = {each.name: svg(each.figure) for each in study.pictures}
    page = pages().get_template("study.html")
    return page.render(
        study=study,
        scenario=scenario,
        file=Path(scenario.file).name,
        version=simulator.__version__,
        figures=shown(captions, drawn),
        assumptions=assumption_lines(scenario.assumptions),
        rules=rule_lines(scenario.assumptions),
    )


def work_done(study: Study) -> str:
    """Return in a sentence how many simulated runs were reused for how many cash-flow calculations."""
    return (
        f"{study.simulated:,} simulated runs of the contract were used for {study.settled:,} cash-flow calculations: changing a "
        "price, cap or waterfall does not change what happens to participants."
    )


def show_study(study: Study, folder: Path) -> None:
    """Print the answer of a study, its tables, and where its report is; on standard error how much was simulated."""
    console = Console(highlight=False)
    for sentence in study.answer:
        console.print(sentence, markup=False)
    console.print()
    for each in study.tables:
        if each.in_terminal:
            show_table(table(each.title, each.headings, each.rows, _NAMES))
    Console(stderr=True, highlight=False).print(work_done(study), markup=False)
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)
