"""What other packages bring along: runtimes and model providers, found by their entry points."""

from __future__ import annotations

from importlib.metadata import EntryPoint
from typing import Any

from ..events import ProgramError


def loaded(point: EntryPoint, kind: str) -> Any:
    """What an entry point names; `kind` says in a sentence what that is, such as `runtime`.

    Raises:
        ProgramError: It cannot be imported.
    """
    try:
        return point.load()
    except Exception as problem:  # another package's code runs here
        raise ProgramError(
            f"The {kind} '{point.name}' cannot be loaded",
            why=f"{point.value}: {type(problem).__name__}: {problem}",
            try_="Mend or uninstall the package that brings it.",
        ) from problem
