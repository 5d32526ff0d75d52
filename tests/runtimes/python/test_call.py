from __future__ import annotations

import re
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.events import UsageError
from namel3ss_dbg.runtimes.python.breaks import PythonBreakpoints
from namel3ss_dbg.runtimes.python.call import ToolCall
from namel3ss_dbg.runtimes.python.code import OwnCode
from namel3ss_dbg.runtimes.python.steps import Stepper
from namel3ss_dbg.runtimes.python.stops import OutputLine, Returned
from namel3ss_dbg.runtimes.python.turn import Turn
from namel3ss_dbg.runtimes.python.walk import PythonWalk
from tests.support.pytools import SYNC, Tools, press_ctrl_c

pytestmark = pytest.mark.usefixtures("bounded")


class TestThreads:
    SOURCE = """
        import threading
        from concurrent.futures import ThreadPoolExecutor

        def work(n, found):
            found.append(n)  # work
            print("worked", n)  # print

        def tool():
            found = []  # first
            threads = [threading.Thread(target=work, args=(n, found), name=f"worker {n}") for n in range(2)]
            for each in threads:  # start
                each.start()
            for each in threads:  # join
                each.join()
            return sorted(found)  # last
    """

    def test_steps_do_not_follow_threads(self, tmp_path: Path) -> None:
        """They run beside, and what they print is caught."""
        tools = Tools(tmp_path, self.SOURCE)
        walk = tools.walk()
        walk.start()
        output: list[OutputLine] = []
        functions = set()
        while not walk.over:
            stop = walk.next()
            output += stop.output
            functions.add(stop.function)

        assert walk.outcome == Returned([0, 1])
        assert functions == {"tool"}
        assert sorted(output) == [OutputLine("stdout", "worked 0"), OutputLine("stdout", "worked 1")]

    def test_breakpoints_stop_in_threads(self, tmp_path: Path) -> None:
        """One at a time, each with its thread's name."""
        tools = Tools(tmp_path, self.SOURCE)
        with tools.walk() as walk:
            walk.start()
            walk.break_at("tools.py", tools.line("work"))
            stops = [walk.resume(), walk.resume()]

            assert [tools.place(stop) for stop in stops] == ["call work work"] * 2
            assert {stop.thread for stop in stops} == {"worker 0", "worker 1"}
            assert walk.resume().over

    def test_a_step_stays_in_its_thread(self, tmp_path: Path) -> None:
        """Until that has ended; then the walk goes on to the next breakpoint or the end."""
        tools = Tools(tmp_path, self.SOURCE.replace("range(2)", "range(1)"))
        with tools.walk() as walk:
            walk.break_at("tools.py", tools.line("work"))

            assert tools.trail(walk, "resume", "next", "step*2") == [
                "call tool first", "call work work", "line work print", "return work print", "end",
            ]  # fmt: skip

    def test_a_pools_threads_are_followed_too(self, tmp_path: Path) -> None:
        """And those of asyncio.to_thread."""
        tools = Tools(
            tmp_path,
            """
            import asyncio

            def work(n):
                return n + 1  # work

            async def tool():
                return await asyncio.to_thread(work, 1)  # only
            """,
        )
        with tools.walk() as walk:
            walk.break_at("tools.py", tools.line("work"))
            assert tools.trail(walk, "resume*2") == ["call tool only", "call work work", "end"]
            assert walk.outcome == Returned(2)

    def test_threads_that_go_on_are_named(self, tmp_path: Path) -> None:
        """A thread that is still at work when the call has its result is told; a breakpoint does not hold it then."""
        tools = Tools(
            tmp_path,
            """
            import threading

            gate, done = threading.Event(), threading.Event()

            def work():
                gate.wait()
                done.set()  # done

            def tool():
                threading.Thread(target=work, name="straggler", daemon=True).start()
            """,
        )
        walk = tools.walk()
        walk.break_at("tools.py", tools.line("done"))
        walk.start()
        stop = walk.resume()
        names = tools.function("work").__globals__
        names["gate"].set()

        assert stop.note == "Threads that it started go on: straggler."
        assert names["done"].wait(20)

    def test_threads_of_others_are_let_alone(self, tmp_path: Path) -> None:
        """A thread that the debugger starts meanwhile keeps its trace function and its output."""
        tools = Tools(tmp_path, SYNC)
        seen: list[Any] = []

        def trace(frame: Any, event: str, arg: Any) -> None:
            seen.append(event)

        def look() -> None:
            seen.append(sys.gettrace())

        before = threading.gettrace()
        threading.settrace(trace)
        try:
            with tools.walk(n=1) as walk:
                walk.start()
                other = threading.Thread(target=look)
                other.start()
                other.join()
        finally:
            threading.settrace(before)

        assert "call" in seen
        assert trace in seen


BLOCKED = """
    import threading

    gate, reached = threading.Event(), []

    def tool(reach):
        reach(); gate.wait()  # wait
        reached.append(1)  # after
        return 1
"""


class TestEnding:
    def test_an_abandoned_call_ends_at_its_next_line(self, tmp_path: Path) -> None:
        """What stands there is not executed; `except Exception` does not keep it."""
        tools = Tools(
            tmp_path,
            """
            done = []

            def tool():
                try:
                    done.append(1)  # first
                    done.append(2)  # second
                except Exception:
                    done.append(3)
            """,
        )
        walk = tools.walk()
        tools.trail(walk, "next*2")
        stop = walk.abandon()

        assert (stop.over, stop.note, walk.outcome) == (True, "The call was abandoned.", None)
        assert tools.function().__globals__["done"] == [1]
        assert walk.abandon() is stop

    def test_leaving_the_block_abandons(self, tmp_path: Path) -> None:
        """No thread is left."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            walk.start()

        assert walk.over
        assert not [thread for thread in threading.enumerate() if thread.name == "walked tool"]

    def test_a_walk_that_never_began_ends(self, tmp_path: Path) -> None:
        """There is nothing to end."""
        assert Tools(tmp_path, SYNC).walk(n=1).abandon().note == "The tool was not called."

    @pytest.mark.parametrize("motion", ["step", "next", "finish"])
    def test_an_abandoned_call_ends_wherever_it_is(self, tmp_path: Path, motion: str) -> None:
        """At a return and at an exception, too."""
        tools = Tools(tmp_path, "def inner():\n    return 1 / 0\ndef tool():\n    return inner() or 1\n")
        walk = tools.walk()
        tools.trail(walk, "step", motion)

        assert walk.abandon().note == "The call was abandoned."

    def test_a_blocked_tool_is_left_to_itself(self, tmp_path: Path) -> None:
        """It is said where it is; when it comes to its next line, it ends there."""
        tools = Tools(tmp_path, BLOCKED)
        walk = tools.walk(patience_s=0.01, reach=press_ctrl_c)
        walk.start()
        names = tools.function().__globals__
        with pytest.raises(UsageError) as caught:
            walk.next()
        stop = walk.abandon()
        (thread,) = [thread for thread in threading.enumerate() if thread.name == "walked tool"]
        names["gate"].set()
        thread.join(20)

        where = rf"it is in wait \(threading\.py:\d+\), called from tool \(tools\.py:{tools.line('wait')}\)"
        assert str(caught.value).startswith("The tool does not come to a line of its own code: it is in wait ")
        assert re.fullmatch(
            rf"The call cannot be ended yet: {where}\. Its next line ends it, if it ever comes to one\.", stop.note
        )
        assert not thread.is_alive()
        assert names["reached"] == []

    def test_an_async_tool_that_waits_is_cancelled(self, tmp_path: Path) -> None:
        """It need not come to a line by itself."""
        tools = Tools(
            tmp_path,
            """
            import asyncio

            async def tool(reach):
                reach(); await asyncio.Event().wait()  # forever
            """,
        )
        walk = tools.walk(patience_s=0.01, reach=press_ctrl_c)
        walk.start()
        with pytest.raises(UsageError, match="does not come to a line"):
            walk.next()
        walk.patience_s = 20

        assert walk.abandon().note == "The call was abandoned."
        assert not [thread for thread in threading.enumerate() if thread.name == "walked tool"]

    # Python's own hook is silent about a thread that exits; pytest's is not.
    @pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
    def test_a_second_thread_that_waits_to_be_held_is_let_go(self, tmp_path: Path) -> None:
        """An abandoned tool leaves none of its threads hanging."""
        tools = Tools(
            tmp_path,
            """
            import threading

            both = threading.Barrier(2)

            def work():
                both.wait()
                return 1  # work

            def tool():
                threads = [threading.Thread(target=work, name="worker", daemon=True) for _ in range(2)]
                for each in threads:
                    each.start()
                for each in threads:
                    each.join()
            """,
        )
        walk = tools.walk()
        walk.break_at("tools.py", tools.line("work"))
        walk.start()
        walk.resume()
        walk.abandon()
        for thread in threading.enumerate():
            if thread.name == "worker":
                thread.join(20)

        assert not [thread for thread in threading.enumerate() if thread.name in ("walked tool", "worker")]


class TestInterrupting:
    LOOP = """
        def tool(reach):
            reach()  # first
            n = 0
            while True:
                n += 1  # loop
    """

    def test_ctrl_c_stops_a_running_tool(self, tmp_path: Path) -> None:
        """It rests at its next line, and can be looked at and gone on with."""
        tools = Tools(tmp_path, self.LOOP)
        with tools.walk(reach=press_ctrl_c) as walk:
            walk.start()
            stop = walk.resume()

            assert (stop.function, stop.note) == ("tool", "Interrupted.")
            assert walk.next().note == ""

    def test_interrupt_may_be_said_by_the_tool_itself(self, tmp_path: Path) -> None:
        """Or by any other thread."""
        tools = Tools(tmp_path, self.LOOP)
        walks: list[PythonWalk] = []
        with tools.walk(reach=lambda: walks[0].interrupt()) as walk:
            walks.append(walk)
            walk.start()

            assert walk.resume().note == "Interrupted."

    def test_a_tool_that_does_not_stop_is_waited_for_again(self, tmp_path: Path) -> None:
        """The motion says where it is; what needs it held says that it runs; resume waits on."""
        tools = Tools(tmp_path, BLOCKED)
        with tools.walk(patience_s=0.01, reach=press_ctrl_c) as walk:
            walk.start()
            with pytest.raises(UsageError, match="does not come to a line"):
                walk.resume()
            with pytest.raises(UsageError, match=r"^The tool is still running: it is in wait \(threading\.py"):
                walk.next()
            with pytest.raises(UsageError, match="still running"):
                walk.locals()
            tools.function().__globals__["gate"].set()
            walk.patience_s = 20

            assert tools.place(walk.resume()) == "line tool after"
            assert walk.stop is not None
            assert walk.stop.note == "Interrupted."


class TestOutput:
    def test_what_is_printed_comes_with_the_stops(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Line by line, stderr too; what was begun and not finished comes at the end; nothing reaches the screen."""
        tools = Tools(
            tmp_path,
            """
            import sys

            def tool():
                print("one\\ntwo")
                print("three", end="", flush=True)
                print("wrong", file=sys.stderr)
                sys.stdout.writelines([" four\\n", "five"])
                return sys.stdout.isatty(), sys.stdout.encoding
            """,
        )
        walk = tools.walk()
        walk.start()
        outputs = [walk.next().output for _ in range(6)]
        sys.stdout.write("the debugger's own\n")

        assert outputs == [
            (OutputLine("stdout", "one"), OutputLine("stdout", "two")),
            (),
            (OutputLine("stderr", "wrong"),),
            (OutputLine("stdout", "three four"),),
            (),
            (OutputLine("stdout", "five"),),
        ]
        assert walk.outcome == Returned((False, sys.stdout.encoding))
        assert capsys.readouterr() == ("the debugger's own\n", "")

    def test_the_debugger_prints_meanwhile(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        """Also while the tool has put its own stream in place of stdout, which it gets back."""
        tools = Tools(
            tmp_path,
            """
            import contextlib
            import io

            def tool():
                with contextlib.redirect_stdout(io.StringIO()) as text:
                    print("kept")
                    print("too")  # inside
                return text.getvalue()
            """,
        )
        with tools.walk() as walk:
            tools.trail(walk, "next*2")
            sys.stdout.write("at the prompt\n")
            sys.stdout.flush()
            sys.stdout.writelines(["twice\n"])
            is_terminal = sys.stdout.isatty()
            walk.finish()

        assert walk.outcome == Returned("kept\ntoo\n")
        assert capsys.readouterr() == ("at the prompt\ntwice\n", "")
        assert is_terminal is False

    def test_too_much_of_it_is_counted(self, tmp_path: Path) -> None:
        """The newest lines are kept."""
        tools = Tools(tmp_path, "def tool():\n    for i in range(10_003): print(i)\n")
        walk = tools.walk()
        walk.start()
        output = walk.resume().output

        assert output[0] == OutputLine("stdout", "…[+3 lines]")
        assert (len(output), output[-1].text) == (10_001, "10002")


class TestTracersInTheTool:
    def test_breakpoint_in_the_tool_stops_the_walk(self, tmp_path: Path) -> None:
        """Instead of opening a prompt of its own."""
        tools = Tools(tmp_path, "def tool():\n    breakpoint()\n    x = 1  # after\n    return x\n")
        with tools.walk() as walk:
            walk.start()
            stop = walk.resume()

            assert (tools.place(stop), stop.note) == ("line tool after", "The tool called breakpoint().")

    def test_breakpoint_elsewhere_does_what_it_did(self, tmp_path: Path) -> None:
        """A breakpoint in the debugger's own thread is none of the walk's."""
        called: list[tuple[Any, ...]] = []
        with pytest.MonkeyPatch.context() as patch, Tools(tmp_path, SYNC).walk(n=1) as walk:
            patch.setattr(sys, "breakpointhook", lambda *args, **more: called.append((args, more)))
            walk.start()
            breakpoint(1, header="x")

        assert called == [((1,), {"header": "x"})]

    @pytest.mark.parametrize("tracer", ["None", "lambda *_: None"])
    def test_a_tool_that_sets_a_trace_function_is_not_followed_on(self, tmp_path: Path, tracer: str) -> None:
        """The end says so."""
        tools = Tools(
            tmp_path,
            f"""
            import sys

            def inner():
                return 1  # inner

            def tool():
                sys.settrace({tracer})  # set
                return inner()
            """,
        )
        walk = tools.walk()
        walk.start()
        walk.break_at("tools.py", tools.line("inner"))
        stop = walk.resume()

        assert walk.outcome == Returned(1)
        assert stop.note.startswith("Not all of its lines were followed: it set a trace function")

    def test_a_tool_may_ask_for_single_instructions(self, tmp_path: Path) -> None:
        """It does not get them from the walk, which goes on line by line."""
        tools = Tools(
            tmp_path,
            """
            import sys

            def tool():
                sys._getframe().f_trace_opcodes = True  # ask
                return 1  # last
            """,
        )

        assert tools.trail(tools.walk(), "next*3") == ["call tool ask", "line tool last", "return tool last", "end"]

    def test_a_tool_beyond_the_recursion_limit_ends(self, tmp_path: Path) -> None:
        """Its RecursionError is its outcome."""
        tools = Tools(tmp_path, "def tool(n=0):\n    return tool(n + 1)\n")
        walk = tools.walk()
        walk.start()

        assert isinstance(walk.resume().exception, RecursionError)


def test_a_call_that_was_not_begun_is_nowhere(tmp_path: Path) -> None:
    """Asked where it is, it says that it is not there any more, or not yet."""
    code, turn = OwnCode(None, tmp_path), Turn()
    call = ToolCall(dict, Stepper(code, turn, PythonBreakpoints(code)), turn)

    assert call.whereabouts() == "it is about to end"
