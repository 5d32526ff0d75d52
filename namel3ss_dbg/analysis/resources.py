"""What a run used: memory over its time, tokens, money, and processor time where the tracer measured it."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Iterator

import attrs

from ..trace.columns import Row
from .cost import Spending
from .spans import Spans

_BUCKETS = 60
_MOST_MARKERS = 10_000


@attrs.frozen
class MemoryBucket:
    """Memory in one stretch of time."""

    offset_ms: float
    """Its beginning, counted from the run's."""
    min_mb: float
    mean_mb: float
    max_mb: float


@attrs.frozen
class MemoryUsage:
    """Memory of the program's process, in megabytes, as the events say it."""

    samples: int
    start_mb: float
    end_mb: float
    min_mb: float
    mean_mb: float
    max_mb: float
    max_at: int
    """The first event that says `max_mb`."""


@attrs.frozen
class TokenUsage:
    """Tokens of all models."""

    total: int
    prompt: int
    completion: int
    failed_attempts: int
    """What requests used that failed and were sent again."""


@attrs.frozen
class CostUsage:
    """US dollars, as far as prices are known."""

    total: float
    unpriced_calls: int
    """How many calls used tokens whose cost nothing tells."""
    by_model: dict[str, float]


@attrs.frozen
class CpuUsage:
    """Processor time, as the last performance marker says it."""

    cpu_s: float
    wall_s: float | None
    cpu_percent: float | None
    peak_memory_mb: float | None


@attrs.frozen
class ResourceUsage:
    """What a run used."""

    memory: MemoryUsage | None
    """None when no event says it."""
    memory_over_time: tuple[MemoryBucket, ...]
    """At most 60, of equal length; stretches without a sample are left out."""
    tokens: TokenUsage
    cost: CostUsage
    cpu: CpuUsage | None
    """None when the trace has no performance marker that says it."""


def resources_of(spans: Spans, spending: Spending) -> ResourceUsage:
    """What a run used."""
    return ResourceUsage(
        memory=_memory(spans),
        memory_over_time=tuple(_over_time(spans)),
        tokens=TokenUsage(
            spending.tokens, spending.prompt_tokens, spending.completion_tokens, spending.failed_attempt_tokens
        ),
        cost=CostUsage(
            spending.cost, len(spending.unpriced), {model: spent.cost for model, spent in spending.models.items()}
        ),
        cpu=_cpu(spans),
    )


def _samples(spans: Spans, begin: Row, end: Row) -> list[float]:
    memory = spans.columns.memory[begin:end]
    if spans.wanted is None:
        return [mb for mb in memory if mb == mb]
    admitted = [spans.admits(shape) for shape in spans.columns.shape_names]
    shapes = spans.columns.shape[begin:end]
    return [mb for mb, shape in zip(memory, shapes, strict=True) if mb == mb and admitted[shape]]


def _memory(spans: Spans) -> MemoryUsage | None:
    samples = _samples(spans, 0, spans.count)
    if not samples:
        return None
    highest = max(samples)
    return MemoryUsage(
        samples=len(samples),
        start_mb=_mb(samples[0]),
        end_mb=_mb(samples[-1]),
        min_mb=_mb(min(samples)),
        mean_mb=_mb(sum(samples) / len(samples)),
        max_mb=_mb(highest),
        max_at=_row_of(spans, highest),
    )


def _row_of(spans: Spans, mb: float) -> Row:
    for row, value in enumerate(spans.columns.memory):
        if value == mb and spans.admits(spans.columns.shape_at(row)):
            return row
    raise LookupError(mb)


def _over_time(spans: Spans) -> Iterator[MemoryBucket]:
    if not spans.count:
        return
    begin, end = span_of_time(spans)
    width = (end - begin) / _BUCKETS
    count = _BUCKETS if width > 0.0 else 1
    edges = [begin + width * number for number in range(1, count)]
    # Where a clock went back, stretches are right by order, about by time.
    places = (bisect_left(spans.columns.timestamp, edge) for edge in edges)
    rows = itertools.accumulate([0, *places, spans.count], max)
    for number, (first, last) in enumerate(itertools.pairwise(rows)):
        samples = _samples(spans, first, last)
        if samples:
            mean = sum(samples) / len(samples)
            yield MemoryBucket(number * width * 1000.0, _mb(min(samples)), _mb(mean), _mb(max(samples)))


def span_of_time(spans: Spans) -> tuple[float, float]:
    """When the first and the last event happened, in seconds since the epoch; lines without a time are passed over."""
    timestamps = spans.columns.timestamp
    known = (timestamps[row] for row in range(spans.count) if timestamps[row] > 0.0)
    begin = next(known, 0.0)
    backwards = (timestamps[row] for row in range(spans.count - 1, -1, -1) if timestamps[row] > 0.0)
    return begin, max(next(backwards, 0.0), begin)


def _mb(value: float) -> float:
    return round(value, 3)  # the columns hold single precision


def _cpu(spans: Spans) -> CpuUsage | None:
    columns = spans.columns
    codes = columns.matching(lambda shape: shape.event_type == "performance_marker")
    row = spans.count
    for _ in range(_MOST_MARKERS):  # not all are the tracer's: others say what a program measured of itself
        row = columns.previous_of(codes, row)
        usage = _cpu_at(spans, row) if row >= 0 else None
        if usage is not None or row < 0:
            return usage
    return None


def _cpu_at(spans: Spans, row: Row) -> CpuUsage | None:
    event = spans.timeline.recorded(row)
    measured = {**event.metadata, **event.inputs, **event.outputs}

    def number(key: str) -> float | None:
        value = measured.get(key)
        return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None

    spent = number("cpu_s")
    if spent is None:
        return None
    return CpuUsage(spent, number("wall_s"), number("cpu_percent"), number("peak_memory_mb"))
