"""What of a payload may reach a trace: nothing secret, nothing too big, nothing that JSON refuses.

`Redactor.encode` is the one way from a record to a line. Its quick path encodes once and looks at the bytes; only a
line that is too long, that holds a word a secret might stand next to, or that orjson refuses, is walked value by value.
What the walk takes depends on what is kept, not on how much there was.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import islice
from typing import Any

import attrs
import orjson
from ahocorasick_rs import BytesAhoCorasick, MatchKind

from .event import Payload
from .plain import plain, plain_or_repr, safe_repr
from .secrets import HINTS, LONGEST_SECRET, MASK, SECRET_KEY, URL_HINT, masked

__all__ = ["MASK", "Redactor", "plain", "safe_repr"]

_DEEPEST = 40
_dumps, _NEWLINE = orjson.dumps, orjson.OPT_APPEND_NEWLINE  # looked up once: each is asked for at every event
_LONGEST_KEY = 1_000


@attrs.define
class _Budget:
    left: int
    cut: int = 0
    """Characters, items and keys that were left out."""


@attrs.define
class Redactor:
    """Clips and masks a record on its way to a line."""

    max_payload_size: int = 16_384
    """Bytes that `inputs`, `outputs` and `metadata` may take each, about."""
    mask_secrets: bool = True
    extra_keys: tuple[str, ...] = ()
    """More key names whose values are secret, compared without case."""
    known_secrets: tuple[str, ...] = ()
    """Literal values that never may appear, such as those of named environment variables."""
    _suspicions: Callable[[bytes], list[tuple[int, int, int]]] = attrs.field(init=False)
    """Where in a line something stands that calls for a closer look; which, first."""
    _url: int = attrs.field(init=False, default=-1)
    _extra_keys: frozenset[str] = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._extra_keys = frozenset(key.lower() for key in self.extra_keys)
        self.known_secrets = tuple(sorted(filter(None, self.known_secrets), key=len, reverse=True))
        hints = [*HINTS, *map(_inside_json, self.known_secrets)] if self.mask_secrets else []
        if self.mask_secrets and self._extra_keys:
            hints = [hint.lower() for hint in hints] + [_inside_json(key) for key in self._extra_keys]
        if self.mask_secrets:
            self._url = hints.index(URL_HINT.encode())
        # Leftmost matching lets the automaton skip ahead with SIMD, which is worth a factor of three.
        find = BytesAhoCorasick(hints, matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes
        self._suspicions = (lambda line: find(line.lower())) if self._extra_keys else find

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
            return self._walked(record)
        suspicions = self._suspicions(line)
        return self._walked(record) if suspicions and self._are_grave(suspicions, line) else line

    def _are_grave(self, suspicions: list[tuple[int, int, int]], line: bytes) -> bool:
        return b"@" in line or any(hint != self._url for hint, _, _ in suspicions)

    def _walked(self, record: Payload) -> bytes:
        kept: Payload = {}
        clipped: Payload = {}
        for key, value in record.items():
            budget = _Budget(self.max_payload_size)
            kept[key] = self._shrunk(value, budget, 0)
            if budget.cut:
                clipped[key] = budget.cut
        if clipped:
            metadata = kept.get("metadata", {})
            kept["metadata"] = {**(metadata if isinstance(metadata, dict) else {"value": metadata}), "clipped": clipped}
        return _dumps(kept, None, _NEWLINE)

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
            budget.left -= 18
            return value if math.isfinite(value) else None
        if kind is int:
            budget.left -= 18
            return value if -(1 << 63) <= value < (1 << 64) else f"<an integer of {value.bit_length()} bits>"
        if depth > _DEEPEST:
            budget.left -= 30
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
        if self.mask_secrets:
            kept = masked(kept)
            for secret in self.known_secrets:
                kept = kept.replace(secret, MASK)
        if unseen:  # what is left of a secret that goes on beyond what was looked at must not be shown
            unseen += min(len(kept), LONGEST_SECRET)
            kept = kept[:-LONGEST_SECRET]
        encoded = kept.encode()
        shown = encoded[:room].decode("utf-8", "ignore")
        budget.left -= min(len(encoded), room) + 2
        dropped = unseen + len(kept) - len(shown)
        if not dropped:
            return shown
        budget.cut += dropped
        return f"{shown}…[+{dropped} chars]"

    def _mapping(self, value: dict[Any, Any], budget: _Budget, depth: int) -> Payload:
        out: Payload = {}
        size = len(value)
        # As many as may fit, at once: another thread may go on filling what is looked at.
        for key, item in list(islice(value.items(), max(budget.left, 0) // 4 + 1)):
            if budget.left <= 0:
                break
            name = key if type(key) is str else _key_of(key)
            budget.left -= len(name) + 4
            out[self._text(name, _Budget(_LONGEST_KEY))] = self._shrunk(
                item, budget, depth + 1, secret=self._is_secret(name)
            )
        if (left_out := size - len(out)) > 0:
            budget.cut += left_out
            out["…"] = f"[+{left_out} keys]"
        return out

    def _sequence(self, value: list[Any] | tuple[Any, ...], budget: _Budget, depth: int) -> list[Any]:
        out: list[Any] = []
        for item in value[: max(budget.left, 0) // 2 + 1]:
            if budget.left <= 0:
                break
            out.append(self._shrunk(item, budget, depth + 1))
        if (left_out := len(value) - len(out)) > 0:
            budget.cut += left_out
            out.append(f"…[+{left_out} items]")
        return out

    def _is_secret(self, key: str) -> bool:
        if not self.mask_secrets:
            return False
        return SECRET_KEY.search(key) is not None or key.lower() in self._extra_keys


def _key_of(key: object) -> str:
    name = plain_or_repr(key)
    return name if isinstance(name, str) else safe_repr(name)


def _inside_json(text: str) -> bytes:
    return orjson.dumps(text.encode("utf-8", "replace").decode())[1:-1]
