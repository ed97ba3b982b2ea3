"""What several tests stand on."""

from pathlib import Path

import pytest
from hypothesis import settings

from simulator.compilation import compile_parts
from simulator.scenario.load import load_scenario

settings.register_profile("tests", deadline=None)  # the first example of a kernel may wait for its compilation
settings.load_profile("tests")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile before several workers start, so that they do not all compile the same."""
    if getattr(session.config.option, "numprocesses", None) and not hasattr(session.config, "workerinput"):
        for _ in compile_parts(load_scenario("haringey_barnet")):
            pass


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files by their bare names; return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
