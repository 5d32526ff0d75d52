"""A client of the debug adapter, as an editor is one: it speaks the protocol to a real process and believes nothing.

Every message is judged by the schema. Every event has to be taken by the test: `end` fails when one was not.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

from dap_adapter.server import FileLog, serve_connection
from tests.support.dap_schema import complaints

Message = dict[str, Any]
ROOT = Path(__file__).parents[2]
DEADLINE_S = 20.0

ABILITIES = {
    "clientID": "test",
    "adapterID": "namel3ss",
    "linesStartAt1": True,
    "columnsStartAt1": True,
    "pathFormat": "path",
    "supportsVariableType": True,
    "supportsVariablePaging": True,
    "supportsProgressReporting": True,
    "supportsInvalidatedEvent": True,
}


class Refusal(Exception):
    """A request was answered with an error."""

    def __init__(self, response: Message) -> None:
        super().__init__(response.get("message"))
        self.response = response
        self.id: int = response["body"]["error"]["id"]
        self.text: str = response["body"]["error"]["format"]
        self.shown: bool = response["body"]["error"]["showUser"]


def frame(message: Message) -> bytes:
    """A message as bytes."""
    body = json.dumps(message).encode()
    return b"Content-Length: %d\r\n\r\n%s" % (len(body), body)


def environment(**more: str) -> dict[str, str]:
    """The environment of an adapter, which finds this repository from wherever it runs."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NAMEL3SS_")}
    return {**kept, "PYTHONPATH": str(ROOT), **more}


class DapClient:
    """One session with an adapter."""

    def __init__(
        self, write: Callable[[bytes], Any], read: Callable[[], bytes], close: Callable[[], Any], *, strict: bool = True
    ) -> None:
        self._write, self._read, self._close = write, read, close
        self.strict = strict
        """Whether every event has to be taken."""
        self.messages: list[Message] = []
        """All that came, in order."""
        self.events: list[Message] = []
        """Events that no test has taken yet."""
        self.capabilities: Message = {}
        self.threads_alive: set[int] = set()
        self.on_request: dict[str, Callable[[Message], Message | None]] = {}
        """Answers to what the adapter asks; None refuses."""
        self.process: subprocess.Popen[bytes] | None = None
        self.worker: threading.Thread | None = None
        """The session's own thread, when it is in this process."""
        self._responses: dict[int, Message] = {}
        self._arrived: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        self._seq = 0
        self._ended = False
        threading.Thread(target=self._listen, daemon=True).start()

    # Connecting

    @classmethod
    def over_stdio(cls, *options: str, **how: Any) -> Self:
        """A session with an adapter process of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "dap_adapter", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(),
            bufsize=0,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        out, into = process.stdout, process.stdin
        client = cls(into.write, lambda: out.read(65_536) or b"", into.close, **how)
        client.process = process
        return client

    @classmethod
    def inside(cls, **how: Any) -> Self:
        """A session with an adapter in this process, over a pair of sockets."""
        ours, theirs = socket.socketpair()
        worker = threading.Thread(target=serve_connection, args=(theirs, FileLog(None)), daemon=True)
        worker.start()
        client = cls._over(ours, **how)
        client.worker = worker
        return client

    @classmethod
    def over_tcp(cls, port: int, **how: Any) -> Self:
        """A session with a server on a loopback port."""
        return cls._over(socket.create_connection(("127.0.0.1", port), timeout=DEADLINE_S), **how)

    @classmethod
    def over_pipe(cls, path: Path, **how: Any) -> Self:
        """A session with a server on a socket in the file system."""
        connection = socket.socket(socket.AF_UNIX)
        connection.connect(str(path))
        return cls._over(connection, **how)

    @classmethod
    def _over(cls, connection: socket.socket, **how: Any) -> Self:
        connection.settimeout(None)
        if connection.family == socket.AF_INET:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

        def close() -> None:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

        return cls(connection.sendall, lambda: connection.recv(65_536), close, **how)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and not self._ended:
            self.end()
        self.close()

    def close(self) -> None:
        """Hang up, and end a process of our own."""
        self._close()
        if self.worker is not None:
            self.worker.join(5)
        if self.process is not None:
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            if self.process.stdout is not None:
                self.process.stdout.close()

    # Messages

    def _listen(self) -> None:
        held = b""
        try:
            while received := self._read():
                held += received
                while (parts := _split(held)) is not None:
                    body, held = parts
                    self._arrived.put(json.loads(body))
        except (OSError, ValueError):
            pass
        self._arrived.put(None)

    def send(self, command: str, arguments: Message | None = None, *, seq: int | None = None) -> int:
        """Ask without waiting; returns the request's number."""
        self._seq += 1
        number = self._seq if seq is None else seq
        message: Message = {"seq": number, "type": "request", "command": command}
        if arguments is not None:
            message["arguments"] = arguments
        self._write(frame(message))
        return number

    def send_raw(self, data: bytes) -> None:
        """Write bytes that may be no message."""
        self._write(data)

    def receive(self, *, within_s: float = DEADLINE_S) -> Message | None:
        """The next message; None when the adapter has hung up."""
        try:
            message = self._arrived.get(timeout=within_s)
        except queue.Empty:
            raise AssertionError(f"nothing came for {within_s} s; before: {self.messages[-5:]}") from None
        if message is None:
            self._arrived.put(None)
            return None
        self._judge(message)
        if message["type"] == "response":
            assert message["request_seq"] not in self._responses, f"answered twice: {message}"
            self._responses[message["request_seq"]] = message
        elif message["type"] == "event":
            self._take_event(message)
        else:
            self._answer(message)
        return message

    def _judge(self, message: Message) -> None:
        if not self.messages:
            assert message["type"] == "response", f"before the first response: {message}"
        assert message["seq"] == len(self.messages) + 1, f"out of sequence: {message}"
        self.messages.append(message)
        assert not (found := complaints(message)), f"{found} in {message}"
        assert "Traceback" not in json.dumps(message)

    def _take_event(self, message: Message) -> None:
        if message["event"] == "thread":
            body = message["body"]
            alive = self.threads_alive
            (alive.add if body["reason"] == "started" else alive.discard)(body["threadId"])
        else:
            self.events.append(message)

    def _answer(self, message: Message) -> None:
        answer = self.on_request.get(message["command"], lambda _: None)(message)
        self._seq += 1
        response = {"seq": self._seq, "type": "response", "request_seq": message["seq"], "command": message["command"]}
        self._write(frame({**response, "success": answer is not None, "body": answer or {}}))

    def response(self, number: int) -> Message:
        """The body of the answer to a request.

        Raises:
            Refusal: It was refused.
        """
        while number not in self._responses:
            assert self.receive() is not None, f"the adapter hung up; request {number} was not answered"
        response = self._responses[number]
        if not response["success"]:
            raise Refusal(response)
        body: Message = response.get("body") or {}
        return body

    def ask(self, command: str, **arguments: Any) -> Message:
        """The body of the answer to a request."""
        return self.response(self.send(command, arguments or None))

    def refused(self, command: str, **arguments: Any) -> Refusal:
        """How a request is refused."""
        try:
            body = self.ask(command, **arguments)
        except Refusal as refusal:
            return refusal
        raise AssertionError(f"{command} was answered: {body}")

    def expect(self, event: str, **expected: Any) -> Message:
        """The body of the next event, which has to be this one."""
        while not self.events:
            assert self.receive() is not None, f"the adapter hung up; expected {event}"
        message = self.events.pop(0)
        body: Message = message.get("body") or {}
        assert message["event"] == event, f"expected {event} {expected}, but this came: {message}"
        for key, value in expected.items():
            assert body.get(key) == value, f"{event}.{key}: expected {value!r}, not {body.get(key)!r}"
        return body

    def hung_up(self, *, within_s: float = DEADLINE_S) -> bool:
        """Whether the adapter ends the session; what it still says is judged, too."""
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if self.receive(within_s=max(deadline - time.monotonic(), 0.001)) is None:
                return True
        return False

    # What editors do

    def initialize(self, **abilities: Any) -> Message:
        """Introduce ourselves."""
        self.capabilities = self.ask("initialize", **{**ABILITIES, **abilities})
        return self.capabilities

    def launch(
        self,
        *,
        lines: dict[str, list[Any]] | None = None,
        functions: list[Any] | None = None,
        filters: list[str] | None = None,
        request: str = "launch",
        **arguments: Any,
    ) -> Message:
        """Begin, as editors do: `lines` are breakpoints by file; returns where it rests first."""
        if not self.capabilities:
            self.initialize()
        number = self.send(request, arguments)
        self.expect("initialized")
        for path, each in (lines or {}).items():
            self.set_breakpoints(path, *each)
        if functions is not None:
            self.set_functions(*functions)
        self.ask("setExceptionBreakpoints", filters=filters or [])
        self.ask("configurationDone")
        self.response(number)
        return self.expect("process")

    def begin(self, trace: Path, **how: Any) -> Message:
        """Launch a replay and take where it rests first; the sources that are told of are taken, too."""
        self.launch(trace=str(trace), **how)
        self.take_sources()
        return self.stopped()

    def take_sources(self) -> list[str]:
        """The names of the sources that the adapter tells of next."""
        names = []
        while True:
            while not self.events:
                assert self.receive() is not None, "the adapter hung up"
            if self.events[0]["event"] != "loadedSource":
                return names
            names.append(self.expect("loadedSource", reason="new")["source"]["name"])

    def stopped(self, **expected: Any) -> Message:
        """The next event, which has to be a stop; the threads that are told of have to be those that there are."""
        while not self.events:
            assert self.receive() is not None, "the adapter hung up; expected stopped"
        if self.events[0]["event"] == "continued":  # before a stop that the request did not foretell
            self.expect("continued", allThreadsContinued=True)
        body = self.expect("stopped", **expected)
        if self.strict:
            assert {each["id"] for each in self.ask("threads")["threads"]} == self.threads_alive
        return body

    def move(self, command: str, *, thread: int = 1, **arguments: Any) -> Message:
        """Move, and take where it rests."""
        self.ask(command, threadId=thread, **arguments)
        return self.stopped()

    def moment(self) -> int:
        """The number of the event where it rests."""
        moment: int = self.ask("n3/position")["moment"]
        return moment

    def set_breakpoints(self, path: str | Path, *lines: Any) -> list[Message]:
        """Have these breakpoints in a file."""
        specs = [{"line": line} if isinstance(line, int) else line for line in lines]
        body = self.ask("setBreakpoints", source={"path": str(path)}, breakpoints=specs)
        found: list[Message] = body["breakpoints"]
        assert len(found) == len(specs)
        return found

    def set_functions(self, *names: Any) -> list[Message]:
        """Have these function breakpoints."""
        specs = [{"name": name} if isinstance(name, str) else name for name in names]
        found: list[Message] = self.ask("setFunctionBreakpoints", breakpoints=specs)["breakpoints"]
        return found

    def frames(self, thread: int = 1, **page: Any) -> list[Message]:
        """The frames of a thread."""
        found: list[Message] = self.ask("stackTrace", threadId=thread, **page)["stackFrames"]
        return found

    def scopes(self, frame: int | None = None) -> dict[str, int]:
        """The references of the scopes of a frame, by name."""
        number = self.frames()[0]["id"] if frame is None else frame
        return {each["name"]: each["variablesReference"] for each in self.ask("scopes", frameId=number)["scopes"]}

    def variables(self, reference: int, **page: Any) -> dict[str, Message]:
        """The variables of a reference, by name."""
        found = self.ask("variables", variablesReference=reference, **page)["variables"]
        return {each["name"]: each for each in found}

    def values(self, reference: int, **page: Any) -> dict[str, str]:
        """The values of a reference, by name, as they are shown."""
        return {name: each["value"] for name, each in self.variables(reference, **page).items()}

    def evaluate(self, expression: str, **how: Any) -> str:
        """What an expression gives, as it is shown."""
        result: str = self.ask("evaluate", expression=expression, **how)["result"]
        return result

    def end(self) -> None:
        """Disconnect; every event has to have been taken, and a process of our own ends well and soon."""
        self._ended = True
        began = time.monotonic()
        self.ask("disconnect")
        assert self.hung_up()
        if self.process is not None:
            assert self.process.wait(5) == 0
        assert time.monotonic() - began < 2
        assert not self.strict or not self.events, f"never taken: {self.events}"


def _split(held: bytes) -> tuple[bytes, bytes] | None:
    header, ending, rest = held.partition(b"\r\n\r\n")
    if not ending:
        return None
    length = int(header.partition(b":")[2])
    return (rest[:length], rest[length:]) if len(rest) >= length else None


class Server:
    """An adapter that serves sessions on a loopback port or on a socket in the file system."""

    def __init__(self, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dap_adapter", *options], stdout=subprocess.PIPE, env=environment(), text=True
        )
        assert self.process.stdout is not None
        self.announcement = self.process.stdout.readline().strip()

    @property
    def port(self) -> int:
        """The port that it serves on."""
        return int(self.announcement.rpartition(":")[2])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(5)
        assert self.process.stdout is not None
        self.process.stdout.close()
