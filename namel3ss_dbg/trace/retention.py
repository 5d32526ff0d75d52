"""Removes traces that are older than a person wants to keep them: `trace_retention_days`.

What is removed is known to be ours twice over: by its name, as `store.trace_name` makes it, and by its first record,
which must say the same execution. So a trace that a person renamed, or gave a name with `--output`, is kept for ever,
and so is every file that something else wrote. The trace that `trace_latest.jsonl` leads to is kept too, however old:
the link never leads nowhere. A trace is as old as the last thing known of it: its first event, its last, its file's
last change.

It happens by itself when the first run of a day begins in a trace directory, in a thread of its own after the run has
begun: the program waits for the one look at the link that tells, a few microseconds.
"""

from __future__ import annotations

import errno
import logging
import os
import re
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import attrs

from ..events import TraceError
from .codec import record_of, seconds_of
from .locks import lock_alone
from .store import LATEST, SIDECAR_KIND, SIDECAR_SUFFIX
from .writer import DOCUMENT_HEAD

_log = logging.getLogger(__name__)

_DAY = 86_400
_NAME = re.compile(r"trace_\d{8}_\d{6}_(.+?)(?:_\d+)?\.jsonl?")
_LONGEST_HEAD = 1 << 20
_TAIL = 1 << 16
_NO_RECORD = (TraceError, ValueError, KeyError, TypeError, OverflowError)
_LINK_FREE = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
# Neither a link that was put there in the meantime is followed, nor a pipe waited for.


@attrs.frozen
class Removed:
    """A trace that is gone, or would be."""

    path: Path
    size: int
    """Bytes, its index included."""
    age_days: float


@attrs.frozen
class Cleanup:
    """What a removal of old traces came to."""

    directory: Path
    days: int
    """How old a trace may become; 0 keeps all."""
    removed: tuple[Removed, ...] = ()
    """The oldest first."""
    problems: tuple[str, ...] = ()
    """A sentence for each thing that could not be done."""

    @property
    def bytes_freed(self) -> int:
        """What the removed traces took on the disk."""
        return sum(trace.size for trace in self.removed)


def remove_old_traces(directory: Path, days: int, *, now: float | None = None, dry_run: bool = False) -> Cleanup:
    """Remove the traces of a directory that are older than some days, each with its index. Never raises.

    Args:
        directory: Its subfolders, and what links in it lead to, are left alone.
        days: 0 removes nothing.
        now: The moment to count from, in seconds since the epoch; by default this one.
        dry_run: Say what would be removed, and leave it.
    """
    if days <= 0:
        return Cleanup(directory, 0)
    now = time.time() if now is None else now
    removed, problems = [], []
    try:
        names = sorted(_names_in(directory, before=now - days * _DAY))
        latest = _inode(directory / LATEST)
    except FileNotFoundError:
        return Cleanup(directory, days)
    except OSError as problem:
        why = problem.strerror or str(problem)
        return Cleanup(directory, days, problems=(f"The trace directory '{directory}' cannot be read: {why}.",))
    for name in names:
        try:
            trace = _remove(directory / name, now, days, latest, dry_run=dry_run)
        except OSError as problem:
            problems.append(f"The trace '{directory / name}' cannot be removed: {problem.strerror or problem}.")
        else:
            removed += [trace] if trace is not None else []
    return Cleanup(directory, days, tuple(removed), tuple(problems))


def _names_in(directory: Path, *, before: float) -> Iterator[str]:
    """The names that only traces of ours have, begun before a moment by what they say; so they sort by age."""
    newest = time.strftime("trace_%Y%m%d_%H%M%S", time.localtime(max(before + _DAY, 0)))  # a name is in local time
    with os.scandir(directory) as entries:
        for entry in entries:
            if _NAME.fullmatch(entry.name) and entry.name < newest and entry.is_file(follow_symlinks=False):
                yield entry.name


def _remove(path: Path, now: float, days: int, latest: tuple[int, int] | None, *, dry_run: bool) -> Removed | None:
    """Remove a trace if it is ours, old enough, not the latest, and written by nobody; else None."""
    try:
        descriptor = os.open(path, os.O_RDWR | _LINK_FREE)  # a lock over a network wants to be able to write
    except OSError as problem:
        if problem.errno in (errno.ENOENT, errno.ELOOP, errno.EACCES, errno.EPERM):
            return None  # gone, no trace, or kept by its owner against being written
        raise
    try:
        status = os.fstat(descriptor)
        began = _began(descriptor, path.name) if stat.S_ISREG(status.st_mode) else None
        if began is None or (status.st_dev, status.st_ino) == latest:
            return None
        age_days = (now - max(began, status.st_mtime, _last_moment(descriptor, status.st_size))) / _DAY
        if age_days <= days or not lock_alone(descriptor) or _inode(path) != (status.st_dev, status.st_ino):
            return None
        sidecar = path.with_name(path.name + SIDECAR_SUFFIX)
        size = status.st_size + _size_of_sidecar(sidecar)
        if not dry_run:
            if size > status.st_size:
                sidecar.unlink(missing_ok=True)  # first, so that none is ever left behind
            path.unlink(missing_ok=True)  # where there are no locks, another process may have done it in this moment
        return Removed(path, size, age_days)
    finally:
        os.close(descriptor)


def _began(descriptor: int, name: str) -> float | None:
    """When the run began, by the first record of a trace whose record and name say the same execution; else None."""
    first = os.pread(descriptor, _LONGEST_HEAD, 0).removeprefix(DOCUMENT_HEAD).split(b"\n", 1)[0]
    found = _NAME.fullmatch(name)
    try:
        record = record_of(first.rstrip(b","))
        execution = record["execution_id"]
        ours = record["event_type"] == "app_load_start" and isinstance(record["metadata"]["trace_version"], int)
        named = found is not None and execution in (found[1], name.rpartition(".")[0][len("trace_00000000_000000_") :])
        return seconds_of(record["timestamp"]) if ours and named else None
    except _NO_RECORD:
        return None


def _last_moment(descriptor: int, size: int) -> float:
    """The timestamp of the last whole line; 0 where there is none to be had."""
    lines = os.pread(descriptor, _TAIL, max(0, size - _TAIL)).splitlines()
    for line in reversed(lines):
        try:
            return seconds_of(record_of(line.rstrip(b","))["timestamp"])
        except _NO_RECORD:
            continue
    return 0.0


def _inode(path: Path) -> tuple[int, int] | None:
    """Which file this is; None when there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_dev, status.st_ino


def _size_of_sidecar(path: Path) -> int:
    """The bytes of an index of ours; 0 when there is none, or what lies there is something else."""
    try:
        with open(os.open(path, os.O_RDONLY | _LINK_FREE), "rb") as file:  # noqa: PTH123
            return os.fstat(file.fileno()).st_size if file.read(len(SIDECAR_KIND)) == SIDECAR_KIND else 0
    except OSError:
        return 0


def changed_before_today(path: Path) -> bool:
    """Whether a file, or a link itself, was made on an earlier day; `trace_latest.jsonl` tells of the last run."""
    try:
        changed = path.lstat().st_mtime
    except OSError:
        return False
    return time.localtime(changed)[:3] < time.localtime()[:3]


def remove_in_background(directory: Path, days: int) -> threading.Thread | None:
    """Begin to remove the old traces of a directory; None when there can be no more threads."""
    thread = threading.Thread(target=_remove_quietly, args=(directory, days), name="trace-retention", daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the interpreter is shutting down
        return None
    return thread


def _remove_quietly(directory: Path, days: int) -> None:
    done = remove_old_traces(directory, days)
    if done.removed:
        _log.info(
            "%d traces in %s were older than %d days and are removed; trace_retention_days says how long they stay.",
            len(done.removed),
            directory,
            days,
        )
    for problem in done.problems:
        _log.warning("%s", problem)
