"""What several tests stand on."""

import secrets
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from simulator.compilation import compile_parts
from simulator.scenario.load import load_scenario
from tests.beside import Beside, is_wanted

settings.register_profile("tests", derandomize=True, database=None, print_blob=True, deadline=None)
settings.load_profile("tests")  # no deadline: the first example of a kernel may wait for its compilation

BESIDE = pytest.StashKey[Beside]()


class Worker(Protocol):
    """What xdist hands over of a worker."""

    config: pytest.Config
    workerinput: dict[str, str]


def is_worker(config: pytest.Config) -> bool:
    """Return whether this process was started by another one to run some of its tests."""
    return hasattr(config, "workerinput")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of properties that explore, before Hypothesis asks for it; make a folder for what runs beside the tests."""
    if not is_worker(config):
        if getattr(config.option, "hypothesis_seed", "") is None:
            config.option.hypothesis_seed = secrets.randbelow(2**32)
        config.stash[BESIDE] = Beside(Path(tempfile.mkdtemp(prefix="beside-")))


def pytest_report_header(config: pytest.Config) -> str:
    """Return what repeats this run, also where it explores."""
    seed = getattr(config.option, "hypothesis_seed", None)
    return f"properties: the same values in every run; those marked explore again with --hypothesis-seed={seed}"


def pytest_unconfigure(config: pytest.Config) -> None:
    """End what still runs beside the tests, and remove its folder."""
    if not is_worker(config):
        config.stash[BESIDE].stop()
        shutil.rmtree(config.stash[BESIDE].folder)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Worker) -> None:
    """Tell a worker which folder it is."""
    node.workerinput["beside"] = str(node.config.stash[BESIDE].folder)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_node_collection_finished(node: Worker, ids: Sequence[str]) -> None:
    """Start what runs beside the tests, where workers run these."""
    if is_wanted(ids):
        node.config.stash[BESIDE].start()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start what runs beside the tests, where this process runs these."""
    here = not is_worker(session.config) and not session.config.option.collectonly
    if here and is_wanted(item.nodeid for item in session.items):
        session.config.stash[BESIDE].start()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the test last that waits for what runs beside the others."""
    items.sort(key=lambda item: is_wanted([item.nodeid]))


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile before several workers start, so that they do not all compile the same."""
    if getattr(session.config.option, "numprocesses", None) and not is_worker(session.config):
        for _ in compile_parts(load_scenario("haringey_barnet")):
            pass


@pytest.fixture
def beside(request: pytest.FixtureRequest) -> Path:
    """Return the folder of what runs beside the tests."""
    if is_worker(request.config):
        return Path(vars(request.config)["workerinput"]["beside"])
    return request.config.stash[BESIDE].folder


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files by their bare names; return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
