"""The questions of a report as methods, for people's own scripts; the answers are plain dictionaries."""

from __future__ import annotations

import os
import weakref
from functools import cached_property
from typing import Any, Self

from ..events import TraceFilter
from ..timeline.timeline import Timeline
from ..trace.index import TraceIndex
from .report import Report, analyze, to_json


class TraceAnalyzer:
    """Answers questions about one trace; it is read when the first one is asked."""

    def __init__(self, trace: str | os.PathLike[str] | Timeline, wanted: TraceFilter | None = None) -> None:
        """Open a trace by its path, or take a timeline that is open already.

        Args:
            trace: A file that is closed with this analyzer, or somebody's timeline.
            wanted: Which events to count; all by default.

        Raises:
            TraceError: The file cannot be read.
        """
        index = None if isinstance(trace, Timeline) else TraceIndex(os.fspath(trace))
        self.timeline = trace if isinstance(trace, Timeline) else Timeline(index)
        """The events; of a file only what somebody asked for is read, and all of it after `timeline.complete()`."""
        self.wanted = wanted
        """Which events count; None means all."""
        # Scripts seldom close: the file is let go of when nobody has the analyzer any more.
        self._let_go = None if index is None else weakref.finalize(self, index.close)

    @cached_property
    def report(self) -> Report:
        """Everything, as values."""
        return analyze(self.timeline, self.wanted)

    def analyze_summary(self) -> dict[str, Any]:
        """What the run was, how it ended and what it consisted of."""
        return to_json(self.report.summary)

    def analyze_performance(self) -> dict[str, Any]:
        """Where the time went."""
        return to_json(self.report.performance)

    def analyze_errors(self) -> dict[str, Any]:
        """What went wrong."""
        return to_json(self.report.errors)

    def analyze_resources(self) -> dict[str, Any]:
        """Memory, tokens, money and processor time."""
        return to_json(self.report.resource_usage)

    def to_json(self) -> dict[str, Any]:
        """All of it as one JSON object."""
        return to_json(self.report)

    def close(self) -> None:
        """Let go of the file, if this analyzer opened it."""
        if self._let_go is not None:
            self._let_go()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
