"""One replication's luck, asked for by name: who, which decision, which time."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simulator.pathway.laws import pool_referral_days, referral_days
from simulator.pathway.plan import Plan, Values
from simulator.streams import DECISION, ENTITY, uniforms

Four = tuple[float, float, float, float]


class Luck(Protocol):
    """What the engine asks of luck."""

    def referral_days(self, plan: Plan, values: Values) -> NDArray[np.int64]:
        """Return the day of each referral in order."""

    def carried(self, participant: int) -> Four:
        """Return uniforms for the days on which somebody carried over was referred, engaged and started a job."""

    def entry(self, participant: int) -> Four:
        """Return uniforms for patience, engaging, engagement time, hours band."""

    def search(self, participant: int, number: int) -> Four:
        """Return uniforms for the job threshold and the disengagement threshold of a search."""

    def spell(self, participant: int, number: int) -> Four:
        """Return uniforms for job loss, hours and, in the first spell, contact loss."""

    def tenure(self, post: int, incumbent: int) -> Four:
        """Return uniforms for a specialist's time in post and the vacancy after it."""


@dataclass(frozen=True)
class KeyedLuck:
    """Luck as a pure function of seed and replication."""

    seed: int
    replication: int

    def referral_days(self, plan: Plan, values: Values) -> NDArray[np.int64]:
        """Return the day of each referral in order."""
        spread = values.referral_quarter_cv, values.referral_ramp
        if plan.pool_is_closed:
            pool = values.pool_size, values.pool_referral_rate, values.pool_entrants
            return pool_referral_days(self.seed, self.replication, plan, *pool, *spread)
        return referral_days(self.seed, self.replication, plan, values.referrals_over_term, *spread)

    def carried(self, participant: int) -> Four:
        """Return uniforms for the days on which somebody carried over was referred, engaged and started a job."""
        return uniforms(self.seed, self.replication, ENTITY.PARTICIPANT, participant, DECISION.CARRIED, 0)

    def entry(self, participant: int) -> Four:
        """Return uniforms for patience, engaging, engagement time, hours band."""
        return uniforms(self.seed, self.replication, ENTITY.PARTICIPANT, participant, DECISION.ENTRY, 0)

    def search(self, participant: int, number: int) -> Four:
        """Return uniforms for the job threshold and the disengagement threshold of a search."""
        return uniforms(self.seed, self.replication, ENTITY.PARTICIPANT, participant, DECISION.SEARCH, number)

    def spell(self, participant: int, number: int) -> Four:
        """Return uniforms for job loss, hours and, in the first spell, contact loss."""
        return uniforms(self.seed, self.replication, ENTITY.PARTICIPANT, participant, DECISION.SPELL, number)

    def tenure(self, post: int, incumbent: int) -> Four:
        """Return uniforms for a specialist's time in post and the vacancy after it."""
        return uniforms(self.seed, self.replication, ENTITY.SPECIALIST, post, DECISION.TENURE, incumbent)
