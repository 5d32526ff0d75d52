"""How a line is taken apart."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.commands.arguments import (
    Ending,
    Order,
    commands_in,
    count_of,
    first_word,
    is_open,
    json_of,
    numbers_of,
    split_ending,
    split_order,
    without_comment,
)
from namel3ss_dbg.events import UsageError


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("", ("", "")),
        ("  step  3 ", ("step", "3")),
        ("/Timeout error", ("/", "Timeout error")),
        ("r/x", ("r/", "x")),
        ("?break", ("?", "break")),
        ("commands\nprint a\nend", ("commands", "\nprint a\nend")),
    ],
)
def test_a_line_is_a_verb_and_the_rest(text: str, order: tuple[str, str]) -> None:
    """Signs need no blank after them, and lines below stay lines."""
    assert split_order(text) == Order(*order)


@pytest.mark.parametrize(
    ("rest", "free_text", "ending"),
    [
        ("tool", False, Ending("tool")),
        ("tool | pager", False, Ending("tool", pager=True)),
        ("tool --json > out.json", False, Ending("tool", json=True, file=Path("out.json"))),
        ("> 'my file.txt' --json", False, Ending("", json=True, file=Path("my file.txt"))),
        ("tokens > 100", True, Ending("tokens > 100")),
        ("tokens > limit", True, Ending("tokens > limit")),
        ("tokens > 100 > ./out", True, Ending("tokens > 100", file=Path("out"))),
        ("tokens > out.txt", True, Ending("tokens", file=Path("out.txt"))),
        ('text == "a | pager"', True, Ending('text == "a | pager"')),
        ("text | upper", True, Ending("text | upper")),
    ],
)
def test_what_stands_at_the_end_of_a_command(rest: str, free_text: bool, ending: Ending) -> None:
    """Pager, file and JSON; where `>` may mean greater, a file must look like one."""
    assert split_ending(rest, free_text=free_text) == ending


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("# all of it", ""),
        ("goto #7", "goto #7"),
        ("goto #7 # the crash", "goto #7"),
        ("step #", "step"),
        ('print "a # b"', 'print "a # b"'),
        ("goto 'crash # back", "goto 'crash"),
        ("print 'a # b'", "print 'a # b'"),
        ('echo "say \\" # " # why', 'echo "say \\" # "'),
    ],
)
def test_comments(text: str, kept: str) -> None:
    """A # at the beginning, or between blanks and outside quotes; a place is none, and a mark opens no quote."""
    assert without_comment(text) == kept


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("tool NAME", ("tool", "NAME")),
        ('"My Agent" {}', ("My Agent", "{}")),
        ("'a b'", ("a b", "")),
        ("'crash", ("'crash", "")),
        ("/some/x y", ("/some/x", "y")),
        ("", ("", "")),
    ],
)
def test_a_word_may_be_in_quotes(text: str, order: tuple[str, str]) -> None:
    """Quotes that do not close are part of the word."""
    assert first_word(text) == Order(*order)


def test_counts() -> None:
    """One by default; nothing but a positive number."""
    assert count_of("") == 1
    assert count_of("12") == 12
    for text in ("0", "-1", "x", "1.5", "²"):
        with pytest.raises(UsageError, match="is not a count"):
            count_of(text)


def test_numbers() -> None:
    """With blanks, commas and ranges."""
    assert numbers_of("1 3,5-7") == [1, 3, 5, 6, 7]
    assert len(numbers_of("1-999999999")) <= 1001
    for text in ("x", "1-", "-2"):
        with pytest.raises(UsageError, match="is not a number"):
            numbers_of(text)


def test_json() -> None:
    """A mistake is pointed at."""
    assert json_of('{"a": [1]}', "x") == {"a": [1]}
    with pytest.raises(UsageError) as caught:
        json_of('{"a": nope}', '{"text": "…"}')
    assert str(caught.value) == 'That is not JSON: Expecting value. Such as {"text": "…"}\n  {"a": nope}\n        ^'
    with pytest.raises(UsageError, match="An answer is missing"):
        json_of("", "1")
    with pytest.raises(UsageError, match="nested too deeply"):
        json_of("[" * 100_000, "1")


@pytest.mark.parametrize(
    ("text", "opened"),
    [
        ("{", True),
        ('{"a": "}"', True),
        ('{"a": 1}', False),
        ('{"a": "\\"}', True),
        ("[1, 2", True),
        ("]", False),
        ('{"a": "x\n', False),
    ],
)
def test_a_bracket_that_is_open(text: str, opened: bool) -> None:
    """Brackets in strings do not count, and a string that runs over its line is a mistake to be told."""
    assert is_open(text) is opened


def test_commands_of_a_file() -> None:
    """Comments and empty lines are left out, blocks are one command, and each knows its line."""
    lines = ["# first", "step", "", "mock x {", '  "a": 1', "}", "next # on", "commands", "print a"]

    found = list(commands_in(lines, lambda text: text.startswith("commands") or text.count("{") > text.count("}")))

    assert found == [(2, "step"), (4, 'mock x {\n  "a": 1\n}'), (7, "next"), (8, "commands\nprint a")]
