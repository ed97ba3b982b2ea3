"""Monte Carlo estimates, each with its error: means, quantiles, tail means (docs/model.md §14).

Quantiles are ranks (inverted distribution function): what is undefined ranks at the bad end and is never dropped or averaged.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

Floats = NDArray[np.float64]
LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
TAIL = 0.05
"""Share of replications in the expected shortfall."""
_HALF_WIDTH = float(ndtri(0.975))


@dataclass(frozen=True)
class Estimate:
    """A measure's distribution over replications. None is a figure that does not exist; `status` says why."""

    mean: float | None
    se: float | None
    quantiles: tuple[float | None, ...]
    """At LEVELS."""
    quantile_errors: tuple[float | None, ...]
    """Standard errors of the quantiles, from the ranks of their 95 % interval."""
    undefined_share: float = 0.0
    status: str = "ok"
    always_share: bool = False
    """Whether the undefined share is printed even where it is nothing."""

    def as_dict(self) -> dict[str, float | str | None]:
        """Return the estimate as plain data for JSON; the undefined share only where there is one."""
        levels = {f"q{round(level * 100):02d}": value for level, value in zip(LEVELS, self.quantiles, strict=True)}
        extra: dict[str, float | str | None] = (
            {"undefined_share": self.undefined_share} if self.undefined_share > 0.0 or self.always_share else {}
        )
        return {
            "mean": self.mean,
            "se": self.se,
            **levels,
            **extra,
            **({} if self.status == "ok" else {"status": self.status}),
        }


def estimate(
    values: Floats, undefined_ranks: Literal["low", "high"] = "low", averaged: bool = True, blocks: int = 0
) -> Estimate:
    """Return the estimate of a measure from its values, shape (n,); NaN is undefined.

    Args:
        values: one value per replication.
        undefined_ranks: the end at which undefined values rank.
        averaged: whether a mean makes sense; it does not for rates of return, nor where some values are undefined.
        blocks: where it is not 0, value i belongs to block i mod `blocks`, and only the blocks are independent.
    """
    undefined = np.isnan(values)
    share = float(undefined.mean())
    placed = np.where(undefined, -np.inf if undefined_ranks == "low" else np.inf, values)
    ranked = np.sort(placed)
    found = [_quantile(placed, ranked, level, blocks) for level in LEVELS]
    whole = averaged and share == 0.0
    mean = float(values.mean()) if whole else None
    error = _error_of_mean(values, blocks) if whole and values.size > 1 else None
    status = "ok" if share == 0.0 else "undefined" if share == 1.0 else "partly_undefined"
    return Estimate(mean, error, tuple(q for q, _ in found), tuple(e for _, e in found), share, status)


def probability(indicator: Floats, blocks: int = 0) -> Estimate:
    """Return the estimate of a probability from zeros and ones, shape (n,), in `blocks` as for `estimate`.

    Its error is the standard deviation of the Jeffreys posterior, which is not nothing where nothing was seen; with blocks,
    it is that only where nothing or nothing else was seen.
    """
    n, seen = indicator.size, float(indicator.sum())
    error = np.sqrt((seen + 0.5) * (n - seen + 0.5) / ((n + 1) ** 2 * (n + 2)))
    if _in_blocks(n, blocks) and 0 < seen < n:
        error = _error_of_mean(indicator, blocks)
    return Estimate(seen / n, float(error), (None,) * len(LEVELS), (None,) * len(LEVELS))


def tail_mean(values: Floats, share: float = TAIL, blocks: int = 0) -> Estimate:
    """Return the mean of the worst share of values, shape (n,), in `blocks` as for `estimate`: the expected shortfall.

    Undefined with status `insufficient_replications` where fewer than 20 values are in the tail. The error follows from the
    tail's variance and the distance of its edge from its mean; with blocks, from the blocks' mean depths below that edge.

    Args:
        values: a value for each replication, shape (n,).
        share: share of the values that is the tail.
        blocks: where it is not 0, value i belongs to block i mod `blocks`, and only the blocks are independent.
    """
    nothing = (None,) * len(LEVELS)
    defined = np.sort(values[~np.isnan(values)])
    if defined.size * share < 20 or defined.size < values.size:
        status = "insufficient_replications" if defined.size == values.size else "partly_undefined"
        return Estimate(None, None, nothing, nothing, status=status)
    tail = defined[: int(np.ceil(defined.size * share - 1e-9))]
    mean, edge = float(tail.mean()), float(tail[-1])
    variance = (float(tail.var()) + (1 - share) * (edge - mean) ** 2) / tail.size
    if _in_blocks(values.size, blocks):
        variance = _error_of_mean(np.minimum(values - edge, 0.0) / share, blocks) ** 2
    return Estimate(mean, float(np.sqrt(variance)), nothing, nothing)


def _in_blocks(n: int, blocks: int) -> bool:
    """Return whether there are blocks to speak of: with fewer than two values each, values count as independent."""
    return blocks > 0 and n >= 2 * blocks


def _error_of_mean(values: Floats | NDArray[np.bool_], blocks: int) -> float:
    """Return the standard error of the mean of at least two values: from all of them, or from the means of the blocks."""
    if not _in_blocks(values.size, blocks):
        return float(np.std(values, ddof=1) / np.sqrt(values.size))
    means = [float(np.mean(values[block::blocks])) for block in range(blocks)]
    return float(np.std(means, ddof=1) / np.sqrt(blocks))


def _quantile(placed: Floats, ranked: Floats, level: float, blocks: int) -> tuple[float | None, float | None]:
    """Return the quantile of ranked values and its standard error."""
    n = ranked.size
    value = ranked[max(0, int(np.ceil(n * level - 1e-9)) - 1)]
    spread = _HALF_WIDTH * _rank_error(placed, float(value), level, blocks)
    low, high = int(np.floor(n * level - spread)) - 1, int(np.ceil(n * level + spread)) - 1
    if not np.isfinite(value):
        return None, None
    if low < 0 or high >= n or not np.isfinite(ranked[low] + ranked[high]):
        return float(value), None
    return float(value), float((ranked[high] - ranked[low]) / (2 * _HALF_WIDTH))


def _rank_error(placed: Floats, value: float, level: float, blocks: int) -> float:
    """Return the standard error of a quantile's rank: binomial, or from the blocks' shares below the value (Woodruff 1952).

    Where many values are the same, the share below and the share up to it differ; the wider of the two errors is taken.
    """
    n = placed.size
    if not _in_blocks(n, blocks):
        return float(np.sqrt(n * level * (1 - level)))
    return n * max(_error_of_mean(placed < value, blocks), _error_of_mean(placed <= value, blocks))


def as_dicts(estimates: Mapping[str, Estimate]) -> dict[str, dict[str, float | str | None]]:
    """Return estimates by name as plain data."""
    return {name: each.as_dict() for name, each in estimates.items()}
