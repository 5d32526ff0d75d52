"""A report as lines for other programs: what a line is about, then `key=value`, everything in full."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Literal

from ..analysis import Report, to_json
from .values import plain_number, plain_value, plain_word

Part = Literal["summary", "performance", "errors"]
"""What of a report to show."""

PARTS: tuple[Part, ...] = ("summary", "performance", "errors")

_COSTS = ("cost", "total")


def records(report: Report, parts: Collection[Part]) -> Iterator[str]:
    """The lines of some parts of a report."""
    if "summary" in parts:
        yield from _summary(to_json(report.summary), to_json(report.trace), to_json(report.resource_usage))
    if "performance" in parts:
        yield from _performance(to_json(report.performance))
    if "errors" in parts:
        yield from _errors(to_json(report.errors))


def _summary(summary: dict[str, Any], trace: dict[str, Any], used: dict[str, Any]) -> Iterator[str]:
    yield _record("trace", trace)
    yield _record("summary", {**_without_parts(summary), **summary["missing"]})
    for kind in ("type", "component"):
        counts = summary[f"events_by_{kind}"].items()
        yield from (_record("events", {kind: name, "count": count}) for name, count in counts)
    for kind in ("memory", "tokens", "cpu"):
        if used[kind]:
            yield _record(kind, used[kind])
    yield _record("cost", _without_parts(used["cost"]))
    yield from (_record("memory_over_time", bucket) for bucket in used["memory_over_time"])


def _performance(performance: dict[str, Any]) -> Iterator[str]:
    models = performance["llm_performance"]
    yield _record("llm", {"model": "*", **_without_parts(models)})
    for model, item in models["by_model"].items():
        yield _record("llm", {"model": model, **item})
    for kind in ("tool", "agent", "chain", "prompt"):
        for name, item in performance[f"{kind}_performance"].items():
            yield _record(kind, {"name": name, **_without_parts(item)})
            for step, timed in item.get("steps", {}).items():
                yield _record("step", {"chain": name, "name": step, **timed})
    for kind in ("self_time", "slow_operations", "critical_path"):
        yield from (_record(kind, item) for item in performance[kind])


def _errors(errors: dict[str, Any]) -> Iterator[str]:
    yield _record("errors", {key: errors[key] for key in ("total_errors", "handled_errors")})
    for kind, key in (("type", "error_categories"), ("component", "by_component")):
        yield from (_record("errors", {kind: name, "count": count}) for name, count in errors[key].items())
    for kind, key in (("error", "errors"), ("retry", "retries"), ("unfinished", "unfinished_spans")):
        yield from (_record(kind, item) for item in errors[key])


def _without_parts(values: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in values.items() if not isinstance(value, dict)}


def _record(kind: str, values: Mapping[str, Any]) -> str:
    if values.get("unpriced_calls"):  # that nothing is known of a cost does not make it 0
        values = {key: value or None if key in _COSTS else value for key, value in values.items()}
    return " ".join((kind, *(f"{key}={_plain(value)}" for key, value in values.items())))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return plain_word(value)
    if isinstance(value, float):
        return plain_number(value)
    return "-" if value is None else plain_value(value)
