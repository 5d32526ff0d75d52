"""Stops in Python, and the comparison at the end."""

from __future__ import annotations

from namel3ss_dbg.render.pieces import text_of
from namel3ss_dbg.render.pywalk import ComparisonView, PythonFramesView, PythonStopView
from namel3ss_dbg.runtimes.python.recorded import Comparison
from namel3ss_dbg.runtimes.python.stops import OutputLine, PythonFrame, PythonStop, Returned, SourceLine
from namel3ss_dbg.timeline.compare import Difference


def screen(view: PythonStopView | PythonFramesView | ComparisonView, width: int = 50) -> list[str]:
    """The lines of a screen."""
    return [text_of(line) for line in view.screen(width)]  # type: ignore[arg-type]


def test_a_line() -> None:
    """The head, the lines around, and what was printed on the way there."""
    printed = (*(OutputLine("stdout", f"line {n}") for n in range(8)), OutputLine("stderr", "\x1b[31mred"))
    stop = PythonStop(
        event="call", file="/app/tools.py", line=9, function="ask", output=printed, breakpoint=2, thread="T"
    )
    view = PythonStopView(stop, (SourceLine(8, "def ask():"), SourceLine(9, "\treturn 1")))

    assert screen(view) == [
        "  … 3 lines printed before", "  | line 3", "  | line 4", "  | line 5", "  | line 6", "  | line 7",
        r"  | \e[31mred",
        "tools.py:9 call ask   breakpoint 2   thread T", "    8 def ask():", "  ❱ 9     return 1",
    ]  # fmt: skip
    assert list(view.plain())[-2:] == [
        'printed stderr "\\u001b[31mred"',
        'py call tools.py:9 ask breakpoint=2 thread=T source="return 1"',
    ]


def test_what_came_out() -> None:
    """A value, or an exception; and a note."""
    stop = PythonStop(event="end", file="", line=0, function="ask", returned=Returned({"a": 1}), note="It is over.")
    assert screen(PythonStopView(stop)) == ["end of ask", "  → {'a': 1}", "It is over."]
    stop = PythonStop(event="end", file="t.py", line=3, function="ask", exception=ValueError("no"))
    assert screen(PythonStopView(stop)) == ["t.py:3 end of ask", "  ✗ ValueError: no"]
    assert list(PythonStopView(stop).plain()) == ['py end t.py:3 ask error="ValueError: no"']
    stop = PythonStop(event="exception", file="t.py", line=3, function="ask", exception=KeyError())
    assert screen(PythonStopView(stop)) == ["t.py:3 exception ask", "  ✗ KeyError"]


def test_frames() -> None:
    """The innermost first, the selected one marked."""
    view = PythonFramesView((PythonFrame("/app/a.py", 3, "inner"), PythonFrame("/app/b.py", 7, "outer")), 1)

    assert screen(view) == ["  0 inner  a.py:3", "❱ 1 outer  b.py:7"]
    assert list(view.plain()) == ["frame=0 a.py:3 inner", "frame=1 b.py:7 outer"]


def test_comparisons() -> None:
    """The same, another, or none; both sides are named."""
    same = ComparisonView(Comparison(compared=True, note="A note."))
    assert screen(same) == ["The same as was recorded.", "A note."]
    assert list(same.plain()) == ['comparison same note="A note."']
    other = ComparisonView(Comparison(compared=True, difference=Difference("result.t", 16, "x" * 60)))
    assert screen(other)[:2] == ["✗ Not what was recorded  result.t", "    recorded  16"]
    assert screen(other)[2].startswith("    rerun     xxx")
    assert next(other.plain()).startswith("comparison differs at=result.t recorded=16 rerun=")
    none = ComparisonView(Comparison(compared=False, note="Nothing came out."))
    assert screen(none) == ["Nothing came out."]
