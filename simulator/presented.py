"""How a result shows itself: as findings, a table, a page, a folder, a few lines.

What a result says is written in `simulator.report`, above everything that makes results. It is imported when it is first asked
for, here and nowhere else.
"""

from dataclasses import fields
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from simulator.findings import Findings


class Presented:
    """A result that a user holds; its module in `simulator.report` has a function `findings` that says what it found."""

    _told_by: ClassVar[str]
    """Name of that module."""

    @cached_property
    def _found(self) -> "Findings":
        found: Findings = report(self._told_by).findings(self)
        return found

    def findings(self) -> "Findings":
        """Return what was found as data: answer, figures, tables, charts, method, warnings."""
        return self._found

    def __getstate__(self) -> dict[str, Any]:
        """Return the fields alone: what was only worked out from them is not pickled."""
        return {each.name: getattr(self, each.name) for each in fields(cast("Any", self))}

    def table(self, name: str | None = None) -> "pd.DataFrame":
        """Return one table of the findings, numbers as numbers; the main one if no name is given.

        Args:
            name: name of the table, one of `findings().names`.

        Raises:
            SibError: for a name that no table has.
        """
        return self.findings().table(name).frame()

    def html(self) -> str:
        """Return the report as one HTML document that needs nothing else."""
        page: str = report("page").page(self.findings())
        return page

    def save(self, folder: str | Path, *, replace: bool = False) -> Path:
        """Write report, figures, tables and data into a folder, in the place of an earlier result of the same; return it.

        Args:
            folder: where.
            replace: whether another result makes way, and files that are no result's own are allowed; they stay.

        Raises:
            SibError: where the folder holds something else, or cannot be written.
        """
        place: Path = report("study").write_study(self.findings(), Path(folder), replace=replace)
        return place

    def _repr_html_(self) -> str:
        """Return the answer and the main table for a notebook."""
        short: str = report("page").short_page(self.findings())
        return short

    def __repr__(self) -> str:
        """Return what it is, and its answer, in a few lines."""
        try:
            return self.findings().brief(type(self).__name__)
        except Exception as error:
            return f"<{type(self).__name__} that cannot be told: {error!r}>"


def report(module: str) -> Any:  # noqa: ANN401 - a module
    """Return a module of `simulator.report`."""
    return import_module(f"simulator.report.{module}")
