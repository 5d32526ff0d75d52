from __future__ import annotations

import stat
from pathlib import Path

from namel3ss_dbg.repl.startup import StartFile, Trust, folder_file, own_file


def test_the_persons_own_file_is_found(tmp_path: Path) -> None:
    """Below `XDG_CONFIG_HOME`; none is no mistake."""
    assert own_file({"XDG_CONFIG_HOME": str(tmp_path)}) is None
    (tmp_path / "namel3ss").mkdir()
    (tmp_path / "namel3ss" / "n3dbgrc").write_text("set lines 5\n")

    assert own_file({"XDG_CONFIG_HOME": str(tmp_path)}) == StartFile(tmp_path / "namel3ss" / "n3dbgrc", "set lines 5\n")


def test_the_folders_file_is_found(tmp_path: Path) -> None:
    """In `.namel3ss` of the working directory; one that is no text counts as none."""
    assert folder_file() is None
    (tmp_path / ".namel3ss").mkdir()
    (tmp_path / ".namel3ss" / "n3dbgrc").write_text("break error\n")

    assert folder_file() == StartFile(tmp_path / ".namel3ss" / "n3dbgrc", "break error\n")
    (tmp_path / ".namel3ss" / "n3dbgrc").write_bytes(b"\xff\xfe")
    assert folder_file() is None


class TestTrust:
    def test_an_answer_is_remembered(self, tmp_path: Path) -> None:
        """Yes and no are both kept, for every session, in a file of one's own."""
        path = tmp_path / "state" / "trusted"
        yes, no = StartFile(tmp_path / "a", "step"), StartFile(tmp_path / "b\nyes", "step")
        Trust(path).remember(yes, trusted=True)
        Trust(path).remember(no, trusted=False)

        assert (Trust(path).answer(yes), Trust(path).answer(no)) == (True, False)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600

    def test_other_contents_are_asked_about_anew(self, tmp_path: Path) -> None:
        """Who can change the file cannot change what was said about it."""
        trust = Trust(tmp_path / "trusted")
        trust.remember(StartFile(tmp_path / "a", "step"), trusted=True)

        assert trust.answer(StartFile(tmp_path / "a", "save ~/.bashrc")) is None
        assert trust.answer(StartFile(tmp_path / "b", "step")) is None

    def test_where_nothing_can_be_kept_it_is_asked_again(self, tmp_path: Path) -> None:
        """Nothing fails for that."""
        (tmp_path / "state").write_text("a file, not a folder")
        trust = Trust(tmp_path / "state" / "trusted")
        file = StartFile(tmp_path / "a", "step")
        trust.remember(file, trusted=True)

        assert trust.answer(file) is None
