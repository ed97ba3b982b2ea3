"""Every bad term of a deal is refused, in exactly these words (docs/model.md §15.4)."""

import pytest

from tests.bad_inputs import BAND, LAGS, Case, assert_refused, case_id, limit, price

pytestmark = pytest.mark.usefixtures("in_folder")

COST = "    - {name: management, title: Once more, total: 5, timing: at_settlement}\n"

MONEY = [
    price("1", "-569", "TARIFF_NEGATIVE", "an amount of money cannot be -569.00; it must be 0 or more"),
    price("1", '"-0.50"', "TARIFF_NEGATIVE", "an amount of money cannot be -0.50; it must be 0 or more"),
    price("2", '"569.005"', "MONEY_SUBPENNY", '"569.005" has fractions of a penny'),
    price("2", "569.005", "MONEY_SUBPENNY", "569.005 has fractions of a penny"),
    price("3", "568.99", "MONEY_NOT_DECIMAL", '568.99 is not exact; write whole pounds or quoted text, "568.99"'),
    price("4", '"£4,224"', "MONEY_FORMAT", '"£4,224" is not an amount of money; write 4224.00'),
    price("4", "4,224", "MONEY_FORMAT", '"4,224" is not an amount of money; write 4224.00'),
    price("4", "about 4000", "MONEY_FORMAT", '"about 4000" is not an amount of money'),
    price("4", "", "MISSING_FIELD", "has no value"),
    price("5", ".nan", "NOT_FINITE", '".nan" is not a finite number'),
    price("5", "-.inf", "NOT_FINITE", '"-.inf" is not a finite number'),
    price("5", "1e400", "NOT_FINITE", '"1e400" is not a finite number'),
    Case(
        "5", "vacancy_sigma: {value: 0.5", "vacancy_sigma: {value: .nan", "NOT_FINITE", 146,
        "assumptions.vacancy_sigma.value", '".nan" is not a finite number',
    ),
]  # fmt: skip

DEAL = [
    Case("6", "weight: 58", "weight: 57", "WEIGHTS_SUM", 75, "deal.funders",
         "the funders' weights add up to 99, not 100"),
    Case("6", "weight: 58", "weight: 0", "RANGE", 77, "deal.funders[1].weight", "cannot be 0; it must be above 0"),
    Case(
        "11", "target: 3", "target: 7", "TARGETS_NOT_NESTED", 47, "deal.rate_card[1].target",
        "7 of job_start cannot follow 6 of engagement",
    ),
    Case(
        "11", "target: 6", "target: 11", "TARGETS_NOT_NESTED", 38, "deal.rate_card[0].target",
        "11 of engagement cannot follow 10 of referral",
    ),
    Case(
        "13", "block_share: 1.0", "block_share: 60", "SHARE_RANGE", 84, "deal.provider.block_share",
        "a share lies between 0 and 1 and cannot be 60; did you mean 0.6?",
    ),
    Case(
        "13", "block_share: 1.0", "block_share: 1.2", "SHARE_RANGE", 84, "deal.provider.block_share",
        "a share lies between 0 and 1 and cannot be 1.2",
    ),
    Case(
        "13", "outcome_share: 0.0", "outcome_share: 0.5", "SHARE_SUM", 81, "deal.provider",
        "block_share and outcome_share add up to 1.5, not 1",
    ),
    Case(
        "13", "block_share: 1.0\n    outcome_share: 0.0", "block_share: 0.5\n    outcome_share: 0.5",
        "PROVIDER_PRICE", 81, "deal.provider", "an outcome_share above 0 needs expected_outcome_payments above 0",
    ),
    Case(
        "21", "lags: {from: referral}", "lags: {}", "LAG_ORIGIN_MISSING", 71, "deal.lags.from",
        "is missing (it says from when the lags run: referral, achievement or none)",
    ),
    Case(
        "21", "  lags: {from: referral}\n", "", "LAG_ORIGIN_MISSING", 7, "deal.lags",
        "is missing (they say from when the lags of the rate card run)",
    ),
    Case(
        "21", "from: referral", "from: D", "CHOICE", 71, "deal.lags.from",
        'must be "referral", "achievement" or "none", not "D"',
    ),
    Case(
        "21", "from: referral", "from: referal", "CHOICE", 71, "deal.lags.from",
        'must be "referral", "achievement" or "none", not "referal"; did you mean "referral"?',
    ),
    Case(
        "22", "paid_after_months: 1", "paid_after_months: -1", "LAG_NEGATIVE", 40,
        "deal.rate_card[0].paid_after_months", "cannot be -1; it must be 0 or more",
    ),
    limit("28", "0", "CAPACITY", "cannot be 0; it must be above 0"),
    limit("28", "1000001", "RANGE", "cannot be 1000001; it must be 1000000 or less"),
    limit("28", "-5", "CAPACITY", "cannot be -5; it must be above 0"),
    Case(
        "29", "specialists:\n      - {posts: 1, from: 2021-04-01}", "specialists: []", "NO_STAFF", 16,
        "deal.staffing.specialists", "no specialists, but targets above 0",
    ),
    Case(
        "29", "posts: 1,", "posts: 0,", "NO_STAFF", 17, "deal.staffing.specialists[0].posts",
        "cannot be 0; it must be 1 or more",
    ),
    Case(
        "29", "posts: 1,", "posts: 2.5,", "TYPE", 17, "deal.staffing.specialists[0].posts", "2.5 is not a whole number"
    ),
    Case(
        "30", "from: 2021-04-01}", "from: 2021-04-01, to: 2021-04-01}", "TERM_ORDER", 17,
        "deal.staffing.specialists[0]", "these posts close before they open",
    ),
    Case(
        "33", BAND, BAND.replace("counted: 9", "counted: 14"), "SUSTAIN_RULE", 54, "deal.rate_card[2].milestone",
        "14 of 13 weeks is impossible",
    ),
    Case(
        "34", "hours_from: 16", "hours_from: 17", "BAND_EDGE_UNSPECIFIED", 64, "deal.rate_card[3].milestone",
        "the hours bands of sustainment must meet: each hour in one line, the edge too",
    ),
    Case(
        "34", ", hours_from: 16", "", "BAND_EDGE_UNSPECIFIED", 64, "deal.rate_card[3].milestone",
        "the hours bands of sustainment must meet: each hour in one line, the edge too",
    ),
    Case(
        "35", "commitment: 7000", "commitment: 0", "UNFUNDED_DAY_ONE", 94, "deal.investment.commitment",
        "no capital, but costs before the first receipt",
    ),
    Case(
        "38", "multiple: 100", "multiple: 0.9", "RANGE", 102, "deal.investment.return_cap.multiple",
        "cannot be 0.9; it must be 1 or more",
    ),
    Case(
        "-", "  costs:\n", f"  costs:\n{COST}", "DUPLICATE_NAME", 91, "deal.costs[1]",
        'the name "management" is used twice'
    ),
    Case(
        "-", "pays_after: local", "pays_after: locl", "PAYS_AFTER", 76, "deal.funders[0].pays_after",
        '"locl" is neither `confirmation` nor a funder that pays after it; did you mean "local"?',
    ),
    Case(
        "-", "pays_after: local", "pays_after: lcf", "PAYS_AFTER", 76, "deal.funders[0].pays_after",
        '"lcf" is neither `confirmation` nor a funder that pays after it',
    ),
    Case("-", LAGS, "", "SOURCE_MISSING", 71, "deal.lags.from", "no entry of `sources` covers this term"),
    Case(
        "-", LAGS, LAGS + LAGS.replace("lags", "laggs"), "UNKNOWN_FIELD", 114, "deal.sources.laggs",
        'no term begins with "laggs"; did you mean "lags"?',
    ),
    Case(
        "-", "evidence: certificate\n      price: 569", "evidence: contact\n      price: 569", "EVIDENCE", 36,
        "deal.rate_card[0].evidence",
        "`contact` is the evidence of a sustained job and `certificate` that of an event",
    ),
    Case(
        "-", "count_cap: none\n      paid_after_months: 1", "count_cap: nine\n      paid_after_months: 1", "CHOICE", 39,
        "deal.rate_card[0].count_cap", 'must be a number or none, not "nine"; did you mean "none"?',
    ),
    Case(
        "-", "count_cap: none\n      paid_after_months: 1", "count_cap: -9\n      paid_after_months: 1", "RANGE", 39,
        "deal.rate_card[0].count_cap", "cannot be -9; it must be 0 or more",
    ),
    Case(
        "-", "in_work:\n        - {from_week: 0", "in_work:\n        - {from_week: 1", "WEIGHT_STEPS", 20,
        "deal.staffing.slot_weights", "in_work begins at week 0 and its weeks rise",
    ),
    Case("-", "recycling: true", "recycling: false", "CHOICE", 97, "deal.investment.recycling",
         "must be true, not false"),
    Case("-", "weights: [1, 1, 1, 1]", "weights: [1, 1, 1]", "TYPE", 125, "assumptions.rules.referral_profile.weights",
         "needs 4 or more entries and has 3"),
    Case("-", "weights: [1, 1, 1, 1]", "weights: [1, 1, 1, 0]", "RANGE", 125,
         "assumptions.rules.referral_profile.weights[3]", "cannot be 0; it must be above 0"),
    Case("-", "audit: {fraction: 0.0, mode: void_only}", "audit: none", "TYPE", 79, "deal.audit",
         '"none" is not a set of names and values'),
    Case("-", "specialists:\n      - {posts: 1, from: 2021-04-01}", "specialists: 6", "TYPE", 16,
         "deal.staffing.specialists", "6 is not a list"),
    Case("-", "scenario: tiny", "scenario: Tiny Deal", "TYPE", 3, "scenario",
         '"Tiny Deal" is not a name: small letters, digits and _, a letter first'),
]  # fmt: skip


@pytest.mark.parametrize("each", [*MONEY, *DEAL], ids=case_id)
def test_bad_input_is_refused_in_plain_words(each: Case) -> None:
    assert_refused(each)
