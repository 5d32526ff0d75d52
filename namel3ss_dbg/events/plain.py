"""What JSON can say in place of a value that it has no word for."""

from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import math
import numbers
import pathlib
import re
import uuid
from collections import deque
from collections.abc import Mapping
from typing import Any

_LONGEST_REPR = 2_000
_MOST_BYTES = 65_536
_MOST_SORTED = 10_000
_ADDRESS = re.compile(r" at 0x[0-9A-Fa-f]{4,16}\b")


def safe_repr(value: object) -> str:
    """A repr that neither raises nor grows beyond 2,000 characters."""
    try:
        text = repr(value)
    except Exception as problem:  # a payload's own __repr__ may do anything
        text = f"<{type(value).__name__} whose repr raised {type(problem).__name__}>"
    return text if len(text) <= _LONGEST_REPR else f"{text[:_LONGEST_REPR]}…[+{len(text) - _LONGEST_REPR} chars]"


def plain(value: object) -> Any:
    """A stand-in of a simpler kind, one level deep: a dict, list, text or number that says as much as it can.

    Objects that declare their fields (attrs, dataclasses, named tuples, pydantic) become dicts, so that a field that is
    called `password` is seen to be one. Only their types are asked: an attribute of an instance may be a proxy's. The
    addresses of objects are left out: they would make two runs of one program differ.
    """
    kind = type(value)
    if isinstance(value, enum.Enum):
        return value.value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        number = float(value)
        return number if math.isfinite(number) else None
    if isinstance(value, bytes | bytearray | memoryview):
        return _text_of(bytes(value[:_MOST_BYTES]), value.nbytes if isinstance(value, memoryview) else len(value))
    if isinstance(value, set | frozenset):
        return sorted(value, key=safe_repr) if len(value) <= _MOST_SORTED else list(value)
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, list | tuple | deque):
        return dict(zip(kind._fields, value, strict=False)) if hasattr(kind, "_fields") else list(value)
    if hasattr(kind, "__attrs_attrs__"):
        return {field.name: getattr(value, field.name, None) for field in kind.__attrs_attrs__}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
    if hasattr(kind, "model_dump"):
        return dict(kind.model_dump(value))
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, uuid.UUID | decimal.Decimal | pathlib.PurePath | datetime.timedelta):
        return str(value)
    return _ADDRESS.sub("", safe_repr(value))


def _text_of(beginning: bytes, length: int) -> str:
    if len(beginning) < length:
        return f"<{length} bytes>"
    try:
        return beginning.decode("utf-8")
    except UnicodeDecodeError:
        return f"<{length} bytes>"


def plain_or_repr(value: object) -> Any:
    """`plain`, for values whose attributes may raise anything."""
    try:
        return plain(value)
    except Exception:  # somebody's properties, `keys` or `model_dump`
        return safe_repr(value)
