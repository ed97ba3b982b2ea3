"""Actuals of a running deal: what is plain is read, what is not is refused in words, what is odd is a warning."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

import simulator as sib
from simulator.errors import ScenarioError, SibError
from simulator.progress import PAYMENTS
from simulator.studies.actuals import Actuals, read_actuals
from simulator.studies.past import paid_by_invoice
from tests.tiny import TINY

DEAL = sib.load_scenario(TINY).deal
"""From 2021-04-01 to 2022-03-31."""
AS_OF = date(2021, 9, 30)
GOOD = """\
measure,period_start,period_end,value
referral,2021-04-01,2021-09-30,6
engagement,2021-04-01,2021-09-30,4
job_start,2021-04-01,2021-09-30,2
sustainment,2021-04-01,2021-09-30,1
payments_gbp,2021-04-01,2021-06-30,1200
payments_gbp,2021-07-01,2021-09-30,5000.50
"""


def read(folder: Path, text: str, as_of: date | str = AS_OF) -> Actuals:
    path = folder / "actuals.csv"
    path.write_text(text, encoding="utf-8", newline="")
    return read_actuals(path, DEAL, as_of)


def refused(folder: Path, text: str) -> list[str]:
    """Return line, column, message and code of each problem of a refused file."""
    with pytest.raises(ScenarioError) as caught:
        read(folder, text)
    return [f"{each.line} {each.path} {each.message} {each.code}" for each in caught.value.problems]


def warned(folder: Path, text: str) -> list[str]:
    found = read(folder, text).warnings
    assert {each.severity for each in found} <= {"warning"}
    return [f"{each.line} {each.message} {each.code}" for each in found]


def test_a_plain_file_is_read(tmp_path: Path) -> None:
    found = read(tmp_path, GOOD)
    assert {name: each.total for name, each in found.series.items()} == {
        "referral": 6, "engagement": 4, "job_start": 2, "sustainment": 1, "payments_gbp": 620050,
    }  # fmt: skip
    assert found.series[PAYMENTS].totals == (120000, 620050)
    assert found.series[PAYMENTS].days == (date(2021, 6, 30), AS_OF)
    assert found.warnings == ()
    assert read(tmp_path, GOOD, "2021-09-30") == found


@pytest.mark.parametrize(
    "text",
    [
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        GOOD + "\n\n,,,\n",
        GOOD.replace(",", " , "),
        GOOD.replace(",6\n", ",6.0\n").replace("5000.50", "5000.500"),
        GOOD.replace("referral,", '"referral",'),
        "\n" + "".join(f"{','.join(reversed(line.split(',')))}\n" for line in GOOD.splitlines()),
        "\n".join([GOOD.splitlines()[0], *reversed(GOOD.splitlines()[1:])]),
    ],
    ids=["mark", "crlf", "cr", "blank", "spaces", "zeros", "quotes", "columns", "order"],
)
def test_what_makes_no_difference_makes_none(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text).series == read(tmp_path, GOOD).series


def test_periods_of_one_beginning_are_running_totals(tmp_path: Path) -> None:
    rows = "referral,2021-04-01,2021-06-30,2\nreferral,2021-04-01,2021-09-30,6\n"
    by_quarter = "referral,2021-04-01,2021-06-30,2\nreferral,2021-07-01,2021-09-30,4\n"
    plain = "referral,2021-04-01,2021-09-30,6\n"
    found = read(tmp_path, GOOD.replace(plain, rows))
    assert found.series["referral"].totals == (2, 6)
    assert found.series == read(tmp_path, GOOD.replace(plain, by_quarter)).series
    falling = rows.replace("06-30,2", "06-30,7")
    assert refused(tmp_path, GOOD.replace(plain, falling)) == [
        "3 value referral falls: periods that all begin on 2021-04-01 are running totals, and line 2 has more TOTALS_DECREASE"
    ]


REFERRALS = "referral,2021-04-01,2021-09-30,6"
FIRST = "measure,period_start,period_end,value"
LATER = "payments_gbp,2021-07-01,2021-09-30"
CASES = {
    "text": (REFERRALS, f"{REFERRALS[:-1]}six", '2 value "six" is not a whole number COUNT_FORMAT'),
    "thousands": (REFERRALS, f'{REFERRALS[:-1]}"1,006"', '2 value "1,006" is not a whole number; write 1006 COUNT_FORMAT'),
    "bare thousands": (REFERRALS, f"{REFERRALS[:-1]}1,006", "2  has 5 cells, not 4; write numbers without commas CELLS"),
    "part": (REFERRALS, f"{REFERRALS[:-1]}6.5", '2 value "6.5" is not a whole number COUNT_FORMAT'),
    "share": (REFERRALS, f"{REFERRALS[:-1]}60%", '2 value "60%" is not a whole number COUNT_FORMAT'),
    "nan": (REFERRALS, f"{REFERRALS[:-1]}NaN", '2 value "NaN" is not a whole number COUNT_FORMAT'),
    "power": (REFERRALS, f"{REFERRALS[:-1]}1e3", '2 value "1e3" is not a whole number COUNT_FORMAT'),
    "large": (REFERRALS, f"{REFERRALS[:-1]}{10**18}", f'2 value "{10**18}" is larger than any such number can be RANGE'),
    "negative": (
        REFERRALS,
        f"{REFERRALS[:-1]}-6",
        '2 value "-6" is below 0; values are per period, and none is below 0 NEGATIVE',
    ),
    "empty": (
        REFERRALS,
        REFERRALS[:-1],
        "2 value is empty; write 0 if there was nothing, and leave the line out if it is not known TYPE",
    ),
    "pounds": ("1200", "£1200", '6 value "£1200" is not an amount of money; write 1200.00 MONEY_FORMAT'),
    "comma pounds": ("1200", '"1,200.50"', '6 value "1,200.50" is not an amount of money; write 1200.50 MONEY_FORMAT'),
    "farthings": ("1200", "1200.125", '6 value "1200.125" has fractions of a penny MONEY_SUBPENNY'),
    "ambiguous": (
        "referral,2021-04-01",
        "referral,01/04/2021",
        '2 period_start "01/04/2021" could be read in two ways; write year-month-day, for example 2021-04-01 DATE_AMBIGUOUS',
    ),
    "no day": (
        "2021-09-30,6\n", "2021-09-31,6\n", '2 period_end "2021-09-31" is not a day of the calendar DATE_INVALID',
    ),
    "quarter": (
        "referral,2021-04-01",
        "referral,2021-Q2",
        '2 period_start "2021-Q2" names no calendar; write the first and the last day QUARTER_CALENDAR_MISSING',
    ),
    "no date": (
        "referral,2021-04-01",
        "referral,April",
        '2 period_start "April" is not a date; write year-month-day, for example 2021-04-01 DATE_INVALID',
    ),
    "open": (
        "2021-09-30,6\n", ",6\n", "2 period_end is empty; a period has a first and a last day PERIOD_OPEN",
    ),
    "backwards": (
        "referral,2021-04-01",
        "referral,2021-10-01",
        "2 period_end the period ends on 2021-09-30, before it begins on 2021-10-01 PERIOD_ORDER",
    ),
    "unknown": (
        "job_start,",
        "job_starts,",
        '4 measure "job_starts" is no measure; did you mean "job_start"? UNKNOWN_MEASURE',
    ),
    "nobody knows": (
        "job_start,",
        "wellbeing,",
        '4 measure "wellbeing" is no measure; those of this deal are referral, engagement, job_start, sustainment, payments_gbp, '
        "caseload UNKNOWN_MEASURE",
    ),
    "overlap": (
        LATER,
        LATER.replace("07-01", "06-15"),
        "7 period_start the period overlaps with that of line 6, which ends on 2021-06-30 PERIOD_OVERLAP",
    ),
    "last day twice": (
        LATER,
        LATER.replace("07-01", "06-30"),
        "7 period_start the period overlaps with that of line 6, which ends on 2021-06-30; a period_end is the last day counted "
        "PERIOD_OVERLAP",
    ),
    "gap": (
        LATER,
        LATER.replace("07-01", "07-15"),
        "7 period_start nothing is said of payments_gbp from 2021-07-01 to 2021-07-14 PERIOD_GAP",
    ),
    "twice": (
        LATER,
        LATER.replace("2021-07-01,2021-09-30", "2021-04-01,2021-06-30"),
        "7 period_start payments_gbp has the same period on line 6 DUPLICATE_KEY",
    ),
    "future": (
        "2021-09-30,6\n",
        "2021-12-31,6\n",
        "2 period_end the period ends after the as-of date 2021-09-30; leave out what came later, or forecast from a later date "
        "AFTER_AS_OF",
    ),
    "late": (
        "referral,2021-04-01",
        "referral,2021-05-15",
        "2 period_start referral is counted from 2021-05-15, but the service began on 2021-04-01: what came before is not known "
        "WINDOW_MISMATCH",
    ),
    "not nested": (
        "job_start,2021-04-01,2021-09-30,2",
        "job_start,2021-04-01,2021-09-30,5",
        "4 value 5 of job_start cannot follow 4 of engagement by 2021-09-30 DATA_NOT_NESTED",
    ),
    "column": (FIRST, FIRST.replace("value", "valeu"), '1 valeu unknown column; did you mean "value"? UNKNOWN_FIELD'),
    "semicolons": (
        FIRST,
        FIRST.replace(",", ";"),
        "1  columns are separated by semicolons; separate them by commas UNKNOWN_FIELD",
    ),
    "not nested in what came later": (
        "engagement,2021-04-01,2021-09-30,4\njob_start,2021-04-01,2021-09-30,2",
        "engagement,2021-04-01,2021-09-30,4\njob_start,2021-04-01,2021-06-30,5",
        "4 value 5 of job_start cannot follow 4 of engagement by 2021-06-30: there are no more by 2021-09-30 DATA_NOT_NESTED",
    ),
    "nothing": ("\n".join(GOOD.splitlines()[1:]), "", "0  there is no line of any measure MISSING_MEASURE"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_is_not_plain_is_refused(tmp_path: Path, case: str) -> None:
    old, new, expected = CASES[case]
    assert GOOD.count(old) == 1
    assert expected in refused(tmp_path, GOOD.replace(old, new))


def test_columns_are_all_there_once(tmp_path: Path) -> None:
    assert refused(tmp_path, "measure,value,value\n") == [
        "1 period_end this column is missing from the first line MISSING_FIELD",
        "1 period_start this column is missing from the first line MISSING_FIELD",
        "1 value this column is there twice DUPLICATE_KEY",
    ]
    assert refused(tmp_path, "\n \n") == [
        "0  is empty; its first line names measure, period_start, period_end, value MISSING_FIELD"
    ]


def test_what_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "actuals.csv"
    path.write_bytes(GOOD.encode("utf-16"))
    with pytest.raises(ScenarioError, match="is not text in UTF-8; save it as CSV UTF-8"):
        read_actuals(path, DEAL, AS_OF)
    assert refused(tmp_path, GOOD + '"never closed\n')[0].startswith("8  cannot be read as CSV")


def test_every_problem_is_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace(",6\n", ",six\n").replace("5000.50", "£5").replace("job_start,2021", "job,2021")
    assert [line.rpartition(" ")[2] for line in refused(tmp_path, text)] == [
        "COUNT_FORMAT", "UNKNOWN_MEASURE", "MONEY_FORMAT",
    ]  # fmt: skip


def test_what_is_odd_is_a_warning(tmp_path: Path) -> None:
    assert warned(tmp_path, GOOD.replace("referral,2021-04-01", "referral,2021-04-20")) == [
        "2 referral is counted from 2021-04-20, and the service began on 2021-04-01; it is taken to be all of it WINDOW_MISMATCH"
    ]
    assert "long before the service began" in warned(tmp_path, GOOD.replace("referral,2021-04", "referral,2020-04"))[0]
    assert warned(tmp_path, GOOD.replace("referral,2021-04", "referral,2021-03")) == []
    assert "is known to 2021-08-31 and not to the as-of date" in warned(tmp_path, GOOD.replace("09-30,6", "08-31,6"))[0]
    no_jobs = "".join(line for line in GOOD.splitlines(keepends=True) if "job" not in line and "sus" not in line)
    assert "nothing is said of job_start and sustainment" in warned(tmp_path, no_jobs)[0]
    assert "nothing is said of payments_gbp" in warned(tmp_path, "\n".join(GOOD.splitlines()[:5]))[0]


def test_the_caseload_is_of_its_last_day(tmp_path: Path) -> None:
    rows = "caseload,2021-06-30,2021-06-30,3\ncaseload,2021-09-30,2021-09-30,2\n"
    found = read(tmp_path, GOOD + rows)
    assert found.series["caseload"].totals == (3, 2)
    assert found.warnings == ()


def test_what_came_later_may_be_more(tmp_path: Path) -> None:
    early = GOOD.replace("engagement,2021-04-01,2021-09-30,4", "engagement,2021-04-01,2021-06-30,1")
    assert [each.rpartition(" ")[2] for each in warned(tmp_path, early)] == ["ENDS_BEFORE_AS_OF"]


def test_payments_alone_are_read(tmp_path: Path) -> None:
    told = warned(tmp_path, GOOD.replace("\n".join(GOOD.splitlines()[1:5]), ""))
    assert (
        "0 there is no line of referral, engagement and job_start or sustainment: nothing is matched, and all replications weigh "
        "the same NOTHING_MATCHED" in told
    )


def test_a_forecast_may_begin_in_the_claims_tail(tmp_path: Path) -> None:
    end = DEAL.term.tail_end - timedelta(days=1)
    assert end > DEAL.term.term_end
    found = read(tmp_path, GOOD.replace("2021-09-30", end.isoformat()), end)
    assert (found.as_of, found.series["referral"].total) == (end, 6)


@pytest.mark.parametrize("day", ["2021-03-31", DEAL.term.tail_end.isoformat(), "2031-01-01"])
def test_a_date_outside_the_term_is_refused(tmp_path: Path, day: str) -> None:
    with pytest.raises(SibError, match=f"as-of date {day} is outside the deal's term and its claims tail, 2021-04-01"):
        read(tmp_path, GOOD, day)


@pytest.mark.parametrize("day", ["31/12/2021", "2021-12", "", "20211231", "2021-02-30"])
def test_what_is_no_date_is_refused(tmp_path: Path, day: str) -> None:
    with pytest.raises(SibError, match="is not a date; write year-month-day"):
        read(tmp_path, GOOD, day)


def test_payments_go_to_invoices_by_claim_quarter(tmp_path: Path) -> None:
    assert paid_by_invoice(DEAL, read(tmp_path, GOOD).series[PAYMENTS]) == [120000, 500050]
    whole = GOOD.replace(LATER + ",5000.50\n", "").replace(
        "payments_gbp,2021-04-01,2021-06-30,1200", "payments_gbp,2021-04-01,2021-09-30,1000.01"
    )
    spread = paid_by_invoice(DEAL, read(tmp_path, whole).series[PAYMENTS])
    assert spread == [100001 * 91 // 183, 100001 - 100001 * 91 // 183]
    begun = GOOD.replace("2021-09-30", "2021-08-31")
    assert paid_by_invoice(DEAL, read(tmp_path, begun).series[PAYMENTS]) == [120000]


@pytest.mark.parametrize(
    ("deal", "counts", "paid", "first"),
    [
        ("haringey_barnet", (672, 496, 147, 69), 1081038, "2019-04-01"),
        ("tower_hamlets_smi", (830, 508, 145, 78), 955306, "2020-04-01"),
        ("enfield", (184, 99, 36, 17), 294319, "2020-04-01"),
        ("shropshire", (298, 204, 56, 23), 560946, "2020-04-01"),
        ("tower_hamlets_ld", (36, 15, 8, 5), 606759, "2020-07-07"),
    ],
)
def test_the_bundled_actuals_are_those_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, deal: str, counts: tuple[int, ...], paid: int, first: str
) -> None:
    monkeypatch.chdir(tmp_path)
    agreed = sib.load_scenario(deal).deal
    found = read_actuals(f"scenarios/actuals/{deal}.csv", agreed, "2021-12-31")
    assert tuple(each.total for each in found.counts.values()) == counts
    assert found.series[PAYMENTS].total == paid * 100
    assert found.series["referral"].start.isoformat() == first
    assert found.warnings == ()
    position = agreed.printed.position if agreed.printed else None
    assert position is None or position.payments.actual == paid
    assert sum(paid_by_invoice(agreed, found.series[PAYMENTS])) == paid * 100


def test_a_missing_file_is_named() -> None:
    with pytest.raises(ScenarioError, match=r'did you mean "scenarios/actuals/enfield.csv"'):
        read_actuals("scenarios/actuals/enfeld.csv", DEAL, AS_OF)


def test_a_folder_elsewhere_will_do(tmp_path: Path) -> None:
    source = Path(__file__).parents[2] / "scenarios" / "actuals" / "enfield.csv"
    shutil.copy(source, tmp_path / "mine.csv")
    assert read_actuals(tmp_path / "mine.csv", sib.load_scenario("enfield").deal, "2021-12-31").counts
