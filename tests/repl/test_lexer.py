from __future__ import annotations

import pytest
from prompt_toolkit.document import Document

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.repl.lexer import CommandLexer


def colours(dialogue: Dialogue, text: str, number: int = 0) -> list[tuple[str, str]]:
    """The pieces of a line that mean something, each with its style."""
    pieces = CommandLexer(dialogue).lex_document(Document(text))(number)
    return [(style.removeprefix("class:"), said) for style, said, *_ in pieces if style and said]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("step", [("verb", "step")]),
        ("s 3", [("verb", "s"), ("number", "3")]),
        ("jump 3", [("unknown", "jump"), ("number", "3")]),
        ("goto #7 # a place", [("verb", "goto"), ("place", "#7"), ("comment", " # a place")]),
        ("# all of it", [("comment", "# all of it")]),
        (
            'break tool:get_weather if city == "Oslo" and tokens > 5',
            [
                ("verb", "break"),
                ("place", "tool:get_weather"),
                ("small", "if"),
                ("string", '"Oslo"'),
                ("small", "and"),
                ("pipe", ">"),
                ("number", "5"),
            ],
        ),
        ("b llm every 2", [("verb", "b"), ("place", "llm"), ("small", "every"), ("number", "2")]),
        ("goto 'crash", [("verb", "goto"), ("place", "'crash")]),
        ("goto app.ai:12", [("verb", "goto"), ("place", "app.ai:12")]),
        ("goto @1.5s", [("verb", "goto"), ("place", "@1.5s")]),
        ("/Oslo", [("verb", "/")]),
        ("events --json | pager", [("verb", "events"), ("option", "--json"), ("pipe", "|")]),
        ('answer {"text": "a # b"}', [("verb", "answer"), ("string", '"text"'), ("string", '"a # b"')]),
        ("", []),
    ],
)
def test_a_line_is_coloured_by_what_its_words_mean(
    dialogue: Dialogue, text: str, expected: list[tuple[str, str]]
) -> None:
    """The verb by the command table, the rest by its form."""
    assert colours(dialogue, text) == expected


@pytest.mark.parametrize(
    "text", ["  goto  #7 # x", "/Oslo", "?", 'answer {"a": [1, "b', "commands 1\nsilent\nend", "ä ö # ü"]
)
def test_no_letter_is_lost(dialogue: Dialogue, text: str) -> None:
    """What is drawn is what was typed."""
    document = Document(text)
    lex = CommandLexer(dialogue).lex_document(document)

    assert ["".join(said for _, said, *_ in lex(number)) for number in range(document.line_count)] == text.split("\n")


def test_in_a_block_every_line_begins_with_a_verb(dialogue: Dialogue) -> None:
    """In an open JSON object none does."""
    assert colours(dialogue, "commands 1\nprint city\nend", 1)[0] == ("verb", "print")
    assert colours(dialogue, "commands 1\nprint city\nend", 2) == [("verb", "end")]
    assert colours(dialogue, 'answer {\n"step": 1\n}', 1) == [("string", '"step"'), ("number", "1")]


def test_an_alias_is_a_verb(dialogue: Dialogue) -> None:
    """The person has made it one."""
    assert colours(dialogue, "tw")[0][0] == "unknown"
    dialogue.run("alias tw to tool:get_weather")
    assert colours(dialogue, "tw") == [("verb", "tw")]
