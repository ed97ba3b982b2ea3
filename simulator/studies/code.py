"""The digest of the program itself: what was computed by other code is not taken for what this code computes."""

from functools import cache
from hashlib import sha256
from pathlib import Path


@cache
def code_digest() -> str:
    """Return the SHA-256 of the package's own source."""
    package = Path(__file__).parents[1]
    together = sha256()
    for path in sorted(package.rglob("*.py")):
        together.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return together.hexdigest()
