"""What JSON can say in place of a value that it has no word for."""

from __future__ import annotations

import datetime
import fractions
import pathlib
import uuid
from collections import OrderedDict, UserDict, deque
from decimal import Decimal
from types import MappingProxyType

import msgspec
import pytest

from namel3ss_dbg.events.plain import plain, plain_or_repr, safe_repr
from tests.support.objects import (
    AttrsPoint,
    Colour,
    DataPoint,
    Hostile,
    NamedPoint,
    Proxy,
    PydanticLike,
    Silent,
    Sour,
    Word,
)

FIELDS = {"x": 1, "password": "p"}


@pytest.mark.parametrize(
    ("value", "stand_in"),
    [
        (AttrsPoint(1, "p"), FIELDS),
        (DataPoint(1, "p"), FIELDS),
        (NamedPoint(1, "p"), FIELDS),
        (PydanticLike(), FIELDS),
        (MappingProxyType({"a": 1}), {"a": 1}),
        (UserDict(a=1), {"a": 1}),
        (OrderedDict(a=1), {"a": 1}),
        ({"b", "a"}, ["a", "b"]),
        (frozenset({2, 1}), [1, 2]),
        (deque([1, 2]), [1, 2]),
        (b"text", "text"),
        (bytearray(b"text"), "text"),
        (memoryview(b"text"), "text"),
        (b"\xff\xfe", "<2 bytes>"),
        (bytes(100_000), "<100000 bytes>"),
        (Colour.RED, "red"),
        (Word("w"), "w"),
        (True, 1),
        (fractions.Fraction(1, 2), 0.5),
        (float("nan"), None),
        (Decimal("1.50"), "1.50"),
        (datetime.datetime(2025, 1, 2, 3, 4, tzinfo=datetime.UTC), "2025-01-02T03:04:00+00:00"),
        (datetime.date(2025, 1, 2), "2025-01-02"),
        (datetime.time(3, 4), "03:04:00"),
        (datetime.timedelta(seconds=90), "0:01:30"),
        (pathlib.PurePosixPath("a/b"), "a/b"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (AttrsPoint, "<class 'tests.support.objects.AttrsPoint'>"),
        (ValueError("no"), "ValueError('no')"),
        (Proxy(), "a proxy"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_value_becomes_what_says_as_much(value, stand_in):
    """Containers and records keep their shape, numbers their value, and the rest becomes a text."""
    assert plain(value) == stand_in


def test_what_raises_is_described_all_the_same():
    """An object whose attributes and repr raise is named by its type and by what its repr raised."""
    assert plain_or_repr(Silent()) == "<Silent whose repr raised RuntimeError>"
    assert plain_or_repr(Hostile()) == "<Hostile whose repr raised RuntimeError>"
    assert plain_or_repr(Sour()) == {}


def test_a_struct_of_msgspec_is_described():
    """What declares its fields in a way nobody told us of becomes its repr."""

    class Point(msgspec.Struct):
        x: int

    assert plain(Point(1)).endswith("Point(x=1)")


def test_a_long_repr_is_cut():
    """A repr has at most 2,000 characters, and says how many it had more."""
    text = safe_repr(list(range(10_000)))

    assert text.endswith("…[+56890 chars]")
    assert len(text) == 2_000 + len("…[+56890 chars]")


def test_a_set_of_unlike_things_has_an_order():
    """Sets come out the same way every time although their members cannot be compared."""
    assert plain({"a", 1, None, 2.5}) == ["a", 1, 2.5, None]


def test_addresses_of_objects_are_left_out():
    """Two runs of one program write the same text for the same kind of object."""
    first, second = object(), object()

    assert plain(first) == plain(second) == "<object object>"
    assert plain(first.__str__).startswith("<method-wrapper '__str__' of object object")
    assert "0x" not in plain(first.__str__)
