"""Compiles what a run needs, once on a machine, its parts side by side.

Whatever is not compiled yet when it is first called is compiled then; this only makes it quicker, and visible.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import as_completed

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from simulator.batch import Tables, measure
from simulator.contract.settlement import settle
from simulator.dates import day_number
from simulator.finance.accounts import distribute
from simulator.kernel import is_compiled, note_compiled
from simulator.pathway.engine import simulate
from simulator.records import Account, Cashflows, Claims, Payments, Purpose, Shortfalls
from simulator.scenario.draws import draw
from simulator.scenario.model import Scenario
from simulator.workers import processes, processors

_ONE = np.array([0, 1])
_NONE = np.zeros(2, dtype=np.int64)
_EMPTY = np.zeros(0, dtype=np.int64)


COMPILING = "Compiling, once on this machine"


def compile_first(scenario: Scenario, workers: int | None = 1) -> None:
    """Compile what is not compiled yet, with a bar on standard error; do and say nothing where all is.

    Args:
        scenario: any scenario: what is compiled is the same for all.
        workers: processes; 1 for this process alone, None for one for each processor. A script that starts processes needs
            `if __name__ == "__main__":`.
    """
    parts = compile_parts(scenario, workers)
    total = next(parts, 0)
    if total:
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed} of {task.total} parts"))
        with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bar:
            task = bar.add_task(COMPILING, total=total)
            for left in parts:
                bar.update(task, completed=total - left)


def compile_parts(scenario: Scenario, workers: int | None = None) -> Iterator[int]:
    """Compile what is not compiled yet; yield how many parts are left, at first and as each is done; nothing if none is.

    Args:
        scenario: any scenario: what is compiled is the same for all.
        workers: processes; 1 for this process alone.
    """
    if is_compiled():
        return
    left = len(_PARTS)
    yield left
    for _ in _compiled(scenario, min(2, workers or processors())):
        left -= 1
        yield left
    note_compiled()


def _compiled(scenario: Scenario, workers: int) -> Iterator[None]:
    """Yield as each part is done."""
    if workers == 1:
        yield from (part(scenario) for part in _PARTS)
        return
    with processes(workers) as pool:
        for part in as_completed([pool.submit(part, scenario) for part in _PARTS]):
            yield part.result()


def _people(scenario: Scenario) -> None:
    simulate(scenario, draw(scenario, 0, 0, 1), 0)


def _contract(scenario: Scenario) -> None:
    draws = draw(scenario, 0, 0, 1)
    settle(scenario, draws, 0, simulate(scenario, draws, 0, "simpy"))


def _cash(scenario: Scenario) -> None:
    distribute(scenario, Payments(0, _ONE, *np.array([[0], [0], [90], [120], [100], [100], [100]])))


def _returns(scenario: Scenario) -> None:
    events = simulate(scenario, draw(scenario, 0, 0, 1), 0, "simpy")
    cash, investor = int(Account.CASH), int(Account.INVESTOR)
    drawn = [0, cash, investor, 100, int(Purpose.DRAW), 0]
    returned = [400, investor, cash, 110, int(Purpose.CAPITAL_RETURN), 400]
    made = Tables(
        events,
        Claims(0, _NONE, *[_EMPTY] * 10),
        Payments(0, _NONE, *[_EMPTY] * 7),
        Cashflows(0, np.array([0, 2]), *np.array([drawn, returned]).T),
        Shortfalls(0, _NONE, _EMPTY, _EMPTY, *np.zeros((2, 1), dtype=np.int64)),
        np.array([day_number(scenario.deal.term.term_end, scenario.deal.term.service_start)]),
    )
    measure(scenario, made)


_PARTS: tuple[Callable[[Scenario], None], ...] = (_people, _contract, _cash, _returns)
"""The longest first."""
