"""What a person sees and does at a terminal; the screens are kept as files that can be read."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.golden import assert_golden
from tests.support.shell import COMMAND, environment
from tests.support.terminal import Terminal

pytestmark = pytest.mark.terminal

ROOT = Path(__file__).parents[2]
SCREENS = ROOT / "tests" / "screens"
F1, F5, F11, ALT_LEFT = "\x1bOP", "\x1b[15~", "\x1b[23~", "\x1b[1;3D"
UP, TAB, ENTER, DOWN = "\x1b[A", "\t", "\r", "\x1b[B"
CTRL_C, CTRL_D, CTRL_R = "\x03", "\x04", "\x12"
CTRL_X_E = "\x18\x05"

Opened = Callable[..., Terminal]


@pytest.fixture
def opened(trace: Path, tmp_path: Path) -> Iterator[Opened]:
    """Opens the trace at a terminal of a size."""
    terminals: list[Terminal] = []

    def open_at(columns: int = 80, rows: int = 24, *, of: Path = trace, **variables: str) -> Terminal:
        homes = {"XDG_STATE_HOME": str(tmp_path / "state"), "XDG_CONFIG_HOME": str(tmp_path / "config")}
        words = [COMMAND, "debug", "replay", str(of), "--interactive"]
        variables = {**homes, **variables}
        terminals.append(
            Terminal(words, folder=tmp_path, environment=environment(**variables), columns=columns, rows=rows)
        )
        return terminals[-1]

    yield open_at
    for terminal in terminals:
        terminal.close()


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 40), (60, 20)])
def test_a_session_looks_as_it_did(opened: Opened, columns: int, rows: int) -> None:
    """From the first prompt over a menu, a breakpoint, a step and back to the open calls."""
    terminal = opened(columns, rows)
    screens = [terminal.wait_for_prompt()]
    terminal.type("break tool:")
    screens.append(terminal.wait_for("2 events"))
    terminal.type("get_weather" + ENTER)
    terminal.wait_for_prompt("Breakpoint 1")
    terminal.type(F5)
    screens.append(terminal.wait_for_prompt("(n3) continue", "#5/24"))
    terminal.type("jump" + ENTER)
    terminal.wait_for_prompt("There is no command")
    terminal.type(ALT_LEFT)
    terminal.wait_for_prompt("#4/24")
    terminal.type("where" + ENTER)
    screens.append(terminal.wait_for_prompt("└── llm openai"))
    kept = f"\n{'=' * columns}\n".join(screens)

    assert_golden(SCREENS / f"repl_{columns}x{rows}.txt", kept)


class TestKeys:
    def test_enter_only_accepts_what_is_selected_in_the_menu(self, opened: Opened) -> None:
        """The second Enter sends the line."""
        terminal = opened()
        terminal.wait_for_prompt()
        terminal.type("wher")
        terminal.wait_for("open calls")
        terminal.type(TAB)
        terminal.wait_for("(n3) where")
        terminal.type(ENTER)
        terminal.wait_for("(n3) where", gone="open calls")
        assert "run" not in terminal.text
        terminal.type(ENTER)
        terminal.wait_for("run")

    @pytest.mark.slow
    def test_lines_of_other_sessions_are_found(self, opened: Opened) -> None:
        """With the arrow, by searching, and as a grey proposal that the right arrow takes."""
        first = opened()
        first.wait_for_prompt()
        first.type("goto 5" + ENTER)
        first.wait_for_prompt("#5/24")
        first.type("goto 7" + ENTER)
        first.wait_for_prompt("#7/24")
        first.type(CTRL_D)
        assert first.wait_for_end() == 0

        second = opened()
        second.wait_for_prompt()
        second.type(UP)
        second.wait_for("(n3) goto 7")
        second.type(CTRL_C + CTRL_R + "to 5")
        second.wait_for("goto 5")
        second.type(ENTER + ENTER)
        second.wait_for_prompt("#5/24")
        second.type("goto")
        second.wait_for("(n3) goto 5")
        second.type("\x1b[C" + ENTER)
        second.wait_for("(n3) goto 5\n")

    def test_the_line_can_be_edited_in_an_editor(self, opened: Opened, tmp_path: Path) -> None:
        """C-x C-e; what the editor leaves is in the line."""
        editor = tmp_path / "editor"
        editor.write_text('#!/bin/sh\necho "goto 7" > "$1"\n')
        editor.chmod(0o755)
        terminal = opened(VISUAL=str(editor))
        terminal.wait_for_prompt()
        terminal.type("goto 5" + CTRL_X_E)
        terminal.wait_for("(n3) goto 7")
        terminal.type(ENTER)
        terminal.wait_for_prompt("#7/24")


class TestTerminal:
    def test_the_window_may_change_its_size(self, opened: Opened) -> None:
        """The toolbar loses what does not fit, and stops are drawn for the new width."""
        terminal = opened(120, 40)
        terminal.wait_for("F1 help")
        terminal.resize(60, 20)
        terminal.wait_for("REPLAY", gone="F1 help")
        terminal.type("goto 3" + ENTER)
        text = terminal.wait_for("#3/24")

        assert max(map(len, text.splitlines())) <= 60

    def test_it_ends_with_ctrl_d_and_leaves_the_screen(self, opened: Opened) -> None:
        """What was printed stays, and the exit code is 0."""
        terminal = opened()
        terminal.wait_for_prompt()
        terminal.type("goto 5" + ENTER)
        terminal.wait_for_prompt("#5/24")
        terminal.type(CTRL_D)

        assert terminal.wait_for_end() == 0
        assert b"\x1b[2J" not in terminal.written
        assert b"\x1b[?1049h" not in terminal.written

    def test_without_colour_there_is_none(self, opened: Opened) -> None:
        """`NO_COLOR` reaches prompt, menu, toolbar and stops."""
        terminal = opened(NO_COLOR="1")
        terminal.wait_for_prompt()
        terminal.type("goto 5" + ENTER)
        terminal.wait_for_prompt("#5/24")

        assert not re.search(rb"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|10[0-7])[;m]", terminal.written)

    def test_what_the_terminal_says_of_itself_counts(self, opened: Opened) -> None:
        """Letters that it cannot show are not used, and its background decides about colours."""
        terminal = opened(PYTHONIOENCODING="latin-1", COLORFGBG="0;15")
        terminal.wait_for_prompt()
        terminal.type("goto 5" + ENTER)
        terminal.wait_for_prompt("  >  9     python:")
        terminal.type("set theme" + ENTER)
        terminal.wait_for_prompt("theme is light (terminal)")

    def test_a_dumb_terminal_gets_plain_lines(self, opened: Opened) -> None:
        """No codes at all, and Ctrl-C and Ctrl-D as everywhere."""
        terminal = opened(TERM="dumb")
        terminal.wait_for("(n3)")
        terminal.type("goto 5\n")
        terminal.wait_for("#5/24")
        terminal.type("goto 77" + CTRL_C)
        terminal.type("print city\n")
        terminal.wait_for("Oslo")
        terminal.type(CTRL_D)

        assert terminal.wait_for_end() == 0
        assert b"\x1b" not in terminal.written

    def test_output_goes_through_a_pager_on_demand(self, opened: Opened, tmp_path: Path) -> None:
        """The program of the setting gets what would have been printed."""
        pager = tmp_path / "pager"
        pager.write_text('#!/bin/sh\necho "PAGE BEGINS"\ncat\necho "PAGE ENDS"\n')
        pager.chmod(0o755)
        terminal = opened()
        terminal.wait_for_prompt()
        terminal.type(f"set pager {pager}" + ENTER)
        terminal.type("goto 5" + ENTER)
        terminal.wait_for_prompt("#5/24")
        terminal.type("print city | pager" + ENTER)
        terminal.wait_for("PAGE BEGINS\nOslo\nPAGE ENDS")

    def test_a_folders_commands_are_asked_about(self, opened: Opened) -> None:
        """Before anything else, and only the first time."""
        Path(".namel3ss").mkdir()
        Path(".namel3ss/n3dbgrc").write_text("goto 5\n")
        terminal = opened()
        terminal.wait_for("[y/N]")
        terminal.type("y" + ENTER)
        terminal.wait_for_prompt("#5/24", "REPLAY")
        again = opened()
        assert "[y/N]" not in again.wait_for("#5/24", "REPLAY")


@pytest.fixture
def long_trace(tmp_path: Path) -> Path:
    """A trace that takes a while to look through."""
    path = tmp_path / "long.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for number in range(200_000):
            edge = ("start", "end")[number % 2]
            file.write(f'{{"event_type": "tool_call_{edge}", "event_id": "e{number}", "timestamp": {1e9 + number}, ')
            file.write(f'"component": "tool", "component_name": "look", "inputs": {{"place": "cellar {number}"}}}}\n')
    return path


@pytest.mark.slow
class TestLongTraces:
    def test_the_first_prompt_does_not_wait_for_the_end_of_the_trace(self, opened: Opened, long_trace: Path) -> None:
        """The rest is read while nobody types, which the toolbar shows."""
        terminal = opened(of=long_trace)
        terminal.wait_for("REPLAY  #0/199999 ")

        assert re.search(rb"#0/\d+\+", terminal.written)

    def test_a_long_motion_says_how_far_it_is_and_can_be_stopped(self, opened: Opened, long_trace: Path) -> None:
        """Ctrl-C takes the cursor back to where it was, and the line about the progress is gone."""
        terminal = opened(of=long_trace)
        terminal.wait_for_prompt()
        terminal.type("stepi 3" + ENTER)
        terminal.wait_for_prompt("#3/")
        terminal.type("find ñ" + ENTER)
        terminal.wait_for("Ctrl-C stops")
        terminal.type(CTRL_C)
        text = terminal.wait_for_prompt("nterrupted")

        assert "Ctrl-C stops" not in text
        assert "REPLAY  #3/" in text
