"""structlog with orjson, as its documentation has it for speed: two log lines for each span."""

from __future__ import annotations

import time

import orjson
import structlog

from ..bench import Bench
from ..work import calls


def spans(bench: Bench) -> None:
    """What `emit.spans` does, without ids, parents, memory, limits and masking."""
    file = (bench.scratch / "structlog.jsonl").open("ab")
    structlog.configure(
        cache_logger_on_first_use=True,
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(),
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
        logger_factory=structlog.BytesLoggerFactory(file=file),
    )
    log, work = structlog.get_logger(), calls(bench.spans)
    with bench.timed(bench.spans):
        for name, asked, answered in work:
            began = time.perf_counter()
            log.info("tool_call_start", component="tool", component_name=name, inputs=asked, status="started")
            log.info(
                "tool_call_end",
                component="tool",
                component_name=name,
                outputs=answered,
                duration_ms=(time.perf_counter() - began) * 1000,
                status="completed",
            )
        file.flush()
