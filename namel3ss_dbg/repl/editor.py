"""Opens a file at a line in the person's own editor, or in vi."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import PurePath

from ..commands.reply import NeedsEditor
from ..events import UsageError

_WITH_COLON = {"code": "--goto", "code-insiders": "--goto", "codium": "--goto", "subl": "", "zed": "", "hx": ""}
"""Editors that want `FILE:LINE`, with the option that says so; all others understand `+LINE FILE`."""


def editor_command(wanted: NeedsEditor) -> list[str]:
    """The words of the command that opens a file at a line."""
    try:
        words = shlex.split(wanted.editor)
    except ValueError:  # a quote that is not closed
        words = []
    words = words or ["vi"]
    option = _WITH_COLON.get(PurePath(words[0]).stem)
    if option is None:
        return [*words, f"+{wanted.line}", str(wanted.path)]
    return [*words, *([option] if option else []), f"{wanted.path}:{wanted.line}"]


def edit(wanted: NeedsEditor) -> None:
    """Open the editor and wait until it is closed.

    Raises:
        UsageError: There is no such program.
    """
    command = editor_command(wanted)
    try:
        subprocess.run(command, check=False)  # noqa: S603 (the person's own choice)
    except OSError as problem:
        raise UsageError(
            f"The editor '{command[0]}' cannot be started",
            why=problem.strerror or "",
            try_="'set editor NAME' sets another.",
        ) from None
