"""Python objects of all kinds that a payload may hold, each made anew by a function."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import threading
import typing
import uuid
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs


@attrs.define
class AttrsPoint:
    x: int
    password: str


@dataclasses.dataclass
class DataPoint:
    x: int
    password: str


class NamedPoint(typing.NamedTuple):
    x: int
    password: str


class PydanticLike:
    def model_dump(self) -> dict[str, object]:
        return {"x": 1, "password": "p"}


class Colour(enum.Enum):
    RED = "red"


class Word(str):
    __slots__ = ()


class Silent:
    def __repr__(self) -> str:
        raise RuntimeError("no repr")


class Hostile:
    """Answers every question with an exception."""

    def __getattribute__(self, name: str) -> object:
        raise RuntimeError(name)

    def __repr__(self) -> str:
        raise RuntimeError("no repr")

    def __bool__(self) -> bool:
        raise RuntimeError("neither")

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("cannot be compared")

    __hash__ = object.__hash__


class Proxy:
    """Claims to have every attribute, as proxies and mocks do."""

    def __getattr__(self, name: str) -> Proxy:
        return self

    def __call__(self) -> Proxy:
        return self

    def __repr__(self) -> str:
        return "a proxy"


class Endless:
    """Holds another one of its kind, made when asked."""

    def model_dump(self) -> dict[str, Any]:
        return {"inner": Endless()}


class Sour:
    """Has fields that cannot be read."""

    __attrs_attrs__ = ()

    @property
    def model_dump(self) -> object:
        raise RuntimeError("no dump")


def circle() -> list[Any]:
    """A list that holds itself, in several places."""
    circle: list[Any] = []
    circle += [circle, circle, {"again": circle}]
    return circle


def deep(levels: int = 10_000) -> Any:
    """A list in a list in a list."""
    nest: Any = "the bottom"
    for _ in range(levels):
        nest = [nest]
    return nest


ANY_OBJECT: dict[str, Callable[[], Any]] = {
    "a circle": circle,
    "a deep nest": deep,
    "NaN": lambda: float("nan"),
    "infinity": lambda: float("inf"),
    "128 bits": lambda: 1 << 128,
    "5,000 digits": lambda: 10**5_000,
    "-5,000 digits": lambda: -(10**5_000),
    "text as bytes": lambda: b"bytes",
    "bytes": lambda: b"\xff\x00",
    "bytearray": lambda: bytearray(5),
    "memoryview": lambda: memoryview(b"abc"),
    "set": lambda: {1, "a", None},
    "frozenset": frozenset,
    "keys of all kinds": lambda: {1: "a", None: "b", (1, 2): "c", 2.5: "d", b"b": "e", Colour.RED: "f", Silent(): "g"},
    "a huge key": lambda: {10**5_000: 1},
    "a long key": lambda: {"k" * 100_000: 1},
    "datetime": lambda: datetime.datetime.now(tz=datetime.UTC),
    "time with a zone": lambda: datetime.time(1, 2, tzinfo=datetime.UTC),
    "timedelta": lambda: datetime.timedelta(1),
    "Decimal": lambda: Decimal("NaN"),
    "UUID": uuid.uuid4,
    "Path": lambda: Path("x"),
    "attrs": lambda: AttrsPoint(1, "p"),
    "dataclass": lambda: DataPoint(1, "p"),
    "named tuple": lambda: NamedPoint(1, "p"),
    "pydantic": PydanticLike,
    "no repr": Silent,
    "hostile": Hostile,
    "proxy": Proxy,
    "endless": Endless,
    "sour": Sour,
    "a lone surrogate": lambda: "\ud800 lone",
    "a surrogate key": lambda: {"\udfff key": 1},
    "object": object,
    "a class": lambda: Silent,
    "a function": lambda: len,
    "a generator": lambda: (n for n in ()),
    "range": lambda: range(3),
    "an exception": lambda: ValueError(Silent()),
    "a lock": threading.Lock,
    "complex": lambda: 1j,
    "control characters": lambda: "\x00\x1b[31m",
    "our own mark": lambda: {"…": 1},
    "a long list": lambda: list(range(100_000)),
    "a long set": lambda: set(range(100_000)),
    "a wide dict": lambda: {str(n): n for n in range(100_000)},
    "many empty lists": lambda: [[] for _ in range(100_000)],
}
"""By what it is, how to make it."""
