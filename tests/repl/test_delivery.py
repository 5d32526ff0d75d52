from __future__ import annotations

import io
import signal
from pathlib import Path

import pytest

from namel3ss_dbg.commands.reply import Reply
from namel3ss_dbg.events import UsageError
from namel3ss_dbg.render.console import PlainPainter
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.render.words import Value
from namel3ss_dbg.repl.delivery import deliver

REPLY = Reply((Value({"city": "Tromsø"}),))


class Screen(io.StringIO):
    """A terminal that only remembers."""

    def isatty(self) -> bool:
        return True


def paged(pager: str, text: str = "Tromsø") -> str:
    """What is printed when a text goes through a pager."""
    screen = Screen()
    deliver(Reply((Value(text),), pager=pager), ScreenPainter(80, color=False), screen)
    return screen.getvalue()


class TestFiles:
    def test_a_file_gets_plain_lines(self) -> None:
        """Whatever the screen shows; what was done is said."""
        out = io.StringIO()
        deliver(Reply(REPLY.views, file=Path("said")), PlainPainter(), out)

        assert Path("said").read_text("utf-8") == '{"city":"Tromsø"}\n'
        assert out.getvalue() == "Wrote 1 line to 'said'.\n"

    def test_a_file_that_cannot_be_written_is_a_mistake(self) -> None:
        """The sentence says why."""
        with pytest.raises(UsageError) as caught:
            deliver(Reply(REPLY.views, file=Path("no/such/folder")), PlainPainter(), io.StringIO())
        assert str(caught.value) == "'no/such/folder' cannot be written: No such file or directory."


class TestPager:
    def test_the_text_goes_to_the_program(self) -> None:
        """With its options split as a shell does it, and nothing else is printed."""
        assert paged("sh -c 'cat > said'") == ""
        assert Path("said").read_text("utf-8") == "Tromsø\n"

    def test_less_leaves_short_texts_on_the_screen(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Unless the person has said otherwise."""
        monkeypatch.delenv("LESS", raising=False)
        paged("sh -c 'echo $LESS > said'")
        assert Path("said").read_text() == "FRX\n"
        monkeypatch.setenv("LESS", "i")
        paged("sh -c 'echo $LESS > said'")
        assert Path("said").read_text() == "i\n"

    def test_it_may_be_left_before_the_end(self) -> None:
        """Who has seen enough presses q."""
        assert paged("true", "Tromsø\n" * 100_000) == ""

    def test_ctrl_c_is_meant_for_the_pager(self) -> None:
        """It interrupts a search there, and not us; afterwards it means what it meant before."""
        before = signal.getsignal(signal.SIGINT)

        assert paged("sh -c 'kill -INT $PPID; cat > said'") == ""
        assert Path("said").read_text("utf-8") == "Tromsø\n"
        assert signal.getsignal(signal.SIGINT) is before

    @pytest.mark.parametrize("pager", ["no-such-pager -x", "less '", ""])
    def test_one_that_cannot_be_started_is_a_mistake(self, pager: str) -> None:
        """The setting is named that mends it."""
        with pytest.raises(UsageError) as caught:
            paged(pager)
        assert str(caught.value).startswith(f"The pager '{pager}' cannot be started: ")
        assert str(caught.value).endswith("'set pager less' sets it.")
