"""The transcript in the README is what is seen."""

from __future__ import annotations

import io
import os
import re
import shutil
from pathlib import Path

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.repl import obey
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.shell import namel3ss

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
QUESTION = '{"input": "Where should the four of us hike on Saturday?"}'
BEGIN = "<!-- transcript -->\n```\n$ namel3ss debug replay trace.jsonl --step\n"
END = "```\n<!-- end of transcript -->"
BLOCK = re.compile(f"(?<={re.escape(BEGIN)}).*?(?={END})", re.DOTALL)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A trace that was made a moment ago, beside its program."""
    shutil.copytree(ROOT / "examples" / "flaky_weather", tmp_path / "app")
    words = ("debug", "trace", "app.ai", "--run-args", QUESTION)
    # A slow machine would have a second marker in the middle, and the numbers of the events would be others.
    done = namel3ss(*words, "--no-performance", folder=tmp_path / "app")

    assert done.returncode == 0, done.stderr
    return tmp_path / "app" / "trace.jsonl"


def transcript(trace: Path, commands: list[str]) -> str:
    """What a person sees who types these commands at 80 columns."""
    out = io.StringIO()
    painter = ScreenPainter(80, color=False)
    with DebugSession.open(trace) as session:
        dialogue = Dialogue(session)
        session.cursor.step_any()
        out.writelines(map(painter.paint, dialogue.first_stop().views))

        assert obey(dialogue, commands, painter, out=out, err=out, echo=True) == 0
    return out.getvalue()


def normalised(text: str) -> str:
    """Without what differs from run to run: times, and the run's name."""
    return re.sub(r"exec_[0-9a-f]+", "exec", re.sub(r"\+?\b\d+(\.\d+)? m?s\b", "TIME", text))


def test_the_transcript_can_be_typed(fresh: Path) -> None:
    """Its commands, given to a fresh recording of the example, show what is printed there."""
    readme = README.read_text("utf-8")
    printed = BLOCK.search(readme)
    assert printed is not None
    commands = re.findall(r"^\(n3\) (.+)$", printed[0], re.MULTILINE)
    seen = transcript(fresh, commands)
    if os.environ.get("N3DBG_ACCEPT") == "1":
        README.write_text(BLOCK.sub(lambda _: seen, readme), "utf-8")

    assert 0 < len(commands) <= 10
    assert any(command.startswith("r") for command in commands)
    assert normalised(seen) == normalised(printed[0]), "look at it, then rewrite it with: N3DBG_ACCEPT=1 pytest"
