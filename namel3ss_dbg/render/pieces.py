"""What a picture is made of, before anybody paints it: styled pieces, and lines of them.

Views make pieces and know nothing of terminals; painters turn them into text. Nothing that a trace holds can move a
cursor or ring a bell: a piece makes its text harmless when it is made.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

import attrs

Style = Literal[
    "", "dim", "title", "kind", "name", "place", "time", "key", "text", "string", "number", "word", "error", "good",
    "warning", "current", "sign", "bar",
]  # fmt: skip
"""What a piece means; a painter's theme says how that looks."""

_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
# Control characters, signs that turn the direction of what follows, and halves of characters that cannot be written.
_SPELLED = {"\n": r"\n", "\t": r"\t", "\r": r"\r", "\x1b": r"\e"}


def harmless(text: str) -> str:
    r"""Text without control characters: each is spelled out, an escape as `\e`."""
    return text if text.isprintable() else _HARMFUL.sub(_spelled, text)  # the question is quicker than the search


def harmless_lines(text: str) -> str:
    """The same for a text of several lines, which stay lines."""
    return "\n".join(map(harmless, text.split("\n")))


def harmless_json(text: str) -> str:
    r"""JSON that means the same and moves no cursor: what would is spelled `\u001b`, as JSON has it."""
    return _HARMFUL.sub(lambda found: found[0] if found[0] == "\n" else f"\\u{ord(found[0]):04x}", text)


def _spelled(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _SPELLED.get(found[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def cells(text: str) -> int:
    """How many columns of a terminal a text takes."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def _cells_of(character: str) -> int:
    if unicodedata.combining(character) or character in "\u200c\u200d\ufe0e\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def shorten(text: str, width: int, mark: str = "…") -> str:
    """A text that fits into `width` columns, with `mark` in the middle for what was left out."""
    if cells(text) <= width:
        return text
    room = width - cells(mark)
    if room <= 0:
        return mark if width >= cells(mark) else ""
    head = _fitting(text[: 2 * width], (room + 1) // 2)
    tail = _fitting(text[-2 * width :][::-1], room - cells(head))[::-1]
    return f"{head}{mark}{tail}"


def _fitting(text: str, width: int) -> str:
    taken = 0
    for place, character in enumerate(text):
        taken += _cells_of(character)
        if taken > width:
            return text[:place]
    return text


@attrs.frozen
class Signs:
    """The signs that stand in front, so that colour never carries meaning alone."""

    here: str = "❱"
    failed: str = "✗"
    changed: str = "~"
    arrow: str = "→"
    opens: str = "▸"
    closes: str = "◂"
    point: str = "·"
    cut: str = "…"
    bar: str = "█"
    trunk: str = "└── "
    inside: str = "›"
    at_least: str = "≥"


UNICODE = Signs()
ASCII = Signs(
    here=">", failed="x", arrow="->", opens=">", closes="<", point=".", cut="...", bar="#", trunk="`-- ", inside=">",
    at_least=">=",
)  # fmt: skip


@attrs.frozen
class Piece:
    """A bit of text that means one thing."""

    text: str = attrs.field(converter=harmless)
    style: Style = ""


Line = tuple[Piece, ...]
"""What stands on one line."""


def line(*parts: str | Piece | tuple[str, Style]) -> Line:
    """A line of bare texts, pieces, and texts with their style; empty ones are left out."""
    pieces = (
        part if isinstance(part, Piece) else Piece(part) if isinstance(part, str) else Piece(*part) for part in parts
    )
    return tuple(piece for piece in pieces if piece.text)


def text_of(pieces: Line) -> str:
    """A line without its styles."""
    return "".join(piece.text for piece in pieces)


def shortened(pieces: Line, width: int, mark: str = "…") -> Line:
    """A line that fits into `width` columns; one of several pieces loses its end, one of a single piece its middle."""
    if cells(text_of(pieces)) <= width:
        return pieces
    if len(pieces) == 1:
        return (attrs.evolve(pieces[0], text=shorten(pieces[0].text, width, mark)),)
    kept: list[Piece] = []
    room = width - cells(mark)
    for piece in pieces:
        text = _fitting(piece.text, room)
        kept.append(attrs.evolve(piece, text=text))
        room -= cells(text)
        if text != piece.text:
            break
    return (*(piece for piece in kept if piece.text), Piece(mark, "dim"))
