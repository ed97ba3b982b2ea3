"""A test of the model in time: fitted to what was paid to the end of 2020, it predicts what was paid in 2021, quarter by quarter.

How nothing of 2021 gets into the predictions is told in `year_ahead`; what hindsight remains, in priors and terms that were
written down later, in docs/calibration.md §5.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from calibration.diagnostics.scoring import coverage_interval, normal_crps, percentile, sample_crps
from calibration.diagnostics.year_ahead import (
    FIT_REPLICATIONS,
    PREDICTED,
    REPLICATIONS,
    Forecast,
    Lengths,
    predict,
    setup_then,
)
from calibration.evidence import DEALS, Evidence, read_evidence
from calibration.fit import SAMPLING, SEED
from calibration.posterior import Sampling
from calibration.priors import Priors, read_priors
from simulator.report.style import BLUE, BLUE_MID, BLUE_PALE, GREY, INK, ORANGE, looks, new_figure, pounds_scale
from simulator.scenario.load import load_scenario
from simulator.words import listed
from simulator.workers import WorkerPool

POINT = 6.0
"""Size of a point for what was paid."""


@dataclass(frozen=True)
class Split:
    """Predictions of 2021's payments beside what was paid."""

    forecasts: Mapping[str, Forecast]
    actual: Mapping[str, tuple[int, ...]]
    """What was paid in each quarter predicted, in pounds, by deal."""
    seed: int

    @property
    def baselines(self) -> tuple[str, ...]:
        """Return the names of what the prediction is measured against."""
        return "run_rate", "run_rate_spread", "last_quarter", "plan"

    def table(self) -> pd.DataFrame:
        """Return one row for each deal and quarter: actual and predicted pounds, percentile, scores in pounds."""
        return pd.DataFrame([
            _row(forecast, place, self.actual[deal][place])
            for deal, forecast in self.forecasts.items()
            for place in range(len(PREDICTED))
        ])  # fmt: skip

    def coverage(self) -> pd.DataFrame:
        """Return how many actual payments lay inside the intervals: of all, of each deal and of each quarter."""
        table = self.table()
        groups = [("all", table)]
        groups += [(str(name), group) for by in ("deal", "quarter") for name, group in table.groupby(by, sort=False)]
        return pd.DataFrame([_covered(name, group, level) for name, group in groups for level in (50, 90)])

    def scores(self) -> pd.DataFrame:
        """Return mean scores and skills, 1 less the ratio of scores, of each deal and of all.

        In pounds; the last row's are each a share of the deal's mean quarterly payment in 2021, so that all deals weigh as much.
        A baseline's spread is of the deals with three known quarters, and so is the score that it is compared with.
        """
        table = self.table()
        names = ["crps", *(f"crps_{name}" for name in self.baselines)]
        mean_paid = table.groupby("deal")["actual"].transform("mean")
        shares = table[names].div(mean_paid, axis=0)
        rows = [self._score(str(deal), group[names]) for deal, group in table.groupby("deal", sort=False)]
        return pd.DataFrame([*rows, self._score("all", table[names]), self._score("all, as shares", shares)])

    def _score(self, of: str, scores: pd.DataFrame) -> dict[str, object]:
        found: dict[str, object] = {"of": of} | {str(name): float(scores[name].mean()) for name in scores.columns}
        for name in self.baselines:
            both = scores[["crps", f"crps_{name}"]].dropna()
            theirs = float(both[f"crps_{name}"].sum())
            found[f"skill_{name}"] = 1 - float(both["crps"].sum()) / theirs if theirs else float("nan")
        return found

    def words(self) -> tuple[str, ...]:
        """Return what the test says, in sentences."""
        covered = [row for row in self.coverage().to_dict("records") if row["of"] == "all"]
        scores = next(row for row in self.scores().to_dict("records") if row["of"] == "all, as shares")
        figures = covered[0]["figures"]
        forecasts = list(self.forecasts.values())
        unpriced = sum(not each for forecast in forecasts for each in forecast.priced)
        said = [
            f"{row['inside']} of {figures} payments of 2021 lay inside their {row['interval']} % intervals (were they "
            f"independent, that would go with a coverage of {100 * row['low']:.0f} to {100 * row['high']:.0f} %)."
            for row in covered
        ]
        return (
            *said,
            f"The ranked probability score is {scores['crps']:.2f} of a deal's mean payment, that of the run rate carried "
            f"forward {scores['crps_run_rate']:.2f} and that of the pro-rata plan {scores['crps_plan']:.2f}: "
            f"a skill of {_signed(scores['skill_run_rate'])} and {_signed(scores['skill_plan'])}; against the run rate with the "
            f"spread of its own quarters, where there are three, {_signed(scores['skill_run_rate_spread'])}.",
            f"This is weak evidence. The {figures} figures are of five deals and one year, and those of a deal go together; "
            f"before 2021 only {sum(each.matched for each in forecasts)} quarters had been paid by outcomes, none of them of "
            f"{_said([each.deal for each in forecasts if not each.matched])}; {unpriced} of the figures were paid at prices that "
            "are not known, for which the intervals are widened by a guess; and the model was built by those who had seen 2021.",
        )


def _signed(value: float) -> str:
    return f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")


def _said(deals: list[str]) -> str:
    return listed([load_scenario(deal).deal.name for deal in deals])


def split(
    pool: WorkerPool, *, seed: int = SEED, replications: int = REPLICATIONS, fit_replications: int = FIT_REPLICATIONS,
    sampling: Sampling = SAMPLING, evidence: Mapping[str, Evidence] | None = None, priors: Priors | None = None,
) -> Split:  # fmt: skip
    """Return predictions of the payments of 2021 from those to the end of 2020, beside what was paid.

    Args:
        pool: who simulates.
        seed: seed of all luck.
        replications: of each deal in the prediction.
        fit_replications: of each deal in each round of the fit.
        sampling: how long to sample.
        evidence: by deal; the project's own if none is given.
        priors: the project's own if none are given.
    """
    lengths = Lengths(replications, fit_replications, sampling)
    evidence = evidence or {deal: read_evidence(deal) for deal in DEALS}
    priors = priors or read_priors()
    found: dict[str, Forecast] = {}
    for name in priors.populations():
        found |= predict(setup_then(name, priors, evidence), pool, seed, lengths)
    actual = {
        deal: tuple(each.pounds for each in evidence[deal].payments if each.quarter_end in PREDICTED) for deal in found
    }
    return Split(found, actual, seed)


def _row(forecast: Forecast, place: int, actual: float) -> dict[str, object]:
    low_90, low_50, median, high_50, high_90 = (float(edge) for edge in forecast.bands[:, place])
    sample, (rate, spread) = forecast.pounds[:, place], forecast.run_rate
    end, last = PREDICTED[place], forecast.known[-1].pounds
    return {
        "deal": forecast.deal,
        "quarter": f"{end.year}-Q{end.month // 3}",
        "actual": actual,
        "median": median,
        "low_50": low_50,
        "high_50": high_50,
        "low_90": low_90,
        "high_90": high_90,
        "percentile": percentile(sample, forecast.weights, actual),
        "inside_50": low_50 <= actual <= high_50,
        "inside_90": low_90 <= actual <= high_90,
        "priced": forecast.priced[place],
        "run_rate": rate,
        "last_quarter": float(last),
        "plan": forecast.plan,
        "crps": sample_crps(sample, forecast.weights, actual),
        "crps_run_rate": abs(actual - rate),
        "crps_run_rate_spread": normal_crps(rate, spread, actual),
        "crps_last_quarter": abs(actual - last),
        "crps_plan": abs(actual - forecast.plan),
    }


def _covered(of: str, rows: pd.DataFrame, level: int) -> dict[str, object]:
    inside, figures = int(rows[f"inside_{level}"].sum()), len(rows)
    low, high = coverage_interval(inside, figures)
    return {
        "of": of, "interval": level, "inside": inside, "figures": figures, "share": inside / figures, "low": low, "high": high,
    }  # fmt: skip


def split_figure(result: Split) -> Figure:
    """Return a panel for each deal: what was paid in each quarter, what was predicted of 2021, and the baselines."""
    with looks():
        figure = new_figure(9.6)
        grid = figure.subplots(3, 2).ravel()
        for axes, (deal, forecast) in zip(grid, result.forecasts.items(), strict=False):
            _panel(axes, forecast, result.actual[deal])
        _key(grid[-1])
        return figure


def _panel(axes: Axes, forecast: Forecast, actual: tuple[int, ...]) -> None:
    """Draw one deal, its quarters one after another."""
    ends = [*(each.quarter_end for each in forecast.known), *PREDICTED]
    ahead = np.arange(len(forecast.known), len(ends))
    axes.axvline(len(forecast.known) - 0.5, color=GREY, linewidth=0.8)
    for place, band in zip(ahead, forecast.bands.T, strict=True):
        axes.bar(place, band[4] - band[0], 0.62, band[0], color=BLUE_PALE)
        axes.bar(place, band[3] - band[1], 0.62, band[1], color=BLUE_MID)
        axes.hlines(band[2], place - 0.31, place + 0.31, color=BLUE, linewidth=1.8)
    edges = ahead[0] - 0.5, ahead[-1] + 0.5
    axes.hlines(forecast.run_rate[0], *edges, color=ORANGE, linewidth=1.4, linestyle="dashed")
    axes.hlines(forecast.plan, *edges, color=GREY, linewidth=1.4, linestyle="dotted")
    paid = np.array([*(each.pounds for each in forecast.known), *actual])
    by_activity = np.array([*(each.basis == "activity" for each in forecast.known), *(False for _ in actual)])
    places = np.arange(len(ends))
    axes.plot(places[~by_activity], paid[~by_activity], "o", color=INK, markeredgecolor="white", markersize=POINT)
    axes.plot(places[by_activity], paid[by_activity], "o", color=INK, markerfacecolor="white", markersize=POINT - 1)
    guessed = [*(False for _ in forecast.known), *(not each for each in forecast.priced)]
    axes.set_xticks(places, labels=[_quarter(*each) for each in zip(range(len(ends)), ends, guessed, strict=True)])
    axes.set_ylim(0, 1.08 * max(float(forecast.bands[4].max()), float(paid.max()), forecast.plan))
    axes.set_title(load_scenario(forecast.deal).deal.name)
    axes.grid(axis="y")
    pounds_scale(axes)


def _quarter(place: int, end: date, guessed: bool) -> str:
    """Return what stands under a quarter: with its year under the first shown of it, with a star if its prices are guessed."""
    year = f"\n{end.year}" if place == 0 or end.month == 3 else ""
    return f"Q{end.month // 3}{'*' if guessed else ''}{year}"


def _key(axes: Axes) -> None:
    """Say in the panel that is left over what is drawn in the others."""
    axes.axis("off")
    axes.legend(
        handles=[
            _point("paid by outcomes", INK, "white", POINT),
            _point("activity payment, a term of the contract", "white", INK, POINT - 1),
            Line2D([], [], color=BLUE, linewidth=1.8, label="predicted of 2021: median"),
            Patch(color=BLUE_MID, label="50 % interval"),
            Patch(color=BLUE_PALE, label="90 % interval"),
            Line2D([], [], color=ORANGE, linewidth=1.4, linestyle="dashed", label="run rate to the end of 2020"),
            Line2D([], [], color=GREY, linewidth=1.4, linestyle="dotted", label="plan: cap, spread evenly over the term"),
            Line2D([], [], linestyle="none", marker=(6, 2, 0), color=INK, label="predicted at prices that are not known"),
        ],
        loc="center left",
        frameon=False,
    )  # fmt: skip


def _point(label: str, face: str, edge: str, size: float) -> Line2D:
    """Return the entry of a point."""
    return Line2D(
        [], [], marker="o", linestyle="none", markerfacecolor=face, markeredgecolor=edge, markersize=size, label=label
    )
