"""Bookmarks: the marks of the terminal debugger, so that one that is set here is a place in the console, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import asked
from .errors import Problem, Refused
from .session import Then

if TYPE_CHECKING:
    from .adapter import Adapter


class Marks:
    """What the client knows of a run's marks."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._told: dict[str, int] = {}

    def body(self) -> dict[str, Any]:
        """All marks, in the order of their moments."""
        marks = self._adapter.run.marks
        found = sorted((moment, name) for name, moment in marks.items())
        return {"marks": [{"name": name, "moment": moment} for moment, name in found]}

    def tell(self) -> None:
        """Tell a client that wants to know what has changed of them since it was last told."""
        marks, configuration = self._adapter.run.marks, self._adapter.configuration
        if configuration is None or not configuration.positions or marks == self._told:
            return
        self._told = dict(marks)
        self._adapter.session.event("n3/marks", self.body())


def marks(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """All marks."""
    return adapter.marks.body()


def mark(adapter: Adapter, arguments: dict[str, Any]) -> Then:
    """Set a mark, or take some away."""
    if asked.flag(arguments, "remove"):
        _remove(adapter, arguments)
        return Then(adapter.marks.body(), adapter.marks.tell)
    moment, name = asked.moment(adapter, arguments), asked.text(arguments, "name", "")
    made = adapter.run.mark(name.removeprefix("'") or None, at=moment)
    return Then({"name": made.name, "moment": made.moment, **adapter.marks.body()}, adapter.marks.tell)


def _remove(adapter: Adapter, arguments: dict[str, Any]) -> None:
    marks = adapter.run.marks
    if "name" in arguments:
        name = asked.text(arguments, "name").removeprefix("'")
        if name not in marks:
            raise Refused(Problem.NO_EVENT, f"There is no mark '{name}.")
        del marks[name]
        return
    moment = asked.moment(adapter, arguments)
    for name in [name for name, marked in marks.items() if marked == moment]:
        del marks[name]
