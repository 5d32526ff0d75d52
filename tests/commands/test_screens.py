"""What a person sees of the commands, as files that a person can read: `tests/screens/commands_*.txt`."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.events import DebugError
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.golden import assert_golden
from tests.support.talks import Talk

ROOT = Path(__file__).parents[1]
COMMANDS = (
    "break tool if city == 'Bergen'", 'log llm at end "{tokens_used} tokens"', "commands 1\nprint city\nend",
    "info breakpoints", "display tokens", "continue", "where", "up", "down", "args", "state", "why city", "messages",
    "to llm at end", "messages", "diff", "diff 5 29", "events tool", "tree", "tree #15", "goto tool:find_train", "list",
    "longlist", "events", "totals", "info session", "lane", "when", "mark here", "marks", "print inputs", "pp",
    'mock Planner "No."', "mocks", "set", "help break", "help", "prnt city", "break tool:get_forcast", "r",
    "to tool_failed --json",
)  # fmt: skip


@pytest.fixture
def hike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """A conversation over the example of the flaky weather station, by the clock of Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    shutil.copytree(ROOT / "sessions" / "runs" / "flaky_weather", tmp_path / "hike")
    monkeypatch.chdir(tmp_path / "hike")
    with DebugSession.open("trace.jsonl") as session:
        yield Talk(session)
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("width", [60, 80, 120])
def test_screens(hike: Talk, width: int) -> None:
    """Every picture fits its screen, and looks as it looked."""
    painter = ScreenPainter(width, color=False)
    seen: list[str] = []
    for text in COMMANDS:
        seen.append(f"(n3) {text}")
        try:
            painted = "".join(map(painter.paint, hike.dialogue.run(text).views))
        except DebugError as problem:
            painted = f"{problem}\n"
        else:
            assert max(map(len, painted.splitlines()), default=0) <= width, text
        seen += painted.splitlines()

    assert_golden(ROOT / "screens" / f"commands_{width}.txt", "".join(f"{line}\n" for line in seen))


def test_colour_never_carries_meaning_alone(hike: Talk) -> None:
    """With colour the same signs and words are there."""
    plain, coloured = ScreenPainter(80, color=False), ScreenPainter(80, color=True)
    for text in ("goto 12", "tree", "events", "info breakpoints", "diff 5 29"):
        views = hike.dialogue.run(text).views
        bare = "".join(map(coloured.paint, views))
        for code in sorted({part.partition("m")[0] for part in bare.split("\x1b[")[1:]}, key=len, reverse=True):
            bare = bare.replace(f"\x1b[{code}m", "")

        assert [line.rstrip() for line in bare.splitlines()] == "".join(map(plain.paint, views)).splitlines()
