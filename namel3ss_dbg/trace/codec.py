"""Lines and events, into one another.

Reading is generous where the meaning is plain (a null, a number in quotes, an ISO date, a field nobody knows, the NaN
that Python writes) and otherwise names every problem of a line at once, each with its path.
"""

from __future__ import annotations

import json
import math
from datetime import datetime
from typing import Any

import attrs
import orjson
from cattrs import transform_error
from cattrs.errors import ClassValidationError
from cattrs.preconf.orjson import OrjsonConverter, make_converter

from ..events import Payload, TraceError, TraceEvent

TRACE_VERSION = 1
"""The format that this program writes; docs/trace-format.md has the table."""

INVALID = "invalid_line"
"""The event type that stands for a line that is no event, so that every line keeps its number."""

_ONE_LEVEL_OF_JSON_TEXT = 2_000


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
    if not math.isfinite(seconds):
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
    if isinstance(value, bool):
        raise ValueError("expected a number")
    number = float(value)
    if not math.isfinite(number):
        raise ValueError("expected a number")
    return number


def _converter() -> OrjsonConverter:
    converter = make_converter(detailed_validation=True)
    converter.register_structure_hook_func(lambda kind: kind is Payload or kind == Payload, _payload)
    converter.register_structure_hook(str, _text)
    converter.register_structure_hook(float, _float)
    return converter


_convert = _converter()


def event_of(record: Payload) -> TraceEvent:
    """The event that a record holds; fields that no event has are left out.

    Raises:
        ExceptionGroup: The record is no event; `problems_of` says why.
    """
    if None in record.values():
        record = {key: value for key, value in record.items() if value is not None}
    record = {"event_id": "", "timestamp": 0.0, **record}
    if type(record["timestamp"]) is not float:
        record["timestamp"] = _timestamp(record["timestamp"])
    return _convert.structure(record, TraceEvent)


def _timestamp(value: Any) -> Any:
    """Seconds, or what the converter will complain of."""
    try:
        return seconds_of(value)
    except ValueError:
        return None


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
    """What JSON means.

    Raises:
        TraceError: It is none.
    """
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError as problem:
        value = _python_json(content)
        if value is None:
            raise TraceError("This line is not an event", why=f"not JSON: {problem.msg}") from problem
        return value


def _python_json(line: bytes) -> Any:
    """What Python's own reader makes of a line: it knows NaN, and bytes or surrogates that are no text are replaced."""
    try:
        value = json.loads(line.decode("utf-8-sig", "replace"))
        return json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None


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
