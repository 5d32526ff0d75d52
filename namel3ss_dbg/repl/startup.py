"""The commands that a person wants to be typed at the beginning, and whether a folder's own may be.

`~/.config/namel3ss/n3dbgrc` is the person's. `.namel3ss/n3dbgrc` in the working directory may be anybody's who wrote
what is debugged, and commands write files: it is obeyed only when the person says so, once for each of its contents.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

import attrs

_NAME = "n3dbgrc"


@attrs.frozen
class StartFile:
    """A file of commands to begin with."""

    path: Path
    text: str


def own_file(environ: Mapping[str, str] | None = None) -> StartFile | None:
    """The person's own: `$XDG_CONFIG_HOME/namel3ss/n3dbgrc`."""
    return _read(_home("XDG_CONFIG_HOME", "~/.config", environ) / _NAME)


def folder_file(folder: Path | None = None) -> StartFile | None:
    """The one of the working directory."""
    return _read((folder or Path.cwd()) / ".namel3ss" / _NAME)


def _read(path: Path) -> StartFile | None:
    try:
        return StartFile(path, path.read_text("utf-8"))
    except (OSError, ValueError):
        return None


def state_folder(environ: Mapping[str, str] | None = None) -> Path:
    """Where this program keeps what it remembers: `$XDG_STATE_HOME/namel3ss`."""
    return _home("XDG_STATE_HOME", "~/.local/state", environ)


def _home(variable: str, default: str, environ: Mapping[str, str] | None) -> Path:
    """Our folder in one of a person's; a relative one counts as not set, as the XDG rules want it."""
    folder = Path((os.environ if environ is None else environ).get(variable, ""))
    return (folder if folder.is_absolute() else Path(default).expanduser()) / "namel3ss"


class Trust:
    """Which folders' files a person has said yes or no to: a line for each, in a file that only they can read."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or state_folder() / "trusted"

    def answer(self, file: StartFile) -> bool | None:
        """What the person said about this file as it is now; None when they were not asked."""
        return self._answers().get(_key(file))

    def remember(self, file: StartFile, *, trusted: bool) -> None:
        """Keep an answer; where nothing can be written, it is asked again the next time."""
        lines = [f"{'yes' if said else 'no'} {key}\n" for key, said in {**self._answers(), _key(file): trusted}.items()]
        fresh = self._path.with_name(f"{self._path.name}.{os.getpid()}")
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as kept:
                kept.writelines(lines)
            fresh.replace(self._path)
        except OSError:
            return

    def _answers(self) -> dict[str, bool]:
        try:
            lines = self._path.read_text("utf-8").splitlines()
        except (OSError, ValueError):
            return {}
        words = (line.partition(" ") for line in lines)
        return {key: word == "yes" for word, _, key in words if word in ("yes", "no")}


def _key(file: StartFile) -> str:
    content = hashlib.sha256(file.text.encode()).hexdigest()
    path = os.fsencode(file.path.resolve()).decode("utf-8", "replace").replace("\n", "?")
    return f"{content} {path}"
