"""The split in time as a part of the report of the diagnostics."""

from calibration.diagnostics.document import Section
from calibration.diagnostics.split import Split, split_figure

_UNDER_FIGURE = (
    "Payments of the four quarters of 2021, predicted from what was known at the end of 2020, and what was paid. How nothing of "
    "2021 gets into the predictions, and what hindsight remains, is in docs/calibration.md, section 5."
)


def split_section(result: Split) -> Section:
    """Return the part of the report in which 2021 is predicted from 2020."""
    return Section(
        "split",
        "Split in time: 2021 from 2020",
        result.words(),
        {"payments": (split_figure(result), _UNDER_FIGURE)},
        {"split_scores": result.scores(), "split": result.table(), "split_coverage": result.coverage()},
    )
