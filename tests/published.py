"""The published figures, as the tables in `calibration/sources` hold them: one folder for each document, with its citation."""

import csv

from calibration.evidence import sources_folder

FIVE = ("haringey_barnet", "shropshire", "enfield", "tower_hamlets_smi", "tower_hamlets_ld")
"""The deals of the Life Chances Fund, by the name of their scenarios and of their rows."""
REPORT = "HulseEtAl2023"
"""The folder of the report whose tables most tests read."""


def rows(name: str, folder: str = REPORT) -> list[dict[str, str]]:
    """Return the rows of a table of a document."""
    with (sources_folder() / folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def table(name: str, *keys: str, folder: str = REPORT) -> dict[tuple[str, ...], dict[str, str]]:
    """Return a table by key columns."""
    return {tuple(row[key] for key in keys): row for row in rows(name, folder)}
