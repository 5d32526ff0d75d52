"""What people write against `namel3ss.debugging`, as mypy --strict sees it. Never run: `tests/facade` checks it.

Each `type: ignore` stands where a mistake must be found: were a name only `Any`, mypy would say that it is not needed.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, assert_type

from namel3ss.debugging import (
    DebugConfiguration,
    ExecutionContext,
    ExecutionReplayer,
    ExecutionTracer,
    ReplayBreakpoint,
    TraceAnalyzer,
    TraceEvent,
    TraceEventType,
    TraceFilter,
    get_global_tracer,
    initialize_tracing,
)
from namel3ss.debugging.config import DebugConfigManager, get_debug_config_manager
from namel3ss.debugging.hooks import (
    trace_agent_execution,
    trace_agent_turn,
    trace_chain_execution,
    trace_error,
    trace_llm_call,
    trace_memory_operation,
    trace_prompt_execution,
    trace_tool_call,
    trace_validation_event,
)
from namel3ss.debugging.profiling import DebugProfiler, MemoryTracker, get_debug_profiler, profile_debug_execution


def events() -> None:
    """An event says what it is made of."""
    event = TraceEvent(
        event_type=TraceEventType.AGENT_EXECUTION_START,
        component="agent",
        component_name="MyAgent",
        inputs={"user_input": "Hello"},
        metadata={"turn": 1},
    )
    custom = TraceEvent(event_type="my_event", status="started")
    assert_type(event.event_type, str)
    assert_type(event.component_name, str | None)
    assert_type(custom.inputs, dict[str, Any])
    TraceEvent(event_typ="x")  # type: ignore[call-arg]


def configuration() -> None:
    """A configuration takes what people have at hand."""
    config = DebugConfiguration(
        enabled=True,
        trace_output_dir=Path("./traces"),
        trace_filter=TraceFilter(components={"agent", "llm"}, min_duration_ms=100.0),
    )
    DebugConfiguration(trace_output_dir="traces", default_components=["agent"])
    TraceFilter(components=["agent"], event_types=[TraceEventType.LLM_CALL_END, "custom"], component_names=("a",))
    config.enabled = False
    assert_type(config.trace_output_dir, Path)
    assert_type(DebugConfiguration.from_environment(), DebugConfiguration)
    DebugConfiguration(enabeld=True)  # type: ignore[call-arg]
    config.buffer_size = "many"  # type: ignore[assignment]

    manager = get_debug_config_manager()
    assert_type(manager, DebugConfigManager)
    assert_type(manager.get_runtime_config(), DebugConfiguration)
    assert_type(manager.validate_config(), list[str])
    for removed in manager.cleanup_old_traces().removed:
        assert_type(removed.path, Path)


async def tracing(config: DebugConfiguration) -> None:
    """A run is traced by hand."""
    assert_type(initialize_tracing(), ExecutionTracer)
    tracer = initialize_tracing(config)
    context = await tracer.start_execution_trace(app_name="MyApp")
    assert_type(context, ExecutionContext | None)
    await tracer.emit_event(TraceEventType.AGENT_EXECUTION_START, component="agent", component_name="MyAgent")
    with tracer.span("tool_call", "tool", "search", inputs={"query": "x"}) as span:
        span.outputs = {"result": 1}
    trace_file = await tracer.end_execution_trace()
    assert_type(trace_file, Path | None)
    current = get_global_tracer()
    if current:
        assert_type(current, ExecutionTracer)
        current.emit()  # type: ignore[call-arg]


def replaying() -> None:
    """A recorded run is walked through and analyzed."""
    replayer = ExecutionReplayer(
        trace_file=Path("trace.jsonl"),
        breakpoints=[ReplayBreakpoint(event_type=TraceEventType.AGENT_TURN_START, event_index=3)],
    )
    while not replayer.state.completed:
        event = replayer.replay_step()
        assert_type(event, TraceEvent | None)
    for event in replayer.get_events_by_component("agent"):
        assert_type(event, TraceEvent)
    ExecutionReplayer("trace.jsonl")
    ExecutionReplayer()  # type: ignore[call-arg]

    analyzer = TraceAnalyzer(Path("trace.jsonl"))
    assert_type(analyzer.analyze_performance(), dict[str, Any])
    assert_type(analyzer.analyze_errors(), dict[str, Any])
    analyzer.analyse()  # type: ignore[attr-defined]


class AgentRuntime:
    """Decorated methods keep their types."""

    @trace_agent_execution(capture_inputs=True, capture_outputs=True)
    async def aact(self, user_input: str, context: dict[str, Any]) -> list[int]:
        """An agent."""
        return [len(user_input)]

    @trace_agent_execution
    def act(self, user_input: str) -> str:
        """One without arguments to the decorator."""
        return user_input


@trace_prompt_execution(capture_inputs=True, capture_outputs=True)
async def execute_structured_prompt(prompt_def: object, llm: object, args: dict[str, Any]) -> dict[str, Any]:
    """A prompt."""
    return args


@trace_chain_execution
def run_chain(steps: list[object]) -> int:
    """A chain."""
    return len(steps)


@trace_llm_call()
def generate(prompt: str) -> str:
    """A model."""
    return prompt


@trace_tool_call
async def search(query: str) -> bytes:
    """A tool."""
    return query.encode()


async def hooks(runtime: AgentRuntime) -> None:
    """Calls of what is decorated, and the hooks that are called by hand."""
    assert_type(await runtime.aact("Hello", {}), list[int])
    assert_type(runtime.act("Hello"), str)
    assert_type(await execute_structured_prompt(1, 2, {}), dict[str, Any])
    assert_type(run_chain([]), int)
    assert_type(generate("Hello"), str)
    assert_type(await search("Hello"), bytes)
    runtime.act(3)  # type: ignore[arg-type]
    run_chain()  # type: ignore[call-arg]

    async with trace_agent_turn("MyAgent", turn_number=1, user_input="Hello"):
        pass
    await trace_memory_operation(operation_type="summarize", agent_name="MyAgent", details={"messages_before": 10})
    await trace_error(component="custom", component_name="Data", error=RuntimeError("no"), context={"size": 1})
    await trace_validation_event(
        validator_name="Schema", input_data={"a": 1}, result=None, success=False, errors=["a is missing"]
    )


def profiling() -> None:
    """Time and memory."""
    assert_type(get_debug_profiler(), DebugProfiler)
    with profile_debug_execution("custom_execution"):
        pass
    tracker = MemoryTracker()
    tracker.start_tracking()
    tracker.record_checkpoint("before_processing")
    report = tracker.get_memory_report()
    assert_type(report, dict[str, Any])
