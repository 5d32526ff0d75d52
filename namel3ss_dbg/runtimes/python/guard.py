"""Whether another Python debugger is at work, beside which a tool cannot be walked through.

Before Python 3.12 a process has one trace function for all debuggers: after a walk, debugpy does not stop at its
breakpoints any more. From 3.12 on debugpy uses `sys.monitoring`, and both work.
"""

from __future__ import annotations

import sys

from ...events import UsageError

_DEBUGGERS = ("pydevd", "_pydevd", "debugpy", "bdb", "pdb")


def debugpy_connected() -> bool:
    """Whether an editor is connected through debugpy."""
    debugpy = sys.modules.get("debugpy")
    is_connected = getattr(debugpy, "is_client_connected", None)
    return bool(is_connected is not None and is_connected())


def traced_by_a_debugger() -> bool:
    """Whether the calling thread is followed by another debugger; measuring coverage is no harm."""
    tracer = sys.gettrace()
    owner = getattr(tracer, "__self__", tracer)
    kinds = type(owner).__mro__ if owner is not None else ()
    modules = {getattr(tracer, "__module__", ""), *(kind.__module__ for kind in kinds)}
    return any(str(module).partition(".")[0].startswith(_DEBUGGERS) for module in modules)


def refuse_beside_a_debugger(version: tuple[int, int] = sys.version_info[:2]) -> None:
    """Make sure that a walk disturbs no other debugger.

    Raises:
        UsageError: It would.
    """
    if version >= (3, 12) or not (debugpy_connected() or traced_by_a_debugger()):
        return
    raise UsageError(
        "The tool cannot be stepped through while another Python debugger is connected",
        why="on Python 3.11 both would need the process's one trace function",
        try_="Disconnect it, or use Python 3.12 or newer.",
    )
