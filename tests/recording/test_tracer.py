"""Runs and single events: one file for each run, and nothing that ever hurts the program."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import re
import threading
from pathlib import Path

import pytest

from namel3ss_dbg.events import Status, TraceError, TraceEvent, TraceEventType, TraceFilter
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.trace.codec import decode_line
from namel3ss_dbg.trace.index import TraceIndex
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.objects import ANY_OBJECT, Hostile
from tests.support.recordings import assert_whole, events_in, spans_in, tracer_in


class TestRuns:
    def test_a_run_is_framed(self, tmp_path):
        """The first event says what runs and in which format, the last one how it ended and what it took."""
        tracer = tracer_in(tmp_path)
        tracer.start("App", inputs={"arguments": {"city": "Oslo"}}, metadata={"program": "a.ai"})
        with tracer.span("llm_call", "llm", "openai") as span:
            span.tokens_used, span.cost_estimate = 10, 0.25
        with tracer.span("llm_call", "llm", "openai") as span:
            span.tokens_used = 5

        first, *_, last = events_in(tracer.finish(outputs={"result": 1}))

        assert first.event_type == TraceEventType.APP_LOAD_START
        assert first.inputs == {
            "execution_id": first.execution_id,
            "app_name": "App",
            "arguments": {"city": "Oslo"},
        }
        assert (first.metadata["trace_version"], first.metadata["program"]) == (1, "a.ai")
        assert (last.event_type, last.status) == (TraceEventType.APP_LOAD_END, "completed")
        assert last.outputs == {
            "result": 1,
            "execution_summary": {"events": 6, "tokens_used": 15, "cost_estimate": 0.25},
        }

    @pytest.mark.parametrize("status", [Status.COMPLETED, Status.FAILED, Status.CANCELLED])
    def test_how_a_run_ended(self, tmp_path, status):
        """The end record has the status and the error of the run."""
        tracer = tracer_in(tmp_path)
        tracer.start("App")

        last = events_in(tracer.finish(status, error="ValueError: no"))[-1]

        assert (last.status, last.error) == (status, "ValueError: no")

    def test_every_run_has_a_file_of_its_own(self, tmp_path):
        """Runs that begin in the same second have different names, and `trace_latest.jsonl` leads to the last one."""
        tracer = tracer_in(tmp_path)
        paths = []
        for number in range(20):
            tracer.start(f"App{number}")
            paths.append(tracer.finish())

        assert len(set(paths)) == 20
        assert all(re.fullmatch(r"trace_\d{8}_\d{6}_exec_[0-9a-f]{12}\.jsonl", path.name) for path in paths)
        assert all(path.stat().st_mode & 0o777 == 0o600 for path in paths)
        assert (tmp_path / "trace_latest.jsonl").resolve() == paths[-1].resolve()
        assert [events_in(path)[0].name for path in paths] == [f"App{number}" for number in range(20)]

    @pytest.mark.parametrize("buffer_size", [1, 1000])
    def test_one_file_whatever_the_buffer(self, tmp_path, buffer_size):
        """However many events a run has, and however few may wait, they are in one file."""
        tracer = tracer_in(tmp_path, buffer_size=buffer_size)
        tracer.start("App")
        for _ in range(2_500):
            tracer.emit("custom")

        path = tracer.finish()

        assert len(events_in(path)) == 2_502
        assert {other.name for other in tmp_path.iterdir()} == {path.name, "trace_latest.jsonl"}

    def test_runs_at_the_same_time(self, tmp_path):
        """Runs of one tracer that interleave have their own files, with their own events and their own summaries."""
        tracer = tracer_in(tmp_path)
        together = asyncio.Barrier(5)

        async def one(number: int) -> Path | None:
            await tracer.start_execution_trace(f"App{number}")
            await together.wait()
            for turn in range(number + 1):
                async with tracer.span("agent_turn", "agent", f"{number} turn {turn}") as span:
                    span.tokens_used = number
                    await together.wait() if turn == 0 else await asyncio.sleep(0)
                    await tracer.emit_event("custom", component_name=f"{number} point {turn}")
            return await tracer.end_execution_trace(outputs={"number": number})

        async def run() -> list[Path | None]:
            return await asyncio.gather(*(one(number) for number in range(5)))

        for number, path in enumerate(asyncio.run(run())):
            events = events_in(path)
            assert_whole(path)
            assert [event.name for event in events if event.opens] == [
                f"App{number}",
                *(f"{number} turn {turn}" for turn in range(number + 1)),
            ]
            assert {event.name.split()[0] for event in events[1:-1]} == {str(number)}
            summary = events[-1].outputs["execution_summary"]
            assert (summary["events"], summary["tokens_used"]) == (len(events), number * (number + 1))

    def test_a_run_inside_a_run(self, tmp_path):
        """A run begun within another one has its own file; afterwards the outer one goes on."""
        tracer = tracer_in(tmp_path)
        tracer.start("Outer")
        with tracer.span("agent_turn", "agent", "before"):
            tracer.start("Inner")
            with tracer.span("tool_call", "tool", "inside"):
                pass
            inner = tracer.finish()
            with tracer.span("tool_call", "tool", "after"):
                pass

        outer = tracer.finish()

        assert spans_in(inner) == {"Inner": "", "inside": "Inner"}
        assert spans_in(outer) == {"Outer": "", "before": "Outer", "after": "before"}

    def test_two_tracers_do_not_mix(self, tmp_path):
        """A span of one tracer inside a span of another belongs to its own tracer's run."""
        one, two = tracer_in(tmp_path / "1"), tracer_in(tmp_path / "2")
        one.start("One")
        two.start("Two")
        with one.span("agent_turn", "agent", "a"), two.span("agent_turn", "agent", "b"), one.span("x", "x", "c"):
            pass

        assert spans_in(one.finish()) == {"One": "", "a": "One", "c": "One"}
        assert spans_in(two.finish()) == {"Two": "", "b": "Two"}

    def test_stragglers_of_a_finished_run_go_nowhere(self, tmp_path, caplog):
        """What happens after a run was ended begins no new one, and is no reason to complain."""
        tracer = tracer_in(tmp_path)
        tracer.start("App")
        late = tracer.span("tool_call", "tool", "late")
        late.__enter__()
        path = tracer.finish()

        late.__exit__(None, None, None)
        tracer.emit("custom")
        with tracer.span("llm_call", "llm", "later"):
            pass
        thread = threading.Thread(target=lambda: tracer.emit("custom"))
        thread.start()
        thread.join()

        assert events_in(path)[-1].event_type == "app_load_end"
        assert tracer.finish() is None
        assert len(list(tmp_path.iterdir())) == 2
        assert not caplog.records

    def test_the_first_event_begins_a_run(self, tmp_path):
        """A program that only emits is recorded as well, under its own name."""
        tracer = tracer_in(tmp_path)
        with tracer.span("tool_call", "tool", "search"):
            pass

        events = events_in(tracer.finish())

        assert [event.event_type for event in events][:2] == ["app_load_start", "tool_call_start"]
        assert events[0].component_name

    def test_a_run_that_only_one_of_two_threads_ends(self, tmp_path):
        """When two threads end one run, it has one end."""
        tracer = tracer_in(tmp_path)
        execution = tracer.start("App")
        together = threading.Barrier(2)
        found: list[Path | None] = []

        def end() -> None:
            together.wait()
            found.append(tracer.finish(execution=execution))

        threads = [threading.Thread(target=end) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(found, key=bool) == [None, execution.trace_file]
        assert_whole(execution.trace_file)

    def test_a_json_document(self, tmp_path):
        """With the format `json` the trace is one document with the same events."""
        tracer = tracer_in(tmp_path, trace_format="json")
        tracer.start("App")
        with tracer.span("tool_call", "tool", "search"):
            pass
        path = tracer.finish()

        document = json.loads(path.read_text())
        with TraceIndex(path) as index:
            assert [event["event_type"] for event in document["events"]] == [e.event_type for e in index.events()]
        assert path.suffix == ".json"
        assert (tmp_path / "trace_latest.jsonl").resolve() == path.resolve()

    def test_a_file_of_ones_own(self, tmp_path):
        """A run may be written where a person says; then the link to the latest stays as it is."""
        tracer = tracer_in(tmp_path / "traces")
        tracer.require("App", path=tmp_path / "mine.jsonl")

        assert tracer.finish() == tmp_path / "mine.jsonl"
        assert not (tmp_path / "traces").exists()


class TestWhenItIsOff:
    def test_nothing_is_created(self, tmp_path):
        """A tracer that is not enabled creates neither a file nor a folder, whatever is done with it."""
        tracer = ExecutionTracer(DebugConfiguration(trace_output_dir=tmp_path / "traces"))

        assert tracer.start("App") is None
        with tracer.span("llm_call", "llm", "openai", inputs={"a": 1}) as span:
            span.outputs, span.tokens_used, span.metadata = {"b": 2}, 3, {"c": 4}
            span.fail("no")
            assert tracer.emit("custom") is None
        assert asyncio.run(tracer.start_execution_trace("App")) is None
        assert asyncio.run(tracer.emit_event("custom")) is None
        assert asyncio.run(tracer.end_execution_trace()) is None
        assert (tracer.finish(), tracer.execution()) == (None, None)
        assert list(tmp_path.iterdir()) == []

    def test_exceptions_go_through(self, tmp_path):
        """A span that records nothing does not touch the program's exceptions either."""
        tracer = ExecutionTracer(DebugConfiguration(trace_output_dir=tmp_path))

        with pytest.raises(ValueError, match="no"), tracer.span("tool_call", "tool", "search"):
            raise ValueError("no")

    def test_it_may_be_switched_while_a_program_runs(self, tmp_path):
        """What happens while it is off is left out; what is open then still ends."""
        tracer = tracer_in(tmp_path)
        tracer.start("App")
        with tracer.span("agent_turn", "agent", "seen"):
            tracer.enabled = False
            tracer.emit("custom")
            with tracer.span("tool_call", "tool", "unseen"):
                pass
            tracer.enabled = True
            tracer.emit("other")

        path = tracer.finish()

        assert [event.event_type for event in events_in(path)][1:-1] == ["agent_turn_start", "other", "agent_turn_end"]
        assert_whole(path)

    def test_requiring_a_run_switches_it_on(self, tmp_path):
        """Whoever asks for a trace gets one, whatever the configuration says."""
        tracer = ExecutionTracer(DebugConfiguration(trace_output_dir=tmp_path))
        tracer.require("App")

        assert tracer.enabled
        assert_whole(tracer.finish())


class TestEmit:
    @pytest.fixture
    def tracer(self, tmp_path):
        """A tracer whose run has begun."""
        tracer = tracer_in(tmp_path)
        tracer.start("App")
        return tracer

    @pytest.mark.parametrize("event_type", [*TraceEventType, "my_own", "my_own_start", "my_own_end"])
    def test_every_event_type_can_be_recorded(self, tracer, event_type):
        """All types of the vocabulary and any others are written with what was given, and returned as they are read."""
        event = tracer.emit(event_type, component="thing", component_name="It", inputs={"a": 1}, metadata={"m": [1]})

        line = tracer.execution().trace_file.read_bytes().splitlines()[1]
        assert decode_line(line) == event
        assert (event.event_type, event.component, event.component_name) == (event_type, "thing", "It")
        assert (event.inputs, event.metadata) == ({"a": 1}, {"m": [1]})

    def test_a_point_has_all_that_it_is_given(self, tracer):
        """Every field of a point is written; its status is `failed` when there is an error."""
        given = {
            "inputs": {"a": 1}, "outputs": {"b": 2}, "metadata": {"c": 3}, "duration_ms": 1.5, "error": "no",
            "tokens_used": 3, "cost_estimate": 0.5, "component": "tool", "component_name": "search",
        }  # fmt: skip

        event = tracer.emit("custom", **given)

        assert {key: getattr(event, key) for key in given} == given
        assert event.status == "failed"
        assert tracer.emit("custom").status == "completed"
        assert tracer.emit("custom", status="odd").status == "odd"
        assert events_in(tracer.finish())[-1].outputs["execution_summary"]["tokens_used"] == 3

    def test_starts_and_ends_pair_by_hand(self, tracer):
        """A start that is emitted opens a span for what follows; the end of its type and name closes it."""
        start = tracer.emit("agent_execution_start", component="agent", component_name="Ann")
        inner = tracer.emit("tool_call_start", component="tool", component_name="search")
        point = tracer.emit("custom")
        inner_end = tracer.emit("tool_call_end", component="tool", component_name="search", outputs={"n": 1})
        after = tracer.emit("custom")
        end = tracer.emit("agent_execution_end", component="agent", component_name="Ann", tokens_used=5)

        assert inner.parent_event_id == start.event_id
        assert point.parent_event_id == inner.event_id
        assert (inner_end.parent_event_id, inner_end.outputs) == (inner.event_id, {"n": 1})
        assert inner_end.duration_ms > 0
        assert after.parent_event_id == start.event_id
        assert (end.parent_event_id, end.tokens_used) == (start.event_id, 5)
        assert_whole(tracer.finish())

    def test_ends_may_come_in_another_order(self, tracer):
        """Spans that are ended by hand in any order belong together all the same, and leave nothing behind."""
        one = tracer.emit("llm_call_start", component="llm", component_name="one")
        two = tracer.emit("llm_call_start", component="llm", component_name="two")
        end_one = tracer.emit("llm_call_end", component="llm", component_name="one")
        point = tracer.emit("custom")
        end_two = tracer.emit("llm_call_end", component="llm", component_name="two")

        assert (end_one.parent_event_id, end_two.parent_event_id) == (one.event_id, two.event_id)
        assert point.parent_event_id == two.event_id
        assert tracer.emit("custom").parent_event_id == events_in(tracer.execution().trace_file)[0].event_id
        assert_whole(tracer.finish())

    def test_an_end_may_name_its_start(self, tracer):
        """Of two open spans with one name, an end closes the one whose id it is given, else the inner one."""
        one = tracer.emit("llm_call_start", component="llm", component_name="x")
        two = tracer.emit("llm_call_start", component="llm", component_name="x")

        named = tracer.emit("llm_call_end", component="llm", component_name="x", parent_event_id=one.event_id)
        other = tracer.emit("llm_call_end", component="llm")

        assert (named.parent_event_id, other.parent_event_id) == (one.event_id, two.event_id)
        assert_whole(tracer.finish())

    def test_an_end_tells_how_it_went(self, tracer):
        """An error or a status on an end is that of its span."""
        for more, status in (({"error": "no"}, "failed"), ({"status": "cancelled"}, "cancelled"), ({}, "completed")):
            tracer.emit("tool_call_start", component="tool", component_name="t")
            end = tracer.emit("tool_call_end", component="tool", component_name="t", **more)

            assert (end.status, end.error) == (status, more.get("error"))

    def test_an_end_without_a_start_is_a_point(self, tracer):
        """An end that ends nothing, also one of the run itself, is written where it happened and closes nothing."""
        with tracer.span("agent_turn", "agent", "turn") as span:
            end = tracer.emit("tool_call_end", component="tool", component_name="search")
            frame = tracer.emit("app_load_end", component="app", component_name="App")

        assert (end.parent_event_id, frame.parent_event_id) == (span.event_id, span.event_id)
        assert tracer.finish() is not None

    def test_pairs_in_a_bare_thread(self, tracer):
        """A thread that knows nothing of the run pairs its own starts and ends, within the run begun last."""
        found: list[TraceEvent | None] = []

        def work() -> None:
            found.append(tracer.emit("llm_call_start", component="llm", component_name="x"))
            found.append(tracer.emit("custom"))
            found.append(tracer.emit("llm_call_end", component="llm", component_name="x"))
            found.append(tracer.emit("custom"))

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

        start, inside, end, after = found
        assert inside.parent_event_id == end.parent_event_id == start.event_id
        assert after.parent_event_id == start.parent_event_id
        assert_whole(tracer.finish())

    def test_a_parent_may_be_named(self, tracer):
        """An event may belong to another one than the innermost span."""
        other = tracer.emit("custom")
        with tracer.span("agent_turn", "agent", "turn"):
            assert tracer.emit("custom", parent_event_id=other.event_id).parent_event_id == other.event_id
            start = tracer.emit("tool_call_start", component="tool", parent_event_id=other.event_id)

        assert start.parent_event_id == other.event_id

    def test_ids_count_up(self, tracer):
        """Ids are short and in order, so that a person can name them."""
        assert [tracer.emit("custom").event_id for _ in range(3)] == ["evt_000002", "evt_000003", "evt_000004"]


class TestHarmlessness:
    @pytest.mark.parametrize("name", ANY_OBJECT)
    def test_no_payload_hurts(self, tmp_path, caplog, name):
        """Any object in any payload, or instead of one, is recorded as far as JSON can say it."""
        tracer = tracer_in(tmp_path)
        value = ANY_OBJECT[name]()
        tracer.start("App", inputs={"value": value}, metadata={"value": value})
        with tracer.span("tool_call", "tool", "a", inputs={"value": value}, metadata={"value": value}) as span:
            span.outputs, span.metadata = {"value": value}, {"value": value}
        with tracer.span("tool_call", "tool", "b", inputs=value, metadata=value) as span:
            span.outputs = span.metadata = value
        tracer.emit("custom", inputs=value, outputs=value, metadata=value)

        path = tracer.finish(outputs={"value": value})

        assert len(events_in(path)) == 7
        assert_whole(path)
        assert not caplog.records

    @pytest.mark.parametrize(
        "field", ["error", "component_name", "status", "tokens_used", "cost_estimate", "duration_ms"]
    )
    @pytest.mark.parametrize("value", [Hostile, object, lambda: "\ud800", lambda: 10**400], ids=["1", "2", "3", "4"])
    def test_no_field_hurts(self, tmp_path, field, value):
        """Whatever a program gives for a field, the program goes on and the other lines are whole."""
        tracer = tracer_in(tmp_path)
        tracer.start("App")
        with contextlib.suppress(RuntimeError):
            tracer.emit("custom", **{field: value()})
        with tracer.span("tool_call", "tool", "after"):
            pass

        path = tracer.finish()
        with TraceIndex(path) as index:
            assert [e.event_type for e in index.finish().events()][-3:] == [
                "tool_call_start",
                "tool_call_end",
                "app_load_end",
            ]

    def test_payloads_are_as_they_were(self, tmp_path):
        """What a program changes after it was recorded does not change the trace."""
        tracer = tracer_in(tmp_path, buffer_size=1000)
        tracer.start("App")
        messages = ["one"]
        with tracer.span("llm_call", "llm", "x", inputs={"messages": messages}):
            messages.append("two")

        assert events_in(tracer.finish())[1].inputs == {"messages": ["one"]}

    def test_secrets_and_sizes(self, tmp_path):
        """Secrets are masked and long texts are cut on their way to the file, not in the program."""
        tracer = tracer_in(tmp_path, max_payload_size=1_000)
        tracer.start("App")
        inputs = {"api_key": "sk-abcdefghijklmnopqrstuvwx", "text": "x" * 5_000}
        with tracer.span("llm_call", "llm", "x", inputs=inputs):
            pass

        content = tracer.finish().read_text()
        assert "sk-abc" not in content
        assert len(content) < 4_000
        assert inputs["api_key"] == "sk-abcdefghijklmnopqrstuvwx"

    def test_a_listener_sees_what_is_written(self, tmp_path):
        """Whoever listens gets each event as it stands in the file, right after it was written."""
        tracer = tracer_in(tmp_path)
        heard: list[TraceEvent] = []
        tracer.listeners.append(heard.append)
        tracer.start("App")
        with tracer.span("tool_call", "tool", "search", inputs={"token": "x"}):
            tracer.emit("custom")

        assert events_in(tracer.finish()) == heard

    def test_a_listener_that_fails_is_named_once(self, tmp_path, caplog):
        """A listener's exception reaches neither the program nor the other listeners, nor the file."""
        tracer = tracer_in(tmp_path)
        heard: list[TraceEvent] = []

        def fail(_: TraceEvent) -> None:
            raise ValueError("deaf")

        tracer.listeners += [fail, heard.append]
        with caplog.at_level(logging.WARNING):
            tracer.start("App")
            for _ in range(3):
                with tracer.span("tool_call", "tool", "search"):
                    pass

        path = tracer.finish()
        assert_whole(path)
        assert events_in(path) == heard
        assert [record.getMessage() for record in caplog.records] == ["A listener of App failed: ValueError: deaf"]

    def test_a_folder_that_cannot_be_written(self, tmp_path, caplog):
        """When the trace cannot be created that is logged once, and the program goes on without."""
        (tmp_path / "file").write_text("in the way")
        tracer = tracer_in(tmp_path / "file")

        with caplog.at_level(logging.WARNING):
            assert tracer.start("App") is None
            with tracer.span("tool_call", "tool", "search"):
                assert tracer.emit("custom") is None

        assert not tracer.enabled
        (record,) = caplog.records
        assert record.getMessage().endswith(
            "Choose another file with --output, or another folder with NAMEL3SS_DEBUG_OUTPUT_DIR. "
            "The program goes on untraced."
        )
        with pytest.raises(TraceError):
            tracer.require("App")

    def test_a_full_disk(self, tmp_path, caplog):
        """When the disk is full that is logged once; spans, exceptions and results are as they would be without."""
        tracer = tracer_in(tmp_path)
        with caplog.at_level(logging.WARNING):
            tracer.require("App", path=Path("/dev/full"))
            for _ in range(10):
                with pytest.raises(ValueError, match="no"), tracer.span("tool_call", "tool", "search"):
                    raise ValueError("no")
            assert tracer.finish() == Path("/dev/full")

        assert len(caplog.records) == 1

    def test_what_goes_wrong_in_the_tracer_is_logged_once(self, tmp_path, caplog):
        """A mistake of our own costs an event, never the program."""
        tracer = tracer_in(tmp_path)
        execution = tracer.start("App")

        def broken(_: object) -> bytes:
            raise AssertionError("ours")

        whole, execution._encode = execution._encode, broken
        with caplog.at_level(logging.WARNING):
            for _ in range(3):
                with tracer.span("tool_call", "tool", "lost"):
                    tracer.emit("lost")
        execution._encode = whole

        assert [record.getMessage() for record in caplog.records] == [
            "An event of App was not traced: AssertionError: ours"
        ]
        assert_whole(tracer.finish())


def test_the_guides_programmatic_tracing(tmp_path):
    """The guide's own example of tracing a program runs as it is printed, with the async API."""
    config = DebugConfiguration(
        enabled=True,
        trace_output_dir=Path("./traces"),
        trace_filter=TraceFilter(components={"agent", "llm"}, min_duration_ms=100.0),
    )
    tracer = ExecutionTracer(config)

    async def traced_execution() -> Path:
        context = await tracer.start_execution_trace(app_name="DebugApp")
        await tracer.emit_event(TraceEventType.AGENT_EXECUTION_START, component="agent", component_name="MyAgent")
        await tracer.emit_event(TraceEventType.MEMORY_OPERATION, component="memory")
        await tracer.emit_event(
            TraceEventType.AGENT_EXECUTION_END, component="agent", component_name="MyAgent", duration_ms=250.0
        )
        await tracer.emit_event(TraceEventType.LLM_CALL_START, component="llm", component_name="openai")
        await tracer.emit_event(TraceEventType.LLM_CALL_END, component="llm", component_name="openai")
        trace_file = await tracer.end_execution_trace()
        assert trace_file == context.trace_file
        return trace_file

    path = asyncio.run(traced_execution())

    assert path.parent == Path("traces")
    assert [event.event_type for event in events_in(path) if event.event_type != "performance_marker"] == [
        "app_load_start",
        "agent_execution_start",
        "agent_execution_end",
        "app_load_end",
    ]
    assert Path("traces/trace_latest.jsonl").resolve() == path.resolve()
