"""The text of one program file, and mistakes that point into it.

Lines end with a newline here, whatever the file says, and a byte order mark is no character; so places are those that
an editor shows.
"""

from __future__ import annotations

import bisect
import difflib
import itertools
import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Protocol

import attrs

from ...events import ExpressionError, ProgramError, SourceError
from ...timeline.expressions import Expression
from ...timeline.expressions import parse as parse_expression
from .nodes import Position

LARGEST = 2_000_000
"""Characters that a program file may have."""
DEEPEST = 50
"""How many braces and brackets may stand inside one another."""
MOST_MISTAKES = 10
"""After so many, nobody looks for more."""

_LONGEST_EXCERPT = 160
_NO_TEXT = re.compile(r"[\x00\ud800-\udfff]")
# A zero byte and half a character can stand in no text that anyone meant to write.


class SeveralMistakes(ProgramError):
    """More than one thing is wrong in a program; the message shows each."""

    def __init__(self, path: str, mistakes: Iterable[SourceError]) -> None:
        self.mistakes = tuple(mistakes)
        shown = "\n".join(map(str, self.mistakes))
        super().__init__(f"{shown}\n{len(self.mistakes)} mistakes in '{path}'.")


def raise_if_any(path: str, mistakes: Iterable[SourceError]) -> None:
    """Raise the only mistake as it is, several as one; of very many the first ones."""
    first = list(itertools.islice(mistakes, MOST_MISTAKES))
    if len(first) > 1:
        raise SeveralMistakes(path, first)
    if first:
        raise first[0]


class Placed(Protocol):
    """Anything that stands at a line and column."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


@attrs.frozen
class Source:
    """A program file as it was read."""

    path: str
    """As it is shown: relative to where the person stands when it can be."""
    text: str
    aliases: frozenset[str] = frozenset()
    """The words that this file's imports go by: with `import a.b as c`, `c.weather` is `weather`."""
    _starts: list[int] = attrs.field(init=False, repr=False, eq=False)

    @_starts.default
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def at(self, offset: int) -> Position:
        """The place of a character."""
        line = bisect.bisect_right(self._starts, offset)
        return Position(self.path, line, offset - self._starts[line - 1] + 1)

    def place(self, placed: Placed) -> Position:
        """The place of a token."""
        return Position(self.path, placed.line, placed.column)

    def mistake(self, what: str, at: Placed, *, try_: str = "") -> SourceError:
        """A mistake at a place, with its line."""
        return mistake_in(self.text, self.path, what, at, try_=try_)

    def expression(self, text: str, offset: int) -> Expression:
        """The expression that stands at an offset.

        Raises:
            SourceError: It is none; points at the character.
        """
        try:
            return parse_expression(text)
        except ExpressionError as problem:
            at = self.at(min(offset + (problem.column or 0), len(self.text)))
            raise self.mistake(f"This expression is wrong: {problem.why}", at, try_=problem.try_) from None


def mistake_in(text: str, path: str, what: str, at: Placed, *, try_: str = "") -> SourceError:
    """A mistake at a place of a text, with its line unless that is too long to show."""
    lines = text.split("\n", at.line)
    line = lines[at.line - 1] if at.line <= len(lines) else ""
    if len(line) > _LONGEST_EXCERPT:
        line = f"{line[:_LONGEST_EXCERPT]}…" if at.column <= _LONGEST_EXCERPT else ""
    return SourceError(what, file=path, line=at.line, column=at.column, source=line, try_=try_)


def read_source(path: Path, text: str | None = None) -> Source:
    """A program file, or the text that stands for it.

    Raises:
        ProgramError: It cannot be read, or is no text.
    """
    shown = shown_path(path)
    if text is None:
        text = _decoded(_content(path, shown), shown)
    if len(text) > LARGEST:
        raise _too_large(shown, text.partition("\n")[0])
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    source = Source(shown, text)
    if found := _NO_TEXT.search(text):
        kind = "a zero byte" if found.group() == "\x00" else "half of a character"
        raise source.mistake(f"There is {kind} here", source.at(found.start()), try_="Save the file as UTF-8 text.")
    return source


def shown_path(path: Path) -> str:
    """The path, relative to where the person stands when it lies below."""
    here = Path.cwd()
    if path.is_absolute() and path.is_relative_to(here):
        path = path.relative_to(here)
    return path.as_posix()


def _content(path: Path, shown: str) -> bytes:
    if path.is_dir():
        raise ProgramError(f"'{shown}' is a folder, not a program", try_="Name a .ai file in it.")
    if not path.exists():
        raise ProgramError(f"There is no program '{shown}'", why=f"no such file below {Path.cwd()}")
    try:
        with path.open("rb") as file:
            size = os.fstat(file.fileno()).st_size
            content = file.read(4 * LARGEST + 1)
    except OSError as problem:
        raise ProgramError(f"'{shown}' cannot be read", why=problem.strerror or str(problem)) from problem
    if max(size, len(content)) > 4 * LARGEST:
        raise _too_large(shown, "")
    return content


def _too_large(shown: str, line: str) -> SourceError:
    return SourceError(
        f"The file is larger than {LARGEST:,} characters",
        file=shown,
        line=1,
        column=1,
        source=line[:_LONGEST_EXCERPT],
        try_="Move long texts into files that tools read.",
    )


def _decoded(content: bytes, shown: str) -> str:
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as problem:
        before = content[: problem.start].decode("utf-8")
        text = content.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
        source = Source(shown, text)
        at = source.at(len(before.replace("\r\n", "\n")))
        raise source.mistake("This is not UTF-8 text", at, try_="Save the file as UTF-8.") from None


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The known word that was probably meant."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
    return close[0] if close else None


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'agent'?`, or nothing."""
    close = nearest(word, known)
    return f"Did you mean '{close}'?" if close else ""


def one_of(words: Iterable[str]) -> str:
    """`a, b or c`."""
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last
