"""Where each pound came from and went, on the means of a run: money in equals money out."""

from collections.abc import Iterator
from dataclasses import dataclass
from textwrap import wrap

import numpy as np

from simulator.charts import Axis, Bars, Chart, Layer, Look, Panel, Words
from simulator.measures.of_deal import key, named
from simulator.monte_carlo import Run
from simulator.scenario.deal import Deal
from simulator.words import MONEY, short_pounds

Amount = tuple[str, float]
"""A name and pounds."""
Fill = tuple[Look, bool]
"""A look, and whether it is its pale one."""
_BLUE: Fill = ("first", False)
_BLUE_MID: Fill = ("fifth", False)
_GREEN: Fill = ("third", False)
_GREEN_MID: Fill = ("seventh", False)
_ORANGE_MID: Fill = ("sixth", False)
_RED_MID: Fill = ("eighth", False)
_FAINT: Fill = ("quiet", True)
_BLANK: Fill = ("blank", False)


def reasons(run: Run) -> list[Amount]:
    """Return what of the evidenced outcomes' value is not paid, by reason, mean pounds."""
    return [_amount(run, measure) for measure in reasons_of(run.scenario.deal)]


def reasons_of(deal: Deal) -> list[str]:
    """Return the measures of what leaves evidenced outcomes of a deal unpaid."""
    always = ["payments.unpaid_over_cap_gbp", "payments.rejected_gbp", "payments.out_of_term_gbp"]
    return [*always, "payments.not_invoiced_gbp"] if deal.may_stop_invoices else always


def funding(run: Run) -> list[Amount]:
    """Return what each outcome payer pays for outcomes, mean pounds."""
    return [(funder.title, _mean(run, key("payments.{}_gbp", funder.name))) for funder in run.scenario.deal.funders]


def sources_and_uses(run: Run) -> tuple[list[Amount], list[Amount]]:
    """Return all money that came in and all that went out or is left, mean pounds; both add up to the same.

    Fees are in the investor's profit, the cost of winding up in the provider's pay. Parties that only some deals have stand
    last, before what is left.
    """
    deal, drawn = run.scenario.deal, run.returns.values["investor.drawn_gbp"]
    received = run.returns.values["investor.received_gbp"]
    returned = float(np.minimum(drawn, received).mean())
    sources = [*funding(run), (f"Capital drawn from {_within(deal.investment.title)}", float(drawn.mean()))]
    uses = [
        (f"Delivery: {deal.provider.title}", _mean(run, "provider.income_gbp")),
        *((cost.title, _mean(run, key("costs.{}_gbp", cost.name))) for cost in deal.costs),
        ("Capital returned to the investor", returned),
        ("Investor's profit", float(received.mean()) - returned),
        _amount(run, "commissioner.residual_gbp"),
    ]
    if deal.early_termination is not None:
        sources.append(_amount(run, "commissioner.compensation_gbp"))
    if deal.investment.first_loss is not None:
        sources.append((f"Guarantee: {deal.investment.first_loss.guarantor}", _mean(run, "guarantor.paid_gbp")))
    if deal.investment.profit_share is not None or deal.investment.residual == "intermediary":
        uses.append(("Intermediary's part of the profit", _profit_of_intermediary(run)))
    return sources, [*uses, _amount(run, "spv.closing_cash_gbp")]


def _profit_of_intermediary(run: Run) -> float:
    """Return what the intermediary gets beside its cost line, mean pounds."""
    lines = [cost.name for cost in run.scenario.deal.costs if cost.paid_to == "intermediary"]
    return _mean(run, "intermediary.income_gbp") - sum(_mean(run, key("costs.{}_gbp", name)) for name in lines)


def _amount(run: Run, measure: str) -> Amount:
    return named(measure).label, _mean(run, measure)


def _mean(run: Run, name: str) -> float:
    return float(run.returns.values[name].mean())


def _within(title: str) -> str:
    """Return a title as it stands within a line: a plain word loses its capital, a name of several capitals does not."""
    first, _, rest = title.partition(" ")
    plain = first in {"A", "An", "The", "Social"} and not any(word[:1].isupper() for word in rest.split())
    return title[:1].lower() + title[1:] if plain else title


@dataclass(frozen=True)
class Bar:
    """One row of the figure: its name, where the bar begins and ends in pounds, and how it looks."""

    name: str
    begin: float
    end: float
    look: Fill
    hatch: str = ""


def bars(run: Run) -> list[Bar | str]:
    """Return the rows of the figure from top to bottom; text alone is a heading."""
    evidenced, worth = _amount(run, "payments.uncapped_gbp")
    unevidenced, without = _amount(run, "payments.unevidenced_gbp")
    sources, uses = sources_and_uses(run)
    rows: list[Bar | str] = ["At the contract's prices"]
    rows.append(Bar(unevidenced, 0, without, _BLANK, "////"))
    rows.append(Bar(evidenced, 0, worth, _FAINT))
    unpaid = reasons(run)
    rows += _falling(unpaid, worth, [_RED_MID] * len(unpaid))
    rows += _without_price(run)
    rows.append("Money in")
    place = 0.0
    blues = [_BLUE, _BLUE_MID]
    for i, (name, amount) in enumerate(sources):
        colour = blues[i % 2] if i < len(run.scenario.deal.funders) else _GREEN_MID
        rows.append(Bar(name, place, place + amount, colour))
        place += amount
    rows.append("Money out")
    costs = len(run.scenario.deal.costs)
    colours = [_ORANGE_MID] * (1 + costs) + [_GREEN_MID, _GREEN, _BLUE_MID] + [_FAINT] * (len(uses) - costs - 4)
    return rows + _falling(uses, place, colours)


def _without_price(run: Run) -> list[Bar | str]:
    """Return what is paid and not at the price of an outcome, which stands on top of what is."""
    deal, top = run.scenario.deal, _mean(run, "payments.total_gbp")
    paid = ["payments.activity_gbp"] if deal.activity_payments else []
    paid += ["payments.settled_gbp"] if deal.settled else []
    return _falling([_amount(run, measure) for measure in paid], top, [_BLUE_MID] * len(paid))


def _falling(amounts: list[Amount], start: float, colours: list[Fill]) -> list[Bar | str]:
    """Return bars that each take their amount off what the ones before have left."""
    rows: list[Bar | str] = []
    for (name, amount), colour in zip(amounts, colours, strict=True):
        rows.append(Bar(name, start - amount, start, colour))
        start -= amount
    return rows


def pounds(run: Run) -> Chart:
    """Return what outcomes were worth, who paid for them, and where the money went, as mean pounds step by step."""
    rows = bars(run)
    lines = max(len(_lines(row)) for row in rows)
    layers = tuple(layer for row, bar in enumerate(rows) if isinstance(bar, Bar) for layer in _drawn(row, bar))
    largest = max(bar.end for bar in rows if isinstance(bar, Bar))
    x = Axis(unit=MONEY, low=0.0, high=1.1 * max(largest, 1.0), grid=True)
    ticks = tuple((float(row), "\n".join(_lines(bar))) for row, bar in enumerate(rows))
    heads = tuple(row for row, bar in enumerate(rows) if isinstance(bar, str))
    y = Axis(ticks=ticks, low=-0.6, high=len(rows) - 0.4, downward=True, heads=heads)
    panel = Panel(layers, x, y, "Where each pound comes from and goes, on average", room=12.0)
    return Chart("pounds", (panel,), "", "", height=1.0 + (0.31 + 0.14 * (lines - 1)) * len(rows))


def _drawn(row: int, bar: Bar) -> Iterator[Layer]:
    width = bar.end - bar.begin
    look, pale = bar.look
    yield Bars((float(row),), (width,), (bar.begin,), 0.72, look=look, pale=pale, hatch=bar.hatch, sideways=True)
    yield Words(bar.end, row, short_pounds(width), across="left", up="middle", apart=(5.0, 0.0))


def _lines(row: Bar | str) -> list[str]:
    """Return a row's name in lines that leave room for the bars."""
    return wrap(row if isinstance(row, str) else row.name, 40, max_lines=3, placeholder=" ...")
