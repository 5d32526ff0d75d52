"""Tokens and money, each spent once.

An agent's end often repeats what the calls inside it used. So an event's tokens count only when no call inside it says
how many it used, whatever kinds of calls a trace records.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any, Literal

import attrs
import msgspec

from ..timeline.timeline import Timeline
from ..trace.columns import NONE, Row
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
    tokens: int
    cost: float
    """US dollars."""


@attrs.frozen
class Spending:
    """What a run used."""

    tokens: int
    prompt_tokens: int
    """As far as calls tell prompt and completion apart."""
    completion_tokens: int
    cost: float
    """US dollars."""
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


class _Call(msgspec.Struct, gc=False):
    """The part of a model call's payloads that is of interest here; the rest is skipped unparsed."""

    inputs: _Inputs | None = None
    outputs: _Outputs | None = None


_decode = msgspec.json.Decoder(_Call, strict=False).decode
_SILENT = _Call()


def spending_of(spans: Spans) -> Spending:
    """What the admitted calls of a trace used."""
    columns = spans.columns
    token_rows, cost_rows = counted(spans, "tokens"), counted(spans, "cost")
    models = _by_model(spans)
    return Spending(
        tokens=round(sum(columns.tokens[row] for row in token_rows)),
        prompt_tokens=sum(model.prompt_tokens for model in models.values()),
        completion_tokens=sum(model.completion_tokens for model in models.values()),
        cost=sum(columns.cost[row] for row in cost_rows),
        models=models,
        token_rows=token_rows,
        cost_rows=cost_rows,
    )


def counted(spans: Spans, name: Literal["tokens", "cost"]) -> list[Row]:
    """The admitted events whose tokens, or costs, count: no call inside them has any."""
    parent = spans.columns.parent
    rows = list(itertools.compress(range(spans.count), getattr(spans.columns, name)))
    repeats: set[Row] = set()
    for row in rows:
        outer = parent[row]
        while outer >= 0 and outer not in repeats:
            repeats.add(outer)
            outer = parent[outer]
    once = [row for row in rows if spans.head(row) not in repeats]
    return once if spans.wanted is None else [row for row in once if spans.keeps(spans.head(row))]


def _by_model(spans: Spans) -> dict[str, ModelSpending]:
    columns = spans.columns
    heads = sorted(itertools.chain.from_iterable(rows for _, rows in spans.heads("llm_call")))
    ends = list(map(spans.end, heads))
    rows = sorted({*heads, *ends} - {NONE})
    said = dict(zip(rows, _calls(spans.timeline, rows), strict=True))
    said[NONE] = _SILENT
    calls: dict[str, list[Row]] = {}
    answers: dict[str, list[_Outputs]] = {}
    for head, end in zip(heads, ends, strict=True):
        asked, answer = said[head].inputs, said[end].outputs
        model = answer.model if answer is not None else None
        if model is None and asked is not None:
            model = asked.model
        if not isinstance(model, str):
            model = columns.shape_at(head).component_name or UNKNOWN
        if model not in calls:
            calls[model], answers[model] = [], []
        calls[model].append(head)
        if answer is not None:
            answers[model].append(answer)
    return {model: _spent_by(spans, heads, answers[model]) for model, heads in calls.items()}


def _spent_by(spans: Spans, heads: list[Row], answers: list[_Outputs]) -> ModelSpending:
    columns = spans.columns
    ends = [end for end in map(spans.end, heads) if end >= 0]
    return ModelSpending(
        provider=columns.shape_at(heads[0]).component_name or UNKNOWN,
        heads=heads,
        prompt_tokens=sum(_tokens(answer.prompt_tokens) for answer in answers),
        completion_tokens=sum(_tokens(answer.completion_tokens) for answer in answers),
        tokens=round(sum(columns.tokens[end] for end in ends)),
        cost=sum(columns.cost[end] for end in ends),
    )


def _calls(timeline: Timeline, rows: list[Row]) -> Iterator[_Call]:
    """What the payloads of some events say, in their order."""
    if timeline.index is None:
        for event in map(timeline.recorded, rows):
            yield msgspec.convert({"inputs": event.inputs, "outputs": event.outputs}, _Call)
        return
    for line in timeline.index.lines(rows):
        try:
            yield _decode(line)
        except (msgspec.MsgspecError, ValueError, RecursionError):  # a payload that is no object, or far too deep
            yield _SILENT


def _tokens(value: object) -> int:
    return int(value) if isinstance(value, int | float) and 0 < value < 1e15 else 0
