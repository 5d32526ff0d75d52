"""Measures the debug adapter beside debugpy's, as a client sees them: `python -m benchmarks.dap --events 100000`.

Latencies on the standard streams, one request at a time, in wall-clock milliseconds, once the adapter has settled.
debugpy is measured twice: as it is shipped, where answers wait for the network's timers because header and body are
written apart, and with those timers off, which is the fair figure. A step waterfall is what an editor does for one F10:
next, stopped, threads, one frame, scopes, variables.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import attrs

from .traces import write_trace

ROOT = Path(__file__).parents[1]

_NO_TIMERS = """
import socket

def _quick(name):
    done = getattr(socket.socket, name)
    def with_no_delay(self, *arguments):
        found = done(self, *arguments)
        one = found[0] if name == "accept" else self
        if one.family in (socket.AF_INET, socket.AF_INET6) and one.type == socket.SOCK_STREAM:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return found
    setattr(socket.socket, name, with_no_delay)

_quick("connect")
_quick("accept")
"""

_SETTLES_S = 1.0

_PROGRAM = """
def step(number):
    text = f"item {number}"
    values = {"number": number, "text": text, "square": number * number}
    return values

total = 0
for number in range(10_000_000):
    total += step(number)["square"]
    last = total % 7
"""


@attrs.frozen
class Bar:
    """What a figure is held to, in milliseconds."""

    figure: str
    median: float
    p99: float | None = None


BARS = (
    Bar("threads", 0.3, 1.5),
    Bar("stackTrace", 0.3, 1.5),
    Bar("scopes", 0.3, 1.5),
    Bar("variables", 0.3, 1.5),
    Bar("evaluate", 0.3, 1.5),
    Bar("next", 0.5),
    Bar("stepBack", 0.5),
    Bar("waterfall", 1.5),
    Bar("n3/position", 0.3, 1.5),
    Bar("n3/inline", 0.5, 2.0),
    Bar("n3/path", 1.0, 3.0),
    Bar("n3/event", 0.3, 1.5),
    Bar("n3/stops", 2.0, 40.0),
    Bar("n3/children", 5.0, 20.0),
    Bar("n3/timeline", 40.0, 120.0),
    Bar("zoomed", 60.0, 150.0),
    Bar("filtered", 10.0, 40.0),
    Bar("first stop", 400.0),
)


class Client:
    """Speaks the protocol to an adapter on its standard streams; trusts it, because it is measured and not tested."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment, cwd=ROOT
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._in, self._out = self._process.stdin, self._process.stdout
        self._seq = itertools.count(1)
        self._events: list[dict[str, Any]] = []

    def send(self, command: str, **arguments: Any) -> int:
        """Ask without waiting."""
        seq = next(self._seq)
        message = {"seq": seq, "type": "request", "command": command, "arguments": arguments}
        body = json.dumps(message).encode()
        self._in.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self._in.flush()
        return seq

    def _receive(self) -> dict[str, Any]:
        length = 0
        while (line := self._out.readline()) != b"\r\n":
            if not line:
                raise EOFError
            length = int(line.partition(b":")[2])
        message: dict[str, Any] = json.loads(self._out.read(length))
        return message

    def answer(self, seq: int) -> dict[str, Any]:
        """The body of an answer."""
        while True:
            message = self._receive()
            if message["type"] == "event":
                self._events.append(message)
            elif message["type"] == "response" and message["request_seq"] == seq:
                assert message["success"], message
                return message.get("body") or {}

    def ask(self, command: str, **arguments: Any) -> dict[str, Any]:
        """Ask and wait."""
        return self.answer(self.send(command, **arguments))

    def event(self, name: str) -> dict[str, Any]:
        """The next event of a name; others before it are passed over."""
        while True:
            message = self._events.pop(0) if self._events else self._receive()
            if message.get("event") == name:
                return message.get("body") or {}

    def close(self) -> None:
        """End the session and the process."""
        self.ask("disconnect", terminateDebuggee=True)
        self._in.close()
        try:
            self._process.wait(3)
        except subprocess.TimeoutExpired:
            self._process.kill()
        self._out.close()


@attrs.frozen
class Adapter:
    """Something to be measured."""

    name: str
    command: list[str]
    environment: dict[str, str]
    launch: dict[str, Any]
    breakpoints: tuple[Path, int] | None = None
    """Where it stops first, when it does not on entry."""
    expression: str = "1 + 1"
    is_ours: bool = False
    """Whether it goes back, and answers our own requests."""

    def begin(self) -> tuple[Client, int]:
        """A session that has come to its first stop, and the thread that it is on."""
        client = Client(self.command, self.environment)
        client.ask("initialize", adapterID="bench", linesStartAt1=True, columnsStartAt1=True, pathFormat="path")
        launched = client.send("launch", **self.launch)
        client.event("initialized")
        if self.breakpoints is not None:
            path, line = self.breakpoints
            client.ask("setBreakpoints", source={"path": str(path)}, breakpoints=[{"line": line}])
        client.ask("configurationDone")
        client.answer(launched)
        return client, client.event("stopped")["threadId"]


def measure(adapter: Adapter, rounds: int) -> dict[str, list[float]]:
    """By figure, what each of its requests took."""
    began = time.perf_counter()
    client, thread = adapter.begin()
    found = {"first stop": [_ms(began)]}
    if adapter.breakpoints is not None:
        client.ask("setBreakpoints", source={"path": str(adapter.breakpoints[0])}, breakpoints=[])
    for _ in range(10):
        thread = _step(client, "stepIn", thread)
    settled = time.perf_counter() + _SETTLES_S  # ours reads the rest of its recording meanwhile
    while time.perf_counter() < settled:
        client.ask("threads")
    frame = client.ask("stackTrace", threadId=thread)["stackFrames"][0]["id"]
    scope = client.ask("scopes", frameId=frame)["scopes"][0]["variablesReference"]
    looks: dict[str, Callable[[], Any]] = {
        "threads": lambda: client.ask("threads"),
        "stackTrace": lambda: client.ask("stackTrace", threadId=thread, startFrame=0, levels=20),
        "scopes": lambda: client.ask("scopes", frameId=frame),
        "variables": lambda: client.ask("variables", variablesReference=scope),
        "evaluate": lambda: client.ask("evaluate", expression=adapter.expression, frameId=frame, context="watch"),
    }
    for name, look in looks.items():
        found[name] = [_timed(look) for _ in range(rounds)]
    found["next"] = [_timed(lambda: _step(client, "next", thread)) for _ in range(rounds)]
    found["waterfall"] = [_timed(lambda: _waterfall(client, thread)) for _ in range(rounds)]
    if adapter.is_ours:
        found["stepBack"] = [_timed(lambda: _step(client, "stepBack", thread)) for _ in range(rounds)]
        for name, look in _views(client).items():
            found[name] = [_timed(look) for _ in range(rounds)]
    client.close()
    return found


def _views(client: Client) -> dict[str, Callable[[], Any]]:
    """What an extension asks for its views, with breakpoints that have many stops and one whose condition is rare."""
    specs = [{"name": "tool"}, {"name": "error"}, {"name": "llm at end", "condition": "tokens_used > 100000"}]
    client.ask("setFunctionBreakpoints", breakpoints=specs)
    path = client.ask("loadedSources")["sources"][0]["path"]
    wanted = {"components": ["tool"], "text": "search"}
    return {
        "n3/position": lambda: client.ask("n3/position"),
        "n3/inline": lambda: client.ask("n3/inline", path=path),
        "n3/path": lambda: client.ask("n3/path"),
        "n3/event": lambda: client.ask("n3/event"),
        "n3/stops": lambda: client.ask("n3/stops"),
        "n3/children": lambda: client.ask("n3/children", parent=0),
        "n3/timeline": lambda: client.ask("n3/timeline", buckets=400),
        "zoomed": lambda: client.ask("n3/timeline", axis="time", fromMs=60_000, toMs=120_000, buckets=400, most=1_500),
        "filtered": lambda: client.ask("n3/children", parent=0, filter=wanted),
    }


def _step(client: Client, command: str, thread: int) -> int:
    client.ask(command, threadId=thread)
    stopped: int = client.event("stopped")["threadId"]
    return stopped


def _waterfall(client: Client, thread: int) -> None:
    client.ask("next", threadId=thread)
    thread = client.event("stopped")["threadId"]
    client.ask("threads")
    frame = client.ask("stackTrace", threadId=thread, startFrame=0, levels=1)["stackFrames"][0]["id"]
    scope = client.ask("scopes", frameId=frame)["scopes"][0]["variablesReference"]
    client.ask("variables", variablesReference=scope)


def _timed(act: Callable[[], Any]) -> float:
    began = time.perf_counter()
    act()
    return _ms(began)


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


def adapters(folder: Path, events: int) -> Iterator[Adapter]:
    """Ours, and debugpy twice."""
    trace = folder / "trace.jsonl"
    write_trace(trace, events)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    yield Adapter(
        "namel3ss",
        [sys.executable, "-m", "dap_adapter"],
        environment,
        {"trace": str(trace)},
        expression="tokens > 100",
        is_ours=True,
    )
    if find_spec("debugpy") is None:
        sys.stderr.write("debugpy is not installed, so nothing is compared with it.\n")
        return
    program = folder / "program.py"
    program.write_text(_PROGRAM)
    (folder / "quick").mkdir()
    (folder / "quick" / "sitecustomize.py").write_text(_NO_TIMERS)
    launch = {"program": str(program), "console": "internalConsole", "python": [sys.executable], "justMyCode": True}
    command = [sys.executable, "-m", "debugpy.adapter"]
    line = _PROGRAM.splitlines().index("    return values") + 1
    for name, path in (("debugpy, no timers", f"{folder / 'quick'}"), ("debugpy, as shipped", "")):
        peer = {**os.environ, "PYTHONPATH": path} if path else dict(os.environ)
        yield Adapter(name, command, peer, launch, breakpoints=(program, line), expression="number > 100")


def table(found: dict[str, dict[str, list[float]]]) -> Iterator[str]:
    """The figures as text: median and 99th percentile of each, and what ours are held to."""
    names = list(found)
    yield f"{'ms, median / p99':14}" + "".join(f"{name:>22}" for name in names) + f"{'held to':>18}"
    for bar in BARS:
        cells = []
        for name in names:
            figures = found[name].get(bar.figure)
            cells.append(f"{_shown(figures):>22}" if figures else f"{'-':>22}")
        held = f"{bar.median:g}" + (f" / {bar.p99:g}" if bar.p99 is not None else "")
        yield f"{bar.figure:14}" + "".join(cells) + f"{held:>12}  {verdict(bar, found[names[0]])}"


def _shown(figures: list[float]) -> str:
    median = statistics.median(figures)
    return f"{median:.3g}" if len(figures) < 10 else f"{median:.3f} / {p99(figures):.3f}"


def p99(figures: list[float]) -> float:
    """The 99th percentile."""
    return sorted(figures)[min(int(len(figures) * 0.99), len(figures) - 1)]


def verdict(bar: Bar, ours: dict[str, list[float]]) -> str:
    """Whether ours is what it has to be."""
    figures = ours[bar.figure]
    is_met = statistics.median(figures) <= bar.median and (bar.p99 is None or p99(figures) <= bar.p99)
    return "ok" if is_met else "FAIL"


def main(given: list[str] | None = None) -> int:
    """Measure and print; 1 when `--strict` was given and ours is not what it has to be."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dap", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--events", type=int, default=100_000, metavar="N", help="how long the trace is (%(default)s)")
    parser.add_argument("--rounds", type=int, default=300, metavar="R", help="requests of each kind (%(default)s)")
    parser.add_argument("--strict", action="store_true", help="exit with 1 when a bar is missed")
    arguments = parser.parse_args(given)
    found: dict[str, dict[str, list[float]]] = {}
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        for adapter in adapters(Path(folder), arguments.events):
            rounds = arguments.rounds if "shipped" not in adapter.name else max(arguments.rounds // 5, 10)
            found[adapter.name] = measure(adapter, rounds)
    print(f"{arguments.events:,} events, Python {sys.version.split()[0]}, load {os.getloadavg()[0]:.1f}")
    print("\n".join(table(found)))
    ours = next(iter(found.values()))
    return int(arguments.strict and any(verdict(bar, ours) == "FAIL" for bar in BARS))


if __name__ == "__main__":
    sys.exit(main())
