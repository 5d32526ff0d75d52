"""What is said of tokens and money when not all of it is known, and when the first tokens came."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.analysis import Report, TraceAnalyzer, analyze, to_json
from namel3ss_dbg.events import TraceFilter
from namel3ss_dbg.render.pieces import ASCII
from namel3ss_dbg.render.report import ReportView
from namel3ss_dbg.render.screen import ScreenPainter
from tests.strategies import timeline_of, write_trace
from tests.support.brace import run
from tests.support.model_server import ModelServer, Reply, chunk, closing, completion, error

Record = dict[str, Any]

_numbers = count()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key for a server that asks for none, and no proxy before it."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-0123456789abcdef")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def span(kind: str, name: str, *inside: list[Record], start: Record | None = None, **end: Any) -> list[Record]:
    """A call and what is inside of it; `end` is what its end says, `start` what its start does."""
    component = "llm" if kind == "llm_call" else "agent"
    identity = f"{kind}_{next(_numbers)}"
    shape = {"component": component, "component_name": name, "timestamp": 1.0}
    for records in inside:
        records[0]["parent_event_id"] = identity
    return [
        {"event_type": f"{kind}_start", "event_id": identity, **shape, "inputs": start or {}},
        *(record for records in inside for record in records),
        {"event_type": f"{kind}_end", "parent_event_id": identity, **shape, "duration_ms": 10.0, **end},
    ]


def call(model: str, **end: Any) -> list[Record]:
    """A model call."""
    return span("llm_call", "openai", start={"model": model}, **end)


def report_of(*spans: list[Record], wanted: TraceFilter | None = None) -> Report:
    return analyze(timeline_of([record for records in spans for record in records]), wanted)


def screen(report: Report, width: int = 100, **how: Any) -> str:
    return ScreenPainter(width, color=False).paint(ReportView(report, **how))


def plain(report: Report, kind: str) -> Iterator[str]:
    return (text for text in ReportView(report).plain() if text.startswith(f"{kind} "))


class TestUnknownPrices:
    def test_a_sum_that_lacks_calls_says_so(self) -> None:
        """In the JSON object, the lines and on the screen, in all and by model."""
        report = report_of(
            call("known", tokens_used=10, cost_estimate=0.0012),
            call("secret", tokens_used=20),
            call("secret", tokens_used=30, cost_estimate=None),
        )
        json, shown = to_json(report), screen(report)
        models = json["performance"]["llm_performance"]

        for part in (json["summary"], models):
            assert (part["cost"], part["unpriced_calls"]) == (0.0012, 2)
        assert json["resource_usage"]["cost"] == {
            "total": 0.0012,
            "unpriced_calls": 2,
            "by_model": {"known": 0.0012, "secret": 0.0},
        }
        assert {name: model["unpriced_calls"] for name, model in models["by_model"].items()} == {
            "known": 0,
            "secret": 2,
        }
        assert next(plain(report, "cost")) == "cost total=0.0012 unpriced_calls=2"
        assert " cost=0.0012 unpriced_calls=2 " in next(plain(report, "summary"))
        assert "60 tokens   ≥ $0.0012\n" in shown
        assert "· 2 calls without a price: secret\n" in shown
        assert "Models (2 calls without a price)\n" in shown

    def test_what_nobody_knows_is_not_nothing(self) -> None:
        """No line and no table has a 0 for it."""
        report = report_of(span("agent_execution", "Ann", call("secret", tokens_used=20)))
        shown = screen(report)

        assert next(plain(report, "cost")) == "cost total=- unpriced_calls=1"
        for kind in ("summary", "llm", "agent"):
            assert all(" cost=- unpriced_calls=1 " in text for text in plain(report, kind))
        assert "20 tokens   cost unknown\n" in shown
        assert "· 1 call without a price: secret\n" in shown
        assert shown.count("unknown") == 3
        assert "$0" not in shown

    def test_nothing_is_not_unknown(self) -> None:
        """A model of one's own says that it costs 0; a call that never got through used nothing."""
        report = report_of(call("local", tokens_used=10, cost_estimate=0), call("away", status="failed"))

        assert report.summary.unpriced_calls == 0
        assert "10 tokens   $0\n" in screen(report)
        assert "without a price" not in screen(report)

    def test_the_cost_of_an_agent_is_that_of_its_calls(self) -> None:
        """Calls within one whose end has a cost are paid for, though nobody knows how much each was."""
        paid = span("agent_execution", "Ann", call("secret", tokens_used=20), tokens_used=20, cost_estimate=0.5)
        report = report_of(paid, span("agent_execution", "Ben", call("secret", tokens_used=7)))
        agents = report.performance.agent_performance

        assert (report.summary.cost, report.summary.unpriced_calls) == (0.5, 1)
        assert {name: (agent.cost, agent.unpriced_calls) for name, agent in agents.items()} == {
            "Ann": (0.5, 0),
            "Ben": (0.0, 1),
        }
        assert report.performance.llm_performance.by_model["secret"].unpriced_calls == 2

    def test_a_call_that_repeats_what_is_inside_it_lacks_nothing(self) -> None:
        """A wrapper around a model counts the tokens again; the call inside has their cost."""
        inner = call("known", tokens_used=20, cost_estimate=0.5)
        wrapper = span("llm_call", "mine", inner, start={"model": "wrapper"}, tokens_used=20)
        report = report_of(wrapper, span("agent_execution", "Ann", tokens_used=20))

        assert report.performance.llm_performance.unpriced_calls == 0
        assert report.summary.unpriced_calls == 1

    def test_an_agent_whose_calls_have_the_cost_lacks_nothing(self) -> None:
        """Tokens in one place and money in another are of the same calls."""
        report = report_of(span("agent_execution", "Ann", call("known", cost_estimate=0.5), tokens_used=20))

        assert (report.summary.tokens, report.summary.cost, report.summary.unpriced_calls) == (20, 0.5, 0)

    def test_a_trace_of_agents_alone_says_it(self) -> None:
        """Where no model calls are, the calls are those that have the tokens; no model is named."""
        report = report_of(span("agent_execution", "Ann", tokens_used=20))

        assert report.summary.unpriced_calls == 1
        assert "· 1 call without a price\n" in screen(report)
        assert "Models" not in screen(report)

    def test_a_filter_that_leaves_the_money_out_says_it(self) -> None:
        """The agent's cost is not in the sum of what is admitted."""
        paid = span("agent_execution", "Ann", call("secret", tokens_used=20), tokens_used=20, cost_estimate=0.5)
        summary = report_of(paid, wanted=TraceFilter(components={"llm"})).summary

        assert (summary.cost, summary.unpriced_calls) == (0.0, 1)

    def test_signs_can_be_ascii(self) -> None:
        """Also the one for at least."""
        report = report_of(call("known", tokens_used=10, cost_estimate=0.5), call("secret", tokens_used=20))

        assert "30 tokens   >= $0.50\n" in screen(report, signs=ASCII)

    def test_a_price_that_no_list_has_is_told(self, tmp_path: Path) -> None:
        """A run with two models, of which the lists know one."""
        source = """
        llm known { provider: "openai", model: "gpt-4o", base_url: "%s/v1" }
        llm secret { provider: "openai", model: "gpt-9-secret", base_url: "%s/v1" }
        agent A { llm: known }
        agent B { llm: secret }
        chain C { steps { step one { kind: "agent", target: "A" } step two { kind: "agent", target: "B" } } }
        """
        with ModelServer([completion("One.", model="gpt-4o"), completion("Two.", model="gpt-9-secret")]) as server:
            recorded = run(source % (server.address, server.address), tmp_path, {"input": "x"}, entry="C")
        with TraceAnalyzer(tmp_path / "trace0.jsonl") as analyzer:
            report = analyzer.report

        ends = recorded.of("llm_call_end")
        assert [end.metadata["price"].partition(":")[0] for end in ends] == ["genai-prices", "unknown"]
        assert report.summary.cost == ends[0].cost_estimate
        assert "240 tokens   ≥ $0.00045\n" in screen(report)
        assert "· 1 call without a price: gpt-9-secret\n" in screen(report)


class TestFirstTokens:
    def test_they_are_told_by_model_and_in_all(self) -> None:
        """Mean and 95th percentile of those that say it; the others have none."""
        report = report_of(
            *(call("quick", metadata={"first_token_ms": float(ms)}, tokens_used=1) for ms in range(1, 21)),
            call("slow", metadata={"first_token_ms": 500}, tokens_used=1),
            call("whole", metadata={"llm": "m"}, tokens_used=1),
        )
        models = report.performance.llm_performance

        assert {
            name: (model.streamed_calls, model.first_token_mean_ms, model.first_token_p95_ms)
            for name, model in models.by_model.items()
        } == {"quick": (20, 10.5, 19.0), "slow": (1, 500.0, 500.0), "whole": (0, None, None)}
        assert (models.streamed_calls, models.first_token_mean_ms, models.first_token_p95_ms) == (21, 710 / 21, 20.0)
        assert [text.partition("streamed_calls=")[2].partition(" timed")[0] for text in plain(report, "llm")] == [
            "21 first_token_mean_ms=33.81 first_token_p95_ms=20",
            "20 first_token_mean_ms=10.5 first_token_p95_ms=19",
            "1 first_token_mean_ms=500 first_token_p95_ms=500",
            "0 first_token_mean_ms=- first_token_p95_ms=-",
        ]

    def test_a_screen_has_them_only_where_something_was_streamed(self) -> None:
        """A column and a line more, which nobody else needs to read."""
        streamed = screen(report_of(call("m", metadata={"first_token_ms": 230}, tokens_used=1, cost_estimate=0.1)), 120)
        whole = screen(report_of(call("m", tokens_used=1, cost_estimate=0.1)), 120)

        assert "streamed 1 call   first token after 230 ms   p95 230 ms\n" in streamed
        assert "first token  its p95  tokens" in streamed
        assert "first token" not in whole

    @pytest.mark.parametrize("odd", ["soon", -1, 1e300, [1], {"ms": 1}, None, ["first_token_ms"]])
    def test_what_is_no_time_is_passed_over(self, odd: Any, tmp_path: Path) -> None:
        """Other tools may mean something else by the key, or by the metadata; the rest is read all the same."""
        told = {"outputs": {"prompt_tokens": 3}, "tokens_used": 3, "cost_estimate": 0}
        records = [*call("m", metadata={"first_token_ms": odd}, **told), *call("m", metadata=odd, **told)]
        with TraceAnalyzer(write_trace(tmp_path / "t.jsonl", records)) as analyzer:
            models = analyzer.report.performance.llm_performance

        model = models.by_model["m"]
        assert (model.calls, model.prompt_tokens, model.unpriced_calls, model.streamed_calls) == (2, 6, 0, 0)


class TestFailedAttempts:
    def test_prompt_completion_and_failed_attempts_are_all_tokens(self, tmp_path: Path) -> None:
        """A stream breaks, the next request is refused, a third is answered; what came of the first was paid for."""
        broken = Reply(pieces=(chunk(content="Hel"),), cut=True)
        whole = Reply(pieces=(chunk(content="Hello."), *closing()))
        with ModelServer([broken, error(500, "Oops."), whole]) as server:
            source = f'llm m {{ provider: "openai", model: "gpt-4o", base_url: "{server.address}/v1", stream: true }}'
            end = run(f"{source}\nagent A {{}}", tmp_path, {"input": "hi"}).only("llm_call_end")
        with TraceAnalyzer(tmp_path / "trace0.jsonl") as analyzer:
            report = analyzer.report
        tokens = report.resource_usage.tokens
        (model,) = report.performance.llm_performance.by_model.values()

        assert (tokens.prompt, tokens.completion, tokens.failed_attempts) == (100, 20, 6)
        assert tokens.total == tokens.prompt + tokens.completion + tokens.failed_attempts == end.tokens_used
        assert model.tokens == model.prompt_tokens + model.completion_tokens + model.failed_attempt_tokens
        assert (model.streamed_calls, model.first_token_mean_ms) == (1, end.metadata["first_token_ms"])
        assert "retried  6 tokens in failed attempts\n" in screen(report)

    def test_the_last_attempt_is_not_counted_twice(self, tmp_path: Path) -> None:
        """When it breaks, what came of it is the call's own output."""
        broken = Reply(pieces=(chunk(content="Hel"),), cut=True)
        with ModelServer([broken]) as server:
            settings = f'model: "gpt-4o", base_url: "{server.address}/v1", stream: true, max_retries: 1'
            end = run(f'llm m {{ provider: "openai", {settings} }}\nagent A {{}}', tmp_path, {"input": "hi"}).only(
                "llm_call_end"
            )
        with TraceAnalyzer(tmp_path / "trace0.jsonl") as analyzer:
            tokens = analyzer.report.resource_usage.tokens

        assert (tokens.prompt + tokens.completion, tokens.failed_attempts) == (6, 6)
        assert tokens.total == end.tokens_used == 12

    @pytest.mark.parametrize("odd", ["twice", 2, [None, 3], [{"tokens": "many", "wait_ms": 1}], [{"tokens": 5}]])
    def test_other_peoples_attempts_are_passed_over(self, odd: Any) -> None:
        """The key is a common word."""
        report = report_of(call("m", metadata={"attempts": odd}, tokens_used=9))

        assert (report.summary.tokens, report.resource_usage.tokens.failed_attempts) == (9, 0)
