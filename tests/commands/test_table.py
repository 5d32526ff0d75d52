"""The rows of the table, and how words find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.commands import TABLE
from namel3ss_dbg.commands.arguments import split_order
from namel3ss_dbg.commands.manual import manual
from namel3ss_dbg.commands.python import TABLE as PYTHON_TABLE
from namel3ss_dbg.commands.table import GROUPS
from namel3ss_dbg.events import UsageError

MANUAL = Path(__file__).parents[2] / "docs" / "commands.md"


@pytest.mark.parametrize("table", [TABLE, PYTHON_TABLE])
def test_no_two_verbs_share_a_name(table: object) -> None:
    """Names and letters are unique, so that none hides another."""
    names = [name for row in table for name in row.names]  # type: ignore[attr-defined]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("row", [*TABLE, *PYTHON_TABLE], ids=lambda row: row.name)
def test_a_row_is_fit_to_print(row: object) -> None:
    """Summaries are one short sentence, so that help shows a verb on a line; groups are known."""
    assert row.summary.endswith((".", "…"))  # type: ignore[attr-defined]
    assert len(row.summary) <= 57  # type: ignore[attr-defined]
    assert row.group in GROUPS  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", [row for row in TABLE if row.examples], ids=lambda row: row.name)
def test_examples_begin_with_a_verb(row: object) -> None:
    """Each line of an example that is not indented can be typed."""
    for example in row.examples:  # type: ignore[attr-defined]
        for line in example.splitlines():
            if not line.startswith(" "):
                assert TABLE.find(split_order(line).word)


@pytest.mark.parametrize(
    ("word", "name"),
    [
        ("step", "step"), ("s", "step"), ("rs", "rstep"), ("ste", None), ("cont", "continue"), ("n", "next"),
        ("rn", "rnext"), ("out", "finish"), ("f", "finish"), ("bt", "where"), ("/", "find"), ("r/", "rfind"),
        ("unt", "until"), ("cl", "delete"), ("clear", "delete"), ("wat", "watch"), ("y", "why"), ("e", "events"),
        ("m", "messages"), ("g", "goto"), ("bk", "back"), ("fw", "forward"), ("t", "to"), ("rt", "rto"), ("?", "help"),
    ],
)  # fmt: skip
def test_words_find_verbs(word: str, name: str | None) -> None:
    """Names, letters and unmistakable beginnings; letters win over beginnings of others."""
    if name is None:
        with pytest.raises(UsageError):
            TABLE.find(word)
    else:
        assert TABLE.find(word).name == name


def test_an_ambiguous_beginning_lists_the_candidates() -> None:
    """So that the next word is right."""
    with pytest.raises(UsageError) as caught:
        TABLE.find("con")

    assert str(caught.value) == "'con' could be several commands: continue, condition. Type more of the name."


def test_a_bare_r_is_refused() -> None:
    """It means three things in three debuggers; the sentence says what it could mean here."""
    with pytest.raises(UsageError) as caught:
        TABLE.find("r")

    assert "rs rstep, rn rnext" in str(caught.value)
    assert "'finish'" in str(caught.value)


def test_a_misspelt_verb_is_guessed() -> None:
    """One line: what, and what to type."""
    with pytest.raises(UsageError) as caught:
        TABLE.find("contnue")

    assert str(caught.value) == "There is no command 'contnue'. Did you mean 'continue'? 'help' lists them."


def test_the_manual_is_made_from_the_table() -> None:
    """docs/commands.md says what the table says."""
    page = MANUAL.read_text("utf-8")

    assert page == manual(TABLE), "run: python -m namel3ss_dbg.commands.manual > docs/commands.md"
