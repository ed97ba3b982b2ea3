"""A report holds the run against what is reported to have happened by a day."""

import re
from datetime import date

import numpy as np
import pytest

from simulator.charts import Words
from simulator.monte_carlo import Run
from simulator.report.document import render
from simulator.report.position import reported
from simulator.report.timelines import payments
from simulator.words import MONEY
from tests.tiny import Edit
from tests.unit.report_runs import tiny_run

POSITION = """  printed:
    total_outcome_payment: 40000
    money_multiple: 1.32
    irr: 0.43
    max_return: 2207
    investment_costs: 0
    cost_stack: 40000
    position:
      as_of: {as_of}
      referral: {{actual: 8, target: 9}}
      engagement: {{actual: 5, target: 6}}
      job_start: {{actual: 2, target: 3}}
      sustainment: {{actual: 1, target: 2}}
      payments: {{actual: 12345, target: 23456}}

  sources:
    printed: {{source: Worked example, quality: D}}
    printed.position: {{source: Worked example, quality: D, note: A handful of people.}}
"""


def placed(as_of: str) -> Run:
    """Return a run of the tiny scenario with a reported position."""
    edit: Edit = ("  sources:\n", POSITION.format(as_of=as_of))
    return tiny_run((edit,))


def test_reported_figures_stand_beside_those_of_the_quarter_that_ends_on_the_day() -> None:
    run = placed("2021-12-31")
    found = reported(run)
    assert found is not None
    assert (found.as_of, found.counted_to) == (date(2021, 12, 31), date(2021, 12, 31))
    rows = dict(found.rows)
    assert {name: figures[:2] for name, figures in rows.items()} == {
        "Engagement": ["5", "6"], "Job start": ["2", "3"], "Sustainment": ["1", "2"], "Payments": ["£12,345", "£23,456"],
    }  # fmt: skip
    third = np.array(run.returns.series["payments.invoiced_gbp"])[:, 2]
    at = [float(np.quantile(third, level, method="inverted_cdf")) for level in (0.5, 0.05, 0.95)]
    assert rows["Payments"][2:] == [MONEY.say(pounds) for pounds in at]
    assert found.left_out == ("Referral",)


@pytest.mark.parametrize(("day", "ended"), [("2022-01-15", "2021-12-31"), ("2021-06-30", "2021-06-30")])
def test_between_ends_of_quarters_the_last_that_has_ended_is_taken(day: str, ended: str) -> None:
    found = reported(placed(day))
    assert found is not None
    assert found.counted_to.isoformat() == ended


def test_nothing_is_shown_where_nothing_is_reported_or_no_quarter_had_ended() -> None:
    assert reported(tiny_run()) is None
    assert reported(placed("2021-06-29")) is None
    assert 'id="position"' not in render(tiny_run(), {})


def test_the_document_says_from_what_days_the_figures_are_and_how_to_read_them() -> None:
    text = re.sub(r"<[^>]*>", "", render(placed("2022-01-15"), {}))
    assert "On 15 January 2022: reported and simulated" in text
    assert "counted to 31 December 2021" in text
    assert "No quarterly figures are kept of: referral." in text
    assert "No overlay is applied" in text
    assert "Of the reported figures: A handful of people." in text


def test_the_payments_figure_marks_what_is_reported() -> None:
    marked, plain = (
        [layer.text for layer in payments(run).panels[0].layers if isinstance(layer, Words)]
        for run in (placed("2021-12-31"), tiny_run())
    )
    assert [text for text in marked if text.startswith("reported")] == ["reported £12k"]
    assert not [text for text in plain if text.startswith("reported")]
