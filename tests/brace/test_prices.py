from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from genai_prices.data_snapshot import get_snapshot

from namel3ss_dbg.events import TraceEvent
from namel3ss_dbg.runtimes.brace.models import ModelAnswer
from namel3ss_dbg.runtimes.brace.nodes import Llm
from namel3ss_dbg.runtimes.brace.providers.connection import Connection
from namel3ss_dbg.runtimes.brace.providers.prices import Price, price_of
from namel3ss_dbg.runtimes.brace.providers.services import SERVICES
from tests.support.brace import AT, run
from tests.support.model_server import ModelServer, completion

ANSWER = ModelAnswer(prompt_tokens=1_000_000, completion_tokens=100_000)


@pytest.fixture(autouse=True)
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    for service in SERVICES.values():
        if service.key_variable:
            monkeypatch.setenv(service.key_variable, "sk-test-1234")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def price(provider: str, model: str, answer: ModelAnswer = ANSWER, *, written: int = 0, **settings: Any) -> Price:
    llm = Llm(name="m", at=AT, provider=provider, model=model, settings={"base_url": "http://127.0.0.1:1", **settings})
    return price_of(Connection.of(llm, SERVICES[provider]), model, answer, written_tokens=written)


def end_of_call(tmp_path: Path, provider: str, settings: str = "", **more: Any) -> TraceEvent:
    with ModelServer([completion("ok", **more)]) as server:
        llm = f'llm m {{ provider: "{provider}", model: "gpt-4o", base_url: "{server.address}/v1", {settings} }}'
        return run(f"{llm}\nagent A {{}}", tmp_path, {"input": "x"}).only("llm_call_end")


class TestLists:
    @pytest.mark.parametrize(
        ("provider", "model", "cost"),
        [
            ("openai", "gpt-4o", 2.5 + 1.0),
            ("openai", "gpt-4o-2024-08-06", 2.5 + 1.0),
            ("azure", "gpt-4o", 2.5 + 1.0),
            ("anthropic", "claude-3-5-haiku-latest", 0.8 + 0.4),
            ("openrouter", "openai/gpt-4o", 2.5 + 1.0),
        ],
    )
    def test_a_known_model_costs_what_its_list_says(self, provider: str, model: str, cost: float) -> None:
        """Per million tokens, prompt and completion apart."""
        assert price(provider, model) == Price(pytest.approx(cost), "genai-prices")  # type: ignore[arg-type]

    def test_cached_tokens_are_cheaper_and_written_ones_dearer(self) -> None:
        """They are part of the prompt's, and not counted twice."""
        cached = ModelAnswer(prompt_tokens=1_000_000, cached_tokens=1_000_000)
        fresh = ModelAnswer(prompt_tokens=1_000_000)
        model = "claude-3-5-haiku-latest"

        assert price("anthropic", model, cached).cost == pytest.approx(0.08)
        assert price("anthropic", model, fresh).cost == pytest.approx(0.8)
        assert price("anthropic", model, fresh, written=1_000_000).cost == pytest.approx(1.0)

    def test_every_service_is_known_to_the_list(self) -> None:
        """A name that the list does not have would make every model of the service unknown."""
        known = {provider.id for provider in get_snapshot().providers}

        assert {service.prices for service in SERVICES.values() if service.prices} <= known

    def test_an_unknown_model_has_no_price(self) -> None:
        """Unknown is said, and never taken for nothing."""
        assert price("openai", "gpt-9-secret") == Price(None, "unknown: no list has the model 'gpt-9-secret'")
        assert price("openai_compatible", "gpt-4o").cost is None

    def test_a_local_model_is_free(self) -> None:
        """Whatever it is called."""
        assert price("ollama", "gpt-4o") == Price(0.0, "local")

    def test_without_the_package_nothing_is_known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """The trace says what to install."""
        monkeypatch.setitem(sys.modules, "genai_prices", None)

        assert price("openai", "gpt-4o") == Price(None, "unknown: genai-prices is not installed")


class TestTraces:
    def test_a_call_of_an_unknown_model_has_no_cost(self, tmp_path: Path) -> None:
        """Neither has the run; the end of the call says why."""
        end = end_of_call(tmp_path, "openai_compatible")

        assert end.cost_estimate is None
        assert end.metadata["price"] == "unknown: no list has the model 'gpt-test'"

    def test_the_prices_of_the_program_go_first(self, tmp_path: Path) -> None:
        """As with an offline model."""
        end = end_of_call(
            tmp_path, "openai", "cost_per_1k_prompt_tokens: 1, cost_per_1k_completion_tokens: 10", model="gpt-4o"
        )

        assert (end.cost_estimate, end.metadata["price"]) == (pytest.approx(0.3), "declared")

    def test_a_server_may_know_its_price(self, tmp_path: Path) -> None:
        """What it counted is better than a list."""
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "cost": 0.0123}
        end = end_of_call(tmp_path, "openrouter", usage=usage)

        assert (end.cost_estimate, end.metadata["price"]) == (0.0123, "its server")

    def test_the_price_is_that_of_the_model_that_answered(self, tmp_path: Path) -> None:
        """Which may be another one than was asked."""
        usage = {"prompt_tokens": 1_000_000, "completion_tokens": 0, "total_tokens": 1_000_000}

        assert end_of_call(tmp_path, "openai", usage=usage, model="gpt-4o-mini").cost_estimate == pytest.approx(0.15)
        assert end_of_call(tmp_path, "openai", usage=usage, model="alias-7").cost_estimate == pytest.approx(2.5)

    def test_a_price_that_is_no_number_is_told_before_the_run(self, tmp_path: Path) -> None:
        """Nothing is asked, so nothing is paid."""
        done = run('llm m { provider: ollama, model: "x", cost_per_1k_tokens: "much" }\nagent A {}', tmp_path)

        assert str(done.problem) == "The llm 'm' has a wrong cost_per_1k_tokens: it is not a number (app.ai:1)."
        assert done.types() == []
