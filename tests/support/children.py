"""Programs that record in a process of their own, so that they can be killed, forked, or run beside each other."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from pathlib import Path

PRELUDE = """
import asyncio, os, sys, threading
from pathlib import Path
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.trace.settings import DebugConfiguration

def tracer_in(folder, **settings):
    settings = {"capture_memory": False, "capture_performance": False, "buffer_size": 1, **settings}
    return ExecutionTracer(DebugConfiguration(enabled=True, trace_output_dir=Path(folder), **settings))

"""


def start(program: str, *arguments: object) -> subprocess.Popen[bytes]:
    """A program that is running, with a pipe to hear from it and one to speak to it."""
    return subprocess.Popen(
        [sys.executable, "-c", PRELUDE + program, *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def run(program: str, *arguments: object, code: int = 0) -> str:
    """What a program printed before it ended as expected."""
    child = start(program, *arguments)
    out, err = child.communicate(timeout=60)
    assert child.returncode == code, err.decode()
    return out.decode()


def kill_after(child: subprocess.Popen[bytes], reports: int) -> int:
    """Kill -9 a program after it wrote so many bytes to its pipe; returns how many it wrote in all."""
    assert child.stdout is not None
    heard = 0
    while heard < reports:
        heard += len(os.read(child.stdout.fileno(), min(4_096, reports - heard)))
    child.send_signal(signal.SIGKILL)
    child.wait()
    while select.select([child.stdout], [], [], 0)[0]:
        more = os.read(child.stdout.fileno(), 65_536)
        if not more:
            break
        heard += len(more)
    for pipe in (child.stdin, child.stdout, child.stderr):
        if pipe is not None:
            pipe.close()
    return heard


def traces(folder: Path) -> list[Path]:
    """The trace files of a folder, without the link to the latest, oldest first."""
    found = [path for path in folder.iterdir() if not path.is_symlink()]
    return sorted(found, key=lambda path: path.stat().st_mtime_ns)
