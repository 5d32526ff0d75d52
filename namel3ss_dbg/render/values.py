"""Values as a person sees them: on one line, shortened in the middle with their size, coloured by what they are."""

from __future__ import annotations

import json
import re
from typing import Any

from ..events.redaction import safe_repr
from ..timeline.state import ABSENT
from .formats import format_bytes
from .pieces import UNICODE, Line, Piece, Signs, Style, cells, harmless, shorten

_BARE = re.compile(r"[^\s\"'=\[\]{},]+\Z")
_TOKEN = re.compile(r'(?P<string>"(?:[^"\\]|\\.)*"?)|(?P<number>-?\d[\d.eE+-]*)|(?P<word>true|false|null)|[^"\w-]+|.')
_MOST_ENCODED = 100_000


def json_text(value: Any, *, spaces: bool = True) -> str:
    """A value as JSON on one line; what JSON has no word for is shown by its repr."""
    separators = (", ", ": ") if spaces else (",", ":")
    return json.dumps(value, ensure_ascii=False, default=safe_repr, separators=separators)


def plain_value(value: Any) -> str:
    """A value after `key=`: whole, as JSON without spaces between its parts."""
    return "absent" if value is ABSENT else harmless(json_text(value, spaces=False))


def plain_number(value: float) -> str:
    """A number after `key=`: as short as it can be, and never in the form 1e-05, which sorts and compares badly."""
    text = repr(value)
    return f"{value:.9f}".rstrip("0").rstrip(".") if "e" in text else text.removesuffix(".0")


def plain_word(text: str) -> str:
    """A word as `key=value` lines hold it, in quotes where it would otherwise fall apart."""
    text = harmless(text)
    return text if _BARE.match(text) else json.dumps(text, ensure_ascii=False)


def text_value(value: Any) -> str:
    """A value as text: a string as it is, unless it could be taken for another value; everything else as JSON."""
    if value is ABSENT:
        return "absent"
    if not isinstance(value, str):
        return json_text(value)
    return json_text(value) if _looks_like_json(value) else value


def _looks_like_json(text: str) -> bool:
    if not text.strip() or text != text.strip():
        return True
    if text[0] not in '-0123456789tfn"[{':
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def value_line(value: Any, width: int, signs: Signs = UNICODE) -> Line:
    """A value on one line of a screen: shortened in the middle, and then with its size."""
    text = harmless(text_value(value))
    if cells(text) <= width:
        return _coloured(text, value)
    size = f" {format_bytes(len(text.encode('utf-8', 'replace')))}"
    text = shorten(text, max(width - len(size), 8), signs.cut)
    return (*_coloured(text, value), Piece(size, "dim"))


def json_line(text: str) -> Line:
    """A JSON text with its strings, keys, numbers and words coloured; it may have been shortened."""
    pieces: list[Piece] = []
    for found in _TOKEN.finditer(text[:_MOST_ENCODED]):
        style: Style = ""
        if found["string"]:
            style = "key" if text[found.end() : found.end() + 1] == ":" else "string"
        elif found["number"]:
            style = "number"
        elif found["word"]:
            style = "word"
        if pieces and pieces[-1].style == style:
            pieces[-1] = Piece(pieces[-1].text + found[0], style)
        else:
            pieces.append(Piece(found[0], style))
    return tuple(pieces)


def _coloured(text: str, value: Any) -> Line:
    if value is ABSENT:
        return (Piece(text, "dim"),)
    return (Piece(text, "text"),) if isinstance(value, str) and not text.startswith('"') else json_line(text)
