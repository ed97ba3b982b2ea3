"""Nothing in the project depends on, or tells of, one machine or one package registry."""

import re

import pytest

from tests.architecture.project import ROOT, tracked_files

FOLDERS = ("work", "root", "farm", "opt")
REGISTRIES = (("pypi", "org"), ("pythonhosted", "org"), ("anaconda", "org"), ("devpi", "net"))
MACHINE = re.compile(r"(?<![\w.-])/(" + "|".join(FOLDERS) + ")/|" + "|".join(r"\.".join(host) for host in REGISTRIES))


def mentions(text: str) -> list[str]:
    """Return the lines of a text that mention a machine's folder or a registry's host, numbered."""
    return [f"{n}: {line.strip()}" for n, line in enumerate(text.splitlines(), 1) if MACHINE.search(line)]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="not a git checkout")
def test_no_tracked_file_mentions_a_machine_or_a_registry() -> None:
    files = tracked_files()
    assert ROOT / "pyproject.toml" in files
    found = {str(f.relative_to(ROOT)): mentions(f.read_text(encoding="utf-8", errors="ignore")) for f in files}
    assert {name: lines for name, lines in found.items() if lines} == {}


@pytest.mark.parametrize("before", ["", "file://", "see ", "("])
@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_noticed(before: str, folder: str) -> None:
    assert mentions(f"fine\n{before}/{folder}/project") == [f"2: {before}/{folder}/project".replace("2:  ", "2: ")]


@pytest.mark.parametrize("host", [".".join(host) for host in REGISTRIES])
def test_a_registry_is_noticed(host: str) -> None:
    assert mentions(f"https://files.{host}/simple") != []


def test_ordinary_text_is_not() -> None:
    assert mentions("job/work/home, ./work/x, https://example.org/work/, 1/root/2") == []
