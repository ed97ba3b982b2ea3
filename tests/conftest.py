"""What several tests stand on."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("tests", deadline=None)  # the first example of a kernel may wait for its compilation
settings.load_profile("tests")


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files by their bare names; return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
