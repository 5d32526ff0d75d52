"""Sessions as three files side by side: a run, what is typed, and what is seen.

`NAME.n3` is typed over the run that its first line names (`# over flaky_weather`, a folder in `sessions/runs`);
`NAME.expected` is what the plain painter shows. N3DBG_ACCEPT=1 writes those anew.
"""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.commands import TABLE, Dialogue
from namel3ss_dbg.commands.python import TABLE as PYTHON_TABLE
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.golden import assert_golden
from tests.support.talks import files_in, transcribed, words_of

SESSIONS = Path(__file__).parent / "sessions"
SCRIPTS = sorted(SESSIONS.glob("*.n3"))
_OVER = re.compile(r"# over (\w+)")


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Wall clocks of these screens are those of Greenwich."""
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: path.stem)
def test_a_session_is_seen_as_it_was(script: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, utc: None) -> None:
    """What a person types leads to the same lines, whoever runs it."""
    text = script.read_text("utf-8")
    found = _OVER.match(text)
    assert found is not None, "the first line says over which run"
    folder = tmp_path / found[1]
    shutil.copytree(SESSIONS / "runs" / found[1], folder, ignore=shutil.ignore_patterns("__pycache__", "*.n3ix"))
    monkeypatch.chdir(folder)
    monkeypatch.delenv("EDITOR", raising=False)
    monkeypatch.delenv("VISUAL", raising=False)
    before = {path.name for path in folder.iterdir()}
    with DebugSession.open("trace.jsonl") as session:
        seen = transcribed(Dialogue(session), text.splitlines())
    seen += files_in(folder, before)

    assert_golden(script.with_suffix(".expected"), seen.replace(str(folder), "."))


def test_every_verb_is_in_some_session() -> None:
    """Whoever adds a row to the table shows in a session what it does."""
    typed = set().union(*map(words_of, SCRIPTS))
    missing = [row.name for row in (*TABLE, *PYTHON_TABLE) if not typed & {row.name, *row.names}]

    assert missing == []
