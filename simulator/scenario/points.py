"""Places from Sobol points: the uncertain parameters of a run spread more evenly than independent random numbers are.

Replication r is point r // 16 of scrambling r mod 16. The 16 scramblings are independent of one another, so that the spread
of their means tells the error of the whole (docs/model.md §2, §14).
"""

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

Floats = NDArray[np.float64]
SCRAMBLINGS = 16
"""Independent scramblings of one sequence."""
BITS = 30
"""Binary places of a point."""
_HALF_CELL = 2.0 ** -(BITS + 1)
"""Moves a point into the middle of its cell, so that no place is 0."""


def sobol_places(seed: int, first: int, count: int, dimensions: int) -> Floats:
    """Return the places of replications first..first+count-1 in each dimension, shape (count, dimensions), within (0, 1).

    Args:
        seed: seed of all random numbers.
        first: number of the first replication.
        count: how many replications.
        dimensions: how many assumptions there are places for.
    """
    places = np.empty((count, dimensions))
    for offset in range(min(SCRAMBLINGS, count)):
        scrambling, point = (first + offset) % SCRAMBLINGS, (first + offset) // SCRAMBLINGS
        rows = places[offset::SCRAMBLINGS]
        rows[:] = _points(seed, scrambling, point, len(rows), dimensions)
    return places + _HALF_CELL


def _points(seed: int, scrambling: int, first: int, count: int, dimensions: int) -> Floats:
    """Return points first..first+count-1 of one scrambling.

    The scrambling is Matousek's linear one with a digital shift, as SciPy has it, with random numbers that
    depend on seed and number alone.
    """
    from scipy.stats.qmc import Sobol  # a second's import, for those who want it

    random = Generator(Philox(SeedSequence((seed, scrambling))))
    sequence = Sobol(dimensions, scramble=True, bits=BITS, rng=random)
    if first:
        sequence.fast_forward(first)
        return sequence.random(count)
    return sequence.random_base2((count - 1).bit_length())[:count]
