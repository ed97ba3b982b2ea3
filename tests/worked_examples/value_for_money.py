"""Real prices of outcomes from published counts, prices and payments (report tables 8, 9, 12 and h)."""

from dataclasses import dataclass

from tests.worked_examples.example import Case
from tests.worked_examples.views import assert_number


@dataclass(frozen=True)
class Published:
    """One project's figures from launch to the end of 2021, in whole pounds."""

    engagement_price: int
    job_start_price: int
    engagements: int
    job_starts: int
    sustainments: int
    target_payment: int
    actual_sustainments: int
    actual_payment: int

    @property
    def path_to_job_start(self) -> int:
        """Return what the target engagements and job starts are worth."""
        return self.engagements * self.engagement_price + self.job_starts * self.job_start_price


def real_prices(projects: list[Published]) -> dict[str, float]:
    """Return pounds per job start and per sustainment of some projects together: all that must come before is counted in."""
    starts, kept = sum(p.job_starts for p in projects), sum(p.sustainments for p in projects)
    actual = sum(p.actual_sustainments for p in projects)
    return {
        "target_job_start": sum(p.path_to_job_start for p in projects) / starts,
        "target_sustainment": sum(p.target_payment for p in projects) / kept,
        "actual_sustainment": sum(p.actual_payment for p in projects) / actual,
    }


def check_published(case: Case) -> None:
    """Assert the real prices of the projects that a case names, to the penny, and that the report prints their whole pounds."""
    published: dict[str, dict[str, int]] = case.given["published"]
    found = real_prices([Published(**published[name]) for name in case.given["projects"]])
    for name, number in case.expected["real_prices"].items():
        assert_number(found[name], number, name)
    for name, printed in case.expected["printed"].items():
        assert printed in (str(int(found[name])), str(round(found[name]))), name
