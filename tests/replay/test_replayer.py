"""Replays in a script."""

from __future__ import annotations

import gc
import logging
import tempfile
import warnings
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.events import BACKWARD, PlaceError, TraceError, TraceEventType, TraceFilter, UsageError
from namel3ss_dbg.replay.replayer import ExecutionReplayer, ReplayBreakpoint
from namel3ss_dbg.timeline.session import DebugSession
from tests.strategies import Record, traces
from tests.strategies import write_trace as write_records
from tests.support.stories import crashed, parallel, weather, write_trace


@pytest.fixture
def trace(tmp_path: Path) -> Path:
    """An agent that asks a model, a tool, and the model again: 14 events."""
    return write_trace(tmp_path / "run.jsonl", weather())


class TestSteps:
    def test_the_loop_of_the_contract(self, trace: Path) -> None:
        """Stepping until completed gives every event exactly once, and never None."""
        replayer = ExecutionReplayer(trace_file=trace, breakpoints=[ReplayBreakpoint(event_type="llm", event_index=2)])
        seen, paused = [], []
        while not replayer.state.completed:
            event = replayer.replay_step()
            seen.append(event)
            paused.append(replayer.state.paused)

        assert seen == weather()
        assert [number for number, is_paused in enumerate(paused) if is_paused] == [9]

    def test_beyond_the_end_there_is_nothing(self, trace: Path) -> None:
        """A step from the last event gives None and stays there; a step back goes on from there."""
        replayer = ExecutionReplayer(trace)
        assert replayer.seek_to_event(-1) == weather()[13]

        assert replayer.replay_step() is None
        assert replayer.state.completed
        assert replayer.state.current_index == 13
        assert replayer.replay_step_back() == weather()[12]
        assert not replayer.state.completed

    def test_back_to_the_beginning(self, trace: Path) -> None:
        """Before the first event there is none; from there all can be replayed again."""
        replayer = ExecutionReplayer(trace)
        replayer.replay_step()

        assert replayer.replay_step_back() is None
        assert replayer.state.current_event is None
        assert replayer.state.current_index == -1
        assert replayer.replay_step() == weather()[0]

    def test_only_what_the_filter_shows(self, trace: Path) -> None:
        """Steps and questions pass over the rest, and completed means that nothing more of it is to come."""
        replayer = ExecutionReplayer(trace, trace_filter=TraceFilter(event_types={"llm_call", "tool_call"}))
        numbers = []
        while not replayer.state.completed:
            replayer.replay_step()
            numbers.append(replayer.state.current_index)

        assert numbers == [0, 3, 4, 5, 6, 9, 10, 13]
        assert [event.component for event in replayer.events] == [
            "app",
            "llm",
            "llm",
            "tool",
            "tool",
            "llm",
            "llm",
            "app",
        ]
        assert replayer.get_events_by_component("agent") == []

    def test_a_breakpoint_stops_at_what_the_filter_hides(self, trace: Path) -> None:
        """As at the prompt."""
        breakpoint = ReplayBreakpoint(event_type="turn", event_index=2)
        replayer = ExecutionReplayer(trace, breakpoints=[breakpoint], trace_filter=TraceFilter(components="llm"))
        replayer.seek_to_event(4)

        assert replayer.replay_step() == weather()[8]
        assert replayer.state.paused


class TestBreakpoints:
    def test_on_to_each_of_them_and_back(self, trace: Path) -> None:
        """Until none stops any more, which is None, at the end of the run; and backwards."""
        replayer = ExecutionReplayer(trace, breakpoints=[ReplayBreakpoint(event_type=TraceEventType.LLM_CALL_END)])

        assert [replayer.replay_until_breakpoint() for _ in range(3)] == [weather()[4], weather()[10], None]
        assert (replayer.state.current_index, replayer.state.completed, replayer.state.paused) == (13, True, False)
        assert [replayer.replay_back_until_breakpoint() for _ in range(3)] == [weather()[10], weather()[4], None]
        assert replayer.state.current_index == -1

    def test_they_come_and_go(self, trace: Path) -> None:
        """One can be added in the middle, and taken away by itself or by its number."""
        replayer = ExecutionReplayer(trace)
        llm, tool = ReplayBreakpoint(event_type="llm"), ReplayBreakpoint(event_type="tool")
        assert (replayer.add_breakpoint(llm), replayer.add_breakpoint(tool)) == (1, 2)
        assert replayer.replay_until_breakpoint() == weather()[3]
        assert replayer.state.breakpoint == 1
        replayer.remove_breakpoint(llm)
        assert replayer.breakpoints == [tool]
        assert replayer.replay_until_breakpoint() == weather()[5]
        replayer.remove_breakpoint(2)

        assert replayer.replay_until_breakpoint() is None
        with pytest.raises(UsageError, match=r"There is no breakpoint 2: breakpoints: none\."):
            replayer.remove_breakpoint(2)

    def test_only_breakpoints_are(self, trace: Path) -> None:
        """A text is refused with a hint."""
        with pytest.raises(UsageError, match=r"'llm' is not a breakpoint\. Give a ReplayBreakpoint\."):
            ExecutionReplayer(trace, breakpoints=["llm"])  # type: ignore[list-item]

    def test_a_condition_that_fails_says_where(self, trace: Path) -> None:
        """A function's own mistake is not swallowed; the replay stays where it was and can go on."""
        replayer = ExecutionReplayer(trace)
        number = replayer.add_breakpoint(
            ReplayBreakpoint(event_type="tool_call_end", condition=lambda event: event.outputs["score"] > 1)
        )
        with pytest.raises(UsageError, match=r"of a breakpoint failed at #6: KeyError: 'score'") as problem:
            replayer.replay_until_breakpoint()

        assert isinstance(problem.value.__cause__, KeyError)
        assert replayer.state.current_index == -1
        replayer.remove_breakpoint(number)
        assert replayer.replay_step() == weather()[0]

    def test_a_condition_without_its_values_counts_as_false(
        self, trace: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        """An expression that cannot be evaluated at some event stops at others, and that is logged once."""
        breakpoint = ReplayBreakpoint(component="tool", condition="result == '4 degrees'")
        replayer = ExecutionReplayer(trace, breakpoints=[breakpoint])
        with caplog.at_level(logging.WARNING):
            assert replayer.replay_until_breakpoint() == weather()[6]
            replayer.reset()
            assert replayer.replay_until_breakpoint() == weather()[6]

        assert len(caplog.messages) == 1
        assert "breakpoint 1 (tool if result == '4 degrees') counts as false" in caplog.text

    def test_to_a_type(self, trace: Path) -> None:
        """To the next, or previous, event of a type; a breakpoint on the way stops before."""
        replayer = ExecutionReplayer(trace)

        assert replayer.replay_until_event_type(TraceEventType.TOOL_CALL_START) == weather()[5]
        assert replayer.replay_until_event_type("agent_turn", backwards=True) == weather()[2]
        assert replayer.replay_until_event_type("nothing") is None
        replayer.reset()
        replayer.add_breakpoint(ReplayBreakpoint(event_index=4))
        assert replayer.replay_until_event_type("tool_call") == weather()[4]
        assert replayer.state.paused


class TestPlaces:
    def test_the_whole_run(self, trace: Path) -> None:
        """To the end, past all breakpoints; the state says so."""
        replayer = ExecutionReplayer(trace, breakpoints=[ReplayBreakpoint(event_type="llm")])
        state = replayer.replay_full()

        assert state is replayer.state
        assert (state.completed, state.paused, state.current_event) == (True, False, weather()[13])
        assert (state.total_events, state.progress_percent) == (14, 100.0)

    def test_going_to_an_event(self, trace: Path) -> None:
        """It has then happened: the calls around it are open, the next step gives the one after it."""
        replayer = ExecutionReplayer(trace)

        assert replayer.seek_to_event(5) == weather()[5]
        assert [event.event_type for event in replayer.state.open_calls] == [
            "tool_call_start",
            "agent_turn_start",
            "agent_execution_start",
            "app_load_start",
        ]
        assert replayer.state.progress_percent == pytest.approx(100 * 6 / 14)
        assert replayer.replay_step() == weather()[6]

    @pytest.mark.parametrize("index", [14, -15, 10**30])
    def test_no_such_event(self, trace: Path, index: int) -> None:
        """The message says how many there are; the replay stays where it was."""
        replayer = ExecutionReplayer(trace)
        replayer.seek_to_event(3)

        with pytest.raises(PlaceError, match="this trace has 14 events, #0 to #13"):
            replayer.seek_to_event(index)
        assert replayer.state.current_index == 3

    @pytest.mark.parametrize("index", ["3", 3.0, True, None])
    def test_no_number_of_an_event(self, trace: Path, index: object) -> None:
        """Only whole numbers are."""
        with pytest.raises(UsageError, match="is not the number of an event"):
            ExecutionReplayer(trace).seek_to_event(index)  # type: ignore[arg-type]

    def test_reset(self, trace: Path) -> None:
        """To the beginning; breakpoints and mocks stay."""
        breakpoint = ReplayBreakpoint(event_type="tool_call_end")
        replayer = ExecutionReplayer(trace, breakpoints=[breakpoint], mock_responses={"get_weather": {"result": "8"}})
        replayer.replay_full()
        replayer.reset()

        assert (replayer.state.current_index, replayer.state.current_event) == (-1, None)
        event = replayer.replay_until_breakpoint()
        assert event is not None
        assert event.outputs == {"result": "8"}


class TestMocks:
    def test_an_answer_in_place_of_another(self, trace: Path) -> None:
        """It is shown, marked, by every way to the event, until it is taken back; the file is not changed."""
        before = trace.read_bytes()
        replayer = ExecutionReplayer(trace, mock_responses={"openai": {"text": "Sunny.", "tokens": 7}})
        shown = replayer.seek_to_event(10)

        assert (shown.outputs, shown.tokens_used) == ({"text": "Sunny.", "tokens": 7}, 7)
        assert shown.metadata["mocked"] is True
        assert replayer.get_events_by_name("openai")[3] == replayer.events[10] == shown
        replayer.remove_mock_response("openai")
        assert replayer.seek_to_event(10) == weather()[10]
        replayer.inject_mock_response("tool", "8 degrees")
        assert replayer.seek_to_event(6).outputs == {"result": "8 degrees"}
        assert trace.read_bytes() == before

    def test_for_nobody(self, trace: Path) -> None:
        """A name that nothing has is refused with those that there are."""
        with pytest.raises(
            UsageError, match=r"Nothing in this trace is called 'Nobody': components here: demo, Helper"
        ):
            ExecutionReplayer(trace, mock_responses={"Nobody": {}})


class TestQuestions:
    def test_events_of_a_kind(self, tmp_path: Path) -> None:
        """By component, name and type, of the whole run wherever the replay stands; a span's type is both edges."""
        replayer = ExecutionReplayer(write_trace(tmp_path / "run.jsonl", parallel()))
        replayer.seek_to_event(4)
        told = parallel()

        assert replayer.get_events_by_component("tool") == [told[2], told[3], told[5], told[7]]
        assert replayer.get_events_by_name("Both") == [told[1], told[4], told[8]]
        assert replayer.get_events_by_type("tool_call") == [told[2], told[3], told[5], told[7]]
        assert replayer.get_events_by_type(TraceEventType.TOOL_CALL_END) == [told[5], told[7]]
        assert replayer.get_error_events() == [told[6], told[7]]
        assert replayer.events == told
        assert replayer.state.current_index == 4

    @settings(max_examples=40)
    @given(traces())
    def test_the_summary_says_what_the_analyzer_does(self, records: list[Record]) -> None:
        """For every run the same under the same keys; what is counted up is what the prompt shows at the end."""
        if not records:
            return
        with tempfile.TemporaryDirectory() as folder:
            path = write_records(Path(folder) / "run.jsonl", records)
            with ExecutionReplayer(path) as replayer, TraceAnalyzer(path) as analyzer:
                summary, report = replayer.get_execution_summary(), analyzer.analyze_summary()
                replayer.replay_full()
                totals = {name: replayer.session.evaluate(name) for name in ("tokens", "cost", "errors")}

        same = ("execution_id", "app", "events", "events_by_type", "events_by_component")
        assert summary == {
            **{name: report[name] for name in same},
            **totals,
            "duration_ms": pytest.approx((report["ended_at"] - report["started_at"]) * 1000, abs=1),
            "trace_file": str(path),
        }

    def test_the_summary_of_a_run(self, trace: Path) -> None:
        """Its numbers, as a person would count them."""
        summary = ExecutionReplayer(trace).get_execution_summary()

        assert (summary["app"], summary["events"], summary["errors"], summary["tokens"]) == ("demo", 14, 0, 50)
        assert summary["cost"] == pytest.approx(0.003)
        assert summary["duration_ms"] == pytest.approx(1300)
        assert summary["events_by_component"] == {"agent": 6, "llm": 4, "app": 2, "tool": 2}


@settings(max_examples=40)
@given(traces(), st.lists(st.sampled_from(["step", "back", "go", "rgo", "full", "reset", "end", "to"]), max_size=15))
def test_a_replay_is_a_session(records: list[Record], script: list[str]) -> None:
    """Every motion leads where the session's own leads: there is no rule about stopping in the replayer."""
    if not records:
        return
    with tempfile.TemporaryDirectory() as folder:
        path = write_records(Path(folder) / "run.jsonl", records)
        replayer = ExecutionReplayer(
            path, breakpoints=[ReplayBreakpoint(event_type="llm_call_end", condition="tokens > 9")]
        )
        session = DebugSession.open(path)
        session.break_at("llm_call_end", condition="tokens > 9")
        last = len(records) - 1
        motions = {
            "step": (replayer.replay_step, session.cursor.step_any),
            "back": (replayer.replay_step_back, lambda: session.cursor.step_any(BACKWARD)),
            "go": (replayer.replay_until_breakpoint, session.cursor.resume),
            "rgo": (replayer.replay_back_until_breakpoint, lambda: session.cursor.resume(BACKWARD)),
            "full": (replayer.replay_full, lambda: session.timeline.complete() or session.cursor.goto(last)),
            "reset": (replayer.reset, lambda: session.cursor.goto(-1)),
            "end": (lambda: replayer.seek_to_event(-1), lambda: session.cursor.goto(session.places.resolve("last"))),
            "to": (
                lambda: replayer.replay_until_event_type("tool_call_start"),
                lambda: session.cursor.to(session.places.pattern("tool_call_start")),
            ),
        }
        with replayer, session:
            for verb in script:
                mine, theirs = motions[verb]
                event, stop = mine(), theirs()
                assert replayer.state.stop is not None
                assert (replayer.state.current_index, replayer.state.breakpoint) == (stop.moment, stop.breakpoint)
                assert replayer.state.current_event == session.event
                if verb not in ("full", "reset"):
                    assert event == (None if stop.at_edge else session.event)
                assert replayer.state.completed == (stop.moment == last)


class TestOpening:
    def test_by_text_as_at_the_command_line(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A path, `latest`, or a name in the trace directory."""
        folder = tmp_path / "kept"
        folder.mkdir()
        path = write_trace(folder / "trace_20250101_000000_exec_ab12.jsonl", weather())
        monkeypatch.setenv("NAMEL3SS_DEBUG_OUTPUT_DIR", str(folder))

        for name in (str(path), "latest", "exec_ab12"):
            with ExecutionReplayer(name) as replayer:
                assert replayer.replay_step() == weather()[0]

    @pytest.mark.parametrize("given_path", ["nowhere.jsonl", Path("nowhere.jsonl"), Path(), "."])
    def test_nothing_there(self, given_path: str | Path) -> None:
        """A file that is not there, or is a folder, is a trace that cannot be read."""
        with pytest.raises(TraceError):
            ExecutionReplayer(given_path)

    @pytest.mark.parametrize("given_path", [None, 5, ["run.jsonl"]])
    def test_no_path_at_all(self, given_path: object) -> None:
        """Anything else is a mistake of whoever writes the script."""
        with pytest.raises(UsageError, match="is not a trace file: it is a path"):
            ExecutionReplayer(given_path)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        ("content", "said"),
        [
            ("", "holds no events: the file is empty"),
            ('{"event_ty', "holds no events: its only line was never finished (10 bytes)"),
            ("no\ntrace\n", "is not a trace: none of its first 2 lines is an event"),
        ],
    )
    def test_no_trace(self, tmp_path: Path, content: str, said: str) -> None:
        """What holds no events is no trace."""
        path = tmp_path / "run.jsonl"
        path.write_text(content)

        with pytest.raises(TraceError) as problem:
            ExecutionReplayer(path)
        assert said in str(problem.value)

    def test_a_run_that_was_killed(self, tmp_path: Path) -> None:
        """It is replayed as far as it got, with the calls that were open; a torn line is left out."""
        path = write_trace(tmp_path / "run.jsonl", crashed())
        with path.open("ab") as file:
            file.write(b'{"event_type": "tool_c')
        replayer = ExecutionReplayer(path)
        replayer.replay_full()

        assert replayer.state.current_event == crashed()[5]
        assert [event.name for event in replayer.state.open_calls] == ["get_weather", "Both", "demo"]

    def test_nobody_has_to_close_it(self, trace: Path) -> None:
        """A replayer, or an analyzer, that is not wanted any more lets go of its file without a warning."""
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            replayer = ExecutionReplayer(trace)
            replayer.replay_step()
            analyzer = TraceAnalyzer(trace)
            analyzer.analyze_errors()
            files = [replayer.session.timeline.index._file, analyzer.timeline.index._file]
            del replayer, analyzer
            gc.collect()

        assert [file.closed for file in files] == [True, True]
