"""An example of every part of a scenario as it stands in a file: for the guide, and for what a new deal may add.

None of the figures is anybody's. Each example is right by itself; a test reads them all.
"""

EXAMPLES: dict[str, str] = {
    "Term": "{service_start: 2024-04-01, term_end: 2028-04-01, claims_tail_months: 9}",
    "Staffing": (
        "{specialists: [{posts: 6, from: 2024-04-01}], caseload_limit: 25, ramp: [0.33, 0.67, 1.0], already_running: true,\n"
        " slot_weights: {engaging: 1.0, searching: 1.0, in_work: [{from_week: 0, weight: 1.0}]},\n"
        " in_work_support_weeks: 17, contact_grace_days: 28}"
    ),
    "Posts": "{posts: 2, from: 2024-04-01, to: 2026-04-01}",
    "SlotWeights": "{engaging: 1.0, searching: 1.0, in_work: [{from_week: 0, weight: 1.0}, {from_week: 13, weight: 0.4}]}",
    "WeightStep": "{from_week: 13, weight: 0.4}",
    "Outcome": (
        "{outcome: sustainment_16_hours_plus, counts_as: sustainment, follows: job_start, strand: employment,\n"
        " milestone: {sustained_weeks: 13, weeks_counted: 9, days_for_a_week: 4, hours_from: 16}, evidence: contact,\n"
        " price: 7845, indexed_by: wages, target: 93, count_cap: 93, paid_after_months: 6}"
    ),
    "Reached": "{reached: job_start, hours_from: 16, hours_below: 30}",
    "Sustained": "{sustained_weeks: 13, weeks_counted: 9, days_for_a_week: 4, hours_from: 16, hours_below: 30}",
    "InWork": "{in_work_after_months: 6, hours_from: 16, hours_below: 30}",
    "ByYear": "{by_contract_year: [600, 620, 640, 660]}",
    "Tiered": "{tiers: [{price: 2000, share_of_target: 0.6, rounding: floor}, {price: 700}]}",
    "Tier": "{price: 2000, share_of_target: 0.6, rounding: floor}",
    "Lags": "{from: referral}",
    "Cap": "{pounds: 1000000, policy: partial}",
    "AnnualCap": (
        "{year: uk_fy, pounds: [200000, 300000], policy: partial, unused_headroom: lost, excess_claims: lost}"
    ),
    "Schedule": "{name: recovery, prices: {job_start: 3000}, cap: {pounds: 400000, policy: partial}}",
    "Regime": "{use: recovery, from: 2024-04-01, to: 2025-04-01}",
    "ActivityPayment": '{quarter_of: 2024-05-15, pounds: "25000.50"}',
    "Settled": '{quarter_of: 2024-04-01, pounds: "61276.50"}',
    "Index": "{name: wages, base: 2024-04-01, values: [{from: 2024-04-01, index: 100}, {from: 2025-04-01, index: 103.5}]}",
    "IndexValue": "{from: 2025-04-01, index: 103.5}",
    "Funder": "{name: county, title: A county council, weight: 58, cap: 580000, pays_after: confirmation, days: 30}",
    "Audit": "{fraction: 0.1, mode: extrapolate}",
    "Provider": (
        "{title: A provider, contract_value: 800000, block_share: 0.75, outcome_share: 0.25,\n"
        " expected_outcome_payments: 1000000, pays_after_invoice_days: 30, outcome_part: senior,\n"
        " schedule_calendar: [{use: original, from: 2024-04-01, to: 2028-04-01}], indexed_by: wages, in_house_of: county}"
    ),
    "Cost": (
        "{name: evaluation, title: Evaluation, total: 20000, timing: dated, paid_to: others, indexed_by: wages,\n"
        " dates: [{on: 2026-04-01, pounds: 8000}, {on: 2028-03-31, pounds: 12000}]}"
    ),
    "DatedAmount": "{on: 2026-04-01, pounds: 8000}",
    "EarlyTermination": (
        "{form: authority_convenience, notice_given: 2025-10-01, notice_months: 6, achieved_is_paid: true,\n"
        " compensation: capital_and_return, compensation_return: 0.05, wind_down_cost: 10000}"
    ),
    "Investment": (
        "{title: A social investor, commitment: 200000, fees: {arrangement: 2000, availability_per_year: 0.01},\n"
        " tranches: [{name: senior, title: A bank, commitment: 200000, rank: 1}], draw: schedule,\n"
        " draw_schedule: [{on: 2024-04-01, pounds: 200000}], min_cash: 0, recycling: true, redraw: true,\n"
        " redraw_cap: 300000, shortfall: defer, distribution: sweep, reserve_quarters: 2,\n"
        " distribution_schedule: [], settlement_date: 2028-04-01, preferred_return: 0.04,\n"
        " profit_share: {investor: 0.5, provider: 0.25, commissioners: 0.25, intermediary: 0.0},\n"
        " return_cap: {pounds: 90000, multiple: 1.45, irr: none}, residual: commissioners,\n"
        " first_loss: {guarantor: A foundation, pounds: 50000}}"
    ),
    "Fees": "{arrangement: 2000, availability_per_year: 0.01}",
    "Tranche": "{name: senior, title: A bank, commitment: 120000, rank: 1}",
    "ProfitShare": "{investor: 0.5, provider: 0.25, commissioners: 0.25, intermediary: 0.0}",
    "ReturnCap": "{pounds: 90000, multiple: 1.45, irr: 0.12}",
    "FirstLoss": "{guarantor: A foundation, pounds: 50000}",
    "Printed": (
        "{total_outcome_payment: 1000000, money_multiple: 1.45, irr: 0.1, irr_decimals: 1, max_return: 90000,\n"
        " investment_costs: 90000, cost_stack: 1000000, delivery_cost: 800000}"
    ),
    "Position": (
        "{as_of: 2025-12-31, referral: {actual: 150, target: 200}, engagement: {actual: 90, target: 130},\n"
        " job_start: {actual: 25, target: 50}, sustainment: {actual: 12, target: 26},\n"
        " payments: {actual: 240000, target: 420000}}"
    ),
    "Tally": "{actual: 150, target: 200}",
    "Inconsistency": '{what: "Table 1 prints 400 referrals, table 2 prints 410.", read: "410 is taken."}',
    "Citation": '{source: "The contract, schedule 2", quality: A, note: "Read as prices without tax."}',
    "Rules": "{patience: exponential, referral_profile: {calendar: contract, weights: [1, 1, 1, 1]}}",
    "Profile": "{calendar: uk_fy, weights: [1.2, 1, 0.9, 0.9]}",
    "Fixed": '{value: 180, unit: days, source: "A choice", quality: E, multiply: 1.0}',
    "Beta": '{distribution: beta, mean: 0.6, concentration: 30, unit: probability, source: "The contract", quality: B}',
    "Lognormal": ('{distribution: lognormal, median: 30, sigma: 0.7, unit: days, source: "A choice", quality: E}'),
    "Uniform": '{distribution: uniform, low: 0.2, high: 0.4, unit: per year, source: "A choice", quality: E}',
    "Triangular": (
        '{distribution: triangular, low: 0.06, mode: 0.12, high: 0.2, unit: per month, source: "A choice", quality: E}'
    ),
    "Window": (
        '{rate: referral, from: 2025-08-01, to: 2025-09-01, multiply: 0.5, power: 1.0, source: "A summer",\n'
        " quality: E}"
    ),
    "FittedTo": (
        "{deal: A county, service_start: 2025-04-01, term_end: 2029-04-01, as_of: 2025-12-31,\n"
        " counts: {referral: 150, engagement: 90, job_start: 25, sustainment: 12}}"
    ),
    "Correlation": "{between: [job_rate, job_loss_rate], rho: -0.4}",
    "Settings": "{replications: 1000, seed: 2026, batch: 250}",
    "Form": (
        "{title: four in five come, description: As in another county., source: A neighbour's figures, quality: C,\n"
        " set: {deal.rate_card.*.price: 4000}, multiply: {assumptions.referrals_over_term: 0.8}, windows: [],\n"
        " combine: [late_payers.yaml:mild]}"
    ),
    "WrittenOverlay": (
        "{overlay: slow_referrals, title: Four referrals in five, description: Fewer come., deal: A county, source: A stress,\n"
        " quality: E, compose: multiply, set: {deal.rate_card.job_start.price: 4000},\n"
        " multiply: {assumptions.referrals_over_term: 0.8}, windows: [], combine: [late_payers.yaml:mild],\n"
        " forms: {severe: {title: and half the jobs, multiply: {assumptions.job_rate: 0.5}}}}"
    ),
}
"""By name of the model, in YAML."""
