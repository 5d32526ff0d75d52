"""Why a run rests, in the words of the protocol."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs

from namel3ss_dbg.events import Reason, Stop

if TYPE_CHECKING:
    from .adapter import Adapter

_REASONS: dict[Reason, str] = {
    "entry": "entry",
    "step": "step",
    "goto": "goto",
    "beginning": "step",
    "end": "step",
    "interrupted": "pause",
    "place": "goto",
    "match": "goto",
}


@attrs.frozen
class Resting:
    """Why, and what is said about it."""

    reason: str
    description: str | None = None
    """By default the event that it rests at."""
    text: str | None = None
    hits: tuple[int, ...] = ()
    """The client's numbers of the breakpoints that stopped it."""
    keeps_focus: bool = False
    """Whether the person is looking at something else, and shall go on to."""


def described(adapter: Adapter, stop: Stop, reason: str | None = None) -> Resting:
    """How a stop of the engine is told."""
    if stop.reason == "end":
        return Resting(reason or "step", f"end of recording: {adapter.stacks.number()}", adapter.stacks.event_name())
    if stop.reason == "beginning":
        return Resting(
            reason or "step", f"beginning of recording: {adapter.stacks.number()}", adapter.stacks.event_name()
        )
    if stop.reason == "interrupted":
        return Resting("pause", f"interrupted at {adapter.stacks.where()}")
    if stop.breakpoint is None:
        return Resting(reason or _REASONS[stop.reason])
    wanted = adapter.breakpoints.of_number(stop.breakpoint)
    if wanted is None:  # set in the console
        return Resting(_CONSOLE.get(stop.reason, "breakpoint"), text=f"breakpoint {stop.breakpoint}")
    text = adapter.run.event.error if wanted.reason == "exception" and adapter.run.event is not None else None
    return Resting(wanted.reason, text=text, hits=(wanted.id,))


_CONSOLE: dict[Reason, str] = {"watch": "data breakpoint", "catch": "exception"}
