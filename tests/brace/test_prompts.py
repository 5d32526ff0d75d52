from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.runtimes.brace.prompts import PromptError
from tests.support.brace import Recorded, run

MOOD = """
    llm m { rules: [ RULES ] }
    prompt Mood {
        llm: m
        inputs: { text: string, times: integer = 1 }
        output: { mood: enum["good", "bad"], score: number? }
        max_retries: 2
        "How is this, {{ times }} times: {{ text }}"
    }
"""


def mood(tmp_path: Path, rules: str, **arguments: Any) -> Recorded:
    return run(MOOD.replace("RULES", rules), tmp_path, arguments or {"text": "hello"})


class TestInputs:
    def question(self, tmp_path: Path, **arguments: Any) -> str:
        done = mood(tmp_path, '{ answer: { mood: "good" } }', **arguments)
        inputs = done.only("llm_call_start").inputs or {}
        return str(inputs["messages"][-1]["content"])

    def test_defaults_stand_in(self, tmp_path: Path) -> None:
        """What is not given is what the declaration says."""
        assert self.question(tmp_path, text="hi") == "How is this, 1 times: hi"

    def test_a_text_is_read_as_the_declared_type(self, tmp_path: Path) -> None:
        """A number may arrive as text, as it does from a template."""
        assert self.question(tmp_path, text="hi", times="3") == "How is this, 3 times: hi"

    def test_the_input_fills_the_only_missing_one(self, tmp_path: Path) -> None:
        """A prompt can be run with just an input."""
        assert self.question(tmp_path, input="hi") == "How is this, 1 times: hi"

    def test_the_input_fills_none_of_several(self, tmp_path: Path) -> None:
        """Where it is not clear what the input should be, the missing ones are told."""
        source = 'prompt P { inputs: { a: string, b: string }, "{{ a }}{{ b }}" }'

        assert str(run(source, tmp_path, {"input": "x"}).problem) == (
            "The inputs of the prompt 'P' do not fit: $.a is missing; $.b is missing."
        )

    def test_what_does_not_fit_is_told(self, tmp_path: Path) -> None:
        """All that is wrong with the arguments is one sentence, within the prompt's span."""
        done = mood(tmp_path, '{ answer: "x" }', txt="hi", times="many")

        assert isinstance(done.problem, PromptError)
        assert str(done.problem) == (
            "The inputs of the prompt 'Mood' do not fit: $.text is missing; "
            '$.times must be an integer, not the string "many"; '
            "$.txt is not known; known: text, times. Did you mean 'text'?"
        )
        assert done.path(done.only("error_occurred")) == ["app_load test", "prompt_execution Mood"]

    def test_a_prompt_without_a_template_asks_its_inputs(self, tmp_path: Path) -> None:
        """One input is the question; several are lines with their names."""
        source = "prompt One { inputs: { a: string } }\nprompt Two { inputs: { a: string, b: integer } }"
        one = run(source, tmp_path, {"a": "x"}, entry="One").result
        two = run(source, tmp_path, {"a": "x", "b": 2}, entry="Two").only("llm_call_start").inputs or {}

        assert one == "You asked: x"
        assert two["messages"][0]["content"] == "a: x\nb: 2"

    def test_an_unknown_name_in_the_template_is_told_with_its_place(self, tmp_path: Path) -> None:
        """The error points into the template, and the trace knows the place."""
        done = run('prompt P {\n    "Hello {{ nobody }}"\n}', tmp_path, {"input": "x"})

        assert str(done.problem) == (
            "app.ai:2:15: 'nobody' cannot be evaluated: there is no 'nobody' here. Known here: input.\n"
            '  2 |     "Hello {{ nobody }}"\n'
            "                    ^"
        )
        assert (done.only("error_occurred").metadata or {})["source"] == {"file": "app.ai", "line": 2, "column": 15}


class TestOutputs:
    def test_without_outputs_the_answer_is_text(self, tmp_path: Path) -> None:
        """Nothing is validated then."""
        done = run('prompt P { "Say {{ input }}" }', tmp_path, {"input": "x"})

        assert done.result == "You asked: Say x"
        assert done.only("prompt_execution_end", "P").outputs == {"output": "You asked: Say x"}
        assert done.of("validation_start") == []

    def test_an_answer_that_fits_is_the_object(self, tmp_path: Path) -> None:
        """The text of the model becomes a value; the model was told the shape."""
        done = mood(tmp_path, '{ answer: "Sure: {\\"mood\\": \\"good\\", \\"score\\": 0.9}" }')

        assert done.result == {"mood": "good", "score": 0.9}
        system = (done.only("llm_call_start").inputs or {})["messages"][0]
        shape = json.loads(system["content"].partition("else: ")[2])
        assert (system["role"], shape["required"]) == ("system", ["mood"])
        assert done.only("validation_end").outputs == {"success": True, "errors": []}

    def test_an_answer_that_does_not_fit_is_asked_for_again(self, tmp_path: Path) -> None:
        """The model reads its own answer and what is wrong with it; the trace has both attempts."""
        done = mood(tmp_path, '{ when: "does not fit", answer: { mood: "bad" } }, { answer: { mood: "so so" } }')
        error = '$.mood must be one of "good", "bad", not the string "so so"'

        assert done.result == {"mood": "bad"}
        messages = (done.of("llm_call_start")[1].inputs or {})["messages"]
        assert [message["role"] for message in messages] == ["system", "user", "assistant", "user"]
        assert messages[2]["content"] == '{"mood": "so so"}'
        assert error in messages[3]["content"]
        assert [event.inputs for event in done.of("validation_start", "Mood")] == [
            {"text": '{"mood": "so so"}', "attempt": 1},
            {"text": '{"mood": "bad"}', "attempt": 2},
        ]
        assert [(event.status, event.error, event.outputs) for event in done.of("validation_end")] == [
            ("failed", error, {"success": False, "errors": [error]}),
            ("completed", None, {"success": True, "errors": []}),
        ]
        assert done.of("error_occurred") == []

    def test_after_the_last_attempt_the_prompt_fails(self, tmp_path: Path) -> None:
        """The last error is told, with where to look; it is recorded once."""
        done = mood(tmp_path, '{ answer: "no idea" }')

        assert isinstance(done.problem, PromptError)
        assert str(done.problem) == (
            "The prompt 'Mood' got no fitting answer in 3 attempts: "
            '$ is not JSON: there is no object in the string "no idea". '
            "Say in the prompt what is wanted, or correct its output (app.ai:3)."
        )
        assert len(done.of("validation_end")) == 3
        assert done.path(done.only("error_occurred")) == ["app_load test", "prompt_execution Mood"]
        assert done.only("prompt_execution_end").status == "failed"

    def test_the_offline_model_answers_in_the_shape_that_is_asked_for(self, tmp_path: Path) -> None:
        """Without a rule every prompt gets an answer that fits."""
        done = mood(tmp_path, "")

        assert done.result["mood"] in ("good", "bad")
        assert len(done.of("validation_end")) == 1


@pytest.mark.parametrize(("declared", "told"), [("llm: m", "m"), ("", "default")])
def test_a_prompt_asks_its_llm_or_an_offline_one(tmp_path: Path, declared: str, told: str) -> None:
    """Of several llms none is taken by itself."""
    source = 'llm m {}\nllm n {}\nprompt P { DECLARED\n"x" }'.replace("DECLARED", declared)
    done = run(source, tmp_path, {"input": "x"})

    assert (done.only("llm_call_start").inputs or {})["llm"] == told
