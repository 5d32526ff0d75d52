from __future__ import annotations

import io
from pathlib import Path

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.render.console import PlainPainter
from namel3ss_dbg.repl import obey


class Said:
    """What a script has said, and how it ended."""

    def __init__(self, dialogue: Dialogue, text: str, **options: object) -> None:
        out, err = io.StringIO(), io.StringIO()
        self.code = obey(dialogue, text.splitlines(keepends=True), PlainPainter(), out=out, err=err, **options)  # type: ignore[arg-type]
        self.out = out.getvalue()
        self.err = err.getvalue()


class TestObey:
    def test_commands_are_done_in_order(self, dialogue: Dialogue) -> None:
        """Each reply is written plainly, without prompt and colour."""
        said = Said(dialogue, "goto 5\nprint city\nstepi\n")

        assert (said.code, said.err) == (0, "")
        assert [line.split()[0] for line in said.out.splitlines() if line.startswith("#")] == ["#5", "#6"]
        assert '"Oslo"\n' in said.out
        assert dialogue.moment == 6

    def test_it_stops_at_the_first_mistake(self, dialogue: Dialogue) -> None:
        """The message names the line of the file, and what follows is not done."""
        said = Said(dialogue, "goto 5\n\n# a comment\njump 3\ngoto 7\n", name="find.n3")

        assert said.code == 1
        assert said.err.startswith("find.n3:4: There is no command 'jump'.")
        assert dialogue.moment == 5

    def test_it_goes_on_when_told_to(self, dialogue: Dialogue) -> None:
        """The exit code still tells of the first mistake."""
        said = Said(dialogue, "expect 1 == 2\njump\ngoto 7", keep_going=True)

        assert said.code == 5
        assert dialogue.moment == 7

    @pytest.mark.parametrize(
        ("text", "code"),
        [
            ("goto 5\nexpect city == 'Oslo'", 0),
            ("goto 5\nexpect city == 'Rome'", 5),
            ("goto 999", 1),
            ("print nothing_like_this", 1),
            ("set lines many", 1),
            ("print 1 > ./no/such/folder/file", 1),
            ("quit\njump", 0),
            ("", 0),
        ],
    )
    def test_the_exit_code_says_what_kind_of_mistake_it_was(self, dialogue: Dialogue, text: str, code: int) -> None:
        """As the table in the documentation has it."""
        assert Said(dialogue, text).code == code

    def test_empty_lines_repeat_nothing(self, dialogue: Dialogue) -> None:
        """A script is read by people."""
        Said(dialogue, "step\n\n\nstep\n")

        assert dialogue.moment == 1

    def test_comments_are_left_out(self, dialogue: Dialogue) -> None:
        """At the beginning, or between blanks; `#7` is a place."""
        Said(dialogue, "#goto 2\n  # goto 3\ngoto #7 # the second model call\n")

        assert dialogue.moment == 7

    def test_echo_shows_what_is_done(self, dialogue: Dialogue) -> None:
        """As it would look at a prompt."""
        said = Said(dialogue, "goto 5\nprint city", echo=True)

        assert [line for line in said.out.splitlines() if line.startswith("(n3)")] == ["(n3) goto 5", "(n3) print city"]

    def test_a_command_may_take_several_lines(self, dialogue: Dialogue) -> None:
        """A block up to its `end`, an answer up to its last bracket."""
        said = Said(
            dialogue, 'break tool\ncommands 1\nprint city\nend\nmock get_weather {\n "result": 4\n}\ncontinue\n'
        )

        assert (said.code, said.err) == (0, "")
        assert '"Oslo"\n' in said.out

    def test_a_block_that_nobody_closes_is_a_mistake(self, dialogue: Dialogue) -> None:
        """At the end of the file it is too late."""
        said = Said(dialogue, "break tool\ncommands 1\nprint city\n", name="x.n3")

        assert said.code == 1
        assert said.err.startswith("x.n3:2: ")

    def test_a_question_is_refused_unless_answered_before(self, dialogue: Dialogue) -> None:
        """Nothing is overwritten by a script that does not say so."""
        Path("notes").write_text("mine")
        refused = Said(dialogue, "print 1 > ./notes")

        assert refused.code == 1
        assert "--yes" in refused.err
        assert Path("notes").read_text() == "mine"
        assert Said(dialogue, "print 1 > ./notes", yes=True).code == 0
        assert Path("notes").read_text() == "1\n"

    def test_an_editor_is_refused(self, dialogue: Dialogue) -> None:
        """The sentence says where the source is."""
        said = Said(dialogue, "goto 5\nedit")

        assert said.code == 1
        assert "app.ai:9" in said.err

    def test_a_pager_is_left_out(self, dialogue: Dialogue) -> None:
        """There is nobody to press keys."""
        assert Said(dialogue, "print 1 | pager").out == "1\n"
