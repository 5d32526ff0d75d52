"""Files that hold what must come out, rewritten only when a person asks for it with N3DBG_ACCEPT=1."""

from __future__ import annotations

import os
from pathlib import Path


def assert_golden(path: Path, text: str) -> None:
    """Compare with the file; with N3DBG_ACCEPT=1 write it instead."""
    if os.environ.get("N3DBG_ACCEPT") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    expected = path.read_text(encoding="utf-8") if path.exists() else ""

    assert text == expected, f"{path.name} differs; look at it, then rewrite it with: N3DBG_ACCEPT=1 pytest"
