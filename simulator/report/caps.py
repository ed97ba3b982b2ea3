"""What caps cost, as findings."""

from collections.abc import Iterator

import numpy as np

from simulator.findings import Findings
from simulator.measures.of_deal import named
from simulator.report.caps_charts import charts
from simulator.report.caps_words import KIND_WORDS, answer
from simulator.report.estimated import figure, mean
from simulator.studies.caps import LOSS, MULTIPLE, PAID, UNPAID, CapsCost, Tried
from simulator.studies.nets import holders
from simulator.studies.refused import FUNDER, KINDS
from simulator.table import Cell, Column, Figure, Table
from simulator.words import COUNT, MONEY, PERCENT, name_in_words, say_month

_SHOWN = (PAID, UNPAID, MULTIPLE, LOSS)
_BESIDE = (named("investor.net_gbp"), named("commissioner.net_cost_gbp"))
"""Further measures of versions, in the data only."""
_IN_ALL = Column("pence_in_all")
"""Sum over all replications, in whole pence."""


def findings(found: CapsCost) -> Findings:
    """Return what caps cost, and who bears it."""
    return Findings(
        "caps", "What caps cost", "What do the caps leave unpaid of what is delivered and evidenced, and who bears it?",
        found.asked, answer(found), tuple(_tables(found)), charts(found), _figures(found), _method(found), reprices=True,
    )  # fmt: skip


def _figures(found: CapsCost) -> dict[str, Figure]:
    refused = found.refused
    return {
        "unpaid_gbp": mean(refused.total / 100, MONEY),
        "evidenced_gbp": mean(refused.evidenced_pence.sum(axis=(1, 2)) / 100, MONEY),
        "paid_on_claims_gbp": mean(refused.paid_pence.sum(axis=(1, 2)) / 100, MONEY),
        "unpaid_of_activity_payments_gbp": mean(refused.of_activity / 100, MONEY),
        "unpaid_over_own_caps_gbp": mean(refused.pence[..., FUNDER].sum(axis=(1, 2)) / 100, MONEY),
    }


def _tables(found: CapsCost) -> Iterator[Table]:
    """Yield all tables; those that would hold nothing are left out."""
    some = bool(found.refused.total.any())
    if some:
        yield from (_by_outcome(found), _by_kind(found), _by_funder(found))
    if found.borne().any():
        yield _parties(found)
    yield _versions(found)
    yield _changes(found)
    if some:
        yield _cells(found)


def _by_outcome(found: CapsCost) -> Table:
    deal, refused = found.scenario.deal, found.refused
    pence, counts = refused.pence.sum(axis=3), refused.outcomes.sum(axis=(2, 3))
    lines = [
        (group, name_in_words(group), pence[:, place], counts[:, place]) for place, group in enumerate(deal.groups)
    ]
    lines.append(("all", "All", pence.sum(axis=1), counts.sum(axis=1)))
    years = tuple(Column(f"year_{year + 1}_gbp", f"Year {year + 1}", MONEY) for year in range(pence.shape[2]))
    columns = (
        Column("outcome"), Column("title", "Outcome"), *years, Column("gbp", "All years", MONEY),
        Column("outcomes", "Outcomes", COUNT), _IN_ALL,
    )  # fmt: skip
    rows: tuple[tuple[Cell, ...], ...] = tuple(
        (key, name, *(float(each) for each in by_year.mean(axis=0) / 100), mean(by_year.sum(axis=1) / 100),
         float(number.mean()), int(by_year.sum()))
        for key, name, by_year, number in lines
    )  # fmt: skip
    note = (
        f"Contract years of the day achieved, the first from {say_month(deal.term.service_start)}. Outcomes: those of which a "
        "cap leaves all or some unpaid."
    )
    return Table("unpaid_by_outcome", "Delivered and evidenced, and unpaid because of a cap", columns, rows, note)


def _by_kind(found: CapsCost) -> Table:
    refused = found.refused
    pence, counts = refused.pence.sum(axis=(1, 2)), refused.outcomes.sum(axis=(1, 2))
    wholly = refused.wholly.sum(axis=(1, 2))
    columns = (
        Column("cap"), Column("title", "Kind of cap"), Column("gbp", "Unpaid", MONEY), Column("outcomes", "Outcomes", COUNT),
        Column("wholly_unpaid", "Wholly", COUNT), Column("binds", "It binds in", PERCENT), _IN_ALL,
    )  # fmt: skip
    rows = tuple(
        (kind, f"Over {KIND_WORDS[kind]}", mean(pence[:, place] / 100), float(counts[:, place].mean()),
         float(wholly[:, place].mean()), float((pence[:, place] > 0).mean()), int(pence[:, place].sum()))
        for place, kind in enumerate(KINDS)
        if pence[:, place].any()
    )  # fmt: skip
    note = (
        "A claim that meets several caps counts for the last one that took something, the tightest; what a payer's own cap "
        "refuses of it counts for that."
    )
    return Table("unpaid_by_cap", "Which cap leaves it unpaid", columns, rows, note)


def _by_funder(found: CapsCost) -> Table:
    refused = found.refused
    columns = (
        Column("payer"), Column("title", "Outcome payer"), Column("common_gbp", "Common caps", MONEY),
        Column("own_gbp", "Own cap", MONEY), Column("gbp", "Together", MONEY), Column("common_pence_in_all"),
        Column("own_pence_in_all"),
    )  # fmt: skip
    rows = tuple(
        (funder.name, f"{funder.title} (weight {funder.weight})", mean(common / 100), mean(own / 100), mean((common + own) / 100),
         int(common.sum()), int(own.sum()))
        for funder, common, own in zip(found.scenario.deal.funders, refused.common.T, refused.own.T, strict=True)
    )  # fmt: skip
    note = (
        "What a common cap refuses nobody is asked for, so that it falls to the outcome payers by their weights, to the penny. "
        "What a payer is asked for and does not pay is its own cap's; below nothing where it pays for another whose cap is "
        "reached."
    )
    activity = refused.of_activity.mean() / 100
    if activity:
        note += f" {MONEY.say(activity)} of it is of activity payments, which no outcome stands behind, and is in no other table."
    return Table("unpaid_by_payer", "To whom it falls", columns, rows, note)


def _parties(found: CapsCost) -> Table:
    borne = found.borne()
    columns = (
        Column("party", "Party"), Column("gbp", "With the caps", MONEY, change=True),
        Column("changed", "In replications", PERCENT), _IN_ALL,
    )  # fmt: skip
    rows = tuple(
        (each.title, mean(borne[:, place] / 100), float((borne[:, place] != 0).mean()), int(borne[:, place].sum()))
        for place, each in enumerate(holders(found.scenario.deal))
        if borne[:, place].any()
    )
    note = (
        "What each has in the end with the caps, less what it would have without any, on the same people: it adds up to nothing. "
        "The outcome payers' is what they keep: payments less what comes back to them."
    )
    return Table("parties", "Who bears it", columns, rows, note)


def _versions(found: CapsCost) -> Table:
    columns = (
        Column("version", "Caps"), Column("kind"), Column("factor"),
        *(Column(measure.key, measure.short, measure.unit) for measure in _SHOWN),
        *(Column(measure.key, "", measure.unit) for measure in _BESIDE),
    )  # fmt: skip
    rows = tuple((*_named(each), *(each.mean(measure) for measure in (*_SHOWN, *_BESIDE))) for each in found.tried)
    note = (
        "The outcome payers' own caps go with the total cap in proportion. An annual cap is here one of equal parts of the total "
        "cap, one for each contract year, in the place of one that the deal may have."
    )
    return Table("versions", "Under other caps", columns, rows, note)


def _changes(found: CapsCost) -> Table:
    columns = (
        Column("version", "Caps"), Column("kind"), Column("factor"),
        *(Column(measure.key, measure.short, measure.unit, change=True) for measure in _SHOWN),
        *(Column(measure.key, "", measure.unit, change=True) for measure in _BESIDE),
    )  # fmt: skip
    rows = tuple(
        (*_named(each), *(figure(found.against_base(each, measure)) for measure in (*_SHOWN, *_BESIDE)))
        for each in found.tried[1:]
    )
    note = "Paired: replication by replication, on the same people."
    return Table("changes", "Under other caps, less the scenario as it stands", columns, rows, note, where="page")


def _named(tried: Tried) -> tuple[Cell, Cell, Cell]:
    version = tried.version
    return version.name, version.kind, version.factor


def _cells(found: CapsCost) -> Table:
    """Return what is unpaid by outcome, year and kind of cap."""
    refused, deal = found.refused, found.scenario.deal
    columns = (
        Column("outcome"), Column("year"), Column("from"), Column("cap"), Column("gbp", "", MONEY),
        Column("outcomes", "", COUNT), Column("wholly_unpaid", "", COUNT), _IN_ALL,
    )  # fmt: skip
    rows = tuple(
        (group, year + 1, day, kind, mean(refused.pence[:, i, year, k] / 100),
         mean(refused.outcomes[:, i, year, k].astype(np.float64)), float(refused.wholly[:, i, year, k].mean()),
         int(refused.pence[:, i, year, k].sum()))
        for i, group in enumerate(deal.groups)
        for year, day in enumerate(deal.term.anniversaries())
        for k, kind in enumerate(KINDS)
    )  # fmt: skip
    return Table("unpaid", "Unpaid by outcome, contract year and kind of cap", columns, rows, where="data")


def _method(found: CapsCost) -> tuple[str, ...]:
    return (
        "Unpaid is the price of what was achieved and evidenced, became payable in time and passed verification as far as a cap "
        "leaves it unpaid: exactly what the claims of each replication say was refused, in whole pence, and the parts by "
        "outcome, year, kind of cap and payer add up to it. What was not evidenced, came too late or failed verification is not "
        "in it.",
        "Other caps are applied to the same simulated participants: a cap does not change what happens to them. Without any cap, "
        "the total cap and the payers' own are a thousand times as high and the others are gone; the cap on the investor's "
        "return, which is not one on payments, holds in all versions. An annual cap limits activity payments too: what it "
        "refuses of them is no outcome's and not in what is unpaid, and leaves room for claims under the total cap.",
        *(f"Left out, since the deal cannot have it: {reason}." for reason in found.left_out),
    )
