"""Where a walk through a Python tool rests, and how its end compares with the recording."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs

from ..events.redaction import safe_repr
from ..runtimes.python.recorded import Comparison
from ..runtimes.python.stops import PythonFrame, PythonStop, SourceLine
from .excerpts import numbered
from .pieces import UNICODE, Line, Piece, Signs, line, shorten, shortened
from .tables import Block
from .values import plain_value, plain_word, value_line
from .words import wrapped

_MOST_OUTPUT = 6


@attrs.frozen
class PythonStopView:
    """A stop in a tool: the line, what was printed on the way, and what was returned or raised."""

    stop: PythonStop
    source: Sequence[SourceLine] = ()
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """What was printed, one line each, then the stop on one line."""
        stop = self.stop
        for printed in stop.output:
            yield f"printed {printed.stream} {plain_value(printed.text)}"
        words = [f"py {stop.event} {plain_word(f'{Path(stop.file).name}:{stop.line}')} {plain_word(stop.function)}"]
        words += [f"breakpoint={stop.breakpoint}"] if stop.breakpoint is not None else []
        words += [f"thread={plain_word(stop.thread)}"] if stop.thread else []
        words += [f"returned={plain_value(safe_repr(stop.returned.value))}"] if stop.returned is not None else []
        words += [f"error={plain_value(_described(stop.exception))}"] if stop.exception is not None else []
        words += [f"note={plain_value(stop.note)}"] if stop.note else []
        text = next((each.text.strip() for each in self.source if each.number == stop.line), "")
        yield " ".join([*words, *([f"source={plain_value(text)}"] if text else [])])

    def screen(self, width: int) -> Iterator[Block]:
        """The head, the lines around, and what came out."""
        stop, cut = self.stop, self.signs.cut
        left_out = max(len(stop.output) - _MOST_OUTPUT, 0)
        if left_out:
            yield line((f"  {cut} {left_out} lines printed before", "dim"))
        for printed in stop.output[left_out:]:
            style = "text" if printed.stream == "stdout" else "warning"
            yield shortened(line(("  | ", "dim"), Piece(printed.text, style)), width, cut)  # type: ignore[arg-type]
        yield shortened(self._head(), width, cut)
        if not stop.over:
            lines = ((number, text.expandtabs(4)) for number, text in self.source)
            yield from numbered(lines, stop.line, width, self.signs)
        if stop.returned is not None:
            value = safe_repr(stop.returned.value)
            yield line("  ", (self.signs.arrow, "sign"), " ", (shorten(value, max(width - 5, 10), cut), "text"))
        if stop.exception is not None:
            yield shortened(line("  ", (f"{self.signs.failed} {_described(stop.exception)}", "error")), width, cut)
        yield from (line((part, "warning")) for part in wrapped(stop.note, width) if part)

    def _head(self) -> Line:
        stop = self.stop
        return line(
            (f"{Path(stop.file).name}:{stop.line} " if stop.file else "", "place"),
            ("end of " if stop.over else f"{stop.event} " if stop.event != "line" else "", "kind"),
            (stop.function, "name"),
            (f"   breakpoint {stop.breakpoint}" if stop.breakpoint is not None else "", "sign"),
            (f"   thread {stop.thread}" if stop.thread else "", "sign"),
        )


@attrs.frozen
class PythonFramesView:
    """The functions of a tool that are open, the selected one marked."""

    frames: Sequence[PythonFrame]
    selected: int
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One on each line, the innermost first."""
        for number, frame in enumerate(self.frames):
            yield f"frame={number} {plain_word(f'{Path(frame.file).name}:{frame.line}')} {plain_word(frame.function)}"

    def screen(self, width: int) -> Iterator[Block]:
        """The same, with a sign at the selected one."""
        for number, frame in enumerate(self.frames):
            here = number == self.selected
            made = line(
                (f"{self.signs.here if here else '':<2}", "sign"),
                (f"{number} ", "dim"),
                (frame.function, "current" if here else "name"),
                (f"  {Path(frame.file).name}:{frame.line}", "place"),
            )
            yield shortened(made, width, self.signs.cut)


@attrs.frozen
class ComparisonView:
    """Whether a tool did the same again."""

    comparison: Comparison
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """On one line."""
        found = self.comparison
        note = f" note={plain_value(found.note)}" if found.note else ""
        if found.difference is None:
            yield f"comparison {'same' if found.same else 'none'}{note}"
            return
        path, recorded, again = found.difference
        values = f"recorded={plain_value(recorded)} rerun={plain_value(again)}"
        yield f"comparison differs at={plain_word(path)} {values}{note}"

    def screen(self, width: int) -> Iterator[Block]:
        """Both sides below one another."""
        found = self.comparison
        if found.difference is not None:
            yield line((f"{self.signs.failed} Not what was recorded", "error"), (f"  {found.difference.path}", "key"))
            for name, value in (("recorded", found.difference.recorded), ("rerun", found.difference.rerun)):
                yield line((f"    {name:<10}", "dim"), *value_line(value, max(width - 14, 10), self.signs))
        elif found.same:
            yield line(("The same as was recorded.", "good"))
        yield from (line((part, "warning")) for part in wrapped(found.note, width) if part)


def _described(problem: BaseException) -> str:
    return f"{type(problem).__name__}: {problem}".removesuffix(": ")
