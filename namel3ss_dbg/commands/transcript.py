"""A file in which everything is written down that was typed and what came of it, as plain lines.

What a live tool holds is shown on the screen as it is; here secrets are masked, for a file is passed on.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..events import UsageError
from ..events.secrets import masked


class Transcript:
    """Writes to a file, or to none."""

    def __init__(self) -> None:
        self.path: Path | None = None

    def begin(self, path: Path) -> None:
        """Write to a file from now on, after what it holds.

        Raises:
            UsageError: It cannot be written.
        """
        self._append(path, [])
        self.path = path

    def add(self, prompt: str, text: str, lines: Iterable[str]) -> None:
        """What was typed, and what came of it."""
        if self.path is not None and text.strip():
            first, *more = text.splitlines()
            self._append(self.path, [masked(line) for line in (f"{prompt}{first}", *more, *lines)])

    def _append(self, path: Path, lines: Iterable[str]) -> None:
        try:
            with path.open("a", encoding="utf-8", errors="backslashreplace") as file:
                file.writelines(f"{text}\n" for text in lines)
        except OSError as problem:
            self.path = None
            raise UsageError(f"The transcript '{path}' cannot be written", why=problem.strerror or "") from None
