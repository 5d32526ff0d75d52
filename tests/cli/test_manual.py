"""docs/cli.md says what the commands say."""

from __future__ import annotations

from pathlib import Path

from namel3ss_dbg.cli.manual import manual

PAGE = Path(__file__).parents[2] / "docs" / "cli.md"


def test_the_manual_is_up_to_date() -> None:
    """Whoever changes a command makes the page again."""
    assert PAGE.read_text(encoding="utf-8") == manual(), "run: python -m namel3ss_dbg.cli.manual > docs/cli.md"
