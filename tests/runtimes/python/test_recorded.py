from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import attrs
import pytest

from namel3ss_dbg.events import DebugError, ProgramError, UsageError
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.runtimes import load
from namel3ss_dbg.runtimes.python import recorded as recorded_tool
from namel3ss_dbg.runtimes.python.recorded import Comparison, SecondCall, intend
from namel3ss_dbg.runtimes.python.tool import PythonTool
from namel3ss_dbg.timeline.compare import Difference
from namel3ss_dbg.timeline.session import DebugSession
from namel3ss_dbg.trace.settings import DebugConfiguration

pytestmark = pytest.mark.usefixtures("bounded")

APP = """
    tool get_weather { parameters: { city: string, unit: { type: string, default: "C" } } }
    chain Main { step ask { kind: tool, target: get_weather, inputs: { city: input } } }
"""

TOOLS = """
    def get_weather(city, unit):
        low, high = 4, 6
        return {"city": city, "range": (low, high), "unit": unit}
"""


@attrs.define
class Run:
    """A program that was run and recorded, with the session over its trace."""

    folder: Path
    session: DebugSession

    def at(self, event_type: str = "tool_call_start") -> DebugSession:
        """The session, at the first event of a type."""
        timeline = self.session.timeline
        moment = next(
            each for each in itertools.count() if timeline.reach(each) and timeline[each].event_type == event_type
        )
        self.session.cursor.goto(moment)
        return self.session

    def tools(self, source: str) -> None:
        """Change the tools as they were when the run was recorded."""
        write(self.folder / "tools.py", source)

    def app(self, source: str) -> None:
        """Change the program as it was."""
        write(self.folder / "app.ai", source)


def write(path: Path, source: str) -> None:
    """Write a file that looks as old as the hills: older than any run."""
    path.write_text(dedent(source), encoding="utf-8")
    os.utime(path, (1, 1))


Recorder = Callable[..., Run]


@pytest.fixture
def record(tmp_path: Path) -> Iterator[Recorder]:
    """Runs a program in a folder and opens its trace."""
    with contextlib.ExitStack() as stack:

        def record(
            app: str = APP,
            tools: str = TOOLS,
            *,
            folder: Path = tmp_path,
            program: str | None = "app.ai",
            size: int = 16_384,
            keep: Callable[[str], str] = str,
            **arguments: Any,
        ) -> Run:
            write(folder / "app.ai", app)
            write(folder / "tools.py", tools)
            config = DebugConfiguration(
                enabled=True, capture_memory=False, capture_performance=False, max_payload_size=size
            )
            tracer = ExecutionTracer(config)
            metadata = {"program": program} if program is not None else {}
            trace = folder / "trace.jsonl"
            execution = tracer.require("test", path=trace, metadata=metadata)
            with contextlib.suppress(DebugError):
                asyncio.run(load(folder / "app.ai").run(tracer, arguments=arguments or {"input": "Oslo"}))
            tracer.finish("completed", execution=execution)
            trace.write_text("".join(map(keep, trace.read_text().splitlines(keepends=True))))
            return Run(folder, stack.enter_context(DebugSession.open(trace)))

        yield record


def call_again(session: DebugSession, **how: Any) -> SecondCall:
    """A call that somebody said yes to."""
    return intend(session, **how).load()


def compared(run: Run, **how: Any) -> Comparison:
    """What comes of calling the tool again, without stopping on the way."""
    again = call_again(run.at(), **how)
    with again.walk as walk:
        walk.start()
        walk.resume()
    return again.compare()


class TestCalling:
    @pytest.mark.parametrize("event_type", ["tool_call_start", "tool_call_end"])
    def test_the_recorded_inputs_go_in_again(self, record: Recorder, tmp_path: Path, event_type: str) -> None:
        """With the defaults of the declaration; the walk is in the app's own code."""
        again = call_again(record().at(event_type))
        with again.walk as walk:
            stop = walk.start()

            assert (stop.file, stop.line, stop.function) == (str(tmp_path / "tools.py"), 3, "get_weather")
            assert walk.locals() == {"city": "'Oslo'", "unit": "'C'"}
        assert (again.recorded.name, again.notes, again.tool.folder) == ("get_weather", (), tmp_path)

    def test_an_event_inside_the_call_means_it(self, record: Recorder) -> None:
        """Such as the error that it ended with."""
        run = record(tools="def get_weather(city, unit): raise ValueError(city)")

        assert call_again(run.at("error_occurred")).recorded.start.inputs == {"city": "Oslo"}

    def test_outside_of_all_calls_there_is_none(self, record: Recorder) -> None:
        """The sentence says what to do."""
        with pytest.raises(UsageError, match=r"^No tool is called here: the cursor is outside of all tool calls"):
            call_again(record().at("chain_step_start"))

    def test_a_step_that_names_a_function_is_a_call_too(self, record: Recorder) -> None:
        """Without a declaration."""
        run = record(
            'chain Main { step s { kind: python, target: "tools:clean", inputs: { text: input } } }',
            "def clean(text): return text.strip()",
            input=" a ",
        )

        assert compared(run) == Comparison(compared=True)

    def test_a_mock_does_not_hide_the_recording(self, record: Recorder) -> None:
        """What is compared with is what was recorded."""
        run = record()
        run.at().mock("get_weather", {"result": "mocked"})

        assert compared(run).same

    def test_the_program_is_found_beside_its_trace_and_from_here(
        self, record: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """By the path that was typed, or by its name alone."""
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "shop").mkdir()
        run = record(folder=tmp_path / "shop", program="shop/app.ai")

        assert call_again(run.at()).tool.folder == tmp_path / "shop"
        monkeypatch.chdir(tmp_path / "elsewhere")
        assert call_again(run.at()).tool.folder == tmp_path / "shop"
        (tmp_path / "shop" / "app.ai").unlink()
        with pytest.raises(ProgramError) as caught:
            call_again(run.at())
        assert str(caught.value) == (
            f"The program 'shop/app.ai' is gone: it was looked for in {tmp_path / 'shop'}, {tmp_path / 'elsewhere'}."
        )

    def test_a_run_that_is_not_in_a_file_is_looked_for_here(self, record: Recorder, tmp_path: Path) -> None:
        """A live run has no trace beside which its program could lie."""
        run = record()
        run.session.path = None

        assert call_again(run.at()).tool.folder == tmp_path

    def test_a_recording_that_names_no_program(self, record: Recorder) -> None:
        """As those of other tools."""
        with pytest.raises(ProgramError, match=r"^The recording does not say which program it is of: its beginning "):
            call_again(record(program=None).at())

    def test_a_tool_that_runs_no_python(self, record: Recorder) -> None:
        """It is said what it is, and where it stands."""
        run = record(APP.replace("{ parameters", "{ type: canned, answer: 1, parameters"))
        with pytest.raises(ProgramError) as caught:
            call_again(run.at())
        assert str(caught.value) == (
            "The tool 'get_weather' runs no Python: its answer stands in its declaration (app.ai:2)."
        )
        run.app(APP.replace("{ parameters", '{ type: http, endpoint: "http://localhost", parameters'))
        with pytest.raises(ProgramError, match="runs no Python: it is a request over the network"):
            call_again(run.at())

    def test_a_tool_that_was_renamed(self, record: Recorder) -> None:
        """The nearest one is named."""
        run = record()
        run.app(APP.replace("get_weather", "find_weather"))
        with pytest.raises(ProgramError) as caught:
            call_again(run.at())
        assert str(caught.value) == (
            "app.ai has no tool 'get_weather': it was renamed or removed after the run was recorded, or never there. "
            "Did you mean 'find_weather'?"
        )
        run.app("tool x {}\ntool y {}\nagent A {}")
        with pytest.raises(ProgramError, match=r"or never there\. Declared: x, y\.$"):
            call_again(run.at())
        run.app("agent A {}")
        with pytest.raises(ProgramError, match=r"or never there\.$"):
            call_again(run.at())

    def test_inputs_that_do_not_fit_any_more(self, record: Recorder) -> None:
        """The declaration has changed since."""
        run = record()
        run.app(APP.replace("city: string, unit", "town: string, unit").replace("city: input", "town: input"))

        with pytest.raises(ProgramError, match=r"^The arguments do not fit the tool 'get_weather': \$\.town is"):
            call_again(run.at())

    def test_a_function_that_is_gone(self, record: Recorder) -> None:
        """The sentence is that of the run."""
        run = record()
        run.tools("def get_wether(): pass")

        with pytest.raises(ProgramError, match=r"^There is no function 'get_weather' in tools\.py"):
            call_again(run.at())

    def test_another_language_must_say_how(
        self, record: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A runtime that can tell the function behind a tool is all that is needed."""

        class Silent:
            app_name = "other"

        class Talking(Silent):
            def python_tool(self, name: str, arguments: dict[str, Any]) -> PythonTool:
                return PythonTool(len, {"obj": name}, tmp_path, lambda value: value)

        run = record()
        monkeypatch.setattr(recorded_tool, "load", lambda path: Silent())
        with pytest.raises(ProgramError, match=r"app\.ai cannot be stepped through: its language does not say how\.$"):
            call_again(run.at())
        monkeypatch.setattr(recorded_tool, "load", lambda path: Talking())

        assert call_again(run.at()).tool.arguments == {"obj": "get_weather"}


class TestReservations:
    def test_clipped_inputs_are_refused_unless_told(self, record: Recorder) -> None:
        """They are not what the tool was called with."""
        run = record(size=256, input="x" * 1000)
        with pytest.raises(UsageError) as caught:
            call_again(run.at())
        assert str(caught.value) == (
            "The recorded inputs of 'get_weather' are not the real ones: they were too big for the recording, and were "
            "clipped. Record the run again with a larger NAMEL3SS_DEBUG_MAX_PAYLOAD_SIZE."
        )

        assert call_again(run.at(), even_clipped=True).notes == (
            "The inputs were clipped when they were recorded: the tool is called with what is left of them.",
        )

    def test_masked_inputs_are_told(self, record: Recorder) -> None:
        """Wherever they stand."""
        run = record(
            "tool t {}\nchain Main { step s { kind: tool, target: t, inputs: { api_key: input, deep: input } } }",
            "def t(**all): return 1",
            input=[1, {"password": "p", "n": "Bearer abcdefghijklmnop1234"}],
        )

        assert call_again(run.at()).notes == tuple(
            f"inputs.{path} was masked when it was recorded: the tool is called with ***."
            for path in ("api_key", "deep[1].password", "deep[1].n")
        )

    def test_the_environment_is_read_where_the_program_says_so(
        self, record: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not where a text only looks like it: a model may have written that."""
        monkeypatch.setenv("STATION", "north")
        run = record(
            """
            tool t {}
            chain Main { step s { kind: tool, target: t, inputs: { a: env.STATION, b: input, c: [env.STATION, 1] } } }
            """,
            "def t(**all): return 1",
            input=["env.STATION", "env.STATION"],
        )

        assert call_again(run.at()).tool.arguments == {
            "a": "north", "b": ["env.STATION", "env.STATION"], "c": ["north", 1],
        }  # fmt: skip
        monkeypatch.delenv("STATION")
        with pytest.raises(ProgramError, match=r"^env\.STATION has no value"):
            call_again(run.at())

    def test_files_that_were_changed_since_are_told(self, record: Recorder, tmp_path: Path) -> None:
        """The program, and the module of the tool."""
        run = record()
        for name in ("app.ai", "tools.py"):
            os.utime(tmp_path / name, (4_000_000_000, 4_000_000_000))

        assert call_again(run.at()).notes == (
            "app.ai was changed after the run was recorded (2096-10-02 07:06 UTC).",
            "tools.py was changed after the run was recorded (2096-10-02 07:06 UTC).",
        )

    def test_nothing_of_the_program_runs_before_it_is_loaded(self, record: Recorder, tmp_path: Path) -> None:
        """Whoever is asked whether a tool may run has run nothing yet, not even its module's first line."""
        run = record()
        run.tools("from pathlib import Path\nPath('ran').touch()\ndef get_weather(city, unit): return 1")
        intent = intend(run.at())

        assert not Path("ran").exists()
        intent.load()
        assert Path("ran").exists()

    def test_a_tool_without_a_file_has_none_to_change(self, record: Recorder) -> None:
        """A function that is built in."""
        run = record('tool t { python: "math:gcd" }\nchain Main { step s { kind: tool, target: t } }', "")

        assert call_again(run.at()).notes == ()


class TestComparing:
    def test_the_same_result_is_the_same(self, record: Recorder) -> None:
        """A tuple is the list that the recording shows."""
        comparison = compared(record())

        assert comparison == Comparison(compared=True, difference=None, note="")
        assert comparison.same

    def test_another_result_is_told_with_its_path(self, record: Recorder) -> None:
        """And both values."""
        run = record()
        run.tools(TOOLS.replace("4, 6", "4, 7"))
        comparison = compared(run)

        assert comparison.difference == Difference("result.range[1]", 6, 7)
        assert (comparison.compared, comparison.same) == (True, False)
        assert comparison.note == (
            "The tool's module was loaded afresh: what earlier calls of the run had left in it was missing."
        )

    def test_the_same_exception_is_the_same(self, record: Recorder) -> None:
        """As the recording describes it."""
        run = record(tools="def get_weather(city, unit): raise TimeoutError('no answer')")
        assert compared(run).same
        run.tools("def get_weather(city, unit): raise TimeoutError('none')")
        assert compared(run).difference == Difference("error", "TimeoutError: no answer", "TimeoutError: none")
        run.tools(TOOLS)
        assert compared(run).difference == Difference("error", "TimeoutError: no answer", None)

    def test_an_exception_in_place_of_a_result(self, record: Recorder) -> None:
        """The recorded call had no error."""
        run = record()
        run.tools("def get_weather(city, unit): return 1 / 0")

        assert compared(run).difference == Difference("error", None, "ZeroDivisionError: division by zero")

    def test_a_result_that_the_program_refuses_is_an_error(self, record: Recorder) -> None:
        """On both sides."""
        run = record(tools="def get_weather(city, unit):\n    x = []\n    x.append(x)\n    return x\n")
        assert compared(run).same
        run.tools(TOOLS)
        difference = compared(run).difference
        assert difference is not None
        assert difference.recorded.startswith("ToolError: The result of the tool 'get_weather' is not a JSON value")

    def test_secrets_are_compared_as_the_recording_shows_them(self, record: Recorder) -> None:
        """Masked: neither told nor called a difference."""
        run = record(tools="def get_weather(city, unit): return {'token': 'one', 'n': float('nan')}")
        run.tools("def get_weather(city, unit): return {'token': 'two', 'n': float('nan')}")

        assert compared(run).same

    def test_a_clipped_result_is_compared_as_far_as_it_goes(self, record: Recorder) -> None:
        """The note says so."""
        comparison = compared(record(tools="def get_weather(city, unit): return 'x' * 100_000"))

        assert comparison == Comparison(
            compared=True, note="The recorded result was clipped; what is left of it is compared."
        )

    def test_an_abandoned_call_has_nothing_to_compare(self, record: Recorder) -> None:
        """One that is not over cannot be asked yet."""
        again = call_again(record().at())
        with again.walk as walk:
            walk.start()
            with pytest.raises(UsageError, match=r"^The tool has not come to its end yet\. Go on to its end\.$"):
                again.compare()

        assert again.compare() == Comparison(compared=False, note="The second call came to no result.")
        assert not again.compare().same

    def test_a_recording_that_ends_inside_the_call(self, record: Recorder) -> None:
        """Its result is not known, but the tool can be stepped through."""
        run = record(keep=lambda line: "" if "_end" in line else line)

        assert compared(run) == Comparison(
            compared=False, note="The recording ends inside this call: its result is not known."
        )

    def test_an_end_that_was_not_read_yet_is_read(self, record: Recorder) -> None:
        """A call may hold more events than a session reads at first."""
        within = '{"event_type":"note","component":"app"}\n' * 5_000
        run = record(keep=lambda line: line + within if "tool_call_start" in line else line)

        assert compared(run).same

    def test_a_recorded_call_that_was_cancelled(self, record: Recorder) -> None:
        """It came to no result either."""
        run = record(keep=lambda line: line.replace('"completed"', '"cancelled"') if "tool_call_end" in line else line)

        assert compared(run).note == "The recorded call was cancelled: its result is not known."
