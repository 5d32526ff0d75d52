"""Which adapter this is, so that an extension can tell whether the two of them understand each other.

It is a request of its own: in the answer to `initialize` other clients find nothing that the protocol does not know.
"""

from __future__ import annotations

import platform
from typing import Any

from namel3ss_dbg import __version__

from .registry import OWN, ROWS
from .session import Session

PROTOCOL = 1
"""Of our own requests and events: one more whenever one of them has come to mean something else, or is gone."""


def version(session: Session, arguments: dict[str, Any]) -> dict[str, Any]:
    """Which adapter this is, and what of our own it answers."""
    return {
        "version": __version__,
        "protocol": PROTOCOL,
        "python": platform.python_version(),
        "requests": sorted(row.command for row in ROWS if row.command.startswith(OWN)),
    }


def version_line() -> str:
    """The same, as the command line says it."""
    return f"dap_adapter {__version__} (protocol {PROTOCOL}, Python {platform.python_version()})"
