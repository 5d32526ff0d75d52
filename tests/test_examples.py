from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.runtimes import load
from tests.support.brace import Recorded, record

EXAMPLES = Path(__file__).parents[1] / "examples"
QUESTION = {"input": "Where should the four of us hike on Saturday?"}


def run(path: Path, tmp_path: Path, arguments: dict[str, Any] | None = None) -> Recorded:
    """What an example does, as its trace tells it."""
    runtime = load(path)
    return record(lambda tracer: runtime.run(tracer, arguments=arguments or {}), tmp_path / "trace.jsonl")


def mended(name: str, tmp_path: Path, wrong: str, right: str) -> Path:
    """A copy of an example in which something is put right, as its README says."""
    shutil.copytree(EXAMPLES / name, tmp_path / name)
    app = tmp_path / name / "app.ai"
    source = app.read_text("utf-8")
    assert source.count(wrong) == 1
    app.write_text(source.replace(wrong, right), "utf-8")
    return app


class TestFlakyWeather:
    def test_the_sunshine_is_made_up(self, tmp_path: Path) -> None:
        """The station of Bergen fails twice, the run ends well, and its plan rests on a number that no tool gave."""
        done = run(EXAMPLES / "flaky_weather" / "app.ai", tmp_path, QUESTION)

        assert done.problem is None
        assert done.result.startswith(
            "Go to Bergen: it is the sunniest place. The train leaves at 08:25.\nPack: sun cream,"
        )
        assert [event.error for event in done.of("error_occurred", "get_forecast")] == [
            "TimeoutError: the weather station of Bergen did not answer"
        ] * 2
        results = [event.outputs for event in done.of("tool_call_end", "get_forecast") if event.outputs]
        assert not any("21" in str(result) or "Bergen" in str(result) for result in results)
        assert "Bergen 21 °C and sunny" in (done.only("agent_execution_end", "Forecaster").outputs or {})["response"]

    def test_one_more_try_would_have_told_the_truth(self, tmp_path: Path) -> None:
        """With the rule that the README proposes the station answers, with rain."""
        app = mended("flaky_weather", tmp_path, "{ where: call == 2, tool", "{ where: call == 2 or call == 3, tool")
        done = run(app, tmp_path, QUESTION)

        assert (done.of("tool_call_end", "get_forecast")[-1].outputs or {})["result"]["sky"] == "heavy rain"


class TestTicketTriage:
    def test_the_outage_becomes_a_low_priority(self, tmp_path: Path) -> None:
        """Three attempts, two failed validations, and nobody is woken."""
        done = run(EXAMPLES / "ticket_triage" / "app.ai", tmp_path)
        errors = [event.error or "" for event in done.of("validation_end") if event.status == "failed"]

        assert done.result == "3 tickets; the engineer on call slept through the night."
        assert errors == [
            '$.priority must be one of "low", "normal", "urgent", not the string "critical"',
            "$ is not JSON: Expecting ',' delimiter at line 1, column 62",
        ]
        assert [(event.outputs or {})["output"]["priority"] for event in done.of("prompt_execution_end")] == [
            "normal",
            "low",
            "low",
        ]
        assert done.of("agent_execution_start", "OnCall") == []

    def test_an_urgent_ticket_wakes_somebody(self, tmp_path: Path) -> None:
        """Were the model's first answer allowed, the engineer would be paged."""
        app = mended("ticket_triage", tmp_path, '["low", "normal", "urgent"]', '["low", "normal", "critical"]')
        app.write_text(app.read_text("utf-8").replace('priority == "urgent"', 'priority == "critical"'), "utf-8")
        done = run(app, tmp_path)

        assert done.result == "3 tickets; the engineer on call was woken."
        assert len(done.of("tool_call_end", "page_engineer")) == 1


class TestTwoReviewers:
    def test_the_judge_never_hears_the_one_who_blocks(self, tmp_path: Path) -> None:
        """One reviewer blocks, the change is merged, and the judge's inputs tell why."""
        done = run(EXAMPLES / "two_reviewers" / "app.ai", tmp_path, {"input": 4242})
        response = {event.component_name: (event.outputs or {})["response"] for event in done.of("agent_execution_end")}

        assert response["SecurityReviewer"].startswith("BLOCK.")
        assert response["ProductReviewer"].startswith("APPROVE.")
        assert done.result == "Both reviewers approve, so change 4242 is merged."
        context = (done.only("agent_execution_start", "Judge").inputs or {})["context"]
        assert context["security_review"] == context["product_review"] == response["ProductReviewer"]

    def test_the_reviews_overlap(self, tmp_path: Path) -> None:
        """Both have begun before one has ended, and each keeps to its own step."""
        done = run(EXAMPLES / "two_reviewers" / "app.ai", tmp_path)
        reviews = [
            event for event in done.events if event.span == "agent_execution" and event.component_name != "Judge"
        ]

        assert [event.opens for event in reviews] == [True, True, False, False]
        assert {event.component_name: done.path(event)[-1] for event in reviews[:2]} == {
            "SecurityReviewer": "chain_step security",
            "ProductReviewer": "chain_step product",
        }
        assert done.unpaired() == []

    def test_told_of_both_reviews_the_judge_does_not_merge(self, tmp_path: Path) -> None:
        """The README's one-word change keeps the hole out."""
        app = mended(
            "two_reviewers",
            tmp_path,
            'security_review: "{{ steps.product.output }}"',
            'security_review: "{{ steps.security.output }}"',
        )
        done = run(app, tmp_path)

        assert done.result == "A reviewer blocks change 4242, so it stays open."
        assert done.of("tool_call_start", "merge") == []


class TestRunawayResearch:
    def test_it_asks_the_same_again_and_again_and_pays_more_each_time(self, tmp_path: Path) -> None:
        """Six rounds of the same searches, growing calls, a bill, and an error at the end."""
        done = run(EXAMPLES / "runaway_research" / "app.ai", tmp_path)

        assert "is still true after 6 rounds" in str(done.problem)
        assert len(done.of("tool_call_end", "web_search")) == 18
        assert {(event.inputs or {})["query"] for event in done.of("tool_call_start")} == {"heat pumps old houses"}
        rounds = [
            event.tokens_used or 0
            for event in done.of("llm_call_end")
            if (event.metadata or {})["llm"] == "research_model"
        ][::4]
        assert rounds == sorted(rounds)
        assert rounds[-1] > 20 * rounds[0]
        assert sum(event.cost_estimate or 0 for event in done.of("llm_call_end")) > 1
        scores = [(event.outputs or {})["output"]["score"] for event in done.of("prompt_execution_end")]
        assert scores == [6, 5, 6, 5, 6, 5]


class TestSeed:
    @pytest.mark.parametrize(
        ("name", "result"),
        [
            ("my_app.ai", "Done."),
            ("my_agent_app.ai", "You asked: Complex query"),
            ("my_chain_app.ai", "Nothing to do."),
            ("simple_agent.ai", "You asked: Complex query"),
            ("processing_chain.ai", "You asked: Summarize this analysis in one sentence."),
            ("tool_app.ai", "You asked: Complex query"),
        ],
    )
    def test_the_seeds_apps_run(self, tmp_path: Path, name: str, result: str) -> None:
        """Each runs offline with the arguments of the seed, and every span of its trace has its end."""
        done = run(EXAMPLES / "seed" / name, tmp_path, {"input": "Complex query"})

        assert (done.problem, done.result, done.unpaired()) == (None, result, [])

    @pytest.mark.parametrize("name", sorted(path.name for path in (EXAMPLES / "seed").glob("*.ai")))
    def test_the_seeds_apps_run_without_arguments(self, tmp_path: Path, name: str) -> None:
        """`namel3ss debug trace my_app.ai` needs no --run-args."""
        assert run(EXAMPLES / "seed" / name, tmp_path).problem is None


def test_every_example_is_tried_and_told() -> None:
    """A new example has a README with the commands to type, and a test here."""
    names = {path.name for path in EXAMPLES.iterdir() if path.is_dir() and (path / "app.ai").exists()}
    told = {
        name for name in names if "namel3ss debug trace app.ai" in (EXAMPLES / name / "README.md").read_text("utf-8")
    }

    assert names == told == {"flaky_weather", "ticket_triage", "two_reviewers", "runaway_research"}
