"""What every study shows: its answer in sentences, tables and figures, in a terminal, in a folder, and in one HTML file."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pandas as pd
from matplotlib.figure import Figure
from rich.console import Console

import simulator
from simulator.report.archive import check_folder, json_text, manifest, put_in_place
from simulator.report.captions import Caption
from simulator.report.document import pages, shown, svg
from simulator.report.repeat import place
from simulator.report.terminal import progress_bar, show_compilation, show_table, show_warnings, table
from simulator.report.terms import assumption_lines, rule_lines
from simulator.scenario.model import Scenario
from simulator.studies.trials import Trials

_DPI = 144
_MARK = "study.json"
"""The file by which the folder of an earlier study is known."""


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
    lived: int
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


def study_folder(
    out: Path | None, kind: str, scenario: Scenario, trials_of: tuple[int, int], options: Sequence[str]
) -> Path:
    """Return the folder of a study: the one that is given, or one under `results` named by all that makes its figures.

    Args:
        out: the folder given, if one is.
        kind: name of the study's command.
        scenario: its scenario.
        trials_of: seed and replications.
        options: what else was asked for.

    Raises:
        SibError: where the folder holds something other than an earlier study, or cannot be written.
    """
    seed, replications = trials_of
    made_from = sha256(" ".join([scenario.digest, *options]).encode()).hexdigest()[:8]
    folder = out or Path("results") / scenario.name / f"{kind}-seed{seed}-n{replications}-{made_from}"
    check_folder(folder, _MARK, "study")
    return folder


def tried_folder(folder: Path) -> Path:
    """Return the folder, beside a study's own, of what it has tried so far; it is there as long as the study is not done."""
    return folder.absolute().parent / f"{folder.name}.unfinished"


@contextmanager
def trials(
    scenario: Scenario,
    kind: str,
    options: Sequence[str],
    *,
    replications: int | None,
    seed: int | None,
    workers: int | None,
    out: Path | None,
    versions: int | None = None,
) -> Iterator[tuple[Trials, Path]]:
    """Yield the trials of a study and the folder that it is to stand in, behind a bar, with warnings and compiling said first.

    What has been tried is kept beside that folder and found again if the study is stopped and started anew; it goes once the
    study is written.

    Args:
        scenario: its scenario.
        kind: name of the study's command.
        options: what was asked for, beside seed and replications.
        replications: how many of each version, or None for the scenario's own number.
        seed: seed of all luck, or None for the scenario's own.
        workers: threads, or None for one for each processor.
        out: the folder to write, or None for one under `results`.
        versions: how many versions are to be tried, if that is known.
    """
    count = scenario.settings.replications if replications is None else replications
    folder = study_folder(out, kind, scenario, (scenario.settings.seed if seed is None else seed, count), options)
    show_warnings(scenario)
    show_compilation(scenario, 1)
    with progress_bar(None if versions is None else versions * count) as advance:
        yield (
            Trials(
                scenario,
                replications=replications,
                seed=seed,
                workers=workers,
                folder=tried_folder(folder),
                progress=advance,
            ),
            folder,
        )


def write_study(study: Study, folder: Path) -> Path:
    """Write the folder of a study, in the place of an earlier one, and return it; what was tried on the way goes.

    Raises:
        SibError: where the folder holds something other than an earlier study.
    """
    check_folder(folder, _MARK, "study")
    put_in_place(folder, lambda new: _write_all(study, new))
    shutil.rmtree(tried_folder(folder), ignore_errors=True)
    return folder


def _write_all(study: Study, folder: Path) -> None:
    (folder / "figures").mkdir()
    for picture in study.pictures:
        picture.figure.savefig(folder / "figures" / f"{picture.name}.png", dpi=_DPI, metadata={"Software": None})
    texts = {
        _MARK: json_text(study.as_dict()),
        "scenario.json": json_text(study.scenario.description.model_dump(mode="json", by_alias=True)),
        "report.html": render_study(study),
    }
    texts |= {name: frame.to_csv(index=False, lineterminator="\n") for name, frame in study.frames.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    own = {"study": study.kind, "seed": study.seed, "replications": study.replications, "command": study.command}
    kept = manifest(study.scenario, own, study.scenario.warnings, folder)
    (folder / "manifest.json").write_text(json_text(kept), encoding="utf-8", newline="\n")


def render_study(study: Study) -> str:
    """Return the report of a study as one HTML document."""
    scenario = study.scenario
    captions = [Caption(each.name, each.caption, each.alternative) for each in study.pictures]
    drawn = {each.name: svg(each.figure) for each in study.pictures}
    return pages().get_template("study.html").render(
        study=study, scenario=scenario, file=Path(scenario.file).name, version=simulator.__version__,
        figures=shown(captions, drawn), assumptions=assumption_lines(scenario.assumptions),
        rules=rule_lines(scenario.assumptions),
    )  # fmt: skip


def work_done(study: Study) -> str:
    """Return in a sentence how often people were simulated and money was reckoned."""
    return (
        f"People were simulated in {study.lived:,} replications, money was reckoned in {study.settled:,}: whoever lives the same "
        "life under other terms is not simulated again."
    )


def show_study(study: Study, folder: Path) -> None:
    """Print the tables and the answer of a study, and where its report is."""
    for each in study.tables:
        if each.in_terminal:
            show_table(table(each.title, each.headings, each.rows))
    console = Console(highlight=False)
    for sentence in study.answer:
        console.print(sentence, markup=False)
    console.print(work_done(study), markup=False)
    console.print(f"Report: {folder / 'report.html'}", soft_wrap=True, markup=False)


def finish(study: Study, folder: Path, show_json: bool, write: Callable[[str], object]) -> bool:
    """Write a study, show it or its JSON document, and return whether its answer is that it can be."""
    write_study(study, folder)
    if show_json:
        write(json_text(study.as_dict()))
    else:
        show_study(study, folder)
    return study.can
