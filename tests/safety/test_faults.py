"""What the operating system may do to a program that is recorded: it goes on, with one line in its log at most."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.trace.index import TraceIndex
from tests.support.children import PRELUDE, run, start, traces
from tests.support.recordings import assert_whole, events_in
from tests.support.shell import COMMAND, environment

ROOT = Path(__file__).parents[2]
WEATHER = ROOT / "tests/traces/v1/weather/trace.jsonl"

WORKS_ON = """
import logging, resource, shutil, signal, time
logging.basicConfig(format="%(levelname)s %(message)s")
def work(tracer, calls=500):
    for number in range(calls):
        with tracer.span("tool_call", "tool", f"tool {number}", inputs={"text": "x" * 200}) as span:
            span.outputs = {"result": number}
"""


def told(program: str, *arguments: object) -> tuple[str, list[str]]:
    """What a program prints, and the lines of its log; it must end well."""
    child = start(WORKS_ON + program, *arguments)
    out, err = child.communicate(timeout=60)
    assert child.returncode == 0, err.decode()
    return out.decode().strip(), err.decode().splitlines()


# Disks


def test_a_file_that_may_not_grow(tmp_path: Path) -> None:
    """The program goes on untraced; what is in the file is whole, and opens."""
    out, log = told(
        """
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, resource.RLIM_INFINITY))
tracer = tracer_in(sys.argv[1])
tracer.start("App")
work(tracer)
tracer.finish()
print("done")
""",
        tmp_path,
    )

    (path,) = traces(tmp_path)
    assert out == "done"
    assert log == [f"WARNING Tracing to {path} ended: [Errno 27] File too large. The program goes on untraced."]
    with TraceIndex(path) as index:
        index.finish()
        assert 30 < len(index) < 200
        assert index.columns.invalid == 0


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 64 kilobytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_is_full(small_disk: Path) -> None:
    """The same on a real one: the trace ends, the program does not."""
    out, log = told(
        "tracer = tracer_in(sys.argv[1])\ntracer.start('App')\nwork(tracer)\nprint(tracer.finish())", small_disk
    )

    (path,) = traces(small_disk)
    assert out == str(path)
    assert log == [
        f"WARNING Tracing to {path} ended: [Errno 28] No space left on device. The program goes on untraced."
    ]
    with TraceIndex(path) as index:
        index.finish()
        assert len(index) > 100
        assert index.columns.invalid == 0


def test_a_disk_that_was_full_before(small_disk: Path) -> None:
    """A run begins, and its program does not notice that none of it can be kept; neither does the next one."""
    (small_disk / "filler").write_bytes(b"x" * 65_536)

    out, log = told(
        """
tracer = tracer_in(sys.argv[1])
for _ in range(2):
    tracer.start("App")
    work(tracer, 5)
    tracer.finish()
print("done")
""",
        small_disk / "traces",
    )

    assert out == "done"
    assert 1 <= len(log) <= 2
    assert all("goes on untraced." in line for line in log)


def test_a_disk_that_may_only_be_read(small_disk: Path) -> None:
    """One line says so, and nothing is traced."""
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    out, log = told(
        "tracer = tracer_in(sys.argv[1])\ntracer.start('A')\nwork(tracer)\nprint(tracer.finish())", small_disk
    )

    assert out == "None"
    (line,) = log
    assert "cannot be written: Read-only file system." in line
    assert line.endswith("The program goes on untraced.")


@pytest.mark.parametrize(
    ("folder", "why"),
    [
        ("a file", "File exists"),
        ("a file/inside", "Not a directory"),
        ("\0", ""),  # each Python has its own words
        ("x" * 300, "File name too long"),
        ("/proc/nowhere", "No such file or directory"),
    ],
)
def test_a_folder_that_cannot_be(tmp_path: Path, folder: str, why: str) -> None:
    """One line says what is wrong with it and what to do; the program runs as ever, and its second run is quiet."""
    (tmp_path / "a file").write_text("")
    out, log = told(
        """
tracer = tracer_in(eval(sys.argv[1]))
for _ in range(2):
    tracer.start("App")
    work(tracer, 3)
    print(tracer.finish())
""",
        repr(str(tmp_path / folder)),
    )

    assert out.split() == ["None", "None"]
    (line,) = log
    assert f"cannot be written: {why}" in line
    assert "NAMEL3SS_DEBUG_OUTPUT_DIR" in line


@pytest.mark.skipif(os.geteuid() != 0, reason="needs to become somebody else")
def test_a_folder_of_somebody_else(tmp_path: Path) -> None:
    """Where the user may not write, one line says so."""
    folder = tmp_path / "theirs"
    folder.mkdir(mode=0o755)
    out, log = told(
        "tracer = tracer_in(sys.argv[1])\nos.setuid(65_534)\ntracer.start('App')\nwork(tracer)\nprint(tracer.finish())",
        folder,
    )

    assert out == "None"
    (line,) = log
    assert "cannot be written: Permission denied." in line
    assert list(folder.iterdir()) == []


def test_a_folder_that_goes_away(tmp_path: Path) -> None:
    """A run whose folder is removed goes on, and ends; the next one has the folder made again."""
    out, log = told(
        """
tracer = tracer_in(sys.argv[1])
tracer.start("App")
work(tracer, 5)
shutil.rmtree(sys.argv[1])
work(tracer, 5)
tracer.finish()
tracer.start("App")
work(tracer, 5)
print(tracer.finish())
""",
        tmp_path / "traces",
    )

    (path,) = traces(tmp_path / "traces")
    assert (out, log) == (str(path), [])
    assert len(events_in(path)) == 12
    assert_whole(path)


# Ends of processes


@pytest.mark.parametrize("waits", [True, False])
def test_os_exit_keeps_what_was_flushed(tmp_path: Path, *, waits: bool) -> None:
    """What is older than the flush interval is in the file; of the rest at most what the buffer holds is missing."""
    program = """
tracer = tracer_in(sys.argv[1], buffer_size=1000, flush_interval=0.002)
execution = tracer.start("App")
work(tracer, 400)
while sys.argv[2] == "True" and execution.trace_file.read_bytes().count(b"\\n") < 801:
    threading.Event().wait(0.001)
os._exit(0)
"""
    told(program, tmp_path, waits)

    events = events_in(traces(tmp_path)[0])
    assert len(events) == 801 if waits else len(events) > 0
    assert [event.event_id for event in events] == [f"evt_{number:06}" for number in range(1, len(events) + 1)]


def test_sigterm_takes_no_more_than_the_buffer(tmp_path: Path) -> None:
    """A program that a supervisor ends has written all but what the buffer may hold, and looks unfinished."""
    program = """
tracer = tracer_in(sys.argv[1], buffer_size=50, flush_interval=60)
tracer.start("App")
work(tracer, 400)
os.kill(os.getpid(), signal.SIGTERM)
threading.Event().wait()
"""
    child = start(WORKS_ON + program, tmp_path)
    child.communicate(timeout=60)

    assert child.returncode == -15
    events = events_in(traces(tmp_path)[0])
    assert 801 - 50 < len(events) <= 801
    assert events[-1].event_type != "app_load_end"


def test_sigterm_that_a_program_takes_as_an_exit(tmp_path: Path) -> None:
    """Where a handler turns it into `SystemExit`, as servers do, the run is ended as it should be."""
    told(
        """
def leave(number, frame):
    sys.exit(0)
signal.signal(signal.SIGTERM, leave)
tracer = tracer_in(sys.argv[1], buffer_size=1000, flush_interval=60)
tracer.start("App")
with tracer.span("agent_execution", "agent", "Ann"):
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(30)
""",
        tmp_path,
    )

    (path,) = traces(tmp_path)
    assert_whole(path)
    assert {event.name: event.status for event in events_in(path) if event.closes}["Ann"] == "cancelled"


# Many at a time


def test_eight_programs_begin_at_once(tmp_path: Path) -> None:
    """Each has a file and ids of its own; the link to the latest leads to one of them, and nothing is left over."""
    program = """
tracer = tracer_in(sys.argv[1])
sys.stdin.read(1)
for _ in range(20):
    tracer.start("App")
    link = Path(sys.argv[1], "trace_latest.jsonl")
    assert link.resolve().exists() and link.resolve().name.startswith("trace_2"), link.resolve()
    tracer.finish()
"""
    children = [start(program, tmp_path) for _ in range(8)]
    for child in children:
        child.stdin.write(b"!")
        child.stdin.flush()
    for child in children:
        assert child.communicate(timeout=60) == (b"", b"")

    found = traces(tmp_path)
    assert len(found) == 8 * 20
    assert len({events_in(path)[0].execution_id for path in found}) == 8 * 20
    assert sorted({path.name[0] for path in tmp_path.iterdir()}) == ["t"]  # no `.trace_latest…` is left behind


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_processes_of_multiprocessing(tmp_path: Path, method: str) -> None:
    """However a worker comes into being, what it records is a run of its own."""
    script = tmp_path / "program.py"
    script.write_text(
        PRELUDE
        + """
import multiprocessing
def work(folder, number):
    tracer = tracer_in(folder)
    with tracer.span("tool_call", "tool", f"tool {number}"):
        pass
if __name__ == "__main__":
    tracer = tracer_in(sys.argv[1])
    tracer.start("Main")
    context = multiprocessing.get_context(sys.argv[2])
    workers = [context.Process(target=work, args=(sys.argv[1], number)) for number in range(2)]
    for worker in workers: worker.start()
    for worker in workers: worker.join()
    assert [worker.exitcode for worker in workers] == [0, 0]
    tracer.finish()
"""
    )
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "traces"), method],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    names = []
    for path in traces(tmp_path / "traces"):
        assert_whole(path)
        names.append([event.name for event in events_in(path)][1:-1])
    assert sorted(names) == [[], ["tool 0", "tool 0"], ["tool 1", "tool 1"]]


# Surroundings


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o277, 0o777])
def test_whatever_the_umask_a_trace_is_its_owners(tmp_path: Path, umask: int) -> None:
    """Its owner can read it, and nobody else."""
    out, log = told(
        "os.umask(int(sys.argv[2]))\ntracer = tracer_in(sys.argv[1])\ntracer.start('App')\nprint(tracer.finish())",
        tmp_path,
        umask,
    )

    assert (Path(out).stat().st_mode & 0o777, log) == (0o600, [])
    assert len(events_in(Path(out))) == 2


def test_a_trace_never_takes_the_number_of_a_closed_stream(tmp_path: Path) -> None:
    """What a program prints although its standard output is closed does not land in its trace."""
    run(
        """
for number in (0, 1, 2):
    os.close(number)
tracer = tracer_in(sys.argv[1])
tracer.start("App")
for number in (0, 1, 2):
    try:
        os.write(number, b"not in the trace")
    except OSError:
        pass
tracer.finish()
os._exit(0)
""",
        tmp_path,
    )

    assert_whole(traces(tmp_path)[0])


def test_a_clock_that_jumps(tmp_path: Path) -> None:
    """Back by a day and forth by a year: nothing is lost or kept waiting, and durations are those of a clock that
    does not jump."""
    out, log = told(
        """
tracer = tracer_in(sys.argv[1], buffer_size=1000, flush_interval=0.001, capture_memory=True, capture_performance=True)
execution = tracer.start("App")
real = time.time
for number, jump in enumerate((0, -86_400, 365 * 86_400, -86_400)):
    time.time = lambda: real() + jump
    work(tracer, 10)
    while execution.trace_file.read_bytes().count(b"tool_call_end") < 10 * (number + 1):
        threading.Event().wait(0.001)
print(tracer.finish())
""",
        tmp_path,
    )

    assert log == []
    assert_whole(Path(out))
    events = events_in(Path(out))
    assert all(0 <= event.duration_ms < 10_000 for event in events if event.closes)
    with TraceIndex(out) as index:
        columns = index.finish().columns
        assert all(columns.match[row] >= 0 for row in range(len(index)) if index.event(row).opens)


# The command line


def shell(command: str, folder: Path, **variables: str) -> tuple[int, str, str]:
    """What a line for the shell says, and how it ends."""
    done = subprocess.run(
        ["sh", "-c", command.replace("namel3ss", COMMAND).replace("TRACE", str(WEATHER))],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    "command", ["replay TRACE", "replay TRACE -c where", "analyze TRACE --format json", "inspect TRACE --color always"]
)
def test_an_output_without_room(tmp_path: Path, command: str) -> None:
    """Is the person's to mend, and said in a sentence."""
    code, _, complained = shell(f"namel3ss debug {command} > /dev/full", tmp_path)

    assert (code, complained) == (2, "Error: The output cannot be written: No space left on device.\n")


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize("command", ["replay TRACE --step", "analyze TRACE", "inspect TRACE"])
def test_standard_streams_that_are_closed(tmp_path: Path, command: str, closed: str) -> None:
    """Lead nowhere, and are no mistake."""
    code, said, complained = shell(f"namel3ss debug {command} {closed}", tmp_path)

    assert (code, complained) == (0, "")
    assert bool(said) == (">&-" not in closed.replace("2>&-", ""))


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_a_mistake_that_cannot_be_said(tmp_path: Path, stderr: str) -> None:
    """Still has its exit code."""
    assert shell(f"namel3ss debug replay missing {stderr}", tmp_path)[0] == 3


def test_nobodys_home_and_no_room_for_copies(tmp_path: Path) -> None:
    """Neither a home nor a folder for temporary files is needed to read a trace in a file."""
    code, said, complained = shell(
        "unset HOME; namel3ss debug replay TRACE -c where", tmp_path, TMPDIR="/nowhere", HOME="/nowhere"
    )

    assert (code, complained) == (0, "")
    assert said.startswith("frame=0 #0 app_load_start")


def test_a_pipe_that_there_is_no_room_for(tmp_path: Path, small_disk: Path) -> None:
    """What comes through a pipe is copied; where that is not possible, a sentence says so."""
    code, _, complained = shell(
        f"cat {' '.join(['TRACE'] * 20)} | namel3ss debug analyze -", tmp_path, TMPDIR=str(small_disk)
    )

    assert code == 3
    assert complained == (
        "Error: The trace '-' cannot be read: it has to be copied first, and that is not possible: "
        "No space left on device. TMPDIR names the folder for copies.\n"
    )


def test_an_app_on_a_full_disk(tmp_path: Path) -> None:
    """`namel3ss run` gives its result, and says once that it is not traced any more."""
    (tmp_path / "app.ai").write_text((ROOT / "examples/seed/my_app.ai").read_text())
    program = f'ulimit -f 1; namel3ss run app.ai --run-args \'{{"input": "{"x" * 2_000}"}}\''
    code, said, complained = shell(program, tmp_path, NAMEL3SS_DEBUG_ENABLED="true")

    assert code == 0
    assert said.strip()
    assert complained.count("File too large. The program goes on untraced.") == 1
    assert "Traceback" not in complained


def test_limits_of_this_process_are_as_they_were() -> None:
    """No test above has limited anything but its children."""
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
