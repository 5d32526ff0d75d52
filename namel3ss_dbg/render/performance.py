"""Where the time of a run went, as tables: what took it by itself, then each kind of call, then the single calls."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..analysis.performance import AgentPerformance, ChainPerformance, LlmPerformance, ModelPerformance, Performance
from ..analysis.timings import Timings
from .formats import format_cost, format_count, format_ms, format_share
from .pieces import UNICODE, Signs, Style, line
from .tables import Column, Table

_MOST_ROWS = 12
_BAR = 16

Cell = str | tuple[str, Style]


def performance_tables(performance: Performance, signs: Signs = UNICODE) -> Iterator[Table]:
    """The tables that have rows."""
    return (table for table in _tables(performance, signs) if table.rows)


def _tables(performance: Performance, signs: Signs) -> Iterator[Table]:
    yield _table(
        "Where the time went",
        (
            _name("name"),
            Column("kind", right=False, needed=2),
            Column("calls", needed=3),
            Column("own time"),
            *_SHARE,
        ),
        (
            (
                (own.name, "name"),
                (own.component, "kind"),
                format_count(own.spans),
                _ms(own.self_ms),
                *_share(signs, own.share),
            )
            for own in performance.self_time
        ),
    )
    yield _models(performance.llm_performance, signs)
    yield _table(
        "Tools",
        (_name("tool"), *_CALLS, *_TIMES, Column("total", needed=2)),
        (
            ((name, "name"), *_calls(tool.calls, tool.failed), *_times(tool.timings), _ms(tool.timings.total_ms))
            for name, tool in performance.tool_performance.items()
        ),
    )
    yield _table(
        "Agents",
        (
            _name("agent"), Column("runs"), Column("failed", needed=3), Column("turns"), Column("models", needed=5),
            Column("tools", needed=4), Column("tokens"), Column("cost"), Column("own", needed=2), Column("total"),
        ),
        (
            (
                (name, "name"), *_calls(agent.runs, agent.failed),
                *map(format_count, (agent.turns, agent.llm_calls, agent.tool_calls, agent.tokens)),
                _cost(agent, signs), _ms(agent.self_ms), _ms(agent.timings.total_ms),
            )
            for name, agent in performance.agent_performance.items()
        ),
    )  # fmt: skip
    yield _table(
        "Chains",
        (_name("chain"), *_RUNS, *_TIMES, Column("total", needed=2)),
        (row for name, chain in performance.chain_performance.items() for row in _chain_rows(name, chain)),
    )
    yield _table(
        "Prompts",
        (_name("prompt"), *_RUNS, Column("retries"), *_TIMES),
        (
            (
                (name, "name"),
                *_calls(prompt.runs, prompt.failed),
                _bad(prompt.validation_retries),
                *_times(prompt.timings),
            )
            for name, prompt in performance.prompt_performance.items()
        ),
    )
    yield _table(
        "Slowest calls",
        (*_EVENT, Column("took"), Column("own", needed=2)),
        (
            (*_event(slow.event_index, slow.event_type, slow.name), _ms(slow.duration_ms), _ms(slow.self_ms))
            for slow in performance.slow_operations
        ),
    )
    most = sorted(performance.critical_path, key=lambda span: -span.contributed_ms)[:_MOST_ROWS]
    whole = performance.critical_path_ms or 1.0
    yield _table(
        f"Critical path: {performance.critical_path_length} calls decided when the run ended",
        (*_EVENT, Column("waited"), *_SHARE),
        (
            (
                *_event(span.event_index, span.event_type, span.name),
                _ms(span.contributed_ms),
                *_share(signs, span.contributed_ms / whole),
            )
            for span in sorted(most, key=lambda span: span.event_index)
        ),
    )


def _models(models: LlmPerformance, signs: Signs) -> Table:
    """How each model answered; its first tokens where any came as a stream."""
    unpriced = models.unpriced_calls
    return _table(
        f"Models ({calls_without_price(unpriced)})" if unpriced else "Models",
        (
            _name("model"), *_CALLS, *_TIMES, *(_FIRST_TOKEN if models.streamed_calls else ()),
            Column("tokens"), Column("tok/s", needed=2), Column("cost"),
        ),
        (
            (
                (name, "name"), *_calls(model.calls, model.failed), *_times(model.timings),
                *(map(_ms, (model.first_token_mean_ms, model.first_token_p95_ms)) if models.streamed_calls else ()),
                format_count(model.tokens), format_count(model.tokens_per_second), _cost(model, signs),
            )
            for name, model in models.by_model.items()
        ),
    )  # fmt: skip


def calls_without_price(count: int) -> str:
    """Which calls a sum of money lacks: `3 calls without a price`."""
    return f"{format_count(count)} {'call' if count == 1 else 'calls'} without a price"


_CALLS = (Column("calls"), Column("failed", needed=1))
_RUNS = (Column("runs"), Column("failed", needed=1))
_FIRST_TOKEN = (Column("first token", needed=2), Column("its p95", needed=4))
_TIMES = (Column("p50"), Column("p95", needed=1), Column("max", needed=3))
_SHARE = (Column("share"), Column("", right=False, needed=1))
_EVENT = (
    Column("event", right=False),
    Column("type", right=False, needed=1),
    Column("name", right=False, shrinks=True),
)


def _name(title: str) -> Column:
    return Column(title, right=False, shrinks=True)


def _ms(ms: float | None) -> Cell:
    return (format_ms(ms), "time")


def _cost(spent: ModelPerformance | AgentPerformance, signs: Signs) -> Cell:
    return (format_cost(spent.cost, spent.unpriced_calls, signs.at_least), "number")


def _bad(count: int) -> Cell:
    return (format_count(count), "error") if count else ("0", "dim")


def _calls(count: int, failed: int) -> tuple[Cell, Cell]:
    return format_count(count), _bad(failed)


def _times(timings: Timings) -> tuple[Cell, Cell, Cell]:
    return _ms(timings.p50_ms), _ms(timings.p95_ms), _ms(timings.max_ms)


def _event(index: int, event_type: str, name: str) -> tuple[Cell, Cell, Cell]:
    return (f"#{index}", "place"), (event_type, "kind"), (name, "name")


def _chain_rows(name: str, chain: ChainPerformance) -> Iterator[tuple[Cell, ...]]:
    yield (name, "name"), *_calls(chain.runs, chain.failed), *_times(chain.timings), _ms(chain.timings.total_ms)
    for step, run in chain.steps.items():
        yield (f"  {step}", ""), *_calls(run.runs, run.failed), *_times(run.timings), _ms(run.timings.total_ms)


def _table(title: str, columns: tuple[Column, ...], rows: Iterable[tuple[Cell, ...]]) -> Table:
    """A table of the first rows, that says how many more there are."""
    made = [
        tuple(line(*((cell,) if isinstance(cell, str) or isinstance(cell[0], str) else cell)) for cell in row)
        for row in rows
    ]
    left = len(made) - _MOST_ROWS
    if left > 0:
        title = f"{title} ({_MOST_ROWS} of {len(made)})"
    return Table(title, columns, tuple(made[:_MOST_ROWS]))


def _share(signs: Signs, share: float) -> tuple[Cell, Cell]:
    filled = max(round(share * _BAR), 1 if share > 0.005 else 0)
    return format_share(share), (signs.bar * filled, "bar")
