"""Programs against the installed package, each in a process of its own, as a person runs them."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path

from tests.support.shell import environment


def run(folder: Path, program: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """What a program says and how it ends."""
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", textwrap.dedent(program)],
        cwd=folder,
        env=environment(**variables),
        capture_output=True,
        text=True,
        timeout=60,
    )


def events(folder: Path) -> list[dict]:
    """The events of the latest trace of a folder."""
    return [json.loads(line) for line in (folder / "trace_latest.jsonl").read_text().splitlines()]


VALIDATE = """
    from namel3ss.debugging.config import get_debug_config_manager
    manager = get_debug_config_manager()
    issues = manager.validate_config()
    print('Configuration issues:' if issues else 'Configuration valid')
    for issue in issues: print(f'  - {issue}')
"""


def test_a_configuration_is_validated(tmp_path):
    """Whether the configuration is right is asked in five lines, and answered with sentences."""
    assert run(tmp_path, VALIDATE).stdout == "Configuration valid\n"

    done = run(tmp_path, VALIDATE, NAMEL3SS_DEBUG_BUFFER_SIZE="lots")

    assert done.stdout.splitlines() == [
        "Configuration issues:",
        "  - NAMEL3SS_DEBUG_BUFFER_SIZE is 'lots': expected a whole number. It is not used.",
    ]
    assert done.stderr == ""


def test_tracing_is_configured_in_code(tmp_path):
    """A program's own configuration decides where traces go and what is in them."""
    done = run(
        tmp_path,
        """
        import asyncio
        from pathlib import Path
        from namel3ss.debugging import DebugConfiguration, TraceEventType, TraceFilter, initialize_tracing

        config = DebugConfiguration(
            enabled=True,
            capture_performance=False,
            trace_output_dir=Path("./traces"),
            trace_filter=TraceFilter(components={"agent", "llm"}, min_duration_ms=100.0),
        )
        tracer = initialize_tracing(config)

        async def traced_execution():
            context = await tracer.start_execution_trace(app_name="DebugApp")
            await tracer.emit_event(TraceEventType.AGENT_EXECUTION_START, component="agent", component_name="MyAgent")
            with tracer.span("llm_call", "llm", "quick"):
                pass
            with tracer.span("tool_call", "tool", "search"):
                pass
            await tracer.emit_event(
                TraceEventType.AGENT_EXECUTION_END, component="agent", component_name="MyAgent", duration_ms=150.0
            )
            trace_file = await tracer.end_execution_trace()
            print(context.execution_id in trace_file.name, trace_file.parent)

        asyncio.run(traced_execution())
        """,
    )

    assert (done.stdout, done.stderr) == ("True traces\n", "")
    assert [event["event_type"] for event in events(tmp_path / "traces")] == [
        "app_load_start",
        "agent_execution_start",
        "agent_execution_end",
        "app_load_end",
    ]


def test_tracing_is_configured_by_environment_and_workspace(tmp_path):
    """Without a configuration of its own a program is traced as its surroundings say; a mistake there is logged."""
    (tmp_path / ".namel3ss").mkdir()
    (tmp_path / ".namel3ss" / "debug.json").write_text('{"trace_output_dir": "here", "capture_performance": false}')

    done = run(
        tmp_path,
        """
        from namel3ss.debugging import get_global_tracer, initialize_tracing
        tracer = initialize_tracing()
        assert get_global_tracer() is tracer and tracer.enabled
        tracer.start("App"); tracer.finish()
        """,
        NAMEL3SS_DEBUG_ENABLED="true",
        NAMEL3SS_DEBUG_CAPTURE_MEMORY="perhaps",
    )

    assert done.returncode == 0
    assert done.stderr == "NAMEL3SS_DEBUG_CAPTURE_MEMORY is 'perhaps': expected true or false. It is not used.\n"
    assert [event["event_type"] for event in events(tmp_path / "here")] == ["app_load_start", "app_load_end"]


def test_nothing_is_traced_unless_asked_for(tmp_path):
    """A program with all its hooks in place leaves nothing behind while tracing is off."""
    done = run(
        tmp_path,
        """
        from namel3ss.debugging import get_debug_config_manager, initialize_tracing
        tracer = initialize_tracing()
        assert not tracer.enabled and tracer.start("App") is None
        assert tracer.emit("custom") is None and tracer.finish() is None
        assert get_debug_config_manager().validate_config() == []
        """,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_a_program_may_have_event_types_of_its_own(tmp_path):
    """Words of an enumeration of somebody's own are written, paired and shown as spans like the known ones."""
    done = run(
        tmp_path,
        """
        from enum import StrEnum
        from namel3ss.debugging import DebugConfiguration, TraceEvent, initialize_tracing

        class Mine(StrEnum):
            REVIEW_START = "review_start"
            REVIEW_END = "review_end"
            VOTE = "vote"

        event = TraceEvent(event_type=Mine.REVIEW_START, component="jury")
        assert event.opens and event.status == "started" and event.span == "review"
        tracer = initialize_tracing(DebugConfiguration(enabled=True, trace_output_dir="t", capture_performance=False))
        tracer.start("App")
        tracer.emit(Mine.REVIEW_START, component="jury", component_name="Anna")
        tracer.emit(Mine.VOTE, component="jury", outputs={"grade": 1})
        tracer.emit(Mine.REVIEW_END, component="jury", component_name="Anna")
        tracer.finish()
        """,
    )

    assert (done.returncode, done.stderr) == (0, "")
    root, start, vote, end, _ = events(tmp_path / "t")
    assert [start["event_type"], vote["event_type"], end["event_type"]] == ["review_start", "vote", "review_end"]
    assert start["parent_event_id"] == root["event_id"]
    assert vote["parent_event_id"] == end["parent_event_id"] == start["event_id"]
