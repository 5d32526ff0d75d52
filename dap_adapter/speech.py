"""What goes out to the client: answers, events and questions, numbered in the order in which they are sent.

An event that a request causes is told after the answer to it, because a client may not expect it before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from .errors import SHORT, Refused
from .registry import part
from .wire import Message, encode

Body = Any
"""An instance of a class of `protocol`, or JSON."""


class Transport(Protocol):
    """Takes the bytes of whole messages."""

    def write(self, data: bytes) -> None:
        """Send them; raises OSError when nobody is there any more."""
        ...


class Log(Protocol):
    """Remembers what was said."""

    def message(self, way: str, message: Message) -> None:
        """A message that came, or went."""
        ...

    def note(self, text: str) -> None:
        """What only we need to know."""
        ...


class Speech:
    """Our side of a conversation."""

    def __init__(self, transport: Transport, log: Log) -> None:
        self._transport = transport
        self._log = log
        self.over = False
        """Whether nothing will be said any more."""
        self.request: Message | None = None
        """What is being answered, or done after its answer."""
        self._is_answered = True
        self._after: list[Message] = []
        self._asked: dict[int, Callable[[Message], None]] = {}
        self._seq = 0

    def answer(self, message: Message, body: Body = None) -> None:
        """Answer a request."""
        response: Message = {"type": "response", "request_seq": message["seq"], "success": True}
        response["command"] = message["command"]
        if body is not None:
            response["body"] = self._plain(body)
        self._close(message)
        self._send(response)

    def refuse(self, message: Message, refusal: Refused) -> None:
        """Answer a request with an error."""
        self._close(message)
        error = {"id": int(refusal.problem), "format": _escaped(refusal.text), "showUser": refusal.shown}
        self._send(
            {
                "type": "response",
                "request_seq": message["seq"],
                "success": False,
                "command": str(message.get("command", ""))[:100],
                "message": SHORT.get(refusal.problem, refusal.text),
                "body": {"error": error},
            }
        )

    def _close(self, message: Message) -> None:
        if message is self.request:
            self._is_answered = True

    def event(self, name: str, body: Body = None) -> None:
        """Tell something, after the answer to what is being asked."""
        event: Message = {"type": "event", "event": name}
        if body is not None:
            event["body"] = self._plain(body)
        if not self._is_answered:
            self._after.append(event)
        else:
            self._send_events()
            self._send(event)

    def event_now(self, name: str, body: Body = None) -> None:
        """Tell something at once: what goes on while a request is being answered."""
        self._send({"type": "event", "event": name, "body": self._plain(body)})

    def ask(self, command: str, arguments: Body, then: Callable[[Message], None]) -> None:
        """Ask the client for something; `then` gets its whole response."""
        self._asked[self._seq + 1] = then
        self._send({"type": "request", "command": command, "arguments": self._plain(arguments)})

    def pass_on(self, message: Message) -> int:
        """Send what somebody else has written, with a number of ours; returns that."""
        self._send(message)
        return self._seq

    def _send_events(self) -> None:
        events, self._after = self._after, []
        for event in events:
            self._send(event)

    def _send(self, message: Message) -> None:
        self._seq += 1
        message = {"seq": self._seq, **message}
        self._log.message("->", message)
        try:
            self._transport.write(encode(message))
        except OSError:
            self.over = True
            raise

    def _plain(self, body: Body) -> Any:
        if isinstance(body, dict):
            return body
        plain: Any = part("conversion").unstructure(body)
        return plain

    def asker_of(self, response: Message) -> Callable[[Message], None] | None:
        """Who waits for a response of the client's."""
        number = response.get("request_seq")
        return self._asked.pop(number, None) if isinstance(number, int) else None


def _escaped(text: str) -> str:
    """A text that is shown as it is: braces would be taken for the names of variables."""
    return text.replace("{", "(").replace("}", ")")
