"""One conversation with one client: requests are taken in order and answered one at a time.

Two threads: the listener reads what comes, and only sets flags; the worker does everything else. A request that comes
before it can be answered waits for its turn, so that a client may send all at once what others send step by step.
"""

from __future__ import annotations

import gc
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from .client import Client
from .errors import Problem, Refused
from .registry import BY_COMMAND, Row, part
from .speech import Body, Log, Speech, Transport
from .wire import BadBody, Message, decode

if TYPE_CHECKING:
    from .adapter import Adapter

PATIENCE_S = 1.0
"""How long a request waits for a launch that has not come."""

_URGENT = frozenset({"disconnect", "terminate", "pause"})


class Later:
    """What a request gives back that is answered at another time."""


LATER = Later()


class Then:
    """What a request gives back that is answered first and then done."""

    def __init__(self, body: Body, act: Callable[[], None]) -> None:
        self.body = body
        self.act = act


class Relay(Protocol):
    """Another debugger, which takes what the client says."""

    def forward(self, message: Message) -> None:
        """Pass it on."""
        ...


class Session(Speech):
    """A conversation."""

    def __init__(self, transport: Transport, log: Log) -> None:
        super().__init__(transport, log)
        self.client: Client | None = None
        """Known once it has introduced itself."""
        self.adapter: Adapter | None = None
        """The engine's side; there after `initialize`."""
        self._pressing: set[int] = set()
        """Messages that want an end of what goes on, as long as their turn has not come."""
        self.farewell = threading.Event()
        """Set when the client wants to leave, or is gone."""
        self.relay: Relay | None = None
        """Who answers in our place; see `relay`."""
        self._queue: SimpleQueue[Message | Callable[[], None]] = SimpleQueue()
        self._early: deque[tuple[Message, float]] = deque()
        self._put_off: deque[Message | Callable[[], None]] = deque()
        self._withdrawn: set[int] = set()
        """Requests that the client does not want an answer to any more."""

    # The listener's side

    def hear(self, body: bytes) -> None:
        """Take a message; only flags are set here, and what it asks for is done by the worker."""
        try:
            message = decode(body)
        except BadBody as problem:
            text = str(problem)
            self.post(lambda: self._cannot_read(text))
            return
        if message.get("command") == "disconnect":
            self.farewell.set()
        elif self._presses(message):
            self._pressing.add(id(message))
        self._queue.put(message)

    def _presses(self, message: Message) -> bool:
        command, arguments = message.get("command"), message.get("arguments")
        if command != "cancel" or not isinstance(arguments, dict):
            return isinstance(command, str) and command in _URGENT
        withdrawn = arguments.get("requestId")
        if isinstance(withdrawn, int):
            self._withdrawn.add(withdrawn)
        adapter = self.adapter
        return adapter is not None and adapter.is_doing(withdrawn, arguments.get("progressId"))

    @property
    def is_pressed(self) -> bool:
        """Whether what goes on shall end soon."""
        return self.farewell.is_set() or bool(self._pressing)

    def leave(self, problem: str = "") -> None:
        """Nothing will come any more; with a problem the client is told that this is the end."""
        self.farewell.set()
        self.post(lambda: self._end(problem))

    def post(self, act: Callable[[], None]) -> None:
        """Let the worker do something when it comes to it; any thread may say so."""
        self._queue.put(act)

    # The worker's side

    def work(self) -> None:
        """Answer until the session is over."""
        try:
            while not self.over:
                self._do(self._next())
                self._go_on()
        except OSError:  # nobody is there any more
            self.over = True
        finally:
            if self.adapter is not None:
                self.adapter.close()

    def _do(self, act: Message | Callable[[], None] | None) -> None:
        if isinstance(act, dict):
            self._take(act)
        elif act is not None:
            act()

    def _next(self) -> Message | Callable[[], None] | None:
        if self._put_off:
            return self._put_off.popleft()
        wait = self._wait_s()
        try:
            return self._queue.get(timeout=wait) if wait != 0 else self._queue.get_nowait()
        except Empty:
            if self.adapter is not None:
                self.guarded(self.adapter.idle)
            return None

    def _wait_s(self) -> float | None:
        """How long to wait for something to do: None without end, 0 not at all."""
        waits = [self.adapter.idle_in()] if self.adapter is not None else []
        if self._early and self.adapter is not None and not self.adapter.is_starting:
            waits.append(max(self._early[0][1] - time.monotonic(), 0.01))
        return min((wait for wait in waits if wait is not None), default=None)

    def meanwhile(self) -> None:
        """Between two slices of something long: answer what can be answered, and leave the rest for later."""
        while True:
            try:
                act = self._queue.get_nowait()
            except Empty:
                return
            if isinstance(act, dict) and act.get("command") == "threads":
                self._take(act)
            else:
                self._put_off.append(act)

    def _end(self, problem: str) -> None:
        if problem:
            self._log.note(problem)
        if problem and self.client is not None and not self.over:
            self.event("terminated")
        self.over = True

    def _cannot_read(self, text: str) -> None:
        """A message whose number is not known cannot be answered; it is talked about instead."""
        self._log.note(text)
        if self.client is not None:
            self.event("output", {"category": "important", "output": f"{text}\n"})

    # Requests

    def _take(self, message: Message) -> None:
        self._pressing.discard(id(message))
        self._log.message("<-", message)
        kind, seq = message.get("type"), message.get("seq")
        if kind == "response" and self.relay is not None:
            self.relay.forward(message)
        elif kind == "response":
            heard = self.asker_of(message)
            if heard is not None:
                self.guarded(lambda: heard(message))
        elif kind == "request" and isinstance(seq, int) and not isinstance(seq, bool):
            (self._take_request if self.relay is None else self.relay.forward)(message)
        else:
            self._cannot_read("A message says that it is a request, and its number.")

    def _take_request(self, message: Message) -> None:
        try:
            row = self._row_of(message)
        except Refused as refusal:
            self.refuse(message, refusal)
            return
        if self._is_early(row):
            self._early.append((message, time.monotonic() + PATIENCE_S))
        else:
            self._answer(row, message)

    def _row_of(self, message: Message) -> Row:
        command = message.get("command")
        row = BY_COMMAND.get(command) if isinstance(command, str) else None
        if self.client is None and (row is None or row.command not in ("initialize", "disconnect")):
            raise Refused(Problem.NOT_INITIALIZED, "The first request of a session is 'initialize'.")
        if row is None:
            raise Refused(Problem.UNKNOWN_REQUEST, f"There is no request '{str(command)[:100]}' here.")
        if not isinstance(message.get("arguments", {}), dict | None):
            raise Refused(Problem.BAD_ARGUMENTS, "The arguments are an object.")
        return row

    def _is_early(self, row: Row) -> bool:
        return self.adapter is not None and self.adapter.is_early(row)

    def _go_on(self) -> None:
        """Answer what has waited for its turn, or can't wait any longer."""
        while self._early and not self.over:
            message, deadline = self._early[0]
            row = BY_COMMAND[message["command"]]
            if self._is_early(row):
                if self.adapter is None or self.adapter.is_starting or time.monotonic() < deadline:
                    return
                self._early.popleft()
                self.refuse(message, Refused(Problem.NOTHING_LAUNCHED, "Nothing was launched yet."))
                continue
            self._early.popleft()
            self._answer(row, message)

    def _answer(self, row: Row, message: Message) -> None:
        """The door: whatever goes wrong behind it becomes the answer to this request, and the session goes on."""
        if self._is_withdrawn(message):
            self.refuse(message, Refused(Problem.CANCELLED, "The request was cancelled."))
            return
        outer = self.request, self._is_answered
        self.request, self._is_answered = message, False
        try:
            given = self._ask(row, message.get("arguments") or {})
            if isinstance(given, Then):
                self.answer(message, given.body)
                given.act()
            elif given is not LATER:
                self.answer(message, given)
        except Exception as problem:
            self._answer_problem(message, problem)
        finally:
            self.request, self._is_answered = outer
            self._send_events()
        if row.command == "initialize" and self.client is not None and self.adapter is None:
            self._load()

    def _answer_problem(self, message: Message, problem: Exception) -> None:
        if isinstance(problem, OSError) and self.over:
            raise problem
        refusal = self._refusal_of(problem)
        if self._is_answered:
            self.event_now("output", {"category": "important", "output": f"{refusal.text}\n"})
        else:
            self.refuse(message, refusal)

    def _ask(self, row: Row, arguments: Message) -> Any:
        answer = row.answer()
        if row.needs == "conversation":
            return answer(self, arguments)
        if self.adapter is None:  # `disconnect` may come first
            self.over = True
            return None
        return answer(self.adapter, self.adapter.arguments_of(row.command, arguments))

    def _load(self) -> None:
        """Import the engine, now that the client has its answer."""
        self.adapter = part("adapter").Adapter(self)
        if not gc.get_freeze_count():  # a second time would keep all that an earlier session left behind
            gc.freeze()  # the collector need not walk all that was just imported whenever it looks

    def _is_withdrawn(self, message: Message) -> bool:
        seq = message["seq"]
        if seq not in self._withdrawn:
            return False
        self._withdrawn.discard(seq)
        return message["command"] not in ("cancel", "disconnect", "terminate")

    def guarded(self, act: Callable[[], None]) -> None:
        """Do something that no request asked for; a mistake in it ends nothing."""
        try:
            act()
        except Exception as problem:
            if isinstance(problem, OSError) and self.over:
                raise
            self.event_now("output", {"category": "important", "output": f"{self._refusal_of(problem).text}\n"})
        finally:
            self._send_events()

    def _refusal_of(self, problem: Exception) -> Refused:
        if isinstance(problem, Refused):
            return problem
        known = self.adapter.refusal_of(problem) if self.adapter is not None else None
        if known is not None:
            return known
        self._log.note("".join(traceback.format_exception(problem)))
        kind = type(problem).__name__
        text = f"That was a mistake of the debug adapter's ({kind}), not yours. Its log, --log FILE, has the details."
        return Refused(Problem.OUR_MISTAKE, text)


def cancel(session: Session, arguments: Message) -> None:
    """The listener has seen to it; what was withdrawn is refused when its turn comes."""
