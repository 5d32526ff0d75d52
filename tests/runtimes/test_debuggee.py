"""A program in a child process: what it reports, how it is ended, and that it ends with whoever started it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent, indent
from typing import Any, TypeVar

import attrs
import pytest

from namel3ss_dbg.events import ProgramError
from namel3ss_dbg.runtimes.debuggee import Began, Debuggee, Ended, Printed, PythonHeld, PythonReached, Report
from tests.support.python_child import PythonSession

R = TypeVar("R", Began, Printed, PythonReached, PythonHeld, Ended)

APP = """
    app "Child" {
        start: Work
    }
    tool work {
        type: "python"
    }
    chain Work {
        step work { kind: tool, target: work }
    }
"""


@attrs.define
class Reports:
    """What a debuggee told, in order."""

    all: list[Report] = attrs.field(factory=list)
    _coming: queue.SimpleQueue[Report] = attrs.field(factory=queue.SimpleQueue)

    def tell(self, report: Report) -> None:
        """Take a report."""
        self._coming.put(report)

    def wait_for(self, kind: type[R]) -> R:
        """The next report of a kind."""
        while True:
            self.all.append(report := self._coming.get(timeout=20))
            if isinstance(report, kind):
                return report
            assert not isinstance(report, Ended), self.all

    def printed(self, stream: str = "stdout") -> str:
        """What was printed so far."""
        return "".join(each.text for each in self.all if isinstance(each, Printed) and each.stream == stream)


@attrs.define
class Stage:
    """A folder with an app whose one tool does what a test says."""

    folder: Path
    reports: Reports = attrs.field(factory=Reports)
    started: list[Debuggee] = attrs.field(factory=list)

    @property
    def tools(self) -> Path:
        """The file of the tool."""
        return self.folder / "tools.py"

    @property
    def trace(self) -> Path:
        """The trace of the run."""
        return self.folder / "run.jsonl"

    def write(self, body: str, *, before: str = "", asynchronous: bool = False) -> None:
        """Let the tool be this."""
        (self.folder / "app.ai").write_text(dedent(APP))
        head = "async def work():" if asynchronous else "def work():"
        self.tools.write_text(f"{dedent(before)}\n{head}\n{indent(dedent(body).strip(), '    ')}\n")

    def start(self, body: str, **how: Any) -> Debuggee:
        """Run an app whose tool is this."""
        shape = {name: how.pop(name) for name in ("before", "asynchronous") if name in how}
        self.write(body, **shape)
        how = {"folder": self.folder, "trace": self.trace, **how}
        debuggee = Debuggee.start(Path("app.ai"), tell=self.reports.tell, **how)
        self.started.append(debuggee)
        return debuggee

    def last_event(self) -> dict[str, Any]:
        """How the trace ends."""
        event: dict[str, Any] = json.loads(self.trace.read_text().splitlines()[-1])
        return event


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """A stage that is cleared afterwards."""
    made = Stage(tmp_path)
    yield made
    for debuggee in made.started:
        debuggee.terminate()


# What it reports


def test_a_run_is_told_from_its_beginning_to_its_end(stage: Stage) -> None:
    """A program's trace is named before anything happens in it, what it prints comes in lines, and its end last."""
    stage.start("print('one')\nprint('two', file=sys.stderr)\nreturn 'three'", before="import sys")

    ended = stage.reports.wait_for(Ended)

    assert ended == Ended(0, "completed")
    assert stage.reports.all[0] == Began(stage.trace)
    assert [each for each in stage.reports.all if isinstance(each, Printed) and each.stream == "stdout"] == [
        Printed("stdout", "one\n"),
        Printed("stdout", "three\n"),
    ]
    assert stage.reports.printed("stderr") == "two\n"
    assert stage.last_event()["status"] == "completed"


def test_arguments_entry_folder_and_environment_reach_the_program(stage: Stage) -> None:
    """What a run is started with is what the program sees."""
    stage.folder.joinpath("app.ai").write_text(
        dedent("""
            tool work {
                type: "python"
            }
            chain Other {
                step work { kind: tool, target: work, inputs: { given: "wrong" } }
            }
            chain Meant {
                step work { kind: tool, target: work, inputs: { given: "{{ input }}" } }
            }
        """)
    )
    stage.tools.write_text(
        "import os\n\n\ndef work(given):\n"
        "    return [given, os.getcwd(), os.environ.get('ADDED'), os.environ.get('TAKEN')]\n"
    )
    debuggee = Debuggee.start(
        Path("app.ai"),
        tell=stage.reports.tell,
        entry="Meant",
        arguments={"input": "x" * 1_000_000},
        trace=stage.trace,
        environment={"ADDED": "yes", "TAKEN": None},
        folder=stage.folder,
    )
    stage.started.append(debuggee)

    stage.reports.wait_for(Ended)

    given, folder, added, taken = json.loads(stage.reports.printed())
    assert (given, folder, added, taken) == ("x" * 1_000_000, str(stage.folder), "yes", None)


def test_without_a_trace_file_the_run_goes_into_the_trace_directory(stage: Stage) -> None:
    """A run whose file nobody names is recorded where `namel3ss run` records."""
    stage.start("return 1", trace=None)

    trace = stage.reports.wait_for(Began).trace

    assert trace.parent == stage.folder / "debug" / "traces"


def test_an_earlier_trace_of_the_same_name_is_kept(stage: Stage) -> None:
    """A second run does not write over the first one's trace."""
    stage.trace.write_text("the first\n")
    stage.start("return 1")

    stage.reports.wait_for(Ended)

    (kept,) = (stage.folder / "debug" / "traces").iterdir()
    assert kept.read_text() == "the first\n"


def test_a_program_that_fails_says_why(stage: Stage) -> None:
    """A failure of the program is told in its sentence, with the exit code of the command line."""
    stage.start("raise ValueError('no luck')")

    ended = stage.reports.wait_for(Ended)

    assert (ended.exit_code, ended.status) == (1, "failed")
    assert ended.error == "The tool 'work' failed: ValueError: no luck."
    assert stage.last_event()["status"] == "failed"


def test_a_program_that_cannot_be_read_says_where(stage: Stage) -> None:
    """A mistake in the program is told with its line, and there is no trace."""
    (stage.folder / "app.ai").write_text("agent {\n")
    debuggee = Debuggee.start(Path("app.ai"), tell=stage.reports.tell, folder=stage.folder, trace=stage.trace)
    stage.started.append(debuggee)

    ended = stage.reports.wait_for(Ended)

    assert "app.ai:1" in ended.error
    assert stage.reports.all == [ended]
    assert not stage.trace.exists()


def test_a_folder_that_is_not_there_is_refused_at_once(stage: Stage) -> None:
    """A process that cannot be started is an error of the call, not a report."""
    with pytest.raises(ProgramError, match=r"No process can be started for 'app\.ai'.*No such file"):
        Debuggee.start(Path("app.ai"), tell=stage.reports.tell, folder=stage.folder / "nowhere")


def test_the_last_words_of_a_crash_are_heard(stage: Stage) -> None:
    """What was printed before a process is killed by a signal arrives, with what killed it."""
    stage.start("os.write(1, b'last \\xff words')\nos.kill(os.getpid(), signal.SIGSEGV)", before="import os, signal")

    ended = stage.reports.wait_for(Ended)

    assert ended == Ended(139, None, "The program's process was ended by SIGSEGV.")
    assert stage.reports.printed() == "last � words"


def test_a_process_that_leaves_in_the_middle_is_told_so(stage: Stage) -> None:
    """An exit before the end of the run is not taken for an end of the run."""
    stage.start("os._exit(7)", before="import os")

    ended = stage.reports.wait_for(Ended)

    assert ended == Ended(7, None, "The program's process ended with exit code 7 before its run was over.")


def test_a_line_without_end_comes_in_pieces(stage: Stage) -> None:
    """A flood without newlines is passed on, not collected."""
    stage.start("sys.stdout.write('y' * 1_000_000)\nreturn ''", before="import sys")

    stage.reports.wait_for(Ended)

    pieces = [each for each in stage.reports.all if isinstance(each, Printed)]
    assert len(pieces) > 4
    assert stage.reports.printed() == "y" * 1_000_000 + "\n"


def test_a_process_left_behind_does_not_hold_up_the_end(stage: Stage) -> None:
    """The end is told although something that the program started has its output open."""
    stage.start("subprocess.Popen(['sleep', '60'])\nreturn 'done'", before="import subprocess")
    began = time.monotonic()

    stage.reports.wait_for(Ended)

    assert time.monotonic() - began < 10
    assert stage.reports.printed() == "done\n"


# How it is ended

STUBBORN = {
    "a tool that sleeps": ("time.sleep(60)", False),
    "a coroutine that waits": ("await asyncio.sleep(60)", True),
    "a coroutine that blocks the loop": ("time.sleep(60)", True),
    "a loop that catches everything": (
        "while True:\n    try:\n        time.sleep(60)\n    except BaseException:\n        pass",
        True,
    ),
}


@pytest.mark.parametrize(("body", "asynchronous"), STUBBORN.values(), ids=STUBBORN.keys())
def test_a_program_that_is_told_to_end_does_and_its_trace_says_cancelled(
    stage: Stage, body: str, asynchronous: bool
) -> None:
    """Whatever a program does, it ends within two seconds, and the trace says that it was cancelled."""
    debuggee = stage.start(f"print('here')\n{body}", before="import asyncio, time", asynchronous=asynchronous)
    stage.reports.wait_for(Printed)
    began = time.monotonic()

    ended = debuggee.terminate()

    assert time.monotonic() - began < 2
    assert ended is not None
    assert (ended.exit_code, ended.status) == (130, "cancelled")
    assert stage.last_event()["event_type"] == "app_load_end"
    assert stage.last_event()["status"] == "cancelled"
    assert stage.reports.wait_for(Ended) == ended


RUNAWAY = "print('here')\nre.match('(a+)+$', 'a' * 64 + 'b')"
"""Never lets another thread of Python's run."""


def test_a_program_that_cannot_even_listen_is_killed(stage: Stage) -> None:
    """Code that never lets go of the interpreter ends within two seconds, too, and the report says how."""
    debuggee = stage.start(RUNAWAY, before="import re")
    stage.reports.wait_for(Printed)
    began = time.monotonic()

    ended = debuggee.terminate()

    assert time.monotonic() - began < 2
    assert ended == Ended(137, None, "The program did not end when it was told to, and was killed.")


@pytest.mark.slow
def test_ending_takes_everything_along_that_the_program_started(stage: Stage) -> None:
    """No process of a program's is left when it was told to end."""
    debuggee = stage.start(
        "child = subprocess.Popen(['sleep', '60'])\nprint(child.pid, flush=True)\ntime.sleep(60)",
        before="import subprocess, time",
    )
    started = int(stage.reports.wait_for(Printed).text)

    debuggee.terminate()

    _wait_until_gone(started, within_s=1)


def test_ending_twice_or_after_the_end_says_how_it_ended(stage: Stage) -> None:
    """Telling it to end is harmless at any time."""
    debuggee = stage.start("return 1")
    ended = debuggee.wait(20)

    assert ended is not None
    assert debuggee.terminate() == debuggee.terminate() == ended == Ended(0, "completed")


PARENT = """
import sys, threading
from pathlib import Path
from namel3ss_dbg.runtimes.debuggee import Debuggee, Printed

def tell(report):
    if isinstance(report, Printed):
        print(debuggee.pid, flush=True)

ready = threading.Event()
debuggee = Debuggee.start(Path("app.ai"), tell=tell, trace=Path("run.jsonl"))
threading.Event().wait()
"""


@pytest.mark.parametrize(
    "body", ["print('here')\ntime.sleep(60)", RUNAWAY], ids=["a program that sleeps", "a program that runs away"]
)
def test_a_program_ends_when_its_debugger_is_killed(stage: Stage, body: str) -> None:
    """After kill -9 of whoever started it, a program does not live for three seconds."""
    stage.write(body, before="import re, time")

    program = _started_by_a_debugger_that_is_killed(stage)

    _wait_until_gone(program, within_s=3)


def test_a_program_whose_debugger_is_gone_says_cancelled(stage: Stage) -> None:
    """The trace of a program that ends with its debugger says so."""
    stage.write("print('here')\ntime.sleep(60)", before="import time")

    _wait_until_gone(_started_by_a_debugger_that_is_killed(stage), within_s=3)

    assert stage.last_event()["status"] == "cancelled"


def _started_by_a_debugger_that_is_killed(stage: Stage) -> int:
    """The process of a program that was running when its debugger was killed."""
    parent = subprocess.Popen([sys.executable, "-c", PARENT], cwd=stage.folder, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    program = int(parent.stdout.readline())
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    return program


def _wait_until_gone(process: int, *, within_s: float) -> None:
    """Wait for the end of a process that is not ours; nobody may have asked yet how it ended."""
    with contextlib.suppress(ProcessLookupError):
        file = os.pidfd_open(process)
        ended, _, _ = select.select([file], [], [], within_s)
        os.close(file)
        assert ended, f"process {process} lives {within_s} s later"


# Python inside


LOOP = """
    total = 0
    for number in range(3):
        total += number
    return total
"""


@pytest.mark.slow
def test_python_is_reached_held_and_seen(stage: Stage) -> None:
    """A client that comes when a tool is reached stops at a line of it, sees its variables, and is told about."""
    debuggee = stage.start(LOOP, python_debug=True)
    reached = stage.reports.wait_for(PythonReached)
    debuggee.attach(20)

    client = PythonSession.over_tcp(reached.port, strict=False)
    client.attach(stage.tools, 5)
    thread = client.stop()
    stage.reports.wait_for(PythonHeld)
    frames = client.frames(thread)

    assert (reached.tool, reached.host) == ("work", "127.0.0.1")
    assert (frames[0]["name"], frames[0]["line"]) == ("work", 5)
    assert client.locals(thread) == {"number": "0", "total": "0"}
    client.set_breakpoints(stage.tools)
    client.ask("continue", threadId=thread)
    assert stage.reports.wait_for(Ended) == Ended(0, "completed")
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((reached.host, reached.port), 1)


def test_nobody_has_to_come(stage: Stage) -> None:
    """A run that is let go on at a tool goes on without a client, and is not held again."""
    debuggee = stage.start(LOOP, python_debug=True)
    stage.reports.wait_for(PythonReached)

    debuggee.go_on()

    assert stage.reports.wait_for(Ended) == Ended(0, "completed")


def test_a_client_that_does_not_come_in_time_is_not_waited_for(stage: Stage) -> None:
    """The run goes on by itself when the time to attach is over."""
    debuggee = stage.start(LOOP, python_debug=True)
    stage.reports.wait_for(PythonReached)

    debuggee.attach(0.2)

    assert stage.reports.wait_for(Ended) == Ended(0, "completed")


def test_nothing_is_opened_unless_asked_for(stage: Stage) -> None:
    """Without `python_debug` no debugger for Python is even imported."""
    stage.start("return sorted(name for name in sys.modules if 'pydevd' in name)", before="import sys")

    stage.reports.wait_for(Ended)

    assert json.loads(stage.reports.printed()) == []
    assert not [each for each in stage.reports.all if isinstance(each, PythonReached)]


@pytest.mark.slow
def test_a_timeout_of_the_tool_does_not_hold_while_a_person_reads(stage: Stage) -> None:
    """A tool that stands at a breakpoint for longer than its timeout is not overdue."""
    (stage.folder / "app.ai").write_text(dedent(APP).replace('type: "python"', 'type: "python"\n    timeout: 0.3'))
    stage.tools.write_text("def work():\n    here = 1\n    return here\n")
    debuggee = Debuggee.start(
        Path("app.ai"), tell=stage.reports.tell, folder=stage.folder, trace=stage.trace, python_debug=True
    )
    stage.started.append(debuggee)
    reached = stage.reports.wait_for(PythonReached)
    debuggee.attach(20)
    client = PythonSession.over_tcp(reached.port, strict=False)
    client.attach(stage.tools, 3)
    thread = client.stop()

    assert client.evaluate("__import__('time').sleep(0.6) or here", frameId=client.frames(thread)[0]["id"]) == "1"
    client.ask("continue", threadId=thread)

    assert stage.reports.wait_for(Ended) == Ended(0, "completed")
    client.close()


@pytest.mark.slow
@pytest.mark.parametrize("asynchronous", [False, True], ids=["in a thread", "in the event loop"])
def test_a_program_that_is_held_in_python_ends_when_told_to(stage: Stage, asynchronous: bool) -> None:
    """A breakpoint in a tool does not keep the program from being cancelled."""
    debuggee = stage.start(LOOP, python_debug=True, asynchronous=asynchronous)
    reached = stage.reports.wait_for(PythonReached)
    debuggee.attach(20)
    client = PythonSession.over_tcp(reached.port, strict=False)
    client.attach(stage.tools, 5)
    client.stop()
    began = time.monotonic()

    ended = debuggee.terminate()

    assert time.monotonic() - began < 2
    assert ended is not None
    assert ended.status == "cancelled"
    assert stage.last_event()["status"] == "cancelled"
    client.close()


def test_the_program_keeps_nothing_of_ours_open(stage: Stage) -> None:
    """What a program starts does not inherit the socket over which it takes orders."""
    stage.start(
        "return subprocess.run(['ls', '-l', '/proc/self/fd'], capture_output=True, text=True).stdout",
        before="import subprocess",
    )

    stage.reports.wait_for(Ended)

    if os.path.exists("/proc/self/fd"):  # noqa: PTH110
        assert "socket:" not in stage.reports.printed()
