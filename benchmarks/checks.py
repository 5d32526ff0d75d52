"""The table of targets: what is compared with what, and what the ratio has to be.

Each figure is named by the cell that measures it, and after a colon by what of it is meant; without one that is the
processor time. Targets are those that the design set out with; where only a big trace can show something, smaller ones
are not judged by it.
"""

from __future__ import annotations

from typing import NamedTuple

import attrs

from .measure import Figure

_BIG = 100_000


class Judgement(NamedTuple):
    """What a check says of a ratio."""

    target: str
    verdict: str
    """`ok`, `FAIL`, or `-` where the trace is too small to judge."""


@attrs.frozen
class Check:
    """One row of the table."""

    name: str
    above: Figure
    below: Figure
    against: str
    """The peer or floor, in words."""
    at_least: float | None = None
    at_most: float | None = None
    each_event: bool = False
    """Whether the target is that for one event, and grows with the trace."""
    judged_from: int = 0
    """The smallest number of events at which the target makes sense."""

    @property
    def cells(self) -> tuple[str, str]:
        """The cells that measure what it compares."""
        return self.above.partition(":")[0], self.below.partition(":")[0]

    def judge(self, ratio: float, events: int) -> Judgement:
        """Whether a ratio is what it has to be."""
        bound = self.at_least if self.at_least is not None else self.at_most or 0.0
        bound *= events if self.each_event else 1
        is_met = ratio >= bound if self.at_least is not None else ratio <= bound
        sign = ">=" if self.at_least is not None else "<="
        verdict = "-" if events < self.judged_from else "ok" if is_met else "FAIL"
        return Judgement(f"{sign} {bound:,.4g}" if bound < 1e4 else f"{sign} {bound:,.0f}", verdict)


def _motion(name: str, figure: str) -> Check:
    """A motion costs at most what a linear replayer needs for a hundred events."""
    against = "naive replayer, over all events"
    return Check(f"navigate: {name}", "peers.naive.resume:all", figure, against, at_least=0.01, each_event=True)


_M = "navigation.motions"

CHECKS: tuple[Check, ...] = (
    # Recording
    Check("emit: floor", "emit.spans", "emit.floor", "floor: orjson of ready records into a bytearray", at_most=6),
    Check("emit_event x 2: floor", "emit.pairs", "emit.floor", "the same floor", at_most=9),
    Check(
        "emit: OpenTelemetry simple", "peers.otel.simple", "emit.spans", "SDK, SimpleSpanProcessor, JSON", at_least=8
    ),
    Check("emit: OpenTelemetry batch", "peers.otel.batch", "emit.spans", "SDK, BatchSpanProcessor, JSON", at_least=8),
    Check("emit: structlog", "peers.structured_logs.spans", "emit.spans", "structlog + orjson, bytes", at_least=1.4),
    Check("emit: logging", "peers.stdlib.spans", "emit.spans", "stdlib logging + json", at_least=2),
    Check("emit: naive", "peers.naive.spans", "emit.spans", "naive: asdict, json, uuid4, psutil", at_least=15),
    Check(
        "write-through: OpenTelemetry",
        "peers.otel.simple",
        "emit.write_through",
        "SDK, SimpleSpanProcessor, JSON",
        at_least=4,
    ),
    Check("off: emit_event", "emit.off_events", "peers.otel.off", "OpenTelemetry no-op span", at_most=0.15),
    Check("off: span", "emit.off_spans", "peers.otel.off", "OpenTelemetry no-op span", at_most=0.5),
    Check("off: hook", "hooks.off_call", "hooks.bare_call", "the bare call", at_most=20),
    Check("off: hook, OpenTelemetry", "hooks.off_call", "peers.otel.off", "OpenTelemetry no-op span", at_most=0.2),
    Check("hook: span", "hooks.decorated", "emit.spans", "with tracer.span(...)", at_most=3),
    Check("hook: tool inside", "hooks.tools_inside", "emit.spans", "with tracer.span(...)", at_most=3),
    Check("hook: model inside", "hooks.models_inside", "emit.spans", "with tracer.span(...)", at_most=5),
    Check("1 MB payload", "peers.naive.huge", "emit.huge", "naive: all of it is encoded", at_least=20),
    Check("parents wrong, 8 tasks", "emit.parents:wrong", "peers.naive.parents:wrong", "naive: one stack", at_most=0),
    Check("crash: lost", "crash.ours:lost", "peers.otel.crash:lost", "OpenTelemetry batch, kill -9", at_most=0.01),
    # Opening
    Check("open: json.loads", "peers.stdlib.json_lines", "opening.cold", "json.loads of each line", at_least=2),
    Check("open: orjson list", "peers.orjson_list.load", "opening.cold", "list of orjson.loads", at_least=1.2),
    Check("open: naive", "peers.naive.load", "opening.cold", "naive: list of dataclasses", at_least=5),
    Check("open: DuckDB", "opening.cold", "peers.duckdb_table.load", "read_json with columns told", at_most=2.5),
    Check(
        "open: memory",
        "opening.cold:memory",
        "peers.orjson_list.load:memory",
        "list of orjson.loads, peak",
        at_most=0.2,
        judged_from=_BIG,
    ),
    Check(
        "open: growth",
        "opening.cold:each",
        "opening.cold_small:each",
        "an event of a trace 20 times smaller",
        at_most=1.4,
    ),
    Check(
        "first stop: growth",
        "opening.first_stop",
        "opening.first_stop_small",
        "a trace 20 times smaller",
        at_most=1.5,
        judged_from=_BIG,
    ),
    Check("first stop: open", "opening.first_stop", "opening.cold", "our whole index", at_most=0.05, judged_from=_BIG),
    Check("reopen: growth", "opening.again", "opening.again_small", "a trace 20 times smaller", at_most=2),
    Check("reopen: open", "opening.again", "opening.cold", "our whole index", at_most=0.01, judged_from=_BIG),
    # Moving
    _motion("step", f"{_M}:step"),
    _motion("step back", f"{_M}:step_back"),
    _motion("next", f"{_M}:next"),
    _motion("next back", f"{_M}:next_back"),
    _motion("finish", f"{_M}:finish"),
    _motion("finish back", f"{_M}:finish_back"),
    _motion("resume, 1 breakpoint", f"{_M}:resume_1"),
    _motion("resume back, 1 breakpoint", f"{_M}:resume_1_back"),
    _motion("resume, 5 breakpoints", f"{_M}:resume_5"),
    _motion("resume back, 5 breakpoints", f"{_M}:resume_5_back"),
    _motion("frames", f"{_M}:frames"),
    Check(
        "navigate: condition",
        "navigation.resume_if",
        "navigation.condition_floor",
        "floor: pread, orjson, eval for each call",
        at_most=4,
        judged_from=10_000,
    ),
    # Reports and start
    Check(
        "analyze: naive",
        "peers.naive.analyze",
        "analysis.report",
        "naive: lists and sorts",
        at_least=5,
        judged_from=10_000,
    ),
    Check("analyze: DuckDB load", "peers.duckdb_table.load", "analysis.report", "its load alone", at_least=1.2),
    Check("start: debug --help", "startup.debug_help", "peers.stdlib.bare_python", "bare python", at_most=6),
)
