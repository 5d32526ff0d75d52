"""What was typed before: one file for all sessions, and the grey text that proposes the rest of a line from it.

The file can be read by its owner alone. A line that begins with a blank, or that holds something secret, is remembered
until the session ends and never written; an answer that a person made up for one call is never proposed for another.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from prompt_toolkit.auto_suggest import AutoSuggest, Suggestion
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document
from prompt_toolkit.history import History

from ..events.names import names_a_secret
from ..events.secrets import masked
from .startup import state_folder

_MOST_READ = 1 << 18
_NAMED = re.compile(r"""([\w.-]+)["']?\s*[:=](?!=)""")


def history_file(environ: Mapping[str, str] | None = None) -> Path:
    """Where the history is: `$XDG_STATE_HOME/namel3ss/history`."""
    return state_folder(environ) / "history"


class CommandHistory(History):
    """The lines of all sessions so far, in prompt-toolkit's own format."""

    def __init__(self, path: Path | None) -> None:
        """Without a path nothing is written."""
        super().__init__()
        self._path = path

    def load_history_strings(self) -> Iterable[str]:
        """The newest lines first; of a very long file only its end."""
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as file:
                file.seek(max(0, os.fstat(file.fileno()).st_size - _MOST_READ))
                written = file.read().decode("utf-8", "replace")
        except OSError:
            return []
        return reversed(list(_entries(written)))

    def store_string(self, string: str) -> None:
        """Write a line down; a folder that cannot be written to costs the history, not the session."""
        if self._path is None or string[:1].isspace() or holds_a_secret(string):
            return
        lines = "".join(f"+{line}\n" for line in string.split("\n"))
        entry = f"\n# {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}\n{lines}"
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        except OSError:
            return
        try:
            os.fchmod(file, 0o600)  # of a file that somebody else has made
            os.write(file, entry.encode("utf-8", "replace"))  # at once, so that sessions do not mix their lines
        except OSError:
            return
        finally:
            os.close(file)


def _entries(written: str) -> Iterable[str]:
    """The lines of a history file, of which the first may be only half there."""
    for entry in re.split(r"^# .*\n", written, flags=re.MULTILINE)[1:]:
        yield "\n".join(line[1:] for line in entry.rstrip("\n").split("\n") if line.startswith("+"))


def holds_a_secret(text: str) -> bool:
    """Whether something in a line looks like a secret, or is named like one."""
    return masked(text) != text or any(names_a_secret(found[1]) for found in _NAMED.finditer(text))


class HistorySuggest(AutoSuggest):
    """Proposes the rest of the newest line that began like this one."""

    def __init__(self, is_private: Callable[[str], bool]) -> None:
        """`is_private` says of a line whether it belongs to one call alone."""
        self._is_private = is_private

    def get_suggestion(self, buffer: Buffer, document: Document) -> Suggestion | None:
        """What would come next."""
        text = document.text
        if not text.strip() or "\n" in text or self._is_private(text):
            return None
        for line in reversed(buffer.history.get_strings()):
            if line.startswith(text) and line != text and "\n" not in line and not self._is_private(line):
                return Suggestion(line[len(text) :])
        return None
