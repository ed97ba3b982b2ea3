"""Published figures are read as they are, and refused with all that is wrong with them at once."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

import simulator as sib
from calibration.evidence import (
    DEALS,
    Counts,
    EvidenceError,
    digest_of_sources,
    read_evidence,
    read_facts,
    read_work_shares,
    sources_folder,
)
from simulator.errors import Problem, ScenarioError

TARGETS = "HulseEtAl2023/table03_targets.csv"
CALENDAR = "HulseEtAl2023/table07_payment_calendar.csv"
PERFORMANCE = "HulseEtAl2023/table09_performance.csv"
PERIODS = "HulseEtAl2023/table09_periods.csv"
STAFF = "HulseEtAl2023/appendix_i_specialists.csv"
STUDIES = "HulseEtAl2023/table_g_ips_studies.csv"
PAYMENTS = "GOLab2022/quarterly_payments.csv"
Change = Callable[[str, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(sources_folder(), tmp_path / "sources"))


@pytest.fixture
def change(folder: Path) -> Change:
    """Return what replaces a part of a table that stands in it once."""

    def replace_once(file: str, old: str, new: str) -> None:
        text = (folder / file).read_bytes().decode("utf-8")
        assert text.count(old) == 1
        (folder / file).write_bytes(text.replace(old, new).encode("utf-8"))

    return replace_once


def problems(folder: Path, deal: str = "enfield") -> list[tuple[str, int, str, str]]:
    with pytest.raises(EvidenceError) as refused:
        read_evidence(deal, folder)
    assert all(each.severity == "error" for each in refused.value.problems)
    return [(each.file, each.line, each.path, each.code) for each in refused.value.problems]


def messages(folder: Path) -> list[str]:
    with pytest.raises(EvidenceError) as refused:
        read_evidence("enfield", folder)
    return [each.message for each in refused.value.problems]


# What is read


def test_what_is_known_of_a_deal() -> None:
    found = read_evidence("haringey_barnet")
    assert (found.population, found.specialists) == ("severe mental illness", 6)
    assert found.counts == Counts(672, 496, 147, 69)
    assert found.planned == Counts(840, 650, 284, 159)
    assert found.contracted == Counts(985, 799, 379, 206)
    assert (found.period_start, found.period_end) == (date(2019, 4, 1), date(2021, 12, 31))
    assert found.paid == 1081038
    first, fifth, last = (found.payments[number] for number in (0, 4, -1))
    assert (first.quarter_start, first.quarter_end) == (date(2019, 4, 1), date(2019, 6, 30))
    assert (first.pounds, first.basis, first.regime) == (61276, "outcomes", "type_1")
    assert (fifth.pounds, fifth.basis, fifth.regime) == (108990, "activity", "medium_scenario")
    assert last.quarter_end == found.period_end


@pytest.mark.parametrize("deal", DEALS)
def test_a_deal_is_that_of_its_scenario(deal: str) -> None:
    found, scenario = read_evidence(deal), sib.load_scenario(deal)
    assert found.deal == deal
    assert found.population == scenario.deal.cohort
    assert found.warnings == ()
    starts = [payment.quarter_start for payment in found.payments]
    assert starts[0] == found.period_start
    assert all(b == a.quarter_end + timedelta(days=1) for a, b in zip(found.payments, starts[1:], strict=False))


@pytest.mark.parametrize(
    ("deal", "regimes"),
    [
        ("haringey_barnet", "1111mm11111"),
        ("shropshire", "mm22221"),
        ("enfield", "mm22222"),
        ("tower_hamlets_smi", "mm22221"),
        ("tower_hamlets_ld", "mm2211"),
    ],
)
def test_every_quarter_has_its_regime(deal: str, regimes: str) -> None:
    letters = {"type_1": "1", "type_2": "2", "medium_scenario": "m"}
    assert "".join(letters[payment.regime] for payment in read_evidence(deal).payments) == regimes


def test_payments_for_learning_disabilities_are_not_only_for_those_counted() -> None:
    assert "referred before" in read_evidence("tower_hamlets_ld").paid_for
    assert "referred before" not in read_evidence("tower_hamlets_ld").counted


def test_facts_keep_their_month_and_unit() -> None:
    facts = {(fact.quantity, fact.at_months): fact for fact in read_facts("RosenheckMares2007")}
    assert facts["in_service_self_report", 24].value == 28
    assert facts["in_service_records", 24].value == 49
    assert facts["contact_later_months", 6].unit == "minutes per week"
    assert read_facts("LearningDisabilitiesObservatory")[0].at_months is None


def test_a_study_without_comparison_or_month_is_read_so() -> None:
    becker = next(each for each in read_work_shares() if each.study.startswith("Becker"))
    assert (becker.months, becker.ips, becker.comparison) == (None, 43, None)


# Names


def test_an_unknown_deal_is_named_with_the_nearest() -> None:
    with pytest.raises(ScenarioError, match="no evidence about 'enfeild'; did you mean \"enfield\"") as refused:
        read_evidence("enfeild")
    assert refused.value.problems[0].code == "UNKNOWN_DEAL"


def test_an_unknown_source_is_named_with_the_nearest() -> None:
    with pytest.raises(EvidenceError, match='did you mean "BondKukla2011"') as refused:
        read_facts("BondKukla2012")
    assert refused.value.problems[0].code == "UNKNOWN_SOURCE"


# Bad tables


def test_job_starts_above_engagements_are_refused(folder: Path, change: Change) -> None:
    change(PERFORMANCE, "enfield,job_start,36,", "enfield,job_start,100,")
    assert problems(folder) == [(PERFORMANCE, 14, "actual", "DATA_NOT_NESTED")]
    assert messages(folder) == ["enfield: job_start 100 is above engagement 99, of which it is a part"]


def test_targets_that_are_not_nested_are_refused_too(folder: Path, change: Change) -> None:
    change(PERFORMANCE, "shropshire,sustainment,23,48,", "shropshire,sustainment,23,83,")
    change(TARGETS, "2020-04,582,419,", "2020-04,418,419,")
    assert problems(folder) == [
        (TARGETS, 3, "engagement", "DATA_NOT_NESTED"),
        (PERFORMANCE, 10, "target", "DATA_NOT_NESTED"),
    ]


def test_every_problem_of_every_table_is_named_at_once(folder: Path, change: Change) -> None:
    change(PERFORMANCE, "haringey_barnet,referral,672,", 'haringey_barnet,referral,"1,672",')
    change(PERFORMANCE, "enfield,engagement,99,", "enfield,engagement,many,")
    change(PERFORMANCE, "tower_hamlets_smi,job_start,145,", "tower_hamlets_smi,job_start,600,")
    change(PERFORMANCE, "shropshire,referral,298,", "shropshre,referral,298,")
    change(PAYMENTS, "enfield,2020-Q2,38739,", "enfield,2020-Q5,£38739,")
    change(PERIODS, "tower_hamlets_ld,2020-07-01,2021-12-31", "tower_hamlets_ld,2020-06-31,2021-12-31")
    change(STAFF, "enfield,2", "enfield,-2")
    assert problems(folder) == [
        (PAYMENTS, 20, "claim_quarter", "DATE_INVALID"),
        (PAYMENTS, 20, "paid_gbp", "MONEY_FORMAT"),
        (STAFF, 4, "employment_specialists", "TYPE"),
        (PERFORMANCE, 2, "actual", "MONEY_FORMAT"),
        (PERFORMANCE, 7, "project", "CHOICE"),
        (PERFORMANCE, 13, "actual", "TYPE"),
        (PERFORMANCE, 19, "actual", "DATA_NOT_NESTED"),
        (PERIODS, 6, "from", "DATE_INVALID"),
    ]
    text = "\n".join(messages(folder))
    assert "is 'many', not a whole number in digits alone" in text
    assert 'did you mean "shropshire"?' in text


@pytest.mark.parametrize("cell", ["99.0", " 99", "9_9", "٩٩", "nan", "1e2", "+99", '"9,9"'])
def test_what_is_no_plain_whole_number_is_refused(folder: Path, change: Change, cell: str) -> None:
    change(PERFORMANCE, "enfield,engagement,99,", f"enfield,engagement,{cell},")
    assert [(file, line, path) for file, line, path, _ in problems(folder)] == [(PERFORMANCE, 13, "actual")]


def test_an_empty_cell_is_not_a_zero(folder: Path, change: Change) -> None:
    change(PERFORMANCE, "enfield,engagement,99,", "enfield,engagement,,")
    assert problems(folder) == [(PERFORMANCE, 13, "actual", "MISSING_FIELD")]


@pytest.mark.parametrize(
    ("file", "row", "message"),
    [
        (PERFORMANCE, "enfield,job_start,36,73,49\n", "has no job_start of enfield"),
        (STAFF, "enfield,2\n", "has no row of enfield"),
    ],
)
def test_a_missing_row_is_named(folder: Path, change: Change, file: str, row: str, message: str) -> None:
    change(file, row, "")
    assert problems(folder) == [(file, 0, "", "MISSING_ROW")]
    assert messages(folder) == [message]


def test_a_row_given_twice_is_refused(folder: Path, change: Change) -> None:
    change(STAFF, "enfield,2\n", "enfield,2\nenfield,3\n")
    assert problems(folder) == [(STAFF, 5, "", "DUPLICATE_KEY")]


def test_a_row_of_another_length_is_refused(folder: Path, change: Change) -> None:
    change(STAFF, "enfield,2\n", "enfield,2,5\n")
    assert problems(folder) == [(STAFF, 4, "", "TYPE")]


def test_columns_are_known_by_name(folder: Path, change: Change) -> None:
    change(STAFF, "project,employment_specialists", "project,employment_specialist")
    assert problems(folder) == [
        (STAFF, 1, "employment_specialist", "UNKNOWN_FIELD"),
        (STAFF, 1, "employment_specialists", "MISSING_FIELD"),
    ]
    assert messages(folder)[0].endswith('did you mean "employment_specialists"?')


def test_a_column_given_twice_is_refused(folder: Path, change: Change) -> None:
    change(STAFF, "project,employment_specialists", "project,project")
    assert [code for _, _, _, code in problems(folder)] == ["MISSING_FIELD", "DUPLICATE_KEY"]


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / PAYMENTS).unlink()
    (folder / STAFF).write_bytes(b"project,employment_specialists\nenfield,\xff\n")
    assert problems(folder) == [(PAYMENTS, 0, "", "FILE"), (STAFF, 0, "", "FILE")]


def test_an_empty_file_has_no_columns(folder: Path) -> None:
    (folder / STAFF).write_text("", encoding="utf-8")
    assert {code for _, _, _, code in problems(folder)} == {"MISSING_FIELD"}


@pytest.mark.parametrize("deal", DEALS)
def test_marks_line_ends_and_blank_lines_of_other_programs_are_accepted(folder: Path, deal: str) -> None:
    for path in folder.rglob("*.csv"):
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
        path.write_bytes(("\ufeff" + text + "\r\n,,\r\n\r\n").encode("utf-8"))
    assert read_evidence(deal, folder) == read_evidence(deal)


# Tables that disagree


def test_a_payment_that_does_not_add_up_is_refused(folder: Path, change: Change) -> None:
    change(PAYMENTS, "enfield,2021-Q4,48728,", "enfield,2021-Q4,48729,")
    assert problems(folder) == [(PERFORMANCE, 16, "actual", "DATA_DISAGREE")]
    assert "is £294,319" in messages(folder)[0]
    assert "add up to £294,320" in messages(folder)[0]


def test_a_quarter_left_out_is_refused(folder: Path, change: Change) -> None:
    change(PAYMENTS, "enfield,2020-Q4,39195,outcomes\n", "")
    assert (PAYMENTS, 22, "claim_quarter", "QUARTER_GAP") in problems(folder)
    assert "enfield: the quarter from 2021-01-01 stands where the one from 2020-10-01 is due" in messages(folder)


def test_quarters_end_with_the_counts(folder: Path, change: Change) -> None:
    change(PAYMENTS, "enfield,2021-Q4,48728,outcomes\n", "enfield,2021-Q4,0,outcomes\nenfield,2022-Q1,48728,outcomes\n")
    assert problems(folder) == [(PAYMENTS, 27, "claim_quarter", "QUARTER_GAP")]


def test_a_period_that_ends_before_it_begins_is_refused(folder: Path, change: Change) -> None:
    change(PERIODS, "enfield,2020-04-01,2021-12-31", "enfield,2021-12-31,2020-04-01")
    assert problems(folder) == [(PERIODS, 4, "to", "TERM_ORDER")]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("enfield,type_2,2020-10-01,2022-01-01,", "enfield,type_2,2020-10-01,2021-10-01,", "WINDOW_GAP"),
        ("enfield,type_1,2022-01-01,", "enfield,type_1,2021-10-01,", "WINDOW_OVERLAP"),
    ],
)
def test_every_quarter_has_one_regime(folder: Path, change: Change, old: str, new: str, code: str) -> None:
    change(CALENDAR, old, new)
    assert problems(folder) == [(PAYMENTS, 26, "claim_quarter", code)]


def test_a_grant_outside_its_window_is_refused(folder: Path, change: Change) -> None:
    change(PAYMENTS, "enfield,2020-Q4,39195,outcomes", "enfield,2020-Q4,39195,activity")
    assert problems(folder) == [(PAYMENTS, 22, "basis", "DATA_DISAGREE")]


def test_a_period_far_from_the_service_is_a_warning() -> None:
    at = read_evidence("enfield").period_start
    assert read_evidence("enfield", service_start=at + timedelta(days=92)).warnings == ()
    late = read_evidence("enfield", service_start=at + timedelta(days=93))
    message = "counts begin on 2020-04-01, the service of the model on 2020-07-03: more than a quarter apart"
    assert late.warnings == (Problem(PERIODS, 4, "from", message, "WINDOW_MISMATCH", "warning"),)
    assert replace(late, warnings=()) == read_evidence("enfield")
    assert read_evidence("enfield", service_start=at - timedelta(days=93)).warnings[0].code == "WINDOW_MISMATCH"


def test_the_tables_of_the_literature_are_checked_too(folder: Path, change: Change) -> None:
    change("BondKukla2011/facts.csv", "9.96", "ten")
    change(
        STUDIES,
        "Norway\nHolmas et al. 2021,RCT,184 vs 143,24,30.4",
        "Norway\nHolmas et al. 2021,RCT,184 vs 143,24,30;4",
    )
    with pytest.raises(EvidenceError, match=r"line 2 .*value: is 'ten', not a number"):
        read_facts("BondKukla2011", folder)
    with pytest.raises(EvidenceError, match=r"line 4 .*ips_pct: is '30;4'"):
        read_work_shares(folder)


# Digest


def test_the_digest_is_of_names_and_bytes(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "t.csv").write_bytes(b"x\n")
    (tmp_path / "a.csv").write_bytes(b"")
    (tmp_path / "b" / "README.md").write_bytes(b"not counted")
    assert digest_of_sources(tmp_path) == sha256(b"a.csv\x000\x00b/t.csv\x002\x00x\n").hexdigest()


def test_the_digest_tells_of_every_change(folder: Path, change: Change) -> None:
    before = digest_of_sources()
    assert digest_of_sources(folder) == before
    change(STAFF, "enfield,2\n", "enfield,3\n")
    changed = digest_of_sources(folder)
    change(STAFF, "enfield,3\n", "enfield,2\n")
    (folder / STAFF).rename(folder / "HulseEtAl2023/staff.csv")
    assert len({before, changed, digest_of_sources(folder)}) == 3
