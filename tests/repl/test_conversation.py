from __future__ import annotations

import io
import os
import signal
from pathlib import Path

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.events import Moment, TraceEvent
from namel3ss_dbg.repl.conversation import Conversation
from tests.support.runs import Author, recorded


class Lines:
    """Types these lines; an exception among them is what the person does instead."""

    def __init__(self, *lines: str | BaseException, yes: bool = False, width: int = 80) -> None:
        self._lines = [*lines, EOFError()]
        self._yes = yes
        self.width = width
        self.asked: list[str] = []

    def read(self) -> str:
        line = self._lines.pop(0)
        if isinstance(line, BaseException):
            raise line
        return line

    def ask(self, question: str) -> bool:
        self.asked.append(question)
        return self._yes


def talk(dialogue: Dialogue, lines: Lines) -> str:
    """What is printed when these lines are typed."""
    out = io.StringIO()

    assert Conversation(dialogue, lines, color=False, out=out).run() == 0
    return out.getvalue()


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


class TestConversation:
    def test_a_stop_is_shown_below_each_motion(self, dialogue: Dialogue) -> None:
        """The first before anything was typed; an empty line does the last motion again."""
        said = talk(dialogue, Lines("goto 1", "step", "", "quit", "step"))

        assert [line.split()[0] for line in said.splitlines() if line.startswith(("#", "start/"))] == [
            "start/24",
            "#1/24",
            "#2/24",
            "#3/24",
        ]
        assert dialogue.moment == 3

    def test_only_motions_are_done_again(self, dialogue: Dialogue) -> None:
        """Enter after a look does the motion before it."""
        talk(dialogue, Lines("goto 1", "step", "break error", "where", ""))

        assert dialogue.moment == 3
        assert len(dialogue.session.breakpoints) == 1

    def test_a_mistake_is_one_line_and_costs_nothing(self, dialogue: Dialogue) -> None:
        """A sign stands in front, for those who see no red; the conversation goes on."""
        said = talk(dialogue, Lines("goto 4", "jump", "step"))

        assert "✗ There is no command 'jump'." in said
        assert dialogue.moment == 5

    def test_a_long_mistake_is_broken_between_words(self, dialogue: Dialogue) -> None:
        """A narrow window shows the whole sentence."""
        said = talk(dialogue, Lines("goto agent:Nobody", width=40))

        assert max(map(len, said.splitlines())) <= 40
        assert "it matches nothing in this trace." in said.replace("\n", " ")

    def test_dropping_a_line_keeps_the_conversation(self, dialogue: Dialogue) -> None:
        """Ctrl-C at the prompt is no reason to leave."""
        talk(dialogue, Lines("goto 4", KeyboardInterrupt(), "step"))

        assert dialogue.moment == 5

    def test_pasted_lines_are_commands_up_to_the_first_mistake(self, dialogue: Dialogue) -> None:
        """What follows a mistake was written for another moment."""
        talk(dialogue, Lines("goto 4\nstep # on\n\n  jump\nstep"))

        assert dialogue.moment == 5

    def test_a_block_that_was_pasted_in_part_is_a_mistake(self, dialogue: Dialogue) -> None:
        """Half a block is not taken for a whole one."""
        said = talk(dialogue, Lines("break tool\ncommands 1\nprint city"))

        assert "✗ 'commands 1' goes on beyond the end. Close its bracket, or write 'end'." in said

    def test_a_question_is_asked(self, dialogue: Dialogue) -> None:
        """No leaves all as it was."""
        Path("notes").write_text("mine")
        no, yes = Lines("print 1 > ./notes"), Lines("print 1 > ./notes", yes=True)
        talk(dialogue, no)

        assert len(no.asked) == 1
        assert "notes" in no.asked[0]
        assert Path("notes").read_text() == "mine"
        talk(dialogue, yes)
        assert Path("notes").read_text() == "1\n"

    def test_the_source_is_opened_in_the_editor(self, dialogue: Dialogue, editor: Path) -> None:
        """At the line of the stop."""
        talk(dialogue, Lines("goto 5", "edit"))

        assert editor.read_text().endswith("app.ai\n")
        assert editor.read_text().startswith("+9 ")

    def test_an_editor_that_is_missing_is_a_mistake_like_others(
        self, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The conversation goes on."""
        monkeypatch.setenv("VISUAL", "no-such-editor")

        assert "✗ The editor 'no-such-editor' cannot be started" in talk(dialogue, Lines("goto 5", "edit"))

    def test_ascii_reaches_the_messages(self, dialogue: Dialogue) -> None:
        """`set ascii on` for terminals that know nothing else."""
        assert "x There is no command" in talk(dialogue, Lines("set ascii on", "jump"))


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An editor that writes down what it was told; the file it writes to."""
    script, said = tmp_path / "editor", tmp_path / "said"
    script.write_text(f'#!/bin/sh\necho "$@" > {said}\n')
    script.chmod(0o755)
    monkeypatch.setenv("VISUAL", str(script))
    return said


@pytest.fixture
def long() -> Dialogue:
    """A conversation about a run of thousands of events."""
    author = Author()
    for number in range(3_000):
        author.start(0, "tool_call", f"tool{number % 7}")
        author.end(0)
    return Dialogue(recorded(author.events))


class TestCtrlC:
    def press(self, dialogue: Dialogue, *, times: int) -> None:
        """Press Ctrl-C as soon as a motion looks at an event beyond the two thousandth."""
        pressed = iter(range(times))

        def look(moment: Moment, event: TraceEvent) -> TraceEvent:
            if moment > 2_000:
                for _ in pressed:
                    os.kill(os.getpid(), signal.SIGINT)
            return event

        dialogue.session.timeline.overlay = look

    def test_a_motion_goes_back_to_where_it_was(self, long: Dialogue) -> None:
        """Ctrl-C while event after event is looked at; the answer says so, and the conversation goes on."""
        long.run("goto 3")
        self.press(long, times=1)
        said = talk(long, Lines("find nowhere", "print 40 + 2"))

        assert long.moment == 3
        assert "interrupted" in said.lower()
        assert "42" in said

    def test_the_second_time_nothing_is_waited_for(self, long: Dialogue) -> None:
        """Whatever a command is doing, it ends; the conversation goes on."""
        self.press(long, times=2)
        said = talk(long, Lines("find nowhere", "print 40 + 2"))

        assert "✗ Interrupted." in said
        assert "42" in said

    def test_the_signal_is_given_back(self, dialogue: Dialogue) -> None:
        """After a command Ctrl-C means what it meant before."""
        before = signal.getsignal(signal.SIGINT)
        talk(dialogue, Lines("step"))

        assert signal.getsignal(signal.SIGINT) is before


class TestStartFiles:
    def test_the_persons_own_file_is_obeyed(self, dialogue: Dialogue, tmp_path: Path) -> None:
        """Before the first stop is shown."""
        write(tmp_path / "config" / "namel3ss" / "n3dbgrc", "break tool # tools\nset ascii on\n")
        lines = Lines()
        talk(dialogue, lines)

        assert len(dialogue.session.breakpoints) == 1
        assert lines.asked == []

    def test_a_mistake_in_it_is_told_with_its_place(self, dialogue: Dialogue, tmp_path: Path) -> None:
        """And the conversation begins all the same."""
        path = write(tmp_path / "config" / "namel3ss" / "n3dbgrc", "\njump\n")
        said = talk(dialogue, Lines("step"))

        assert f"{path}:2: There is no command 'jump'." in said
        assert dialogue.moment == 0

    @pytest.mark.parametrize("yes", [True, False])
    def test_a_folders_file_is_asked_about_once(self, dialogue: Dialogue, yes: bool) -> None:
        """The answer is remembered until the file changes."""
        path = write(Path(".namel3ss/n3dbgrc"), "break tool\n")
        first, second, third = Lines(yes=yes), Lines(yes=yes), Lines(yes=yes)
        talk(dialogue, first)

        assert len(first.asked) == 1
        assert len(dialogue.session.breakpoints) == yes
        talk(dialogue, second)
        assert second.asked == []
        assert len(dialogue.session.breakpoints) == 2 * yes
        path.write_text("break error\n")
        talk(dialogue, third)
        assert len(third.asked) == 1


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True)
    path.write_text(text)
    return path
