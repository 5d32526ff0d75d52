from __future__ import annotations

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.render.pieces import cells
from namel3ss_dbg.repl.toolbar import toolbar
from tests.support.runs import Author, live


def text_of(dialogue: Dialogue, width: int) -> str:
    return "".join(text for _, text in toolbar(dialogue, width))


def parts_of(dialogue: Dialogue, width: int = 200) -> list[str]:
    return [text.strip() for _, text in toolbar(dialogue, width)]


class TestToolbar:
    def test_everything_is_said_where_there_is_room(self, dialogue: Dialogue) -> None:
        """Mode, place, path, tokens, cost, how far, breakpoints, lane and keys."""
        dialogue.run("break tool")
        dialogue.run("goto 18")

        assert parts_of(dialogue) == [
            "REPLAY",
            "#18/24",
            "Helper › turn 1 › get_weather",
            "451 tok",
            "$0.0084",
            "████████░░",
            "1 bp",
            "lane 0/1",
            "F5 go",
            "F10 next",
            "F11 step",
            "M-← back",
            "F1 help",
        ]

    @pytest.mark.parametrize("width", range(20, 160, 7))
    def test_what_does_not_fit_is_dropped_from_the_right(self, dialogue: Dialogue, width: int) -> None:
        """It never is wider than the window, and what is kept is the beginning."""
        dialogue.run("goto 18")
        kept, whole = parts_of(dialogue, width), parts_of(dialogue)

        assert cells(text_of(dialogue, width)) <= width
        assert kept[:2] == whole[:2]
        assert kept[3:] == whole[3 : len(kept)]

    def test_a_deep_path_keeps_its_inner_end(self, dialogue: Dialogue) -> None:
        """The call that one is in matters most."""
        dialogue.run("goto 18")

        assert parts_of(dialogue, 42)[2] == "… › turn 1 › get_weather"
        assert parts_of(dialogue, 34)[2] == "… › get_weather"
        assert parts_of(dialogue, 32)[2] == "get_weather"

    def test_it_does_without_unicode(self, dialogue: Dialogue) -> None:
        """`set ascii on` reaches the toolbar."""
        dialogue.run("set ascii on")
        dialogue.run("goto 18")

        assert text_of(dialogue, 200).isascii()
        assert "Helper > turn 1 > get_weather" in text_of(dialogue, 200)

    def test_at_the_beginning_there_is_no_place_yet(self, dialogue: Dialogue) -> None:
        """Nothing has happened and nothing was spent."""
        assert parts_of(dialogue)[:4] == ["REPLAY", "start/24", "0 tok", "░" * 10]


def test_a_program_that_runs_is_live_until_it_has_ended() -> None:
    """The mode is a word, and the number behind the slash says whether there may be more."""
    author = Author()
    author.end(0)
    with live(author.events) as session:
        dialogue = Dialogue(session)

        assert parts_of(dialogue)[:2] == ["LIVE", "start/-1+"]
        dialogue.run("continue")
        assert parts_of(dialogue)[:2] == ["ENDED", "#1/1"]
