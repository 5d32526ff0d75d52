"""Sentences and single values."""

from __future__ import annotations

import pytest

from namel3ss_dbg.render.pieces import ASCII, cells, text_of
from namel3ss_dbg.render.words import Value, WholeValue, Words, counted, text_lines, wrapped


def shown(view: Words | Value | WholeValue, width: int) -> list[str]:
    """The lines of a screen."""
    return [text_of(line) for line in view.screen(width)]  # type: ignore[arg-type]


def test_sentences_are_wrapped_between_words() -> None:
    """What is indented stays so; plain lines are never cut; nothing can move a cursor."""
    words = Words(("one two three four five six seven", "  in front of it all", "\x1b[2J"))

    assert list(words.plain()) == ["one two three four five six seven", "  in front of it all", r"\e[2J"]
    assert shown(words, 20) == ["one two three four", "five six seven", "  in front of it all", r"\e[2J"]
    assert wrapped("  a word and another one", 20) == ["  a word and another", "  one"]
    assert wrapped("a_word_that_is_far_too_long_for_it", 20) == ["a_word_that_is_far_too_long_for_it"]


def test_a_value_on_one_line() -> None:
    """Whole for programs; for people as much as fits, with its size."""
    value = Value({"text": "x" * 100}, ASCII)

    assert list(value.plain()) == ['{"text":"' + "x" * 100 + '"}']
    (line,) = shown(value, 40)
    assert line.endswith(" 112 B")
    assert cells(line) <= 40


def test_a_whole_value() -> None:
    """Indented where it does not fit on a line; texts as their lines."""
    value = {"short": [1, 2], "long": ["a" * 20, "b" * 20], "empty": {}}

    assert shown(WholeValue(value), 30) == [
        "{",
        '  "short": [1, 2],',
        '  "long": [',
        f'    "{"a" * 20}",',
        f'    "{"b" * 20}"',
        "  ],",
        '  "empty": {}',
        "}",
    ]
    assert shown(WholeValue("two\nlines"), 30) == ["two", "lines"]
    assert shown(WholeValue(""), 30) == [""]
    assert list(WholeValue({"a": 1}).plain()) == ['{"a":1}']


def test_a_long_text_in_a_value_goes_on_below() -> None:
    """Further in, between words where there are some; no line is too long."""
    lines = shown(WholeValue({"text": "some words " * 10, "wide": "日本" * 30}), 40)

    assert max(map(cells, lines)) <= 40
    assert lines[1] == '  "text": "some words some words some '
    assert lines[2].startswith("    words some")
    assert "".join(line.strip() for line in lines).count("日本") == 30


def test_a_value_of_too_many_lines() -> None:
    """Is cut, and says so."""
    lines = shown(WholeValue(["x" * 50] * 3_000, ASCII), 40)

    assert len(lines) == 2_001
    assert lines[-1] == "... more than 2,000 lines"


def test_texts_of_several_lines() -> None:
    """Tabs are spaces, long lines are wrapped, empty ones stay."""
    assert list(text_lines("a\tb\n\nlong " + "word " * 10, 30)) == [
        "a   b", "", "long word word word word word", "word word word word word",
    ]  # fmt: skip


@pytest.mark.parametrize(("number", "text"), [(0, "0 events"), (1, "1 event"), (1_000, "1,000 events")])
def test_counting(number: int, text: str) -> None:
    """One is one."""
    assert counted(number, "event") == text
