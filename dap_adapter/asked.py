"""What our own requests are asked with: their arguments, read one by one, because no schema knows them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from namel3ss_dbg.events import Moment

from .errors import Problem, Refused

if TYPE_CHECKING:
    from .adapter import Adapter

Arguments = Mapping[str, Any]

Given = TypeVar("Given")

_LARGEST = 1 << 53


def whole(arguments: Arguments, name: str, default: int) -> int:
    """A whole number.

    Raises:
        Refused: It is something else.
    """
    value = arguments.get(name, default)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > _LARGEST:
        raise _needed("a whole number", name)
    return value


def within(arguments: Arguments, name: str, default: int, most: int) -> int:
    """A number of things: one at least, and `most` at most."""
    return min(max(whole(arguments, name, default), 1), most)


def text(arguments: Arguments, name: str, default: str | None = None) -> str:
    """A text.

    Raises:
        Refused: It is something else, or missing although there is no default.
    """
    return _given(arguments, name, default, str, "a text")


def flag(arguments: Arguments, name: str) -> bool:
    """True or false; false when it is not said.

    Raises:
        Refused: It is something else.
    """
    return _given(arguments, name, False, bool, "true or false")


def inside(arguments: Arguments, name: str) -> Arguments:
    """An object; an empty one when it is not said.

    Raises:
        Refused: It is something else.
    """
    return _given(arguments, name, {}, dict, "an object")


def words(arguments: Arguments, name: str) -> frozenset[str]:
    """A list of texts; an empty one when it is not said.

    Raises:
        Refused: It is something else.
    """
    value = _given(arguments, name, [], list, "a list of texts")
    if not all(isinstance(each, str) for each in value):
        raise _needed("a list of texts", name)
    return frozenset(value)


def moment(adapter: Adapter, arguments: Arguments) -> Moment:
    """An event that is there, by its number or by a place; by default the one where the run rests.

    Raises:
        Refused: There is none of this number.
        PlaceError: There is no such place.
    """
    if "place" in arguments:
        return adapter.run.places.resolve(text(arguments, "place"), here=adapter.run.moment)
    found = whole(arguments, "moment", max(adapter.run.moment, 0))
    if found < 0 or not adapter.run.timeline.reach(found):
        raise Refused(Problem.NO_EVENT, f"There is no event #{found}.")
    return found


def moments(adapter: Adapter, arguments: Arguments) -> tuple[Moment, Moment]:
    """A range of events, both ends included, cut to what is known; by default all of it."""
    frontier = adapter.run.timeline.frontier
    first = min(max(whole(arguments, "from", 0), 0), max(frontier, 0))
    return first, min(max(whole(arguments, "to", frontier), first), frontier)


def _given(arguments: Arguments, name: str, default: object, kind: type[Given], what: str) -> Given:
    value = arguments.get(name, default)
    if not isinstance(value, kind):
        raise _needed(what, name)
    return value


def _needed(what: str, name: str) -> Refused:
    return Refused(Problem.BAD_ARGUMENTS, f"{what} is needed for '{name}'")
