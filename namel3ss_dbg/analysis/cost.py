"""Tokens and money, each spent once.

An agent's end often repeats what the calls inside it used. So an event's tokens count only when no call inside it says
how many it used, whatever kinds of calls a trace records. One that used tokens and says no cost, not even 0, has a
price that nobody knows; such calls are counted, so that a sum of money can tell what it lacks.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Literal

import attrs
import msgspec

from ..timeline.timeline import Timeline
from ..trace.columns import NONE, Columns, Row
from ..trace.head import MOST
from .spans import Spans

UNKNOWN = "unknown"
"""The model of calls that do not say which one they ask."""


@attrs.frozen
class ModelSpending:
    """What the calls of one model used."""

    provider: str
    heads: list[Row] = attrs.field(repr=False)
    """Its calls."""
    prompt_tokens: int
    completion_tokens: int
    failed_attempt_tokens: int
    """What attempts used that failed and were made again."""
    tokens: int
    """All of these."""
    cost: float
    """US dollars, as far as prices are known."""
    unpriced_calls: int
    """How many used tokens and do not say what they cost."""
    first_tokens_ms: list[float]
    """How long the first token took, of those that say it."""


@attrs.frozen
class Spending:
    """What a run used."""

    tokens: int
    prompt_tokens: int
    """As far as calls tell prompt and completion apart."""
    completion_tokens: int
    failed_attempt_tokens: int
    """What attempts used that failed and were made again."""
    cost: float
    """US dollars, as far as prices are known."""
    unpriced: list[Row] = attrs.field(repr=False)
    """The calls whose tokens are in no cost."""
    models: dict[str, ModelSpending]
    """By model, the one that was asked first first."""
    token_rows: list[Row] = attrs.field(repr=False)
    """The events whose tokens count."""
    cost_rows: list[Row] = attrs.field(repr=False)
    """The events whose costs count."""


class _Inputs(msgspec.Struct, gc=False):
    model: Any = None


class _Outputs(msgspec.Struct, gc=False):
    model: Any = None
    prompt_tokens: Any = None
    completion_tokens: Any = None


class _Metadata(msgspec.Struct, gc=False):
    first_token_ms: Any = None
    attempts: Any = None


class _Call(msgspec.Struct, gc=False):
    """The part of a model call's events that is of interest here; the rest is skipped unparsed."""

    inputs: _Inputs | None = None
    outputs: _Outputs | None = None
    metadata: _Metadata | list[Any] | str | float | bool | None = None
    """Others than objects are of no interest, but no reason to skip the rest."""
    cost_estimate: Any = None


_decode = msgspec.json.Decoder(_Call, strict=False).decode
_SILENT = _Call()
_NUMBER = int | float


def spending_of(spans: Spans) -> Spending:
    """What the admitted calls of a trace used."""
    columns = spans.columns
    token_rows, cost_rows = counted(spans, "tokens"), counted(spans, "cost")
    calls = _model_calls(spans)
    said = _said(spans, calls)
    unpriced = _without_cost(spans, token_rows, said)
    models = _by_model(spans, calls, said, unpriced)
    return Spending(
        tokens=round(sum(columns.tokens[row] for row in token_rows)),
        prompt_tokens=sum(model.prompt_tokens for model in models.values()),
        completion_tokens=sum(model.completion_tokens for model in models.values()),
        failed_attempt_tokens=sum(model.failed_attempt_tokens for model in models.values()),
        cost=sum(columns.cost[row] for row in cost_rows),
        unpriced=_in_no_cost(spans, unpriced, cost_rows),
        models=models,
        token_rows=token_rows,
        cost_rows=cost_rows,
    )


def counted(spans: Spans, name: Literal["tokens", "cost"]) -> list[Row]:
    """The admitted events whose tokens, or costs, count: no call inside them has any."""
    rows = list(itertools.compress(range(spans.count), getattr(spans.columns, name)))
    repeats = _outside(spans, rows)
    once = [row for row in rows if spans.head(row) not in repeats]
    return once if spans.wanted is None else [row for row in once if spans.keeps(spans.head(row))]


def _outside(spans: Spans, rows: list[Row]) -> set[Row]:
    """The starts of all spans that some events are in."""
    parent = spans.columns.parent
    found: set[Row] = set()
    for row in rows:
        outer = parent[row]
        while outer >= 0 and outer not in found:
            found.add(outer)
            outer = parent[outer]
    return found


def _without_cost(spans: Spans, token_rows: list[Row], said: dict[Row, _Call]) -> list[Row]:
    """The calls whose tokens count and that do not say what they cost."""
    cost = spans.columns.cost
    rows = [row for row in token_rows if not cost[row]]
    others = [row for row in rows if row not in said]
    told = {**said, **dict(zip(others, _calls(spans.timeline, others), strict=True))} if others else said
    return [spans.head(row) for row in rows if told[row].cost_estimate is None]


def _in_no_cost(spans: Spans, calls: list[Row], cost_rows: list[Row]) -> list[Row]:
    """Those of some calls that no call around or inside them tells the cost of."""
    if not calls or not cost_rows:
        return calls
    priced = {spans.head(row) for row in cost_rows}
    outside = _outside(spans, list(priced))
    return [head for head in calls if head not in outside and priced.isdisjoint(spans.around(head))]


def _model_calls(spans: Spans) -> list[tuple[Row, Row]]:
    """Head and end of each admitted model call, in order."""
    heads = sorted(itertools.chain.from_iterable(rows for _, rows in spans.heads("llm_call")))
    return list(zip(heads, map(spans.end, heads), strict=True))


def _said(spans: Spans, calls: list[tuple[Row, Row]]) -> dict[Row, _Call]:
    """What the starts and ends of some calls say."""
    rows = sorted({*itertools.chain.from_iterable(calls)} - {NONE})
    return {NONE: _SILENT, **dict(zip(rows, _calls(spans.timeline, rows), strict=True))}


def _by_model(
    spans: Spans, calls: list[tuple[Row, Row]], said: dict[Row, _Call], unpriced: list[Row]
) -> dict[str, ModelSpending]:
    columns = spans.columns
    heads: dict[str, list[Row]] = {}
    ends: dict[str, list[Row]] = {}
    for head, end in calls:
        asked, answer = said[head].inputs, said[end].outputs
        model = answer.model if answer is not None else None
        if model is None and asked is not None:
            model = asked.model
        if not isinstance(model, str):
            model = columns.shape_at(head).component_name or UNKNOWN
        if model not in heads:
            heads[model], ends[model] = [], []
        heads[model].append(head)
        if end >= 0:
            ends[model].append(end)
    without = frozenset(unpriced)
    return {
        model: _spent_by(columns, rows, ends[model], said, without.intersection(rows)) for model, rows in heads.items()
    }


def _spent_by(
    columns: Columns, heads: list[Row], ends: list[Row], said: dict[Row, _Call], unpriced: frozenset[Row]
) -> ModelSpending:
    told = [said[end] for end in ends]
    answers = [call.outputs for call in told if call.outputs is not None]
    more = [call.metadata for call in told if isinstance(call.metadata, _Metadata)]
    return ModelSpending(
        provider=columns.shape_at(heads[0]).component_name or UNKNOWN,
        heads=heads,
        prompt_tokens=sum(_tokens(answer.prompt_tokens) for answer in answers),
        completion_tokens=sum(_tokens(answer.completion_tokens) for answer in answers),
        failed_attempt_tokens=sum(_failed_attempt_tokens(each.attempts) for each in more if each.attempts),
        tokens=round(sum(columns.tokens[end] for end in ends)),
        cost=sum(columns.cost[end] for end in ends),
        unpriced_calls=len(unpriced),
        first_tokens_ms=[
            float(ms)
            for ms in (each.first_token_ms for each in more)
            if ms is not None and isinstance(ms, _NUMBER) and 0 <= ms <= MOST
        ],
    )


def _calls(timeline: Timeline, rows: list[Row]) -> Iterator[_Call]:
    """What the payloads of some events say, in their order."""
    if timeline.index is None:
        for event in map(timeline.recorded, rows):
            told = {"inputs": event.inputs, "outputs": event.outputs, "metadata": event.metadata}
            yield msgspec.convert({**told, "cost_estimate": event.cost_estimate}, _Call)
        return
    for line in timeline.index.lines(rows):
        try:
            yield _decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):  # a payload that is no object, or far too deep
            yield _SILENT


def _tokens(value: object) -> int:
    return int(value) if isinstance(value, _NUMBER) and 0 < value < 1e15 else 0


def _failed_attempt_tokens(attempts: Any) -> int:
    """What those used that were made again; what the last one used is in the call's outputs."""
    if not isinstance(attempts, list):
        return 0
    again = (attempt for attempt in attempts if isinstance(attempt, dict) and attempt.get("wait_ms") is not None)
    return sum(_tokens(attempt.get("tokens")) for attempt in again)
