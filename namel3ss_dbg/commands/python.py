"""Python inside a tool: `py` at its recorded call makes the call again, and the same prompt walks through its lines.

The mode has a small table of its own; its verbs mean Python. It ends with the call, or with `quit py`, and then says
whether the tool did the same as was recorded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..events import UsageError
from ..events.redaction import safe_repr
from ..render.listed import SourceView
from ..render.listing import Listing
from ..render.pieces import Signs, line
from ..render.pywalk import ComparisonView, PythonFramesView, PythonStopView
from ..render.sources import Excerpt
from ..render.tables import Column, View
from ..render.values import value_line
from ..render.words import Words, counted
from ..runtimes.python.recorded import SecondCall, intend
from ..runtimes.python.stops import PythonBreakpoint, PythonFrame, PythonStop, SourceLine
from . import assistance
from .arguments import count_of, nothing_after, numbers_of
from .desk import Desk
from .reply import NeedsYes, Reply, said, shown
from .table import AnyTable, Command, CommandTable, Completion

_AT = re.compile(r"(?:(?P<file>.+?):)?(?P<line>\d+)(?:\s+if\s+(?P<condition>.+))?\Z", re.DOTALL)
_NAME = re.compile(r"\w+\Z")
_AROUND = 5
_SHORTEST_ARGUMENT = 40
_WIDEST_VALUE = 200


class PythonMode:
    """One walk through a tool, spoken to by lines."""

    def __init__(self, desk: Desk, again: SecondCall) -> None:
        self._desk = desk
        self.again = again
        self.walk = again.walk
        self.table = TABLE

    def begin(self) -> Reply:
        """Call the tool; rests at its first line."""
        self._desk.python, self._desk.last_motion = self, None
        try:
            return self.rest(self.walk.start())
        except BaseException:
            self.leave()
            raise

    def interrupt(self) -> None:
        """Let the running tool rest at its next line."""
        self.walk.interrupt()

    def leave(self) -> PythonStop:
        """End the call, if it has not ended, and speak of the run again."""
        self._desk.python, self._desk.last_motion = None, None
        return self.walk.abandon()

    def rest(self, stop: PythonStop) -> Reply:
        """What is to be shown after a motion; at the end of the call also what the comparison says."""
        lines = self._desk.settings.lines
        source = self.walk.source(max((lines - 1) // 2, 0)) if not stop.over and lines else ()
        views: list[View] = [PythonStopView(stop, source, self._desk.signs)]
        if stop.over:
            self.leave()
            views += self._compared()
        return Reply(tuple(views), value=lambda: _as_value(stop))

    def _compared(self) -> Iterator[View]:
        yield ComparisonView(self.again.compare(), self._desk.signs)
        yield Words((f"Back at {self._desk.named(self._desk.moment)}.",), "dim")

    @property
    def signs(self) -> Signs:
        """The signs that the person's terminal can show."""
        return self._desk.signs

    def list(self, rest: str) -> Reply:
        """Source around the line of the selected frame."""
        found = self.walk.source(count_of(rest, default=_AROUND))
        frame = self.frame()
        excerpt = _excerpt(frame.file, frame.line, found)
        stops = [each.line for each in self.walk.breakpoints if each.file == frame.file]
        title = f"{excerpt.path.name}:{found[0].number}-{found[-1].number}" if found else frame.file
        view = SourceView(excerpt, frame.line, stops, title, self._desk.signs)
        return shown(view, value=lambda: {"file": frame.file, "lines": {str(n): text for n, text in excerpt.lines}})

    def frame(self) -> PythonFrame:
        """The frame that is selected."""
        return self.walk.select(self.walk.selected)


def _excerpt(file: str, current: int, found: Iterable[SourceLine]) -> Excerpt:
    return Excerpt(Path(file), current, tuple((each.number, each.text.expandtabs(4)) for each in found))


def _as_value(stop: PythonStop) -> dict[str, Any]:
    return {
        "event": stop.event,
        "file": stop.file,
        "line": stop.line,
        "function": stop.function,
        "returned": safe_repr(stop.returned.value) if stop.returned is not None else None,
        "error": safe_repr(stop.exception) if stop.exception is not None else None,
        "printed": [each.text for each in stop.output],
        "note": stop.note or None,
    }


def enter(desk: Desk) -> Reply:
    """Make the recorded call of the tool around the cursor again.

    Raises:
        NeedsYes: Always, at first: a tool acts on the world.
        UsageError: No tool is called here, or its inputs are not known.
        ProgramError: The program is not there any more, or its language has no tools in Python.
    """
    intent = intend(desk.session)
    arguments = ", ".join(
        f"{name}={desk.short(value, _SHORTEST_ARGUMENT)}" for name, value in intent.recorded.start.inputs.items()
    )
    call = f"{intent.recorded.name}({arguments})"
    notes = "".join(f" {note}" for note in intent.notes)
    question = f"Call {call} once more? Whatever it does to the world, it does again.{notes}"
    raise NeedsYes(question, lambda: PythonMode(desk, intent.load()).begin())  # not before: loading runs code


# The verbs inside


def _moving(move: Callable[[PythonMode], PythonStop]) -> Callable[[PythonMode, str], Reply]:
    def run(mode: PythonMode, rest: str) -> Reply:
        reply = Reply()
        for _ in range(count_of(rest)):
            reply = mode.rest(move(mode))
            if mode.walk.over:
                break
        return reply

    return run


def _until(mode: PythonMode, rest: str) -> Reply:
    return mode.rest(mode.walk.until(numbers_of(rest)[0] if rest else None))


def _break(mode: PythonMode, rest: str) -> Reply:
    if not rest:
        return _breakpoints(mode)
    found = _AT.match(rest)
    if found is None:
        raise UsageError(f"'{rest}' is no line of Python", try_="break 12, break tools.py:12 if city == 'Oslo'")
    made = mode.walk.break_at(found["file"], int(found["line"]), found["condition"])
    return said(f"Python breakpoint {made.number} at {_place(made)}.")


def _breakpoints(mode: PythonMode) -> Reply:
    found = list(mode.walk.breakpoints)
    records = [
        {"number": each.number, "place": f"{each.file}:{each.line}", "condition": each.condition} for each in found
    ]
    rows = [(line((str(each.number), "number")), line((_place(each), "place"))) for each in found]
    columns = (Column("no"), Column("place", right=False, shrinks=True))
    view = Listing("breakpoint", columns, records, rows, "There are no breakpoints in Python: 'break LINE' sets one.")
    return shown(view, value=lambda: records)


def _place(breakpoint: PythonBreakpoint) -> str:
    condition = f" if {breakpoint.condition}" if breakpoint.condition else ""
    return f"{Path(breakpoint.file).name}:{breakpoint.line}{condition}"


def _delete(mode: PythonMode, rest: str) -> Reply:
    numbers = [each.number for each in mode.walk.breakpoints] if rest == "all" else numbers_of(rest)
    if not numbers:
        raise UsageError("Delete which breakpoint?", try_="Write its number, or all.")
    for number in numbers:
        mode.walk.clear(number)
    return said(f"{counted(len(numbers), 'Python breakpoint')} deleted.")


def _print(mode: PythonMode, rest: str) -> Reply:
    if not rest:
        raise UsageError(f"Print what? Names here: {', '.join(mode.walk.locals())}")
    text = safe_repr(mode.walk.evaluate(rest))
    return Reply((Words((text,)),), value=lambda: text)


def _locals(mode: PythonMode, rest: str) -> Reply:
    nothing_after("locals", rest)
    return _named(mode.walk.locals(), "local", "This function has no names.", mode.signs)


def _args(mode: PythonMode, rest: str) -> Reply:
    nothing_after("args", rest)
    inputs = mode.again.recorded.start.inputs
    return _named(inputs, "argument", "The tool takes none.", mode.signs)


def _named(values: Mapping[str, Any], kind: str, empty: str, signs: Signs) -> Reply:
    records = [{"name": name, "value": value} for name, value in values.items()]
    rows = [(line((name, "key")), value_line(value, _WIDEST_VALUE, signs)) for name, value in values.items()]
    columns = (Column("name", right=False), Column("value", right=False, shrinks=True))
    return shown(Listing(kind, columns, records, rows, empty), value=lambda: dict(values))


def _where(mode: PythonMode, rest: str) -> Reply:
    nothing_after("where", rest)
    mode.frame()
    stop = mode.walk.stop
    frames = stop.frames if stop is not None else ()
    view = PythonFramesView(frames, mode.walk.selected, mode.signs)
    return shown(view, value=lambda: [each._asdict() for each in frames])


def _up(mode: PythonMode, rest: str) -> Reply:
    mode.walk.select(mode.walk.selected + count_of(rest))
    return mode.list("1")


def _down(mode: PythonMode, rest: str) -> Reply:
    mode.walk.select(mode.walk.selected - count_of(rest))
    return mode.list("1")


def _help(mode: PythonMode, rest: str) -> Reply:
    return assistance.help_on(mode.table, rest)


def _quit(mode: PythonMode, rest: str) -> Reply:
    if rest not in ("", "py"):
        raise UsageError(f"'quit {rest}' is nothing", try_="'quit py' goes back to the run.")
    return mode.rest(mode.leave())


def _names(mode: PythonMode, rest: str) -> Iterator[Completion]:
    name = _NAME.search(rest)
    word, start = (name[0], name.start()) if name else ("", len(rest))
    for each, value in mode.walk.locals().items():
        if each.startswith(word):
            yield Completion(each, start, value[:60])


TABLE: AnyTable = CommandTable(
    (
        Command(
            "step",
            _moving(lambda mode: mode.walk.step()),
            "python",
            "[N]",
            "On to the next line, into functions of the tool.",
            ("s",),
            repeats=True,
        ),
        Command(
            "next",
            _moving(lambda mode: mode.walk.next()),
            "python",
            "[N]",
            "On to the next line of this function.",
            ("n",),
            repeats=True,
        ),
        Command(
            "finish",
            _moving(lambda mode: mode.walk.finish()),
            "python",
            "",
            "Out of this function; out of the outermost: to the end.",
            ("f", "out"),
            repeats=True,
        ),
        Command("until", _until, "python", "[LINE]", "On to a later line of this function.", ("unt",), repeats=True),
        Command(
            "continue",
            _moving(lambda mode: mode.walk.resume()),
            "python",
            "[N]",
            "On to a breakpoint, or to the end of the call.",
            ("c",),
            repeats=True,
        ),
        Command(
            "break",
            _break,
            "python",
            "[[FILE:]LINE [if EXPR]]",
            "Stop at a line of Python; alone, list the breakpoints.",
            ("b",),
            examples=("break 12", "break tools.py:12 if city == 'Oslo'"),
            free_text=True,
        ),
        Command("delete", _delete, "python", "N… | all", "Take breakpoints in Python away.", ("clear", "cl")),
        Command(
            "print",
            _print,
            "python",
            "EXPR",
            "The value of a Python expression in this function.",
            ("p",),
            completes=_names,
            free_text=True,
        ),
        Command("locals", _locals, "python", "", "The names of this function, with their values."),
        Command("args", _args, "python", "", "What the tool was called with.", ("a",)),
        Command("where", _where, "python", "", "The functions of the tool that are open.", ("w", "bt")),
        Command("up", _up, "python", "[N]", "Look from the function that called this one.", ("u",)),
        Command("down", _down, "python", "[N]", "Look from the function that this one called.", ("d",)),
        Command(
            "list",
            lambda mode, rest: mode.list(rest),
            "python",
            "[N]",
            "Source around this line, so many lines on either side.",
            ("l",),
        ),
        Command("help", _help, "python", "[WORD]", "List the verbs that mean Python.", ("h", "?")),
        Command("quit", _quit, "python", "[py]", "End the call, and go back to the run.", ("q", "exit")),
    )
)
"""The verbs that are understood inside a tool."""
