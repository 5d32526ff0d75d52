"""An open trace: read as far as somebody looks, whatever happens to the file."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.events import TraceError, TraceEvent
from namel3ss_dbg.trace.codec import INVALID, encode_line
from namel3ss_dbg.trace.index import TraceIndex
from tests.strategies import lines_of, traces, write_trace


def some_lines(count: int) -> list[bytes]:
    """Lines of a trace, all alike."""
    return [b'{"event_type":"x","event_id":"evt_%06d","timestamp":1.5,"component":"tool"}\n' % n for n in range(count)]


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace of a thousand events."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(some_lines(1_000)))
    return path


def test_nothing_is_read_before_somebody_looks(trace):
    """Opening reads no event, and `advance` only as many as it is told."""
    with TraceIndex(trace) as index:
        assert (len(index), index.complete) == (0, False)
        assert index.advance(300) == 300
        assert (len(index), index.complete) == (300, False)
        assert index.advance() == 700
        assert (len(index), index.complete, index.position) == (1_000, True, trace.stat().st_size)
        assert index.advance() == 0


def test_a_slice_of_time_is_kept_short(trace):
    """Reading for no time at all reads one block, and goes on from there."""
    with TraceIndex(trace) as index:
        assert 0 < index.advance(within_s=0.0) < 1_000
        assert len(index.finish()) == 1_000


def test_events_by_number(trace):
    """An event and its line are found by its number, its id by the beginning of it."""
    with TraceIndex(trace) as index:
        index.finish()

        assert index.line(7) == some_lines(8)[7]
        assert index.event(7).event_id == index.identity(7) == "evt_000007"
        assert list(index.identified("evt_00012")) == list(range(120, 130))
        assert list(index.identified("evt_000999")) == [999]
        assert list(index.identified("é")) == []


def test_ids_that_are_written_in_another_way(tmp_path):
    """Ids are found whatever JSON does to them, and also where they are no texts or the line is none."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        b'{"event_type":"a","event_id":"a\\"b"}\n{"event_type":"a","event_id":17}\nrubbish\n'
        b'{"event_type":"a","event_id":"\xc3\xa9t\xc3\xa9"}\n'
    )

    with TraceIndex(path) as index:
        index.finish()

        assert [index.identity(row) for row in range(4)] == ['a"b', "17", "", "été"]
        assert [list(index.identified(beginning)) for beginning in ('a"', "17", "é")] == [[0], [1], [3]]


def test_all_events_in_order(trace):
    """Whoever wants everything reads on by itself."""
    with TraceIndex(trace) as index:
        assert [event.event_id for event in index.events()] == [f"evt_{n:06d}" for n in range(1_000)]


def test_growth_is_seen(trace):
    """A file that grows after its end was reached is read on, a line at a time or half a line at a time."""
    with TraceIndex(trace) as index:
        index.finish()
        line = b'{"event_type":"late","timestamp":1}\n'
        with trace.open("ab", buffering=0) as file:
            file.write(line[:10])
            assert index.advance() == 0
            assert index.torn == 10
            file.write(line[10:])
            assert index.advance() == 1
            file.write(line + line + b" ")
            assert index.advance() == 2

        assert index.event(1_000).event_type == "late"
        assert len(index) == 1_003


def test_a_last_line_without_its_newline_counts_when_whole(trace):
    """A last event is not left out because its newline is missing, and is not read twice when that comes."""
    with trace.open("ab", buffering=0) as file, TraceIndex(trace) as index:
        file.write(b'{"event_type":"last"}')
        assert len(index.finish()) == 1_001
        file.write(b"\n")
        assert index.advance() == 0
        file.write(b'{"event_type":"more"}\n')
        assert index.advance() == 1

        assert index.event(1_000).event_type == "last"
        assert index.event(1_001).event_type == "more"


@settings(max_examples=60)
@given(traces(most=8), st.data())
def test_a_file_cut_at_any_byte_opens(tmp_path_factory, records, data):
    """Wherever a crash cut the file, it opens, and every line that is whole is there."""
    content = b"".join(lines_of(records))
    cut = data.draw(st.integers(0, len(content)))
    path = tmp_path_factory.mktemp("cut") / "t.jsonl"
    path.write_bytes(content[:cut])

    with TraceIndex(path) as index:
        index.finish()

        whole = content[:cut].count(b"\n")
        at_the_end = content[cut : cut + 1] == b"\n"  # only the newline is missing
        assert len(index) == whole + at_the_end
        assert [index.event(row).event_id for row in range(len(index))] == [
            record["event_id"] for record in records[: len(index)]
        ]
        assert index.torn == (0 if at_the_end else cut - content.rfind(b"\n", 0, cut) - 1)


def test_bad_lines_keep_their_numbers(tmp_path):
    """Lines that are no events are shown in their places; blank ones do not count."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"event_type":"a"}\nrubbish\n\n{"event_type":"b"}\r\n{"no":"type"}\n[]\n \n{"event_type":"c"}\n')

    with TraceIndex(path) as index:
        index.finish()

        types = [index.event(row).event_type for row in range(len(index))]
        assert types == ["a", INVALID, "b", INVALID, INVALID, "c"]
        assert [index.columns.shape_at(row).event_type for row in range(len(index))] == types
        assert index.columns.invalid == 3


def test_a_bad_line_in_any_place_of_a_block(tmp_path):
    """A line that is none does not disturb its neighbours, whether it is the first or the last that is read at once."""
    for place in (0, 1, 255, 256, 511, 599):
        lines = some_lines(600)
        lines[place] = b"rubbish\n"
        path = tmp_path / f"{place}.jsonl"
        path.write_bytes(b"".join(lines))

        with TraceIndex(path) as index:
            index.finish()

            assert len(index) == 600
            assert [index.line(row) for row in range(600)] == lines


def test_what_only_the_codec_understands_is_indexed_too(tmp_path):
    """Dates, NaN, payloads of other kinds and byte order marks are read as events, not as bad lines."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(
        b'\xef\xbb\xbf{"event_type":"a","timestamp":"2025-01-02T03:04:05Z"}\n'
        b'{"event_type":"b","metadata":[1],"duration_ms":"1.5"}\n'
        b'{"event_type":"c","inputs":{"a":NaN}}\n'
    )

    with TraceIndex(path) as index:
        index.finish()

        assert [index.columns.shape_at(row).event_type for row in range(3)] == ["a", "b", "c"]
        assert index.columns.timestamp[0] == 1735787045.0
        assert index.columns.duration[1] == 1.5
        assert index.columns.invalid == 0


@pytest.mark.parametrize("count", [0, 1, 5])
def test_forms_of_a_document(tmp_path, count):
    """A document of ours, a pretty one, one on a single line, and a plain array hold the same events."""
    events = [json.loads(line) for line in some_lines(count)]
    ours = '{"trace_version": 1, "events": [\n' + ",\n".join(json.dumps(event) for event in events) + "\n]}\n"
    forms = {
        "ours": ours,
        "pretty": json.dumps({"trace_version": 1, "events": events}, indent=2),
        "one line": json.dumps({"trace_version": 1, "events": events}),
        "array": json.dumps(events),
        "pretty array": json.dumps(events, indent=4),
    }
    for name, content in forms.items():
        (tmp_path / name).write_text(content)
        with TraceIndex(tmp_path / name) as index:
            index.finish()

            assert [index.event(row).event_id for row in range(len(index))] == [event["event_id"] for event in events]
            assert (index.columns.invalid, index.torn) == (0, 0)


@settings(max_examples=60)
@given(st.data())
def test_a_document_cut_at_any_byte_opens(tmp_path_factory, data):
    """A document whose end was never written has all the events whose lines are whole."""
    events = [line.rstrip(b"\n") for line in some_lines(4)]
    content = b'{"trace_version": 1, "events": [\n' + b",\n".join(events) + b"\n]}\n"
    cut = data.draw(st.integers(33, len(content)))
    path = tmp_path_factory.mktemp("cut") / "t.json"
    path.write_bytes(content[:cut])

    with TraceIndex(path) as index:
        index.finish()

        whole = sum(content.find(event) + len(event) <= cut for event in events)
        assert len(index) == whole
        assert index.columns.invalid == 0


def test_a_document_as_python_writes_it(tmp_path):
    """NaN, which Python's JSON has and no other, does not make a document unreadable."""
    (tmp_path / "t.json").write_text(json.dumps([{"event_type": "a", "inputs": {"x": float("nan")}}]))

    with TraceIndex(tmp_path / "t.json") as index:
        assert [event.inputs for event in index.finish().events()] == [{"x": None}]


def test_json_that_holds_no_trace(tmp_path):
    """A JSON file without events has no event, and says so line by line."""
    for content in ('{"a": 1}', '{\n"events": 5\n}', "5\n", "[[]"):
        (tmp_path / "t.json").write_text(content)

        with TraceIndex(tmp_path / "t.json") as index:
            assert {event.event_type for event in index.finish().events()} <= {INVALID}


def test_a_document_is_taken_apart_without_being_read(tmp_path):
    """Its events stay what they are, however they are laid out: big numbers, odd texts, and what is no event."""
    events = [
        {"event_type": "x", "inputs": {"a": 10**30, "b": 0.1, "c": "two\nlines \u2028 é"}},
        5,
        {"event_type": "y"},
    ]
    for name, document in (("list", events), ("object", {"more": [{}], "events": events})):
        for indent in (None, 3):
            path = tmp_path / f"{name} {indent}.json"
            path.write_text(json.dumps(document, indent=indent))
            with TraceIndex(path) as index:
                index.finish()

                assert [index.event(row).event_type for row in range(len(index))] == ["x", INVALID, "y"]
                assert index.event(0).inputs == {"a": 1e30, "b": 0.1, "c": "two\nlines \u2028 é"}


def test_events_in_a_payload_make_no_document(tmp_path):
    """JSON Lines whose first event happens to speak of `events` are JSON Lines."""
    first = TraceEvent(
        event_type="app_load_start", event_id="1", inputs={"events": [{"a": 1}]}, metadata={"events": []}
    )
    path = tmp_path / "t.jsonl"
    path.write_bytes(encode_line(first) + b"".join(some_lines(2)))

    with TraceIndex(path) as index:
        assert [event.event_type for event in index.finish().events()] == ["app_load_start", "x", "x"]


def test_a_bad_first_line_makes_no_document(tmp_path):
    """JSON Lines whose first line is torn, or no JSON at all, keep the others."""
    for first in (b'{"event_type": "app_lo\n', b"[[[\n", b"# a comment\n", b"{\n"):
        path = tmp_path / "t.jsonl"
        path.write_bytes(first + b"".join(some_lines(2)))

        with TraceIndex(path) as index:
            assert [event.event_type for event in index.finish().events()] == [INVALID, "x", "x"]


def test_an_empty_file_is_an_empty_trace(tmp_path):
    """A trace that holds nothing yet opens, and is read on when it holds something."""
    path = tmp_path / "t.jsonl"
    path.touch()

    with TraceIndex(path) as index:
        assert len(index.finish()) == 0
        path.write_bytes(some_lines(1)[0])
        assert index.advance() == 1


@pytest.mark.parametrize("form", ["lines", "document"])
def test_standard_input(form):
    """`-` reads what another program writes, and a pipe needs no end of its own to be one."""
    lines = b"".join(some_lines(3))
    content = lines if form == "lines" else b"[" + lines.replace(b"}\n{", b"},\n{") + b"]"
    program = "from namel3ss_dbg.trace.index import TraceIndex\nprint(*(e.event_id for e in TraceIndex('-').events()))"

    done = subprocess.run([sys.executable, "-c", program], input=content, capture_output=True, check=True)

    assert done.stdout.split() == [b"evt_000000", b"evt_000001", b"evt_000002"]


def test_a_pipe_in_the_file_system(tmp_path):
    """A trace may come out of a named pipe, as a shell's `<(…)` makes one."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    child = subprocess.Popen([sys.executable, "-c", f"open({str(path)!r}, 'wb').write({b''.join(some_lines(2))!r})"])

    with TraceIndex(path) as index:
        assert len(index.finish()) == 2
    assert child.wait() == 0


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing", "The trace 'missing' cannot be read: No such file or directory."),
        (".", "'.' is not a trace: it is a folder, not a file."),
        ("/dev/zero", "'/dev/zero' is not a trace: it is a device, not a file."),
        ("\0", "The trace '\0' cannot be read: no file can have such a name."),
    ],
)
def test_a_file_that_cannot_be_read(name, sentence):
    """What cannot be opened, or never ends, is said with its name, the reason, and what to do."""
    with pytest.raises(TraceError) as caught:
        TraceIndex(name)

    assert str(caught.value) == f"{sentence} Name a .jsonl file, 'latest', or a name in the trace directory."


def test_a_line_of_megabytes(tmp_path):
    """Lines longer than any buffer are read whole."""
    path = write_trace(tmp_path / "t.jsonl", [{"event_type": "x", "inputs": {"a": "y" * 3_000_000}}] * 2)

    with TraceIndex(path) as index:
        index.finish()

        assert len(index.event(1).inputs["a"]) == 3_000_000


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_any_bytes_at_all(tmp_path_factory, pieces):
    """Whatever is in the file, it opens, and every finished line that is not blank has a number."""
    path = tmp_path_factory.mktemp("junk") / "t.jsonl"
    content = b"\n".join([b"# no document", *pieces, b"{"])
    path.write_bytes(content)

    with TraceIndex(path) as index:
        index.finish()

        assert len(index) == sum(bool(line.strip()) for line in content.split(b"\n")[:-1])
        assert index.columns.invalid == len(index)
        assert index.torn == 1
        assert all(index.event(row).event_type == INVALID for row in range(len(index)))
