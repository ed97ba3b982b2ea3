"""Reads KEY.STATISTIC, as in `investor.multiple.mean`: the one place where a measure's key is taken apart."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from simulator.errors import nearest
from simulator.measures.measure import STATISTICS, Measure


class Figure(NamedTuple):
    """A figure of a measure."""

    measure: Measure
    statistic: str
    """`mean`, or `q05` to `q95`."""

    @property
    def name(self) -> str:
        """Return it as it is asked for."""
        return self.measure.key if self.measure.is_single else f"{self.measure.key}.{self.statistic}"


def read_figure(text: str, known: Mapping[str, Measure], what: str = "figure") -> Figure | str:
    """Return the figure that a text names, or what is wrong with it, with the nearest right name.

    Args:
        text: a key and a statistic with a point between them, or the key alone where there is only one figure.
        known: the measures by key.
        what: what an unknown one is called.
    """
    measure, statistic = _apart(text, known)
    if measure is None or statistic not in STATISTICS:
        return _unknown(text, known, what)
    if statistic in measure.statistics:
        return Figure(measure, statistic)
    if measure.is_rate:
        return f'rates of return are never averaged; ask for "{measure.key}.q50"'
    return f'it is a single figure and has no quantiles; ask for "{measure.key}"'


def _apart(text: str, known: Mapping[str, Measure]) -> tuple[Measure | None, str]:
    if text in known and known[text].is_single:
        return known[text], STATISTICS[0]
    key, _, statistic = text.rpartition(".")
    return known.get(key), statistic


def _unknown(text: str, known: Mapping[str, Measure], what: str) -> str:
    if text in known:
        example = "mean" if "mean" in known[text].statistics else "q50"
        return f'say which figure of it, for example "{text}.{example}"'
    return f"unknown {what}{nearest(text, figure_names(known))}"


def figure_names(known: Mapping[str, Measure]) -> Iterator[str]:
    """Yield the names of all figures of measures."""
    for measure in known.values():
        yield from (Figure(measure, statistic).name for statistic in measure.statistics)
