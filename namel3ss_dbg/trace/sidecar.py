"""Keeps a trace's columns in a file beside it, so that a big trace opens in under a millisecond the second time.

A sidecar is a guess that is checked: it is used only when it was made, on this machine, from a beginning of this very
file. Whoever sends a trace may send a sidecar with it, but does not know the device and inode that the trace will have
here, so that such a one is never believed. All checks together read the same few pages whatever the size: the middle of
a column that has rotted on the disk is not noticed, as the middle of a trace is not.
"""

from __future__ import annotations

import contextlib
import itertools
import mmap
import os
import zlib
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from .columns import TYPES, Codes, Columns, Postings
from .store import SIDECAR_KIND, SIDECAR_SUFFIX

_MAGIC = SIDECAR_KIND + b"0003"
_SAMPLE = 65_536
_PAGE = 4_096
_PREFIX = 20
_POSTINGS = ("shape_rows", "lane_rows", "source_rows")


class _Header(msgspec.Struct):
    count: int
    position: int
    size: int
    changed_ns: int
    device: int
    inode: int
    checksum: int
    """Of the beginning and the end of what was indexed."""
    sampled: int
    """The checksum of the beginning and the end of each column."""
    length: int
    """Of the columns, in bytes."""
    invalid: int
    linked: bool
    shapes: list[tuple[str, str | None, str | None, str | None]]
    errors: list[str | None]
    sources: list[tuple[str, int]]
    open: dict[str, int]
    blobs: dict[str, tuple[int, int]]


_decode = msgspec.json.Decoder(_Header).decode


def path_of(trace: Path) -> Path:
    """Where the sidecar of a trace is."""
    real = trace.resolve()
    return real.with_name(real.name + SIDECAR_SUFFIX)


def save(trace: Path, file: BinaryIO, columns: Columns, position: int) -> None:
    """Write the columns beside the trace; where that is not possible, do nothing."""
    with contextlib.suppress(OSError, OverflowError):
        _save(path_of(trace), file, columns, position)


def _save(target: Path, file: BinaryIO, columns: Columns, position: int) -> None:
    parts: list[bytes | memoryview] = []
    blobs: dict[str, tuple[int, int]] = {}
    end = 0
    for name, blob in _blobs(columns):
        raw = memoryview(blob).cast("B") if len(blob) else memoryview(b"")
        blobs[name] = (end, len(raw))
        parts += (raw, bytes(-len(raw) % 8))
        end += sum(map(len, parts[-2:]))
    stat = os.fstat(file.fileno())
    header = msgspec.json.encode(
        _Header(
            count=columns.count,
            position=position,
            size=stat.st_size,
            changed_ns=stat.st_mtime_ns,
            device=stat.st_dev,
            inode=stat.st_ino,
            sampled=_sampled(parts),
            length=end,
            checksum=_checksum(file, position),
            invalid=columns.invalid,
            linked=columns.linked,
            shapes=columns.shapes.names,
            errors=columns.errors.names,
            sources=columns.sources.names,
            open=columns.open,
            blobs=blobs,
        )
    )
    fresh = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        with open(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:  # noqa: PTH123
            out.write(_MAGIC + len(header).to_bytes(8, "little") + zlib.crc32(header).to_bytes(4, "little") + header)
            out.write(bytes(-out.tell() % _PAGE))
            out.writelines(parts)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _blobs(columns: Columns) -> list[tuple[str, Any]]:
    blobs: list[tuple[str, Any]] = [(name, getattr(columns, name)) for name in TYPES]
    for name in _POSTINGS:
        postings: Postings = getattr(columns, name)
        flat = array("I")
        for rows in postings:
            flat.frombytes(memoryview(rows).cast("B"))  # type: ignore[arg-type]
        starts = array("Q", itertools.accumulate((len(rows) for rows in postings), initial=0))
        blobs += ((name, flat), (f"{name}.starts", starts))
    blobs.append(("late", columns.late))
    return blobs


def load(trace: Path, file: BinaryIO) -> tuple[Columns, int] | None:
    """The columns and how many bytes of the trace they cover; None when there is no sidecar that fits."""
    try:
        with path_of(trace).open("rb") as sidecar:
            start = sidecar.read(_PREFIX)
            if start[:8] != _MAGIC:
                return None
            length = int.from_bytes(start[8:16], "little")
            mapped = memoryview(mmap.mmap(sidecar.fileno(), 0, access=mmap.ACCESS_READ))
        encoded = mapped[_PREFIX : _PREFIX + length]
        if zlib.crc32(encoded) != int.from_bytes(start[16:], "little"):
            return None
        header = _decode(encoded)
        data = mapped[_PREFIX + length + -(_PREFIX + length) % _PAGE :]
        if len(data) != header.length or not _fits(header, file):
            return None
        return _columns(header, data), header.position
    except (OSError, LookupError, ValueError, TypeError, OverflowError, msgspec.MsgspecError):
        return None


def _fits(header: _Header, file: BinaryIO) -> bool:
    stat = os.fstat(file.fileno())
    if (header.device, header.inode) != (stat.st_dev, stat.st_ino):
        return False
    if header.position > header.size or header.size > stat.st_size:
        return False
    if header.size == stat.st_size and header.changed_ns != stat.st_mtime_ns:
        return False
    return header.checksum == _checksum(file, header.position)


def _sampled(parts: Iterable[bytes | memoryview]) -> int:
    checksum = 0
    for part in parts:
        if len(part) >= 8:  # what is shorter is padding
            checksum = zlib.crc32(part[-_PAGE:], zlib.crc32(part[:_PAGE], checksum))
    return checksum


def _checksum(file: BinaryIO, position: int) -> int:
    """Of the first and last bytes of what was indexed."""
    descriptor = file.fileno()
    begin = os.pread(descriptor, min(_SAMPLE, position), 0)
    end = os.pread(descriptor, min(_SAMPLE, position), max(0, position - _SAMPLE))
    return zlib.crc32(end, zlib.crc32(begin))


def _columns(header: _Header, data: memoryview) -> Columns:
    def blob(name: str, kind: Any) -> Any:
        begin, length = header.blobs[name]
        if begin < 0 or length < 0 or begin + length > len(data):
            raise ValueError(name)
        return data[begin : begin + length].cast(kind)

    if _sampled(data[begin : begin + length] for begin, length in header.blobs.values()) != header.sampled:
        raise ValueError("sampled")
    columns = Columns()
    for shape in header.shapes:
        columns.add_shape(*shape)
    for name, kind in TYPES.items():
        column = blob(name, kind)
        if len(column) != header.count:
            raise ValueError(name)
        setattr(columns, name, column)
    for name in _POSTINGS:
        setattr(columns, name, _postings(blob(name, "I"), blob(f"{name}.starts", "Q")))
    columns.count = header.count
    columns.invalid = header.invalid
    columns.linked = header.linked
    columns.errors = Codes(header.errors)
    columns.sources = Codes(header.sources)
    columns.restore(open_starts=header.open, late=bytes(blob("late", "B")))
    if not len(columns.shape_rows) == len(columns.shapes) == len(header.shapes) or not header.errors:
        raise ValueError("shapes")
    return columns


def _postings(flat: memoryview, starts: Sequence[int]) -> Postings:
    if not len(starts) or starts[0] != 0 or starts[-1] != len(flat):
        raise ValueError("postings")
    return Postings(flat, starts)
