"""What a source file was when a run was recorded, so that somebody can tell later whether it is still the same."""

from __future__ import annotations

import hashlib
from pathlib import Path


def digest_of(path: Path) -> str | None:
    """The SHA-256 of a file, in hexadecimal; None when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return None
