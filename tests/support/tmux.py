"""A real terminal: tmux with a server of its own, seen by nobody."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Self

INSTALLED = shutil.which("tmux") is not None
_WITHIN_S = 15.0


class Tmux:
    """A window of tmux with one process in it."""

    def __init__(
        self, words: Sequence[str], *, folder: Path, environment: Mapping[str, str], columns: int = 80, rows: int = 24
    ) -> None:
        self._socket = str(folder / "tmux.socket")
        self._environment = {**environment, "TERM": "xterm-256color"}
        command = f"{shlex.join(words)}; echo EXIT=$?; read -r forever"
        self._tmux("-f", os.devnull, "new-session", "-d", "-s", "n3", "-x", str(columns), "-y", str(rows),
                   "-c", str(folder), f"env TERM=tmux-256color sh -c {shlex.quote(command)}")  # fmt: skip
        self._tmux("set", "-s", "escape-time", "10")  # or keys with Alt fall apart

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._tmux("kill-server")

    def _tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-S", self._socket, *words],
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=_WITHIN_S,
            check=True,
        )
        return done.stdout

    def text(self, *, colours: bool = False) -> str:
        """What is on the screen now."""
        shown = self._tmux("capture-pane", "-p", *(["-e"] if colours else []), "-t", "n3")
        return "\n".join(line.rstrip() for line in shown.rstrip("\n").split("\n")) + "\n"

    def type(self, text: str) -> None:
        """Type letters."""
        self._tmux("send-keys", "-t", "n3", "-l", text)

    def press(self, *keys: str) -> None:
        """Press keys by their names in tmux: `Enter`, `F5`, `M-Left`, `C-c`."""
        self._tmux("send-keys", "-t", "n3", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Make the window another size."""
        self._tmux("resize-window", "-t", "n3", "-x", str(columns), "-y", str(rows))

    def wait_for(self, *wanted: str, gone: str | None = None) -> str:
        """The screen, once it shows all of these texts and not the one that is to be gone."""
        deadline = time.monotonic() + _WITHIN_S
        while True:
            text = self.text()
            if all(each in text for each in wanted) and (gone is None or gone not in text):
                return text
            assert time.monotonic() < deadline, f"never saw {wanted!r} (without {gone!r}) in:\n{text}"
