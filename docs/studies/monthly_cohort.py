"""What a monthly cohort model, as a spreadsheet has it, says of a deal, beside what the simulator says (monthly_cohort.md).

python -m docs.studies.monthly_cohort [--replications 1000] [--seed 2026] [--figure docs/studies/monthly_cohort.png]
"""

import argparse
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

import simulator as sib
from docs.studies.cohort_model import END, offered_load, run_cohorts
from simulator.report.style import BLUE, GREY, INK, ORANGE, looks, new_figure
from simulator.scenario.distributions import Belief, Beta, Fixed, Lognormal

Floats = NDArray[np.float64]
SCENARIO = Path(__file__).parents[2] / "scenarios" / "haringey_barnet.yaml"
FIGURE = Path(__file__).with_suffix(".png")
MULTIPLE, VALUE = "investor.multiple", "payments.uncapped_gbp"
COMPARED = {
    "allocated": "caseload.allocated",
    "job starts": "outcomes.job_start",
    "sustained": "outcomes.sustainment",
    "value": VALUE,
    "payments": "payments.total_gbp",
    "multiple": MULTIPLE,
}
OVERLAY = """
overlay: case
title: A case of the study
description: Another flow of referrals or another caseload, and what is held to be known.
source: A study
multiply: {{assumptions.referrals_over_term: {referrals}}}
set: {{{values}}}
"""


@dataclass(frozen=True)
class Case:
    """A flow of referrals, as a share of the plan, and a caseload limit per specialist."""

    referrals: float
    caseload: int

    @property
    def name(self) -> str:
        """Return the case in a few words."""
        return f"referrals x {self.referrals:<4g} caseload {self.caseload}"


CASES = [Case(share, 25) for share in (0.6, 0.8, 1.0, 1.25, 1.5, 2.0)] + [Case(1.0, limit) for limit in (20, 15, 12)]
WHY, WHY_FULL = Case(1.0, 20), Case(1.0, 18)
"""A load of about one; and, where no specialist leaves, as many slots as the first has with leavers."""


def scenario_of(case: Case, known: Mapping[str, float]) -> sib.Scenario:
    """Return the scenario of a case, some of its assumptions set to known values."""
    values = {"deal.staffing.caseload_limit": case.caseload, **{f"assumptions.{k}": v for k, v in known.items()}}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "case.yaml"
        listed = ", ".join(f"{name}: {value!r}" for name, value in values.items())
        path.write_text(OVERLAY.format(referrals=case.referrals, values=listed), encoding="utf-8")
        return sib.load_scenario(SCENARIO, [path])


def means() -> dict[str, float]:
    """Return the mean of every uncertain assumption."""
    beliefs = sib.load_scenario(SCENARIO).assumptions.beliefs()
    return {name: mean(belief) for name, belief in beliefs.items() if not isinstance(belief, Fixed)}


def mean(belief: Belief) -> float:
    """Return the mean of a distribution in its own unit."""
    if isinstance(belief, Beta):
        return belief.mean
    if isinstance(belief, Lognormal):
        median, sigma = belief.parameters()
        return float(median * np.exp(sigma**2 / 2))
    raise ValueError(f"this study knows no {type(belief).__name__}")


@dataclass(frozen=True)
class Found:
    """What the models say of one case: values by measure, shape (replications,)."""

    case: Case
    load: float
    simulator: Mapping[str, Floats]
    luck: Mapping[str, Floats]
    """The simulator with all parameters at their means."""
    sheet: Mapping[str, Floats]
    point: Mapping[str, Floats]
    """The sheet with all parameters at their means; one value."""
    crude: Mapping[str, Floats]


def compare(case: Case, replications: int, seed: int) -> Found:
    """Return what the models say of a case, on the same parameter draws."""
    believed, known = scenario_of(case, {}), scenario_of(case, means())
    draws, best = sib.draw(believed, seed, 0, replications), sib.draw(known, seed, 0, 1)
    return Found(
        case,
        offered_load(known, best),
        simulated(believed, replications, seed),
        simulated(known, replications, seed),
        run_cohorts(believed, draws),
        run_cohorts(known, best),
        run_cohorts(believed, draws, END),
    )


def simulated(scenario: sib.Scenario, replications: int, seed: int) -> Mapping[str, Floats]:
    """Return the simulator's values of every measure."""
    return sib.run(scenario, replications=replications, seed=seed, workers=1).returns.values


def band(values: Floats) -> tuple[float, float]:
    """Return the 5th and the 95th percentile."""
    low, high = np.quantile(values, (0.05, 0.95), method="inverted_cdf")
    return float(low), float(high)


def width(values: Floats) -> float:
    """Return the distance between the 5th and the 95th percentile."""
    low, high = band(values)
    return high - low


def gap(sheet: Floats, simulator: Floats) -> str:
    """Return by how much the sheet's mean is above the simulator's, in per cent."""
    return f"{100 * (sheet.mean() / simulator.mean() - 1):+.1f} %"


def multiples(found: list[Found]) -> Iterator[str]:
    """Yield the lines of the table of money multiples."""
    yield "1. Money multiple: mean, and P5 to P95"
    yield f"{'':31}{'load':>5}{'simulator':>21}{'sheet':>21}{'no uncertainty':>16}{'cruder sheet':>21}"
    for each in found:
        ranges = [f"{v.mean():.2f} ({band(v)[0]:.2f} to {band(v)[1]:.2f})" for v in _of(each, MULTIPLE)]
        simulator, sheet, crude = ranges
        point = f"{each.point[MULTIPLE][0]:.2f}"
        yield f"{each.case.name:31}{each.load:5.2f}{simulator:>21}{sheet:>21}{point:>16}{crude:>21}"


def _of(found: Found, measure: str) -> tuple[Floats, Floats, Floats]:
    return found.simulator[measure], found.sheet[measure], found.crude[measure]


def gaps(found: list[Found], title: str, *, crude: bool) -> Iterator[str]:
    """Yield the lines of the table of how far a sheet's means are above the simulator's."""
    yield title
    yield f"{'':31}" + "".join(f"{name:>12}" for name in COMPARED)
    for each in found:
        sheet = each.crude if crude else each.sheet
        cells = [gap(sheet[measure], each.simulator[measure]) for measure in COMPARED.values()]
        yield f"{each.case.name:31}" + "".join(f"{cell:>12}" for cell in cells)


def widths(found: list[Found]) -> Iterator[str]:
    """Yield the lines of the table of how wide bands are."""
    yield "4. Width of the P5 to P95 band of the value of outcomes before caps, in thousands of pounds"
    yield f"{'':31}{'simulator':>12}{'luck alone':>12}{'sheet':>12}{'sheet / simulator':>20}"
    for each in found:
        whole, luck, sheet = (width(values[VALUE]) / 1000 for values in (each.simulator, each.luck, each.sheet))
        yield f"{each.case.name:31}{whole:12,.0f}{luck:12,.0f}{sheet:12,.0f}{sheet / whole:20.2f}"


def reasons(replications: int, seed: int) -> Iterator[str]:
    """Yield the lines of the table that takes sources of chance away, one after another, where the caseload is just full."""
    yield f"5. Where the gap comes from: {WHY.name}, one source of chance after another taken away"
    yield f"{'':31}{'people allocated':>24}{'':>8}{'multiple':>18}"
    yield f"{'':31}{'simulator':>12}{'sheet':>12}{'gap':>8}{'simulator':>12}{'sheet':>8}{'gap':>8}"
    quiet = means() | {"referral_quarter_cv": 0.0}
    steps: dict[str, tuple[Case, Mapping[str, float]]] = {
        "as believed": (WHY, {}),
        "parameters known": (WHY, means()),
        "no swing between quarters": (WHY, quiet),
        "no leavers; caseload 18": (WHY_FULL, quiet | {"specialist_turnover": 0.0}),
    }
    for name, (case, known) in steps.items():
        scenario = scenario_of(case, known)
        people = simulated(scenario, replications, seed)
        sheet = run_cohorts(scenario, sib.draw(scenario, seed, 0, replications))
        first, second = ((people[m], sheet[m]) for m in ("caseload.allocated", MULTIPLE))
        numbers = f"{first[0].mean():12.0f}{first[1].mean():12.0f}{gap(*first[::-1]):>8}"
        yield f"{name:31}{numbers}{second[0].mean():12.2f}{second[1].mean():8.2f}{gap(*second[::-1]):>8}"


def report(found: list[Found], replications: int, seed: int) -> Iterator[str]:
    """Yield the lines of all tables."""
    yield f"Haringey and Barnet: {replications:,} replications or draws, seed {seed}"
    yield ""
    yield from multiples(found)
    yield ""
    yield from gaps(found, "2. How far the sheet's means are above the simulator's", crude=False)
    yield ""
    yield from gaps(found, "3. The same for the cruder sheet", crude=True)
    yield ""
    yield from widths(found)
    yield ""
    yield from reasons(replications, seed)


def draw_figure(found: list[Found], path: Path) -> None:
    """Write the figure: money multiple and value before caps by case, means and bands."""
    with looks():
        figure = new_figure(5.6)
        left, right = figure.subplots(1, 2, sharey=True)
        draw_bands(left, found, MULTIPLE, 1.0)
        draw_bands(right, found, VALUE, 1e6)
        left.set_title("Money multiple")
        right.set_title("Value of outcomes, before caps")
        left.set_xlabel("mean, and P5 to P95")
        right.set_xlabel("£ million: mean, and P5 to P95")
        left.set_yticks(range(len(found)), [label(each) for each in found])
        left.invert_yaxis()
        left.tick_params(axis="y", length=0)
        right.tick_params(axis="y", length=0)
        handles, labels = left.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside upper center", ncols=4, frameon=False)
        figure.savefig(path, dpi=150)


def label(found: Found) -> str:
    """Return the words beside a case's bars."""
    return f"Referrals \N{MULTIPLICATION SIGN} {found.case.referrals:g}, caseload {found.case.caseload}\nload {found.load:.2f}"


def draw_bands(axes: Axes, found: list[Found], measure: str, unit: float) -> None:
    """Draw each case's bands: the simulator above, the sheet and the cruder sheet below it."""
    rows = np.arange(len(found))
    for offset, colour, name, models in (
        (-0.24, BLUE, "Simulator", [each.simulator for each in found]),
        (0.0, ORANGE, "Sheet", [each.sheet for each in found]),
        (0.24, GREY, "Cruder sheet", [each.crude for each in found]),
    ):
        bands = np.array([band(values[measure]) for values in models]) / unit
        means = np.array([values[measure].mean() for values in models]) / unit
        axes.hlines(rows + offset, bands[:, 0], bands[:, 1], color=colour, linewidth=2.2)
        axes.plot(means, rows + offset, "o", color=colour, markersize=5, label=name)
    points = [each.point[measure][0] / unit for each in found]
    axes.plot(points, rows, "|", color=INK, markersize=9, markeredgewidth=1.6, label="Sheet, no uncertainty")
    axes.grid(axis="x")
    axes.set_xlim(left=0.0)


def main() -> None:
    """Run the study, print its tables and write its figure."""
    parser = argparse.ArgumentParser(description="A monthly cohort model beside the simulator.")
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--figure", type=Path, default=FIGURE)
    given = parser.parse_args()
    found = [compare(case, given.replications, given.seed) for case in CASES]
    print("\n".join(line.rstrip() for line in report(found, given.replications, given.seed)))
    draw_figure(found, given.figure)


if __name__ == "__main__":
    main()
