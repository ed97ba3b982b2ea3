"""The machine-readable tables of published figures, which lie beside the project where they are at hand."""

import csv
from pathlib import Path

import pytest

DATA = Path(__file__).resolve().parents[1].parent / "shared" / "data"
FIVE = ("haringey_barnet", "shropshire", "enfield", "tower_hamlets_smi", "tower_hamlets_ld")
"""The deals of the Life Chances Fund, by the name of their scenarios and of their rows."""


def rows(name: str) -> list[dict[str, str]]:
    """Return the rows of a published table; the test is skipped where the tables are not at hand."""
    path = DATA / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"the published table {name}.csv is not beside this repository")
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str, *keys: str) -> dict[tuple[str, ...], dict[str, str]]:
    """Return a published table by key columns."""
    return {tuple(row[key] for key in keys): row for row in rows(name)}
