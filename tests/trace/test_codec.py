"""Lines become events and events lines; what a line does not say well is read generously or named."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.events import FIELDS, TraceError, TraceEvent
from namel3ss_dbg.trace.codec import INVALID, decode_line, encode_line, fields_of, problems_of, read_line, seconds_of
from namel3ss_dbg.trace.head import LATEST_S, MOST

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.floats(allow_nan=False, allow_infinity=False)
measures = st.floats(-MOST, MOST)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | numbers | text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=8,
)
payloads = st.dictionaries(text, json_values, max_size=4)
events = st.builds(
    TraceEvent,
    event_type=text,
    event_id=text,
    timestamp=st.floats(-LATEST_S, LATEST_S),
    parent_event_id=st.none() | text,
    execution_id=st.none() | text,
    component=text,
    component_name=st.none() | text,
    inputs=payloads,
    outputs=payloads,
    metadata=payloads,
    duration_ms=st.none() | measures,
    status=text,
    error=st.none() | text,
    memory_usage_mb=st.none() | measures,
    tokens_used=st.none() | st.integers(0, int(MOST)),
    cost_estimate=st.none() | measures,
)


@given(events)
def test_what_is_written_is_read_again(event):
    """An event that is encoded and decoded is equal to itself."""
    assert decode_line(encode_line(event)) == event


@given(events)
def test_all_fields_are_read_again(event):
    """The long form, with a null for what is not known, means the same."""
    assert list(fields_of(event)) == list(FIELDS)
    assert decode_line(json.dumps(fields_of(event)).encode()) == event


def line(**fields: object) -> bytes:
    return json.dumps({"event_type": "x", "event_id": "e", "timestamp": 1.0, **fields}).encode()


@pytest.mark.parametrize(
    ("said", "field", "meant"),
    [
        ({"timestamp": "12.5"}, "timestamp", 12.5),
        ({"timestamp": 12}, "timestamp", 12.0),
        ({"timestamp": "2025-01-02T03:04:05Z"}, "timestamp", 1735787045.0),
        ({"timestamp": "2025-01-02T03:04:05+01:00"}, "timestamp", 1735783445.0),
        ({"timestamp": None}, "timestamp", 0.0),
        ({"duration_ms": "1.5"}, "duration_ms", 1.5),
        ({"tokens_used": "15"}, "tokens_used", 15),
        ({"tokens_used": 15.0}, "tokens_used", 15),
        ({"event_id": 7}, "event_id", "7"),
        ({"event_id": None}, "event_id", ""),
        ({"inputs": None}, "inputs", {}),
        ({"inputs": ["a"]}, "inputs", {"value": ["a"]}),
        ({"outputs": "text"}, "outputs", {"value": "text"}),
        ({"component": None}, "component", "app"),
        ({"status": None}, "status", "completed"),
        ({"nobody_knows": 1}, "event_type", "x"),
        ({"inputs": {"a": float("nan")}}, "event_type", "x"),
        ({"inputs": {"a": float("inf")}}, "inputs", {"a": float("inf")}),
        ({"inputs": {"a": "\ud800"}}, "inputs", {"a": "?"}),
    ],
)
def test_what_is_meant_is_read(said, field, meant):
    """Nulls, numbers in quotes, dates, other containers and unknown fields are no reason to refuse an event."""
    assert getattr(decode_line(line(**said)), field) == meant


def test_a_mark_at_the_beginning_and_bytes_that_are_no_text():
    """A byte order mark is skipped, and bytes that are no UTF-8 are shown as replaced."""
    assert decode_line(b"\xef\xbb\xbf" + line()).event_type == "x"
    assert decode_line(b'{"event_type":"x","component_name":"a\xffb"}').component_name == "a\ufffdb"


@pytest.mark.parametrize(
    ("bad", "problems"),
    [
        (b"not json", ("not JSON: ",)),
        (b"[1]", ("expected an object, found list @ $",)),
        (b"{}", ("required field missing @ $.event_type",)),
        (line(event_type=None), ("required field missing @ $.event_type",)),
        (line(timestamp="soon"), ("invalid value for type, expected float @ $.timestamp",)),
        (line(timestamp="NaN"), ("invalid value for type, expected float @ $.timestamp",)),
        (line(timestamp=True), ("invalid value for type, expected float @ $.timestamp",)),
        (line(timestamp="9" * 400), ("invalid value for type, expected float @ $.timestamp",)),
        (line(duration_ms="NaN"), ("invalid value for type, expected float | None @ $.duration_ms",)),
        (
            line(event_type=["x"], tokens_used="many", duration_ms=[]),
            (
                "invalid value for type, expected str @ $.event_type",
                "invalid value for type, expected float | None @ $.duration_ms",
                "invalid value for type, expected int | None @ $.tokens_used",
            ),
        ),
    ],
)
def test_all_problems_of_a_line_are_named(bad, problems):
    """Everything that is wrong with a line is said at once, each with its path."""
    found = problems_of(bad)

    assert len(found) == len(problems)
    for said, expected in zip(found, problems, strict=True):
        assert said.split(": line")[0].startswith(expected)
    with pytest.raises(TraceError, match="This line is not an event"):
        decode_line(bad)


def test_a_line_that_is_none_takes_its_place():
    """A bad line is shown as an event that holds it and says what is wrong with it."""
    event = read_line(b'{"event_type": 1, "timestamp": "soon"}\n')

    assert event.event_type == INVALID
    assert event.outputs == {"line": '{"event_type": 1, "timestamp": "soon"}'}
    assert "$.timestamp" in event.error


def test_a_huge_bad_line_is_cut():
    """What is shown of a bad line is bounded."""
    assert len(read_line(b"x" * 10_000_000).outputs["line"]) == 2_001


@given(st.binary(max_size=300))
def test_no_bytes_at_all_are_too_much(junk):
    """Reading any bytes gives an event, and never raises."""
    assert isinstance(read_line(junk), TraceEvent)


@given(st.dictionaries(st.sampled_from(FIELDS), json_values))
def test_no_values_at_all_are_too_much(record):
    """Whatever stands in the fields, the line is an event or says why it is none."""
    bad = json.dumps(record).encode()

    assert (read_line(bad).event_type == INVALID) == bool(problems_of(bad)) or record.get("event_type") == INVALID


@pytest.mark.parametrize("value", [None, True, [], "", "x", float("nan"), float("inf"), 10**400, "0001-01-01"])
def test_what_is_no_time(value):
    """Only finite numbers of seconds and dates of our calendar are times."""
    with pytest.raises(ValueError, match="expected a number of seconds"):
        seconds_of(value)
