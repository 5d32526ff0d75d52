"""docs/trace-format.md says what the code does: its example is a trace, its tables name what there is."""

from __future__ import annotations

import re
from pathlib import Path

from namel3ss.debugging import TraceAnalyzer, TraceEventType

from namel3ss_dbg.events import FIELDS, span_of
from tests.support.documents import DOCS, blocks

PAGE = DOCS / "trace-format.md"
TEXT = PAGE.read_text("utf-8")


def chapter(name: str) -> str:
    """What stands below a heading."""
    return TEXT.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_the_example_is_a_finished_run(tmp_path: Path) -> None:
    """Read from the page, every line is an event that is linked."""
    trace = tmp_path / "example.jsonl"
    trace.write_text(blocks(PAGE)[0].text, "utf-8")
    with TraceAnalyzer(trace) as analyzer:
        summary = analyzer.analyze_summary()

    assert (summary["status"], summary["events"], summary["invalid_lines"]) == ("finished", 4, 0)
    assert summary["unfinished_spans"] == 0


def test_the_fields_are_those_of_an_event() -> None:
    """None is forgotten, none is made up."""
    rows = re.findall(r"^\| ((?:`\w+`(?:, )?)+) \|", chapter("An event"), re.MULTILINE)
    named = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert sorted(named) == sorted(FIELDS)


def test_the_types_are_those_that_have_names() -> None:
    """Spans without their edges, and points."""
    named = set(re.findall(r"`(\w+)`", chapter("Event types"))) - {"_start", "_end"}

    assert named == {span_of(kind) for kind in TraceEventType}
