from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.commands.reply import NeedsEditor
from namel3ss_dbg.events import UsageError
from namel3ss_dbg.repl.editor import edit, editor_command


@pytest.mark.parametrize(
    ("editor", "words"),
    [
        ("", ["vi", "+12", "app.ai"]),
        ("emacs -nw", ["emacs", "-nw", "+12", "app.ai"]),
        ("code --wait", ["code", "--wait", "--goto", "app.ai:12"]),
        ("/opt/bin/hx", ["/opt/bin/hx", "app.ai:12"]),
        ("vim '", ["vi", "+12", "app.ai"]),
    ],
)
def test_every_editor_is_told_the_line_in_its_own_way(editor: str, words: list[str]) -> None:
    """It may have options; what makes no sense is vi."""
    assert editor_command(NeedsEditor(Path("app.ai"), 12, editor)) == words


def test_an_editor_is_waited_for(tmp_path: Path) -> None:
    """It gets the terminal until it is closed."""
    script = tmp_path / "editor"
    script.write_text('#!/bin/sh\necho "$@" > said\n')
    script.chmod(0o755)
    edit(NeedsEditor(Path("app.ai"), 3, str(script)))

    assert (tmp_path / "said").read_text() == "+3 app.ai\n"


def test_an_editor_that_is_not_there_is_told_by_name() -> None:
    """A sentence, not a traceback."""
    with pytest.raises(UsageError) as caught:
        edit(NeedsEditor(Path("app.ai"), 3, "no-such-editor"))
    assert str(caught.value) == (
        "The editor 'no-such-editor' cannot be started: No such file or directory. 'set editor NAME' sets another."
    )
