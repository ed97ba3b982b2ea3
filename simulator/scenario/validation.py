"""From a document to a model: every problem of the document and of its values at once."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from simulator.errors import Problem, ScenarioError
from simulator.scenario.wording import problems_of
from simulator.scenario.yaml_text import Document

M = TypeVar("M", bound=BaseModel)


def validate(model: type[M], document: Document) -> M:
    """Return the model of a document's value, or raise with its own errors and the model's; warnings stay with the document."""
    wrong = [problem for problem in document.problems if problem.severity == "error"]
    if document.value is None and wrong:
        raise ScenarioError(wrong)
    try:
        made = model.model_validate(document.value)
    except ValidationError as error:
        found = problems_of(error, document.value, document.places, model)
        raise ScenarioError([*wrong, *_not_following(found, wrong)]) from None
    if wrong:
        raise ScenarioError(wrong)
    return made


def _not_following(found: Iterable[Problem], known: Sequence[Problem]) -> Iterator[Problem]:
    """Leave out what is only wrong because a value or a file could not be read."""
    paths = {problem.path for problem in known}
    unread = tuple(f"{problem.path}." for problem in known if problem.code == "FILE" and problem.path)
    for problem in found:
        if problem.path not in paths and not (problem.code == "MISSING_FIELD" and problem.path.startswith(unread)):
            yield problem
