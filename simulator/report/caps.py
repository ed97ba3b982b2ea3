"""What caps cost, in words and tables."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from simulator.measures.of_deal import named
from simulator.report.caps_figures import pictures
from simulator.report.caps_words import KIND_WORDS, answer, changed, figured
from simulator.report.paired_words import say_mean
from simulator.report.study import ShownTable, Study, StudyRequest, conduct
from simulator.studies.caps import LOSS, MULTIPLE, PAID, UNPAID, CapsCost, Tried, find_caps, how_many
from simulator.studies.experiment import Experiment
from simulator.studies.nets import holders
from simulator.studies.paired import Paired, mean_of
from simulator.studies.refused import FUNDER, KINDS
from simulator.words import COUNT, MONEY, PERCENT, name_in_words, say_month

Ints = NDArray[np.int64]
_SHOWN = (PAID, UNPAID, MULTIPLE, LOSS)


def caps_cost(request: StudyRequest) -> bool:
    """Do, write and show the study; return True, as there is always an answer."""

    def make(experiment: Experiment) -> Study:
        return study_of(find_caps(experiment, request.scenario), experiment)

    return conduct(request, "caps", (), make, how_many(request.scenario))


def study_of(found: CapsCost, experiment: Experiment) -> Study:
    """Return the study in words, tables and figures."""
    frames = {"unpaid.csv": unpaid_frame(found), "versions.csv": versions_frame(found), "parties.csv": _parties(found)}
    return Study(
        "caps", "What caps cost", "What do the caps leave unpaid of what is delivered and evidenced, and who bears it?",
        found.scenario, experiment.seed, experiment.replications, experiment.simulated,
        experiment.settled, answer(found), tables(found),
        pictures(found), how(found), data(found), frames,
    )  # fmt: skip


def tables(found: CapsCost) -> tuple[ShownTable, ...]:
    """Return all tables; those that would hold nothing are left out."""
    some = bool(found.refused.total.any())
    return (*((_outcome_table(found), _kind_table(found), _funder_table(found)) if some else ()), *_party_table(found),
            _version_table(found), _change_table(found))  # fmt: skip


def _outcome_table(found: CapsCost) -> ShownTable:
    deal, refused = found.scenario.deal, found.refused
    pence, counts = refused.pence.sum(axis=3), refused.outcomes.sum(axis=(2, 3))
    lines = [(name_in_words(group), pence[:, place], counts[:, place]) for place, group in enumerate(deal.groups)]
    lines.append(("All", pence.sum(axis=1), counts.sum(axis=1)))
    rows = tuple(
        (name, *(MONEY.say(each) for each in by_year.mean(axis=0) / 100), say_mean(mean_of(by_year.sum(axis=1) / 100), MONEY),
         COUNT.say(float(number.mean())))
        for name, by_year, number in lines
    )  # fmt: skip
    headings = ("Outcome", *(f"Year {year + 1}" for year in range(pence.shape[2])), "All years", "Outcomes")
    note = (
        f"Contract years of the day achieved, the first from {say_month(deal.term.service_start)}. Outcomes: those of which a "
        "cap leaves all or some unpaid."
    )
    return ShownTable("Delivered and evidenced, and unpaid because of a cap", headings, rows, note)


def _kind_table(found: CapsCost) -> ShownTable:
    refused = found.refused
    pence, counts = refused.pence.sum(axis=(1, 2)), refused.outcomes.sum(axis=(1, 2))
    wholly = refused.wholly.sum(axis=(1, 2))
    rows = tuple(
        (
            f"Over {KIND_WORDS[kind]}", say_mean(mean_of(pence[:, place] / 100), MONEY),
            COUNT.say(float(counts[:, place].mean())), COUNT.say(float(wholly[:, place].mean())),
            PERCENT.say(float((pence[:, place] > 0).mean())),
        )
        for place, kind in enumerate(KINDS)
        if pence[:, place].any()
    )  # fmt: skip
    note = (
        "A claim that meets several caps counts for the last one that took something, the tightest; what a payer's own cap "
        "refuses of it counts for that."
    )
    headings = ("Kind of cap", "Unpaid", "Outcomes", "Wholly", "It binds in")
    return ShownTable("Which cap leaves it unpaid", headings, rows, note)


def _funder_table(found: CapsCost) -> ShownTable:
    deal, refused = found.scenario.deal, found.refused
    rows = tuple(
        (
            f"{funder.title} (weight {funder.weight})", say_mean(mean_of(refused.common[:, place] / 100), MONEY),
            say_mean(mean_of(refused.own[:, place] / 100), MONEY),
            say_mean(mean_of((refused.common + refused.own)[:, place] / 100), MONEY),
        )
        for place, funder in enumerate(deal.funders)
    )  # fmt: skip
    note = (
        "What a common cap refuses nobody is asked for, so that it falls to the outcome payers by their weights, to the penny. "
        "What a payer is asked for and does not pay is its own cap's; below nothing where it pays for another whose cap is "
        "reached."
    )
    activity = refused.of_activity.mean() / 100
    if activity:
        note += f" {MONEY.say(activity)} of it is of activity payments, which no outcome stands behind, and is in no other table."
    return ShownTable("To whom it falls", ("Outcome payer", "Common caps", "Own cap", "Together"), rows, note)


def _party_table(found: CapsCost) -> tuple[ShownTable, ...]:
    borne = found.borne()
    rows = tuple(
        (each.title, _signed(mean_of(borne[:, place] / 100)), PERCENT.say(float((borne[:, place] != 0).mean())))
        for place, each in enumerate(holders(found.scenario.deal))
        if borne[:, place].any()
    )
    note = (
        "What each has in the end with the caps, less what it would have without any, on the same people: it adds up to nothing. "
        "The outcome payers' is what they keep: payments less what comes back to them."
    )
    headings = ("Party", "With the caps", "In replications")
    return (ShownTable("Who bears it", headings, rows, note),) if rows else ()


def _signed(found: Paired) -> str:
    return f"{'+' if (found.mean or 0) > 0 else ''}{say_mean(found, MONEY)}"


def _version_table(found: CapsCost) -> ShownTable:
    rows = tuple((each.version.name, *(figured(each, measure) for measure in _SHOWN)) for each in found.tried)
    note = (
        "The outcome payers' own caps go with the total cap in proportion. An annual cap is here one of equal parts of the total "
        "cap, one for each contract year, in the place of one that the deal may have."
    )
    return ShownTable("Under other caps", _headings(), rows, note)


def _headings() -> tuple[str, ...]:
    return ("Caps", *(measure.short for measure in _SHOWN))


def _change_table(found: CapsCost) -> ShownTable:
    rows = tuple(
        (each.version.name, *(changed(found, each, measure) for measure in _SHOWN)) for each in found.tried[1:]
    )
    note = "Paired: replication by replication, on the same people."
    return ShownTable("Under other caps, less the scenario as it stands", _headings(), rows, note, in_terminal=False)


def how(found: CapsCost) -> tuple[str, ...]:
    """Return how it was computed."""
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


def unpaid_frame(found: CapsCost) -> pd.DataFrame:
    """Return what is unpaid by outcome, year and kind of cap, with the sums over replications in whole pence."""
    refused, deal = found.refused, found.scenario.deal
    return pd.DataFrame(
        {
            "outcome": group, "year": year + 1, "cap": kind,
            "pence_in_all": int(refused.pence[:, i, year, k].sum()),
            **_estimate("gbp", refused.pence[:, i, year, k] / 100),
            **_estimate("outcomes", refused.outcomes[:, i, year, k].astype(np.float64)),
            "wholly_unpaid": float(refused.wholly[:, i, year, k].mean()),
        }
        for i, group in enumerate(deal.groups)
        for year in range(refused.pence.shape[2])
        for k, kind in enumerate(KINDS)
    )  # fmt: skip


def _estimate(name: str, values: NDArray[np.float64]) -> dict[str, float | None]:
    found = mean_of(values)
    return {name: found.mean, f"{name}_se": found.se}


def versions_frame(found: CapsCost) -> pd.DataFrame:
    """Return one row for each version: means, and paired differences to the scenario as it stands."""
    return pd.DataFrame(_version_data(found, each) for each in found.tried)


def _version_data(found: CapsCost, tried: Tried) -> dict[str, object]:
    figures: dict[str, object] = {}
    for measure in (*_SHOWN, named("investor.net_gbp"), named("commissioner.net_cost_gbp")):
        difference = found.against_base(tried, measure)
        figures |= {
            measure.key: tried.mean(measure),
            f"{measure.key}.difference": difference.mean,
            f"{measure.key}.difference_se": difference.se,
        }
    version = tried.version
    return {"version": version.name, "kind": version.kind, "factor": version.factor, **figures}


def _parties(found: CapsCost) -> pd.DataFrame:
    borne = found.borne()
    return pd.DataFrame(
        {
            "party": each.within,
            "pence_in_all": int(borne[:, place].sum()),
            **_estimate("gbp", borne[:, place] / 100),
        }
        for place, each in enumerate(holders(found.scenario.deal))
    )


def data(found: CapsCost) -> dict[str, Any]:
    """Return the study's own part of its JSON document; sums over replications are whole pence."""
    refused, deal = found.refused, found.scenario.deal
    return {
        "unpaid": {"pence_in_all": int(refused.total.sum()), **mean_of(refused.total / 100).as_dict()},
        "evidenced_pence_in_all": int(refused.evidenced_pence.sum()),
        "paid_on_claims_pence_in_all": int(refused.paid_pence.sum()),
        "years": [{"year": year + 1, "from": day.isoformat()} for year, day in enumerate(deal.term.anniversaries())],
        "by_outcome": _sums(deal.groups, refused.pence.sum(axis=(2, 3)), refused.outcomes.sum(axis=(2, 3))),
        "by_year": _sums(
            [str(year + 1) for year in range(refused.pence.shape[2])],
            refused.pence.sum(axis=(1, 3)), refused.outcomes.sum(axis=(1, 3)),
        ),
        "by_cap": _sums(KINDS, refused.pence.sum(axis=(1, 2)), refused.outcomes.sum(axis=(1, 2))),
        "by_funder": {
            funder.name: {
                "common_pence_in_all": int(refused.common[:, place].sum()),
                "own_pence_in_all": int(refused.own[:, place].sum()),
                **mean_of((refused.common + refused.own)[:, place] / 100).as_dict(),
            }
            for place, funder in enumerate(deal.funders)
        },
        "of_activity_payments_pence_in_all": int(refused.of_activity.sum()),
        "over_own_caps_pence_in_all": int(refused.pence[..., FUNDER].sum()),
        "cells": _records(unpaid_frame(found)),
        "borne": _records(_parties(found)),
        "versions": [_version_data(found, each) for each in found.tried],
        "left_out": list(found.left_out),
    }  # fmt: skip


def _records(frame: pd.DataFrame) -> list[dict[str, object]]:
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def _sums(names: Sequence[str], pence: Ints, outcomes: Ints) -> dict[str, dict[str, object]]:
    return {
        name: {
            "pence_in_all": int(pence[:, place].sum()), **mean_of(pence[:, place] / 100).as_dict(),
            "outcomes": float(outcomes[:, place].mean()),
        }
        for place, name in enumerate(names)
    }  # fmt: skip
