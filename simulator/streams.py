"""Random numbers by key: every random number is a pure function of (seed, replication, entity, decision, draw).

A block of four uniforms is Philox 4x64-10 with key (seed, replication) and counter (draw, decision, entity, kind). It equals
`numpy.random.Generator(numpy.random.Philox(key=[seed, replication], counter=[draw, decision, entity, kind])).random(4)` word
for word; NumPy's Philox increments its counter before the first block, and so do we (docs/model.md §2). Decisions taken at
the same moment about one person share a block. No draw depends on what was drawn before it.
"""

import math
from collections.abc import Callable
from enum import IntEnum
from hashlib import sha256
from typing import Any, cast

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from simulator.kernel import constants, kernel

Words = tuple[np.uint64, np.uint64, np.uint64, np.uint64]


class Entity(IntEnum):
    """Whose random number it is: the last word of the counter."""

    PARTICIPANT = 0
    SPECIALIST = 1
    INVOICE = 2
    AUDIT = 3
    ARRIVALS = 4
    PARAMETER = 5


class Decision(IntEnum):
    """What is decided; the four uniforms of each block in the order given here."""

    ENTRY = 0
    """patience, engages, engagement time, hours band"""
    SEARCH = 1
    """job threshold, disengagement threshold; draw = number of the search"""
    SPELL = 2
    """job-loss threshold, hours, time to contact loss (first spell); draw = number of the spell"""
    EVIDENCE = 3
    """certificate obtained, other route found, day of the other route; draw = number of the outcome"""
    TENURE = 4
    """time in post, length of the vacancy; draw = number of the incumbent"""
    CONFIRMATION = 5
    """the commissioner's delay"""
    SAMPLE = 6
    """sampled, fails, resubmitted; draw = participant x 64 + outcome"""
    GAP = 7
    """four successive gaps between arrivals; draw = number of the gap // 4"""
    QUARTER = 8
    """the quarter's over-dispersion; draw = number of the quarter"""
    VALUE = 9
    """an uncertain parameter's place in its distribution"""
    CARRIED = 10
    """of somebody carried over: day of the referral, of the engagement, of the start of the job"""


ENTITY, DECISION = constants(Entity), constants(Decision)
"""The same names as plain numbers, for compiled code."""
_MULTIPLY_0 = np.uint64(0xD2E7470EE14C6C93)
_MULTIPLY_1 = np.uint64(0xCA5A826395121157)
_WEYL_0 = np.uint64(0x9E3779B97F4A7C15)
_WEYL_1 = np.uint64(0xBB67AE8584CAA73B)
_SHIFT = np.uint64(11)
_ONE = np.uint64(1)
_ULP = 1.0 / 9007199254740992.0  # 2**-53


def _multiply_high(context: Any, a: Any, b: Any) -> Any:  # noqa: ANN401 - numba's own interface
    """Return the upper 64 bits of a 128-bit product."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:  # noqa: ANN401
        wide = ir.IntType(128)
        product = builder.mul(builder.zext(arguments[0], wide), builder.zext(arguments[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), generate


_high_word: Callable[[np.uint64, np.uint64], np.uint64] = cast("Any", intrinsic)(_multiply_high)


@kernel
def words(seed: int, replication: int, kind: int, entity: int, decision: int, draw: int) -> Words:
    """Return the block's four 64-bit words.

    Args:
        seed: seed of all random numbers.
        replication: number of the replication.
        kind: `Entity`: what the number is of.
        entity: number of the participant, the post or whatever else it is.
        decision: `Decision`.
        draw: which time the decision is taken.
    """
    k0, k1 = np.uint64(seed), np.uint64(replication)
    c0, c1, c2, c3 = np.uint64(draw) + _ONE, np.uint64(decision), np.uint64(entity), np.uint64(kind)
    for _ in range(10):
        high_0, low_0 = _high_word(_MULTIPLY_0, c0), _MULTIPLY_0 * c0
        high_1, low_1 = _high_word(_MULTIPLY_1, c2), _MULTIPLY_1 * c2
        c0, c1, c2, c3 = high_1 ^ c1 ^ k0, low_1, high_0 ^ c3 ^ k1, low_0
        k0 += _WEYL_0
        k1 += _WEYL_1
    return c0, c1, c2, c3


@kernel
def uniforms(
    seed: int, replication: int, kind: int, entity: int, decision: int, draw: int
) -> tuple[float, float, float, float]:
    """Return the block's four uniforms on [0, 1), each with 53 bits.

    Args:
        seed: seed of all random numbers.
        replication: number of the replication.
        kind: `Entity`: what the number is of.
        entity: number of the participant, the post or whatever else it is.
        decision: `Decision`.
        draw: which time the decision is taken.
    """
    w0, w1, w2, w3 = words(seed, replication, kind, entity, decision, draw)
    return (w0 >> _SHIFT) * _ULP, (w1 >> _SHIFT) * _ULP, (w2 >> _SHIFT) * _ULP, (w3 >> _SHIFT) * _ULP


@kernel
def exponential(u: float) -> float:
    """Return the unit exponential at a uniform, by inversion."""
    return -math.log(1.0 - u)


@kernel
def lognormal(u: float, median: float, sigma: float) -> float:
    """Return the lognormal of a given median and log standard deviation at a uniform, by inversion.

    Args:
        u: a uniform number on [0, 1).
        median: the median.
        sigma: standard deviation of the logarithm.
    """
    return median * math.exp(sigma * normal(u))


@kernel
def normal(u: float) -> float:
    """Return the standard normal quantile; Wichura's algorithm AS 241 (PPND16), relative error about 1e-16."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return q * _ratio(
            r, 2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
            13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
            5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
            5394.1960214247511077, 687.1870074920579083, 42.313330701600911252,
        )  # fmt: skip
    tail = u if q < 0.0 else 1.0 - u
    if tail <= 0.0:
        return -math.inf if q < 0.0 else math.inf
    r = math.sqrt(-math.log(tail))
    if r <= 5.0:
        z = _ratio(
            r - 1.6, 7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177, 1.27045825245236838258,
            3.64784832476320460504, 5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734,
            1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966, 0.14810397642748007459,
            0.68976733498510000455, 1.6763848301838038494, 2.05319162663775882187,
        )  # fmt: skip
    else:
        z = _ratio(
            r - 5.0, 2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
            0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358, 5.4637849111641143699,
            6.6579046435011037772, 2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
            7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531, 0.59983220655588793769,
        )  # fmt: skip
    return -z if q < 0.0 else z


@kernel
def _ratio(
    r: float, a7: float, a6: float, a5: float, a4: float, a3: float, a2: float, a1: float, a0: float,
    b7: float, b6: float, b5: float, b4: float, b3: float, b2: float, b1: float,
) -> float:  # fmt: skip
    above = ((((((a7 * r + a6) * r + a5) * r + a4) * r + a3) * r + a2) * r + a1) * r + a0
    below = ((((((b7 * r + b6) * r + b5) * r + b4) * r + b3) * r + b2) * r + b1) * r + 1.0
    return above / below


def name_key(name: str) -> int:
    """Return a 63-bit number for a name, the same on every machine: the entity of a parameter's draw."""
    return int.from_bytes(sha256(name.encode()).digest()[:8], "big") >> 1
