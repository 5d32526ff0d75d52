from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.brace import Recorded, RememberingSleep, run
from tests.support.model_server import (
    Asked,
    ModelServer,
    Reply,
    broken_event,
    events,
    message,
    refused,
    said,
    use,
)

KEY = "sk-ant-test-0123456789"
SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}},
    "required": ["n"],
    "additionalProperties": False,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """One key, and nothing of the machine that could lead elsewhere."""
    monkeypatch.delenv("ANTHROPIC_BASE_URL", raising=False)
    monkeypatch.delenv("ANTHROPIC_AUTH_TOKEN", raising=False)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)


def talk(
    tmp_path: Path,
    *replies: dict[str, Any] | Reply,
    llm: str = "",
    app: str = "agent A {}",
    model: str = "claude-test",
    question: str = "hi",
    path: str = "",
) -> tuple[Recorded, list[Asked]]:
    """Run an app whose llm `m` is asked at a server that gives these replies."""
    with ModelServer(replies) as server:
        declared = f'llm m {{ provider: "anthropic", model: "{model}", base_url: "{server.address}{path}", {llm} }}'
        return run(f"{declared}\n{app}", tmp_path, {"input": question}, sleep=RememberingSleep()), server.asked


class TestAnswers:
    def test_an_answer_is_traced_as_any_other(self, tmp_path: Path) -> None:
        """Tokens that were read from or written to a cache are part of the prompt's."""
        usage = {
            "input_tokens": 10,
            "cache_read_input_tokens": 100,
            "cache_creation_input_tokens": 20,
            "output_tokens": 50,
            "output_tokens_details": {"thinking_tokens": 30},
        }
        done, asked = talk(
            tmp_path, message(said("Hello."), usage=usage), llm='system: "Be brief."', app='agent A { system: "Now." }'
        )
        end = done.only("llm_call_end")

        assert done.result == "Hello."
        assert asked[0].path == "/v1/messages"
        assert asked[0].headers.get("x-api-key") == KEY or asked[0].headers["authorization"] == f"Bearer {KEY}"
        assert asked[0].body == {
            "model": "claude-test",
            "max_tokens": 4096,
            "system": "Be brief.\n\nNow.",
            "messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}],
        }
        assert end.component_name == "anthropic"
        assert end.outputs == {
            "text": "Hello.",
            "tool_calls": [],
            "finish_reason": "stop",
            "prompt_tokens": 130,
            "completion_tokens": 50,
            "cached_tokens": 100,
            "reasoning_tokens": 30,
        }
        assert (end.tokens_used, end.metadata["request_id"]) == (180, "req_1")

    def test_parameters_go_as_they_are(self, tmp_path: Path) -> None:
        """Also those that the installed package does not know; stop sequences are always a list."""
        _, asked = talk(
            tmp_path,
            message(said("x")),
            llm='temperature: 0.5, top_k: 3, max_tokens: 9, stop: "END", parameters: { metadata: { user_id: "u" } }',
        )
        body = {key: value for key, value in asked[0].body.items() if key not in ("model", "messages")}

        assert body == {
            "temperature": 0.5,
            "top_k": 3,
            "max_tokens": 9,
            "stop_sequences": ["END"],
            "metadata": {"user_id": "u"},
        }

    @pytest.mark.parametrize(
        ("stop", "reason"),
        [("end_turn", "stop"), ("stop_sequence", "stop"), ("max_tokens", "length"), ("pause_turn", "pause_turn")],
    )
    def test_reasons_have_one_set_of_names(self, tmp_path: Path, stop: str, reason: str) -> None:
        """Those of the other services; a reason that nobody else has keeps its own."""
        done, _ = talk(tmp_path, message(said("x"), stop=stop))

        assert done.only("llm_call_end").outputs["finish_reason"] == reason

    def test_a_parameter_that_it_lacks_is_told_first(self, tmp_path: Path) -> None:
        """Before anything runs."""
        done, asked = talk(tmp_path, message(said("x")), llm="seed: 1")

        assert str(done.problem) == (
            "The llm 'm' cannot be asked: Anthropic knows no parameter 'seed'. Remove it (app.ai:1)."
        )
        assert (done.types(), asked) == ([], [])


class TestTools:
    APP = """
    tool "look up" { type: canned, answer: "42", description: "Looks.", parameters: { query: string } }
    agent A { tools: ["look up"] }
    """

    def test_calls_at_once_are_answered_in_one_message(self, tmp_path: Path) -> None:
        """Text before the calls stays with them."""
        wish = message(said("Let me see."), use("look_up", {"query": "a"}, "t1"), use("look_up", {"query": "b"}, "t2"))
        done, asked = talk(tmp_path, {**wish, "stop_reason": "tool_use"}, message(said("Both 42.")), app=self.APP)

        assert done.result == "Both 42."
        assert asked[0].body["tools"] == [
            {
                "name": "look_up",
                "description": "Looks.",
                "input_schema": {
                    "type": "object",
                    "properties": {"query": {"type": "string"}},
                    "required": ["query"],
                    "additionalProperties": False,
                },
            }
        ]
        assert asked[1].body["messages"][1:] == [
            {
                "role": "assistant",
                "content": [
                    {"type": "text", "text": "Let me see."},
                    {"type": "tool_use", "id": "t1", "name": "look_up", "input": {"query": "a"}},
                    {"type": "tool_use", "id": "t2", "name": "look_up", "input": {"query": "b"}},
                ],
            },
            {
                "role": "user",
                "content": [
                    {"type": "tool_result", "tool_use_id": "t1", "content": "42"},
                    {"type": "tool_result", "tool_use_id": "t2", "content": "42"},
                ],
            },
        ]
        assert [end.outputs["finish_reason"] for end in done.of("llm_call_end")] == ["tool_calls", "stop"]

    @pytest.mark.parametrize("streamed", [False, True])
    def test_thoughts_go_back_with_the_calls_that_they_led_to(self, tmp_path: Path, streamed: bool) -> None:
        """Signed as they came; the trace tells them as reasoning."""
        thought = {"type": "thinking", "thinking": "I must look.", "signature": "s1"}
        blocks = (thought, use("look_up", {"query": "a"}))
        first = Reply(pieces=events(*blocks, stop="tool_use")) if streamed else message(*blocks, stop="tool_use")
        last = Reply(pieces=events(said("ok"))) if streamed else message(said("ok"))
        llm = f"stream: {str(streamed).lower()}, parameters: {{ thinking: {{ type: 'enabled', budget_tokens: 2000 }} }}"
        done, asked = talk(tmp_path, first, last, llm=llm, app=self.APP)

        assert asked[1].body["messages"][1]["content"] == [thought, use("look_up", {"query": "a"})]
        assert done.of("llm_call_end")[0].outputs["reasoning"] == "I must look."

    @pytest.mark.parametrize("streamed", [False, True])
    def test_what_was_said_between_thoughts_stays_there(self, tmp_path: Path, streamed: bool) -> None:
        """The service refuses thoughts in another order; an empty text it refuses, too."""
        thoughts = [{"type": "thinking", "thinking": f"Hm {n}.", "signature": f"s{n}"} for n in (1, 2)]
        blocks = [thoughts[0], said("Well."), thoughts[1], said(""), use("look_up", {"query": "a"})]
        first = Reply(pieces=events(*blocks, stop="tool_use")) if streamed else message(*blocks, stop="tool_use")
        last = Reply(pieces=events(said("ok"))) if streamed else message(said("ok"))
        llm = f"stream: {str(streamed).lower()}, parameters: {{ thinking: {{ type: 'adaptive' }} }}"
        _, asked = talk(tmp_path, first, last, llm=llm, app=self.APP)

        assert asked[1].body["messages"][1]["content"] == [blocks[0], blocks[1], blocks[2], blocks[4]]

    def test_a_call_that_a_limit_cut_off_says_so(self, tmp_path: Path) -> None:
        """A stream may end in the middle of the arguments."""
        pieces = events(use("look_up", '{"query": '), stop="max_tokens")
        done, asked = talk(tmp_path, Reply(pieces=pieces), llm="stream: true", app=self.APP)

        assert str(done.problem) == (
            "The llm 'm' got no answer: max_tokens cut off its call of the tool 'look up'. Raise max_tokens (app.ai:1)."
        )
        assert len(asked) == 1

    def test_empty_texts_are_left_out(self, tmp_path: Path) -> None:
        """The service refuses them; an answer may well be empty."""
        app = """
        agent A { memory: full_history }
        chain C {
            step first { kind: agent, target: A }
            step second { kind: agent, target: A, inputs: { input: "and?" } }
        }
        """
        _, asked = talk(tmp_path, message(said("")), message(said("ok")), app=app)

        assert asked[1].body["messages"] == [{"role": "user", "content": [said("hi"), said("and?")]}]

    @pytest.mark.parametrize("policy", ["conversation_window, window_size: 2", "summary, summary_trigger_messages: 2"])
    def test_a_conversation_begins_with_a_question(self, tmp_path: Path, policy: str) -> None:
        """Whatever the agent has forgotten; what it is doing is not forgotten."""
        app = f"""
        tool "look up" {{ type: canned, answer: "42" }}
        agent A {{ tools: ["look up"], memory: {{ policy: {policy}, summary_recent_window: 2 }} }}
        """
        wish = message(use("look_up", {}), stop="tool_use")
        done, asked = talk(tmp_path, wish, message(said("so far")), wish, message(said("ok")), app=app)

        assert done.result in ("so far", "ok")
        assert {request.body["messages"][0]["role"] for request in asked} == {"user"}
        assert said("hi") in asked[-1].body["messages"][0]["content"]

    def test_an_empty_question_is_told(self, tmp_path: Path) -> None:
        """The service takes none, and its own words would not help."""
        done, asked = talk(tmp_path, message(said("x")), question="")

        assert str(done.problem) == (
            "The llm 'm' got no answer: its question is empty. Give the run an input: --run-args '{\"input\": \"…\"}'."
        )
        assert asked == []


class TestObjects:
    APP = "prompt p { input: string, output: { n: int } }"

    def test_an_object_is_asked_for_as_a_tools_arguments(self, tmp_path: Path) -> None:
        """Every model of theirs can do that."""
        done, asked = talk(tmp_path, message(use("answer", {"n": 3}), stop="tool_use"), app=self.APP)

        assert done.result == {"n": 3}
        assert asked[0].body["tools"][0]["input_schema"] == SCHEMA
        assert asked[0].body["tool_choice"] == {"type": "tool", "name": "answer"}
        assert done.only("llm_call_end").outputs["finish_reason"] == "stop"

    def test_a_model_that_thinks_is_asked_in_words(self, tmp_path: Path) -> None:
        """It may not be forced to call a tool."""
        llm = 'parameters: { thinking: { type: "adaptive" } }'
        done, asked = talk(tmp_path, message(said('{"n": 3}')), llm=llm, app=self.APP)

        assert done.result == {"n": 3}
        assert "tools" not in asked[0].body

    def test_newer_models_can_be_given_the_schema(self, tmp_path: Path) -> None:
        """Beside what the program says about the output itself."""
        llm = 'structured_output: "json_schema", parameters: { output_config: { effort: "low" } }'
        _, asked = talk(tmp_path, message(said('{"n": 3}')), llm=llm, app=self.APP)

        assert asked[0].body["output_config"] == {
            "effort": "low",
            "format": {"type": "json_schema", "schema": SCHEMA},
        }


class TestStreams:
    def test_a_streamed_answer_is_put_together(self, tmp_path: Path) -> None:
        """With its tokens, and when its first piece came."""
        done, _ = talk(tmp_path, Reply(pieces=events(said("Hello."))), llm="stream: true")
        end = done.only("llm_call_end")

        assert done.result == "Hello."
        assert (end.outputs["finish_reason"], end.tokens_used) == ("stop", 120)
        assert 0 < end.metadata["first_token_ms"] <= (end.duration_ms or 0)

    @pytest.mark.parametrize(
        ("more", "cut", "why"),
        [
            ((), True, "the connection to {address} broke off"),
            ((), False, "Anthropic broke off"),
            ((broken_event("overloaded_error", "Overloaded"),), False, "Anthropic is overloaded: Overloaded"),
            ((broken_event("api_error", "Oops"),), False, "Anthropic broke off: Oops"),
            (("event: content_block_delta\ndata: {no\n\n",), False, "what Anthropic sent is not JSON"),
        ],
    )
    def test_the_text_of_a_stream_that_breaks_is_kept(
        self, tmp_path: Path, more: tuple[str, ...], cut: bool, why: str
    ) -> None:
        """What had arrived stands in the call's end, with the tokens that are known."""
        pieces = (*events(said("Hello."))[:4], *more)
        done, asked = talk(tmp_path, Reply(pieces=pieces, cut=cut), llm="stream: true, max_retries: 0")
        end = done.only("llm_call_end")

        address = f"http://{asked[0].headers['host']}"
        assert str(done.problem) == f"The llm 'm' got no answer: {why.format(address=address)}."
        assert (end.outputs["text"], end.outputs["finish_reason"]) == ("Hel", "incomplete")
        assert end.outputs["prompt_tokens"] == 100


class TestFailures:
    def test_a_service_that_is_overloaded_is_asked_again(self, tmp_path: Path) -> None:
        """529 is theirs alone."""
        done, asked = talk(tmp_path, refused(529, "overloaded_error", "Overloaded"), message(said("ok")))

        assert (done.result, len(asked)) == ("ok", 2)
        assert done.only("llm_call_retry").outputs["reason"] == "Anthropic is overloaded: Overloaded"

    @pytest.mark.parametrize(
        ("reply", "sentence"),
        [
            (
                refused(401, "authentication_error", f"invalid x-api-key {KEY}"),
                "Anthropic does not accept the key. Check what ANTHROPIC_API_KEY holds.",
            ),
            (
                refused(404, "not_found_error", "model: claude-test"),
                "Anthropic has no model 'claude-test' at {address}: model: claude-test. "
                "Correct model or base_url (app.ai:1).",
            ),
            (
                refused(400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum"),
                "the conversation is longer than claude-test can read: prompt is too long: 210000 tokens > 200000 "
                "maximum. Let the agent's memory keep less: policy: conversation_window.",
            ),
            (
                refused(400, "invalid_request_error", f"bad {KEY}"),
                "Anthropic refuses the request with 400: bad •••.",
            ),
            (
                Reply("<html>Welcome</html>"),
                "what answers at {address} does not speak Anthropic's protocol. Correct base_url (app.ai:1).",
            ),
            (message(said("I will not."), stop="refusal"), "claude-test refuses to answer: I will not."),
        ],
    )
    def test_an_error_is_a_sentence(self, tmp_path: Path, reply: Any, sentence: str) -> None:
        """What happened and what to do; the key is struck out."""
        done, asked = talk(tmp_path, reply)
        address = f"http://{asked[0].headers['host']}"

        assert str(done.problem) == f"The llm 'm' got no answer: {sentence.replace('{address}', address)}"
        assert KEY.encode() not in b"".join(path.read_bytes() for path in tmp_path.glob("*.jsonl"))

    @pytest.mark.parametrize("path", ["", "/", "/v1", "/v1/", "/v1/messages"])
    def test_an_address_is_taken_as_people_copy_it(self, tmp_path: Path, path: str) -> None:
        """The package itself adds what those of other services want to be told."""
        _, asked = talk(tmp_path, message(said("ok")), path=path)

        assert asked[0].path == "/v1/messages"

    def test_this_machine_is_asked_without_a_proxy(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """No proxy leads from a machine to itself."""
        monkeypatch.delenv("NO_PROXY")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        done, _ = talk(tmp_path, message(said("ok")))

        assert done.result == "ok"

    def test_without_a_key_nothing_runs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sentence says where the key belongs."""
        monkeypatch.delenv("ANTHROPIC_API_KEY")
        done, _ = talk(tmp_path, message(said("x")))

        assert str(done.problem) == (
            "The llm 'm' cannot be asked: the environment variable ANTHROPIC_API_KEY, which holds its key, is not set. "
            'Set it before the run: export ANTHROPIC_API_KEY=… Without a key, write provider: "offline" (app.ai:1).'
        )
        assert done.types() == []

    def test_without_the_package_nothing_runs(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The sentence is the command that installs it."""
        monkeypatch.setitem(sys.modules, "anthropic", None)
        done, _ = talk(tmp_path, message(said("x")))

        assert str(done.problem).endswith("Install it: pip install 'namel3ss-dbg[anthropic]'")
        assert done.types() == []
