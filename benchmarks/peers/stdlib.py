"""What Python brings with it: the logging module with JSON lines, and json for reading."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time

from ..bench import Bench
from ..work import calls


class _JsonFormatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps({"event_type": record.msg, "timestamp": record.created, **vars(record)["event"]})


def spans(bench: Bench) -> None:
    """What `emit.spans` does, without ids, parents, memory, limits and masking."""
    log, work = logging.getLogger("bench"), calls(bench.spans)
    handler = logging.FileHandler(bench.scratch / "logging.jsonl")
    handler.setFormatter(_JsonFormatter())
    log.addHandler(handler)
    log.setLevel(logging.INFO)
    log.propagate = False
    with bench.timed(bench.spans):
        for name, asked, answered in work:
            began = time.perf_counter()
            start = {"component": "tool", "component_name": name, "inputs": asked, "status": "started"}
            log.info("tool_call_start", extra={"event": start})
            took = (time.perf_counter() - began) * 1000
            end = {"component": "tool", "component_name": name, "outputs": answered, "duration_ms": took}
            log.info("tool_call_end", extra={"event": end})


def json_lines(bench: Bench) -> None:
    """Each line of a trace as an object, which is dropped at once."""
    with bench.timed(), bench.big.open("rb") as file:
        for line in file:
            json.loads(line)


def bare_python(bench: Bench) -> None:
    """An interpreter that starts and ends."""
    with bench.timed_children():
        subprocess.run([sys.executable, "-c", "pass"], check=True)
