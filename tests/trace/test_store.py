"""Traces by name: unique, found again, and never destroyed."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from namel3ss_dbg.events import TraceError
from namel3ss_dbg.trace.store import LATEST, find_trace, move_aside, point_latest_at, trace_name, traces_in

FIRST = '{"event_type":"app_load_start","execution_id":"exec_ab12","timestamp":1735787045.5}\n'


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A trace directory with three traces, the newest first in the alphabet."""
    folder = tmp_path / "traces"
    folder.mkdir()
    for age, name in enumerate(("trace_1_exec_ccc.jsonl", "trace_2_exec_bbb.jsonl", "trace_3_exec_bba.json")):
        (folder / name).write_text(FIRST)
        os.utime(folder / name, (1_000 - age, 1_000 - age))
    return folder


def test_names_sort_by_time_and_tell_executions_apart():
    """A name begins with the time and ends with what is unique."""
    names = [trace_name("exec_b", at=0.0), trace_name("exec_a", at=86_400.0)]

    assert names == sorted(names)
    assert re.fullmatch(r"trace_\d{8}_\d{6}_exec_b\.jsonl", names[0])
    assert trace_name("x", suffix=".json").endswith("_x.json")


def test_the_newest_come_first(directory):
    """Traces are listed by their age, without the link to the latest and without other files."""
    point_latest_at(directory / "trace_1_exec_ccc.jsonl")
    (directory / "notes.txt").touch()

    assert [path.name[6] for path in traces_in(directory)] == ["1", "2", "3"]
    assert traces_in(directory / "missing") == []


@pytest.mark.parametrize(
    "name",
    ["trace_2_exec_bbb.jsonl", "trace_2_exec_bbb", "trace_2", "exec_bbb", "bbb", "exec_bbb.jsonl"],
)
def test_a_trace_by_what_a_person_remembers(directory, name):
    """The file's name, with or without its ending, a beginning of it, or the execution's id."""
    if name == "exec_bbb.jsonl":
        with pytest.raises(TraceError):
            find_trace(name, directory)
    else:
        assert find_trace(name, directory) == directory / "trace_2_exec_bbb.jsonl"


def test_a_path_counts_before_a_name(directory, tmp_path):
    """A file that lies where the path says is meant, whatever the trace directory holds."""
    Path("trace_2").touch()

    assert find_trace("trace_2", directory) == Path("trace_2")
    assert find_trace(str(tmp_path / "trace_2"), directory) == tmp_path / "trace_2"


def test_the_latest_trace(directory):
    """`latest` is where the link leads, the `trace.jsonl` of this folder when that is newer, else the newest one."""
    assert find_trace("latest", directory).name == "trace_1_exec_ccc.jsonl"
    point_latest_at(directory / "trace_3_exec_bba.json")
    assert find_trace("latest", directory) == (directory / "trace_3_exec_bba.json").resolve()
    Path("trace.jsonl").touch()
    assert find_trace("latest", directory) == Path("trace.jsonl").resolve()


def test_a_link_that_leads_nowhere(directory):
    """When the latest trace was removed, the newest that is left is meant."""
    point_latest_at(directory / "gone.jsonl")

    assert find_trace("latest", directory).name == "trace_1_exec_ccc.jsonl"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        (
            "zzz",
            "There is no trace 'zzz': Traces in {0}: trace_1_exec_ccc.jsonl, trace_2_exec_bbb.jsonl, "
            "trace_3_exec_bba.json. Record one with: namel3ss debug trace APP.ai",
        ),
        (
            "exec_bb",
            "'exec_bb' could be 2 traces: trace_2_exec_bbb.jsonl, trace_3_exec_bba.json. Type more of the name.",
        ),
        (".", "'.' is a folder, not a trace. Name a file in it, such as ./trace.jsonl."),
    ],
)
def test_what_is_not_found_is_explained(directory, name, sentence):
    """What there is instead, and what to do."""
    with pytest.raises(TraceError) as caught:
        find_trace(name, directory)

    assert str(caught.value) == sentence.format(directory)


@pytest.mark.parametrize("name", ["x" * 5_000, "\0", "~nobody-is-called-so/trace"])
def test_what_is_no_name_at_all(directory, name):
    """Names that no file can have are not found, like any other."""
    with pytest.raises(TraceError, match="There is no trace"):
        find_trace(name, directory)


def test_nothing_recorded_yet(tmp_path):
    """The very first question is answered with how to record a trace."""
    for name in ("latest", "zzz"):
        with pytest.raises(TraceError, match=r"Record one with: namel3ss debug trace APP\.ai"):
            find_trace(name, tmp_path / "none")


def test_the_link_moves_from_one_to_the_next(directory):
    """The link always leads to the trace that was named last, and nothing else is left behind."""
    before = set(directory.iterdir())
    for name in ("trace_1_exec_ccc.jsonl", "trace_2_exec_bbb.jsonl"):
        point_latest_at(directory / name)

        assert (directory / LATEST).resolve() == (directory / name).resolve()
    assert set(directory.iterdir()) - before == {directory / LATEST}


def test_a_file_in_the_place_of_the_link_stays(directory):
    """A trace of somebody's that is called like the link is not replaced by it."""
    (directory / LATEST).write_text(FIRST)

    point_latest_at(directory / "trace_1_exec_ccc.jsonl")

    assert (directory / LATEST).read_text() == FIRST


def test_where_links_cannot_be(monkeypatch, directory):
    """Without symbolic links there is no link, and no error."""

    def no_links(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(Path, "symlink_to", no_links)
    point_latest_at(directory / "trace_1_exec_ccc.jsonl")

    assert not (directory / LATEST).exists()


def test_an_earlier_trace_is_moved_aside(tmp_path):
    """It is found in the trace directory under its own time and id, with all that it held."""
    Path("trace.jsonl").write_text(FIRST)

    target = move_aside(Path("trace.jsonl"), tmp_path / "traces")

    assert not Path("trace.jsonl").exists()
    assert re.fullmatch(r"trace_20250102_0[0-9]0405_exec_ab12\.jsonl", target.name)
    assert target.read_text() == FIRST


def test_nothing_is_destroyed_by_a_second_one(tmp_path):
    """Traces with the same time and id all stay, numbered."""
    names = []
    for number in range(3):
        Path("trace.jsonl").write_text(f"{FIRST}{number}")
        names.append(move_aside(Path("trace.jsonl"), tmp_path / "traces").name)

    assert [name.split("ab12")[1] for name in names] == [".jsonl", "_2.jsonl", "_3.jsonl"]
    assert sorted(path.read_text()[-1] for path in (tmp_path / "traces").iterdir()) == ["0", "1", "2"]


@pytest.mark.parametrize(
    "content",
    ["rubbish", '{"timestamp":1e300}', "[]", '{"execution_id":"../../x","timestamp":"soon"}', '{"inputs":null}', "\0"],
)
def test_what_is_no_trace_is_moved_as_well(tmp_path, content):
    """Whatever lies there stays somebody's: it is moved under its own time, into the trace directory."""
    Path("trace.jsonl").write_text(content)

    target = move_aside(Path("trace.jsonl"), tmp_path / "traces")

    assert target.parent == tmp_path / "traces"
    assert target.read_text() == content


def test_a_document_knows_its_id_too(tmp_path):
    """The id of a JSON document is that of its first event."""
    Path("trace.json").write_text('{"trace_version": 1, "events": [\n' + FIRST.strip() + ",\n")

    assert move_aside(Path("trace.json"), tmp_path / "traces").name.endswith("_exec_ab12.json")


def test_nothing_to_move(tmp_path):
    """A file that is not there, that is empty, or that is none is left as it is."""
    Path("empty.jsonl").touch()
    Path("folder").mkdir()

    for name in ("missing.jsonl", "empty.jsonl", "folder", "/dev/null"):
        assert move_aside(Path(name), tmp_path / "traces") is None
    assert not (tmp_path / "traces").exists()


def test_to_another_file_system(tmp_path, monkeypatch):
    """Where a file cannot be renamed it is copied, and removed only then."""
    Path("trace.jsonl").write_text(FIRST)

    def across(*_: object) -> None:
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr(Path, "replace", across)
    target = move_aside(Path("trace.jsonl"), tmp_path / "traces")

    assert target.read_text() == FIRST
    assert not Path("trace.jsonl").exists()


def test_what_cannot_be_moved_stays(tmp_path):
    """When there is no place for it, the trace stays where it was, and that is said."""
    Path("trace.jsonl").write_text(FIRST)
    (tmp_path / "traces").write_text("in the way")

    with pytest.raises(TraceError) as caught:
        move_aside(Path("trace.jsonl"), tmp_path / "traces")

    assert str(caught.value) == (
        f"The earlier trace 'trace.jsonl' cannot be moved to '{tmp_path}/traces': File exists. "
        "Choose another file with --output."
    )
    assert Path("trace.jsonl").read_text() == FIRST
