"""Runs of the tiny scenario for the tests of the report: as it stands, and at the ends of what can happen."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from simulator.monte_carlo import Run, run
from tests.tiny import Edit, tiny_scenario

NOBODY: tuple[Edit, ...] = (("{value: 10, unit: people", "{value: 0, unit: people"),)
"""Nobody is referred."""
NOTHING_DUE: tuple[Edit, ...] = (("contract_value: 10000", "contract_value: 0"), ("total: 1000", "total: 0"))
"""Nothing costs anything, so no capital is drawn."""
NO_CAPITAL: tuple[Edit, ...] = (*NOTHING_DUE, ("commitment: 7000", "commitment: 0"))
"""Nor is there any capital to draw."""
OTHER_NAMES: tuple[Edit, ...] = (
    ("outcome: engagement", "outcome: first_meeting"),
    ("follows: engagement", "follows: first_meeting"),
    ("name: lcf, title: Central fund", "name: trust, title: <script>alert(1)</script> & Trust"),
    ("title: A deal small enough to settle by hand", "title: A <script>alert(2)</script> deal"),
    ("title: Borough", f"title: The $council$ of {' and '.join(['a borough with a long name'] * 4)}"),
    ("title: A provider", 'title: "\\"Quoted\\" & <b>bold</b>"'),
)
"""Other outcomes and funders, and names that are not plain text."""

CASES: dict[str, tuple[tuple[Edit, ...], int]] = {
    "as it stands": ((), 20),
    "many": ((), 400),
    "nobody referred": (NOBODY, 20),
    "nothing due": (NOTHING_DUE, 20),
    "no capital": (NO_CAPITAL, 20),
    "one replication": ((), 1),
    "other names": (OTHER_NAMES, 20),
}
"""Edits and replications by name."""


@cache
def tiny_run(edits: Sequence[Edit] = (), replications: int = 20, seed: int = 2026) -> Run:
    """Return a run of the tiny scenario with edits, made once."""
    with TemporaryDirectory() as folder:
        return run(tiny_scenario(Path(folder), *edits), replications=replications, seed=seed, workers=1)
