from __future__ import annotations

import asyncio
import json
import socket
import ssl
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import attrs
import openai
import pytest

from namel3ss_dbg.events import ProgramError
from namel3ss_dbg.runtimes.brace.interpreter import Interpreter
from namel3ss_dbg.runtimes.brace.models import ModelAnswer, ModelError, Progress
from namel3ss_dbg.runtimes.brace.nodes import Llm
from namel3ss_dbg.runtimes.brace.providers import standard_models
from namel3ss_dbg.runtimes.brace.providers.attempts import answered
from namel3ss_dbg.runtimes.brace.providers.connection import Connection
from namel3ss_dbg.runtimes.brace.providers.failures import failure_of
from namel3ss_dbg.runtimes.brace.providers.proxies import proxy_of
from namel3ss_dbg.runtimes.brace.providers.services import SERVICES
from tests.support.brace import AT, Recorded, RememberingSleep, program, record, request, run
from tests.support.model_server import Asked, ModelServer, Reply, chunk, closing, completion, error, tool_call

KEY = "sk-test-0123456789abcdef"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One key, and nothing of the machine that could lead elsewhere."""
    for name in ("OPENAI_BASE_URL", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID", "AZURE_OPENAI_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for service in SERVICES.values():
        if service.key_variable:
            monkeypatch.delenv(service.key_variable, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


@attrs.frozen
class Told:
    """A run against the server, and what the server was asked."""

    recorded: Recorded
    asked: list[Asked]
    slept: list[float]

    @property
    def end(self) -> Any:
        """The end of the only call of a model."""
        return self.recorded.only("llm_call_end")

    @property
    def problem(self) -> str:
        """Why the run failed."""
        assert self.recorded.problem is not None
        return str(self.recorded.problem)


def talk(
    tmp_path: Path,
    *replies: dict[str, Any] | Reply,
    llm: str = "",
    provider: str = "openai",
    app: str = "agent A {}",
    question: str = "hi",
    path: str = "/v1",
    **how: Any,
) -> Told:
    """Run an app whose llm `m` is asked at a server that gives these replies."""
    sleep = RememberingSleep()
    with ModelServer(replies) as server:
        declared = f'llm m {{ provider: "{provider}", model: "gpt-4o", base_url: "{server.address}{path}", {llm} }}'
        recorded = run(f"{declared}\n{app}", tmp_path, {"input": question}, sleep=sleep, **how)
        return Told(recorded, server.asked, sleep.slept)


def has_address_six() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def stream(*pieces: str, **how: Any) -> Reply:
    return Reply(pieces=pieces, **how)


class TestAnswers:
    def test_the_trace_has_the_shape_of_an_offline_call(self, tmp_path: Path) -> None:
        """A reader of traces need not know whether a model was real."""
        real = talk(tmp_path, completion("Hello."), llm="temperature: 0.5").recorded
        offline = run("llm m { temperature: 0.5 }\nagent A {}", tmp_path, {"input": "hi"})

        assert real.types() == offline.types()
        for edge in ("llm_call_start", "llm_call_end"):
            ours, theirs = real.only(edge), offline.only(edge)
            assert (list(ours.inputs), list(ours.outputs)) == (list(theirs.inputs), list(theirs.outputs))
            assert set(theirs.metadata) <= set(ours.metadata)
        assert real.only("llm_call_end").component_name == "openai"

    def test_what_is_known_of_an_answer_is_in_its_end(self, tmp_path: Path) -> None:
        """Text, reason, tokens of all kinds, cost, who answered, and the number to ask the service about."""
        usage = {
            "prompt_tokens": 1000,
            "completion_tokens": 200,
            "prompt_tokens_details": {"cached_tokens": 400},
            "completion_tokens_details": {"reasoning_tokens": 150},
        }
        told = talk(tmp_path, completion("Hello.", usage=usage, model="gpt-4o-2024-08-06"))

        assert told.recorded.result == "Hello."
        assert told.end.outputs == {
            "text": "Hello.",
            "tool_calls": [],
            "finish_reason": "stop",
            "prompt_tokens": 1000,
            "completion_tokens": 200,
            "cached_tokens": 400,
            "reasoning_tokens": 150,
        }
        assert told.end.metadata == {
            "source": {"file": "app.ai", "line": 1, "column": 1},
            "llm": "m",
            "request_id": "req_1",
            "answered_by": "gpt-4o-2024-08-06",
            "price": "genai-prices",
        }
        assert (told.end.tokens_used, told.end.cost_estimate) == (1200, 0.004)

    def test_the_conversation_is_sent_as_it_is_traced(self, tmp_path: Path) -> None:
        """System text and question arrive in their roles, with the key, at the service's path."""
        told = talk(tmp_path, completion("Hello."), app='agent A { system: "Be brief." }')

        assert told.asked[0].path == "/v1/chat/completions"
        assert told.asked[0].headers["authorization"] == f"Bearer {KEY}"
        assert told.asked[0].body == {
            "model": "gpt-4o",
            "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "hi"}],
        }

    @pytest.mark.parametrize(
        ("provider", "said", "sent"),
        [
            ("openai", "max_tokens: 9, stop: ['x'], seed: 1", {"max_completion_tokens": 9, "stop": ["x"], "seed": 1}),
            ("ollama", "max_tokens: 9, top_k: 4", {"max_tokens": 9, "top_k": 4}),
            ("mistral", "seed: 7", {"random_seed": 7}),
            ("openai", "parameters: { reasoning_effort: 'low' }", {"reasoning_effort": "low"}),
            ("openai", "temperature: 0.2, top_p: 0.9", {"temperature": 0.2, "top_p": 0.9}),
        ],
    )
    def test_parameters_are_sent_under_the_services_names(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, provider: str, said: str, sent: dict[str, Any]
    ) -> None:
        """What a service calls otherwise is renamed; what this package has never heard of goes as it is."""
        monkeypatch.setenv("MISTRAL_API_KEY", KEY)
        told = talk(tmp_path, completion("x"), llm=said, provider=provider)

        body = dict(told.asked[0].body)
        assert (body.pop("model"), bool(body.pop("messages"))) == ("gpt-4o", True)
        assert body == sent

    def test_tokens_that_nobody_counted_are_estimated(self, tmp_path: Path) -> None:
        """A server that does not count is told apart from one that does."""
        told = talk(tmp_path, completion("x" * 40, usage=None), provider="ollama")

        assert (told.end.outputs["prompt_tokens"], told.end.outputs["completion_tokens"]) == (5, 10)
        assert told.end.metadata["usage"] == "estimated"

    def test_thoughts_and_contents_in_parts_are_read(self, tmp_path: Path) -> None:
        """Services say both in ways of their own."""
        parts = [{"type": "text", "text": "Hel"}, {"type": "text", "text": "lo"}]
        told = talk(tmp_path, completion(parts, reasoning_content="Hm."), provider="vllm")  # type: ignore[arg-type]

        assert (told.end.outputs["text"], told.end.outputs["reasoning"]) == ("Hello", "Hm.")


class TestConversations:
    def test_a_strict_server_takes_what_is_sent(self, tmp_path: Path) -> None:
        """One system text, no empty answers, and no question right after another one."""
        app = """
        agent A { system: "Be brief.", memory: full_history }
        chain C {
            step first { kind: agent, target: A }
            step second { kind: agent, target: A, inputs: { input: "and?" } }
        }
        """
        told = talk(tmp_path, completion(""), completion("ok"), app=app, llm="system: 'Now.'")

        assert told.asked[1].body["messages"] == [
            {"role": "system", "content": "Now.\n\nBe brief."},
            {"role": "user", "content": "hi\n\nand?"},
        ]

    def test_a_summary_joins_the_system_text(self, tmp_path: Path) -> None:
        """Many servers take a system text at the beginning only."""
        app = """
        memory short { policy: summary, summary_trigger_messages: 2, summary_recent_window: 1 }
        agent A { system: "Be brief.", memory: short }
        chain C {
            step first { kind: agent, target: A }
            step second { kind: agent, target: A, inputs: { input: "and?" } }
        }
        """
        told = talk(tmp_path, completion("Hello."), completion("They greet."), completion("ok"), app=app)

        assert told.asked[2].body["messages"] == [
            {"role": "system", "content": "Be brief.\n\nSummary of the conversation so far: They greet."},
            {"role": "user", "content": "and?"},
        ]


class TestTools:
    APP = """
    tool "look up" { type: canned, answer: "42", description: "Looks.", parameters: { query: string, n: int? } }
    agent A { tools: ["look up"] }
    """

    def test_calls_at_once_are_answered_at_once(self, tmp_path: Path) -> None:
        """Each result goes back under the id of its call; a name that services do not allow is replaced on the way."""
        calls = [tool_call("look_up", {"query": city}, f"id_{city}") for city in ("Oslo", "Rome")]
        told = talk(tmp_path, completion(None, *calls), completion("Both 42."), app=self.APP)
        first, second = (asked.body for asked in told.asked)

        assert told.recorded.result == "Both 42."
        assert first["tools"] == [
            {
                "type": "function",
                "function": {
                    "name": "look_up",
                    "description": "Looks.",
                    "parameters": {
                        "type": "object",
                        "properties": {"query": {"type": "string"}, "n": {"type": "integer"}},
                        "required": ["query"],
                        "additionalProperties": False,
                    },
                },
            }
        ]
        assert second["messages"][1:] == [
            {
                "role": "assistant",
                "content": None,
                "tool_calls": [{**call, "function": {**call["function"]}} for call in calls],
            },
            {"role": "tool", "tool_call_id": "id_Oslo", "content": "42"},
            {"role": "tool", "tool_call_id": "id_Rome", "content": "42"},
        ]
        assert [event.metadata["call_id"] for event in told.recorded.of("tool_call_start", "look up")] == [
            "id_Oslo",
            "id_Rome",
        ]
        assert [end.outputs["finish_reason"] for end in told.recorded.of("llm_call_end")] == ["tool_calls", "stop"]

    def test_a_call_without_an_id_gets_one(self, tmp_path: Path) -> None:
        """Some services send none, and want one back."""
        calls = [tool_call("look_up", {"query": "x"}, ""), tool_call("look_up", {"query": "y"}, "")]
        told = talk(tmp_path, completion(None, *calls, finish="stop"), completion("ok"), app=self.APP)

        assert [message.get("tool_call_id") for message in told.asked[1].body["messages"][2:]] == [
            "call_m_1",
            "call_m_2",
        ]

    def test_what_comes_along_with_a_call_goes_back(self, tmp_path: Path) -> None:
        """Gemini signs its calls, DeepSeek wants its thoughts: both refuse to go on without."""
        call = tool_call("look_up", {"query": "x"}, extra_content={"google": {"thought_signature": "s1"}})
        told = talk(tmp_path, completion(None, call, reasoning_content="Hm."), completion("ok"), app=self.APP)
        returned = told.asked[1].body["messages"][1]

        assert returned["tool_calls"][0]["extra_content"] == {"google": {"thought_signature": "s1"}}
        assert "reasoning_content" not in returned

    def test_a_service_that_wants_its_thoughts_back_gets_them(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """With the calls that they led to, and only there."""
        monkeypatch.setenv("DEEPSEEK_API_KEY", KEY)
        thought = completion(None, tool_call("look_up", {"query": "x"}), reasoning_content="Hm.")
        told = talk(tmp_path, thought, completion("ok"), app=self.APP, provider="deepseek")

        assert told.asked[1].body["messages"][1]["reasoning_content"] == "Hm."

    def test_arguments_that_are_no_json_are_asked_for_again(self, tmp_path: Path) -> None:
        """Small models write such; what the attempt used is noted."""
        broken = completion(None, tool_call("look_up", '{"query": '))
        told = talk(tmp_path, broken, completion("Never mind."), app=self.APP)
        (attempt, last) = told.end.metadata["attempts"]

        assert told.recorded.result == "Never mind."
        assert attempt["reason"] == (
            "it wants to call the tool 'look up' with arguments that are no JSON object: {\"query\": "
        )
        assert (attempt["attempt"], attempt["wait_ms"], attempt["tokens"], last["attempt"]) == (1, 500.0, 120, 2)

    def test_a_call_that_a_limit_cut_off_says_so(self, tmp_path: Path) -> None:
        """Asking again would not help."""
        broken = completion(None, tool_call("look_up", '{"query": '), finish="length")
        told = talk(tmp_path, broken, app=self.APP)

        assert told.problem == (
            "The llm 'm' got no answer: max_tokens cut off its call of the tool 'look up'. Raise max_tokens (app.ai:1)."
        )
        assert len(told.asked) == 1

    def test_tools_whose_names_become_alike_stay_apart(self, tmp_path: Path) -> None:
        """A name that is fine as it is keeps it; the other one gets a number."""
        app = """
        tool "a b" { type: canned, answer: "changed" }
        tool a_b { type: canned, answer: "plain" }
        agent A { tools: ["a b", "a_b"] }
        """
        told = talk(tmp_path, completion(None, tool_call("a_b_2", {})), completion("ok"), app=app)

        assert [tool["function"]["name"] for tool in told.asked[0].body["tools"]] == ["a_b_2", "a_b"]
        assert told.recorded.only("tool_call_end").outputs == {"result": "changed"}


class TestObjects:
    APP = 'prompt p { input: string, output: { mood: enum["good", "bad"], n: int } }'

    def shape(self, tmp_path: Path, provider: str = "openai", llm: str = "", app: str = APP) -> dict[str, Any]:
        """The body that asks for an object."""
        told = talk(tmp_path, completion('{"mood": "good", "n": 3}'), provider=provider, llm=llm, app=app)
        assert told.recorded.result == {"mood": "good", "n": 3}
        return told.asked[0].body

    def test_a_service_that_enforces_schemas_is_given_one(self, tmp_path: Path) -> None:
        """Strictly, as every property has a type and must be there; the words ask for it as well."""
        body = self.shape(tmp_path)

        assert body["response_format"] == {
            "type": "json_schema",
            "json_schema": {
                "name": "answer",
                "schema": {
                    "type": "object",
                    "properties": {"mood": {"type": "string", "enum": ["good", "bad"]}, "n": {"type": "integer"}},
                    "required": ["mood", "n"],
                    "additionalProperties": False,
                },
                "strict": True,
            },
        }
        assert "Answer with one JSON object" in body["messages"][0]["content"]

    @pytest.mark.parametrize("output", ["mood: string, n: int, why: string?", "mood: string, n: int, more: list"])
    def test_a_schema_that_cannot_be_strict_is_not(self, tmp_path: Path, output: str) -> None:
        """A property that may be missing, or has no type, would be refused."""
        app = f"prompt p {{ input: string, output: {{ {output} }} }}"
        told = talk(tmp_path, completion('{"mood": "good", "n": 3, "more": []}'), app=app)

        assert told.asked[0].body["response_format"]["json_schema"]["strict"] is False

    def test_other_services_are_asked_as_they_can(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Any JSON, or in words alone; a program may choose."""
        monkeypatch.setenv("GROQ_API_KEY", KEY)

        assert self.shape(tmp_path, "groq")["response_format"] == {"type": "json_object"}
        assert "response_format" not in self.shape(tmp_path, "openai_compatible")
        assert "response_format" not in self.shape(tmp_path, llm='structured_output: "instructions"')

    def test_an_object_can_be_asked_for_as_a_tools_arguments(self, tmp_path: Path) -> None:
        """For servers that know tools but no schemas of answers."""
        call = tool_call("answer", {"mood": "bad", "n": 1})
        told = talk(tmp_path, completion(None, call), llm='structured_output: "tool"', app=self.APP)

        assert told.recorded.result == {"mood": "bad", "n": 1}
        assert told.asked[0].body["tool_choice"] == {"type": "function", "function": {"name": "answer"}}
        assert (told.end.outputs["text"], told.end.outputs["finish_reason"]) == ('{"mood": "bad", "n": 1}', "stop")

    def test_an_answer_that_does_not_fit_is_asked_for_again(self, tmp_path: Path) -> None:
        """The validation is the runtime's own, as with an offline model."""
        told = talk(
            tmp_path, completion('{"mood": "so-so", "n": 1}'), completion('{"mood": "bad", "n": 1}'), app=self.APP
        )

        assert told.recorded.result == {"mood": "bad", "n": 1}
        assert [event.status for event in told.recorded.of("validation_end")] == ["failed", "completed"]


class TestStreams:
    def test_a_streamed_answer_is_put_together(self, tmp_path: Path) -> None:
        """With the tokens that its last piece counts, and when its first one came."""
        pieces = stream(chunk(role="assistant", content=""), chunk(content="Hel"), chunk(content="lo."), *closing())
        told = talk(tmp_path, pieces, llm="stream: true")

        assert told.recorded.result == "Hello."
        assert told.asked[0].body["stream_options"] == {"include_usage": True}
        assert (told.end.tokens_used, told.end.metadata["request_id"]) == (120, "req_1")
        assert 0 < told.end.metadata["first_token_ms"] <= told.end.duration_ms

    def test_a_streamed_call_is_put_together(self, tmp_path: Path) -> None:
        """Several calls arrive interleaved, their arguments in pieces."""

        def piece(index: int, arguments: str, **more: Any) -> dict[str, Any]:
            function = {**({"name": more.pop("name")} if "name" in more else {}), "arguments": arguments}
            return {"index": index, "function": function, **more}

        pieces = stream(
            chunk(tool_calls=[piece(0, "", id="c1", name="look", type="function")]),
            chunk(tool_calls=[piece(0, '{"q": ')]),
            chunk(tool_calls=[piece(1, '{"q": 2}', id="c2", name="look", type="function")]),
            chunk(tool_calls=[piece(0, "1}")]),
            chunk("tool_calls"),
            "data: [DONE]\n\n",
        )
        app = "tool look { type: canned, answer: 1, parameters: { q: int } }\nagent A { tools: [look] }"
        told = talk(tmp_path, pieces, stream(chunk(content="ok"), *closing()), llm="stream: true", app=app)

        assert [event.inputs for event in told.recorded.of("tool_call_start")] == [{"q": 1}, {"q": 2}]
        assert told.recorded.result == "ok"

    @pytest.mark.parametrize(
        ("reply", "why"),
        [
            (stream(chunk(content="Hel"), cut=True), "the connection to {address} broke off"),
            (stream(chunk(content="Hel")), "OpenAI broke off"),
            (stream(chunk(content="Hel"), 'data: {"choi\n\n'), "what OpenAI sent is not JSON"),
            (
                stream(chunk(content="Hel"), 'data: {"error": {"message": "no more"}}\n\n'),
                "OpenAI broke off: no more",
            ),
        ],
    )
    def test_the_text_of_a_stream_that_breaks_is_kept(self, tmp_path: Path, reply: Reply, why: str) -> None:
        """What had arrived is in the attempt and, as no other attempt followed, in the call's end, with its price."""
        told = talk(tmp_path, reply, llm="stream: true, max_retries: 0")
        address = f"http://{told.asked[0].headers['host']}/v1"

        assert told.problem == f"The llm 'm' got no answer: {why.format(address=address)}."
        assert (told.end.outputs["text"], told.end.outputs["finish_reason"]) == ("Hel", "incomplete")
        assert told.end.metadata["attempts"][0]["text"] == "Hel"
        assert (told.end.tokens_used, told.end.metadata["usage"]) == (6, "estimated")
        assert told.end.cost_estimate == pytest.approx(5 * 2.5e-6 + 1 * 10e-6)

    def test_a_stream_that_breaks_is_asked_for_again(self, tmp_path: Path) -> None:
        """The answer is the second one's alone; both were paid for."""
        broken, whole = stream(chunk(content="Hel"), cut=True), stream(chunk(content="Hello."), *closing())
        told = talk(tmp_path, broken, whole, llm="stream: true, cost_per_1k_tokens: 1")

        assert told.end.outputs["text"] == "Hello."
        assert [attempt.get("text") for attempt in told.end.metadata["attempts"]] == ["Hel", None]
        assert told.end.outputs["prompt_tokens"] == 100
        assert (told.end.tokens_used, told.end.cost_estimate) == (6 + 120, 0.126)

    @pytest.mark.parametrize(
        ("reply", "told"),
        [
            (completion("Hello."), "Hello."),
            (
                Reply("<html>Log in to the network</html>"),
                "The llm 'm' got no answer: what answers at {address} does not speak the protocol of OpenAI. "
                "Correct base_url (app.ai:1); it often ends in /v1.",
            ),
        ],
    )
    def test_a_server_that_does_not_stream_is_heard(self, tmp_path: Path, reply: Any, told: str) -> None:
        """An answer that comes at once is one, too; a page is none, and is not asked for again."""
        heard = talk(tmp_path, reply, llm="stream: true")
        address = f"http://{heard.asked[0].headers['host']}/v1"

        assert (heard.recorded.result or heard.problem) == told.replace("{address}", address)
        assert len(heard.asked) == 1

    def test_a_service_that_counts_by_itself_is_not_asked_to(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Mistral refuses the option."""
        monkeypatch.setenv("MISTRAL_API_KEY", KEY)
        told = talk(tmp_path, stream(chunk(content="x"), *closing()), llm="stream: true", provider="mistral")

        assert "stream_options" not in told.asked[0].body


class TestAttempts:
    def test_each_attempt_is_seen_while_and_after_it_happens(self, tmp_path: Path) -> None:
        """A point for each repetition, inside the call; all of them in the call's end, which has not failed."""
        told = talk(
            tmp_path,
            error(429, "Slow down.", headers={"Retry-After": "3"}),
            error(500, "Oops."),
            completion("Hello."),
        )
        first, second = told.recorded.of("llm_call_retry")

        assert (told.recorded.result, told.slept) == ("Hello.", [3.0, 1.0])
        assert (first.status, first.component_name) == ("completed", "openai")
        assert first.parent_event_id == told.recorded.only("llm_call_start").event_id
        assert first.metadata == {"source": {"file": "app.ai", "line": 1, "column": 1}, "llm": "m"}
        assert first.outputs.pop("duration_ms") > 0
        assert first.outputs == {
            "attempt": 1,
            "http_status": 429,
            "reason": "the rate limit of OpenAI is reached: Slow down.",
            "wait_ms": 3000.0,
        }
        assert second.outputs["reason"] == "OpenAI failed with 500: Oops."
        assert [attempt["attempt"] for attempt in told.end.metadata["attempts"]] == [1, 2, 3]
        assert told.end.status == "completed"

    @pytest.mark.parametrize(
        ("headers", "waits"),
        [
            ({"retry-after-ms": "250"}, 0.25),
            ({"retry-after": "1.5"}, 1.5),
            ({"retry-after": "Mon, 01 Jan 2001 00:00:00 GMT"}, 0.0),
            ({"retry-after": "soon"}, 0.5),
            ({}, 0.5),
        ],
    )
    def test_a_server_may_say_how_long_to_wait(self, tmp_path: Path, headers: dict[str, str], waits: float) -> None:
        """In milliseconds, in seconds, or until a date; what cannot be read is ignored."""
        assert talk(tmp_path, error(429, "x", headers=headers), completion("ok")).slept == [waits]

    def test_a_date_in_the_future_is_waited_for(self, tmp_path: Path) -> None:
        """The wait is the time until then."""
        date = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
        (slept,) = talk(tmp_path, error(503, "x", headers={"retry-after": date}), completion("ok")).slept

        assert 30 < slept <= 40

    def test_nobody_waits_for_an_hour(self, tmp_path: Path) -> None:
        """A wish to wait longer than a minute ends the call, and is told."""
        told = talk(tmp_path, error(429, "Enough.", headers={"retry-after": "3600"}))

        assert told.problem == (
            "The llm 'm' got no answer: the rate limit of OpenAI is reached: Enough, and asks to wait 3,600 s."
        )
        assert told.slept == []

    def test_attempts_come_to_an_end(self, tmp_path: Path) -> None:
        """Two more by default, each after a longer wait; the sentence says how many there were."""
        told = talk(tmp_path, error(500, "Oops."))

        assert told.problem == "The llm 'm' got no answer: OpenAI failed with 500: Oops (3 attempts)."
        assert (told.slept, len(told.asked)) == ([0.5, 1.0], 3)

    @pytest.mark.parametrize("number", [0, 1, 6])
    def test_a_program_says_how_often(self, tmp_path: Path, number: int) -> None:
        """Waits double up to eight seconds."""
        told = talk(tmp_path, error(500, "Oops."), llm=f"max_retries: {number}")

        assert told.slept == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0][:number]

    @pytest.mark.parametrize("status", [400, 401, 403, 404, 413, 422])
    def test_what_will_not_pass_is_not_asked_again(self, tmp_path: Path, status: int) -> None:
        """A wrong key stays wrong."""
        assert len(talk(tmp_path, error(status, "No.")).asked) == 1


class TestFailures:
    @pytest.mark.parametrize(
        ("reply", "sentence"),
        [
            (
                error(401, f"Incorrect API key: {KEY}"),
                "OpenAI does not accept the key. Check what OPENAI_API_KEY holds.",
            ),
            (error(403, "Not you."), "OpenAI does not allow this: Not you. Check what OPENAI_API_KEY holds."),
            (
                error(404, "The model does not exist."),
                "OpenAI has no model 'gpt-4o' at {address}: The model does not exist. "
                "Correct model or base_url (app.ai:1).",
            ),
            (
                error(400, "Too much.", code="context_length_exceeded"),
                "the conversation is longer than gpt-4o can read: Too much. "
                "Let the agent's memory keep less: policy: conversation_window.",
            ),
            (
                error(400, "Invalid 'response_format'."),
                "gpt-4o cannot be asked for an object like this: Invalid 'response_format'. "
                'Write structured_output: "instructions" (app.ai:1).',
            ),
            (
                error(429, "Quota.", type="insufficient_quota", code="insufficient_quota"),
                "what was paid for at OpenAI is used up: Quota.",
            ),
            (error(400, "Unknown field."), "OpenAI refuses the request with 400: Unknown field."),
            (Reply({"detail": [{"msg": "bad"}]}, status=422), 'OpenAI refuses the request with 422: [{"msg": "bad"}].'),
            (Reply("<html>Bad gateway</html>", status=400), "OpenAI refuses the request with 400."),
            (
                Reply("<html>Welcome</html>"),
                "what answers at {address} does not speak the protocol of OpenAI. "
                "Correct base_url (app.ai:1); it often ends in /v1.",
            ),
            (
                Reply({"answer": "Hello."}),
                "what answers at {address} does not speak the protocol of OpenAI. "
                "Correct base_url (app.ai:1); it often ends in /v1.",
            ),
            (
                error(404, "Invalid URL (POST /chat/completions)"),
                "{address} is not where OpenAI answers: Invalid URL (POST /chat/completions). "
                "Correct base_url (app.ai:1); it often ends in /v1.",
            ),
            (
                Reply({"error": {"message": "No credits.", "code": 402}}),
                "what was paid for at OpenAI is used up: No credits.",
            ),
            (completion(None, refusal="I cannot help."), "gpt-4o refuses to answer: I cannot help."),
            (completion("Well", finish="content_filter"), "the content filter of OpenAI stopped the answer: Well."),
        ],
    )
    def test_an_error_is_a_sentence(self, tmp_path: Path, reply: Any, sentence: str) -> None:
        """What happened and what to do, in the words of the server where they help."""
        told = talk(tmp_path, reply)
        address = f"http://{told.asked[0].headers['host']}/v1"

        assert told.problem == f"The llm 'm' got no answer: {sentence.replace('{address}', address)}"
        assert isinstance(told.recorded.problem, ModelError)
        assert told.end.status == "failed"
        assert told.recorded.unpaired() == []

    @pytest.mark.parametrize(
        ("reply", "why"),
        [
            (Reply({"error": {"message": "Upstream.", "code": 502}}), "OpenAI failed with 502: Upstream."),
            (Reply({"error": "Upstream."}), "OpenAI broke off: Upstream."),
            (
                Reply({"choices": [{"message": {"content": ""}, "error": {"message": "Upstream."}}]}),
                "OpenAI broke off: Upstream.",
            ),
            (Reply({"choices": []}), "OpenAI sent nothing"),
            (Reply({}, headers={"Content-Encoding": "gzip"}), "what OpenAI sent cannot be unpacked"),
        ],
    )
    @pytest.mark.parametrize("streamed", ["true", "false"])
    def test_what_calls_itself_a_success_and_is_none_may_pass(
        self, tmp_path: Path, reply: Reply, why: str, streamed: str
    ) -> None:
        """Servers that stand before others pass on their errors in this way."""
        told = talk(tmp_path, reply, completion("ok"), llm=f"stream: {streamed}")

        assert told.recorded.result == "ok"
        assert told.recorded.only("llm_call_retry").outputs["reason"] == why

    def test_a_refusal_has_cost_its_tokens(self, tmp_path: Path) -> None:
        """The call failed, and was paid for."""
        told = talk(tmp_path, completion(None, refusal="No."), llm="cost_per_1k_tokens: 1")

        assert (told.end.outputs["text"], told.end.outputs["finish_reason"]) == ("No.", "refusal")
        assert (told.end.tokens_used, told.end.cost_estimate) == (120, 0.12)

    @pytest.mark.parametrize(
        ("provider", "advice"),
        [
            ("ollama", "Is Ollama running? Start it: ollama serve."),
            ("vllm", "Is vLLM running? Start it: vllm serve gpt-4o."),
            ("openai", "Check the network, and base_url (app.ai:1)."),
        ],
    )
    def test_a_server_that_is_not_there_is_told(self, tmp_path: Path, provider: str, advice: str) -> None:
        """With the command that starts it, where there is one."""
        with ModelServer([]) as server:
            address = f"{server.address}/v1"
        source = (
            f'llm m {{ provider: {provider}, model: "gpt-4o", base_url: "{address}", max_retries: 0 }}\nagent A {{}}'
        )
        done = run(source, tmp_path, {"input": "x"})

        assert str(done.problem) == f"The llm 'm' got no answer: nothing answers at {address}. {advice}"

    def test_a_server_without_encryption_is_told_apart(self, tmp_path: Path) -> None:
        """What answers is there, but cannot be spoken to in this way."""
        with ModelServer([completion("x")]) as server:
            address = f"{server.address.replace('http:', 'https:')}/v1"
            source = f'llm m {{ provider: ollama, model: "x", base_url: "{address}" }}\nagent A {{}}'
            done = run(source, tmp_path, {"input": "x"})

        assert str(done.problem) == (
            f"The llm 'm' got no answer: no secure connection to {address} can be made. "
            "If it speaks plain HTTP, write http:// in base_url (app.ai:1)."
        )

    def test_a_certificate_that_is_not_trusted_is_told_apart(self) -> None:
        """With the variable that lets it be trusted; asking again would not help."""
        problem = openai.APIConnectionError(request=None)  # type: ignore[arg-type]
        problem.__cause__ = ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] self-signed certificate")
        llm = Llm(name="m", at=AT, provider="openai", model="x", settings={"base_url": "https://models.example/v1"})
        failure = failure_of(problem, openai, Connection.of(llm, SERVICES["openai"]))

        assert failure is not None
        assert failure.why == "the certificate of https://models.example/v1 is not trusted"
        assert (failure.try_, failure.may_pass) == ("Let SSL_CERT_FILE name the certificates to trust.", False)

    def test_a_service_that_wants_a_key_after_all_says_so(self, tmp_path: Path) -> None:
        """Where none is needed by default, the advice is to give one."""
        told = talk(tmp_path, error(401, "Who?"), provider="openai_compatible")

        assert told.problem == "The llm 'm' got no answer: The server wants a key. Write api_key: env.NAME (app.ai:1)."

    def test_an_error_of_nobody_elses_is_not_explained_away(self) -> None:
        """A mistake of the runtime itself must be seen as one."""
        llm = Llm(name="m", at=AT, provider="openai", model="x")
        connection = Connection.of(llm, SERVICES["openai"])

        async def ask() -> ModelAnswer:
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            asyncio.run(answered(ask, openai, connection, Progress(), sleep=RememberingSleep(), clock=time.monotonic))

    def test_a_stream_that_says_nothing_is_told(self, tmp_path: Path) -> None:
        """It may have been asked for something that it does not stream."""
        told = talk(tmp_path, stream("data: [DONE]\n\n"), llm="stream: true, max_retries: 0")

        assert told.problem == "The llm 'm' got no answer: OpenAI sent nothing."
        assert told.end.outputs == {}

    def test_a_model_that_is_not_there_can_be_fetched(self, tmp_path: Path) -> None:
        """The advice is the service's own command."""
        told = talk(tmp_path, error(404, 'model "gpt-4o" not found'), provider="ollama")

        assert told.problem.endswith('model "gpt-4o" not found. Fetch it: ollama pull gpt-4o.')

    def test_an_answer_that_is_cut_in_its_middle_is_asked_for_again(self, tmp_path: Path) -> None:
        """A connection that breaks may hold the next time."""
        told = talk(tmp_path, Reply(completion("Hello."), cut=True), completion("Hello again."))

        assert told.recorded.result == "Hello again."
        assert told.end.metadata["attempts"][0]["reason"].endswith("broke off")


class TestTime:
    @pytest.mark.parametrize("reply", [Reply(silent=True), stream(chunk(content="Hel"), silent=True)])
    def test_a_call_that_takes_too_long_hangs_up(self, tmp_path: Path, reply: Reply) -> None:
        """The timeout holds for all attempts; the connection is closed, and what had arrived is kept."""
        with ModelServer([reply]) as server:
            source = f"""
            llm m {{
                provider: openai, model: "gpt-4o", base_url: "{server.address}/v1"
                timeout: 0.8, stream: {"true" if reply.pieces else "false"}
            }}
            agent A {{}}
            """
            done = run(source, tmp_path, {"input": "x"})
            hung_up = server.hung_up.wait(5)

        assert str(done.problem) == "The llm 'm' took too long: its timeout is 0.8 s."
        assert done.only("llm_call_end").outputs.get("text") == ("Hel" if reply.pieces else None)
        assert hung_up

    def test_a_run_that_is_ended_hangs_up(self, tmp_path: Path) -> None:
        """Cancelling the run closes the connection; the trace says cancelled."""
        with ModelServer([stream(chunk(content="Hel"), silent=True)]) as server:
            source = f"""
            llm m {{ provider: openai, model: "gpt-4o", base_url: "{server.address}/v1", stream: true }}
            agent A {{}}
            """
            made = program(source)

            async def work(tracer: Any) -> str:
                task = asyncio.ensure_future(Interpreter(made, tracer, tools_dir=tmp_path).run(None, {"input": "x"}))
                await asyncio.to_thread(server.waiting.wait, 5)
                task.cancel()
                await asyncio.wait({task})
                return "cancelled" if task.cancelled() else "not cancelled"

            done = record(work, tmp_path / "trace.jsonl")
            hung_up = server.hung_up.wait(5)

        assert (done.result, done.only("llm_call_end").status, hung_up) == ("cancelled", "cancelled", True)

    def test_an_attempt_has_an_end_of_its_own(self, tmp_path: Path) -> None:
        """Without a timeout in the program, ten minutes by the program's clock are enough."""
        times = iter([0.0, 0.0, 700.0])
        with ModelServer([Reply(silent=True)]) as server:
            declared = f'llm m {{ provider: openai, model: "gpt-4o", base_url: "{server.address}/v1" }}'
            done = run(f"{declared}\nagent A {{}}", tmp_path, {"input": "x"}, clock=lambda: next(times, 700.0))

        assert str(done.problem) == "The llm 'm' got no answer: OpenAI took longer than 600 s."


class TestBeforeTheRun:
    @pytest.mark.parametrize(
        ("declared", "sentence"),
        [
            (
                'provider: "groq", model: "x"',
                "the environment variable GROQ_API_KEY, which holds its key, is not set. "
                'Set it before the run: export GROQ_API_KEY=… Without a key, write provider: "offline" (app.ai:1).',
            ),
            (
                'provider: "openai", model: "x", api_key: env.MY_KEY',
                "the environment variable MY_KEY, which holds its key, is not set. "
                'Set it before the run: export MY_KEY=… Without a key, write provider: "offline" (app.ai:1).',
            ),
            ('provider: "openai"', 'it names no model. Write model: "…" at app.ai:1.'),
            (
                'provider: "openai_compatible", model: "x"',
                'it has no base_url. Write base_url: "https://…" (app.ai:1).',
            ),
            (
                'provider: "azure", model: "x", api_key: env.OPENAI_API_KEY',
                'it has no base_url. Write base_url: "https://…" or set AZURE_OPENAI_ENDPOINT (app.ai:1).',
            ),
            (
                'provider: "openai", model: "x", base_url: "localhost:1"',
                "its base_url is no address that begins with http:// or https://. See app.ai:1.",
            ),
            (
                'provider: "openai", model: "x", tiemout: 3',
                "OpenAI knows no setting 'tiemout' (app.ai:1). Did you mean 'timeout'? "
                "What goes to the model itself stands in parameters: { … }.",
            ),
            ('provider: "openai", model: "x", top_k: 3', "OpenAI knows no parameter 'top_k'. Remove it (app.ai:1)."),
            (
                'provider: "openai", model: "x", parameters: { n: 3 }',
                "'n' is no parameter. The program says it elsewhere (app.ai:1).",
            ),
            (
                'provider: "openai", model: "x", max_retries: 1.5',
                "its max_retries is 1.5, not a whole number from 0 upwards.",
            ),
            (
                'provider: "openai", model: "x", structured_output: "magic"',
                "its structured_output is 'magic'. It may be json_schema, json_object, tool or instructions.",
            ),
            ('provider: "openai", model: "x", stream: "yes"', "its stream is neither true nor false (app.ai:1)."),
            (
                'provider: "openai", model: "x", base_url: 3',
                "its base_url is no text (app.ai:1).",
            ),
            (
                'provider: "openai", model: "x", rules: [{ answer: "y" }]',
                'OpenAI knows no rules. Remove them, or write provider: "offline".',
            ),
            (
                'provider: "openai", model: "x", headers: 3',
                'its headers are no object. Write headers: { "X-Team": "search" }.',
            ),
        ],
    )
    def test_what_is_missing_or_wrong_is_told_first(self, tmp_path: Path, declared: str, sentence: str) -> None:
        """Nothing of the program runs."""
        done = run(f"llm m {{ {declared} }}\nagent A {{}}", tmp_path, {"input": "x"})

        assert str(done.problem) == f"The llm 'm' cannot be asked: {sentence}"
        assert done.types() == []

    def test_a_key_that_cannot_be_one_is_told_without_showing_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It would break the request's headers, and its error would show it."""
        monkeypatch.setenv("OPENAI_API_KEY", "sk-ü\nx")
        done = run('llm m { provider: "openai", model: "x" }\nagent A {}', tmp_path, {"input": "x"})

        assert str(done.problem) == (
            "The llm 'm' cannot be asked: what OPENAI_API_KEY holds is no key: it has characters that no key has."
        )

    def test_a_package_that_is_broken_is_told_apart(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Installing it again is another advice than installing it."""
        (tmp_path / "openai.py").write_text("import jitter_that_is_missing")
        monkeypatch.delitem(sys.modules, "openai", raising=False)
        monkeypatch.syspath_prepend(str(tmp_path))
        done = run('llm m { provider: "openai", model: "x" }\nagent A {}', tmp_path, {"input": "x"})

        assert str(done.problem) == (
            "The llm 'm' cannot be asked: the package openai cannot be imported, "
            "No module named 'jitter_that_is_missing'. Reinstall openai."
        )

    def test_a_package_that_is_missing_is_named(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """With the command that installs it."""
        monkeypatch.setitem(sys.modules, "openai", None)
        done = run('llm m { provider: "openai", model: "x" }\nagent A {}', tmp_path, {"input": "x"})

        assert str(done.problem) == (
            "The llm 'm' cannot be asked: OpenAI is asked by the package openai, which is not installed. "
            "Install it: pip install 'namel3ss-dbg[openai]'"
        )

    def test_a_key_that_nobody_needs_is_not_missed(self, tmp_path: Path) -> None:
        """Only the llms that the run could come to ask must be able to answer."""
        source = """
        llm small { rules: [{ answer: "ok" }] }
        llm big { provider: "groq", model: "x" }
        agent A { llm: small }
        agent B { llm: big }
        prompt P { llm: big, "x" }
        chain C { step a { kind: chain, target: D } }
        chain D { if input == "never" { step b { kind: agent, target: B } } }
        chain E { step a { kind: prompt, target: P } }
        chain F { step a { kind: llm, target: big } }
        agent G { llm: small, memory: { policy: summary, summarizer: big } }
        """
        refused = [name for name in "ABCDEFGP" if run(source, tmp_path, {"input": "x"}, entry=name).problem]

        assert refused == ["B", "C", "D", "E", "F", "G", "P"]

    @pytest.mark.parametrize(
        ("declared", "sentence"),
        [
            (
                f'api_key: "{KEY}"',
                "The llm 'm' has its key in the program: api_key at app.ai:1 is no reference to the environment. "
                "Put the key into an environment variable and write api_key: env.NAME, or leave api_key out.",
            ),
            (
                f'headers: {{ Authorization: "Bearer {KEY}" }}',
                "The llm 'm' has a secret in the program: the header 'Authorization' at app.ai:1 is no reference to "
                "the environment. Put it into an environment variable and write { Authorization: env.NAME }.",
            ),
        ],
    )
    def test_a_key_in_the_program_is_refused(self, declared: str, sentence: str) -> None:
        """When it is loaded, without showing the key."""
        with pytest.raises(ProgramError) as caught:
            program(f'llm m {{ provider: "openai", model: "x", {declared} }}')
        assert str(caught.value) == sentence


class TestAddresses:
    @pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
    def test_an_address_is_taken_as_people_copy_it(self, tmp_path: Path, path: str) -> None:
        """With less than the package wants, or more."""
        assert talk(tmp_path, completion("ok"), provider="ollama", path=path).asked[0].path == "/v1/chat/completions"

    @pytest.mark.skipif(not has_address_six(), reason="this machine has no IPv6")
    def test_an_address_may_be_of_the_newer_kind(self, tmp_path: Path) -> None:
        """In brackets, as everywhere."""
        with ModelServer([completion("ok")], host="::1") as server:
            source = f'llm m {{ provider: ollama, model: "x", base_url: "{server.address}/v1" }}\nagent A {{}}'
            done = run(source, tmp_path, {"input": "x"})

        assert (done.result, server.asked[0].headers["host"][:6]) == ("ok", "[::1]:")


class TestProxies:
    @pytest.fixture(autouse=True)
    def no_proxies(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for scheme in ("http", "https", "all", "no"):
            monkeypatch.delenv(f"{scheme}_proxy", raising=False)
            monkeypatch.delenv(f"{scheme}_PROXY".upper(), raising=False)

    @pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "ftp://x"])
    def test_this_machine_is_asked_without(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
        """No proxy leads from a machine to itself."""
        monkeypatch.setenv("ALL_PROXY", proxy)

        assert talk(tmp_path, completion("ok")).recorded.result == "ok"

    def test_others_are_asked_through_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As every other program asks them."""
        with ModelServer([completion("ok")]) as server:
            monkeypatch.setenv("HTTP_PROXY", server.address)
            source = 'llm m { provider: "openai", model: "x", base_url: "http://models.example/v1" }\nagent A {}'
            done = run(source, tmp_path, {"input": "x"})

        assert (done.result, server.asked[0].headers["host"]) == ("ok", "models.example")

    @pytest.mark.parametrize(
        ("variable", "proxy", "sentence"),
        [
            (
                "https_proxy",
                "http://user:hunter22@127.0.0.1:1",
                "got no answer: the proxy http://127.0.0.1:1, which https_proxy names, does not lead to "
                "https://models.example/v1. Check https_proxy, or let NO_PROXY name models.example.",
            ),
            (
                "ALL_PROXY",
                "ftp://127.0.0.1:1",
                "cannot be asked: what ALL_PROXY holds is no proxy. "
                "Write ALL_PROXY=http://HOST:PORT, or unset ALL_PROXY.",
            ),
            (
                "ALL_PROXY",
                "socks5://127.0.0.1:1",
                "cannot be asked: the proxy of ALL_PROXY is asked by the package socksio, which is not installed. "
                "Install it: pip install socksio, or unset ALL_PROXY.",
            ),
        ],
    )
    def test_one_that_does_not_work_is_named(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str, sentence: str
    ) -> None:
        """Without its password; one that can never work before anything runs."""
        monkeypatch.setitem(sys.modules, "socksio", None)
        monkeypatch.setenv(variable, proxy)
        llm = 'llm m { provider: "openai", model: "x", base_url: "https://models.example/v1", max_retries: 0 }'
        done = run(f"{llm}\nagent A {{}}", tmp_path, {"input": "x"})

        assert str(done.problem) == f"The llm 'm' {sentence}"
        assert bool(done.types()) == ("got no answer" in sentence)

    @pytest.mark.parametrize(
        ("exempt", "asked_through"),
        [("models.example", False), (".example", False), ("*", False), ("example.models, ,x", True), ("", True)],
    )
    def test_some_need_none(self, monkeypatch: pytest.MonkeyPatch, exempt: str, asked_through: bool) -> None:
        """Whole names, endings of names, or all."""
        monkeypatch.setenv("ALL_PROXY", "proxy.example:8080")
        monkeypatch.setenv("NO_PROXY", exempt)
        proxy = proxy_of("https://models.example/v1")

        assert (proxy is not None and proxy.shown == "http://proxy.example:8080") == asked_through


class TestSecrets:
    def test_no_key_reaches_a_trace(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Not when the server repeats it, not from a header, not from an address."""
        monkeypatch.setenv("TEAM", "team-secret-77")
        with ModelServer([error(400, f"{KEY} and team-secret-77 and hunter22")]) as server:
            address = server.address.replace("//", "//user:hunter22@")
            source = f"""
            llm m {{
                provider: "openai", model: "x", base_url: "{address}/v1", headers: {{ "X-Team": env.TEAM }}
            }}
            agent A {{}}
            """
            done = run(source, tmp_path, {"input": "x"})
            headers = server.asked[0].headers

        assert headers["x-team"] == "team-secret-77"
        assert str(done.problem) == (
            "The llm 'm' got no answer: OpenAI refuses the request with 400: ••• and ••• and •••."
        )
        traces = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
        for secret in (KEY, "team-secret-77", "hunter22"):
            assert secret.encode() not in traces

    @pytest.mark.parametrize("streamed", ["true", "false"])
    def test_a_key_in_an_answer_is_struck_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, streamed: str
    ) -> None:
        """Also one that looks like a word, wherever the model puts it."""
        monkeypatch.setenv("TEAM_WORD", "open-sesame")
        call = tool_call("echo", {"said": "open-sesame"})
        replies = completion("It is open-sesame.", call, reasoning_content="open-sesame"), completion("open-sesame")
        app = "tool echo { type: canned, answer: 'ok' }\nagent A { tools: [echo] }"
        told = talk(tmp_path, *replies, llm=f"api_key: env.TEAM_WORD, stream: {streamed}", app=app)

        assert told.recorded.result == "•••"
        assert told.asked[0].headers["authorization"] == "Bearer open-sesame"
        assert b"open-sesame" not in b"".join(path.read_bytes() for path in tmp_path.glob("*.jsonl"))

    def test_another_service_does_not_learn_who_asks_openai(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """What the environment says for OpenAI stays with OpenAI."""
        monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
        monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
        ours = talk(tmp_path, completion("x")).asked[0].headers
        theirs = talk(tmp_path, completion("x"), provider="ollama").asked[0].headers

        assert (ours["openai-organization"], ours["openai-project"]) == ("org-1", "proj-1")
        assert not [name for name in theirs if name.startswith("openai-")]
        assert theirs["authorization"] == "Bearer none"


class TestServices:
    @pytest.mark.parametrize(
        "service",
        [service for service in SERVICES.values() if service.protocol != "anthropic"],
        ids=lambda service: service.name,
    )
    def test_every_service_can_be_asked(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, service: Any) -> None:
        """Its key comes from its own variable; its model is asked at the address that the program says."""
        if service.key_variable:
            monkeypatch.setenv(service.key_variable, KEY)
        told = talk(tmp_path, completion("ok"), provider=service.name)
        headers = told.asked[0].headers
        sent = headers.get("api-key") or headers["authorization"].removeprefix("Bearer ")

        assert told.recorded.result == "ok"
        assert told.end.component_name == service.name
        assert sent == (KEY if service.key_variable else "none")

    def test_every_service_says_where_it_is(self) -> None:
        """An address, or that one must be said; a key's variable wherever one is needed."""
        for service in SERVICES.values():
            assert service.address.startswith("http") or service.name in ("azure", "openai_compatible")
            assert bool(service.key_variable) or not service.needs_key

    def test_names_are_read_as_people_write_them(self, tmp_path: Path) -> None:
        """The trace names the provider as the program does."""
        told = talk(tmp_path, completion("ok"), provider="LM Studio")

        assert (told.recorded.result, told.end.component_name) == ("ok", "LM Studio")

    def test_azure_is_asked_in_its_own_way(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The model is the name of the deployment, and part of the address."""
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        told = talk(tmp_path, completion("ok"), provider="azure", llm='api_version: "2025-01-01"', path="")

        assert told.asked[0].path == "/openai/deployments/gpt-4o/chat/completions?api-version=2025-01-01"
        assert told.asked[0].headers["api-key"] == KEY

    def test_azures_newer_address_is_asked_like_openai(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As it speaks the same protocol there."""
        monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
        told = talk(tmp_path, completion("ok"), provider="azure", path="/openai/v1/")

        assert told.asked[0].path == "/openai/v1/chat/completions"

    def test_the_environment_may_say_where_openai_is(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """As for every other program that asks it; and a program may name any variable."""
        with ModelServer([completion("ok")]) as server:
            monkeypatch.setenv("OPENAI_BASE_URL", f"{server.address}/v1")
            monkeypatch.setenv("ELSEWHERE", f"{server.address}/other")
            for more in ("", ", base_url: env.ELSEWHERE"):
                run(f'llm m {{ provider: "openai", model: "x"{more} }}\nagent A {{}}', tmp_path, {"input": "x"})

        assert [asked.path for asked in server.asked] == ["/v1/chat/completions", "/other/chat/completions"]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Another package that brings a provider, and one that is broken."""
    folder = tmp_path / "parrot_models-1.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\nName: parrot-models\nVersion: 1\n")
    (folder / "entry_points.txt").write_text(
        "[namel3ss_dbg.models]\nParrot = parrot_models:parrot\nbroken = parrot_models:missing\n"
    )
    (tmp_path / "parrot_models.py").write_text(
        """
from namel3ss_dbg.runtimes.brace.models import ModelAnswer

class Parrot:
    def __init__(self, llm):
        self.llm = llm

    async def ask(self, request):
        return ModelAnswer(text=request.messages[-1].content.upper(), prompt_tokens=2, completion_tokens=1)

def parrot(llm):
    return Parrot(llm)
"""
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("parrot_models", None)


@pytest.mark.usefixtures("installed")
class TestOtherPackages:
    def test_another_package_can_bring_a_provider(self, tmp_path: Path) -> None:
        """Its name is the entry point's; its answers are traced like all others."""
        done = run('llm m { provider: "parrot", model: "p-1" }\nagent A {}', tmp_path, {"input": "hi"})

        assert done.result == "HI"
        assert (done.only("llm_call_end").component_name, done.only("llm_call_end").tokens_used) == ("parrot", 3)

    def test_one_that_cannot_be_loaded_is_named(self) -> None:
        """With the package's own words."""
        with pytest.raises(ProgramError) as caught:
            standard_models().of(Llm(name="m", at=AT, provider="broken"))
        assert str(caught.value) == (
            "The provider 'broken' cannot be loaded: parrot_models:missing: AttributeError: "
            "module 'parrot_models' has no attribute 'missing'. Mend or uninstall the package that brings it."
        )


def test_clients_can_be_used_without_a_run() -> None:
    """A model of the registry opens when it is first asked, and closes with the registry."""

    async def ask(address: str) -> tuple[str, bool]:
        models = standard_models()
        settings = {"base_url": f"{address}/v1"}
        model = models.of(Llm(name="m", at=AT, provider="openai", model="x", settings=settings))
        text = (await model.ask(request("hi"))).text
        await models.close()
        return text, KEY in repr(model)

    with ModelServer([completion("ok")]) as server:
        assert asyncio.run(ask(server.address)) == ("ok", False)
    assert json.dumps(server.asked[0].body["messages"]) == '[{"role": "user", "content": "hi"}]'
