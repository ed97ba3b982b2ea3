"""Luck that is written down: who is referred when and gets a job when, for examples that run the engine."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simulator.pathway.luck import Four
from simulator.pathway.plan import Plan, Values

NEVER = 1.0 - 2.0**-53
"""A uniform at which what a rate would bring does not come within any term."""


@dataclass(frozen=True)
class ScriptedLuck:
    """Everybody is patient, engages after the median time and keeps the job; jobs come as long after it as is written."""

    referred: tuple[int, ...]
    """Day of each referral."""
    job_after: tuple[int | None, ...]
    """Days from engagement to the first job, or None."""
    job_rate: float
    """The scenario's rate per day, which turns days into uniforms."""

    def referral_days(self, plan: Plan, values: Values) -> NDArray[np.int64]:
        """Return the day of each referral in order."""
        return np.array(self.referred, dtype=np.int64)

    def carried(self, participant: int) -> Four:
        """Return uniforms for the days before the first of somebody carried over."""
        return 0.0, 0.0, 0.0, 0.0

    def entry(self, participant: int) -> Four:
        """Return uniforms for patience, engaging, engagement time, hours band."""
        return NEVER, 0.0, 0.5, 0.5

    def search(self, participant: int, number: int) -> Four:
        """Return uniforms for the job threshold and the disengagement threshold of a search."""
        days = self.job_after[participant] if number == 0 else None
        job = NEVER if days is None else 1.0 - math.exp(-self.job_rate * (days - 0.5))
        return job, NEVER, 0.0, 0.0

    def spell(self, participant: int, number: int) -> Four:
        """Return uniforms for job loss, hours and contact loss."""
        return NEVER, 0.5, NEVER, 0.0

    def tenure(self, post: int, incumbent: int) -> Four:
        """Return uniforms for a specialist's time in post and the vacancy after it."""
        return NEVER, 0.5, 0.0, 0.0
