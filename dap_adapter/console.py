"""The Debug Console speaks the language of the terminal debugger: the same verbs, places and answers.

A motion that is typed there moves the run for the whole editor.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.commands.reply import NeedsFrontEnd, Quit, Reply
from namel3ss_dbg.commands.table import Completion
from namel3ss_dbg.events import DebugError, UsageError
from namel3ss_dbg.render.console import painter_for
from namel3ss_dbg.render.pieces import harmless_lines

from . import protocol as dap
from .errors import Problem, Refused
from .session import Then
from .stacks import Frame
from .stops import described

if TYPE_CHECKING:
    from .adapter import Adapter

_WIDTH = 100


class Console:
    """The dialogue of one run."""

    def __init__(self, adapter: Adapter) -> None:
        self.run = adapter.run
        self.dialogue = Dialogue(adapter.run)


def console_of(adapter: Adapter) -> Console:
    """The console of the run that is walked; a new one when that was read again."""
    console = adapter.console
    if not isinstance(console, Console) or console.run is not adapter.run:
        console = adapter.console = Console(adapter)
    return console


def is_command(adapter: Adapter, text: str) -> bool:
    """Whether a line begins with a verb."""
    word = text.split(None, 1)[0] if text.split() else ""
    try:
        console_of(adapter).dialogue.table.find(word)
    except UsageError:
        return False
    return bool(word)


def suggestions(adapter: Adapter, text: str) -> Iterator[Completion]:
    """What could follow a line of the console."""
    return iter(console_of(adapter).dialogue.complete(text))


def run_command(adapter: Adapter, text: str, frame: int | None) -> dap.EvaluateBody | Then:
    """Do what a line says; its answer is shown, and when it moved the run, the editor follows."""
    dialogue, run = console_of(adapter).dialogue, adapter.run
    if frame is not None:
        selected: Frame = adapter.stacks.frame(frame)
        dialogue.frame = selected.number
        dialogue.lane = selected.lane if selected.lane != adapter.stacks.current_lane else None
    origin, overlays = run.moment, adapter.overlays
    try:
        with adapter.progress.during(text):
            reply = dialogue.run(text)
    except Quit:
        return Then(_said("The session is over."), adapter.finish)
    except NeedsFrontEnd as question:
        raise Refused(Problem.NOT_EVALUATED, question.refusal) from None
    except DebugError as problem:
        raise Refused(Problem.NOT_EVALUATED, harmless_lines(str(problem))) from None
    adapter.marks.tell()
    said = _said(_delivered(adapter, reply))
    if reply.stop is None and run.moment == origin:
        return Then(said, adapter.tell_invalid if adapter.overlays != overlays else _nothing)
    stop = reply.stop

    def arrive() -> None:
        if stop is not None:
            if stop.moment < 0:
                run.cursor.goto(0)
            adapter.rest(described(adapter, stop))
        else:
            adapter.rest(adapter.resting)

    return Then(said, arrive)


def _nothing() -> None:
    """What follows a look."""


def _said(text: str) -> dap.EvaluateBody:
    return dap.EvaluateBody(result=text, variables_reference=0)


def _delivered(adapter: Adapter, reply: Reply) -> str:
    """The text of a reply, or where it was written to."""
    if reply.file is not None:
        path = _beside(adapter, reply.file)
        try:
            path.write_text("".join(f"{line}\n" for line in reply.lines()), "utf-8")
        except OSError as problem:
            raise Refused(Problem.NOT_EVALUATED, f"'{path}' cannot be written: {problem.strerror}.") from None
        return f"Written to {path}"
    if reply.json:
        return "\n".join(reply.lines())
    painter = painter_for(StringIO(), "always" if adapter.client.paints else "never", width=_WIDTH, pictures=True)
    return "".join(painter.paint(view) for view in reply.views).rstrip("\n")


def _beside(adapter: Adapter, file: Path) -> Path:
    """A relative path is meant from where the trace is: an editor's adapter runs anywhere."""
    return file if file.is_absolute() else adapter.sources.trace.parent / file
