from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.brace import Recorded, run

DECLARED = """
    llm m { system: "Be kind." }
    agent A { llm: m }
    prompt P { inputs: { text: string }, "Say {{ text }}" }
    tool echo { parameters: { text: string, loud: boolean? }, answer: "{{ text }}!" }
    tool any { answer: "anything" }
    chain Inner { input_key: "question", steps { step t { kind: template, "{{ input }}/{{ payload | json }}" } } }
"""


def step(tmp_path: Path, body: str, **arguments: Any) -> Recorded:
    """What a chain of one step does."""
    source = f"{DECLARED}\n    chain C {{ steps {{ step s {{ {body} }} }} }}"
    return run(source, tmp_path, arguments or {"input": "hi"}, entry="C")


@pytest.mark.parametrize(
    ("body", "result"),
    [
        ('kind: agent, target: A', "You asked: hi"),
        ('kind: agent, target: A, inputs: { question: "so?" }', "You asked: so?"),
        ('kind: agent, target: A, inputs: { a: 1, b: [2] }', "You asked: a: 1"),
        ('kind: prompt, target: P', "You asked: Say hi"),
        ('kind: prompt, target: P, inputs: { text: "{{ input | upper }}" }', "You asked: Say HI"),
        ('kind: llm, target: m', "You asked: hi"),
        ('kind: llm, target: m, inputs: { prompt: "so?" }', "You asked: so?"),
        ('kind: tool, target: echo', "hi!"),
        ('kind: tool, target: echo, inputs: { text: "ho" }', "ho!"),
        ('kind: tool, target: any', "anything"),
        ('kind: python, target: "code:now"', "now"),
        ('kind: template, template: "<{{ input }}>"', "<hi>"),
        ('kind: template, template: "{{ a }}", inputs: { a: [1] }', [1]),
        ('kind: template, target: P, inputs: { text: "yo" }', "Say yo"),
        ('kind: python, target: "code:shout", inputs: { text: "{{ input }}" }', "HI"),
        ('kind: chain, target: Inner', "hi/{}"),
        ('kind: chain, target: Inner, inputs: { question: "so?", n: 1 }', 'so?/{"n": 1}'),
    ],
)  # fmt: skip
def test_a_step_gives_what_its_target_gives(tmp_path: Path, body: str, result: Any) -> None:
    """Every kind of step, with inputs of its own and with what came before."""
    (tmp_path / "code.py").write_text("def shout(text): return text.upper()\ndef now(): return 'now'")
    done = step(tmp_path, body)

    assert done.problem is None
    assert done.result == result
    assert done.only("chain_step_end", "s").outputs == {"result": result}
    assert done.unpaired() == []


def test_a_step_says_what_it_takes_in(tmp_path: Path) -> None:
    """Kind, target and inputs are on the start, also where the inputs are what came before."""
    start = step(tmp_path, "kind: agent, target: A").only("chain_step_start", "s")

    assert start.inputs == {"kind": "agent", "target": "A", "inputs": {"input": "hi"}}
    assert (start.metadata or {})["chain"] == "C"


def test_a_python_step_is_a_tool_call(tmp_path: Path) -> None:
    """The function is in the trace by its path."""
    (tmp_path / "code.py").write_text("def shout(text): return text.upper()")
    done = step(tmp_path, 'kind: python, target: "code:shout", inputs: { text: "a" }')

    assert done.path(done.only("tool_call_start", "code:shout"))[-1] == "chain_step s"


def test_an_llm_step_is_told_the_system_texts(tmp_path: Path) -> None:
    """The llm's own text goes before the step's."""
    done = step(tmp_path, 'kind: llm, target: m, inputs: { input: "q", system: "Be short.", tone: "dry" }')

    assert (done.only("llm_call_start").inputs or {})["messages"] == [
        {"role": "system", "content": "Be kind.\n\nBe short."},
        {"role": "user", "content": "q\ntone: dry"},
    ]


def test_a_prompt_without_a_template_cannot_be_filled_in(tmp_path: Path) -> None:
    """The sentence names prompt and step."""
    done = run("prompt Q { inputs: { a: string } }\nchain C { step s { kind: template, target: Q } }", tmp_path)

    assert str(done.problem) == "The prompt 'Q' has no template: app.ai:2 wants to fill it in."


def test_an_object_is_the_arguments_of_a_tool(tmp_path: Path) -> None:
    """What came before may name the arguments."""
    done = step(tmp_path, "kind: tool, target: echo", input={"text": "x", "loud": True})

    assert done.only("tool_call_start").inputs == {"text": "x", "loud": True}


class TestSecrets:
    def test_a_tool_gets_the_value_and_the_trace_the_name(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The function sees what the variable holds; no line of the trace does."""
        monkeypatch.setenv("PIN", "hidden-4711")
        (tmp_path / "code.py").write_text("def shout(key): return len(key)")
        done = step(tmp_path, 'kind: python, target: "code:shout", inputs: { key: env.PIN }')

        assert done.result == len("hidden-4711")
        assert done.only("tool_call_start").inputs == {"key": "env.PIN"}
        assert not any(b"hidden" in path.read_bytes() for path in tmp_path.glob("trace*"))

    @pytest.mark.parametrize(("kind", "target"), [("agent", "A"), ("prompt", "P"), ("llm", "m"), ("chain", "Inner")])
    def test_what_is_written_down_gets_no_secret(self, tmp_path: Path, kind: str, target: str) -> None:
        """A value that would go into a message is refused, within the step."""
        done = step(tmp_path, f"kind: {kind}, target: {target}, inputs: {{ text: env.PIN }}")

        assert str(done.problem) == (
            f"env.PIN cannot go into the {kind} '{target}': what goes in there is written to the trace. "
            "Give it to a tool, in its arguments or headers."
        )
        assert done.path(done.only("error_occurred"))[-1] == "chain_step s"

    def test_a_template_knows_no_environment(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`{{ env.X }}` in a step is an unknown name."""
        monkeypatch.setenv("PIN", "hidden-4711")
        done = step(tmp_path, 'kind: template, "{{ env.PIN }}"')

        assert "there is no 'env' here. Known here: input, payload, steps." in str(done.problem)
