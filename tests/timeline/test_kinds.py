"""The words for kinds of events."""

from __future__ import annotations

import pytest

from namel3ss_dbg.timeline.kinds import is_of_kind, kinds_in, kinds_of, tells_of_failure
from namel3ss_dbg.trace.columns import Shape
from tests.support.runs import recorded
from tests.support.stories import parallel, weather


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape("llm_call_start", "llm", "openai", "started"), ("llm", "llm_call", "llm_call_start")),
        (Shape("agent_turn_start", "agent", "A", "started"), ("turn", "agent_turn", "agent_turn_start")),
        (Shape("llm_call_end", "llm", "openai", "completed"), ("llm_call_end",)),
        (Shape("tool_call_end", "tool", "t", "failed"), ("failed", "tool_failed", "tool_call_end")),
        (Shape("error_occurred", "tool", "t", "failed"), ("error", "error_occurred")),
        (Shape("memory_operation", "memory", "A", "completed"), ("memory_operation", "memory")),
        (Shape("validation_event", "validation", "P", "completed"), ("validation", "validation_event")),
        (Shape("search_start", "retriever", "docs", "started"), ("search", "retriever", "search_start")),
        (Shape("tool_progress", "tool", "t", "completed"), ("tool_progress",)),
    ],
)
def test_a_shape_has_the_words_a_person_would_type(shape: Shape, words: tuple[str, ...]) -> None:
    """A span's words mean its starts, a failure's its ends; another component's word means its other events too."""
    assert kinds_of(shape) == words


@pytest.mark.parametrize(
    ("shape", "words"),
    [
        (Shape("llm_call_start", "llm", "openai", "started"), ()),
        (Shape("llm_call_end", "llm", "o", "completed"), ("llm", "llm_call", "llm_call_start", "llm_call_end")),
        (Shape("memory_operation", "memory", "A", "completed"), ("memory_operation",)),
    ],
)
def test_at_end_means_ends(shape: Shape, words: tuple[str, ...]) -> None:
    """The same words, and the type of the start, mean the ends."""
    assert kinds_of(shape, at_end=True) == words


@pytest.mark.parametrize(
    ("shape", "tells"),
    [
        (Shape("error_occurred", "tool", "t", "completed"), True),
        (Shape("tool_call_end", "tool", "t", "failed"), True),
        (Shape("tool_call_end", "tool", "t", "completed"), False),
        (Shape("tool_call_end", "tool", "t", "cancelled"), False),
        (Shape("tool_call_start", "tool", "t", "failed"), False),
        (Shape("validation_event", "validation", "P", "failed"), False),
    ],
)
def test_errors_and_ends_that_failed_tell_of_failure(shape: Shape, *, tells: bool) -> None:
    """A start cannot have failed yet, and an event that is no call's end has no outcome."""
    assert tells_of_failure(shape) is tells


@pytest.mark.parametrize(
    ("word", "name", "at_end", "moments"),
    [
        ("tool", None, False, [5]),
        ("tool", "get_weather", False, [5]),
        ("tool", "Helper", False, []),
        ("turn", "Helper", True, [7, 11]),
        ("Helper", None, False, [1, 2, 8]),
        ("Helper", None, True, [7, 11, 12]),
        ("llm_call_start", None, True, [4, 10]),
        ("agent_turn_end", None, False, [7, 11]),
    ],
)
def test_a_word_means_shapes(word: str, name: str | None, at_end: bool, moments: list[int]) -> None:
    """A kind, an event type or a component's bare name, and of these only those with a name."""
    columns = recorded(weather()).timeline.columns
    wanted = is_of_kind(word, name, at_end=at_end)

    assert [row for row in range(14) if wanted(columns.shape_at(row))] == moments


def test_a_component_that_is_called_like_a_kind() -> None:
    """A kind's word never means a component of that name."""
    assert not is_of_kind("llm")(Shape("tool_call_start", "tool", "llm", "started"))
    assert is_of_kind("tool", "llm")(Shape("tool_call_start", "tool", "llm", "started"))


def test_the_kinds_of_a_trace_begin_with_the_short_ones() -> None:
    """What a trace has, and nothing else, is listed for completion and errors."""
    kinds = kinds_in(recorded(parallel()).timeline.columns.shape_names)

    assert kinds[:6] == ["tool", "chain", "app", "error", "failed", "tool_failed"]
    assert {"memory", "memory_operation", "tool_call", "chain_execution_end"} <= set(kinds)
    assert "llm" not in kinds


@pytest.mark.parametrize(
    ("word", "name", "moments"),
    [
        ("tool", "get_*", [5]),
        ("tool", "*weather*", [5]),
        ("tool", "weather*", []),
        ("get_*", None, [5]),
        ("tool", "get.*", []),
        ("tool", "*", [5]),
    ],
)
def test_a_star_stands_for_any_text(word: str, name: str | None, moments: list[int]) -> None:
    """In the name of a component, and nowhere else."""
    columns = recorded(weather()).timeline.columns
    wanted = is_of_kind(word, name)

    assert [row for row in range(14) if wanted(columns.shape_at(row))] == moments
