"""The type checker runs beside the tests, so that no worker waits for it at the end.

It is started once it is known that its test is among those to run, by the process that hands out the tests, and its test
waits for what it says.
"""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from threading import Thread
from time import sleep

ROOT = Path(__file__).resolve().parents[1]
MYPY = (sys.executable, "-m", "mypy")
TEST = "test_tools.py::test_mypy_finds_nothing"
"""The end of the name of the test that waits."""


class Beside:
    """A tool that writes what it says, and then its exit code, into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.process: subprocess.Popen[bytes] | None = None
        self.noting: Thread | None = None

    def start(self, command: Sequence[str] = MYPY) -> None:
        """Start a command in the root of the project, unless one was started."""
        if self.process is None:
            with (self.folder / "said.txt").open("wb") as said:
                self.process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=subprocess.STDOUT)
            self.noting = Thread(target=self._note_end, args=(self.process,), daemon=True)
            self.noting.start()

    def _note_end(self, process: subprocess.Popen[bytes]) -> None:
        part = self.folder / "code.part"
        part.write_text(str(process.wait()), encoding="utf-8")
        part.rename(self.folder / "code.txt")

    def stop(self) -> None:
        """End it, if it still runs."""
        if self.process is not None and self.noting is not None:
            self.process.kill()
            self.noting.join()


def is_wanted(names: Iterable[str]) -> bool:
    """Return whether the test that waits is among those of these names."""
    return any(name.endswith(TEST) for name in names)


def result(folder: Path) -> tuple[int, str]:
    """Return the exit code and what was said, once both are in a folder."""
    code = folder / "code.txt"
    while not code.is_file():
        assert (folder / "said.txt").is_file(), "nothing was started beside the tests"
        sleep(0.1)
    return int(code.read_text(encoding="utf-8")), (folder / "said.txt").read_text(encoding="utf-8")
