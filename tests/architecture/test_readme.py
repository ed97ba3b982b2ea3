"""The README's quick start is two commands, and the second is what `.ci/run` runs."""

import shutil
from pathlib import Path

import pytest

from tests.architecture.project import ROOT, run

FENCE = "```"
COMMITTER = ["-c", "user.name=A tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false"]


def quick_start(readme: str) -> list[str]:
    """Return the bodies of the `sh` blocks under `## Quick start`."""
    blocks: list[list[str]] = []
    section, language = "", None
    for line in readme.splitlines():
        if line.startswith(FENCE):
            language = line.removeprefix(FENCE).strip() if language is None else None
            if language == "sh" and section == "Quick start":
                blocks.append([])
        elif language is None and line.startswith("## "):
            section = line.removeprefix("## ").strip()
        elif language == "sh" and section == "Quick start":
            blocks[-1].append(line)
    return ["\n".join(block) for block in blocks]


def readme_with(*blocks: str, heading: str = "Quick start") -> str:
    """Return a README whose quick start has these `sh` blocks, among others that do not count."""
    fenced = "\n".join(f"{FENCE}sh\n{block}\n{FENCE}\nSome words." for block in blocks)
    other = f"{FENCE}python\n## not a heading\n{FENCE}\n"
    return f"# Title\n{FENCE}sh\nfalse\n{FENCE}\n## {heading}\n{other}{fenced}\n## Next\n{FENCE}sh\nfalse\n{FENCE}\n"


@pytest.fixture
def ci(tmp_path: Path) -> Path:
    """Return a project's folder with nothing but `.ci/run`, and a folder `shared` beside it."""
    project = tmp_path / "project"
    (project / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", project / ".ci" / "run")
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / "note.txt").write_text("seen beside the clone\n", encoding="utf-8")
    return project


def run_ci(project: Path, readme: str | None) -> tuple[int, str]:
    """Return the exit code and the output of `.ci/run` in a project whose README is committed."""
    if readme is not None:
        (project / "README.md").write_text(readme, encoding="utf-8")
    for command in (["init", "--quiet"], ["add", "."], [*COMMITTER, "commit", "--quiet", "-m", "A project"]):
        assert run(["git", *command], project).returncode == 0
    done = run([project / ".ci" / "run"], project)
    return done.returncode, done.stdout + done.stderr


def test_quick_start_is_two_commands() -> None:
    blocks = quick_start((ROOT / "README.md").read_text(encoding="utf-8"))
    assert [len(block.splitlines()) for block in blocks] == [1, 1], blocks


def test_only_the_quick_start_counts() -> None:
    assert quick_start(readme_with("one", "two\nthree")) == ["one", "two\nthree"]
    assert quick_start(readme_with("one", heading="Slow start")) == []


def test_ci_runs_the_second_block_in_a_fresh_clone(ci: Path) -> None:
    (ci / "uncommitted.txt").touch()
    code, output = run_ci(ci, readme_with("exit 1", "ls; cat ../shared/note.txt; echo the tests ran", "exit 1"))
    assert code == 0, output
    assert "seen beside the clone\nthe tests ran\n" in output


def test_ci_fails_when_the_tests_fail(ci: Path) -> None:
    code, output = run_ci(ci, readme_with("true", "echo 1 failed && false"))
    assert (code, "1 failed\n" in output) == (1, True)


@pytest.mark.parametrize("readme", [None, "# Title\n", readme_with("true"), readme_with("a", "b", heading="Start")])
def test_ci_says_when_there_is_no_test_command(ci: Path, readme: str | None) -> None:
    code, output = run_ci(ci, readme)
    assert (code, "README.md has no second sh block" in output) == (1, True), output
