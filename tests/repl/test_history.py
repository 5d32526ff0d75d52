from __future__ import annotations

import asyncio
import stat
from pathlib import Path

import pytest
from prompt_toolkit.buffer import Buffer
from prompt_toolkit.document import Document

from namel3ss_dbg.repl.history import CommandHistory, HistorySuggest, history_file, holds_a_secret


def lines_of(path: Path) -> list[str]:
    """What a new session finds, the newest first."""
    return list(CommandHistory(path).load_history_strings())


def filled(path: Path | None, *lines: str) -> CommandHistory:
    history = CommandHistory(path)
    for line in lines:
        history.append_string(line)
    return history


class TestCommandHistory:
    def test_sessions_share_what_was_typed(self, tmp_path: Path) -> None:
        """A session that begins later finds the lines of two others, whole, the newest first."""
        one, other = CommandHistory(tmp_path / "history"), CommandHistory(tmp_path / "history")
        one.append_string("step")
        other.append_string('answer {\n  "text": "+1"\n}')
        one.append_string("# a note")

        assert lines_of(tmp_path / "history") == ["# a note", 'answer {\n  "text": "+1"\n}', "step"]

    def test_only_its_owner_can_read_it(self, tmp_path: Path) -> None:
        """The file is private, also when somebody else has made it readable."""
        path = tmp_path / "state" / "history"
        filled(path, "step")
        path.chmod(0o644)
        filled(path, "next")

        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700

    @pytest.mark.parametrize(
        "line",
        [
            'mock login {"password": "hunter2"}',
            "args api_key=12345",
            "find Bearer abcdefghij0123456789",
            "find sk-abcdefghijklmnopqrstuvwxyz",
            " print anything",
        ],
    )
    def test_secrets_are_not_written(self, tmp_path: Path, line: str) -> None:
        """A line with a secret, or with a blank in front, can be recalled now and is gone afterwards."""
        history = filled(tmp_path / "history", "step", line)

        assert line in history.get_strings()
        assert lines_of(tmp_path / "history") == ["step"]

    @pytest.mark.parametrize("line", ["break llm if tokens > 5", 'break llm if token == "x"', "goto tool:get_weather"])
    def test_ordinary_lines_are_no_secrets(self, line: str) -> None:
        """A comparison names no value that is kept."""
        assert not holds_a_secret(line)

    def test_of_a_huge_file_only_the_end_is_read(self, tmp_path: Path) -> None:
        """Years of typing do not make the prompt wait; a line that is cut is left out."""
        path = tmp_path / "history"
        path.write_text("".join(f"\n# 2026-01-01 00:00:00\n+goto {number}\n" for number in range(20_000)))
        lines = lines_of(path)

        assert lines[0] == "goto 19999"
        assert 1_000 < len(lines) < 20_000
        assert {line.split()[0] for line in lines} == {"goto"}

    def test_a_folder_that_cannot_be_written_to_costs_only_the_history(self, tmp_path: Path) -> None:
        """The session goes on and remembers by itself."""
        (tmp_path / "state").write_text("a file, not a folder")
        history = filled(tmp_path / "state" / "history", "step")

        assert history.get_strings() == ["step"]
        assert lines_of(tmp_path / "state" / "history") == []

    def test_without_a_path_nothing_is_kept(self) -> None:
        """As in tests, and on machines that are not ours."""
        assert filled(None, "step").get_strings() == ["step"]
        assert list(CommandHistory(None).load_history_strings()) == []


def test_the_file_is_where_programs_keep_their_state() -> None:
    """`XDG_STATE_HOME` counts when it is a whole path."""
    assert history_file({"XDG_STATE_HOME": "/state"}) == Path("/state/namel3ss/history")
    assert history_file({"XDG_STATE_HOME": "state"}) == Path("~/.local/state/namel3ss/history").expanduser()


class TestHistorySuggest:
    def suggested(self, typed: str, *lines: str) -> str | None:
        history = CommandHistory(None)

        async def load() -> None:
            assert [line async for line in history.load()] == []

        asyncio.run(load())
        for line in lines:
            history.append_string(line)
        buffer = Buffer(history=history)
        suggestion = HistorySuggest(lambda line: line.startswith("answer")).get_suggestion(buffer, Document(typed))
        return suggestion.text if suggestion else None

    def test_the_newest_line_with_this_beginning_is_proposed(self) -> None:
        """As fish does."""
        assert self.suggested("break", "break llm", "break error", "step") == " error"

    def test_nothing_is_proposed_for_an_empty_or_a_finished_line(self) -> None:
        """There is nothing to go on from, or nothing to add."""
        assert self.suggested("", "step") is None
        assert self.suggested("step", "step") is None

    def test_made_up_answers_are_never_proposed(self) -> None:
        """An answer belongs to one call."""
        assert self.suggested("a", 'answer {"text": "yes"}') is None
        assert self.suggested("answer ", 'answer {"text": "yes"}') is None
