"""The schema and the guide: they are current, hold every field, take every file that there is, and refuse what is wrong."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from ruamel.yaml import YAML
from typer.testing import CliRunner

from simulator.cli import app
from simulator.explaining.examples import EXAMPLES
from simulator.explaining.fields import fields_of, reachable
from simulator.explaining.guide import RECORDS, guide
from simulator.explaining.schema import KINDS, Kind, schema
from simulator.scenario.model import Description, WrittenOverlay

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
MODELS: dict[str, type[BaseModel]] = {
    model.__name__: model for model in [*reachable(Description), *reachable(WrittenOverlay)]
}
SUBTYPES: dict[str, Any] = {
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "array": list,
    "object": dict,
}


def errors(value: object, part: dict[str, Any], root: dict[str, Any], path: str = "") -> Iterator[str]:
    """Yield the places at which a value breaks a schema, for the keywords that ours use."""
    if "$ref" in part:
        yield from errors(value, root["$defs"][part["$ref"].rpartition("/")[2]], root, path)
    for several in ("anyOf", "oneOf"):
        if several in part:
            fitting = sum(not list(errors(value, choice, root, path)) for choice in part[several])
            if not (fitting == 1 if several == "oneOf" else fitting):
                yield f"{path}: {several}"
    if not fits(value, part):
        yield f"{path}: {value!r}"
    elif isinstance(value, dict):
        yield from object_errors(value, part, root, path)
    elif isinstance(value, list):
        for item in value:
            yield from errors(item, part.get("items", {}), root, f"{path}[]")


def fits(value: Any, part: dict[str, Any]) -> bool:  # noqa: ANN401 - a value of any kind
    """Return whether a value is of the type and within the limits of a schema."""
    kind = SUBTYPES.get(part.get("type", ""), object)
    right = isinstance(value, kind) and (not isinstance(value, bool) or kind in (bool, object))
    if not right or ("const" in part and value != part["const"]) or ("enum" in part and value not in part["enum"]):
        return False
    if isinstance(value, str):
        return re.search(part.get("pattern", ""), value) is not None and len(value) >= part.get("minLength", 0)
    if isinstance(value, list):
        return bool(part.get("minItems", 0) <= len(value) <= part.get("maxItems", len(value)))
    if isinstance(value, int | float):
        below = value < part.get("minimum", value) or value > part.get("maximum", value)
        return not below and bool(value > part.get("exclusiveMinimum", value - 1))
    return True


def object_errors(value: dict[str, Any], part: dict[str, Any], root: dict[str, Any], path: str) -> Iterator[str]:
    known, more = part.get("properties", {}), part.get("additionalProperties", True)
    yield from (f"{path}: {name} is missing" for name in part.get("required", []) if name not in value)
    for name, item in value.items():
        if name in known:
            yield from errors(item, known[name], root, f"{path}.{name}")
        elif isinstance(more, dict):
            yield from errors(item, more, root, f"{path}.{name}")
        elif not more:
            yield f"{path}: {name} is unknown"


def plain(value: Any) -> Any:  # noqa: ANN401 - a tree of any shape
    """Return what an editor sees: dates are text."""
    if isinstance(value, dict):
        return {name: plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [plain(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


def load(text: str) -> Any:  # noqa: ANN401 - a tree of any shape
    return YAML(typ="safe", pure=True).load(text)


def kind_of(path: Path) -> Kind:
    """Return what a file of the scenarios is: by its folder, or by its names."""
    if path.parent.name in ("deals", "assumptions"):
        return "deal" if path.parent.name == "deals" else "assumptions"
    return "overlay" if "overlay" in load(path.read_text(encoding="utf-8")) else "scenario"


FILES = [*sorted(SCENARIOS.rglob("*.yaml")), ROOT / "tests" / "worked_examples" / "tiny.yaml"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_file_of_the_scenarios_is_right(path: Path) -> None:
    made = schema(kind_of(path))
    assert list(errors(plain(load(path.read_text(encoding="utf-8"))), made, made)) == []


DEAL = plain(load((SCENARIOS / "deals" / "haringey_barnet.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("rate_card", 0, "price"), -569),
        (("rate_card", 0, "price"), 569.5),
        (("rate_card", 0, "price"), "£569"),
        (("rate_card", 0, "price"), {"tiers": [{"price": 1}]}),
        (("rate_card", 0, "pirce"), 569),
        (("rate_card", 0, "count_cap"), "all"),
        (("rate_card", 0, "milestone"), {"reached": "retirement"}),
        (("rate_card", 2, "milestone", "days_for_a_week"), 8),
        (("term", "claims_tail_months"), -1),
        (("lags",), {}),
        (("audit", "fraction"), 10),
        (("total_cap", "policy"), "some"),
        (("investment", "recycling"), False),
        (("funders",), []),
        (("funders", 0, "name"), "The Fund"),
        (("annual_cap",), None),
    ],
)
def test_what_is_wrong_is_refused(path: tuple[str | int, ...], value: object) -> None:
    deal, made = copy.deepcopy(DEAL), schema("deal")
    holder = deal
    for step in path[:-1]:
        holder = holder[step]
    holder[path[-1]] = value
    assert list(errors(deal, made, made)) != []


def test_a_missing_name_is_refused() -> None:
    made = schema("deal")
    for name in made["required"]:
        assert list(errors({term: value for term, value in DEAL.items() if term != name}, made, made)) == [
            f": {name} is missing"
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_schema_files_are_current(kind: Kind) -> None:
    file = (SCENARIOS / "schema" / f"{kind}.json").read_text(encoding="utf-8")
    assert json.loads(file) == schema(kind), "write it anew: sib schema KIND > scenarios/schema/KIND.json"
    assert CliRunner().invoke(app, ["schema", kind]).stdout == file
    assert schema(kind)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_every_field_says_what_it_is() -> None:
    silent = [
        f"{name}.{field.name}" for name, model in MODELS.items() for field in fields_of(model) if not field.meaning
    ]
    assert silent == []
    for kind in KINDS:
        made = schema(kind)
        for part in [made, *made.get("$defs", {}).values()]:
            assert [name for name, field in part.get("properties", {}).items() if "description" not in field] == []


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_is_right_and_holds_every_field(name: str) -> None:
    value, model = load(EXAMPLES[name]), MODELS[name]
    model.model_validate(value)
    instead = {"Position", "Beta", "Lognormal"}
    left_out = {field.name for field in fields_of(model)} - set(value)
    assert left_out <= ({"position", "multiply", "sd", "mean", "cv"} if name in {"Printed", *instead} else {"multiply"})


def test_every_record_has_an_example_and_a_section() -> None:
    text = guide()
    for model in RECORDS:
        assert issubclass(model, BaseModel)
        if model.__name__ not in ("Deal", "Assumptions"):
            assert model.__name__ in EXAMPLES
    sections = re.findall(r"^##+ (.*)$", text, re.MULTILINE)
    for link in re.findall(r"\]\(#(\w+)\)", text):
        assert link in {section.lower() for section in sections}


def test_the_guide_is_current() -> None:
    file = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    assert file == guide(), "write it anew: sib schema --markdown > scenarios/README.md"
    assert CliRunner().invoke(app, ["schema", "--markdown"]).stdout == file


def test_the_guides_own_scenario_fits_the_schema() -> None:
    block = re.search(r"```yaml\n(scenario:.*?)```", guide(), re.DOTALL)
    assert block
    made = schema("scenario")
    assert list(errors(plain(load(block[1])), made, made)) == []
