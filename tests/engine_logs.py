"""Two event logs of the same replications compared: the earliest difference in words, with both histories."""

import pandas as pd

from simulator.records import Event, Events

COLUMNS = ("day", "event", "spell", "hours", "slot_weight")
"""What a row says of a participant, in the order in which a difference is looked for."""
Place = tuple[int, int, int]
"""Day, kind of event and number of the participant or post: the order in which things happen."""


def first_difference(simpy: Events, compiled: Events) -> str:
    """Return the earliest event on which two logs differ, and both histories of whom it happens to, or nothing.

    The earliest is that of the first replication that differs, by day, then by kind, then by participant or post: what comes
    later may follow from it.
    """
    for name in ("first", "replications"):
        if getattr(simpy, name) != getattr(compiled, name):
            return f"{name}: simpy {getattr(simpy, name)}, compiled {getattr(compiled, name)}"
    for name in ("starts", *simpy.columns()):
        kinds = getattr(simpy, name).dtype, getattr(compiled, name).dtype
        if kinds[0] != kinds[1]:
            return f"type of column {name}: simpy {kinds[0]}, compiled {kinds[1]}"
    for i in range(simpy.replications):
        told = _difference(_lives(simpy, i), _lives(compiled, i))
        if told:
            return f"replication {simpy.first + i}, {told}"
    return ""


def _lives(events: Events, index: int) -> dict[int, pd.DataFrame]:
    """Return the histories of a replication by participant, in the order of the log."""
    frame = events.frame().iloc[events.rows_of(index)]
    return {who: frame[frame.participant == who].reset_index(drop=True) for who in frame.participant.unique().tolist()}


def _difference(simpy: dict[int, pd.DataFrame], compiled: dict[int, pd.DataFrame]) -> str:
    none = pd.DataFrame(columns=list(COLUMNS))
    found = []
    for who in sorted({*simpy, *compiled}):
        lives = simpy.get(who, none), compiled.get(who, none)
        row = _first_row(*lives)
        if row >= 0:
            found.append((_place(who, row, *lives), who, row, lives))
    if found:
        place, who, row, lives = min(found, key=lambda each: each[0])
        return _told(place, who, row, *lives)
    if list(simpy) != list(compiled):
        return f"order of participants: simpy {list(simpy)}, compiled {list(compiled)}"
    return ""


def _first_row(simpy: pd.DataFrame, compiled: pd.DataFrame) -> int:
    """Return the first row in which two histories differ, or -1."""
    rows = [life[list(COLUMNS)].values.tolist() for life in (simpy, compiled)]
    for row in range(max(map(len, rows))):
        if rows[0][row : row + 1] != rows[1][row : row + 1]:
            return row
    return -1


def _place(who: int, row: int, *lives: pd.DataFrame) -> Place:
    """Return when a difference first shows: at the earlier of the two rows, of those there are."""
    number = who if who >= 0 else -1 - who
    return min((int(life.day[row]), int(life.event[row]), number) for life in lives if row < len(life))


def _told(place: Place, who: int, row: int, simpy: pd.DataFrame, compiled: pd.DataFrame) -> str:
    head = f"participant {who}, day {place[0]}, {Event(place[1]).name}: {_column(row, simpy, compiled)}"
    lives = {"simpy": simpy, "compiled": compiled}
    return "\n\n".join([head, *(f"{name}\n{_marked(life, row)}" for name, life in lives.items())])


def _column(row: int, simpy: pd.DataFrame, compiled: pd.DataFrame) -> str:
    """Return the first column that differs in a row, in words."""
    for name, life in (("simpy", simpy), ("compiled", compiled)):
        if row >= len(life):
            return f"{name} has no such row"
    column = next(name for name in COLUMNS if simpy[name][row] != compiled[name][row])
    one, other = (_value(column, life[column][row]) for life in (simpy, compiled))
    return f"column {column} is {one} in simpy and {other} in compiled"


def _value(column: str, value: float) -> str:
    return Event(int(value)).name if column == "event" else f"{value:g}"


def _marked(life: pd.DataFrame, marked: int) -> str:
    """Return a history in words, a line an event, the one that differs marked; where it is missing, so is the event."""
    lines = [
        f"{'>' if row == marked else ' '} day {day} {Event(event).name} spell={spell} hours={hours:g} slot_weight={weight}"
        for row, (day, event, spell, hours, weight) in enumerate(life[list(COLUMNS)].itertuples(index=False))
    ]
    return "\n".join([*lines, "> (nothing more)"] if marked == len(lines) else lines)
