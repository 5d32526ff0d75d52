"""What the debugging guide that this project implements promises: names, options and calls, as facts.

`test_contract.py` wants each of them in a block of docs/guide.md, all of which are executed by `test_guide.py`.
"""

from __future__ import annotations

COMMANDS = r"""
namel3ss run my_app.ai
namel3ss debug --help
namel3ss debug trace my_app.ai
namel3ss debug trace my_app.ai --filter agent --filter llm
namel3ss debug trace my_app.ai --filter agent --filter llm --output trace.jsonl
namel3ss debug trace my_app.ai --filter llm --performance
namel3ss debug trace my_app.ai --memory --filter agent
namel3ss debug trace my_app.ai --run-args '{"input": "Hello world"}' --memory --performance
namel3ss debug trace my_app.ai --run-args '{"input": "problem case"}'
namel3ss debug trace my_app.ai --output custom_trace.jsonl --run-args '{"input": "Debug test"}' --memory --performance --buffer-size 2000
namel3ss debug trace my_agent_app.ai --filter agent --run-args '{"input": "Complex query"}'
namel3ss debug trace my_chain_app.ai --filter chain
namel3ss debug replay trace.jsonl
namel3ss debug replay trace.jsonl --step
namel3ss debug replay trace.jsonl --step --filter agent
namel3ss debug replay trace.jsonl --breakpoint agent_turn_start:3 --mock "MyAgent:{\"response\":\"test\"}"
namel3ss debug replay trace.jsonl --breakpoint agent_turn_start:3 --breakpoint llm_call_start --mock "MyAgent:{\"response\":\"Mocked response\"}" --filter agent
namel3ss debug replay trace.jsonl --mock "ExternalAPI:{\"status\":\"error\"}"
namel3ss debug replay trace.jsonl --mock "openai:{\"text\":\"Mocked LLM response\", \"tokens\": 50}" --step
namel3ss debug analyze trace.jsonl
namel3ss debug analyze trace.jsonl --performance
namel3ss debug analyze trace.jsonl --performance --errors
namel3ss debug analyze trace.jsonl --performance --errors --format json
namel3ss debug analyze trace.jsonl --summary --format table
namel3ss debug analyze trace.jsonl --format json | jq '.resource_usage'
namel3ss debug analyze trace.jsonl --performance --format json | jq '.performance.llm_performance'
namel3ss debug analyze debug/traces/trace_latest.jsonl --performance --errors
namel3ss debug inspect trace.jsonl
namel3ss debug inspect trace.jsonl --event 42
namel3ss debug inspect trace.jsonl --agent MyAgent
namel3ss debug inspect trace.jsonl --agent SlowAgent
namel3ss debug inspect trace.jsonl --agent MemoryIntensiveAgent
namel3ss debug inspect trace.jsonl --chain ProcessingChain
namel3ss debug inspect trace.jsonl --prompt SummarizePrompt
namel3ss debug inspect trace.jsonl --errors-only
namel3ss debug inspect debug/traces/trace_latest.jsonl --errors-only
namel3ss debug inspect trace.jsonl | grep -A5 -B5 "duration.*[5-9][0-9][0-9][0-9]"
ls debug/traces/
export NAMEL3SS_DEBUG_ENABLED=true
export NAMEL3SS_DEBUG_OUTPUT_DIR=./debug/traces
from namel3ss.debugging.config import get_debug_config_manager
manager = get_debug_config_manager()
issues = manager.validate_config()
print('Configuration issues:' if issues else 'Configuration valid')
""".strip().splitlines()

OPTIONS = {
    "trace": (
        "--output", "-o", "--filter", "-f", "--format", "--memory", "--no-memory", "--performance",
        "--no-performance", "--buffer-size", "--run-args",
    ),
    "replay": ("--step", "--no-step", "--breakpoint", "-b", "--mock", "-m", "--filter", "-f"),
    "analyze": (
        "--performance", "--no-performance", "--errors", "--no-errors", "--summary", "--no-summary", "--format",
    ),
    "inspect": ("--event", "-e", "--agent", "-a", "--chain", "-c", "--prompt", "-p", "--errors-only"),
}  # fmt: skip
"""The options of each command, and their letters."""

CHOICES = {
    "trace": {"--filter": ("agent", "prompt", "chain", "tool", "llm"), "--format": ("jsonl", "json")},
    "replay": {"--filter": ("agent", "prompt", "chain", "tool", "llm")},
    "analyze": {"--format": ("table", "json")},
}
"""The values that options take."""

VARIABLES = {
    "NAMEL3SS_DEBUG_ENABLED": False,
    "NAMEL3SS_DEBUG_OUTPUT_DIR": "debug/traces",
    "NAMEL3SS_DEBUG_COMPONENTS": (),
    "NAMEL3SS_DEBUG_BUFFER_SIZE": 1000,
    "NAMEL3SS_DEBUG_CAPTURE_MEMORY": True,
    "NAMEL3SS_DEBUG_CAPTURE_PERFORMANCE": True,
}
"""Environment variables and what counts without them."""

KEYS = {
    "enabled": True,
    "auto_trace": False,
    "trace_output_dir": "./debug/traces",
    "trace_retention_days": 30,
    "default_components": ["agent", "llm"],
    "buffer_size": 1000,
    "capture_memory": True,
    "capture_performance": True,
    "max_payload_size": 16384,
}
"""A whole `.namel3ss/debug.json`."""

IMPORTS = {
    "namel3ss.debugging": (
        "DebugConfiguration", "ExecutionReplayer", "ReplayBreakpoint", "TraceAnalyzer", "TraceEvent",
        "TraceEventType", "TraceFilter", "get_global_tracer", "initialize_tracing",
    ),
    "namel3ss.debugging.config": ("get_debug_config_manager",),
    "namel3ss.debugging.hooks": (
        "trace_agent_execution", "trace_agent_turn", "trace_error", "trace_memory_operation",
        "trace_prompt_execution", "trace_validation_event",
    ),
    "namel3ss.debugging.profiling": ("MemoryTracker", "get_debug_profiler", "profile_debug_execution"),
}  # fmt: skip
"""What is imported from where."""

CALLS = {
    "TraceEvent": ("event_type", "component", "component_name", "inputs", "metadata"),
    "DebugConfiguration": ("enabled", "trace_output_dir", "trace_filter"),
    "TraceFilter": ("components", "min_duration_ms"),
    "initialize_tracing": (),
    "start_execution_trace": ("app_name",),
    "emit_event": ("component", "component_name"),
    "end_execution_trace": (),
    "ExecutionReplayer": ("trace_file", "breakpoints"),
    "ReplayBreakpoint": ("event_type", "event_index"),
    "replay_step": (),
    "get_events_by_component": (),
    "TraceAnalyzer": (),
    "analyze_performance": (),
    "analyze_errors": (),
    "trace_agent_execution": ("capture_inputs", "capture_outputs"),
    "trace_prompt_execution": ("capture_inputs", "capture_outputs"),
    "trace_agent_turn": ("turn_number", "user_input"),
    "trace_memory_operation": ("operation_type", "agent_name", "details"),
    "trace_error": ("component", "component_name", "error", "context"),
    "trace_validation_event": ("validator_name", "input_data", "result", "success", "errors"),
    "get_debug_profiler": (),
    "profile_debug_execution": (),
    "MemoryTracker": (),
    "start_tracking": (),
    "record_checkpoint": (),
    "get_memory_report": (),
    "get_debug_config_manager": (),
    "validate_config": (),
}
"""Functions and methods that are called, and the arguments that are passed by name."""

ATTRIBUTES = ("replayer.state.completed", "event.event_type", "event.component")
"""What is read from values."""

EVENT_TYPES = (
    "agent_execution_start", "agent_execution_end", "agent_turn_start", "agent_turn_end", "llm_call_start",
    "llm_call_end", "tool_call_start", "tool_call_end", "prompt_execution_start", "prompt_execution_end",
    "chain_execution_start", "chain_execution_end", "chain_step_start", "chain_step_end", "error_occurred",
    "memory_operation", "validation_event",
)  # fmt: skip

EVENT_FIELDS = (
    "event_type", "event_id", "timestamp", "parent_event_id", "execution_id", "component", "component_name",
    "inputs", "outputs", "metadata", "duration_ms", "status", "error", "memory_usage_mb", "tokens_used",
    "cost_estimate",
)  # fmt: skip

TRACE = (
    {"event_type": "app_load_start", "event_id": "evt_001", "timestamp": 1234567890.123, "component": "app", "inputs": {"execution_id": "exec_001"}},
    {"event_type": "agent_execution_start", "event_id": "evt_002", "timestamp": 1234567890.456, "component": "agent", "component_name": "MyAgent", "parent_event_id": "evt_001"},
    {"event_type": "llm_call_start", "event_id": "evt_003", "timestamp": 1234567890.789, "component": "llm", "component_name": "openai", "parent_event_id": "evt_002"},
    {"event_type": "llm_call_end", "event_id": "evt_004", "timestamp": 1234567891.012, "component": "llm", "duration_ms": 223.0, "status": "completed", "tokens_used": 150},
)  # fmt: skip
"""A whole trace, as it has to be readable."""

APP = """
agent MyAgent {
    prompt: "You are a helpful assistant."
    max_turns: 3
}

chain ProcessUserQuery {
    steps {
        step analyze_input {
            kind: "agent"
            target: "MyAgent"
        }
    }
}
"""
"""A whole program, as it has to be runnable."""
