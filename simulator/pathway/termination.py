"""Early termination cuts the event log at a day: the one way in which money reaches back to people (docs/model.md §11.4)."""

from dataclasses import fields

import numpy as np
from numpy.typing import NDArray

from simulator.records import Events, group_starts


def cut(events: Events, end_day: NDArray[np.int64]) -> Events:
    """Return the event log without what happens from `end_day` on, in each replication, shape (n,)."""
    sizes = np.diff(events.starts)
    kept = events.day < np.repeat(end_day, sizes)
    total = np.concatenate([[0], np.cumsum(kept)])
    counts = total[events.starts[1:]] - total[events.starts[:-1]]
    columns = {f.name: getattr(events, f.name)[kept] for f in fields(events) if f.name not in ("first", "starts")}
    return Events(first=events.first, starts=group_starts([int(c) for c in counts]), **columns)
