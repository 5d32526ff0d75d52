"""Texts that cannot do harm, their width in a terminal, and how they are shortened."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.render.pieces import (
    Piece,
    cells,
    harmless,
    harmless_json,
    harmless_lines,
    line,
    shorten,
    shortened,
    text_of,
)


@pytest.mark.parametrize(("text", "shown"), [
    ("\x1b[31mred", r"\e[31mred"), ("a\nb\tc\rd", r"a\nb\tc\rd"), ("\x07", r"\x07"), ("\x9b31m", r"\x9b31m"),
    ("safe \u202e txt.exe", r"safe \u202e txt.exe"), ("\ud800", r"\ud800"), ("Oslo 晴れ é 👩‍🔧", "Oslo 晴れ é 👩‍🔧"),
])  # fmt: skip
def test_control_characters_are_spelled_out(text: str, shown: str) -> None:
    """A payload can neither colour the screen, nor move the cursor, nor turn the text around."""
    assert harmless(text) == shown


@given(st.text() | st.text(st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp", "Lu"]), max_size=9))
def test_nothing_but_what_does_harm_is_spelled_out(text: str) -> None:
    """Each character stays, or is spelled by itself, and a second time changes nothing."""
    shown = harmless(text)

    assert shown == "".join(map(harmless, text))
    assert harmless(shown) == shown


@given(st.dictionaries(st.text(), st.text() | st.floats(allow_nan=False)))
def test_harmless_json_means_the_same(value: dict[str, str | float]) -> None:
    """It is read as what it was, and holds nothing that a terminal would obey."""
    for indent in (None, 2):
        text = harmless_json(json.dumps(value, ensure_ascii=False, indent=indent))

        assert json.loads(text) == value
        assert harmless_lines(text) == text


@given(st.text())
def test_no_text_keeps_a_control_character(text: str) -> None:
    """Whatever a piece is made of, what it holds can be printed."""
    shown = Piece(text).text

    assert not any(ord(character) < 32 or 0x7F <= ord(character) < 0xA0 for character in shown)
    assert shown.encode().decode() == shown


@pytest.mark.parametrize(("text", "width"), [("Oslo", 4), ("晴れ", 4), ("é", 1), ("e\u0301", 1), ("👩\u200d🔧", 4)])
def test_width_counts_columns_not_characters(text: str, width: int) -> None:
    """East Asian characters take two, accents none."""
    assert cells(text) == width


@given(st.text(), st.integers(0, 30))
def test_a_shortened_text_fits(text: str, width: int) -> None:
    """In columns, whatever characters it is made of; and it is not changed when it fits."""
    shown = shorten(text, width)

    assert cells(shown) <= width
    assert shown == text or cells(text) > width


def test_a_text_is_shortened_in_its_middle() -> None:
    """Beginnings tell what it is, ends how it went."""
    assert shorten("search_knowledge_base", 12) == "search…_base"


def test_a_line_of_pieces_loses_its_end() -> None:
    """What is left keeps its styles."""
    pieces = line(("#4 ", "place"), ("tool_call_start ", "kind"), "get_weather")

    assert text_of(shortened(pieces, 12)) == "#4 tool_cal…"
    assert [piece.style for piece in shortened(pieces, 12)] == ["place", "kind", "dim"]


def test_a_line_leaves_empty_pieces_out() -> None:
    """Parts without content vanish."""
    assert line("", ("", "error"), "x") == (Piece("x"),)
