"""What scenario files and compiled rules share: names of rates, names of price schedules, and the number for no limit.

Compiled code is made anew when this file changes, and not when any other file of this package does but those that hold kernels.
"""

from typing import Literal

Rate = Literal["referral", "engagement", "job", "disengagement", "job_loss", "reemployment", "evidence"]
RATES: tuple[Rate, ...] = ("referral", "engagement", "job", "disengagement", "job_loss", "reemployment", "evidence")
"""Rates that windows multiply, in the order of their rows."""
ORIGINAL, ACTIVITY = "original", "activity"
"""Schedules that every calendar knows: the rate card's own prices, and quarters paid by activity payments."""
NO_LIMIT = 2**62
"""Pence, or a number, where there is no limit."""
