"""What decorated functions cost, with tracing and without."""

from __future__ import annotations

from typing import Any

from namel3ss_dbg.recording.current import initialize_tracing
from namel3ss_dbg.recording.hooks import trace_agent_execution, trace_tool_call
from namel3ss_dbg.trace.settings import DebugConfiguration

from .bench import Bench
from .work import Call, calls

_OFF_CALLS = 200_000


def _answer(query: str, limit: int, temperature: float) -> dict[str, Any]:
    return _ANSWERS[limit]


_ANSWERS: dict[int, dict[str, Any]] = {}
_traced_answer = trace_tool_call("search")(_answer)


class _Model:
    name, provider, model = "chat", "offline", "offline-1"

    def generate(self, prompt: str) -> dict[str, Any]:
        return {"text": prompt, "usage": {"prompt_tokens": 30, "completion_tokens": 12}}


class _Agent:
    name = "Agent"

    def __init__(self, work: list[Call]) -> None:
        self.llm = _Model()
        self.tool_registry = {"search": _answer}
        self.work = work

    @trace_agent_execution
    def use_tools(self) -> None:
        for call in self.work:
            self.tool_registry["search"](**call.asked)

    @trace_agent_execution
    def ask(self) -> None:
        for call in self.work:
            self.llm.generate(call.asked["query"])


def bare_call(bench: Bench) -> None:
    """A call of a function, with an argument by name."""
    with bench.timed(_OFF_CALLS):
        for number in range(_OFF_CALLS):
            _nothing(number, times=2)


def off_call(bench: Bench) -> None:
    """The same, decorated, while tracing is off."""
    with bench.timed(_OFF_CALLS):
        for number in range(_OFF_CALLS):
            _decorated(number, times=2)


def _nothing(value: int, times: int) -> int:
    return value


_decorated = trace_tool_call(_nothing)


def _begin(bench: Bench) -> list[Call]:
    work = calls(bench.spans)
    _ANSWERS.update({call.asked["limit"]: call.answered for call in work})
    initialize_tracing(DebugConfiguration(enabled=True, trace_output_dir=bench.scratch)).start("bench")
    return work


def decorated(bench: Bench) -> None:
    """The spans of `emit.spans`, made by a decorator."""
    work = _begin(bench)
    with bench.timed(bench.spans):
        for call in work:
            _traced_answer(**call.asked)


def tools_inside(bench: Bench) -> None:
    """The same, seen inside a decorated agent."""
    agent = _Agent(_begin(bench))
    with bench.timed(bench.spans):
        agent.use_tools()


def models_inside(bench: Bench) -> None:
    """Model calls with their tokens, seen inside a decorated agent."""
    agent = _Agent(_begin(bench))
    with bench.timed(bench.spans):
        agent.ask()
