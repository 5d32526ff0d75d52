"""From a file's name to a program, and from a program's result to the screen."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from ..events import UsageError
from ..runtimes import Runtime, load


def load_program(path: str) -> Runtime:
    """The program of a file.

    Raises:
        UsageError: There is no such file.
        ProgramError: It cannot be read, or is wrong.
    """
    if not Path(path).exists():
        near = sorted(Path(path).parent.glob("*.ai"))[:5] if Path(path).parent.is_dir() else []
        files = ", ".join(map(str, near))
        raise UsageError(f"There is no file '{path}'", try_=f"Apps there: {files}." if files else "")
    return load(path)


def print_result(result: Any) -> None:
    """Print what a program returned: text as it is, everything else as JSON."""
    if isinstance(result, str):
        click.echo(result)
    elif result is not None:
        click.echo(json.dumps(result, ensure_ascii=False, indent=2, default=str))
