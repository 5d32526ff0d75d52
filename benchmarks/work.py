"""What the recorders record: calls with what went in and what came out, about 530 bytes for each event."""

from __future__ import annotations

from typing import Any, NamedTuple

_TEXT = "please rank these documents by relevance and café naïve 東京 return only JSON with a short summary of latency "
_CALLS = 64


class Call(NamedTuple):
    """A call of a tool."""

    name: str
    asked: dict[str, Any]
    answered: dict[str, Any]


def _text(number: int, length: int) -> str:
    return (_TEXT[number % len(_TEXT) :] + _TEXT * (1 + length // len(_TEXT)))[:length]


CALLS = tuple(
    Call(
        f"tool_{number % 20}",
        {"query": _text(number, 180 + 2 * number), "limit": number, "temperature": 0.3},
        {"result": _text(number, 160 + 3 * number), "score": number / 64, "status": "ok"},
    )
    for number in range(_CALLS)
)

HUGE = _TEXT * (1_000_000 // len(_TEXT))
"""A megabyte of text."""


def calls(spans: int) -> list[Call]:
    """So many calls."""
    return [CALLS[number % _CALLS] for number in range(spans)]


TASKS = 8
"""How many tasks work at once, where parents are looked at."""

SPANS_OF_A_TASK = 20

NEVER = "completion_tokens > 1000000"
"""A condition that no model call of the trace fulfills, in our language and in Python's."""
