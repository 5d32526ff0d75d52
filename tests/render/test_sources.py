"""Lines of a source file around the current one."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.render.sources import read_excerpt


@pytest.fixture
def app(tmp_path: Path) -> Path:
    path = tmp_path / "apps" / "app.ai"
    path.parent.mkdir()
    path.write_text('agent A {\n\tllm: "x"\n}\n')
    return path


def test_a_file_is_found_in_a_folder_or_by_its_name_alone(app: Path) -> None:
    """Programs are recorded in one place and looked at in another."""
    by_path = read_excerpt("apps/app.ai", 2, [app.parents[1]])
    by_name = read_excerpt("/elsewhere/src/app.ai", 2, [app.parent])

    assert by_path is not None
    assert by_path.lines == ((1, "agent A {"), (2, '    llm: "x"'), (3, "}"))
    assert by_path == by_name


def test_the_first_and_the_last_line_have_one_neighbour(app: Path) -> None:
    """There is nothing before the first and after the last."""
    first, last = read_excerpt(str(app), 1), read_excerpt(str(app), 3)

    assert first is not None
    assert last is not None
    assert [number for number, _ in first.lines] == [1, 2]
    assert [number for number, _ in last.lines] == [2, 3]


@pytest.mark.parametrize(
    ("file", "number"), [("none.ai", 1), ("app.ai", 0), ("app.ai", 9), ("app.ai", 1 << 60), ("\0", 1), (".", 1)]
)
def test_what_cannot_be_shown_is_not(app: Path, file: str, number: int) -> None:
    """No file, no such line, or a name that no file has."""
    assert read_excerpt(file, number, [app.parent]) is None
