"""All diagnostics of the fits, written into a folder that is there whole or not at all."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

from calibration.diagnostics.document import Section, render
from calibration.diagnostics.figures import draw_population
from calibration.diagnostics.findings import Effort, Findings, find, frames, summary
from calibration.diagnostics.predictive import Export
from calibration.diagnostics.words import terminal
from calibration.evidence import digest_of_sources
from calibration.export import assumption_set
from calibration.fit import Fit
from simulator.report.archive import json_text, write_manifest
from simulator.report.result_folder import Owner, ResultFolder
from simulator.workers import WorkerPool

COMMAND = "sib-calibrate check"
_DPI = 144


@dataclass(frozen=True)
class CheckResult:
    """What was found, and where it was written."""

    folder: Path
    found: Mapping[str, Findings]
    """By population."""

    @property
    def summary(self) -> str:
        """Return the main findings as text for a terminal."""
        said = [terminal(each, name) for name, each in self.found.items()]
        return "\n\n".join([*said, f"Everything: {self.folder / 'report.html'}"])

    @property
    def passed(self) -> bool:
        """Return whether every count of table 9 is inside its interval of nine in ten."""
        return all(good for each in self.found.values() for _, _, good in each.predictive.counts_inside())


def check(
    fits: Mapping[str, Fit], folder: Path, pool: WorkerPool, *, export: Export = assumption_set, effort: Effort | None = None,
    more: Sequence[Section] = (), command: str = COMMAND, replace: bool = False,
) -> CheckResult:  # fmt: skip
    """Return the diagnostics of fits and write them into a folder, in the place of earlier ones.

    Args:
        fits: by population.
        folder: where to write.
        pool: who simulates.
        export: what makes a deal's assumption set of a fit.
        effort: how much is simulated; the project's own measure if none is given.
        more: parts of the report that are made elsewhere.
        command: what gives the same files again.
        replace: whether another result makes way, and files that are no result's own are allowed; they stay.

    Raises:
        SibError: where the folder holds something other than earlier diagnostics, before anything is computed.
    """
    place = check_place(folder, tuple(fits), replace)
    found = {name: find(fit, pool, effort or Effort(), export) for name, fit in fits.items()}
    place.write(lambda new: _write(found, more, command, new))
    return CheckResult(folder, found)


def check_place(folder: Path, populations: Sequence[str], replace: bool) -> ResultFolder:
    """Return the folder for diagnostics of populations.

    Args:
        folder: the folder.
        populations: their names.
        replace: whether another result makes way, and files that are no result's own are allowed.

    Raises:
        SibError: where it may not be taken.
    """
    place = ResultFolder(folder, _owner(populations), replace)
    place.check()
    return place


def _owner(populations: Iterable[str]) -> Owner:
    return Owner("calibration check", tuple(populations))


def _write(found: Mapping[str, Findings], more: Sequence[Section], command: str, folder: Path) -> None:
    drawn = {
        name: draw_population(each.predictive, each.identified, each.ridges, each.effects, each.left_out)
        for name, each in found.items()
    }
    _save(folder / "figures", drawn, more)
    texts = {
        "report.html": render(found, drawn, more, command),
        "summary.json": json_text(summary(found)),
    }
    tables = frames(list(found.values())) | {name: table for section in more for name, table in section.tables.items()}
    texts |= {f"{name}.csv": table.to_csv(index=False, lineterminator="\n") for name, table in tables.items()}
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")
    write_manifest(folder, _owner(found), _provenance(found, command))


def _save(folder: Path, drawn: Mapping[str, Mapping[str, Figure]], more: Sequence[Section]) -> None:
    folder.mkdir()
    figures = {f"{name}-{key}": figure for name, of in drawn.items() for key, figure in of.items()}
    figures |= {f"{part.name}-{key}": figure for part in more for key, (figure, _) in part.figures.items()}
    for name, figure in figures.items():
        figure.savefig(folder / f"{name}.png", dpi=_DPI, metadata={"Software": None})


def _provenance(found: Mapping[str, Findings], command: str) -> dict[str, Any]:
    return {
        "command": command,
        "seeds": {name: each.fit.seed for name, each in found.items()},
        "fits": {name: {"replications": e.fit.replications, "rounds": e.fit.rounds} for name, e in found.items()},
        "predictions": {name: each.predictive.replications for name, each in found.items()},
        "sources_sha256": digest_of_sources(),
    }
