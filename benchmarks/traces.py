"""Makes up the trace of a busy app: eight users at once, whose agents ask models, call tools and run chains.

The same number of events gives the same bytes everywhere: about 530 of them for each event, some 300 shapes, lanes
that open and close all the time, text in several scripts, failures, and payloads with keys like those of an event. It
is cut off after the last event, like the trace of a program that was killed.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import orjson

Acting = Iterator[float]
"""What somebody does, as the seconds until they do the next thing."""

_BEGAN = 1_732_467_612.0
_USERS = 8
_TEXTS = 4_000
_BLOCK = 2_000

_PHRASES = (
    "the model answered with a list of sources and a short summary about latency cost and reliability of agents "
    'please rank these documents by relevance return only JSON {"status": "ok"} path\\to\\file café naïve 東京 '
    "temperature was lowered after the third retry because the validator rejected it line one\nline two tab\there"
)
_AGENTS = ("Research", "Planner", "Writer", "Critic", "Router", "Support", "Billing", "Searcher", "Coder", "Translator")
_TOOLS = (
    "search",
    "sql",
    "http",
    "calendar",
    "email",
    "lookup",
    "calculator",
    "reader",
    "shell",
    "weather",
    "pay",
    "map",
)
_MODELS = ("large", "small", "fast", "local", "vision")
_CHAINS = ("ingest", "answer", "summarise", "classify", "extract", "evaluate")
_PROMPTS = ("Summary", "Classification", "Extraction", "Answer", "Rewriting", "Judgement")
_ERRORS = (
    "TimeoutError: no answer within 30 s",
    "ConnectionError: connection reset by peer",
    "RateLimitError: too many requests",
    "ValueError: the schema wants a number at $.score",
)


class _Span(NamedTuple):
    event_id: str
    kind: str
    component: str
    name: str
    source: dict[str, Any]
    began: float


class _Run:
    """The run as it goes on."""

    def __init__(self) -> None:
        self.random = random.Random(20)  # noqa: S311
        self.lines: list[bytes] = []
        words = _PHRASES.split(" ")
        self._texts = [" ".join(self.random.choices(words, k=self.random.randint(3, 42))) for _ in range(_TEXTS)]
        self._clock = _BEGAN
        self._events = 0
        self._memory_mb = 180.0
        self._waiting: list[tuple[float, int, Acting]] = []
        self._joined = 0

    def join(self, acting: Acting) -> None:
        """Let somebody act beside all others."""
        self._joined += 1
        heapq.heappush(self._waiting, (self._clock + self.random.random() * 0.01, self._joined, acting))

    def go_on(self) -> None:
        """Let the one act whose turn it is."""
        self._clock, number, acting = heapq.heappop(self._waiting)
        pause = next(acting, None)
        if pause is not None:
            heapq.heappush(self._waiting, (self._clock + pause, number, acting))

    def start(
        self, kind: str, component: str, name: str, around: _Span | None, line: int, inputs: dict[str, Any]
    ) -> _Span:
        source = {"file": "app.ai", "line": line, "column": 3}
        said = {"inputs": inputs, "metadata": {"source": source}, "status": "started"}
        event_id = self._emit(f"{kind}_start", component, name, around.event_id if around else None, said)
        return _Span(event_id, kind, component, name, source, self._clock)

    def end(self, span: _Span, outputs: dict[str, Any], error: str | None = None, **used: float) -> None:
        said: dict[str, Any] = {"outputs": outputs, "metadata": {"source": span.source}}
        said["duration_ms"] = (self._clock - span.began) * 1000.0
        said["status"] = "failed" if error else "completed"
        if error:
            said["error"] = error
        self._emit(f"{span.kind}_end", span.component, span.name, span.event_id, said | used)

    def point(self, event_type: str, around: _Span, **said: Any) -> None:
        self._emit(event_type, around.component, around.name, around.event_id, {"status": "completed"} | said)

    def fail(self, inside: _Span, chance: float) -> str | None:
        if self.random.random() >= chance:
            return None
        error = self.random.choice(_ERRORS)
        self.point("error_occurred", inside, status="failed", error=error, metadata={"trace": self.text(300)})
        return error

    def text(self, most: int) -> str:
        return self.random.choice(self._texts)[:most]

    def _emit(self, event_type: str, component: str, name: str, parent: str | None, said: dict[str, Any]) -> str:
        self._events += 1
        self._memory_mb += self.random.uniform(-0.5, 0.505)
        event_id = f"evt_{self._events:09d}"
        record = {"event_type": event_type, "event_id": event_id, "timestamp": round(self._clock, 6)}
        if parent is not None:
            record["parent_event_id"] = parent
        record |= {"execution_id": "exec_7f3a91c02b5d", "component": component, "component_name": name}
        record |= said
        record["memory_usage_mb"] = round(self._memory_mb, 3)
        self.lines.append(orjson.dumps(record, option=orjson.OPT_APPEND_NEWLINE))
        return event_id


def _user(run: _Run, app: _Span) -> Acting:
    while True:
        yield from _agent(run, app)
        yield run.random.random() * 0.05


def _agent(run: _Run, around: _Span) -> Acting:
    name = run.random.choice(_AGENTS)
    line = 100 + 10 * _AGENTS.index(name)
    agent = run.start("agent_execution", "agent", name, around, line, {"input": run.text(330), "context": {}})
    turns = run.random.randint(1, 4)
    for turn in range(turns):
        yield 0.001
        yield from _turn(run, agent, turn, line + 1)
    run.end(agent, {"response": run.text(430), "turns": turns})


def _turn(run: _Run, agent: _Span, number: int, line: int) -> Acting:
    turn = run.start("agent_turn", "agent", agent.name, agent, line, {"turn": number, "input": run.text(250)})
    yield from run.random.choices((_model, _prompt, _chain), (5, 3, 2))[0](run, turn)
    if run.random.random() < 0.8:
        details = {"messages_before": 2 * number, "messages_after": 2 * number + 2, "text": run.text(200)}
        run.point("memory_operation", turn, inputs={"operation_type": "add", "details": details})
    if run.random.random() < 0.3:
        yield from _at_once(run, turn, run.random.randint(2, 4))
    else:
        for _ in range(run.random.randint(0, 2)):
            yield from _tool(run, turn)
    if run.random.random() < 0.05:
        run.point("performance_marker", turn, outputs={"cpu_s": number / 10, "wall_s": number / 2})
    run.end(turn, {"response": run.text(400)})


def _at_once(run: _Run, around: _Span, count: int) -> Acting:
    """Several tools beside one another, until the last one has answered."""
    working = [count]

    def work() -> Acting:
        yield from _tool(run, around)
        working[0] -= 1

    for _ in range(count):
        run.join(work())
    while working[0]:
        yield 0.02


def _model(run: _Run, around: _Span) -> Acting:
    name = run.random.choice(_MODELS)
    messages = [{"role": "system", "content": run.text(120)}, {"role": "user", "content": run.text(420)}]
    asked = {"llm": name, "model": f"model-{name}", "messages": messages, "temperature": 0.3, "tools": []}
    call = run.start("llm_call", "llm", name, around, 10 + _MODELS.index(name), asked)
    yield run.random.expovariate(1.2) + 0.05
    prompt, completion = run.random.randint(20, 3_000), run.random.randint(5, 900)
    error = run.fail(call, 0.006)
    answer: dict[str, Any] = {"text": run.text(480), "tool_calls": [], "status": "ok"}
    answer["finish_reason"] = "error" if error else "stop"
    answer |= {"prompt_tokens": prompt, "completion_tokens": completion}
    cost = round((prompt * 3 + completion * 15) / 1e6, 6)
    run.end(call, answer, error, tokens_used=prompt + completion, cost_estimate=cost)


def _tool(run: _Run, around: _Span) -> Acting:
    name = run.random.choice(_TOOLS)
    asked = {"query": run.text(330), "limit": run.random.randint(1, 50), "component": "shadow", "timestamp": 1}
    call = run.start("tool_call", "tool", name, around, 30 + _TOOLS.index(name), asked)
    yield run.random.expovariate(8.0) + 0.002
    error = run.fail(call, 0.01)
    found = [{"title": run.text(220), "score": run.random.random()} for _ in range(run.random.randint(1, 2))]
    run.end(call, {} if error else {"result": found, "event_type": "shadow"}, error)


def _prompt(run: _Run, around: _Span) -> Acting:
    name = run.random.choice(_PROMPTS)
    line = 60 + _PROMPTS.index(name)
    asked = {"topic": run.text(200), "tone": "plain"}
    prompt = run.start("prompt_execution", "prompt", name, around, line, asked)
    yield 0.001
    yield from _model(run, prompt)
    validation = run.start("validation", "validation", name, prompt, line, {"text": run.text(250), "attempt": 1})
    yield 0.002
    run.end(validation, {"success": True, "errors": []})
    run.end(prompt, {"output": {"summary": run.text(300), "confidence": run.random.random()}})


def _chain(run: _Run, around: _Span) -> Acting:
    name = run.random.choice(_CHAINS)
    line = 300 + 10 * _CHAINS.index(name)
    chain = run.start("chain_execution", "chain", name, around, line, {"question": run.text(250)})
    for number in range(run.random.randint(2, 5)):
        yield 0.0005
        act: Callable[[_Run, _Span], Acting] = _model if number % 2 else _tool
        told = {"kind": "llm" if number % 2 else "tool", "inputs": {"text": run.text(250)}}
        step = run.start("chain_step", "chain", f"{name}_{number + 1}", chain, line + number + 1, told)
        yield from act(run, step)
        run.end(step, {"result": run.text(300)})
    run.end(chain, {"result": run.text(380)})


def lines(events: int) -> Iterator[list[bytes]]:
    """The trace's lines, many at a time."""
    run = _Run()
    app = run.start("app_load", "app", "shop", None, 1, {"execution_id": "exec_7f3a91c02b5d", "app_name": "shop"})
    for _ in range(_USERS):
        run.join(_user(run, app))
    left = events
    while left > 0:
        while len(run.lines) < min(left, _BLOCK):
            run.go_on()
        block, run.lines = run.lines[:left], []
        left -= len(block)
        yield block


def write_trace(path: Path, events: int) -> None:
    """Write a trace of so many events."""
    with path.open("wb") as file:
        for block in lines(events):
            file.writelines(block)
