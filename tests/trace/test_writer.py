"""The trace file: who may read it, what is on the disk when, and what happens when the disk refuses."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import resource
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.events import TraceError
from namel3ss_dbg.trace.writer import TraceWriter

FOR_EVER = 1e18
"""A clock that stands so far ahead of the next write that everything is written through."""


def test_only_its_owner_may_read_a_trace(tmp_path):
    """The file and, whatever the umask, nothing more than it is created with the mode 0600."""
    before = os.umask(0)
    try:
        writer = TraceWriter(tmp_path / "new" / "folder" / "t.jsonl")
    finally:
        os.umask(before)
    writer.close()

    assert stat.S_IMODE((tmp_path / "new" / "folder" / "t.jsonl").stat().st_mode) == 0o600


def test_the_first_line_is_written_at_once(tmp_path):
    """When nothing was written lately, an event does not wait."""
    writer = TraceWriter(tmp_path / "t.jsonl")

    writer.append(b"one\n", 1.0)

    assert (tmp_path / "t.jsonl").read_bytes() == b"one\n"
    writer.close()


def test_a_buffer_of_one_writes_through(tmp_path):
    """With a buffer of one event every line is on the disk before the program goes on."""
    writer = TraceWriter(tmp_path / "t.jsonl", buffer_size=1)

    for count in range(1, 200):
        writer.append(b"x\n", 0.0)

        assert (tmp_path / "t.jsonl").stat().st_size == 2 * count
    writer.close()


@pytest.mark.parametrize("size", [2, 10, 100])
def test_no_more_than_the_buffer_waits(tmp_path, size):
    """At no time are more events in memory than the buffer holds."""
    writer = TraceWriter(tmp_path / "t.jsonl", buffer_size=size, flush_interval=60)

    for count in range(1, 1000):
        writer.append(b"x\n", 0.0)

        assert count - (tmp_path / "t.jsonl").stat().st_size // 2 < size
    writer.close()


def test_what_waits_is_written_by_itself(tmp_path):
    """Events that wait are written within the flush interval although nothing more happens."""
    writer = TraceWriter(tmp_path / "t.jsonl", flush_interval=0.001)
    writer.append(b"one\n", 0.0)
    writer.append(b"two\n", 0.0)

    while (tmp_path / "t.jsonl").stat().st_size < 8:
        threading.Event().wait(0.001)

    assert (tmp_path / "t.jsonl").read_bytes() == b"one\ntwo\n"
    writer.close()


def test_long_lines_do_not_wait_for_many(tmp_path):
    """When 64 KB wait they are written, however few events they are."""
    writer = TraceWriter(tmp_path / "t.jsonl", flush_interval=60)
    writer.append(b"x\n", 0.0)

    writer.append(b"y" * 70_000 + b"\n", 0.0)

    assert (tmp_path / "t.jsonl").stat().st_size == 70_003
    writer.close()


def test_a_torn_last_line_stays_apart(tmp_path):
    """A file whose last line was never finished is continued on a line of its own."""
    (tmp_path / "t.jsonl").write_bytes(b'{"whole":1}\n{"to')
    writer = TraceWriter(tmp_path / "t.jsonl")
    writer.append(b"{}\n", FOR_EVER)
    writer.close()

    assert (tmp_path / "t.jsonl").read_bytes() == b'{"whole":1}\n{"to\n{}\n'


def test_a_whole_file_is_continued_as_it_is(tmp_path):
    """Nothing is put between the lines of two runs that share a file."""
    (tmp_path / "t.jsonl").write_bytes(b"{}\n")
    writer = TraceWriter(tmp_path / "t.jsonl")
    writer.append(b"[]\n", FOR_EVER)
    writer.close()

    assert (tmp_path / "t.jsonl").read_bytes() == b"{}\n[]\n"


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_document(tmp_path, count):
    """A document is valid JSON with one event on each line."""
    writer = TraceWriter(tmp_path / "t.json", document=True)
    for number in range(count):
        writer.append(b'{"n":%d}\n' % number, 0.0)
    writer.close()

    content = (tmp_path / "t.json").read_text()
    assert json.loads(content) == {"trace_version": 1, "events": [{"n": number} for number in range(count)]}
    assert content.count("\n") == count + 2 if count else 3


def test_a_document_is_not_continued(tmp_path):
    """Two documents in one file would be none."""
    (tmp_path / "t.json").write_text("{}")

    with pytest.raises(TraceError) as caught:
        TraceWriter(tmp_path / "t.json", document=True)

    assert str(caught.value) == (
        f"The trace '{tmp_path}/t.json' cannot be written: it holds something already, and a document cannot be "
        "continued. Choose another file with --output, or another folder with NAMEL3SS_DEBUG_OUTPUT_DIR."
    )
    assert (tmp_path / "t.json").read_text() == "{}"


def test_a_folder_that_cannot_be(tmp_path):
    """Where no file can be created, that is said at once, with what to do."""
    (tmp_path / "file").write_text("in the way")

    with pytest.raises(TraceError, match=r"cannot be written: (Not a directory|File exists)\. Choose another file"):
        TraceWriter(tmp_path / "file" / "t.jsonl")
    with pytest.raises(TraceError, match="Is a directory"):
        TraceWriter(tmp_path)


def test_a_full_disk_ends_the_tracing_only(caplog):
    """When the disk is full that is logged once; the program goes on, and its events are dropped."""
    writer = TraceWriter(Path("/dev/full"), buffer_size=1)

    with caplog.at_level(logging.WARNING):
        for _ in range(5):
            writer.append(b"x\n", 0.0)
        writer.close()

    assert [record.getMessage() for record in caplog.records] == [
        "Tracing to /dev/full ended: [Errno 28] No space left on device. The program goes on untraced."
    ]
    assert writer.failure is not None


@contextlib.contextmanager
def largest_file(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_disk_that_fills_up_keeps_the_whole_lines(tmp_path, caplog):
    """What was written before the disk was full is there, the last line perhaps torn."""
    with largest_file(1_000):
        writer = TraceWriter(tmp_path / "t.jsonl", buffer_size=1)
        for number in range(500):
            writer.append(b"%06d\n" % number, 0.0)
        writer.close()

    *whole, torn = (tmp_path / "t.jsonl").read_bytes().split(b"\n")
    assert whole == [b"%06d" % number for number in range(142)]
    assert torn == b"000142"
    assert len(caplog.records) == 1


def test_what_comes_after_the_end_is_dropped(tmp_path):
    """A straggler neither fails nor writes into whatever file has the number of ours by then."""
    writer = TraceWriter(tmp_path / "t.jsonl")
    writer.append(b"one\n", FOR_EVER)
    writer.close()

    with (tmp_path / "other").open("wb"):
        writer.append(b"two\n", FOR_EVER)
        writer.append(b"three\n", 0.0)
        writer.close()

    assert (tmp_path / "t.jsonl").read_bytes() == b"one\n"
    assert (tmp_path / "other").read_bytes() == b""


def test_eight_threads_tear_nothing(tmp_path):
    """Lines that eight threads write at once are all there, whole, each once, and each thread's in order."""
    writer = TraceWriter(tmp_path / "t.jsonl", buffer_size=50)
    together = threading.Barrier(8)

    def work(name: int) -> None:
        together.wait()
        for number in range(1_000):
            writer.append(b"%d %d %s\n" % (name, number, b"x" * (number % 50)), 0.0)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()

    lines = [line.split() for line in (tmp_path / "t.jsonl").read_text().splitlines()]
    for name in range(8):
        assert [int(number) for who, number, *_ in lines if int(who) == name] == list(range(1_000))


def test_a_signal_may_close_what_is_being_written(tmp_path):
    """A handler that ends the trace while a line is being written neither waits for itself nor loses a line."""
    writer = TraceWriter(tmp_path / "t.jsonl", buffer_size=1)
    before = signal.signal(signal.SIGUSR1, lambda *_: writer.close())
    try:
        with writer._writing:  # as the interrupted write has it
            writer.append(b"one\n", 0.0)
            os.kill(os.getpid(), signal.SIGUSR1)
    finally:
        signal.signal(signal.SIGUSR1, before)

    assert (tmp_path / "t.jsonl").read_bytes() == b"one\n"
