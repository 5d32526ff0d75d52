"""Values on one line: as text or JSON, shortened with their size, harmless."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.render.pieces import cells, text_of
from namel3ss_dbg.render.values import json_line, plain_value, plain_word, text_value, value_line
from namel3ss_dbg.timeline.state import ABSENT

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON)
def test_a_plain_value_is_whole_and_on_one_line(value: Any) -> None:
    """Other programs can read it back, but for control characters, which are spelled out."""
    shown = plain_value(value)

    assert "\n" not in shown
    assert "\x1b" not in shown
    if shown == json.dumps(value, ensure_ascii=False, separators=(",", ":")):
        assert json.loads(shown) == value


@given(JSON, st.integers(8, 60))
def test_a_value_fits_its_line(value: Any, width: int) -> None:
    """With its size, when it had to be shortened."""
    shown = text_of(value_line(value, width))

    assert cells(shown) <= max(width, 16)


@pytest.mark.parametrize(("value", "text"), [
    ("Oslo", "Oslo"), ("4", '"4"'), ("true", '"true"'), ("", '""'), (" x", '" x"'), ("tall", "tall"), (4, "4"),
    ({"a": [1, None]}, '{"a": [1, null]}'), (ABSENT, "absent"),
])  # fmt: skip
def test_strings_are_shown_as_text_unless_they_look_like_another_value(value: Any, text: str) -> None:
    """A person sees the difference between 4 and "4"."""
    assert text_value(value) == text


def test_a_long_value_keeps_both_ends_and_says_its_size() -> None:
    """`pp` shows all of it."""
    assert text_of(value_line("It is 4 C in Oslo." * 100, 30)) == "It is 4 C i… C in Oslo. 1.8 kB"


@pytest.mark.parametrize(("word", "text"), [
    ("tool_call_start", "tool_call_start"), ("get weather", '"get weather"'), ("a=b", '"a=b"'), ("", '""'),
    ("\x1b[2J", r'"\\e[2J"'), ("app.ai:9", "app.ai:9"),
])  # fmt: skip
def test_words_are_quoted_where_they_would_fall_apart(word: str, text: str) -> None:
    """A line of `key=value` can be taken apart again."""
    assert plain_word(word) == text


def test_json_is_coloured_by_what_its_parts_are() -> None:
    """Also when its middle is missing."""
    styles = [(piece.text, piece.style) for piece in json_line('{"a": 1, "b": "x…')]

    assert styles == [
        ("{", ""), ('"a"', "key"), (": ", ""), ("1", "number"), (", ", ""), ('"b"', "key"), (": ", ""),
        ('"x…', "string"),
    ]  # fmt: skip


@given(st.text())
def test_colouring_loses_nothing(text: str) -> None:
    """The pieces together are the text, harmless as it is."""
    assert text_of(json_line(plain_value(text))) == plain_value(text)
