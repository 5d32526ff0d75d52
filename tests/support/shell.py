"""Runs the installed command as a person does: in a process, with its output in a pipe."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMAND = str(Path(sys.executable).with_name("namel3ss"))


def environment(**more: str) -> dict[str, str]:
    """The environment without the person's debug settings, and with the command on the path."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NAMEL3SS_")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}"
    return {**kept, "PATH": path, "TZ": "UTC", **more}


def namel3ss(
    *words: str, folder: Path | None = None, typed: str = "", **variables: str
) -> subprocess.CompletedProcess[str]:
    """What `namel3ss WORDS` says and how it ends."""
    return subprocess.run(
        [COMMAND, *words],
        cwd=folder,
        env=environment(**variables),
        input=typed,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
