"""Figures: all are drawn whatever happens, show what the run holds, and lose no pound."""

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.text import Text

from simulator.monte_carlo import Run
from simulator.report.captions import captions
from simulator.report.distributions import bins, capped_multiple, counted
from simulator.report.document import svg
from simulator.report.figures import draw_figures
from simulator.report.quarters import (
    INVOICED,
    POSITION,
    by_quarter,
    day_reached,
    from_nothing,
    invoices,
    quarter_ends,
)
from simulator.report.sources_and_uses import bars, reasons, sources_and_uses
from simulator.scenario.investment import ReturnCap
from tests.tiny import Edit
from tests.unit.report_runs import CASES, NO_CAPITAL, NOBODY, NOTHING_DUE, OTHER_NAMES, tiny_run

NAMES = ["payments", "multiple", "investor_balance", "outcomes", "caseload", "pounds"]


@pytest.fixture(params=CASES)
def run(request: pytest.FixtureRequest) -> Run:
    """Return the run of each case."""
    return tiny_run(*CASES[request.param])


def texts(figure: Figure) -> list[str]:
    """Return the words of a figure, its axes and their marks included."""
    figure.draw_without_rendering()
    return [text.get_text() for text in figure.findobj(Text)]


def test_all_figures_are_drawn_in_order_and_captioned(run: Run) -> None:
    drawn = draw_figures(run)
    assert list(drawn) == NAMES
    assert [caption.name for caption in captions(run)] == NAMES
    for figure in drawn.values():
        assert svg(figure).startswith("<?xml")


def test_no_words_reach_beyond_the_figure(run: Run) -> None:
    for name, figure in draw_figures(run).items():
        figure.draw_without_rendering()
        for axes in figure.axes:
            box = axes.get_tightbbox()
            assert box is not None
            assert figure.bbox.x0 - 1 <= box.x0 <= box.x1 <= figure.bbox.x1 + 1, name
            assert figure.bbox.y0 - 1 <= box.y0 <= box.y1 <= figure.bbox.y1 + 1, name


def test_long_names_leave_room_and_signs_stay_signs() -> None:
    figure = draw_figures(tiny_run(OTHER_NAMES))["pounds"]
    assert any("The $council$ of" in text for text in texts(figure))
    assert figure.axes[0].get_position().width > 0.5


def test_the_same_run_gives_the_same_bytes_without_date_or_maker() -> None:
    first, second = ({name: svg(figure) for name, figure in draw_figures(tiny_run()).items()} for _ in range(2))
    assert first == second
    for text in first.values():
        assert "<metadata" not in text
        assert "matplotlib.org" not in text.lower()


def test_nothing_outside_changes() -> None:
    before = dict(mpl.rcParams.copy())
    svg(draw_figures(tiny_run())["payments"])
    assert dict(mpl.rcParams.copy()) == before


def test_no_word_of_a_cap_or_a_loss_where_there_is_no_capital() -> None:
    words = " ".join(texts(draw_figures(tiny_run(NOTHING_DUE))["multiple"]))
    assert "No capital is drawn" in words
    assert "loss:" not in words


def test_the_multiple_says_its_loss_with_its_error() -> None:
    run = tiny_run()
    loss = run.estimates["investor.probability_of_loss"]
    assert loss.mean is not None
    assert loss.se is not None
    words = texts(draw_figures(run)["multiple"])
    assert f"loss: {loss.mean:.1%} of replications (± {100 * loss.se:.1f} points)" in words


def test_outcomes_stand_beside_their_targets() -> None:
    run = tiny_run()
    words = texts(draw_figures(run)["outcomes"])
    for name, target in counted(run.scenario.deal):
        median = run.estimates[f"outcomes.{name}"].quantiles[2]
        assert any(text.startswith(f"{median:g} of {target}\n") for text in words), name


def test_a_missing_target_is_said() -> None:
    edits: tuple[Edit, ...] = (("referral_target: 10", "referral_target: 10"), ("target: 3\n", "target: 0\n"))
    edits += tuple((f"price: {price}\n      target: 1", f"price: {price}\n      target: 0") for price in (6379, 7845))
    words = texts(draw_figures(tiny_run(edits))["outcomes"])
    assert sum("(no target)" in text for text in words) == 2


def test_money_in_is_money_out(run: Run) -> None:
    sources, uses = sources_and_uses(run)
    assert sum(amount for _, amount in sources) == pytest.approx(sum(amount for _, amount in uses), abs=1e-6)
    assert min(amount for _, amount in [*sources, *uses]) >= -1e-9


def test_what_is_left_is_what_the_ledger_holds(run: Run) -> None:
    _, uses = sources_and_uses(run)
    held = float(run.returns.series["spv.cash_gbp"][:, -1].mean())
    name, left = uses[-1]
    assert name == "Cash left in the SPV"
    assert left == pytest.approx(held, abs=1e-6)


def test_what_is_evidenced_is_paid_or_has_its_reason(run: Run) -> None:
    worth = float(run.returns.values["payments.uncapped_gbp"].mean())
    paid = float(run.returns.values["payments.total_gbp"].mean())
    assert worth - sum(amount for _, amount in reasons(run)) == pytest.approx(paid, abs=1e-6)


def test_what_an_early_end_leaves_without_an_invoice_has_its_reason() -> None:
    terms = """  early_termination: {form: provider_default, notice_given: 2021-10-15, notice_months: 0, achieved_is_paid: false,
    compensation: none, compensation_return: 0, wind_down_cost: 0}
  sources:
    early_termination: {source: Worked example, quality: D}
"""
    ended = tiny_run((("  sources:\n", terms),))
    assert dict(reasons(ended))["Not invoiced"] > 0
    test_what_is_evidenced_is_paid_or_has_its_reason(ended)


def test_money_in_builds_up_and_money_out_falls_to_nothing(run: Run) -> None:
    rows = bars(run)
    headings = [row for row in rows if isinstance(row, str)]
    assert headings == ["At the contract's prices", "Money in", "Money out"]
    start = rows.index("Money in")
    cash = [row for row in rows[start:] if not isinstance(row, str)]
    assert cash[0].begin == 0
    assert cash[-1].begin == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("largest", [0.0, 0.4, 0.999, 1.0, 1.8723, 3.2, 17.5, 49.9, 50.0, 73.0, 1234.5])
def test_one_is_an_edge_of_the_bars_and_all_values_lie_within(largest: float) -> None:
    edges = bins(largest)
    assert 1.0 in edges
    assert edges[0] == 0
    assert edges[-1] > largest
    assert np.all(np.diff(edges) > 1e-9)
    assert 2 <= edges.size <= 60


def test_the_cap_on_the_return_is_the_lower_of_two() -> None:
    investment = tiny_run().scenario.deal.investment
    assert capped_multiple(investment) == pytest.approx(1 + 100000 / 7000)
    assert capped_multiple(tiny_run(NO_CAPITAL).scenario.deal.investment) is None


@pytest.mark.parametrize(
    ("cap", "limit"),
    [
        (ReturnCap(pounds="none", multiple=1.5), 1.5),
        (ReturnCap(pounds=7000, multiple="none"), 2.0),
        (ReturnCap(pounds="none", multiple="none", irr=0.1), None),
    ],
)
def test_a_cap_that_is_none_does_not_count(cap: ReturnCap, limit: float | None) -> None:
    investment = tiny_run().scenario.deal.investment.model_copy(update={"return_cap": cap})
    assert capped_multiple(investment) == limit


def test_series_begin_with_nothing_and_end_with_the_total() -> None:
    run = tiny_run()
    days, bands = from_nothing(run, INVOICED, invoices(run.scenario.deal))
    assert bands.shape == (5, 8)
    assert [day.isoformat() for day in days[:3]] == ["2021-04-01", "2021-06-30", "2021-09-30"]
    assert not bands[:, 0].any()
    assert tuple(bands[:, -1]) == pytest.approx(run.estimates["payments.total_gbp"].quantiles)
    _, position = from_nothing(run, POSITION)
    assert tuple(position[:, -1]) == pytest.approx(run.estimates["investor.net_gbp"].quantiles)


def test_the_changes_of_the_quarters_add_up_to_the_total() -> None:
    run = tiny_run()
    within, total = by_quarter(run, INVOICED)
    assert len(within) == len(total) == invoices(run.scenario.deal) == 7
    assert sum(found.mean or 0 for found in within) == pytest.approx(total[-1].mean)
    assert total[-1].mean == pytest.approx(run.estimates["payments.total_gbp"].mean)


def test_when_half_is_reached() -> None:
    run = tiny_run()
    half, all_of_it = day_reached(run, INVOICED, 0.5), day_reached(run, INVOICED, 1.0)
    assert half in quarter_ends(run.scenario.deal)
    assert half is not None
    assert all_of_it is not None
    assert half <= all_of_it
    assert day_reached(tiny_run(NOBODY), INVOICED, 0.5) is None
