"""Traces that somebody wrote to do harm, or that broke in an uncommon way; each with a word for what it is."""

from __future__ import annotations

import json
from typing import Any

from namel3ss_dbg.events import FIELDS

ESCAPES = "\x1b[2J\x1b[31m\x1b]0;title\x07\x1b]8;;http://example.com\x1b\\link\x1b]8;;\x1b\\\x9b31m\x08\x7f\r\n\t\u202e\u2066\u200b\u200f\u2028\ufeff"
"""What would clear a terminal, rename it, put a link into it, and turn, hide or overwrite what is written."""

_ODD: tuple[Any, ...] = (None, True, 7, -1, 1.5, "x", "", [], {}, [1], {"a": 1}, "\ud800", 10**30, [[{}]])


def line(**fields: Any) -> bytes:
    """An event as a line."""
    return json.dumps(fields).encode() + b"\n"


START = line(event_type="app_load_start", event_id="e1", timestamp=1.0, component="app", component_name="App")
END = line(event_type="app_load_end", event_id="e2", timestamp=2.0, component="app", parent_event_id="e1")
GOOD = START + END


def escaping() -> bytes:
    """A run whose every text tries to reach the terminal."""
    told = {"inputs": {f"k{ESCAPES}": ESCAPES, "messages": [{"role": ESCAPES, "content": ESCAPES}]}}
    said = {"text": ESCAPES, "tool_calls": [{"name": ESCAPES, "arguments": {ESCAPES: ESCAPES}}], "model": ESCAPES}
    source = {"source": {"file": f"f{ESCAPES}", "line": 1}, "llm": ESCAPES, "turn": ESCAPES}
    events = []
    for number, kind in enumerate((f"odd{ESCAPES}", "llm_call", "tool_call", "agent_turn", "agent_execution")):
        one: dict[str, Any] = {"component": f"c{ESCAPES}" if "odd" in kind else kind.split("_")[0]}
        one |= {"component_name": f"n{ESCAPES}", "execution_id": ESCAPES}
        start = {"event_id": f"s{number}{ESCAPES}", "timestamp": number, "metadata": source, "status": ESCAPES}
        end = {
            "parent_event_id": start["event_id"],
            "timestamp": number + 0.5,
            "outputs": said,
            "error": f"E{ESCAPES}: x",
        }
        events.append(line(event_type=f"{kind}_start", **one, **told, **start))
        events.append(line(event_type=f"{kind}_end", **one, status=f"failed{ESCAPES}", **end))
        events.append(line(event_type="error_occurred", **one, timestamp=number, status="failed", error=ESCAPES))
    return GOOD + b"".join(events)


def odd_types() -> bytes:
    """Every field, and every part of a payload that somebody looks into, with every kind of value."""
    fields = FIELDS
    plain = {"event_type": "llm_call_start", "event_id": "a", "timestamp": 1.0, "component": "llm"}
    made = [GOOD]
    for odd in _ODD:
        made += [line(**plain | {field: odd}) for field in fields]
        made += [
            line(**plain | {"metadata": {key: odd}}) for key in ("source", "turn", "llm", "mocked", "start_event_id")
        ]
        made += [
            line(**plain | {"metadata": {"source": {"file": "f", "line": 1, key: odd}}}) for key in ("file", "line")
        ]
        for inputs in (
            {"messages": odd, "tools": odd, "model": odd},
            {"messages": [odd]},
            {"messages": [{"content": odd}]},
        ):
            made.append(line(**plain | {"inputs": inputs}))
        for outputs in ({"tool_calls": odd, "text": odd, "prompt_tokens": odd}, {"tool_calls": [odd]}, {"result": odd}):
            made.append(line(event_type="llm_call_end", timestamp=1, component="llm", outputs=outputs))
        for kind, payload in (
            ("app_load_start", {"inputs": {"execution_id": odd, "app_name": odd, "arguments": odd}}),
            ("app_load_start", {"metadata": {"trace_version": odd, "program": odd, "recorded": odd, "pid": odd}}),
            ("app_load_end", {"outputs": {"execution_summary": odd}}),
            ("memory_operation", {"inputs": {"operation_type": odd, "details": odd}}),
            ("performance_marker", {"outputs": dict.fromkeys(("wall_s", "cpu_s", "peak_memory_mb", "threads"), odd)}),
            ("validation_end", {"outputs": {"success": odd, "errors": odd}}),
            ("agent_turn_start", {"inputs": {"turn": odd, "input": odd}, "metadata": {"turn": odd}}),
        ):
            made.append(line(event_type=kind, timestamp=1.0, **payload))
    return b"".join(made)


def clocks() -> bytes:
    """Time goes back, stands still, jumps to the end of the world; durations, tokens and costs are below nothing."""
    stamps = (1e9, 1e9 - 1_000, -1e9, 0, 1e19, -1e19, 5e11, 1e9)
    return GOOD + b"".join(
        line(
            event_type=f"llm_call_{('start', 'end')[number % 2]}",
            event_id=f"c{number}",
            parent_event_id=f"c{number - 1}",
            component="llm",
            timestamp=stamp,
            duration_ms=-5.0 * number,
            tokens_used=-number,
            cost_estimate=-1e10,
            memory_usage_mb=-1,
        )
        for number, stamp in enumerate(stamps * 4)
    )


def numbers() -> bytes:
    """NaN, infinities, and whole numbers of thousands of digits, where numbers are and in payloads."""
    made = []
    for text in ("NaN", "Infinity", "-Infinity", "1e400", "1e308", "-1e308", "9" * 30, "9" * 5_000, "1" + "0" * 400):
        for field in ("timestamp", "duration_ms", "tokens_used", "cost_estimate", "memory_usage_mb"):
            made.append(f'{{"event_type": "llm_call_end", "component": "llm", "{field}": {text}}}\n')
        made.append(f'{{"event_type": "llm_call_start", "inputs": {{"a": {text}, "b": [{text}]}}}}\n')
    return GOOD + "".join(made).encode()


def circles() -> bytes:
    """Parents in circles, events that are their own parents, and one id for all."""
    made = [GOOD]
    for one, other in (("a", "b"), ("b", "a"), ("c", "c"), ("c", "c"), ("d", "nobody")):
        for kind in ("llm_call_start", "agent_turn_start", "agent_turn_end", "llm_call_end", "error_occurred"):
            made.append(line(event_type=kind, event_id=one, parent_event_id=other, timestamp=1.0, component="llm"))
    return b"".join(made * 3)


def deep(levels: int, *, closed: bool = True) -> bytes:
    """Payloads within payloads."""
    lists = b"[" * levels + (b"]" * levels if closed else b"")
    objects = b'{"a":' * levels + b"1" + (b"}" * levels if closed else b"")
    return GOOD + b"".join(
        b'{"event_type": "llm_call_start", "component": "llm", "inputs": {"text": %s}}\n' % value
        for value in (lists, objects)
    )


def nested(spans: int) -> bytes:
    """Calls within calls, of which none ends."""
    return b"".join(
        line(
            event_type="agent_turn_start",
            event_id=f"e{n}",
            parent_event_id=f"e{n - 1}",
            timestamp=float(n),
            component="agent",
        )
        for n in range(spans)
    )


OPEN: dict[str, bytes] = {
    "escapes": escaping(),
    "odd types": odd_types(),
    "clocks": clocks(),
    "numbers": numbers(),
    "circles": circles(),
    "99 levels": deep(99),
    "500 levels": deep(500),
    "960 levels": deep(960),
    "1020 levels": deep(1_020),
    "100,000 levels": deep(100_000),
    "100,000 levels without an end": deep(100_000, closed=False),
    "2,000 calls deep": nested(2_000),
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "Windows line ends": GOOD.replace(b"\n", b"\r\n"),
    "no UTF-8": GOOD + GOOD.replace(b'"App"', b'"\xff\xfe\xc3(\xed\xa0\x80"'),
    "NUL bytes": b"\0\n" * 100 + GOOD + b"\0" * 10_000,
    "blank lines": b"\n \n\t\r\n" * 1_000 + GOOD,
    "scalars": b'1\n"x"\nnull\n[]\n{}\ntrue\n[1,\n' + GOOD,
    "keys twice": b'{"event_type":"a","event_type":"b_start","timestamp":1,"timestamp":2,"inputs":1,"inputs":{}}\n'
    + GOOD,
    "many keys": GOOD + line(event_type="x", inputs={f"k{n}": n for n in range(20_000)}),
    "a torn document": b'{"trace_version": 1, "events": [\n' + START.rstrip() + b',\n{"event_ty',
    "a document of odd events": b'{"events": [1, 2, "x", null, {"event_type": 5}, ' + START.rstrip() + b"]}",
}
"""Traces that open."""

REFUSED: dict[str, tuple[bytes, str]] = {
    "nothing": (b"", "'trace.jsonl' holds no events: the file is empty."),
    "only NUL bytes": (b"\0" * 9_999, "'trace.jsonl' holds no events: its only line was never finished (9999 bytes)."),
    "one torn line": (
        b"[" * 100_000,
        "'trace.jsonl' holds no events: its only line was never finished (100000 bytes).",
    ),
    "no JSON": (b"hello\nworld\n", "'trace.jsonl' is not a trace: none of its first 2 lines is an event;"),
    "no events": (b'{"a": 1}\n[]\n', "'trace.jsonl' is not a trace: none of its first 2 lines is an event;"),
    "gzip": (
        b"\x1f\x8b\x08\0\0\0\0\0",
        "'trace.jsonl' is not a trace: it is packed with gzip. Unpack it: zcat trace.jsonl | namel3ss debug replay -",
    ),
    "UTF-16": (GOOD.decode().encode("utf-16"), "'trace.jsonl' is not a trace: it is text in UTF-16."),
}
"""Files that are refused, and how the sentence begins."""
