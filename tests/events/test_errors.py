"""Errors are sentences that say what happened, why, and what to do."""

from __future__ import annotations

import pickle

import pytest

from namel3ss_dbg.events import (
    DebugError,
    DivergenceError,
    ExpectationError,
    ExpressionError,
    PlaceError,
    ProgramError,
    SettingsError,
    SourceError,
    TraceError,
    UsageError,
)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (DebugError("It broke"), "It broke."),
        (DebugError("It broke!"), "It broke!"),
        (DebugError("It broke", why="it was old"), "It broke: it was old."),
        (DebugError("It broke", why="it was old", try_="Buy another."), "It broke: it was old. Buy another."),
        (DebugError("It broke", try_="Buy another."), "It broke. Buy another."),
        (PlaceError("x:y", why="'y' is not a number"), "'x:y' is not a place: 'y' is not a number."),
        (ExpressionError("1 +", why="it ends here"), "'1 +' cannot be evaluated: it ends here."),
    ],
)
def test_the_whole_sentence(error, sentence):
    """What, why and what to do make one text with its full stops."""
    assert str(error) == sentence


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (UsageError, 2),
        (PlaceError, 2),
        (ExpressionError, 2),
        (SettingsError, 2),
        (TraceError, 3),
        (ProgramError, 1),
        (SourceError, 1),
        (DivergenceError, 4),
        (ExpectationError, 5),
    ],
)
def test_a_class_decides_the_exit_code(kind, code):
    """Scripts tell failures apart by the exit code of their class."""
    assert kind.exit_code == code


def test_an_expression_is_pointed_into():
    """A caret stands below the character that is to blame."""
    assert ExpressionError("a $ b", why="no", column=2).pointer == "a $ b\n  ^"
    assert ExpressionError("a $ b", why="no").pointer == "a $ b"


def test_a_source_error_shows_its_line():
    """The position comes first, then the line itself with a caret below the column, also after a tab."""
    error = SourceError("'x' is unknown", file="a.ai", line=12, column=2, source="\tx", try_="Say y.")

    assert str(error) == "a.ai:12:2: 'x' is unknown. Say y.\n  12 |  x\n        ^"


def test_a_source_error_without_its_line_is_one_line():
    """Where the source is not known, the sentence alone remains."""
    assert str(SourceError("No", file="a.ai", line=1, column=1)) == "a.ai:1:1: No."


@pytest.mark.parametrize(
    "error",
    [
        TraceError("It broke", why="it was old", try_="Buy another."),
        PlaceError("x:y", why="no"),
        ExpressionError("a $ b", why="no", column=2),
        SourceError("No", file="a.ai", line=1, column=1, source="x"),
    ],
)
def test_an_error_comes_back_from_another_process(error):
    """Every kind survives pickling with its sentence and all that it knows."""
    again = pickle.loads(pickle.dumps(error))  # noqa: S301 (our own bytes)

    assert type(again) is type(error)
    assert (str(again), vars(again)) == (str(error), vars(error))
