"""Damages traces, configurations and programs: their bytes, their lines, and the JSON in them.

Everything is drawn from one `Random`, so that a number is enough to have the same damage again.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from namel3ss_dbg.trace.codec import encode_line
from tests.support import stories
from tests.support.hostile import ESCAPES
from tests.support.mutations import mutated

ROOT = Path(__file__).parents[2]

_DEEP = (20, 90, 101, 250, 700, 990, 1_030, 3_000)
_WORDS = (
    "", " ", "a", "0", "null", "NaN", "1e999", "2025-01-02T03:04:05Z", "llm_call_start", "tool_call_end", "_start",
    "_end", "x" * 3_000, ESCAPES, "é東京🙂", "\ud800", "\x00", "../../etc", "{steps.x}", "%s%n", "{{ x }}", "'\"`",
    "\n\r\t",
)  # fmt: skip
_NUMBERS = (
    0, -1, 1, 2**31, 2**53, 2**63, -(2**63), 2**64, 10**30, 10**400, 0.1, -0.0, 1e-320, 1e11, 1e20, 1e308, -1e308,
    float("nan"), float("inf"), float("-inf"),
)  # fmt: skip
_FIELDS = (
    "event_type", "event_id", "timestamp", "parent_event_id", "execution_id", "component", "component_name", "inputs",
    "outputs", "metadata", "duration_ms", "status", "error", "memory_usage_mb", "tokens_used", "cost_estimate",
)  # fmt: skip
_KEYS = (
    "messages", "content", "role", "text", "tool_calls", "arguments", "name", "model", "turn", "source", "file",
    "line", "result", "tools", "success", "errors", "operation_type", "details", "execution_summary",
    "start_event_id", "trace_version", "program", "recorded", "components", "prompt_tokens", "completion_tokens",
    "wall_s", "cpu_s", "mocked", "clipped", "",
)  # fmt: skip
_TYPES = (
    "app_load", "agent_execution", "agent_turn", "llm_call", "tool_call", "prompt_execution", "chain_execution",
    "chain_step", "validation", "odd",
)  # fmt: skip
_POINTS = (
    "error_occurred",
    "memory_operation",
    "memory_summarization",
    "performance_marker",
    "validation_event",
    "odd",
)
_BYTES = (
    b"", b"\n", b"\r\n", b"\r", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b'"', b"\\",
    b"{", b"}", b"[", b"]", b",", b":", b"null", b"1e999", b"-", b"\\u0000", b"\\ud800", b"\x1b[2J", b"\x1f\x8b",
    b" " * 300, b"\n" * 50, b"[" * 2_000, b'{"a":' * 1_500, b'{"events": [\n', b"]}\n", b'"events"', b"9" * 5_000,
)  # fmt: skip

Record = dict[str, Any]


@cache
def good_traces() -> tuple[list[Record], ...]:
    """Traces as they are recorded, of several kinds of runs."""
    paths = [
        ROOT / "tests/traces/v1/weather/trace.jsonl",
        *sorted((ROOT / "tests/sessions/runs").glob("*/trace.jsonl")),
    ]
    recorded = [[json.loads(line) for line in path.read_bytes().splitlines()] for path in paths]
    told = [stories.weather(), stories.parallel(), stories.crashed()]
    return (*recorded, *([json.loads(encode_line(event)) for event in events] for events in told))


@cache
def good_programs() -> tuple[str, ...]:
    """Programs as they are written."""
    return tuple(path.read_text("utf-8") for path in sorted((ROOT / "examples").glob("*/*.ai")))


def trace(chance: Random) -> bytes:
    """A trace with some damage."""
    records = chance.choice(good_traces())
    begin = chance.choice((0, 0, 0, chance.randrange(len(records))))
    records = [dict(record) for record in records[begin : begin + chance.choice((1, 5, 20, 60))]]
    if chance.random() < 0.8:
        records = json.loads(json.dumps(records))
        for _ in range(chance.choice((1, 1, 2, 5, 30))):
            _damage_records(records, chance)
    content = _written(records, chance)
    if chance.random() < 0.4:
        for _ in range(chance.choice((1, 1, 3, 20))):
            content = _damaged_bytes(content, chance)
    return content


def _written(records: list[Record], chance: Random) -> bytes:
    """Records as lines, or as one of the documents in which traces come."""
    manner = chance.random()
    try:
        lines = [json.dumps(record, ensure_ascii=chance.random() < 0.5) for record in records]
    except RecursionError:  # one deep value was put into another
        return b'{"event_type": "deep", "inputs": ' + b"[" * 2_000 + b"]" * 2_000 + b"}\n"
    if manner < 0.85:
        text = "\n".join(lines) + ("\n" if chance.random() < 0.9 else "")
    elif manner < 0.9:
        text = '{"trace_version": 1, "events": [\n' + ",\n".join(lines) + "\n]}\n"
    elif manner < 0.95:
        text = json.dumps(records, indent=chance.choice((None, 2)))
    else:
        text = json.dumps({"events": records, chance.choice(_KEYS): odd_value(chance)}, indent=chance.choice((None, 1)))
    return text.encode("utf-8", chance.choice(("surrogatepass", "replace")))


def _damage_records(records: list[Record], chance: Random) -> None:
    if not records:
        records.append({})
    record = chance.choice(records)
    other = chance.choice(records)
    match chance.randrange(12):
        case 0:
            record[chance.choice(_FIELDS)] = odd_value(chance)
        case 1:
            record.pop(chance.choice(_FIELDS), None)
        case 2:
            record["event_id"] = other.get("event_id")
        case 3:
            record["parent_event_id"] = chance.choice((other, record)).get("event_id")
        case 4:
            record["timestamp"] = chance.choice(
                (0, -1, 1e300, 1e19, other.get("timestamp"), chance.uniform(-1e10, 1e10))
            )
        case 5:
            edge = chance.choice(("_start", "_end"))
            record["event_type"] = chance.choice((chance.choice(_TYPES) + edge, chance.choice(_POINTS)))
        case 6:
            chance.shuffle(records)
        case 7:
            records.insert(chance.randrange(len(records) + 1), dict(record))
        case 8:
            records.remove(record)
        case 9:
            payload = record.setdefault(chance.choice(("inputs", "outputs", "metadata")), {})
            if isinstance(payload, dict):
                payload[chance.choice((*_KEYS, *_WORDS))] = odd_value(chance)
        case 10:
            record["component_name"] = chance.choice((*_WORDS, other.get("component_name")))
        case _:
            _damage_inside(record, chance)


def _damage_inside(value: Any, chance: Random) -> None:
    """Put something odd, or something from elsewhere in it, anywhere into a value."""
    places: list[tuple[Any, Any]] = []
    waiting = [value]
    while waiting and len(places) < 2_000:
        here = waiting.pop()
        for key, inner in here.items() if isinstance(here, dict) else enumerate(here):
            places.append((here, key))
            if isinstance(inner, dict | list):
                waiting.append(inner)
    if places:
        here, key = chance.choice(places)
        here[key] = odd_value(chance)


def odd_value(chance: Random) -> Any:
    """A value that nobody expects."""
    match chance.randrange(9):
        case 0:
            return chance.choice((None, True, False))
        case 1 | 2:
            return chance.choice(_NUMBERS)
        case 3 | 4:
            return chance.choice(_WORDS)
        case 5:
            return [odd_value(chance) for _ in range(chance.randrange(4))]
        case 6:
            return {chance.choice((*_KEYS, *_WORDS)): odd_value(chance) for _ in range(chance.randrange(4))}
        case 7:
            return chance.choice(([chance.randrange(99) for _ in range(700)], dict.fromkeys(map(str, range(300)), "x")))
        case _:
            return _deep(chance.choice(_DEEP), chance)


def _deep(levels: int, chance: Random) -> Any:
    levels = min(levels, 700)  # `json.dumps` writes no more; what is deeper comes as bytes
    value: Any = 1
    wraps: tuple[Callable[[Any], Any], ...] = (lambda inner: [inner], lambda inner: {"a": inner})
    for _ in range(levels):
        value = chance.choice(wraps)(value)
    return value


def _damaged_bytes(content: bytes, chance: Random) -> bytes:
    begin = chance.randrange(len(content) + 1)
    end = min(len(content), begin + chance.choice((0, 1, 2, 8, 200)))
    match chance.randrange(9):
        case 0 if content:
            place = min(begin, len(content) - 1)
            return content[:place] + bytes([content[place] ^ (1 << chance.randrange(8))]) + content[place + 1 :]
        case 1:
            return content[:begin] + content[end:]
        case 2:
            return content[:begin]
        case 3:
            return content[:begin] + content[begin:end] * chance.choice((2, 50)) + content[end:]
        case 4:
            return content[:begin] + chance.randbytes(chance.choice((1, 4, 60))) + content[end:]
        case 5:
            return content.replace(b"\n", chance.choice((b"\r\n", b"\n\n", b"", b"\r", b" \n")))
        case 6:
            lines = content.splitlines(keepends=True)
            chance.shuffle(lines)
            return b"".join(lines)
        case 7:
            return chance.choice(_BYTES) + content
        case _:
            return content[:begin] + chance.choice(_BYTES) + content[end:]


def configuration(chance: Random) -> tuple[bytes, dict[str, str]]:
    """A workspace file and variables, with some damage."""
    content: Record = {
        "enabled": True, "auto_trace": False, "trace_output_dir": "./debug/traces", "trace_retention_days": 30,
        "default_components": ["agent", "llm"], "buffer_size": 1000, "capture_memory": True,
        "capture_performance": True, "max_payload_size": 16384,
    }  # fmt: skip
    for _ in range(chance.choice((0, 1, 1, 3))):
        key = chance.choice((*content, *_WORDS)) if content else "enabled"
        content[key] = odd_value(chance)
        content.pop(chance.choice((*content, "")), None)
    written = json.dumps(content, indent=chance.choice((None, 2))).encode()
    for _ in range(chance.choice((0, 0, 1, 4))):
        written = _damaged_bytes(written, chance)
    names = ("ENABLED", "OUTPUT_DIR", "COMPONENTS", "BUFFER_SIZE", "CAPTURE_MEMORY", "CAPTURE_PERFORMANCE",
             "RETENTION_DAYS", "MAX_PAYLOAD_SIZE", "FLUSH_INTERVAL", "AUTO_TRACE")  # fmt: skip
    said = (chance.choice((*_WORDS, *map(str, _NUMBERS), "true", "off", "5", "~nobody/x", "a,b,,")) for _ in names)
    variables = {
        f"NAMEL3SS_DEBUG_{name}": value.encode("utf-8", "surrogatepass").decode("utf-8", "replace").replace("\0", "")
        for name, value in zip(names, said, strict=True)
        if chance.random() < 0.3
    }
    return written, variables


def program(chance: Random) -> str:
    """A program with some damage."""
    return mutated(chance.choice(good_programs()), chance, times=chance.choice((1, 2, 5, 30)))


def rotten(content: bytes, chance: Random) -> bytes:
    """Bytes that were right, with some damage."""
    for _ in range(chance.choice((1, 1, 2, 9))):
        content = _damaged_bytes(content, chance)
    return content
