"""What of a payload may reach a trace: nothing secret, nothing too big, nothing that JSON refuses.

`Redactor.encode` is the one way from a record to a line. Its quick path encodes once and looks at the bytes; only a
line that is too long, that holds a word a secret might stand next to, or that orjson refuses, is walked value by value.
What the walk takes depends on what is kept, not on how much there was.

Where something was cut, a mark says so; `metadata.clipped` says of each payload how big it was and what was kept of it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

import attrs
import orjson

from .event import Payload
from .plain import plain, plain_or_repr, safe_repr
from .secrets import LONGEST_SECRET, MASK, Secrets, are_grave, find_hints

__all__ = ["MASK", "Redactor", "plain", "safe_repr"]

_DEEPEST = 40
_dumps, _NEWLINE = orjson.dumps, orjson.OPT_APPEND_NEWLINE  # looked up once: each is asked for at every event
_LONGEST_KEY = 1_000
_SAMPLES, _SAMPLE = 16, 512
_EXACT = 65_536
_SHORT = 256
_MOST_WEIGHED = 100_000
_HEADER = re.compile(r"(?:proxy-)?authorization|(?:set-)?cookie|x-.*|.*-(?:key|token)", re.IGNORECASE)
_LONGEST_CHARACTER = 6
# In bytes: JSON writes some control characters like \u001f.
_BACKSLASH = 0x5C


@attrs.define
class _Budget:
    left: int
    cut: bool = False
    """Whether characters, items or keys were left out."""


@attrs.define
class Redactor:
    """Clips and masks a record on its way to a line."""

    max_payload_size: int = 16_384
    """Bytes that `inputs`, `outputs` and `metadata` may take each, about."""
    mask_secrets: bool = True
    extra_keys: tuple[str, ...] = ()
    """More names whose values are secret, compared without case."""
    extra_patterns: tuple[Any, ...] = ()
    """More patterns of what is secret, compiled by RE2. With one of them, every record is walked."""
    known_secrets: tuple[str, ...] = ()
    """Literal values that never may appear, such as those of environment variables."""
    _secrets: Secrets | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._learn()

    def _learn(self) -> None:
        """Know what is secret, by what is said of it now."""
        if self.mask_secrets:
            known = tuple(dict.fromkeys(filter(None, self.known_secrets)))
            self._secrets = Secrets(self.extra_keys, self.extra_patterns, known)

    def conceal(self, values: Iterable[str]) -> None:
        """Let these values never appear from now on."""
        new = [value for value in values if value not in self.known_secrets]
        if new:
            self.known_secrets = (*self.known_secrets, *new)
            self._learn()

    def without_secrets(self, text: str) -> str:
        """A text as a trace would show it, whole."""
        return self._secrets.masked(text) if self._secrets is not None else text

    def encode(self, record: Payload) -> bytes:
        """The record as one line of JSON with its newline, clipped and masked.

        `record` is not changed. Never raises for a payload's sake.
        """
        limit = self.max_payload_size
        payload = record.get("inputs")
        if payload is None:
            payload = record.get("outputs")
        if type(payload) is dict:
            for value in payload.values():
                # A huge top-level string is not even encoded once: that would hold the program for milliseconds.
                if type(value) is str and len(value) > limit:
                    return self._walked(record)
        try:
            line = _dumps(record, plain_or_repr, _NEWLINE)
        except (TypeError, ValueError, RecursionError):
            return self._walked(record)
        if len(line) > limit:
            return self._walked(record, len(line))
        return self._walked(record) if self._is_suspicious(line) else line

    def _is_suspicious(self, line: bytes) -> bool:
        secrets = self._secrets
        if secrets is None:
            return False
        hints = find_hints(line)
        if hints and are_grave(hints, line):
            return True
        return secrets.is_suspicious is not None and bool(secrets.is_suspicious(line))

    def _walked(self, record: Payload, length: int | None = None) -> bytes:
        kept: Payload = {}
        cut: list[str] = []
        for key, value in record.items():
            budget = _Budget(self.max_payload_size)
            kept[key] = self._shrunk(value, budget, 0)
            if budget.cut:
                cut.append(key)
        if cut:
            clipped = {
                key: {"bytes": self._size(record, key, cut, length), "kept": len(_dumps(kept[key]))} for key in cut
            }
            metadata = kept.get("metadata", {})
            kept["metadata"] = {**(metadata if isinstance(metadata, dict) else {"value": metadata}), "clipped": clipped}
        return _dumps(kept, None, _NEWLINE)

    def _size(self, record: Payload, key: str, cut: list[str], length: int | None) -> int:
        """How many bytes a payload would have taken, about."""
        if length is not None and len(cut) == 1:
            rest = {other: value for other, value in record.items() if other != key}
            return length - len(_dumps(rest, plain_or_repr, _NEWLINE)) - len(_dumps(key)) - 1 - bool(rest)
        return _size_of(record[key], self.max_payload_size)

    def _shrunk(self, value: Any, budget: _Budget, depth: int, *, secret: bool = False) -> Any:
        """A copy that encodes to about `budget.left` bytes at most, keeping the shape of what it keeps."""
        kind = type(value)
        if value is None or kind is bool:
            budget.left -= 5
            return value
        if secret and not (kind is str and not value):
            budget.left -= 5
            return MASK
        if kind is str:
            return self._text(value, budget)
        if kind is float:
            value = value if math.isfinite(value) else None
            budget.left -= len(repr(value))
            return value
        if kind is int:
            if -(1 << 63) <= value < (1 << 64):
                budget.left -= len(str(value))
                return value
            budget.left -= 30
            return f"<an integer of {value.bit_length()} bits>"
        if depth > _DEEPEST:
            budget.left -= 30
            budget.cut = True
            return f"<{kind.__name__} below {_DEEPEST} levels>"
        budget.left -= 2
        if kind is dict:
            return self._mapping(value, budget, depth)
        if kind is list or kind is tuple:
            return self._sequence(value, budget, depth)
        return self._shrunk(plain_or_repr(value), budget, depth + 1)

    def _text(self, text: str, budget: _Budget) -> str:
        room = max(budget.left, 0)
        kept = text[: room + LONGEST_SECRET]
        unseen = len(text) - len(kept)
        if not kept.isascii():
            kept = kept.encode("utf-8", "backslashreplace").decode()  # a lone surrogate is no text
        encoded = _dumps(kept)
        if self._secrets is not None and (len(kept) < _SHORT or self._is_suspicious(encoded)):
            whole, kept = kept, self._secrets.masked(kept)
            encoded = encoded if kept == whole else _dumps(kept)
        if unseen:  # what is left of a secret that goes on beyond what was looked at must not be shown
            unseen += min(len(kept), LONGEST_SECRET)
            kept = kept[:-LONGEST_SECRET]
            encoded = encoded if len(kept) >= room else _dumps(kept)  # else its beginning is all that is asked for
        shown = kept if len(encoded) <= room + 2 else _beginning(encoded, room)
        budget.left -= min(len(encoded), room + 2)
        dropped = unseen + len(kept) - len(shown)
        if not dropped:
            return shown
        budget.cut = True
        return f"{shown}…[+{dropped} chars]"

    def _mapping(self, value: dict[Any, Any], budget: _Budget, depth: int) -> Payload:
        out: Payload = {}
        size = len(value)
        is_named = self._names(value.get("name")) or self._names(value.get("key"))
        # As many as may fit, at once: another thread may go on filling what is looked at.
        for key, item in list(islice(value.items(), max(budget.left, 0) // 4 + 1)):
            if budget.left <= 0:
                break
            name = key if type(key) is str else _key_of(key)
            secret = self._names(name) or (is_named and name == "value")
            shown = self._text(name, _Budget(min(max(budget.left, 32), _LONGEST_KEY)))
            budget.left -= len(_dumps(shown)) + 2
            out[shown] = self._shrunk(item, budget, depth + 1, secret=secret)
        if (left_out := size - len(out)) > 0:
            budget.cut = True
            out["…"] = f"[+{left_out} keys]"
        return out

    def _sequence(self, value: list[Any] | tuple[Any, ...], budget: _Budget, depth: int) -> list[Any]:
        out: list[Any] = []
        is_header = len(value) == 2 and self._is_header(value[0])
        for item in value[: max(budget.left, 0) // 2 + 1]:
            if budget.left <= 0:
                break
            budget.left -= 1
            out.append(self._shrunk(item, budget, depth + 1, secret=is_header and bool(out)))
        if (left_out := len(value) - len(out)) > 0:
            budget.cut = True
            out.append(f"…[+{left_out} items]")
        return out

    def _names(self, key: Any) -> bool:
        return self._secrets is not None and type(key) is str and self._secrets.names(key)

    def _is_header(self, value: Any) -> bool:
        """Whether it is the first of two that are a secret header, as in `("Authorization", "…")`."""
        name = value.decode("latin-1") if type(value) is bytes else value
        return self._names(name) and _HEADER.fullmatch(name) is not None


def _key_of(key: object) -> str:
    name = plain_or_repr(key)
    return name if isinstance(name, str) else safe_repr(name)


def _beginning(encoded: bytes, room: int) -> str:
    """As much of a text as JSON writes in so many bytes, of its JSON."""
    inside = encoded[1 : room + 1]
    if b"\\" not in inside:
        return inside.decode("utf-8", "ignore")
    for back in range(1, min(_LONGEST_CHARACTER, len(inside) + 1)):
        if inside[-back] == _BACKSLASH:
            head = inside[: len(inside) - back + 1]
            begins_escape = (len(head) - len(head.rstrip(b"\\"))) % 2
            if begins_escape and (back == 1 or inside[1 - back] == ord("u")):
                inside = head[:-1]
            break
    whole: str = orjson.loads(b'"%b"' % inside.decode("utf-8", "ignore").encode())
    return whole


def _size_of(payload: Any, huge: int) -> int:
    """How many bytes a payload would take, about; what JSON refuses is weighed."""
    if type(payload) is str:
        return 2 + _utf8_length(payload)
    if type(payload) is dict and any(type(value) is str and len(value) > huge for value in payload.values()):
        return 1 + sum(len(str(key)) + 4 + _size_of(value, huge) for key, value in payload.items())
    try:
        return len(_dumps(payload, plain_or_repr, orjson.OPT_NON_STR_KEYS))
    except (TypeError, ValueError, RecursionError):
        return _weight_of(payload)


def _utf8_length(text: str) -> int:
    """Of a very long text about: only parts of it are encoded, for that would take milliseconds."""
    if text.isascii():
        return len(text)
    if len(text) <= _EXACT:
        return len(text.encode("utf-8", "replace"))
    starts = range(0, len(text), len(text) // _SAMPLES)
    looked_at = "".join(text[start : start + _SAMPLE] for start in starts)
    return len(looked_at.encode("utf-8", "replace")) * len(text) // len(looked_at)


def _weight_of(payload: Any) -> int:
    """At least so many bytes: every container is counted once, and 100,000 of them at most."""
    total, waiting, seen = 0, [payload], set[int]()
    while waiting and len(seen) < _MOST_WEIGHED:
        value = waiting.pop()
        total += 2
        if isinstance(value, str | bytes):
            total += len(value)
        elif isinstance(value, dict | list | tuple) and id(value) not in seen:
            seen.add(id(value))
            parts = [*value, *value.values()] if isinstance(value, dict) else value
            waiting.extend(islice(parts, _MOST_WEIGHED))
    return total
