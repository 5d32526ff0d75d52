"""The columns kept beside a trace: the same answers in no time, and nothing believed that does not fit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.trace import index as index_module
from namel3ss_dbg.trace import sidecar
from namel3ss_dbg.trace.columns import TYPES, Columns
from namel3ss_dbg.trace.index import TraceIndex
from tests.strategies import lines_of, traces, write_trace
from tests.support.linking import any_records


@pytest.fixture(autouse=True)
def _every_trace_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let even the smallest trace have a sidecar."""
    monkeypatch.setattr(index_module, "_WORTH_A_SIDECAR_S", 0.0)


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """A trace of a hundred spans, with its sidecar."""
    records: list[dict[str, Any]] = [{"event_type": "app_load_start", "event_id": "0", "timestamp": 1.0}]
    for n in range(100):
        source = {"source": {"file": "a.ai", "line": n % 7, "column": 1}}
        start = {"event_type": "llm_call_start", "event_id": f"s{n}", "parent_event_id": "0", "metadata": source}
        end = {"event_type": "llm_call_end", "event_id": f"e{n}", "parent_event_id": f"s{n}", "tokens_used": n}
        records += [start, {**end, "error": f"error {n % 5}"}]
    path = write_trace(tmp_path / "t.jsonl", records)
    TraceIndex(path).finish().close()
    assert sidecar.path_of(path).exists()
    return path


def reopened(path: Path) -> Columns | None:
    """What the sidecar of a trace gives; None when it is not believed."""
    with path.open("rb") as file:
        found = sidecar.load(path, file)
    return found[0] if found is not None else None


def picture_of(columns: Columns) -> dict[str, Any]:
    """All that columns say, for comparing."""
    return {
        **{name: [repr(value) for value in getattr(columns, name)] for name in TYPES},
        **{
            name: [list(rows) for rows in getattr(columns, name)] for name in ("shape_rows", "lane_rows", "source_rows")
        },
        "shapes": columns.shape_names,
        "edge": bytes(columns.edge),
        "errors": columns.errors.names,
        "sources": columns.sources.names,
        "open": columns.open,
        "rest": (columns.count, columns.invalid, columns.linked),
    }


def test_the_second_time_says_the_same(trace):
    """A trace that is opened with its sidecar is complete at once, and says what it said the first time."""
    with TraceIndex(trace, use_sidecar=False) as fresh, TraceIndex(trace) as again:
        fresh.finish()

        assert again.complete
        assert picture_of(again.columns) == picture_of(fresh.columns)
        assert again.event(57) == fresh.event(57)


@settings(max_examples=50)
@given(any_records(most=30) | traces(most=30), st.data())
def test_growing_after_it_was_loaded_makes_no_difference(tmp_path_factory, records, data):
    """A sidecar of any beginning of a trace, read on, gives the columns that reading everything gives."""
    lines = lines_of(records)
    cut = data.draw(st.integers(0, len(lines)))
    path = tmp_path_factory.mktemp("grown") / "t.jsonl"
    path.write_bytes(b"".join(lines[:cut]))
    with TraceIndex(path) as index:
        index.advance()
    with path.open("ab") as file:
        file.writelines(lines[cut:])

    with TraceIndex(path) as grown, TraceIndex(path, use_sidecar=False) as fresh:
        assert len(grown) == cut
        grown.finish()
        fresh.finish()

        assert picture_of(grown.columns) == picture_of(fresh.columns)


def test_a_torn_tail_is_not_in_it(trace):
    """A last line that was still being written when the sidecar was made is read when it is whole."""
    line = b'{"event_type":"late","timestamp":1}\n'
    with trace.open("ab", buffering=0) as file:
        file.write(line[:9])
        TraceIndex(trace).finish().close()
        file.write(line[9:])

    with TraceIndex(trace) as index:
        assert index.advance() == 1
        assert index.event(len(index) - 1).event_type == "late"


def test_a_quickly_read_trace_has_none(trace, monkeypatch):
    """A trace that is read in a moment gets no file beside it."""
    sidecar.path_of(trace).unlink()
    monkeypatch.setattr(index_module, "_WORTH_A_SIDECAR_S", 60.0)

    TraceIndex(trace).finish().close()

    assert list(trace.parent.iterdir()) == [trace]


def test_only_its_owner_may_read_it(trace):
    """A sidecar holds names and errors of the trace, and is as private."""
    assert sidecar.path_of(trace).stat().st_mode & 0o777 == 0o600


def test_a_link_leads_to_the_same_one(trace):
    """`trace_latest.jsonl` and the trace that it leads to share one sidecar."""
    link = trace.with_name("latest.jsonl")
    link.symlink_to(trace.name)

    assert sidecar.path_of(link) == sidecar.path_of(trace)
    assert reopened(link) is not None


def test_where_none_can_be_written_none_is(trace):
    """A folder that takes no files costs nothing but the time to read the trace again."""
    with trace.open("rb") as file:
        sidecar.save(Path("/dev/null/t.jsonl"), file, Columns(), 0)


@pytest.mark.parametrize(
    "change",
    [
        lambda trace: trace.write_bytes(trace.read_bytes()[:-30]),
        lambda trace: trace.write_bytes(b""),
        lambda trace: trace.write_bytes(trace.read_bytes().replace(b"llm", b"LLM", 1)),
        lambda trace: trace.write_bytes(trace.read_bytes().replace(b"llm", b"LLM", 1) + b'{"event_type":"x"}\n'),
        lambda trace: shutil.copy(trace, trace.with_name("copy")) and trace.with_name("copy").replace(trace),
        lambda trace: os.utime(trace, (1, 1)),
    ],
    ids=["truncated", "emptied", "head rewritten", "head rewritten and grown", "another file", "another time"],
)
def test_it_is_refused_when_the_trace_is_another(trace, change):
    """A sidecar counts only for the very file that it was made from, or for one that has grown since."""
    change(trace)

    assert reopened(trace) is None


def test_one_that_came_with_a_trace_is_not_believed(trace, tmp_path):
    """A trace and its sidecar that are copied together are another file here: nobody can send one that is believed."""
    there = tmp_path / "there"
    there.mkdir()
    for path in (trace, sidecar.path_of(trace)):
        shutil.copy2(path, there)

    assert reopened(there / "t.jsonl") is None


@settings(max_examples=80)
@given(st.data())
def test_no_bytes_in_its_place_do_harm(tmp_path_factory, data):
    """One that is cut, lengthened, or changed at its beginning or end is refused without a word."""
    path = write_trace(tmp_path_factory.mktemp("junk") / "t.jsonl", data.draw(traces(most=10)))
    with TraceIndex(path) as index:
        index.finish()
    beside = sidecar.path_of(path)
    good = beside.read_bytes()
    manner = data.draw(st.sampled_from(("cut", "longer", "changed", "junk")))
    if manner == "cut":
        bad = good[: data.draw(st.integers(0, len(good) - 1))]
    elif manner == "longer":
        bad = good + data.draw(st.binary(min_size=1, max_size=9))
    elif manner == "junk":
        bad = data.draw(st.binary(max_size=200).map(lambda junk: good[: len(junk) % 30] + junk))
    else:
        length = int.from_bytes(good[8:16], "little")
        place = data.draw(st.integers(0, 20 + length - 1))
        bad = bytes([*good[:place], good[place] ^ data.draw(st.integers(1, 255)), *good[place + 1 :]])
    beside.write_bytes(bad)

    assert reopened(path) is None
    with TraceIndex(path) as again, TraceIndex(path, use_sidecar=False) as fresh:
        assert picture_of(again.finish().columns) == picture_of(fresh.finish().columns)


def test_a_changed_column_is_noticed(trace):
    """A byte that rotted in the columns of a small trace is noticed too: all of their pages are looked at."""
    beside = sidecar.path_of(trace)
    good = beside.read_bytes()
    for place in range(4_200, len(good), 211):
        beside.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])

        again = reopened(trace)

        assert again is None or picture_of(again) == picture_of(TraceIndex(trace, use_sidecar=False).finish().columns)


def test_a_forged_header_of_ours_is_checked(trace):
    """Even one whose checksums are right is refused when its parts do not fit together."""
    for name, value in (("count", 7), ("position", 1 << 60), ("errors", []), ("blobs", {}), ("shapes", [])):
        TraceIndex(trace).close()
        content = sidecar.path_of(trace).read_bytes()
        length = int.from_bytes(content[8:16], "little")
        header = sidecar.msgspec.json.decode(content[20 : 20 + length])
        header[name] = value
        encoded = sidecar.msgspec.json.encode(header)
        prefix = content[:8] + len(encoded).to_bytes(8, "little") + sidecar.zlib.crc32(encoded).to_bytes(4, "little")
        data = content[20 + length + -(20 + length) % 4_096 :]
        padding = bytes(-(20 + len(encoded)) % 4_096)
        forged = trace.with_name("forged")
        forged.write_bytes(prefix + encoded + padding + data)
        good = sidecar.path_of(trace).read_bytes()
        forged.replace(sidecar.path_of(trace))

        assert reopened(trace) is None
        sidecar.path_of(trace).write_bytes(good)
        assert reopened(trace) is not None
