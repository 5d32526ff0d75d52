"""What keys do beyond ordinary editing.

A function key types its command into the line and sends it, so that screen, history and transcript show what happened,
and a person learns the command. What was being typed comes back with the next prompt.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.filters import completion_is_selected
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent

from ..commands.dialogue import Dialogue
from ..render.events import source_of
from ..timeline.notation import spelled
from .conversation import AGAIN

if TYPE_CHECKING:
    from ..commands.python import PythonMode  # which loads the runtimes; most conversations enter no tool

COMMANDS: dict[tuple[str, ...], str] = {
    ("f5",): "continue",
    ("f10",): "next",
    ("f11",): "step",
    ("escape", "right"): "step",
    ("escape", "left"): "rstep",
    ("escape", "down"): "down",
    ("escape", "up"): "up",
    ("escape", "pagedown"): "continue",
    ("escape", "pageup"): "rcontinue",
    ("f17",): "rcontinue",  # with Shift F5, F10 and F11, which few terminals send
    ("f22",): "rnext",
    ("f23",): "rstep",
    ("c-o",): "edit",
}
"""The keys that always type the same."""


def bindings(dialogue: Dialogue, keep: Callable[[str], None]) -> KeyBindings:
    """The keys of the prompt; `keep` is given a line that a key has replaced."""
    keys = KeyBindings()

    def send(event: KeyPressEvent, command: str) -> None:
        buffer = event.current_buffer
        keep(buffer.text)
        buffer.text = command
        buffer.validate_and_handle()

    def typing(command: str) -> Callable[[KeyPressEvent], None]:
        return lambda event: send(event, command)

    for strokes, command in COMMANDS.items():
        keys.add(*strokes)(typing(command))

    @keys.add("f1")
    def help_about(event: KeyPressEvent) -> None:
        word = event.current_buffer.text.strip().partition(" ")[0]
        send(event, f"help {word}".strip())

    @keys.add("f9")
    def toggle_breakpoint(event: KeyPressEvent) -> None:
        if command := toggled_here(dialogue):
            send(event, command)

    @keys.add("c-l")
    def show_again(event: KeyPressEvent) -> None:
        keep(event.current_buffer.text)
        event.current_buffer.reset()
        event.app.exit(result=AGAIN)

    @keys.add("enter", filter=completion_is_selected)
    def accept_completion(event: KeyPressEvent) -> None:
        event.current_buffer.complete_state = None

    return keys


def toggled_here(dialogue: Dialogue) -> str | None:
    """The command that sets a breakpoint where we are, or takes away the one that is there; None at the beginning."""
    if dialogue.python is not None:
        return _toggled_in_tool(dialogue.python)
    session = dialogue.session
    start = session.lanes.span_at(session.moment)
    if start < 0:
        start = session.moment
    if start < 0:
        return None
    for each in session.breakpoints:
        pattern = each.pattern if each.kind == "breakpoint" else None
        if pattern is not None and pattern.holds(session.timeline.columns, start):
            return f"delete {each.number}"
    event = session.timeline[start]
    source = source_of(event)
    if source is not None:
        return f"break {source[0]}:{source[1]}"
    return f"break {spelled(event.component, event.component_name) if event.component_name else event.event_type}"


def _toggled_in_tool(mode: PythonMode) -> str:
    frame = mode.frame()
    at = (each.number for each in mode.walk.breakpoints if (each.file, each.line) == (frame.file, frame.line))
    number = next(at, None)
    return f"break {frame.line}" if number is None else f"delete {number}"
