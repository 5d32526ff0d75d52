from __future__ import annotations

import io

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.repl.dumb import DumbReader, asked, is_yes


def typing(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


class TestDumbReader:
    def test_a_command_may_take_several_lines(
        self, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        """Each with a prompt, until the bracket closes; the end of the input is the end."""
        typing(monkeypatch, 'mock get_weather {\n"result": 4\n}\nstep\n')
        reader = DumbReader(dialogue)

        assert reader.read() == 'mock get_weather {\n"result": 4\n}'
        assert reader.read() == "step"
        assert capsys.readouterr().out == "(n3) ...  ...  (n3) "
        with pytest.raises(EOFError):
            reader.read()

    @pytest.mark.parametrize(("answer", "yes"), [("y\n", True), (" Yes \n", True), ("\n", False), ("", False)])
    def test_only_yes_is_yes(self, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch, answer: str, yes: bool) -> None:
        """Nothing, and the end of the input, are no."""
        typing(monkeypatch, answer)

        assert DumbReader(dialogue).ask("Really?") is yes

    def test_the_width_is_that_of_the_terminal(self, dialogue: Dialogue, monkeypatch: pytest.MonkeyPatch) -> None:
        """Or what the environment says of it."""
        monkeypatch.setenv("COLUMNS", "47")

        assert DumbReader(dialogue).width == 47


def test_a_question_is_broken_between_words() -> None:
    """The answer follows its last line."""
    assert asked("Shall this be done, now and always?", 30) == "Shall this be done, now and\nalways? [y/N] "


@pytest.mark.parametrize("answer", ["yess", "no", "j", "y n"])
def test_other_words_are_no(answer: str) -> None:
    """A typing error does nothing."""
    assert not is_yes(answer)
