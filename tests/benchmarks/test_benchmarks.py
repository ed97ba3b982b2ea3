"""The benchmarks work: every part, at its smallest, gives tables of positive numbers. No time is ever asserted."""

import re
from pathlib import Path

import pytest

import simulator as sib
from simulator.estimates import Estimate
from tests.benchmarks.__main__ import PARTS, main
from tests.benchmarks.clock import Figure, interleaved, number, total
from tests.benchmarks.growth import larger, longer
from tests.benchmarks.peer import SCENARIO
from tests.benchmarks.processes import peak_megabytes
from tests.benchmarks.sizes import TINY
from tests.benchmarks.speed import AFTER, FASTER, PATHWAY_FASTER, targets
from tests.benchmarks.tables import Table

DIFFERENCES = ("gathering and the summary", "the log put in order", "the rest", "1 replication")
"""Rows that are differences of two noisy times, and can be anything."""
COSTLY = ("speed", "floors", "memory", "start-up")
"""Parts that compile kernels of their own or start processes, at any size."""


@pytest.mark.parametrize("part", [pytest.param(p, marks=pytest.mark.slow) if p in COSTLY else p for p in PARTS])
def test_a_part_gives_positive_numbers(part: str) -> None:
    found = PARTS[part](sib.load_scenario(SCENARIO), TINY)
    assert found
    for table in found:
        assert {len(row) for row in table.rows} == {len(table.head)}
        for name, *cells in table.rows:
            if not name.startswith(DIFFERENCES):
                assert figures(cells), name
                assert min(figures(cells)) >= 0, name


def figures(cells: list[str]) -> list[float]:
    plain = [cell.replace(",", "").removesuffix("%").removesuffix("x") for cell in cells]
    return [float(cell) for cell in plain if re.fullmatch(r"-?\d+(\.\d+)?", cell)]


def test_the_command_prints_and_writes_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "benchmarks.md"
    main(["--only", "series", "--out", str(out)], TINY)
    written = out.read_text(encoding="utf-8")
    assert written.strip() == capsys.readouterr().out.strip()
    assert written.startswith("Haringey and Barnet, as signed. ")
    assert "| all series |" in written


def test_a_larger_service_has_as_much_to_do_for_each_person() -> None:
    once, more, half = (
        sib.run(scenario, replications=20, workers=1).estimates for scenario in (larger(1), larger(4), longer(2))
    )
    for name, times in {"outcomes.referral": 4, "outcomes.job_start": 4, "payments.total_gbp": 4}.items():
        assert mean(more, name) == pytest.approx(times * mean(once, name), rel=0.1)
    assert mean(more, "caseload.utilisation") == pytest.approx(mean(once, "caseload.utilisation"), rel=0.1)
    assert mean(half, "outcomes.referral") == pytest.approx(mean(once, "outcomes.referral") / 2, rel=0.1)


def mean(estimates: dict[str, Estimate], name: str) -> float:
    found = estimates[name].mean
    assert found is not None
    return found


def test_ratios_are_taken_within_a_round() -> None:
    one, other = Figure((2.0, 8.0, 3.0)), Figure((1.0, 2.0, 1.0))
    assert one.over(other).rounds == (2.0, 4.0, 3.0)
    assert one.over(other).cells() == ["3.00", "2.00", "4.00"]
    assert total([one, other]).rounds == (3.0, 10.0, 4.0)
    assert one.per_second().times(2.0).median == pytest.approx(2 / 3)


def test_contenders_take_turns() -> None:
    turns: list[tuple[str, int]] = []
    found = interleaved(
        {"a": (lambda turn: turns.append(("a", turn)), 2), "b": (lambda turn: turns.append(("b", turn)), 2)}, 2
    )
    assert turns == [("a", 0), ("b", 0), ("a", 1), ("b", 1)]
    assert [len(figure.rounds) for figure in found.values()] == [2, 2]


def test_targets_say_whether_they_are_met() -> None:
    found = targets({FASTER: Figure((100.0,)), PATHWAY_FASTER: Figure((79.0,)), AFTER: Figure((1.0,))})
    assert found == {
        FASTER: "at least 80: met; 150: not met",
        PATHWAY_FASTER: "at least 80: not met",
        AFTER: "at most 1: met",
    }


def test_a_table_lines_up() -> None:
    table = Table("Times", ["what", "median"], [["a", "1.00"], ["longer", "1,000"]], "In seconds.")
    assert table.text().splitlines() == [
        "**Times**",
        "",
        "In seconds.",
        "",
        "| what   | median |",
        "| ------ | -----: |",
        "| a      |   1.00 |",
        "| longer |  1,000 |",
    ]


@pytest.mark.parametrize(("value", "shown"), [(1234.5, "1,234"), (12.34, "12.3"), (1.234, "1.23"), (-0.5, "-0.50")])
def test_a_number_has_three_digits(value: float, shown: str) -> None:
    assert number(value) == shown


def test_memory_is_that_of_the_process_alone() -> None:
    held = bytearray(150_000_000)
    assert 2 < peak_megabytes("pass") < 100
    assert peak_megabytes("held = bytearray(150_000_000)") > 150
    assert len(held) == 150_000_000
