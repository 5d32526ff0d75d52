"""A session that another debugger answers: debugpy, inside a program that is in a tool written in Python.

The client has started it as one of our own type, because a session can ask for no other. An editor that can connect to
debugpy's port by itself does not need this; for all others we pass on, both ways, what the two have to say. Only the
numbers of messages are ours, and the end: debugpy goes with its program, and leaves the last requests unanswered.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import namel3ss_dbg

from .capabilities import capabilities
from .errors import Problem, Refused
from .session import LATER, Later, Session
from .wire import BadBody, BrokenWire, Decoder, Message, decode, encode

if TYPE_CHECKING:
    from .adapter import Adapter

PLAIN_VIEW: dict[str, Any] = {
    "justMyCode": True,
    "rules": [{"path": str(Path(namel3ss_dbg.__file__).parent / "**"), "include": False}],
}
"""What debugpy is told unless somebody says otherwise: show the tool, and not what calls it."""

_HERE = ("127.0.0.1", "localhost", "::1")
_CHUNK = 1 << 16
_PATIENCE_S = 10
_GREETING = (1 << 31) - 1
# The number of the one request that is ours; clients count from 1.


def relay_to(adapter: Adapter, connect: Any) -> Later:
    """Pass a session on to the debugpy that listens at an address: `{"host": …, "port": …}`.

    Raises:
        Refused: It is no address of this machine, or nobody listens there.
    """
    match connect:
        case {"host": str(host), "port": int(port)} if host in _HERE and 0 < port < 1 << 16:
            pass
        case _:
            text = "'connect' is the host 127.0.0.1 and a port."
            raise Refused(Problem.LAUNCH_ARGUMENTS, text)
    try:
        connection = socket.create_connection((host, port), _PATIENCE_S)
    except OSError as problem:
        text = f"No Python debugger listens at {host}:{port} ({problem.strerror or problem}): the program has ended."
        raise Refused(Problem.NO_PROGRAM, text) from None
    connection.settimeout(None)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    session, attach = adapter.session, adapter.session.request
    assert attach is not None  # noqa: S101 (it is being answered)
    relay = session.relay = Relay(session, connection, attach)
    adapter.on_close.append(relay.close)
    relay.begin(adapter.client.arguments)
    return LATER


class Relay:
    """What stands between a client and debugpy. All but reading happens on the session's own thread."""

    def __init__(self, session: Session, connection: socket.socket, attach: Message) -> None:
        self._session = session
        self._connection = connection
        self._attach = {**attach, "arguments": {**PLAIN_VIEW, **attach["arguments"]}}
        self._unanswered: dict[int, Message] = {attach["seq"]: attach}
        """Requests of the client's, by its numbers."""
        self._asked: dict[int, int] = {}
        """Requests of debugpy's: its numbers by ours."""
        self._is_gone = False
        self._said_so = False

    def begin(self, abilities: Mapping[str, Any]) -> None:
        """Introduce the client to debugpy; what it asks for comes next."""
        threading.Thread(target=self._listen, name="relay", daemon=True).start()
        self._write({"seq": _GREETING, "type": "request", "command": "initialize", "arguments": dict(abilities)})

    def close(self) -> None:
        """Hang up; debugpy lets the program go on."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._connection.close()

    def forward(self, message: Message) -> None:
        """Pass on what the client says."""
        if message.get("type") == "response":
            theirs = self._asked.pop(message.get("request_seq", -1), None)
            if theirs is not None:
                self._write({**message, "request_seq": theirs})
            return
        self._unanswered[message["seq"]] = message
        if self._is_gone:
            self._answer_all()
        else:
            self._write(message)

    def _write(self, message: Message) -> None:
        with contextlib.suppress(OSError):  # the listener says so, too
            self._connection.sendall(encode(message))

    # On a thread of its own

    def _listen(self) -> None:
        decoder = Decoder()
        with contextlib.suppress(OSError, BrokenWire, BadBody):
            while received := self._connection.recv(_CHUNK):
                for body in decoder.feed(received):
                    self._post(decode(body))
        self.close()
        self._session.post(self._end)

    def _post(self, message: Message) -> None:
        self._session.post(lambda: self._take(message))

    # What debugpy says

    def _take(self, message: Message) -> None:
        message.pop("pydevd_cmd_id", None)  # no part of the protocol
        theirs = message.pop("seq", 0)
        if message.get("type") == "response":
            self._take_response(message)
        elif message.get("type") == "request":
            self._asked[self._session.pass_on(message)] = theirs
        else:
            self._said_so |= message.get("event") == "terminated"
            self._session.pass_on(message)

    def _take_response(self, message: Message) -> None:
        number = message.get("request_seq", -1)
        if number == _GREETING:
            claimed = message.get("body") or {}
            known = {name: claimed.get(name, False) for name in (*capabilities(), *claimed) if _is_claim(name)}
            self._session.event_now("capabilities", {"capabilities": known})
            self.forward(self._attach)
            return
        self._unanswered.pop(number, None)
        if not message.get("success"):
            message.setdefault("body", {})  # the protocol demands one
        self._session.pass_on(message)
        self._session.over |= message.get("command") == "disconnect"

    def _end(self) -> None:
        """Debugpy is gone, most often with its program."""
        self._is_gone = True
        if not self._said_so and not self._session.over:
            self._session.event_now("terminated", {})
        self._answer_all()

    def _answer_all(self) -> None:
        for message in self._unanswered.values():
            command = message.get("command")
            if command in ("disconnect", "terminate"):
                self._session.answer(message)
                self._session.over |= command == "disconnect"
            else:
                self._session.refuse(message, Refused(Problem.SESSION_OVER, "The Python debugger has hung up."))
        self._unanswered.clear()


def _is_claim(name: str) -> bool:
    """Whether it is one of the protocol's capabilities that are true or false; debugpy has others besides."""
    return name.startswith("support") and name != "supportsDebuggerProperties"
