"""What went wrong, each error once however far it travelled.

A tracer writes `error_occurred` where an error is first seen, and then every span that the error leaves ends as failed.
So those events are counted; a failed span is counted only when nothing inside it failed and no such event tells of it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from itertools import islice

import attrs

from ..trace.columns import Row
from .spans import RUN, Spans

_TYPE = re.compile(r"((?:[A-Za-z_]\w*\.)+[A-Za-z_]\w*|[A-Z]\w*)(?::|$)")
_FRAMES = {"agent_turn": "turn", "chain_step": "step"}
_LONGEST_KEPT_BY_COLUMNS = 300
_MOST_UNFINISHED = 1_000
_SIBLINGS_LOOKED_AT = 16


@attrs.frozen
class ErrorSeen:
    """One error."""

    event_index: int
    event_type: str
    component: str
    name: str
    error_type: str
    message: str
    path: tuple[str, ...]
    """The calls around it, outermost first."""
    handled: bool
    """Whether a call around it, other than the run, ended well all the same."""
    first_seen: float
    """Seconds since the epoch."""


@attrs.frozen
class UnfinishedSpan:
    """A call that has no end: the trace broke off inside it."""

    event_index: int
    event_type: str
    component: str
    name: str
    started_at: float
    """Seconds since the epoch."""
    path: tuple[str, ...]


@attrs.frozen
class Retry:
    """Calls of one name that were made again in the same place after they had failed."""

    component: str
    name: str
    event_type: str
    retries: int
    succeeded: int
    """How many of the repetitions ended well."""


@attrs.frozen
class Errors:
    """What went wrong."""

    total_errors: int
    handled_errors: int
    error_categories: dict[str, int]
    """By type of error, the most frequent first."""
    by_component: dict[str, int]
    errors: tuple[ErrorSeen, ...]
    unfinished_spans: tuple[UnfinishedSpan, ...]
    """At most the first thousand; the summary has their number."""
    retries: tuple[Retry, ...]


def errors_of(spans: Spans) -> Errors:
    """What went wrong in a run."""
    errors = tuple(_error(spans, row) for row in error_rows(spans) if _admitted(spans, row))
    unfinished = [row for row in sorted(spans.unfinished) if spans.keeps(row)][:_MOST_UNFINISHED]
    return Errors(
        total_errors=len(errors),
        handled_errors=sum(error.handled for error in errors),
        error_categories=dict(Counter(error.error_type for error in errors).most_common()),
        by_component=dict(Counter(error.component for error in errors).most_common()),
        errors=errors,
        unfinished_spans=tuple(_unfinished(spans, row) for row in unfinished),
        retries=_retries(spans),
    )


def error_rows(spans: Spans) -> list[Row]:
    """The events that stand for one error each, in order, whatever the filter."""
    said = _said(spans)
    failed = (row for row in spans.failures if spans.columns.shape_at(row).event_type != "error_occurred")
    heads = {row: spans.head(row) for row in failed}
    explained: set[Row] = set()  # spans with an error or a failure inside
    for row in (*said, *heads.values()):
        for outer in spans.around(row):
            if outer in explained:
                break
            explained.add(outer)
    told = _told_beside(spans, said, heads)
    return sorted([*said, *(row for row, head in heads.items() if head not in explained and row not in told)])


def _said(spans: Spans) -> list[Row]:
    """The `error_occurred` events, without those that repeat one of deeper inside on its way up."""
    columns = spans.columns
    codes = columns.matching(lambda shape: shape.event_type == "error_occurred")
    seen: set[tuple[Row, int]] = set()
    first = []
    for row in sorted(row for code in codes for row in columns.shape_rows[code]):
        error = columns.error[row]
        if error and (columns.parent[row], error) in seen:
            continue
        first.append(row)
        if error:
            seen.update((outer, error) for outer in islice(spans.around(row), 1, None))
    return first


def _told_beside(spans: Spans, said: list[Row], heads: dict[Row, Row]) -> set[Row]:
    """The failures that an `error_occurred` right after them, in the same place, tells of."""
    columns = spans.columns
    beside: dict[Row, list[Row]] = {}
    for row in said:
        beside.setdefault(columns.parent[row], []).append(row)
    told: set[Row] = set()
    used: set[Row] = set()
    for row, head in heads.items():
        rows = beside.get(columns.parent[head], [])
        place = bisect_right(rows, row)
        for error in rows[place : place + _SIBLINGS_LOOKED_AT]:
            same_text = columns.error[error] == columns.error[row] != 0
            same_name = columns.shape_at(error)[1:3] == columns.shape_at(head)[1:3]
            if error not in used and (same_text or same_name):
                used.add(error)
                told.add(row)
                break
    return told


def _admitted(spans: Spans, row: Row) -> bool:
    if spans.wanted is None:
        return True
    shape = spans.columns.shape_at(row)
    if shape.event_type != "error_occurred":
        return spans.keeps(spans.head(row))
    # A filter lets every error_occurred into a trace; a report on agents is about the errors of agents.
    components, names = spans.wanted.components, spans.wanted.component_names
    return (components is None or shape.component in components) and (names is None or shape.component_name in names)


def _error(spans: Spans, row: Row) -> ErrorSeen:
    columns = spans.columns
    head = spans.head(row)
    shape = columns.shape_at(head)
    error_type, message = _told(spans, row)
    return ErrorSeen(
        event_index=row,
        event_type=columns.shape_at(row).event_type,
        component=shape.component,
        name=shape.component_name or shape.component,
        error_type=error_type or spans.kind(head),
        message=message,
        path=_path(spans, head),
        handled=_handled(spans, head),
        first_seen=columns.timestamp[row],
    )


def _told(spans: Spans, row: Row) -> tuple[str, str]:
    """An error's type and its message without it; the event is decoded only when the columns do not have them."""
    text = spans.columns.errors.names[spans.columns.error[row]] or ""
    if spans.columns.shape_at(row).event_type == "validation_end" and len(text) < _LONGEST_KEPT_BY_COLUMNS:
        return "", text  # what stands before its colon is a field
    found = _TYPE.match(text)
    if found and len(text) < _LONGEST_KEPT_BY_COLUMNS:
        return found[1], text[found.end() :].strip()
    event = spans.timeline.recorded(row)
    text = event.error or str(event.metadata.get("error_message") or event.outputs.get("error") or "")
    found = _TYPE.match(text)
    said = event.metadata.get("error_type") or event.outputs.get("error_type")
    error_type = str(said) if said else found[1] if found else ""
    return error_type, text[found.end() :].strip() if found and found[1] == error_type else text


def _path(spans: Spans, head: Row) -> tuple[str, ...]:
    return tuple(reversed([_frame_name(spans, row) for row in spans.around(head)]))


def _frame_name(spans: Spans, row: Row) -> str:
    shape, kind = spans.columns.shape_at(row), spans.kind(row)
    word = _FRAMES.get(kind, shape.component)
    return word if kind == "agent_turn" else f"{word} {shape.component_name or ''}".rstrip()


def _handled(spans: Spans, head: Row) -> bool:
    return any(
        spans.end(row) >= 0 and row not in spans.failed and spans.columns.shape_at(spans.end(row)).status != "cancelled"
        for row in spans.around(head)
        if spans.kind(row) != RUN
    )


def _unfinished(spans: Spans, row: Row) -> UnfinishedSpan:
    shape = spans.columns.shape_at(row)
    return UnfinishedSpan(
        event_index=row,
        event_type=spans.kind(row),
        component=shape.component,
        name=shape.component_name or shape.component,
        started_at=spans.columns.timestamp[row],
        path=_path(spans, row),
    )


def _retries(spans: Spans) -> tuple[Retry, ...]:
    parent, match = spans.columns.parent, spans.columns.match
    found = []
    for shape, heads in spans.heads():
        kind = spans.kind(heads[0])
        if kind == "agent_turn":  # the next turn goes on, it does not try again
            continue
        places = {parent[head] for head in spans.failed.intersection(heads)}
        places = {place for place in places if place >= 0 and spans.kind(place) != RUN}
        before: dict[Row, Row] = {}
        again = []
        for head in heads if places else ():
            place = parent[head]
            if place in places:
                earlier = before.get(place)
                if earlier is not None and 0 <= match[earlier] < head and earlier in spans.failed:
                    again.append(head)
                before[place] = head
        if again:
            succeeded = sum(spans.end(head) >= 0 and head not in spans.failed for head in again)
            name = shape.component_name or shape.component
            found.append(Retry(shape.component, name, kind, len(again), succeeded))
    found += _requests_again(spans)
    return tuple(sorted(found, key=lambda retry: (-retry.retries, retry.component, retry.name)))


def _requests_again(spans: Spans) -> list[Retry]:
    """The requests that calls of models sent again, each within its call."""
    columns = spans.columns
    found: dict[tuple[str, str], list[Row]] = {}
    for code in columns.matching(lambda shape: shape.event_type == "llm_call_retry"):
        for row in columns.shape_rows[code]:
            shape, call = columns.shape_at(row), columns.parent[row]
            if call < 0 or spans.keeps(call):
                found.setdefault((shape.component, shape.component_name or shape.component), []).append(call)
    return [
        Retry(component, name, "llm_call", len(calls), sum(_went_well(spans, call) for call in set(calls)))
        for (component, name), calls in found.items()
    ]


def _went_well(spans: Spans, call: Row) -> bool:
    return call >= 0 and spans.end(call) >= 0 and call not in spans.failed
