"""What a published figure is about, as data: its name and the words for it are made from this, and never taken apart."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

from calibration.deal_tables import STEPS

Kind = Literal["count", "success", "conversion", "price", "flow", "paid", "quarter"]
"""A number of people; that number as a percentage of its target; the percentage of people who go on to the next step; payments
divided by a number of people; a number for each specialist and quarter; all payments to date; payments of one claim quarter."""
_NAMES: dict[Kind, str] = {
    "count": "{step}",
    "success": "success {step}",
    "conversion": "conversion {before}_to_{step}",
    "price": "price {step}",
    "flow": "flow {step}",
    "paid": "payments",
    "quarter": "payment {quarter_end}",
}


@dataclass(frozen=True)
class About:
    """What one figure of a deal, or of the four deals together, is about."""

    kind: Kind
    step: str = ""
    """The step that is counted or paid for, or that a conversion leads to; none for payments and the sum of the four flows."""
    before: str = ""
    """The step that a conversion starts from."""
    quarter_end: date | None = None
    """The last day of the claim quarter that was paid for."""
    to_total: bool = False
    """Whether it is the deal's figure less that of the four deals together."""

    @property
    def name(self) -> str:
        """Return its name in files and tables.

        >>> About("conversion", "job_start", before="engagement", to_total=True).name
        'difference conversion engagement_to_job_start'
        """
        own = _NAMES[self.kind].format(step=self.step or "sum", before=self.before, quarter_end=self.quarter_end)
        return f"difference {own}" if self.to_total else own


CONVERSIONS = {f"{before}_to_{after}": About("conversion", after, before=before) for before, after in pairwise(STEPS)}
"""The conversions by the names that table 11 gives them."""
