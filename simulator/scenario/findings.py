"""What a rule finds wrong or odd in a scenario."""

from typing import Literal, NamedTuple

from simulator.scenario.yaml_text import Key


class Finding(NamedTuple):
    """Something wrong or odd: where, what, the case, how grave."""

    key: Key
    message: str
    code: str
    severity: Literal["error", "warning"] = "error"


def warn(key: Key, message: str, code: str) -> Finding:
    """Return a finding that is only odd.

    Args:
        key: key of the value that it is about.
        message: what is odd.
        code: code of the case (docs/model.md §15.4).
    """
    return Finding(key, message, code, "warning")
