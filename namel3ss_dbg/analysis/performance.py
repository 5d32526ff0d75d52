"""Where the time of a run went: by call, by model, tool, agent, chain and prompt, and own time by name."""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Sequence

import attrs

from ..trace.columns import NONE, Row
from .cost import ModelSpending, Spending
from .critical import CriticalPath, PathSpan, critical_path
from .spans import RUN, Spans
from .timings import Timings

_SLOWEST = 20


@attrs.frozen
class SlowOperation:
    """One of the calls that took longest."""

    event_index: int
    """Its start; its end in a trace that lost the start."""
    end_index: int
    event_type: str
    component: str
    name: str
    duration_ms: float
    self_ms: float
    """The part in which nothing that it called was running."""


@attrs.frozen
class ModelPerformance:
    """How one model answered."""

    provider: str
    calls: int
    failed: int
    tokens: int
    prompt_tokens: int
    completion_tokens: int
    failed_attempt_tokens: int
    """Tokens that are neither: those of attempts that failed and were made again."""
    cost: float
    """US dollars, as far as prices are known."""
    unpriced_calls: int
    """How many used tokens and do not say what they cost."""
    tokens_per_second: float | None
    """Completion tokens by the time of the calls; all tokens where a trace does not tell them apart."""
    streamed_calls: int
    """How many say when their first token came; the next two are about these."""
    first_token_mean_ms: float | None
    first_token_p95_ms: float | None
    timings: Timings


@attrs.frozen
class LlmPerformance:
    """How the models answered."""

    calls: int
    failed: int
    tokens: int
    cost: float
    unpriced_calls: int
    tokens_per_second: float | None
    streamed_calls: int
    first_token_mean_ms: float | None
    first_token_p95_ms: float | None
    timings: Timings
    by_model: dict[str, ModelPerformance]


@attrs.frozen
class ToolPerformance:
    """How one tool worked."""

    calls: int
    failed: int
    failure_rate: float
    timings: Timings


@attrs.frozen
class AgentPerformance:
    """How one agent worked."""

    runs: int
    failed: int
    turns: int
    llm_calls: int
    tool_calls: int
    tokens: int
    """What its own calls used, without those of agents that it asked."""
    cost: float
    unpriced_calls: int
    """How many of these calls `cost` lacks."""
    self_ms: float
    """The time of its runs and turns in which nothing that they called was running."""
    timings: Timings


@attrs.frozen
class StepPerformance:
    """How one step of a chain worked."""

    runs: int
    failed: int
    timings: Timings


@attrs.frozen
class ChainPerformance:
    """How one chain worked."""

    runs: int
    failed: int
    timings: Timings
    steps: dict[str, StepPerformance]
    """In the order in which they first ran."""


@attrs.frozen
class PromptPerformance:
    """How one prompt worked."""

    runs: int
    failed: int
    validations: int
    validation_failures: int
    validation_retries: int
    """Attempts after the first one of each run."""
    timings: Timings


@attrs.frozen
class SelfTime:
    """What the calls of one name did themselves."""

    component: str
    name: str
    spans: int
    total_ms: float
    self_ms: float
    share: float
    """Of the own time of all."""


@attrs.frozen
class Performance:
    """Where the time went."""

    slow_operations: tuple[SlowOperation, ...]
    llm_performance: LlmPerformance
    tool_performance: dict[str, ToolPerformance]
    agent_performance: dict[str, AgentPerformance]
    chain_performance: dict[str, ChainPerformance]
    prompt_performance: dict[str, PromptPerformance]
    self_time: tuple[SelfTime, ...]
    critical_path: tuple[PathSpan, ...]
    critical_path_length: int
    critical_path_ms: float


def performance_of(spans: Spans, spending: Spending) -> Performance:
    """Where the time of a run went."""
    path: CriticalPath = critical_path(spans)
    return Performance(
        slow_operations=_slowest(spans),
        llm_performance=_llm_performance(spans, spending),
        tool_performance=_tool_performance(spans),
        agent_performance=_agent_performance(spans, spending),
        chain_performance=_chain_performance(spans),
        prompt_performance=_prompt_performance(spans),
        self_time=_self_time(spans),
        critical_path=path.spans,
        critical_path_length=path.length,
        critical_path_ms=path.total_ms,
    )


def _by_name(spans: Spans, kind: str) -> dict[str, list[Row]]:
    """The heads of one kind by component name, the name that came first first."""
    found: dict[str, list[Row]] = {}
    for shape, heads in sorted(spans.heads(kind), key=lambda pair: pair[1][0]):
        found.setdefault(shape.component_name or shape.component, []).extend(heads)
    return found


def _name(spans: Spans, head: Row) -> str:
    """The name of a span; empty for none."""
    if head < 0:
        return ""
    shape = spans.columns.shape_at(head)
    return shape.component_name or shape.component


def _timings(spans: Spans, heads: Sequence[Row]) -> Timings:
    return Timings.of(spans.ended(heads))


def _failed(spans: Spans, heads: Sequence[Row]) -> int:
    return len(spans.failed.intersection(heads))


def _slowest(spans: Spans) -> tuple[SlowOperation, ...]:
    took = spans.took_ms
    found: list[Row] = []
    for _, heads in spans.heads():
        if spans.kind(heads[0]) != RUN:
            least = took[found[-1]] if len(found) == _SLOWEST else 0.0
            slow = [head for head in heads if took[head] >= least]
            found = heapq.nlargest(_SLOWEST, [*found, *slow], key=lambda head: (took[head], -head))
    return tuple(_slow_operation(spans, head) for head in found)


def _slow_operation(spans: Spans, head: Row) -> SlowOperation:
    shape = spans.columns.shape_at(head)
    return SlowOperation(
        event_index=head,
        end_index=spans.end(head),
        event_type=spans.kind(head),
        component=shape.component,
        name=shape.component_name or shape.component,
        duration_ms=spans.took_ms[head],
        self_ms=max(spans.own_ms[head], 0.0),
    )


def _llm_performance(spans: Spans, spending: Spending) -> LlmPerformance:
    models = {model: _model_performance(spans, spent) for model, spent in spending.models.items()}
    heads = [head for spent in spending.models.values() for head in spent.heads]
    answered = sum(spent.completion_tokens or spent.tokens for spent in spending.models.values())
    timings = _timings(spans, heads)
    first = Timings.of(ms for spent in spending.models.values() for ms in spent.first_tokens_ms)
    return LlmPerformance(
        calls=len(heads),
        failed=sum(model.failed for model in models.values()),
        tokens=sum(model.tokens for model in models.values()),
        cost=sum(model.cost for model in models.values()),
        unpriced_calls=sum(model.unpriced_calls for model in models.values()),
        tokens_per_second=_rate(answered, timings),
        streamed_calls=first.timed,
        first_token_mean_ms=first.mean_ms,
        first_token_p95_ms=first.p95_ms,
        timings=timings,
        by_model=models,
    )


def _model_performance(spans: Spans, spent: ModelSpending) -> ModelPerformance:
    timings, first = _timings(spans, spent.heads), Timings.of(spent.first_tokens_ms)
    return ModelPerformance(
        provider=spent.provider,
        calls=len(spent.heads),
        failed=_failed(spans, spent.heads),
        tokens=spent.tokens,
        prompt_tokens=spent.prompt_tokens,
        completion_tokens=spent.completion_tokens,
        failed_attempt_tokens=spent.failed_attempt_tokens,
        cost=spent.cost,
        unpriced_calls=spent.unpriced_calls,
        tokens_per_second=_rate(spent.completion_tokens or spent.tokens, timings),
        streamed_calls=first.timed,
        first_token_mean_ms=first.mean_ms,
        first_token_p95_ms=first.p95_ms,
        timings=timings,
    )


def _rate(tokens: int, timings: Timings) -> float | None:
    return tokens * 1000.0 / timings.total_ms if timings.total_ms > 0.0 else None


def _tool_performance(spans: Spans) -> dict[str, ToolPerformance]:
    found = {}
    for name, heads in _by_name(spans, "tool_call").items():
        failed = _failed(spans, heads)
        found[name] = ToolPerformance(len(heads), failed, failed / len(heads), _timings(spans, heads))
    return found


def _agent_performance(spans: Spans, spending: Spending) -> dict[str, AgentPerformance]:
    columns = spans.columns
    agent_of = spans.nearest("agent_execution")

    def calls(kind: str) -> Counter[str]:
        return Counter(agent_of[head] for _, heads in spans.heads(kind) for head in heads)

    def used(rows: list[Row], column: Sequence[float]) -> defaultdict[str, float]:
        sums: defaultdict[str, float] = defaultdict(float)
        for row in rows:
            sums[agent_of[spans.head(row)]] += column[row]
        return sums

    turns, llm_calls, tool_calls = calls("agent_turn"), calls("llm_call"), calls("tool_call")
    tokens, cost = used(spending.token_rows, columns.tokens), used(spending.cost_rows, columns.cost)
    unpriced = Counter(agent_of[head] for head in spending.unpriced)
    turns_by_name = _by_name(spans, "agent_turn")
    return {
        name: AgentPerformance(
            runs=len(heads),
            failed=_failed(spans, heads),
            turns=turns[name],
            llm_calls=llm_calls[name],
            tool_calls=tool_calls[name],
            tokens=round(tokens[name]),
            cost=cost[name],
            unpriced_calls=unpriced[name],
            self_ms=spans.own(heads) + spans.own(turns_by_name.get(name, ())),
            timings=_timings(spans, heads),
        )
        for name, heads in _by_name(spans, "agent_execution").items()
    }


def _chain_performance(spans: Spans) -> dict[str, ChainPerformance]:
    steps: dict[str, dict[str, list[Row]]] = {}
    for step, heads in _by_name(spans, "chain_step").items():
        for head in heads:
            steps.setdefault(_name(spans, _chain_of(spans, head)), {}).setdefault(step, []).append(head)
    return {
        name: ChainPerformance(
            runs=len(heads),
            failed=_failed(spans, heads),
            timings=_timings(spans, heads),
            steps={
                step: StepPerformance(len(rows), _failed(spans, rows), _timings(spans, rows))
                for step, rows in steps.get(name, {}).items()
            },
        )
        for name, heads in _by_name(spans, "chain_execution").items()
    }


def _chain_of(spans: Spans, step: Row) -> Row:
    return next((outer for outer in spans.around(step) if spans.kind(outer) == "chain_execution"), NONE)


def _prompt_performance(spans: Spans) -> dict[str, PromptPerformance]:
    parent = spans.columns.parent
    validations = [head for _, heads in spans.heads("validation") for head in heads]
    attempts = Counter(parent[head] for head in validations)
    rejected = Counter(parent[head] for head in validations if head in spans.failed)
    return {
        name: PromptPerformance(
            runs=len(heads),
            failed=_failed(spans, heads),
            validations=sum(attempts[head] for head in heads),
            validation_failures=sum(rejected[head] for head in heads),
            validation_retries=sum(max(attempts[head] - 1, 0) for head in heads),
            timings=_timings(spans, heads),
        )
        for name, heads in _by_name(spans, "prompt_execution").items()
    }


def _self_time(spans: Spans) -> tuple[SelfTime, ...]:
    groups: dict[tuple[str, str], list[Row]] = {}
    for shape, heads in spans.heads():
        groups.setdefault((shape.component, shape.component_name or shape.component), []).extend(heads)
    owns = {group: spans.own(heads) for group, heads in groups.items()}
    all_ms = sum(owns.values())
    return tuple(
        SelfTime(
            component=group[0],
            name=group[1],
            spans=len(groups[group]),
            total_ms=sum(spans.ended(groups[group])),
            self_ms=own,
            share=own / all_ms if all_ms > 0.0 else 0.0,
        )
        for group, own in sorted(owns.items(), key=lambda item: (-item[1], item[0]))
    )
