"""Messages as bytes: a header that says the length, an empty line, and JSON.

A header may say `Content-Length` and `Content-Type` and nothing else: whatever speaks HTTP is no client of ours, and
a web page that posts to a loopback port is turned away at its first line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any

MOST_BYTES = 64 << 20
"""Of one message; a longer one is refused at its header."""

MOST_HEADER = 8 << 10
"""Bytes of a header."""

_ENDING = b"\r\n\r\n"

Message = dict[str, Any]


class BrokenWire(Exception):
    """Where the next message begins cannot be known: the session is over."""


class BadBody(Exception):
    """A message that came whole but is no object of JSON."""


class Decoder:
    """Takes bytes as they come and gives the bodies of whole messages."""

    def __init__(self) -> None:
        self._held = bytearray()
        self._length = -1
        """Of the body that is being received; negative while a header is."""

    def feed(self, received: bytes) -> Iterator[bytes]:
        """The bodies that are complete now.

        Raises:
            BrokenWire: A header cannot be understood.
        """
        self._held += received
        while True:
            if self._length < 0 and not self._take_header():
                return
            if len(self._held) < self._length:
                return
            body = bytes(self._held[: self._length])
            del self._held[: self._length]
            self._length = -1
            yield body

    def _take_header(self) -> bool:
        end = self._held.find(_ENDING)
        if end < 0:
            self._check_beginning()
            return False
        if end > MOST_HEADER:
            raise BrokenWire("The header is too long.")
        self._length = _length_in(bytes(self._held[:end]))
        del self._held[: end + len(_ENDING)]
        return True

    def _check_beginning(self) -> None:
        """Do not wait for the end of what cannot become a header."""
        if len(self._held) > MOST_HEADER:
            raise BrokenWire("The header is too long.")
        *whole, begun = bytes(self._held).split(b"\r\n")
        for line in whole:
            _field(line)
        begun = begun.removesuffix(b"\r")
        if b":" not in begun and not any(name.startswith(begun.lower()) for name in _FIELDS):
            raise BrokenWire("That is no header of a message.")


_FIELDS = (b"content-length", b"content-type")


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or name.strip().lower() not in _FIELDS:
        raise BrokenWire("A header says Content-Length and Content-Type, and nothing else.")
    return name.strip().lower(), value.strip()


def _length_in(header: bytes) -> int:
    lengths = [value for name, value in map(_field, header.split(b"\r\n")) if name == b"content-length"]
    if len(lengths) != 1 or not lengths[0].isdigit() or len(lengths[0]) > 12:
        raise BrokenWire("Content-Length is a number, and stands in the header once.")
    length = int(lengths[0])
    if length > MOST_BYTES:
        raise BrokenWire(f"A message of {length:,} bytes is too long; {MOST_BYTES:,} are accepted.")
    return length


def decode(body: bytes) -> Message:
    """The message of a body.

    Raises:
        BadBody: It is not JSON, or no object.
    """
    try:
        message = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:  # also bytes that are no UTF-8, and numbers of 5,000 digits
        raise BadBody(f"The message is not JSON: {problem}"[:200]) from None
    if not isinstance(message, dict):
        raise BadBody("The message is not an object.")
    return message


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no number of JSON")


def encode(message: Message) -> bytes:
    """A message as the bytes that go out in one write; always ASCII, so that a lone surrogate breaks nothing."""
    try:
        text = json.dumps(message, separators=(",", ":"), allow_nan=False)
    except ValueError:  # a trace of Python's may hold NaN, for which JSON has no word
        text = json.dumps(_finite(message), separators=(",", ":"), allow_nan=False)
    body = text.encode("ascii")
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def _finite(value: Any) -> Any:
    """The same with null for each number that is none."""
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
