"""The document: every figure is the run's, nothing foreign gets in, nothing is fetched, the same run gives the same bytes."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass, field, replace
from functools import cache
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from simulator.errors import Problem
from simulator.estimates import LEVELS, Estimate
from simulator.explaining.explanation import explain
from simulator.finance.irr import IrrStatus
from simulator.measures.of_deal import named
from simulator.monte_carlo import Run
from simulator.report.answer import answer_sentences, deal_in_a_paragraph
from simulator.report.document import render, svg
from simulator.report.figures import draw_figures
from simulator.report.headlines import Headline, printed_rows, sections
from simulator.report.parties import parties
from simulator.report.terms import assumption_lines, rule_lines
from simulator.scenario.load import with_overlays
from simulator.words import RATE
from tests.tiny import Edit
from tests.unit.report_runs import CASES, NO_CAPITAL, NOBODY, NOTHING_DUE, OTHER_NAMES, tiny_run

ROOT = Path(__file__).parents[2]
VOID = {"meta", "br", "col", "img", "hr", "input", "link"}


@pytest.fixture(params=CASES)
def run(request: pytest.FixtureRequest) -> Run:
    """Return the run of each case."""
    return tiny_run(*CASES[request.param])


def drawn(run: Run) -> str:
    """Return the whole report of a run."""
    return render(run, {name: svg(figure) for name, figure in draw_figures(run).items()})


@cache
def document(edits: tuple[Edit, ...] = (), replications: int = 20) -> str:
    """Return the whole report of a run of the tiny scenario, drawn once."""
    return drawn(tiny_run(edits, replications))


@pytest.fixture(params=CASES)
def text(request: pytest.FixtureRequest) -> str:
    """Return the document of each case."""
    return document(*CASES[request.param])


@dataclass
class Page(HTMLParser):
    """What a document says, and how it is built."""

    open: list[str] = field(default_factory=list)
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    rows: dict[str, list[str]] = field(default_factory=dict)
    row: str | None = None

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.row = dict(attrs).get("data-measure")
        if tag == "td" and self.row:
            self.rows.setdefault(self.row, []).append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.words.append(data)
        if self.row in self.rows and "td" in self.open:
            self.rows[self.row][-1] += "|" + data


def read(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == []
    return page


def test_every_headline_is_its_estimate(run: Run) -> None:
    rows = read(render(run, {})).rows
    headlines = [row for section in sections(run) for row in section.rows]
    assert list(rows) == [row.measure.key for row in headlines]
    for row in headlines:
        assert row.estimate == run.estimates[row.measure.key]
        for cell, (value, error) in zip(rows[row.measure.key], expected(row), strict=True):
            figure, _, spread = cell.strip("|").partition("|")
            check(row, figure, value)
            if value is not None and spread:
                assert spread.startswith("± ")
                assert "known" in spread if error is None else "under" in spread or close(row, spread, error)


def expected(row: Headline) -> list[tuple[float | None, float | None]]:
    """Return the figures of a row and their errors, in the order of its columns, straight from its estimate."""
    found = row.estimate
    if row.single:
        return [(found.mean, found.se)]
    by_level = {level: pair for level, *pair in zip(LEVELS, found.quantiles, found.quantile_errors, strict=True)}
    middle, low, high = (by_level[level] for level in (0.5, 0.05, 0.95))
    return [(middle[0], middle[1]), (found.mean, found.se), (low[0], low[1]), (high[0], high[1])]


def check(row: Headline, figure: str, value: float | None) -> None:
    if value is None:
        assert figure in {row.missing, row.no_mean}
    elif row.measure.unit is RATE and value == -1:
        assert figure == "total loss"
    else:
        assert close(row, figure, value), (row.measure.key, figure, value)


def close(row: Headline, words: str, value: float) -> bool:
    """Return whether the number in the words is the value to the last place shown."""
    number = float(re.sub(r"[^0-9.-]", "", words.replace("\N{MINUS SIGN}", "-")).rstrip("."))
    return abs(number - value * row.measure.unit.factor) <= 0.5 * 10.0**-row.measure.unit.decimals + 1e-9


def test_headlines_cover_what_a_committee_asks() -> None:
    names = {row.measure.key for section in sections(tiny_run()) for row in section.rows}
    assert names >= {
        "payments.total_gbp", "payments.cap_use", "payments.unpaid_over_cap_gbp", "payments.lcf_gbp", "payments.local_gbp",
        "commissioner.real_price_job_start_gbp", "commissioner.real_price_sustainment_gbp", "investor.multiple",
        "investor.irr", "investor.npv_gbp", "investor.probability_of_loss", "investor.expected_shortfall_multiple",
        "investor.peak_exposure_gbp", "spv.probability_of_shortfall", "spv.shortfall_gbp", "outcomes.referral",
        "outcomes.engagement", "outcomes.job_start", "outcomes.sustainment", "caseload.utilisation",
    }  # fmt: skip
    assert "commissioner.real_price_engagement_gbp" not in names


def test_nothing_is_fetched_and_nothing_runs(text: str) -> None:
    assert "http" not in text
    assert "//" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
    page = read(text)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in page.tags}
    assert all(
        (value or "").startswith("#") for _, attrs in page.tags for name, value in attrs.items() if "href" in name
    )


def test_the_same_run_gives_the_same_bytes() -> None:
    assert drawn(tiny_run()) == document()


def test_another_process_gives_the_same_bytes() -> None:
    code = (
        "from hashlib import sha256; from tests.unit.report_runs import tiny_run; "
        "from tests.unit.test_report_document import drawn; print(sha256(drawn(tiny_run()).encode()).hexdigest())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == sha256(document().encode()).hexdigest()


def test_the_document_is_whole_and_accessible(text: str) -> None:
    page = read(text)
    ids = [str(attrs["id"]) for _, attrs in page.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    known = set(ids)
    for _, attrs in page.tags:
        for name in ("href", "xlink:href"):
            assert (attrs.get(name) or f"#{ids[0]}").removeprefix("#") in known
        assert attrs.get("aria-labelledby", ids[0]) in known
    drawings = [attrs for tag, attrs in page.tags if tag == "svg"]
    assert len(drawings) == 6
    assert all(attrs["role"] == "img" and attrs["aria-label"] and attrs["viewbox"] for attrs in drawings)
    tables, captions = (sum(tag == wanted for tag, _ in page.tags) for wanted in ("table", "caption"))
    assert tables == captions
    assert all("scope" in attrs for tag, attrs in page.tags if tag == "th")
    assert next(attrs for tag, attrs in page.tags if tag == "html")["lang"] == "en-GB"


def test_clip_paths_point_into_their_own_drawing() -> None:
    text = document()
    used = set(re.findall(r"url\(#([^)]+)\)", text))
    assert used
    assert used <= set(re.findall(r'id="([^"]+)"', text))


def test_foreign_text_stays_text() -> None:
    text = document(OTHER_NAMES)
    assert "<script" not in text
    assert "<b>bold" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; Trust" in text
    assert "<title>A &lt;script&gt;" in text
    assert '"Quoted" & <b>bold</b>' in "".join(read(text).words)


def test_other_outcomes_and_funders_have_their_rows() -> None:
    rows = read(render(tiny_run(OTHER_NAMES), {})).rows
    assert {"outcomes.first_meeting", "payments.trust_gbp", "commissioner.real_price_job_start_gbp"} <= set(rows)
    assert not any("engagement" in name or "lcf" in name for name in rows)


def test_figures_that_are_not_given_are_left_out() -> None:
    text = render(tiny_run(), {"payments": svg(draw_figures(tiny_run())["payments"])})
    assert text.count("<svg") == text.count("<figure") == 1


def test_statuses_of_the_rate_of_return_are_said() -> None:
    run = tiny_run()
    status = np.full(20, int(IrrStatus.TOTAL_LOSS))
    status[:5] = int(IrrStatus.MULTIPLE_ROOTS)
    rate = np.where(status == IrrStatus.TOTAL_LOSS, -1.0, np.nan)
    lost = Run(
        run.scenario, 1, replace(run.returns, irr_status=status, values={**run.returns.values, "investor.irr": rate})
    )
    row = next(row for section in sections(lost) for row in section.rows if row.measure.key == "investor.irr")
    assert [cell.figure for cell in row.cells()] == ["total loss", "not averaged", "undefined", "total loss"]
    assert [cell.error for cell in row.cells()] == ["", "", "", ""]
    assert "Total loss in 75.0% of replications" in row.how
    assert "Undefined in 25.0% of replications: more than one rate fits." in row.how


def test_a_mean_over_part_of_the_replications_says_so() -> None:
    found = next(
        row for section in sections(tiny_run()) for row in section.rows if row.measure.key == "investor.payback_years"
    )
    assert 0 < found.estimate.undefined_share < 1
    assert f"exists in {1 - found.estimate.undefined_share:.1%} of replications" in found.how


def test_too_few_replications_for_a_tail_are_said() -> None:
    rows = read(render(tiny_run(), {})).rows
    assert rows["investor.expected_shortfall_multiple"] == ["|too few replications: it takes 400"]
    assert "too few" not in read(render(tiny_run(replications=400), {})).rows["investor.expected_shortfall_multiple"][0]


def test_errors_that_cannot_be_told_are_not_nothing() -> None:
    row = Headline(named("payments.total_gbp"), "", Estimate(5.0, None, (5.0,) * 5, (None,) * 5), "undefined")
    assert {cell.error for cell in row.cells()} == {"± not known"}


def test_the_answer_in_sentences() -> None:
    for name, case in CASES.items():
        sentences = answer_sentences(tiny_run(*case))
        assert len(sentences) == 4, name
        assert all(
            sentence.endswith(".") and "None" not in sentence and "nan " not in sentence for sentence in sentences
        )
    assert "no outcome payments" in answer_sentences(tiny_run(NOBODY))[1]
    assert "nothing at risk" in answer_sentences(tiny_run(NOTHING_DUE))[2]
    loss = tiny_run().estimates["investor.probability_of_loss"].mean
    assert f"loses money is {loss:.1%}" in answer_sentences(tiny_run())[2]


def test_the_deal_in_a_paragraph_names_all_parties_and_sums() -> None:
    words = " ".join(deal_in_a_paragraph(tiny_run().scenario.deal))
    for part in (
        "A borough", "An intermediary", "A provider", "An investor", "Central fund (42%", "Borough (58%", "£40,000 in all",
        "£7,000", "1 April 2021 to 31 March 2022", "£100,000",
    ):  # fmt: skip
        assert part in words
    assert "No investor's capital" in " ".join(deal_in_a_paragraph(tiny_run(NO_CAPITAL).scenario.deal))


def test_every_assumption_and_term_stands_with_its_source() -> None:
    scenario = tiny_run().scenario
    lines = assumption_lines(scenario.assumptions)
    believed = [line for line in lines if line.quality]
    assert len(believed) == len(scenario.assumptions.beliefs())
    assert all(line.explained and line.source == "Worked example" and line.quality == "D" for line in believed)
    assert [line.value for line in lines if not line.quality] == ["an open inflow"] * 3
    assert next(line.value for line in lines if line.name == "Job loss rate") == "0.117 (0.06 to 0.2)"
    page = read(render(tiny_run(), {}))
    shown = [word for word in page.words if word.strip()]
    sentences = explain(scenario)
    assert {*(line.name for line in lines), *(each.text for each in sentences)} <= set(shown)
    assert {each.section for each in sentences} | {each.path for each in sentences} <= set(shown)


def test_every_party_stands_beside_the_investor(run: Run) -> None:
    rows = parties(run)
    deal = run.scenario.deal
    capital = [deal.investment.title] if deal.investment.commitment else []
    others = [cost.title for cost in deal.costs if cost.paid_to == "others"]
    names = [*(f.title for f in deal.funders), *capital, deal.provider.title, deal.intermediary, *others]
    assert [row.title for row in rows] == names
    held = float(run.returns.values["spv.closing_cash_gbp"].mean())
    assert sum(row.net.mean or 0.0 for row in rows) == pytest.approx(-held, abs=1e-6)
    assert sum(row.pays.mean or 0.0 for row in rows[: len(deal.funders)]) == pytest.approx(
        run.estimates["payments.total_gbp"].mean
    )
    words = read(render(run, {})).words
    assert all(cell.figure in words for row in rows for cell in row.cells())


def test_what_no_party_pays_is_said_to_be_nothing() -> None:
    provider = next(row for row in parties(tiny_run()) if row.title == "A provider")
    assert [cell.figure for cell in provider.cells()][:1] == ["nothing"]
    assert provider.net == provider.receives


def test_who_only_pays_keeps_what_it_pays_with_the_sign_turned() -> None:
    rows = parties(tiny_run(replications=20, seed=5))
    funders = [row for row in rows if row.role.startswith("outcome payer")]
    assert funders
    for row in funders:
        assert row.pays.quantiles[0] != row.pays.quantiles[-1]
        assert row.receives.quantiles == (0.0,) * 5
        assert [-(level or 0.0) for level in reversed(row.net.quantiles)] == list(row.pays.quantiles)
        assert row.net.quantile_errors == row.pays.quantile_errors[::-1]
        assert (row.net.mean, row.net.se) == (-(row.pays.mean or 0.0), row.pays.se)


def test_sustainments_of_jobs_from_before_are_explained() -> None:
    told = "can sustain a job that started before the first day"
    assert told not in " ".join(read(document()).words)
    edit = ("carried_over_in_work: {value: 0,", "carried_over_in_work: {value: 2,")
    assert told in " ".join(read(render(tiny_run((edit,)), {})).words)


def test_no_limit_and_windows_are_said() -> None:
    edits: tuple[Edit, ...] = (
        ("search_limit: {value: 9, unit: months, quality: D, source: Worked example}", "search_limit: none"),
        (
            "  referral_ramp:",
            "  windows: [{rate: job, from: 2021-06-01, to: 2021-09-01, multiply: 0.5, source: A guess, quality: E}]\n"
            "  referral_ramp:",
        ),
    )
    assumptions = tiny_run(edits).scenario.assumptions
    assert [line.value for line in assumption_lines(assumptions) if line.name == "Search limit"] == ["no limit"]
    window = rule_lines(assumptions)[-1]
    assert (window.name, window.value, window.quality) == (
        "Job, 1 June 2021 to 1 September 2021",
        "multiplied by 0.5",
        "E",
    )


@pytest.mark.usefixtures("in_folder")
def test_warnings_overlays_and_provenance_are_carried() -> None:
    run = tiny_run()
    problem = Problem("tiny.yaml", 3, "deal.total_cap", "the cap is odd", "ODD", "warning")
    Path("slow.yaml").write_text(
        "overlay: slow\ntitle: Slow start\ndescription: Fewer come.\nsource: A guess\n", "utf-8"
    )
    changed = replace(with_overlays(run.scenario, ["slow.yaml"]), warnings=(problem,))
    carried = Run(changed, run.seed, run.returns)
    words = " ".join(" ".join(read(render(carried, {})).words).split())
    for part in ("The cap is odd", "Slow start", "Fewer come.", "A guess", run.scenario.digest, "2026", "tiny+slow"):
        assert part in words
    assert f"Before the changes below: {run.scenario.description.description} Slow start. Fewer come." in words
    assert words.count("Fewer come.") == 1
    assert f"tiny.yaml --overlay slow.yaml --replications {run.replications} --seed 2026" in words
    assert "Before the changes" not in render(run, {})
    assert "--overlay" not in render(run, {})
    assert "Before relying" not in render(replace_warnings(run), {})
    assert "Not for audit, investment or legal use without verification." in words


def replace_warnings(run: Run) -> Run:
    return Run(replace(run.scenario, warnings=()), run.seed, run.returns)


def test_printed_figures_stand_beside_the_runs_own() -> None:
    printed = (
        "  printed: {total_outcome_payment: 38000, money_multiple: 1.2, irr: 0.1, max_return: 1, investment_costs: 1, "
        "cost_stack: 1}\n\n  sources:\n    printed: {source: Worked example, quality: D}\n"
    )
    rows = printed_rows(tiny_run((("  sources:\n", printed),)))
    assert [amounts[0] for _, amounts in rows] == ["£38,000", "1.20", "10.0%"]
    assert printed_rows(tiny_run()) == []
