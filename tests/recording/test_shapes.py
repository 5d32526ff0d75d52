"""What results of other people's models, agents and tools are understood to say."""

from __future__ import annotations

from types import SimpleNamespace as Some
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.recording.pieces import Pieces
from namel3ss_dbg.recording.shapes import NO_USAGE, Usage, failure_of, outputs_of, text_of, usage_of


class Property:
    """Says what it used by properties, as results of the seed's time do."""

    text = "hi"
    usage = None

    @property
    def prompt_tokens(self) -> int:
        return 3

    @property
    def completion_tokens(self) -> int:
        return 4

    @property
    def total_tokens(self) -> int:
        return 7

    @property
    def cost(self) -> float:
        raise RuntimeError("unknown")


USAGES: list[tuple[Any, Usage]] = [
    (Some(usage=Some(prompt_tokens=3, completion_tokens=4, total_tokens=7)), Usage(3, 4, 7)),
    (Some(usage=Some(input_tokens=3, output_tokens=4)), Usage(3, 4)),
    ({"usage": {"prompt_tokens": 3, "completion_tokens": 4, "cost": 0.5}}, Usage(3, 4, None, 0.5)),
    (Some(text="hi", metadata={"tokens": 9, "cost": 1}), Usage(None, None, 9, 1.0)),
    (Some(text="hi", metadata={"usage": {"total_tokens": 9}}), Usage(None, None, 9)),
    (Some(usage_metadata=Some(prompt_token_count=1, candidates_token_count=2, total_token_count=3)), Usage(1, 2, 3)),
    (Some(response_metadata={"token_usage": {"prompt_tokens": 1, "completion_tokens": 2}}), Usage(1, 2)),
    ({"prompt_eval_count": 5, "eval_count": 6, "response": "x"}, Usage(5, 6)),
    (Some(raw=Some(usage=Some(total_tokens=8))), Usage(None, None, 8)),
    (Some(tokens_used=8, total_cost=0.25), Usage(None, None, 8, 0.25)),
    (Property(), Usage(3, 4, 7)),
    ([{"usage": {"total_tokens": 2}}, {"usage": {"total_tokens": 3, "cost": 1}}, "x"], Usage(None, None, 5, 1.0)),
    (Some(usage={"total_tokens": True, "prompt_tokens": -1, "completion_tokens": "9"}), NO_USAGE),
    ("text", NO_USAGE),
    (None, NO_USAGE),
]


@pytest.mark.parametrize(("result", "usage"), USAGES)
def test_usage(result, usage):
    """Tokens and cost are found where providers' results have them, and what is no number is none."""
    assert usage_of(result) == usage


def test_tokens_of_a_usage():
    """The total that is said goes before the sum of the parts."""
    assert [Usage(3, 4, 9).tokens, Usage(3, 4).tokens, Usage(3).tokens, NO_USAGE.tokens] == [9, 7, 3, None]


TEXTS: list[tuple[Any, str | None]] = [
    ("hi", "hi"),
    (Some(text="hi"), "hi"),
    ({"content": "hi"}, "hi"),
    (Some(content=[Some(type="text", text="h"), Some(type="tool_use"), {"text": "i"}]), "hi"),
    (Some(choices=[Some(message=Some(content="hi"))]), "hi"),
    ({"choices": [{"delta": {"content": "hi"}}]}, "hi"),
    ({"message": {"role": "assistant", "content": "hi"}}, "hi"),
    (Some(choices=[]), None),
    (5, None),
    (None, None),
]


@pytest.mark.parametrize(("result", "text"), TEXTS)
def test_text(result, text):
    """The text of an answer is found in the shapes that providers give it."""
    assert text_of(result) == text


def test_an_answer_that_asks_for_tools():
    """Calls of tools are told by name, arguments and id, in whichever shape they were asked for."""
    call = Some(id="c1", function=Some(name="search", arguments='{"q": 1}'))
    answer = Some(choices=[Some(message=Some(content=None, tool_calls=[call]), finish_reason="tool_calls")], model="m")
    plain = {"text": "", "tool_calls": [{"name": "search", "arguments": {"q": 1}}, {"x": 1}], "stop_reason": "tools"}

    assert outputs_of("llm_call", answer, NO_USAGE) == {
        "tool_calls": [{"name": "search", "arguments": '{"q": 1}', "id": "c1"}],
        "model": "m",
        "finish_reason": "tool_calls",
    }
    assert outputs_of("llm_call", plain, NO_USAGE) == {
        "text": "",
        "tool_calls": [{"name": "search", "arguments": {"q": 1}}, {"value": {"x": 1}}],
        "finish_reason": "tools",
    }


OUTPUTS: list[tuple[str, Any, dict[str, Any]]] = [
    ("agent_execution", "hi", {"response": "hi"}),
    (
        "agent_execution",
        Some(final_response="hi", turns=[1, 2], status="ok"),
        {"response": "hi", "turns": 2, "status": "ok"},
    ),
    ("agent_execution", {"response": "hi", "confidence": 0.5}, {"response": "hi", "confidence": 0.5}),
    ("agent_execution", 7, {"response": 7}),
    ("prompt_execution", Some(output={"a": 1}), {"output": {"a": 1}}),
    ("prompt_execution", Some(text="hi"), {"output": "hi"}),
    ("prompt_execution", {"a": 1}, {"output": {"a": 1}}),
    ("chain_execution", {"status": "ok", "result": 5, "steps": [1]}, {"result": 5, "status": "ok", "steps": 1}),
    ("chain_execution", "x", {"result": "x"}),
    ("tool_call", {"text": 1}, {"result": {"text": 1}}),
    ("llm_call", {"score": 1}, {"result": {"score": 1}}),
]


@pytest.mark.parametrize(("kind", "result", "outputs"), OUTPUTS)
def test_outputs(kind, result, outputs):
    """Each kind of call says what came out in the words that the debugger shows it by; nothing known is left out."""
    assert outputs_of(kind, result, NO_USAGE) == outputs


@pytest.mark.parametrize(
    ("result", "failure"),
    [
        ({"status": "error", "error": "bad"}, "bad"),
        (Some(status="ERROR", error=ValueError("bad")), "ValueError: bad"),
        (Some(status=Some(value="error")), "The result's status is 'error'"),
        ({"status": "success", "error": "bad"}, None),
        ({"status": 500}, None),
        (Some(status=None), None),
        ("error", None),
    ],
)
def test_failures(result, failure):
    """Only a status that is `error` makes a failure."""
    assert failure_of(result) == failure


def test_pieces_of_a_long_stream():
    """Of a stream without end only as much is kept as an event could hold, and how much it was is said."""
    pieces = Pieces()
    for _ in range(1_000):
        pieces.add("x" * 1_000)
        pieces.add(b"not text")

    result = pieces.result()
    assert len(result["text"]) < 70_000
    assert len(result["items"]) == 100
    assert (result["pieces"], result["characters"]) == (2_000, 1_000_000)


@attrs.define
class Anything:
    """Has any values under the names that are looked at."""

    status: Any
    usage: Any
    text: Any
    error: Any = None

    def __getattr__(self, name: str) -> Any:
        return self.usage


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("error"),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["status", "usage", "text", "error", "choices", "tool_calls"]), inner)
        | st.builds(Anything, inner, inner, inner)
    ),
    max_leaves=8,
)


@given(values, st.sampled_from(["agent_execution", "prompt_execution", "chain_execution", "llm_call", "tool_call"]))
def test_no_result_is_too_strange(result, kind):
    """Whatever shape a result has, there are outputs, and tokens are numbers that are not negative."""
    usage = usage_of(result)
    outputs = outputs_of(kind, result, usage)

    assert usage.tokens is None or usage.tokens >= 0
    assert failure_of(result) is None or isinstance(failure_of(result), str)
    assert outputs or result is None
