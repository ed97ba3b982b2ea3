"""The published figures are those of the documents, agree with one another where they should, and are said to where not."""

import csv
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from calibration.deal_tables import DEALS, PAID, STEPS
from calibration.evidence import read_evidence, read_facts, read_work_shares, sources_folder
from tests.published import rows as report

SOURCES = sources_folder()
TABLES = sorted(SOURCES.rglob("*.csv"))
FOLDERS = sorted(path for path in SOURCES.iterdir() if path.is_dir())
SMI = DEALS[:4]
Rows = list[dict[str, str]]


def read(path: Path) -> Rows:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def performance() -> dict[tuple[str, str], dict[str, str]]:
    return {(row["project"], row["measure"]): row for row in report("table09_performance")}


def number(project: str, measure: str, column: str = "actual") -> int:
    return int(performance()[project, measure][column])


def links(text: str) -> set[str]:
    return set(re.findall(r"\]\(([^)]+)\)", text))


# Form


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.relative_to(SOURCES).as_posix())
def test_a_table_is_plain(path: Path) -> None:
    data = path.read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf")
    assert b"\r" not in data
    assert data.endswith(b"\n")
    assert len(data) < 3000
    header, *body = csv.reader(data.decode("utf-8").splitlines())
    assert body
    assert len(set(header)) == len(header)
    assert {len(line) for line in body} == {len(header)}
    assert all(cell == cell.strip() for line in (header, *body) for cell in line)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_folder_says_what_is_in_it(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert "**Citation.**" in text
    assert links(text) == {path.name for path in folder.glob("*.csv")}
    assert "nown disagreements" in text


def test_the_index_names_every_folder() -> None:
    named = links((SOURCES / "README.md").read_text(encoding="utf-8"))
    assert named == {f"{folder.name}/README.md" for folder in FOLDERS}


def test_no_quarter_is_later_than_2021() -> None:
    assert max(row["claim_quarter"] for row in read(SOURCES / "GOLab2022/quarterly_payments.csv")) == "2021-Q4"
    assert {row["to"] for row in report("table09_periods")} == {"2021-12-31"}


def test_every_table_of_facts_is_read() -> None:
    names = [path.parent.name for path in TABLES if path.name == "facts.csv"]
    assert len(names) == 12
    for name in names:
        assert read_facts(name)


# Arithmetic within the documents


@pytest.mark.parametrize("column", ["actual", "target"])
@pytest.mark.parametrize("measure", [*STEPS, PAID])
def test_table_9_adds_up(measure: str, column: str) -> None:
    assert sum(number(deal, measure, column) for deal in SMI) == number("smi_total", measure, column)


@pytest.mark.parametrize("key", performance(), ids="-".join)
def test_success_rates_are_actual_to_target(key: tuple[str, str]) -> None:
    row = performance()[key]
    assert 100 * int(row["actual"]) / int(row["target"]) == pytest.approx(int(row["success_rate_pct"]), abs=0.5)


@pytest.mark.parametrize("row", report("table11_conversion"), ids=lambda row: f"{row['project']}-{row['step']}")
def test_table_11_is_the_ratios_of_table_9(row: dict[str, str]) -> None:
    before, after = row["step"].split("_to_")
    actual, target = (
        100 * number(row["project"], after, column) / number(row["project"], before, column)
        for column in ("actual", "target")
    )
    assert actual == pytest.approx(int(row["actual_pct"]), abs=0.5)
    assert target == pytest.approx(int(row["target_pct"]), abs=0.5)
    relative = int(row["actual_relative_to_target_pct"])
    of_rounded = 100 * int(row["actual_pct"]) / int(row["target_pct"])
    assert min(abs(100 * actual / target - relative), abs(of_rounded - relative)) <= 0.5


def prices(project: str) -> dict[str, int]:
    found = report("table_h_prices")
    return {row["outcome"]: int(row["price_gbp"]) for row in found if row["project"] == project and row["tier"] == "1"}


def planned_job_start(deals: tuple[str, ...]) -> float:
    """Return what a planned job start costs with the engagements that lead to it, in pounds."""
    total = sum(
        number(deal, step, "target") * prices(deal)[step] for deal in deals for step in ("engagement", "job_start")
    )
    return total / sum(number(deal, "job_start", "target") for deal in deals)


@pytest.mark.parametrize(
    "row", report("table12_real_payment_per_outcome"), ids=lambda row: f"{row['project']}-{row['outcome']}"
)
def test_table_12_is_payments_by_outcome(row: dict[str, str]) -> None:
    project = row["project"]
    if row["outcome"] == "sustainment":
        for column in ("actual", "target"):
            paid = number(project, PAID, column) / number(project, "sustainment", column)
            assert int(paid) == int(row[f"{column}_gbp"])
    else:
        deals = SMI if project == "smi_total" else (project,)
        assert int(planned_job_start(deals)) == int(row["target_gbp"])
    relative = 100 * int(row["actual_gbp"]) / int(row["target_gbp"])
    assert 0 <= relative - int(row["actual_relative_to_target_pct"]) < 1 or relative == pytest.approx(
        int(row["actual_relative_to_target_pct"]), abs=0.5
    )


def test_table_8_is_drawn_from_the_others() -> None:
    conversions = {(row["project"], row["step"]): row for row in report("table11_conversion")}
    real = {
        (row["project"], row["outcome"]): int(row["actual_gbp"]) for row in report("table12_real_payment_per_outcome")
    }
    for row in report("table08_job_start_comparison"):
        for project, sign in ((row["project"], 0), ("smi_total", 1)):
            success = int(row["success_rate_pct"]) - sign * int(row["success_rate_difference_points"])
            rate = int(row["conversion_rate_pct"]) - sign * int(row["conversion_rate_difference_points"])
            price = int(row["real_price_gbp"]) - sign * int(row["real_price_difference_gbp"])
            assert success == int(performance()[project, "job_start"]["success_rate_pct"])
            assert rate == int(conversions[project, "engagement_to_job_start"]["actual_pct"])
            assert price == real[project, "job_start"]


@pytest.mark.parametrize("row", report("table10_flow_per_specialist"), ids=lambda row: row["project"])
def test_table_10_calls_a_sum_of_flows_a_caseload(row: dict[str, str]) -> None:
    assert sum(float(row[step]) for step in STEPS) == pytest.approx(float(row["sum_printed_as_caseload"]), abs=1e-9)


def implied_specialists() -> Iterator[tuple[str, float]]:
    for row in report("table10_flow_per_specialist"):
        if row["project"] in DEALS:
            quarters = len(read_evidence(row["project"]).payments)
            yield row["project"], number(row["project"], "referral") / quarters / float(row["referral"])


def test_table_10_implies_other_numbers_of_specialists_than_appendix_i() -> None:
    implied = dict(implied_specialists())
    staff = {row["project"]: int(row["employment_specialists"]) for row in report("appendix_i_specialists")}
    ratio = {deal: round(implied[deal] / staff[deal], 2) for deal in DEALS}
    assert ratio == {
        "haringey_barnet": 0.90,
        "shropshire": 1.28,
        "enfield": 1.19,
        "tower_hamlets_smi": 1.20,
        "tower_hamlets_ld": 0.86,
    }


@pytest.mark.parametrize("deal", DEALS)
def test_sustainments_of_table_3_are_the_two_bands_of_table_h(deal: str) -> None:
    (target,) = (row for row in report("table03_targets") if row["project"] == deal)
    counted = {
        (row["outcome"], row["hours_band"]): int(row["contracted_count"])
        for row in report("table_h_prices")
        if row["project"] == deal
    }
    assert counted["engagement", ""] == int(target["engagement"])
    assert counted["job_start", ""] == int(target["job_start"])
    assert counted["sustainment", "under_16"] + counted["sustainment", "16_and_over"] == int(target["sustainment"])


@pytest.mark.parametrize("deal", DEALS)
def test_quarters_add_up_to_table_9_to_the_pound(deal: str) -> None:
    paid = [
        int(row["paid_gbp"]) for row in read(SOURCES / "GOLab2022/quarterly_payments.csv") if row["project"] == deal
    ]
    assert sum(paid) == number(deal, PAID)


def test_activity_payments_of_the_two_sources_disagree_by_what_is_said() -> None:
    activity = [row for row in read(SOURCES / "GOLab2022/quarterly_payments.csv") if row["basis"] == "activity"]
    summed = sum(int(row["paid_gbp"]) for row in activity)
    facts = {fact.quantity: fact.value for fact in read_facts("HulseEtAl2023")}
    said = int(facts["activity_payments_all_five"])
    for name in ("GOLab2022", "HulseEtAl2023"):
        assert f"£{summed - said:,}" in (SOURCES / name / "README.md").read_text(encoding="utf-8")
    paid = sum(number(deal, PAID) for deal in DEALS)
    assert 100 * said / paid == pytest.approx(facts["activity_payments_share"], abs=0.5)


def test_people_engaged_are_those_of_the_text() -> None:
    facts = {fact.quantity: fact.value for fact in read_facts("HulseEtAl2023")}
    assert number("smi_total", "engagement") == facts["engaged_smi"]
    assert number("tower_hamlets_ld", "engagement") == facts["engaged_ld"]
    assert facts["engaged_smi"] + facts["engaged_ld"] == facts["engaged_all_five"]


def test_shares_in_work_are_those_that_the_notes_fit() -> None:
    shares = {(each.study, each.months): each.ips for each in read_work_shares()}
    curves = {
        "De Graaf-Zijl et al. 2020": {6: 17, 18: 40, 30: 47},
        "Michon et al. 2014": {6: 21, 18: 39, 30: 44},
        "Holmas et al. 2021": {12: 23.9, 24: 30.4, 43: 32.6},
    }
    for study, curve in curves.items():
        assert {months: ips for (name, months), ips in shares.items() if name == study} == curve


# Against a second reading of the documents

READ_TWICE = {
    "HulseEtAl2023/table03_targets": "f549b6c98230",
    "HulseEtAl2023/table06_provider_payment_split": "64b62e422861",
    "HulseEtAl2023/table07_payment_calendar": "a498215ea4b8",
    "HulseEtAl2023/table09_performance": "0c3f7d8498fe",
    "HulseEtAl2023/table10_flow_per_specialist": "680a5e1aca96",
    "HulseEtAl2023/table11_conversion": "0284ca728d5f",
    "HulseEtAl2023/table12_real_payment_per_outcome": "6c1b9ff491a4",
    "HulseEtAl2023/table_f_adjusted_prices": "18796512ab48",
    "HulseEtAl2023/table_f_contracts": "ac6422f5b369",
    "HulseEtAl2023/table_g_ips_studies": "76e07e008773",
    "HulseEtAl2023/table_h_prices": "04719797fee0",
    "HulseEtAl2023/appendix_i_specialists": "21fee639c9c9",
    "GOLab2022/quarterly_payments": "c572383187a9",
}
"""What these tables were, by the head of their SHA-256, when a second reading of the documents gave the same figures."""


def test_tables_that_were_read_twice_are_as_they_were_then() -> None:
    assert {
        name: hashlib.sha256((SOURCES / f"{name}.csv").read_bytes()).hexdigest()[:12] for name in READ_TWICE
    } == READ_TWICE
