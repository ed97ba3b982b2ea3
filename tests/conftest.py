"""What several tests stand on."""

from pathlib import Path

import pytest


@pytest.fixture
def in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, so that messages name files by their bare names; return it."""
    monkeypatch.chdir(tmp_path)
    return tmp_path
