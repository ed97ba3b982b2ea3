"""Bad dates, beliefs, names and settings are refused, in exactly these words (docs/model.md §15.4)."""

import pytest

from tests.bad_inputs import (
    DATE_HINT,
    DIGITS_HINT,
    PRICE,
    Case,
    assert_refused,
    case_id,
    limit,
    setting,
    settlement,
    share,
)

pytestmark = pytest.mark.usefixtures("in_folder")

SETTINGS = "settings: {replications: 20, seed: 2026, batch: 10}\n"

DATES = [
    settlement("18", "2021-02-30", "DATE_INVALID", f'"2021-02-30" is not a day of the calendar; {DATE_HINT}'),
    settlement("18", "01/04/2021", "DATE_AMBIGUOUS", f'"01/04/2021" could be read in two ways; {DATE_HINT}'),
    settlement("18", '"01-04-21"', "DATE_AMBIGUOUS", f'"01-04-21" could be read in two ways; {DATE_HINT}'),
    settlement("18", "2021-4-1", "DATE_INVALID", f'"2021-4-1" is not a date; {DATE_HINT}'),
    settlement("18", '"2022-03-31"', "TYPE", '"2022-03-31" is text; write the date without quotes'),
    settlement("18", "2022", "TYPE", f'"2022" is not a date; {DATE_HINT}'),
    settlement("18", "", "MISSING_FIELD", "has no value"),
    settlement("19", "2021-03-31", "TERM_ORDER", "settlement on 2021-03-31 is not after the service starts"),
    Case(
        "19", "term_end: 2022-04-01", "term_end: 2021-04-01", "TERM_ORDER", 13, "deal.term",
        "term_end (2021-04-01) is not after service_start (2021-04-01)",
    ),
    *[
        settlement("20", label, "QUARTER_CALENDAR_MISSING",
                   f'"{label}" names no calendar; write the first day of the quarter')
        for label in ("Q4-2021", "2021Q4", "Q4 2021", "2021/22 Q4")
    ],
    Case(
        "20", "calendar: contract, ", "", "QUARTER_CALENDAR_MISSING", 125,
        "assumptions.rules.referral_profile.calendar",
        "is missing (it says which quarters: calendar, uk_fy or contract)",
    ),
    Case(
        "20", "calendar: contract", "calendar: contracts", "CHOICE", 125, "assumptions.rules.referral_profile.calendar",
        'must be "calendar", "uk_fy" or "contract", not "contracts"; did you mean "contract"?',
    ),
]  # fmt: skip

BELIEFS = [
    share("24", "value: 1.2", "a probability cannot be 1.2"),
    share("24", "value: -0.1", "a probability cannot be -0.1"),
    share("26", "value: 29", "a probability cannot be 29; did you mean 0.29?"),
    share("26", "distribution: uniform, low: 20, high: 40", "a probability cannot be 40; did you mean 0.4?"),
    share(
        "24", "distribution: lognormal, median: 0.5, sigma: 0.3",
        "this distribution has no upper limit, and a probability cannot be above 1",
    ),
    Case(
        "26", "mean: 0.65", "mean: 65", "PROB_RANGE", 130, "assumptions.engagement_probability.mean",
        "the mean of a beta distribution lies between 0 and 1 and cannot be 65; did you mean 0.65?",
    ),
    Case(
        "27", "disengagement_rate: {value: 0.09, unit: per month", "disengagement_rate: {value: 0.9",
        "RATE_UNIT_MISSING", 135, "assumptions.disengagement_rate.unit",
        "is missing (for example `per month`, `days` or `probability`)",
    ),
    Case(
        "27", "disengagement_rate: {value: 0.09, unit: per month", "disengagement_rate: {value: 0.9, unit: month",
        "RATE_UNIT_MISSING", 135, "assumptions.disengagement_rate",
        '"month" is not a unit of this; write per day or per week or per month or per year',
    ),
    Case(
        "27", "disengagement_rate: {value: 0.09, unit: per month, quality: D, source: Worked example}",
        "disengagement_rate: 0.9", "TYPE", 135, "assumptions.disengagement_rate",
        "a number needs its unit and source; write {value: 0.9, unit: ..., source: ..., quality: ...}",
    ),
    Case(
        "27", "patience: {value: 180, unit: days", "patience: {value: 180, unit: day", "TIME_UNIT", 129,
        "assumptions.patience", '"day" is not a unit of this; write days or weeks or months or years',
    ),
    Case(
        "-", "patience: {value: 180", "patience: {value: -3", "NEGATIVE", 129, "assumptions.patience",
        "a duration cannot be -3; it must be zero or more",
    ),
    Case(
        "-", "search_limit: {value: 9, unit: months", "search_limit: {value: 9, unit: month", "TIME_UNIT", 137,
        "assumptions.search_limit", '"month" is not a unit of this; write days or weeks or months or years',
    ),
    Case(
        "-", "distribution: triangular, low: 0.06", "distribution: triangular, low: 0.16", "DISTRIBUTION", 138,
        "assumptions.job_loss_rate", "low 0.16, mode 0.117, high 0.2 are not in order",
    ),
    Case(
        "-", "cv: 0.38", "sigma: 0.38", "DISTRIBUTION", 134, "assumptions.job_rate",
        "give either median and sigma, or mean and cv",
    ),
    Case(
        "-", "concentration: 47, ", "", "DISTRIBUTION", 130, "assumptions.engagement_probability",
        "give either concentration or sd",
    ),
    Case(
        "-", "concentration: 47", "sd: 0.6", "DISTRIBUTION", 130, "assumptions.engagement_probability",
        "sd 0.6 is too wide for a probability of mean 0.65",
    ),
    Case(
        "-", "distribution: beta", "distribution: betta", "CHOICE", 130, "assumptions.engagement_probability",
        '"betta" is not a family of distributions (beta, lognormal, uniform, triangular); did you mean "beta"?',
    ),
    Case(
        "-", "confirmation_median: {value: 0", "confirmation_median: {value: 10", "DISTRIBUTION", 152,
        "assumptions.confirmation_p95", "0 days is below the median of 10",
    ),
    Case(
        "-", "referral_quarter_cv: {value: 0, unit: factor, quality: D",
        "referral_quarter_cv: {value: 0, unit: factor, quality: F",
        "CHOICE", 127, "assumptions.referral_quarter_cv.quality", 'must be "A", "B", "C", "D" or "E", not "F"',
    ),
]  # fmt: skip

NAMES_AND_YAML = [
    Case(
        "45", "    min_cash: 0\n", "    min_cash: 0\n    min_csh: 0\n", "UNKNOWN_FIELD", 97, "deal.investment.min_csh",
        'unknown name; did you mean "min_cash"?',
    ),
    Case("45", "    min_cash: 0\n", "    min_cash: 0\n    tenor: 3\n", "UNKNOWN_FIELD", 97, "deal.investment.tenor",
         "unknown name"),
    Case(
        "45", "cv: 0.38", "cv: 0.38, sigm: 1", "UNKNOWN_FIELD", 134, "assumptions.job_rate.sigm",
        'unknown name; did you mean "sigma"?',
    ),
    Case("45", "scenario: tiny", "overlay: []\nscenario: tiny", "UNKNOWN_FIELD", 3, "overlay",
         'unknown name; did you mean "overlays"?'),
    Case(
        "45", "follows: engagement", "follows: engagment", "UNKNOWN_OUTCOME", 42, "deal.rate_card[1].follows",
        'no outcome "engagment"; did you mean "engagement"?',
    ),
    Case(
        "45", "milestone: {reached: engagement}", "milestone: {reached: engagment}", "CHOICE", 35,
        "deal.rate_card[0].milestone.reached",
        'must be "referral", "allocation", "engagement" or "job_start", not "engagment"; did you mean "engagement"?',
    ),
    Case("46", "      price: 569\n", "", "MISSING_FIELD", 32, PRICE, "is missing"),
    Case("46", SETTINGS, "", "MISSING_FIELD", 3, "settings", "is missing"),
    Case(
        "47", "      price: 569\n", "      price: 569\n      price: 570\n", "DUPLICATE_KEY", 38, PRICE,
        "stands here again; it was given on line 37",
    ),
    limit("48", "NO", "TYPE", '"NO" is not a number'),
    limit("48", "12:30", "TYPE", '"12:30" is not a number'),
    limit("48", '"20"', "TYPE", '"20" is not a number; write it without quotes'),
    *[limit("48", token, "TYPE", f'"{token}" {DIGITS_HINT}') for token in ("1_000", "0o10", "0x1F", "020", "1_0.5")],
    limit("48", "!!int x", "TYPE", f'"x" {DIGITS_HINT}'),
    limit("48", "!slots 20", "TYPE", "the tag !slots has no meaning here"),
    settlement("48", "NO", "TYPE", f'"NO" is not a date; {DATE_HINT}'),
    settlement("48", "12:30", "TYPE", f'"12:30" is not a date; {DATE_HINT}'),
    Case("48", "recycling: true", "recycling: yes", "CHOICE", 97, "deal.investment.recycling",
         'must be true, not "yes"'),
    Case("48", "commissioner: A borough", "commissioner: 2021-04-01", "TYPE", 10, "deal.commissioner",
         "2021-04-01 is not text"),
    Case("48", "scenario: tiny", "? [a, b]\n: c\nscenario: tiny", "TYPE", 3, "", "a name must be plain text"),
    setting("49", "seed: 2026, ", "", "is missing"),
    setting("49", "seed: 2026", "seed: -1", "cannot be -1; it must be 0 or more"),
    setting("49", "seed: 2026", "seed: 1.5", "1.5 is not a whole number"),
    setting("49", "seed: 2026", f"seed: {2**63}", f"cannot be {2**63}; it must be below {2**63}"),
    setting("50", "replications: 20", "replications: 0", "cannot be 0; it must be 1 or more"),
]  # fmt: skip


@pytest.mark.parametrize("each", [*DATES, *BELIEFS, *NAMES_AND_YAML], ids=case_id)
def test_bad_input_is_refused_in_plain_words(each: Case) -> None:
    assert_refused(each)
