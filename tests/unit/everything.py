"""An overlay that gives the deal of Haringey and Barnet nearly every term that a deal can have: for tests of words."""

from pathlib import Path

EVERYTHING = """\
overlay: everything
title: Every term at once
description: No deal has all of this.
source: A worked example
quality: E
set:
  deal.annual_cap:
    {year: uk_fy, pounds: [300000, 400000], policy: partial, unused_headroom: carry, excess_claims: defer}
  deal.rate_card.job_start.price: {tiers: [{price: 4569, share_of_target: 0.6, rounding: floor}, {price: 1522}]}
  deal.rate_card.engagement.price: {by_contract_year: [600, 500, 500, 400]}
  deal.rate_card.engagement.indexed_by: wages
  deal.indices:
    - name: wages
      base: 2019-04-01
      values: [{from: 2019-04-01, index: 100}, {from: 2020-04-01, index: 102}, {from: 2022-04-01, index: 106}]
  deal.schedules:
    - name: recovery
      prices: {engagement: 1222}
      cap: {pounds: 434484, policy: whole}
  deal.schedule_calendar:
    - {use: original, from: 2019-04-01, to: 2020-04-01}
    - {use: activity, from: 2020-04-01, to: 2020-10-01}
    - {use: recovery, from: 2020-10-01, to: 2023-04-01}
  deal.activity_payments: [{quarter_of: 2020-05-01, pounds: "50000.50"}]
  deal.carried_over_outcomes: [engagement, sustainment]
  deal.over_funder_cap: gross_up
  deal.provider.indexed_by: wages
  deal.provider.in_house_of: local
  deal.provider.outcome_part: at_risk
  deal.investment.fees: {arrangement: 2000, availability_per_year: 0.01}
  deal.investment.tranches:
    - {name: senior, title: A bank, commitment: 127000, rank: 1}
    - {name: junior, title: A charity, commitment: 100000, rank: 2}
  deal.investment.first_loss: {guarantor: A foundation, pounds: 20000}
  deal.investment.preferred_return: 0.04
  deal.investment.profit_share: {investor: 0.5, provider: 0.25, commissioners: 0.2, intermediary: 0.05}
  deal.investment.return_cap: {pounds: none, multiple: 1.8, irr: 0.15}
  deal.investment.distribution: sweep
  deal.investment.reserve_quarters: 2
  deal.early_termination:
    form: authority_convenience
    notice_given: 2021-01-01
    notice_months: 3
    achieved_is_paid: false
    compensation: capital_and_return
    compensation_return: 0.05
    wind_down_cost: 1000
"""


def everything(folder: Path) -> Path:
    """Return the overlay's file, written into a folder."""
    path = folder / "everything.yaml"
    path.write_text(EVERYTHING, encoding="utf-8")
    return path
