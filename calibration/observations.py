"""What the fit looks at: cumulative counts at the end of the period and payments by quarter, on scales where luck is even.

The referrals by their logarithm; each further count by the log odds of having followed from the one before (half a person
added to either side); a quarter's payment by its square root. On these scales what differs between replications with the same
parameters is near enough normal, of a spread that hardly depends on the parameters.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from calibration.about import About
from calibration.deal_tables import STEPS
from calibration.evidence import Evidence
from calibration.priors import PaymentsFitted

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
COUNTED = STEPS
"""What is fitted to, beside payments: numbers of people who reached each step."""


@dataclass(frozen=True)
class Observed:
    """The reported figures on the scales of the fit."""

    figures: tuple[About, ...]
    values: Floats
    """Shape (figures,)."""
    error: Floats
    """Covariance of what is in the figures beside what the model knows of, shape (figures, figures)."""

    def only(self, kept: Sequence[int]) -> "Observed":
        """Return some of the figures, by their places."""
        chosen = list(kept)
        figures = tuple(self.figures[place] for place in chosen)
        return Observed(figures, self.values[chosen], self.error[np.ix_(chosen, chosen)])


def count_scores(counts: Mapping[str, Ints]) -> Floats:
    """Return the four counts on their scales, shape (n, 4).

    Args:
        counts: cumulative numbers by name, each of shape (n,).
    """
    referred, *after = (np.asarray(counts[name], dtype=np.float64) for name in COUNTED)
    columns, before = [np.log(np.maximum(referred, 0.5))], referred
    for count in after:
        columns.append(np.log((count + 0.5) / (np.maximum(before - count, 0.0) + 0.5)))
        before = count
    return np.column_stack(columns)


def counts_of_scores(scores: Floats) -> Floats:
    """Return what counts stand at places of their scales, shape (n, 4): the inverse of `count_scores`."""
    columns = [np.exp(scores[:, 0])]
    for place in range(1, len(COUNTED)):
        before, odds = columns[-1], np.exp(scores[:, place])
        columns.append(np.clip((odds * (before + 0.5) - 0.5) / (1 + odds), 0.0, before))
    return np.column_stack(columns)


def payment_scores(pence: Ints) -> Floats:
    """Return payments on their scale: square roots of pounds."""
    return np.asarray(np.sqrt(np.maximum(pence, 0) / 100.0))


def simulated_scores(progress: Mapping[str, Ints], quarters: list[date], used: tuple[date, ...]) -> Floats:
    """Return the figures of replications: counts at the end of the last quarter, and payments of the quarters used.

    Args:
        progress: what had been reached by the end of each quarter, by name, each of shape (n, quarters).
        quarters: last days of the quarters.
        used: last days of those whose payments are looked at.
    """
    counts = count_scores({name: progress[name][:, len(quarters) - 1] for name in COUNTED})
    paid = np.diff(progress["payments_gbp"][:, : len(quarters)], axis=1, prepend=0)
    return np.column_stack([counts, *(payment_scores(paid[:, quarters.index(end)]) for end in used)])


def observed(evidence: Evidence, payments: PaymentsFitted) -> Observed:
    """Return what is reported of a deal."""
    counts = {name: np.array([getattr(evidence.counts, name)]) for name in COUNTED}
    used = quarters_used(evidence, payments)
    paid = {each.quarter_end: each.pounds for each in evidence.payments}
    pounds = np.array([paid[end] for end in used], dtype=np.float64)
    scores = np.concatenate([count_scores(counts)[0], np.sqrt(pounds)])
    own = np.concatenate(
        [np.zeros(len(COUNTED)), np.sqrt(pounds) / 2]
    )  # a relative error is half as large in the square root
    error = payments.error**2 * np.diag(own**2) + payments.shared**2 * np.outer(own, own)
    figures = (*(About("count", step) for step in COUNTED), *(About("quarter", quarter_end=end) for end in used))
    return Observed(figures, scores, error)


def quarters_used(evidence: Evidence, payments: PaymentsFitted) -> tuple[date, ...]:
    """Return the last days of the claim quarters paid for by outcomes at prices that are known."""
    return tuple(
        each.quarter_end
        for each in evidence.payments
        if each.basis == "outcomes" and payments.uses(evidence.deal, each.quarter_end)
    )
