"""How much is measured: all of it, a quick look, or just enough to see that it works."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How many of everything."""

    rounds: int = 7
    slow: int = 10
    """Replications of the peer and of the SimPy engine in a round."""
    run: int = 2000
    """Replications of a run with its summary."""
    grown: int = 20
    """Replications of the largest service; of smaller ones up to twelve times as many."""
    grown_slow: int = 4
    """Replications of the SimPy engine at each size."""
    growths: tuple[int, ...] = (1, 10, 100)
    """Times the referrals, posts, caps and money."""
    growths_slow: tuple[int, ...] = (1, 10)
    years: tuple[int, ...] = (2, 4, 8)
    runs: tuple[int, ...] = (250, 1000, 4000)
    memory: tuple[int, ...] = (1000, 10_000, 50_000)
    series: int = 100_000
    """Series of flows whose IRR is found."""
    versions: int = 50
    """Versions of a scenario made in a round."""
    counted: int = 12
    """Replications whose random numbers and dates are counted."""
    growth_rounds: int = 3


FULL = Size()
QUICK = Size(
    rounds=3, slow=4, run=500, grown=10, grown_slow=1, growths=(1, 10), runs=(250, 1000), memory=(1000, 5000), series=20_000,
    versions=20, counted=4, growth_rounds=3,
)  # fmt: skip
TINY = Size(
    rounds=1, slow=1, run=5, grown=1, grown_slow=1, growths=(1, 2), growths_slow=(1,), years=(2, 4), runs=(2, 4), memory=(),
    series=50, versions=1, counted=1, growth_rounds=1,
)  # fmt: skip
