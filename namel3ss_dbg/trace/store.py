"""Where traces live: unique names, the link to the latest one, and finding a trace that a person names."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import shutil
import time
from pathlib import Path

import orjson

from ..events import TraceError

LATEST = "trace_latest.jsonl"
"""The link, in a trace directory, to the trace that was begun last."""

SIDECAR_SUFFIX = ".n3ix"
"""What the name of a trace's index ends with, after the whole name of the trace."""

SIDECAR_KIND = b"N3IX"
"""How every index begins, whatever its version."""

_LAST_SECOND = 253_402_300_799  # of the year 9999


def trace_name(execution_id: str, *, at: float | None = None, suffix: str = ".jsonl") -> str:
    """A file name that sorts by time and is unique by execution: `trace_20250131_120000_exec_ab12.jsonl`."""
    stamp = time.strftime("%Y%m%d_%H%M%S", time.localtime(at))
    return f"trace_{stamp}_{execution_id}{suffix}"


def point_latest_at(path: Path) -> None:
    """Make `trace_latest.jsonl` beside `path` lead to it; without symbolic links (Windows), do nothing.

    A file of that name that is no link is somebody's trace, and stays.
    """
    link = path.parent / LATEST
    fresh = link.with_name(f".{LATEST}.{os.getpid()}.{time.monotonic_ns()}")
    with contextlib.suppress(OSError, NotImplementedError):
        if link.is_symlink() or not link.exists():
            fresh.symlink_to(path.name)
            fresh.replace(link)


def traces_in(directory: Path) -> list[Path]:
    """The traces of a directory, newest first, without the link to the latest."""
    try:
        found = [
            path
            for path in directory.iterdir()
            if path.suffix in (".jsonl", ".json") and path.name != LATEST and path.is_file()
        ]
    except OSError:
        return []
    return sorted(found, key=lambda path: (_changed(path), path.name), reverse=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def find_trace(name: str, directory: Path) -> Path:
    """The trace that a person means: a path, `latest`, or a name, or a beginning of one, in the trace directory.

    Raises:
        TraceError: There is none, or several begin like this.
    """
    if name == "latest":
        return _latest(directory)
    with contextlib.suppress(OSError, ValueError, RuntimeError):  # no name of a file, or of a user's home
        path = Path(name).expanduser()
        if path.is_dir():
            raise TraceError(
                f"'{name}' is a folder, not a trace", try_=f"Name a file in it, such as {name}/trace.jsonl."
            )
        if path.exists():
            return path
    traces = traces_in(directory)
    exact = [trace for trace in traces if name in (trace.name, trace.stem)]
    begins = exact or [trace for trace in traces if _begins(trace, name)]
    if len(begins) == 1:
        return begins[0]
    if begins:
        names = ", ".join(trace.name for trace in begins[:5])
        raise TraceError(f"'{name}' could be {len(begins)} traces", why=names, try_="Type more of the name.")
    known = f"Traces in {directory}: {', '.join(trace.name for trace in traces[:5])}" if traces else ""
    raise TraceError(
        f"There is no trace '{name}'",
        why=known or f"no such file, and no trace in {directory}",
        try_="Record one with: namel3ss debug trace APP.ai",
    )


def _begins(trace: Path, name: str) -> bool:
    execution = trace.stem.partition("exec_")[2]
    return any(text.startswith(name) for text in (trace.name, f"exec_{execution}" if execution else "", execution))


def _latest(directory: Path) -> Path:
    here = Path("trace.jsonl")
    candidates = [path for path in (directory / LATEST, here) if path.exists()] or traces_in(directory)
    if not candidates:
        raise TraceError(
            "There is no latest trace",
            why=f"neither {here} nor a trace in {directory}",
            try_="Record one with: namel3ss debug trace APP.ai",
        )
    return max(candidates, key=_changed).resolve()


def move_aside(path: Path, directory: Path) -> Path | None:
    """Move an earlier trace at `path` into the trace directory under its own time and id; return where it is now.

    None when there was nothing to move.

    Raises:
        TraceError: It cannot be moved; it is then still where it was.
    """
    try:
        if not path.is_file() or path.stat().st_size == 0:
            return None
        target = _reserved(path, directory)
        try:
            _move(path, target)
        except OSError:
            target.unlink()
            raise
    except OSError as problem:
        raise TraceError(
            f"The earlier trace '{path}' cannot be moved to '{directory}'",
            why=problem.strerror or str(problem),
            try_="Choose another file with --output.",
        ) from problem
    return target


def _reserved(path: Path, directory: Path) -> Path:
    """An empty file of our own to move `path` over, so that no other process can have the same name in mind."""
    execution, began = _identity(path)
    suffix = path.suffix or ".jsonl"
    directory.mkdir(parents=True, exist_ok=True)
    for count in itertools.count(1):
        name = trace_name(execution if count == 1 else f"{execution}_{count}", at=began, suffix=suffix)
        with contextlib.suppress(FileExistsError):
            os.close(os.open(directory / name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
            return directory / name
    raise AssertionError("numbers do not end")


def _move(path: Path, target: Path) -> None:
    try:
        path.replace(target)
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
        shutil.copyfile(path, target)  # to another file system
        path.unlink()


def _identity(path: Path) -> tuple[str, float]:
    """Execution id and time of a trace, from its first line; else from the file itself."""
    changed = path.stat().st_mtime
    try:
        with path.open("rb") as file:
            first = file.readline(1 << 20)
            if b'"events"' in first[:64]:
                first = file.readline(1 << 20).rstrip(b",\n")
        head = orjson.loads(first)
        execution = head.get("execution_id") or head.get("inputs", {}).get("execution_id")
        began = head.get("timestamp")
    except (OSError, ValueError, AttributeError):
        return f"file_{int(changed)}", changed
    safe = "".join(c for c in str(execution) if c.isalnum() or c in "_-")[:64] if execution else f"file_{int(changed)}"
    return safe, float(began) if isinstance(began, int | float) and 0 < began < _LAST_SECOND else changed
