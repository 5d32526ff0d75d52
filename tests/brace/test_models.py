from __future__ import annotations

import asyncio
from typing import Any

import attrs
import pytest

from namel3ss_dbg.events import ProgramError
from namel3ss_dbg.runtimes.brace.models import (
    Message,
    ModelAnswer,
    ModelError,
    ModelRequest,
    Models,
    ToolCall,
    cost_of,
    count_message_tokens,
    count_tokens,
)
from namel3ss_dbg.runtimes.brace.nodes import Field, Llm, Rule
from namel3ss_dbg.runtimes.brace.offline import OfflineModel
from namel3ss_dbg.timeline.expressions import parse
from tests.support.brace import AT, RememberingSleep, request, text


def rule(**fields: Any) -> Rule:
    return Rule(at=AT, **fields)


def model(*rules: Rule, sleep: RememberingSleep | None = None, **settings: Any) -> OfflineModel:
    return OfflineModel(Llm(name="m", at=AT, rules=rules, settings=settings), sleep or RememberingSleep())


def answer(offline: OfflineModel, *contents: str, **more: Any) -> ModelAnswer:
    return asyncio.run(offline.ask(request(*contents, **more)))


class TestRules:
    def test_the_first_rule_that_matches_answers(self) -> None:
        """Rules are tried in their order, against the newest message, letters of either case."""
        offline = model(
            rule(when="rain", answer=text("Wet.")), rule(when="sun", answer=text("Dry.")), rule(answer=text("?"))
        )

        assert [answer(offline, "rain?", said).text for said in ("Sun", "rain and sun", "snow")] == [
            "Dry.",
            "Wet.",
            "?",
        ]

    def test_groups_of_the_pattern_can_be_used(self) -> None:
        """`match[1]` is the first group, in answers and in arguments."""
        offline = model(
            rule(when=r"in (\w+)$", tool="weather", arguments={"city": text("{{ match[1] }}")}),
            rule(when=r"(\d+) \+ (\d+)", answer=text("{{ int(match[1]) + int(match[2]) }}")),
        )

        assert answer(offline, "weather in Oslo").tool_calls == (ToolCall("weather", {"city": "Oslo"}, "call_m_1"),)
        assert answer(offline, "2 + 3").text == "5"

    def test_a_condition_sees_the_call_and_the_conversation(self) -> None:
        """`where` reads call, role, agent, tools, prompt and messages."""
        offline = model(
            rule(where=parse("call == 2"), answer=text("second")),
            rule(where=parse('agent == "B" and len(messages) == 1'), answer=text("for B")),
            rule(where=parse('role == "tool"'), answer=text("after a tool")),
        )
        after_tool = (Message("tool", "4", tool="t", call_id="c"),)

        assert answer(offline, "x", agent="B").text == "for B"
        assert answer(offline, "x", agent="B").text == "second"
        assert answer(offline, messages=after_tool).text == "after a tool"

    def test_a_rule_answers_so_many_times(self) -> None:
        """A rule that is used up lets the next one answer."""
        offline = model(rule(times=2, answer=text("a")), rule(answer=text("b")))

        assert [answer(offline, "x").text for _ in range(4)] == ["a", "a", "b", "b"]

    def test_an_object_is_answered_as_json(self) -> None:
        """An answer that is no text arrives as its JSON."""
        assert answer(model(rule(answer={"n": [1, text("{{ prompt }}")]})), "x").text == '{"n": [1, "x"]}'

    def test_several_tools_can_be_asked_for_at_once(self) -> None:
        """Each call has an id of its own."""
        given = answer(model(rule(calls=(("a", {"n": 1}), ("b", {})))), "x")

        assert given.tool_calls == (ToolCall("a", {"n": 1}, "call_m_1"), ToolCall("b", {}, "call_m_2"))
        assert (given.text, given.finish_reason) == ("", "tool_calls")

    def test_a_failure_is_a_sentence_and_costs_its_delay(self) -> None:
        """A failing rule waits first, then fails with its text."""
        sleep = RememberingSleep()

        with pytest.raises(ModelError, match=r"^The llm 'm' failed: rate limit reached\.$"):
            answer(model(rule(fail="rate limit reached", delay_ms=1500), sleep=sleep), "x")
        assert sleep.slept == [1.5]

    def test_a_malformed_answer_is_cut_off_in_its_middle(self) -> None:
        """As a broken stream gives it."""
        given = answer(model(rule(answer={"a": 1234}, malformed=True)), "x")

        assert (given.text, given.finish_reason) == ('{"a":', "incomplete")

    def test_the_settings_say_how_long_an_answer_takes(self) -> None:
        """Latency, delay and speed add up; nobody waits for nothing."""
        sleep = RememberingSleep()
        answer(model(rule(answer=text("x" * 40), delay_ms=100), sleep=sleep, latency_ms=50, tokens_per_second=20), "x")
        answer(model(sleep=sleep), "x")

        assert sleep.slept == [pytest.approx(0.65)]


class TestWithoutARule:
    def test_it_restates_the_question(self) -> None:
        """The answer to a question says the question's first line."""
        assert answer(model(), "hello", "Where is Oslo?\nHurry.").text == "You asked: Where is Oslo?"

    def test_it_says_what_a_tool_found(self) -> None:
        """After a tool's result the answer names the tool."""
        messages = (Message("user", "x"), Message("tool", '{"n": 4}', tool="weather", call_id="c"))

        assert answer(model(), messages=messages).text == 'weather answered: {"n": 4}'

    def test_it_calls_no_tool(self) -> None:
        """Tools that are only offered are not called."""
        assert answer(model(rule(when="never", tool="t")), "x").tool_calls == ()

    def test_it_gives_the_object_that_is_asked_for(self) -> None:
        """The same question gives the same object."""
        shape = (Field("mood", "string", choices=("good", "bad")), Field("n", "integer"))

        assert answer(model(), "x", outputs=shape) == answer(model(), "x", outputs=shape)


class TestTokens:
    @pytest.mark.parametrize(("length", "tokens"), [(0, 0), (1, 1), (4, 1), (5, 2)])
    def test_a_token_is_four_characters(self, length: int, tokens: int) -> None:
        """A quarter of the characters, rounded up."""
        assert count_tokens("x" * length) == tokens

    def test_messages_and_calls_count(self) -> None:
        """Each message costs four tokens more, and its calls their names and arguments."""
        call = ToolCall("look", {"a": 1}, "c")

        assert count_message_tokens([Message("user", "x" * 8), Message("assistant", "", (call,))]) == 6 + 4 + 1 + 2

    def test_an_answer_says_its_tokens(self) -> None:
        """Prompt and completion are counted apart."""
        given = answer(model(rule(answer=text("x" * 10))), "y" * 20)

        assert (given.prompt_tokens, given.completion_tokens) == (9, 3)

    def test_max_tokens_cuts_an_answer(self) -> None:
        """A limit ends an answer where a real model would, and says so."""
        given = answer(model(rule(answer=text("x" * 100))), "y", parameters={"max_tokens": 5})

        assert (len(given.text), given.finish_reason, given.completion_tokens) == (20, "length", 5)


class TestCost:
    ANSWER = ModelAnswer(prompt_tokens=2000, completion_tokens=1000)

    @pytest.mark.parametrize(
        ("settings", "cost"),
        [
            ({}, 0.0),
            ({"cost_per_1k_tokens": 0.01}, 0.03),
            ({"cost_per_1k_tokens": 0.01, "cost_per_1k_completion_tokens": 0.05}, 0.07),
            ({"cost_per_1k_prompt_tokens": 0.002}, 0.004),
        ],
    )
    def test_prices_are_those_of_the_declaration(self, settings: dict[str, Any], cost: float) -> None:
        """One price for all tokens, or one for each direction; without prices nothing costs anything."""
        assert cost_of(Llm(name="m", at=AT, settings=settings), self.ANSWER) == pytest.approx(cost)

    def test_a_price_that_is_no_number_is_told(self) -> None:
        """A wrong setting names itself and its place."""
        with pytest.raises(ProgramError, match=r"wrong cost_per_1k_tokens: it is not a number \(app\.ai:1\)"):
            cost_of(Llm(name="m", at=AT, settings={"cost_per_1k_tokens": True}), self.ANSWER)


class TestProviders:
    def test_an_unknown_provider_says_what_there_is(self) -> None:
        """Its model cannot be made; the sentence names the place, and what to write instead."""
        models = Models({"offline": OfflineModel})

        with pytest.raises(ModelError) as caught:
            models.of(Llm(name="big", at=AT, provider="Parrot"))
        assert str(caught.value) == (
            "The llm 'big' cannot be asked: its provider 'Parrot' (app.ai:1) is not known. Known: offline. "
            'Without any: provider: "offline", rules: [{ when: "rain", answer: "Wet." }].'
        )

    def test_a_model_is_made_once_by_its_provider(self) -> None:
        """Another provider is a function in the registry, found in letters of either case."""

        @attrs.frozen
        class Echo:
            llm: Llm

            async def ask(self, request: ModelRequest) -> ModelAnswer:
                return ModelAnswer(text=self.llm.name)

        models = Models({"echo": Echo})
        llm = Llm(name="m", at=AT, provider="Echo")

        assert models.of(llm) is models.of(llm)
        assert asyncio.run(models.of(llm).ask(request("x"))).text == "m"
