"""Early termination cuts the event log at a day: the one way in which money reaches back to people (docs/model.md §11.4)."""

import numpy as np
from numpy.typing import NDArray

from simulator.records import Events


def cut(events: Events, end_day: NDArray[np.int64]) -> Events:
    """Return the event log without what happens from `end_day` on, in each replication, shape (n,)."""
    kept = events.day < np.repeat(end_day, np.diff(events.starts))
    total = np.concatenate([[0], np.cumsum(kept)])
    columns = {name: getattr(events, name)[kept] for name in events.columns()}
    return Events(first=events.first, starts=total[events.starts], **columns)
