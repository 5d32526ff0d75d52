"""The first request of every session."""

from __future__ import annotations

from typing import Any

from .capabilities import capabilities
from .client import Client
from .errors import Problem, Refused
from .session import Session


def initialize(session: Session, arguments: dict[str, Any]) -> dict[str, Any]:
    """Who are you, and what can I do."""
    if session.client is not None:
        raise Refused(Problem.ALREADY_DONE, "The session is initialized already.")
    session.client = Client(arguments)
    return capabilities()
