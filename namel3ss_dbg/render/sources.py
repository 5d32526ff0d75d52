"""A few lines of a source file around the one that an event belongs to."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import attrs

_MOST_LINES = 1_000_000
_LONGEST_LINE = 1_000
_LARGEST = 1 << 24


@attrs.frozen
class Excerpt:
    """Some lines of a file, one of them the current one."""

    path: Path
    current: int
    """Counted from 1."""
    lines: tuple[tuple[int, str], ...]
    """Number and text of each, without newlines; tabs are spaces."""


def find_source(file: str, folders: Iterable[Path] = ()) -> Path | None:
    """The source file that a trace names: as it is, or in one of these folders, then by its bare name."""
    named = Path(file)
    candidates = [named] if named.is_absolute() else []
    folders = list(folders)
    candidates += [folder / named for folder in folders if not named.is_absolute()]
    candidates += [folder / named.name for folder in folders]
    return next((path for path in candidates if _is_file(path)), None)


def read_excerpt(
    file: str, number: int, folders: Iterable[Path] = (), *, around: int = 1, after: int | None = None
) -> Excerpt | None:
    """The line `number`, `around` lines before and as many, or `after`, behind it; None when the file has it not."""
    path = find_source(file, folders)
    if path is None or not 1 <= number <= _MOST_LINES:
        return None
    first = max(number - around, 1)
    last = number + (around if after is None else after)
    try:
        with path.open(encoding="utf-8", errors="replace") as text:
            lines = [row.rstrip("\n")[:_LONGEST_LINE].expandtabs(4) for row in islice(text, first - 1, last)]
    except OSError:
        return None
    if len(lines) <= number - first:
        return None
    return Excerpt(path, number, tuple(enumerate(lines, first)))


def _is_file(path: Path) -> bool:
    """Whether a trace may well mean this: what it names is anybody's choice, and may be endless, or never answer."""
    try:
        found = path.stat()
    except (OSError, ValueError):  # a name that no file can have
        return False
    return stat.S_ISREG(found.st_mode) and 0 < found.st_size <= _LARGEST
