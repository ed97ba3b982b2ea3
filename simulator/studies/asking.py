"""What is asked is read as a whole before anything is simulated: all that is wrong with it is said at once."""

from collections.abc import Callable, Iterable
from typing import TypeVar

from simulator.errors import Problem, ScenarioError, SibError

Found = TypeVar("Found")


def all_of(makers: Iterable[Callable[[], Found]]) -> list[Found]:
    """Return what all makers make, or raise with what is wrong with any of them.

    Raises:
        ScenarioError: with the problems of all.
        SibError: with all messages, where one is not of a scenario's problems.
    """
    made, errors = list[Found](), list[SibError]()
    for make in makers:
        try:
            made.append(make())
        except SibError as error:
            errors.append(error)
    if not errors:
        return made
    problems = list[Problem]()
    for each in errors:
        if not isinstance(each, ScenarioError):
            raise SibError("\n".join(dict.fromkeys(map(str, errors))))
        problems += each.problems
    raise ScenarioError(problems)
