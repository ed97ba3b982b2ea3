"""The design of prices and terms as tables of numbers and plain data."""

import pandas as pd

from simulator.studies.targets import Choice, Frontier, Interval, Targets


def frame(found: Targets) -> pd.DataFrame:
    """Return one row for each value that was run and requirement."""
    return pd.DataFrame(
        {
            "lever": found.lever.name,
            "value": value,
            "requirement": each.name,
            "figure": figure,
            "holds": each.margin_of(figure) >= 0,
        }
        for each, figures in zip(found.requirements, found.figures, strict=True)
        for value, figure in zip(found.values, figures, strict=True)
    )


def frontier_frame(more: Frontier) -> pd.DataFrame:
    """Return one row for each stretch that is left at each value of the second lever; without ends where none is."""
    rows = []
    for value, each in zip(more.values, more.targets, strict=True):
        for held in each.feasible or (None,):
            ends = (None, None) if held is None else (held.low, held.high)
            rows.append({more.second.name: value, f"{each.lever.name}_from": ends[0], f"{each.lever.name}_to": ends[1]})
    return pd.DataFrame(rows)


def data(found: Targets, more: Frontier | None) -> dict[str, object]:
    """Return the study's own part of its JSON document."""
    own: dict[str, object] = {
        "lever": found.lever.name,
        "base": found.lever.base,
        "searched": list(found.searched),
        "requirements": [
            {
                "requirement": each.name,
                "party": each.party,
                "base": {"value": value, "se": se},
                "holds": [_interval(held) for held in found.each[number]],
            }
            for number, (each, (value, se)) in enumerate(zip(found.requirements, found.base, strict=True))
        ],
        "feasible": [_interval(each) for each in found.feasible],
        "choice": None if found.choice is None else _choice(found, found.choice),
    }
    if more is not None:
        own["frontier"] = {
            "second": more.second.name,
            "at": [
                {"value": value, "feasible": [_interval(held) for held in each.feasible]}
                for value, each in zip(more.values, more.targets, strict=True)
            ],
        }
    return own


def _interval(each: Interval) -> dict[str, object]:
    return {
        "from": each.low,
        "to": each.high,
        "from_se": each.low_error,
        "to_se": each.high_error,
        "binds_below": list(each.low_binds),
        "binds_above": list(each.high_binds),
    }


def _choice(found: Targets, choice: Choice) -> dict[str, object]:
    return {
        "value": choice.value,
        "terms": choice.terms,
        "requirements": [
            {"requirement": each.name, "value": value, "se": se, "holds": holds}
            for each, (value, se), holds in zip(found.requirements, choice.figures, choice.holds, strict=True)
        ],
        "beside": [
            {
                "quantity": each.quantity.name,
                "now": each.now[0],
                "now_se": each.now[1],
                "then": each.then[0],
                "then_se": each.then[1],
            }
            for each in choice.beside
        ],
    }
