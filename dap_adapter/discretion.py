"""What the log may say: messages as JSON, without the secrets that a launch configuration or a live program gives away.

The client gets everything as it is; only what is written to a file is masked, as in a trace.
"""

from __future__ import annotations

import os

from namel3ss_dbg.events.environment import secrets_of
from namel3ss_dbg.events.redaction import Redactor

from .wire import MOST_BYTES, Message


class Discretion:
    """Writes messages and remarks as a log may hold them."""

    def __init__(self) -> None:
        self._redactor = Redactor(max_payload_size=MOST_BYTES, known_secrets=secrets_of(os.environ))

    def message(self, message: Message) -> str:
        """A message on one line."""
        return self._redactor.encode(message).decode().rstrip("\n")

    def text(self, text: str) -> str:
        """A remark."""
        return self._redactor.without_secrets(text)
