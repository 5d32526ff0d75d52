"""Says to other processes that a trace is being written, so that none removes it.

The locks are advisory and belong to the open file: they end with the process, however it ends, and a forked child does
not take them along when it closes its copy. Where there are none (Windows; some network disks) a trace counts as
nobody's, and its age alone protects it.
"""

from __future__ import annotations

import contextlib

try:
    import fcntl
except ImportError:
    fcntl = None  # type: ignore[assignment]


def lock_shared(descriptor: int) -> None:
    """Let others know that this file is in use; never waits, and does nothing where that is not possible."""
    if fcntl is not None:
        with contextlib.suppress(OSError):
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)


def lock_alone(descriptor: int) -> bool:
    """Take a file for oneself until it is closed; whether nobody else uses it."""
    if fcntl is None:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # no locks on this disk
        return True
    return True
