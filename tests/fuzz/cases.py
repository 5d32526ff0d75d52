"""The cases: each a number, which decides what is damaged, how, and where it comes in."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from namel3ss_dbg.events import DebugError, SettingsError
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.runtimes import load
from namel3ss_dbg.trace import index as index_module
from namel3ss_dbg.trace import sidecar
from namel3ss_dbg.trace.index import TraceIndex
from namel3ss_dbg.trace.settings import read_settings, require_settings

from . import damage, doors

_WRITTEN = (
    b'{"event_type": "app_load_start", "event_id": "evt_1"}\n{"event_type": "llm_call_start", "event_id": "evt_2"}\n'
)


def damaged_trace(folder: Path, chance: Random) -> None:
    """A trace, on the command line, in scripts and in people's own code."""
    path = folder / chance.choice(("t.jsonl", "t.json"))
    path.write_bytes(damage.trace(chance))
    with doors.workspace(folder, {}):
        doors.go_through(path, chance)


def edited_trace(folder: Path, chance: Random) -> None:
    """A trace, in an editor."""
    path = folder / "t.jsonl"
    path.write_bytes(damage.trace(chance))
    with doors.workspace(folder, {}):
        doors.edit(path, chance)


def rotten_sidecar(folder: Path, chance: Random) -> None:
    """A sidecar: the trace says what it says without one, or nothing at all."""
    path = folder / "t.jsonl"
    path.write_bytes(_WRITTEN * chance.choice((1, 7, 400)) if chance.random() < 0.5 else damage.trace(chance))
    try:
        with _every_trace_is_worth_a_sidecar(), TraceIndex(path) as index:
            said = _picture(index)
    except DebugError:
        return
    beside = sidecar.path_of(path)
    if not beside.exists():  # it was a document, or a pipe
        return
    beside.write_bytes(damage.rotten(beside.read_bytes(), chance))
    with TraceIndex(path) as index:
        if _picture(index) != said:
            raise doors.Mistake("a damaged sidecar was believed")


@contextlib.contextmanager
def _every_trace_is_worth_a_sidecar() -> Any:
    before = index_module._WORTH_A_SIDECAR_S
    index_module._WORTH_A_SIDECAR_S = 0.0
    try:
        yield
    finally:
        index_module._WORTH_A_SIDECAR_S = before


def _picture(index: TraceIndex) -> list[Any]:
    columns = index.finish().columns
    rows = range(len(index))
    links = [(columns.parent[row], columns.match[row], columns.lane[row], columns.shape_at(row)) for row in rows]
    return [links, [list(rows) for rows in columns.shape_rows], columns.errors.names, columns.sources.names]


def damaged_configuration(folder: Path, chance: Random) -> None:
    """A workspace file and variables: what is wrong is said, the rest counts, and a run can be recorded."""
    content, variables = damage.configuration(chance)
    (folder / ".namel3ss").mkdir()
    (folder / ".namel3ss" / "debug.json").write_bytes(content)
    with doors.workspace(folder, variables):
        with contextlib.suppress(SettingsError):
            require_settings()
        configuration = read_settings().configuration
        configuration.enabled = True
        configuration.trace_output_dir = folder / "traces"  # a damaged one may be anywhere
        tracer = ExecutionTracer(configuration)
        tracer.start("App")
        with tracer.span("llm_call", "llm", "openai", inputs={"text": damage.odd_value(chance)}):
            pass
        trace = tracer.finish()
        if trace is None or not trace.exists():
            raise doors.Mistake(f"nothing was recorded with {content!r} and {variables}")
        doors.cli("debug", "inspect", str(trace))
        doors.cli("debug", "config", *chance.choice(((), ("--format", "json"), ("--format", "table"))))


def damaged_program(folder: Path, chance: Random) -> None:
    """A program: it is read, or refused with a sentence; nothing is run."""
    path = folder / "app.ai"
    path.write_text(damage.program(chance), "utf-8", "surrogatepass")
    with contextlib.suppress(DebugError):
        load(path)


Case = Callable[[Path, Random], None]

CASES: tuple[tuple[Case, int], ...] = (
    (damaged_trace, 74),
    (edited_trace, 4),
    (rotten_sidecar, 7),
    (damaged_configuration, 8),
    (damaged_program, 7),
)
"""What is damaged, and in how many of a hundred cases."""


def case_of(chance: Random) -> Case:
    """Which kind of case it is."""
    cases, weights = zip(*CASES, strict=True)
    case: Case = chance.choices(cases, weights)[0]
    return case
