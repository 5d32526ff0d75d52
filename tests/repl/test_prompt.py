"""The prompt with its keys, pressed by a program instead of a person."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output import DummyOutput

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.repl.app import PromptReader
from namel3ss_dbg.repl.completer import DialogueCompleter
from namel3ss_dbg.repl.conversation import Conversation
from namel3ss_dbg.repl.history import CommandHistory
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.shell import namel3ss

F1, F5, F9, F10, F11 = "\x1bOP", "\x1b[15~", "\x1b[20~", "\x1b[21~", "\x1b[23~"
ALT_UP, ALT_DOWN, ALT_RIGHT, ALT_LEFT = "\x1b[1;3A", "\x1b[1;3B", "\x1b[1;3C", "\x1b[1;3D"
ALT_PAGE_UP, ALT_PAGE_DOWN = "\x1b[5;3~", "\x1b[6;3~"
SHIFT_F10 = "\x1b[21;2~"
UP, TAB, ENTER, ESCAPE = "\x1b[A", "\t", "\r", "\x1b"
CTRL_C, CTRL_D, CTRL_L, CTRL_O, CTRL_R = "\x03", "\x04", "\x0c", "\x0f", "\x12"
CTRL_X_E = "\x18\x05"
PASTE = "\x1b[200~{}\x1b[201~"


@pytest.fixture
def keyboard() -> Iterator[PipeInput]:
    with create_pipe_input() as keys:
        yield keys


class Typist:
    """Types into a conversation, and sees what it prints."""

    def __init__(self, dialogue: Dialogue, keyboard: PipeInput, history: Path) -> None:
        self.dialogue = dialogue
        self._keyboard = keyboard
        self.history = history

    def type(self, *keys: str) -> str:
        """What is printed when these keys are pressed, and then Ctrl-D."""
        out = io.StringIO()
        self._keyboard.send_text("".join(keys) + CTRL_D)
        self._keyboard.close()
        reader = PromptReader(
            self.dialogue, color=False, history=self.history, keyboard=self._keyboard, screen=DummyOutput()
        )

        assert Conversation(self.dialogue, reader, color=False, out=out).run() == 0
        return out.getvalue()

    def typed(self) -> list[str]:
        """The lines that were sent, the first first."""
        return list(CommandHistory(self.history).load_history_strings())[::-1]


@pytest.fixture
def typist(dialogue: Dialogue, keyboard: PipeInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Typist:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return Typist(dialogue, keyboard, tmp_path / "history")


class TestKeys:
    @pytest.mark.parametrize(
        ("key", "command", "moment"),
        [
            (F5, "continue", 17),
            (F10, "next", 19),
            (F11, "step", 19),
            (SHIFT_F10, "rnext", 17),
            (ALT_RIGHT, "step", 19),
            (ALT_LEFT, "rstep", 17),
            (ALT_PAGE_DOWN, "continue", 17),
            (ALT_PAGE_UP, "rcontinue", 5),
            (ALT_UP, "up", 18),
        ],
    )
    def test_a_function_key_types_its_command(self, typist: Typist, key: str, command: str, moment: int) -> None:
        """The line, and so the history, shows what was done."""
        typist.type("break tool", ENTER, "goto 18", ENTER, key)

        assert typist.typed() == ["break tool", "goto 18", command]

    def test_motions_move(self, typist: Typist) -> None:
        """F5 to the breakpoint, F11 into the call, Alt-Left back."""
        typist.type("break tool", ENTER, F5, F11, ALT_LEFT, F10)

        assert typist.typed() == ["break tool", "continue", "step", "rstep", "next"]

    def test_what_was_being_typed_comes_back(self, typist: Typist) -> None:
        """A key in the middle of a line costs nothing."""
        typist.type("goto 5", ENTER, "print ci", F11, "ty", ENTER)

        assert typist.typed() == ["goto 5", "step", "print city"]

    def test_f1_helps_with_what_is_being_typed(self, typist: Typist) -> None:
        """Without anything it lists the commands."""
        said = typist.type("break to", F1, CTRL_C, F1)

        assert typist.typed() == ["help break", "help"]
        assert "break [PLACE" in said

    def test_f9_sets_a_breakpoint_here_and_takes_it_away(self, typist: Typist) -> None:
        """At the line of the source; at the beginning of the run there is no here."""
        typist.type(F9, "goto 17", ENTER, F9, F9)

        assert typist.typed() == ["goto 17", "break app.ai:9", "delete 1"]
        assert len(typist.dialogue.session.breakpoints) == 0

    def test_ctrl_l_shows_the_stop_again(self, typist: Typist) -> None:
        """It is no motion, so Enter still does the last one; what was being typed comes back."""
        said = typist.type("goto 1", ENTER, "step", ENTER, "print ti", CTRL_L, CTRL_C, ENTER)

        assert [line.split()[0] for line in said.splitlines() if line.startswith("#")][-3:] == [
            "#2/24",
            "#2/24",
            "#3/24",
        ]
        assert typist.typed() == ["goto 1", "step"]

    def test_ctrl_o_opens_the_source(self, typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
        """In the editor of the person."""
        Path("editor").write_text('#!/bin/sh\necho "$1" > said\n')
        Path("editor").chmod(0o755)
        monkeypatch.setenv("VISUAL", str(Path("editor").resolve()))
        typist.type("goto 5", ENTER, CTRL_O)

        assert Path("said").read_text() == "+9\n"

    def test_ctrl_c_drops_the_line(self, typist: Typist) -> None:
        """It is not done, and the prompt is there again."""
        typist.type("goto 5", CTRL_C, "goto 6", ENTER)

        assert typist.typed() == ["goto 6"]

    def test_ctrl_d_leaves_only_on_an_empty_line(self, typist: Typist) -> None:
        """Elsewhere it deletes a letter."""
        typist.type("goto 55", "\x1b[D", CTRL_D, ENTER)

        assert typist.dialogue.moment == 5

    def test_enter_does_motions_again(self, typist: Typist) -> None:
        """And writes nothing into the history for it."""
        typist.type("goto 1", ENTER, "step", ENTER, ENTER, ENTER)

        assert typist.dialogue.moment == 4
        assert typist.typed() == ["goto 1", "step"]

    def test_vi_keys_on_demand(self, typist: Typist) -> None:
        """`set editing vi` holds from the next line on."""
        typist.type("set editing vi", ENTER, "goto 77", ESCAPE, "x", ENTER)

        assert typist.dialogue.moment == 7

    def test_an_answer_of_several_lines(self, typist: Typist) -> None:
        """Enter goes on while a bracket is open, and sends what is whole."""
        typist.type("mock get_weather {", ENTER, '"result": 4', ENTER, "}", ENTER, "goto 19", ENTER)

        assert typist.typed()[0] == 'mock get_weather {\n"result": 4\n}'
        assert "get_weather" in typist.dialogue.session.mocks

    def test_a_block_of_commands(self, typist: Typist) -> None:
        """Enter goes on until `end`."""
        said = typist.type("break tool", ENTER, "commands 1", ENTER, "print city", ENTER, "end", ENTER, F5)

        assert "Oslo" in said

    def test_pasted_commands_are_done_one_by_one(self, typist: Typist) -> None:
        """From a script in a mail, with its comments."""
        typist.type(PASTE.format("# find it\ngoto 4\nstep\n"), ENTER)

        assert typist.dialogue.moment == 5

    def test_a_question_takes_a_yes(self, typist: Typist) -> None:
        """Everything else is a no, Ctrl-C too."""
        Path("notes").write_text("mine")
        typist.type(
            "print 1 > ./notes",
            ENTER,
            CTRL_C,
            "print 2 > ./notes",
            ENTER,
            ENTER,
            "print 3 > ./notes",
            ENTER,
            "y",
            ENTER,
        )

        assert Path("notes").read_text() == "3\n"


class TestMenu:
    def test_verbs_come_with_what_they_do(self, dialogue: Dialogue) -> None:
        """By the beginning of their names."""
        items = menu(dialogue, "br")

        assert [text for text, _ in items] == ["break"]
        assert items[0][1]

    def test_places_come_with_their_events(self, dialogue: Dialogue) -> None:
        """As many as the trace has."""
        assert ("tool:get_weather", "2 events") in [
            (text, meaning[-8:]) for text, meaning in menu(dialogue, "break tool:")
        ]

    def test_names_are_found_by_what_is_inside_them(self, dialogue: Dialogue) -> None:
        """Fuzzily: some letters of a name, in their order, are enough."""
        assert "tool:get_weather" in [text for text, _ in menu(dialogue, "break weath")]
        assert "tool:get_weather" in [text for text, _ in menu(dialogue, "break gtwthr")]

    def test_verbs_are_exact(self, dialogue: Dialogue) -> None:
        """Else a typing error would be hidden by a guess."""
        assert menu(dialogue, "brk") == []


def menu(dialogue: Dialogue, text: str) -> list[tuple[str, str]]:
    """What the menu holds: texts and meanings."""
    found = DialogueCompleter(dialogue).get_completions(Document(text), CompleteEvent())
    return [(each.text, each.display_meta_text) for each in found]


class TestPythonTool:
    @pytest.fixture
    def typist(self, keyboard: PipeInput, tmp_path: Path, typist: Typist) -> Iterator[Typist]:
        """In front of a run whose tool is written in Python."""
        example = Path(__file__).parents[2] / "examples" / "flaky_weather"
        shutil.copytree(example, tmp_path / "app")
        done = namel3ss("debug", "trace", "app.ai", folder=tmp_path / "app")
        assert done.returncode == 0, done.stderr
        with DebugSession.open(tmp_path / "app" / "trace.jsonl") as session:
            yield Typist(Dialogue(session), keyboard, tmp_path / "history")

    def test_the_same_prompt_walks_through_its_lines(self, typist: Typist) -> None:
        """After a yes; the keys mean Python there, and Ctrl-D only leaves the tool."""
        said = typist.type(
            "goto tool:get_forecast", ENTER, "py", ENTER, "y", ENTER, F11, F9, F9, CTRL_L, CTRL_D, "where", ENTER
        )

        assert typist.typed()[2:] == ["step", "break 19", "delete 1", "where"]
        assert said.count('❱ 19     if city == "Bergen"') == 2
        assert "The call was abandoned." in said
        assert "└── tool get_forecast" in said

    def test_a_no_calls_nothing(self, typist: Typist) -> None:
        """Enter alone is a no."""
        typist.type("goto tool:get_forecast", ENTER, "py", ENTER, ENTER, "where", ENTER)

        assert typist.dialogue.python is None
