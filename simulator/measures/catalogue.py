"""The catalogue of measures: one record each, in the order in which they are shown."""

from functools import partial

from simulator.measures.measure import Definition, Section, View
from simulator.measures.terms import (
    is_group,
    of_the_total_cap,
    own_share,
    target_in_words,
    the_shortfall_policy,
    what_is_paid,
    with_a_step_before,
)
from simulator.words import COUNT, DAYS, MONEY, MULTIPLE, PERCENT, RATE, YEARS, Unit

_EVERYWHERE: tuple[View, ...] = ("run", "compare", "report")
_POUND_YEARS = Unit(suffix=" pound-years", name="pound-years")
_paid = partial(Definition, section=Section.PAYMENTS, party="outcome payers")
_achieved = partial(Definition, section=Section.OUTCOMES, party="service", unit=COUNT)
_investor = partial(Definition, section=Section.INVESTOR, party="investor")
_spv = partial(Definition, section=Section.LIQUIDITY, party="SPV")
_provider = partial(Definition, section=Section.OTHERS, party="provider")
_service = partial(Definition, section=Section.SERVICE, party="service")

PAYMENTS = (
    _paid(
        "payments.total_gbp", "Outcome payments", "All that the outcome payers pay, activity payments included.",
        shown=_EVERYWHERE, detail=what_is_paid,
    ),
    _paid(
        "payments.cap_use", "Share of the cap used", "Outcome payments divided by the total cap.", unit=PERCENT,
        short="Paid / cap", shown=("compare", "report"), detail=of_the_total_cap,
    ),
    _paid(
        "payments.unpaid_over_cap_gbp", "Unpaid above the cap",
        "The prices of evidenced outcomes that a cap leaves unpaid: on numbers, a year, a schedule, the total or a payer.",
        adverse="high", shown=_EVERYWHERE,
    ),
    _paid(
        "payments.over_annual_cap_gbp", "Unpaid above an annual cap",
        "The prices of evidenced outcomes that the cap on a year leaves unpaid.",
        adverse="high",
    ),
    _paid(
        "payments.over_schedule_cap_gbp", "Unpaid above a schedule's cap",
        "The prices of evidenced outcomes that a schedule's cap leaves unpaid.",
        adverse="high",
    ),
    _paid(
        "payments.unevidenced_gbp", "Achieved, not evidenced", "Outcomes achieved at their prices and never evidenced.",
        adverse="high", shown=("compare",),
    ),
    _paid(
        "payments.rejected_gbp", "Disallowed at verification",
        "Claims disallowed for good by the audit sample, or taken off other claims because of it.", adverse="high",
    ),
    _paid(
        "payments.out_of_term_gbp", "Payable too late",
        "Outcomes achieved within the term and payable only after the claims tail, or resubmitted after the last quarter.",
        adverse="high",
    ),
    _paid(
        "payments.not_invoiced_gbp", "Not invoiced",
        "Outcomes achieved and evidenced, and not on an invoice when an early end stopped invoices.", adverse="high",
    ),
    _paid(
        "payments.uncapped_gbp", "Value of outcomes evidenced",
        "Evidenced outcomes at their prices, as if there were no cap, audit or claims tail.",
    ),
    _paid("payments.activity_gbp", "Activity payments", "Payments detached from outcomes, within outcome payments."),
    _paid(
        "payments.settled_gbp", "Paid on invoices already settled",
        "What was paid on invoices settled before the simulation begins, within outcome payments.",
        exists=lambda deal: bool(deal.settled), only="with invoices already settled",
    ),
    _paid(
        "payments.{}_gbp", "Paid by {}", "The payer's share of outcome payments.", of="payer", shown=("report",),
        detail=own_share,
    ),
    _paid(
        "commissioner.net_cost_gbp", "Net cost to payers",
        "Outcome payments and compensation for an early end, less what goes back to the payers.", adverse="high",
        shown=("compare", "report"),
    ),
    _paid(
        "commissioner.residual_gbp", "Returned to payers",
        "What goes back to the payers: their share of profit, and the residual if it is theirs.", shown=("compare",),
    ),
    _paid(
        "commissioner.compensation_gbp", "Compensation for an early end",
        "What the outcome payers pay because the contract ends early.", adverse="high",
        exists=lambda deal: deal.early_termination is not None, only="with an early end agreed",
    ),
    _paid("commissioner.{}.residual_gbp", "Returned to {}", "The payer's part of what goes back.", of="payer"),
    _paid(
        "commissioner.{}.net_cost_gbp", "Net cost to {}", "What the payer pays, less what goes back to it.", of="payer",
        adverse="high",
    ),
    _paid(
        "commissioner.{}.net_of_delivery_gbp", "Net cost to {}, less its income from delivery",
        "Net cost of the payer whose own staff deliver, less the provider's income.", of="delivering payer",
        adverse="high", only="with delivery by a payer's own staff",
    ),
    _paid(
        "commissioner.real_price_{}_gbp", "Real price of one {}",
        "Payments for it and for every paid step before it, activity payments allocated, divided by the number evidenced.",
        of="group", adverse="high", missing="none evidenced", shown=("report",), shown_of=with_a_step_before,
    ),
    _paid(
        "commissioner.real_price_{}_per_paid_gbp", "Real price of one {} paid for",
        "Payments for it and for every paid step before it, activity payments allocated, divided by the number paid for.",
        of="group", adverse="high", missing="none paid for",
    ),
)  # fmt: skip
OUTCOMES = (
    _achieved(
        "outcomes.referral", "Referrals", "People referred within the term.", shown=_EVERYWHERE,
        detail=lambda deal, _: target_in_words(deal, "referral"),
    ),
    _achieved(
        "outcomes.{}", "{}", "Achieved within the term and evidenced, each person once.", of="outcome", shown=_EVERYWHERE,
        shown_of=is_group, detail=target_in_words,
    ),
    _achieved("achieved.{}", "{}: achieved", "Achieved within the term, evidenced or not.", of="outcome"),
    _achieved(
        "paid.{}", "{}: paid for",
        "Paid for at least in part: by a claim, an activity payment or an invoice already settled.", of="outcome",
    ),
)  # fmt: skip
INVESTOR = (
    _investor(
        "investor.multiple", "Money multiple",
        "All money paid to the investor for each £1 it pays in, capital included. At 1.00 it has its money back.",
        unit=MULTIPLE, missing="nothing drawn", status="not_drawn", shown=_EVERYWHERE,
    ),
    _investor(
        "spv.probability_of_shortfall", "Probability of shortfall",
        "Share of replications in which costs fall due that neither cash nor the commitment can pay that day.",
        party="SPV", unit=PERCENT, statistic="probability", adverse="high", short="P(shortfall)", shown=_EVERYWHERE,
    ),
    _investor(
        "spv.shortfall_gbp", "Size of shortfalls",
        "Costs not paid on the day they fall due, all days together; nothing where there is no shortfall.", party="SPV",
        adverse="high", shown=_EVERYWHERE, detail=the_shortfall_policy,
    ),
    _investor(
        "investor.irr", "IRR, a year",
        "The effective annual rate at which the investor's dated payments and receipts are worth nothing in all.",
        unit=RATE, statistic="rate", shown=_EVERYWHERE,
    ),
    _investor(
        "investor.npv_gbp", "Net present value",
        "Receipts less amounts invested, discounted at 3.5% a year to the first day of service.",
        shown=("compare", "report"),
    ),
    _investor(
        "investor.probability_of_loss", "Probability of loss",
        "Share of replications in which the investor gets back less than it pays in.", unit=PERCENT,
        statistic="probability", adverse="high", short="P(loss)", shown=_EVERYWHERE,
    ),
    _investor(
        "investor.probability_of_total_loss", "Probability of total loss",
        "Share of replications in which the investor pays in and gets nothing back.", unit=PERCENT,
        statistic="probability", adverse="high", shown=("report",),
    ),
    _investor(
        "investor.expected_shortfall_multiple", "Money multiple, worst 5%",
        "Expected shortfall: the mean money multiple of the worst 5% of replications.", unit=MULTIPLE,
        statistic="tail mean", source="investor.multiple", shown=("compare", "report"),
    ),
    _investor(
        "investor.peak_exposure_gbp", "Peak exposure",
        "The most that the investor has paid in and not yet got back on any day.", adverse="high", shown=_EVERYWHERE,
    ),
    _investor(
        "investor.payback_years", "Years to payback",
        "From the first day of service to the day on which receipts first cover what was drawn.", unit=YEARS,
        adverse="high", missing="never", shown=("compare", "report"),
    ),
    _investor("investor.drawn_gbp", "Capital drawn", "All that the investor pays in.", adverse="high", shown=("report",)),
    _investor("investor.received_gbp", "Received by the investor", "All that the investor gets."),
    _investor("investor.net_gbp", "Investor's gain or loss", "Received less drawn."),
    _investor(
        "investor.multiple_peak", "Multiple of peak exposure", "1 + gain or loss over peak exposure.", unit=MULTIPLE,
        status="not_drawn", missing="nothing drawn",
    ),
    _investor(
        "investor.multiple_commitment", "Multiple of the commitment", "1 + gain or loss over the commitment.",
        unit=MULTIPLE, missing="no commitment",
    ),
    _investor(
        "investor.capital_at_risk_gbp_years", "Capital at risk",
        "Pounds paid in and not yet got back, times the years for which they are out.", unit=_POUND_YEARS, adverse="high",
    ),
    _investor(
        "investor.fees_gbp", "Fees to the investor", "What the investor is paid for providing capital, beside its return.",
        exists=lambda deal: deal.investment.fees is not None, only="with fees for capital",
    ),
    _investor(
        "investor.preferred_return_gbp", "Preferred return", "Preferred return paid to the investor.",
        exists=lambda deal: deal.investment.preferred_return is not None, only="with a preferred return",
    ),
    _investor("tranche.{}.drawn_gbp", "Drawn from {}", "The tranche's part of draws.", of="tranche", adverse="high"),
    _investor("tranche.{}.received_gbp", "Received by {}", "The tranche's part of receipts.", of="tranche"),
    _investor("tranche.{}.net_gbp", "Gain or loss of {}", "Received less drawn.", of="tranche"),
    _investor(
        "tranche.{}.multiple", "Money multiple of {}", "All money paid to the tranche for each £1 it pays in.", of="tranche",
        unit=MULTIPLE, missing="nothing drawn", status="not_drawn",
    ),
    _investor(
        "tranche.{}.irr", "IRR of {}, a year", "The rate at which the tranche's dated flows are worth nothing in all.",
        of="tranche", unit=RATE, statistic="rate",
    ),
    _investor(
        "tranche.{}.probability_of_loss", "Probability that {} loses",
        "Share of replications in which the tranche gets back less than it pays in.", of="tranche", unit=PERCENT,
        statistic="probability", adverse="high",
    ),
)  # fmt: skip
LIQUIDITY = (
    _spv(
        "spv.unpaid_costs_gbp", "Costs never paid", "What is still owed when no more money comes.", adverse="high",
        shown=("compare", "report"),
    ),
    _spv(
        "spv.first_shortfall_day", "First day of shortfall", "Days from the first day of service to the first shortfall.",
        unit=DAYS, undefined_ranks="high", missing="none",
    ),
    _spv("spv.closing_cash_gbp", "Cash left in the SPV", "Cash left when everything is paid and distributed."),
    _spv(
        "spv.wind_down_gbp", "Cost of winding up", "What winding up costs, as far as it is paid.", adverse="high",
        exists=lambda deal: deal.early_termination is not None, only="with an early end agreed",
    ),
)  # fmt: skip
OTHERS = (
    _provider(
        "provider.income_gbp", "Provider's income", "All that the provider is paid, fixed and by outcomes.",
        shown=("compare", "report"),
    ),
    _provider(
        "provider.outcome_income_gbp", "Provider's income by outcomes",
        "The part of the provider's income that depends on outcomes.",
    ),
    _provider(
        "provider.largest_arrears_gbp", "Largest provider arrears",
        "The most that is due to the provider and not paid at the end of any day. A fixed instalment whose shortfall ends the "
        "contract falls away with it, and is not in arrears after the end.", adverse="high", shown=_EVERYWHERE,
    ),
    _provider(
        "provider.lowest_cash_gbp", "Provider's lowest cash",
        "The least that the provider was ever paid to date less what delivery had cost it: the contract value, as much in "
        "each contract quarter, evenly by day. Below zero the provider must finance it.",
    ),
    _provider(
        "provider.at_risk_unpaid_gbp", "Provider's pay at risk, unpaid",
        "Outcome pay that the provider earned at its own risk and never got.", adverse="high",
        exists=lambda deal: deal.provider.outcome_part == "at_risk", only="with outcome pay at risk",
    ),
    _provider("costs.{}_gbp", "{}", "What is paid on the cost line.", party="SPV", of="cost", adverse="high"),
    _provider(
        "intermediary.income_gbp", "Intermediary's income",
        "The cost lines paid to it, its share of profit, and the residual if that is its own.", party="intermediary",
        shown=("compare",),
    ),
    _provider(
        "guarantor.paid_gbp", "Paid by the guarantor", "What the guarantor of a first loss pays.", party="guarantor",
        adverse="high", exists=lambda deal: deal.investment.first_loss is not None, only="with a first loss guaranteed",
    ),
)  # fmt: skip
SERVICE = (
    _service(
        "caseload.utilisation", "Utilisation",
        "Places used divided by places available, over all days of service. It is above 100% where a post falls vacant or a "
        "new specialist builds up: nobody loses a place.", unit=PERCENT, missing="no places", shown=_EVERYWHERE,
    ),
    _service(
        "caseload.wait_days", "Wait for a place", "Mean days from referral to a place, of those who got one.", unit=DAYS,
        adverse="high", missing="nobody got one", shown=("compare", "report"),
    ),
    _service("caseload.capacity_slots", "Places available", "Average over the days of the term.", unit=COUNT),
    _service("caseload.people_held", "People on the caseload", "People who hold a place, average.", unit=COUNT),
    _service("caseload.people_waiting", "People waiting", "People on the waiting list, average.", unit=COUNT, adverse="high"),
    _service("caseload.carried_over", "People carried over", "People referred before the first day.", unit=COUNT),
    _service("caseload.allocated", "People who got a place", "People allocated to a specialist.", unit=COUNT),
    _service(
        "caseload.lapsed", "People whose patience ran out", "People who left the waiting list without a place.", unit=COUNT,
        adverse="high",
    ),
)  # fmt: skip
RETURNS = (*PAYMENTS, *OUTCOMES, *INVESTOR, *LIQUIDITY, *OTHERS, *SERVICE)
"""One value in each replication."""
_quarter = partial(Definition, table="quarters")
_day = partial(Definition, table="dates", section=Section.OUTCOMES, party="service", unit=COUNT)
QUARTERS = (
    _quarter(
        "payments.invoiced_gbp", "Outcome payments invoiced", "On all invoices up to the quarter's end.",
        section=Section.PAYMENTS, party="outcome payers",
    ),
    _quarter(
        "payments.received_gbp", "Outcome payments received", "Paid up to the quarter's end.", section=Section.PAYMENTS,
        party="outcome payers",
    ),
    _quarter(
        "outcomes.{}", "{}", "Achieved and evidenced up to the quarter's end.", section=Section.OUTCOMES, party="service",
        unit=COUNT, of="group",
    ),
    _quarter(
        "investor.net_position_gbp", "Investor's balance", "Received less drawn up to the quarter's end.",
        section=Section.INVESTOR, party="investor",
    ),
    _quarter(
        "spv.cash_gbp", "Cash in the SPV", "At the quarter's end.", section=Section.LIQUIDITY, party="SPV",
    ),
    _quarter(
        "caseload.slots_used", "Places used", "Average over the quarter.", section=Section.SERVICE, party="service",
        unit=COUNT,
    ),
    _quarter(
        "caseload.slots_available", "Places available", "Average over the quarter.", section=Section.SERVICE,
        party="service", unit=COUNT,
    ),
    _quarter(
        "caseload.people_held", "People on the caseload", "Average over the quarter.", section=Section.SERVICE,
        party="service", unit=COUNT,
    ),
    _quarter(
        "caseload.people_waiting", "People waiting", "Average over the quarter.", section=Section.SERVICE, party="service",
        unit=COUNT, adverse="high",
    ),
)  # fmt: skip
"""One value at each quarter, in each replication."""
DATES = (
    _day("referral", "Referrals", "People referred since the service began, by the end of the day."),
    _day("{}", "{}", "Achieved and evidenced by the end of the day.", of="group"),
    _day("paid.{}", "{}: paid for", "On invoices of claim quarters that had ended by the day.", of="group"),
    _day(
        "payments_gbp", "Outcome payments", "On invoices of claim quarters that had ended by the day.",
        section=Section.PAYMENTS, party="outcome payers", unit=MONEY,
    ),
    _day(
        "unpaid_over_cap_gbp", "Unpaid above the cap",
        "Of claims on invoices of claim quarters that had ended by the day.", section=Section.PAYMENTS,
        party="outcome payers", unit=MONEY, adverse="high",
    ),
    _day("caseload", "People on the caseload", "People who hold a place at the end of the day.", section=Section.SERVICE),
)  # fmt: skip
"""Cumulative figures on given days, in each replication: what a running deal reports, and its forecast."""
STRESS = (
    _investor(
        "investor.peak_exposure_share", "Peak exposure / commitment", "Peak exposure divided by the commitment.",
        unit=PERCENT, adverse="high",
    ),
    _paid(
        "commissioner.paid_in_year_{}_gbp", "{}", "Payments that arrive in the contract year.", of="year", adverse="high",
    ),
    _paid(
        "commissioner.paid_after_the_term_gbp", "After the term", "Payments that arrive after the term.", adverse="high",
    ),
    _paid(
        "commissioner.net_of_payments_gbp", "Compensation less returns",
        "What compensation adds to the payers' net cost, less what goes back to them.", adverse="high",
    ),
)  # fmt: skip
"""What stresses show beside `RETURNS`."""
STAFFING = (
    _spv(
        "spv.costs_before_return_gbp", "Costs before the investor's return",
        "All that falls due before the investor's return, paid or not.", adverse="high",
    ),
    _spv(
        "spv.payments_less_costs_gbp", "Payments less costs",
        "Outcome payments less all that falls due before the investor's return.",
    ),
)  # fmt: skip
"""What the study of staffing shows beside `RETURNS`."""
