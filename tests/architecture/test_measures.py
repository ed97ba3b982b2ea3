"""No name is taken apart, but a measure's key in one place; all that must be known of what it names stands on its record."""

import ast
import re
from collections.abc import Iterator

import pytest

from simulator.measures.catalogue import DATES, QUARTERS, RETURNS, STAFFING, STRESS
from tests.architecture.project import ROOT

PARSER = "simulator/measures/names.py"
"""The one place that may."""
TAKES_APART = {
    "startswith",
    "endswith",
    "partition",
    "rpartition",
    "split",
    "rsplit",
    "removeprefix",
    "removesuffix",
    "find",
}
KEYS = [each.key.replace("{}", "NAME") for each in (*RETURNS, *QUARTERS, *DATES, *STRESS, *STAFFING)]
PLAIN = {
    "after",
    "and",
    "before",
    "day",
    "days",
    "in",
    "less",
    "of",
    "one",
    "price",
    "term",
    "the",
    "to",
    "year",
    "years",
}
"""Words of keys that any text may be searched for."""


def words_of(text: str) -> list[str]:
    return [word for word in re.split(r"[._]", text) if word]


def is_part_of_a_key(text: str) -> bool:
    """Return whether a literal is words of some measure's key, one after another, that are not all plain ones."""
    words = words_of(text)
    if not set(words) - PLAIN or not re.fullmatch(r"[a-z_.]+", text):
        return False
    size = len(words)
    return any(words == of_key[i : i + size] for of_key in map(words_of, KEYS) for i in range(len(of_key) - size + 1))


def literals(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


def taken_apart(source: str) -> list[tuple[int, str]]:
    """Return line and literal wherever a text is searched for, or cut at, a part of a measure's key."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in TAKES_APART:
            searched = [text for argument in node.args for text in literals(argument)]
        elif isinstance(node, ast.Compare) and isinstance(node.left, ast.Constant) and isinstance(node.ops[0], ast.In):
            if isinstance(node.comparators[0], ast.Set | ast.Tuple | ast.List | ast.Dict):
                continue
            searched = list(literals(node.left))
        else:
            continue
        found += [(node.lineno, text) for text in searched if is_part_of_a_key(text)]
    return found


def test_no_key_is_taken_apart_but_by_the_parser() -> None:
    wrong = {}
    for path in sorted((ROOT / "simulator").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        found = taken_apart(path.read_text(encoding="utf-8"))
        if found and name != PARSER and not name.startswith(("simulator/scenario/", "simulator/explaining/")):
            wrong[name] = found
    assert wrong == {}


def test_the_rule_sees_what_it_is_to_see() -> None:
    assert taken_apart('x = name.endswith(".irr")') == [(1, ".irr")]
    assert taken_apart('x = "real_price" in name or "wait" in name') == [(1, "real_price"), (1, "wait")]
    assert taken_apart('x = name.removesuffix("_gbp")') == [(1, "_gbp")]
    assert taken_apart('x = path.split(".")') == []
    assert taken_apart('x = "wait" in {"wait", "go"}') == []


READS_A_FILE = "calibration/export.py"
"""It splits the header of an assumption set from the lines that follow."""


def cut(source: str) -> list[int]:
    """Return the lines on which a text is cut, its ends are looked at, or a word is looked for or replaced in it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            replaced = (
                [text for each in node.args[:1] for text in literals(each)] if node.func.attr == "replace" else []
            )
            if node.func.attr in TAKES_APART or any(re.search("[a-z]", text) for text in replaced):
                found.append(node.lineno)
        elif isinstance(node, ast.Compare) and isinstance(node.ops[0], ast.In | ast.NotIn):
            gathered = isinstance(node.comparators[0], ast.Set | ast.Tuple | ast.List | ast.Dict)
            words = [] if gathered or not isinstance(node.left, ast.Constant) else list(literals(node.left))
            found += [node.lineno for text in words if re.search("[a-z]", text)]
    return found


def test_no_name_of_a_published_figure_or_an_unknown_is_taken_apart() -> None:
    """What it is about is data (`calibration/about.py`, `calibration/unknowns.py`), from which names and words are made."""
    found = {
        path.relative_to(ROOT).as_posix(): lines
        for path in sorted((ROOT / "calibration").rglob("*.py"))
        if (lines := cut(path.read_text(encoding="utf-8")))
    }
    assert set(found) == {READS_A_FILE}, found


@pytest.mark.parametrize(
    "source",
    [
        'kind, _, rest = name.partition(" ")',
        "x = name.startswith(_SPREAD)",
        'x = name.rpartition(" of ")[2]',
        'x = each.figure.endswith(f"{day}")',
        'x = "price" in each.figure',
        'x = "price" not in each.figure',
        'x = name.replace("_to_", " to ")',
    ],
)
def test_the_rule_for_figures_sees_what_it_is_to_see(source: str) -> None:
    assert cut(source) == [1]


def test_the_rule_for_figures_lets_the_rest_be() -> None:
    assert cut('x = kind in ("paid", "price") or "£" in cell or step in COUNTED') == []
    assert cut('x = said.replace("-", MINUS); y = new.replace(path)') == []


HEADS = tuple({f"{each.split('.')[0]}." for each in KEYS if "." in each})


def made_keys(source: str) -> list[int]:
    """Return the lines on which an f-string begins as a measure's key does."""
    texts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    return [
        node.lineno
        for node in texts
        if node.values and isinstance(node.values[0], ast.Constant) and str(node.values[0].value).startswith(HEADS)
    ]


def test_keys_are_made_by_the_catalogue() -> None:
    """No f-string makes a measure's key: `key` does, and knows the templates."""
    found = {
        path.name: made_keys(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "simulator").rglob("*.py"))
    }
    assert {name: lines for name, lines in found.items() if lines} == {}
    assert made_keys('x = f"payments.{name}_gbp"') == [1]


LABELS = {
    words
    for each in (*RETURNS, *QUARTERS, *DATES, *STRESS, *STAFFING)
    for words in (each.label, each.short)
    if " " in words and "{}" not in words
}


def labels_in(source: str) -> list[tuple[int, str]]:
    """Return line and text wherever a label of a measure is written out."""
    texts = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant)]
    return [(node.lineno, str(node.value)) for node in texts if node.value in LABELS]


def test_labels_are_read_from_the_catalogue() -> None:
    found = {
        path.name: lines
        for path in sorted((ROOT / "simulator").rglob("*.py"))
        if "measures" not in path.parts and (lines := labels_in(path.read_text(encoding="utf-8")))
    }
    assert found == {}
    assert labels_in('x = ("Money multiple", 1)') == [(1, "Money multiple")]
