"""What is installed is what is here: the wheel, and the lock files."""

import re
import sys
import tomllib
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.architecture.project import ROOT, run

PINS = re.compile(
    r"^(?P<name>[a-z0-9][a-z0-9-]*)==(?P<version>\S+)(?P<marker> ; [^\\]+)? \\\n(?P<rest>(?: {4}\S.*\n?)*)", re.M
)


def pins(lock: str) -> dict[str, list[str]]:
    """Return, for each pinned distribution, its pin (version and marker) and its hashes."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    found = {
        m["name"]: [f"{m['version']}{m['marker'] or ''}", *re.findall(r"sha256:\w{64}", m["rest"])]
        for m in PINS.finditer(text)
    }
    assert len(found) == sum("==" in line for line in text.splitlines() if not line.startswith((" ", "#")))
    return found


def wanted(*, dev: bool) -> set[str]:
    """Return the normal names of what `pyproject.toml` asks for."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    groups = settings["dependency-groups"]
    asked = settings["project"]["dependencies"] + groups["build"] + (groups["dev"] if dev else [])
    names = [re.split(r"[^\w.-]", requirement)[0] for requirement in asked if isinstance(requirement, str)]
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Return the names of the files in a wheel built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    done = run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder])
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return ZipFile(wheel).namelist()


def files_under(folder: Path, pattern: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern)}


def test_wheel_holds_two_packages_and_nothing_else(wheel_names: list[str]) -> None:
    tops = {name.partition("/")[0] for name in wheel_names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"simulator", "calibration"}
    expected = {f"{p}/{name}" for p in ("simulator", "calibration") for name in files_under(ROOT / p, "*.py")}
    assert {name for name in wheel_names if name.endswith(".py")} == expected
    assert "simulator/py.typed" in wheel_names


def test_wheel_holds_every_scenario(wheel_names: list[str]) -> None:
    home = "simulator/bundled_scenarios/"
    bundled = {name.removeprefix(home) for name in wheel_names if name.startswith(home)}
    assert {"haringey_barnet.yaml", "actuals/enfield.csv"} <= bundled
    for kind in (".yaml", ".csv"):
        assert {name for name in bundled if name.endswith(kind)} == files_under(ROOT / "scenarios", f"*{kind}")


def test_wheel_holds_every_published_figure(wheel_names: list[str]) -> None:
    home = "calibration/sources/"
    tables = {name.removeprefix(home) for name in wheel_names if name.startswith(home)}
    assert "HulseEtAl2023/table09_performance.csv" in tables
    assert tables == files_under(ROOT / "calibration" / "sources", "*.*")


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_pins_what_is_asked_for_with_hashes(lock: str) -> None:
    found = pins(lock)
    assert wanted(dev="dev" in lock) - set(found) == set()
    assert [name for name, (_, *hashes) in found.items() if not hashes] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_lock_names_no_index_and_no_place(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert re.findall(r"^.*(?:://|index-url|find-links|@ ).*$", text, re.M) == []


def test_what_is_run_is_what_is_tested() -> None:
    tested = pins("requirements-dev.lock")
    assert {name: pin for name, pin in pins("requirements.lock").items() if tested.get(name) != pin} == {}
