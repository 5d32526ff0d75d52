"""Lines and events, into one another.

Reading is generous where the meaning is plain (a null, a number in quotes, an ISO date, a field nobody knows, the NaN
that Python writes) and otherwise names every problem of a line at once, each with its path.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import attrs
import orjson
from cattrs import transform_error
from cattrs.errors import ClassValidationError
from cattrs.gen import make_dict_structure_fn, override
from cattrs.preconf.orjson import OrjsonConverter, make_converter

from ..events import Payload, TraceError, TraceEvent
from .head import LATEST_S, MOST

TRACE_VERSION = 1
"""The format that this program writes; docs/trace-format.md has the table."""

INVALID = "invalid_line"
"""The event type that stands for a line that is no event, so that every line keeps its number."""

DEEPEST = 100
"""How many levels of lists and objects a value may have; what is below them is cut off when a line is read.

Nobody reads that deep, and everything that walks a value may so do it by recursion.
"""

LONGEST_ODD = 1 << 26
"""Bytes of what is read generously; that takes many times as long, and as much memory, as reading JSON does."""

_ONE_LEVEL_OF_JSON_TEXT = 2_000
_SHORT_INTEGER = 19


def seconds_of(value: Any) -> float:
    """A timestamp as seconds since the epoch, from a number, a number in quotes, or an ISO 8601 date.

    Raises:
        ValueError: It is none of these.
    """
    if isinstance(value, bool) or value is None:
        raise ValueError("expected a number of seconds")
    try:
        seconds = float(value)
    except (TypeError, ValueError, OverflowError):
        seconds = _seconds_of_date(value) if isinstance(value, str) else math.nan
    if not -LATEST_S <= seconds <= LATEST_S:
        raise ValueError("expected a number of seconds")
    return seconds


def _seconds_of_date(text: str) -> float:
    try:
        return datetime.fromisoformat(text).timestamp()
    except (ValueError, OverflowError):
        return math.nan


def _payload(value: Any, _: Any) -> Payload:
    if isinstance(value, dict):
        return value
    return {} if value is None else {"value": value}


def _text(value: Any, _: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, dict | list) or value is None:
        raise ValueError("expected a text")
    return str(value)


def _float(value: Any, _: Any) -> float:
    try:
        number = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if not -MOST <= number <= MOST:
        raise ValueError(f"expected a number of at most {MOST:g}")
    return number


def _whole(value: Any, _: Any) -> int:
    return int(_float(value, _))


def _converter() -> OrjsonConverter:
    converter = make_converter(detailed_validation=True)
    converter.register_structure_hook_func(lambda kind: kind is Payload or kind == Payload, _payload)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(float, _float)
    converter.register_structure_hook(int, _whole)
    stamp = override(struct_hook=lambda value, _: seconds_of(value))
    converter.register_structure_hook(TraceEvent, make_dict_structure_fn(TraceEvent, converter, timestamp=stamp))
    return converter


_convert = _converter()


def event_of(record: Payload) -> TraceEvent:
    """The event that a record holds; fields that no event has are left out.

    Raises:
        ExceptionGroup: The record is no event; `problems_of` says why.
    """
    if None in record.values():
        record = {key: value for key, value in record.items() if value is not None}
    return _convert.structure({"event_id": "", "timestamp": 0.0, **record}, TraceEvent)


def problems_of(line: bytes) -> tuple[str, ...]:
    """Why a line is no event, each problem with its path; empty when it is one."""
    try:
        decode_line(line)
    except TraceError as problem:
        return tuple(problem.why.split("; "))
    return ()


def decode_line(line: bytes) -> TraceEvent:
    """The event that a line holds.

    Raises:
        TraceError: It is not JSON, or not an event; its `why` holds all the problems.
    """
    try:
        return event_of(record_of(line))
    except ClassValidationError as problem:
        raise TraceError("This line is not an event", why="; ".join(transform_error(problem, path="$"))) from problem


def record_of(line: bytes) -> Payload:
    """The JSON object that a line holds.

    Raises:
        TraceError: It holds none.
    """
    record = value_of(line)
    if not isinstance(record, dict):
        raise TraceError("This line is not an event", why=f"expected an object, found {type(record).__name__} @ $")
    return record


def value_of(content: bytes) -> Any:
    """What JSON means, less what is too deep in it.

    Raises:
        TraceError: It is none.
    """
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        value = _python_json(content) if len(content) <= LONGEST_ODD else None
        if value is None:
            raise TraceError("This line is not an event", why=f"not JSON: {problem.msg}") from problem
    if may_be_deep(content):
        _cut_depths(value)
    return value


def may_be_deep(content: bytes) -> bool:
    """Whether some JSON has so many brackets that it could be deeper than a value may be."""
    return content.count(b"{") + content.count(b"[") > DEEPEST


def _cut_depths(value: Any) -> None:
    """Put a word in place of what is deeper than a value may be."""
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST - 1):
        level = [inner for each in level for inner in _values_in(each) if isinstance(inner, dict | list)]
    for each in level:
        for place, inner in list(each.items() if isinstance(each, dict) else enumerate(each)):
            if isinstance(inner, dict | list):
                each[place] = f"<{type(inner).__name__} below {DEEPEST} levels>"


def _values_in(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _python_json(line: bytes) -> Any:
    """What Python's own reader makes of a line: it knows NaN, and bytes or surrogates that are no text are replaced."""
    try:
        value = json.loads(line.decode("utf-8-sig", "replace"), parse_int=_integer)
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"), parse_int=_integer)
    except (ValueError, RecursionError):
        return None


def _integer(digits: str) -> int | float | str:
    """A whole number; one of more than 64 bits as orjson has it, or as its digits when no float is so big."""
    if len(digits) < _SHORT_INTEGER:
        return int(digits)
    number = float(digits)
    if not math.isfinite(number):
        return digits
    return int(digits) if -(1 << 63) <= int(digits) < 1 << 64 else number


def read_line(line: bytes) -> TraceEvent:
    """The event that a line holds, or one of type `invalid_line` that shows it and says what is wrong with it."""
    try:
        return decode_line(line)
    except TraceError as problem:
        text = line.rstrip(b"\n").decode("utf-8", "replace")
        shown = text if len(text) <= _ONE_LEVEL_OF_JSON_TEXT else f"{text[:_ONE_LEVEL_OF_JSON_TEXT]}…"
        return TraceEvent(
            event_type=INVALID,
            event_id="",
            timestamp=0.0,
            component="trace",
            outputs={"line": shown},
            status="invalid",
            error=problem.why,
        )


def encode_line(event: TraceEvent) -> bytes:
    """An event as a line of JSON, its newline included; what says nothing is left out.

    Raises:
        TypeError: A payload holds something that JSON has no word for; `events.redaction` makes such payloads safe.
    """
    return orjson.dumps(event.to_dict(), option=orjson.OPT_APPEND_NEWLINE)


def fields_of(event: TraceEvent) -> Payload:
    """All fields of an event, also those that say nothing, as the seed's schema lists them."""
    return attrs.asdict(event, recurse=False)
