"""Every promise again, on many more random values, new ones each time."""

from types import ModuleType

import pytest

from tests.properties import (
    test_caseload_is_kept,
    test_claims_are_conserved,
    test_luck_is_keyed,
    test_money_is_conserved,
    test_relations,
)

MODULES: list[ModuleType] = [
    test_caseload_is_kept, test_claims_are_conserved, test_luck_is_keyed, test_money_is_conserved, test_relations,
]  # fmt: skip
PROMISES = {
    f"{module.__name__.rpartition('.')[2]}::{name}": test.at_length
    for module in MODULES
    for name, test in vars(module).items()
    if hasattr(test, "at_length")
}


@pytest.mark.explore
@pytest.mark.parametrize("name", PROMISES)
def test_promise_holds_at_length(name: str) -> None:
    PROMISES[name]()


def test_there_are_promises() -> None:
    assert len(PROMISES) > 25
