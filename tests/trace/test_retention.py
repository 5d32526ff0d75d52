"""Old traces go, everything else stays."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from namel3ss_dbg.trace import sidecar
from namel3ss_dbg.trace.columns import Columns
from namel3ss_dbg.trace.retention import changed_before_today, remove_in_background, remove_old_traces
from namel3ss_dbg.trace.store import LATEST, SIDECAR_SUFFIX, move_aside
from tests.support.old_traces import DAY, aged, old_trace, record
from tests.support.recordings import tracer_in


def names_in(folder: Path) -> set[str]:
    """What a folder holds."""
    return {path.name for path in folder.iterdir()}


def with_sidecar(trace: Path) -> Path:
    """The index of a trace, as the debugger leaves it beside one."""
    sidecar = trace.with_name(trace.name + SIDECAR_SUFFIX)
    sidecar.write_bytes(b"N3IX0003" + bytes(100))
    return sidecar


def test_what_is_older_than_the_days_goes_with_its_index(tmp_path):
    """A trace of forty days and its index are removed, one of twenty stays, and the sizes and ages are told."""
    old, young = old_trace(tmp_path, 40), old_trace(tmp_path, 20)
    size = old.stat().st_size + with_sidecar(old).stat().st_size
    with_sidecar(young)

    done = remove_old_traces(tmp_path, 30)

    assert [(trace.path, trace.size, round(trace.age_days, 2)) for trace in done.removed] == [(old, size, 40.0)]
    assert (done.bytes_freed, done.problems) == (size, ())
    assert names_in(tmp_path) == {young.name, young.name + SIDECAR_SUFFIX}


def test_the_days_are_counted_to_the_minute(tmp_path):
    """A trace goes as soon as it is older than the days, whatever the date in its name."""
    over, under = old_trace(tmp_path, 30 + 1 / 1440), old_trace(tmp_path, 30 - 1 / 1440)

    assert [removed.path for removed in remove_old_traces(tmp_path, 30).removed] == [over]
    assert under.exists()


def test_the_index_that_the_debugger_writes_is_known_as_one(tmp_path):
    """What is removed beside a trace is what opening a big trace leaves there."""
    trace = old_trace(tmp_path, 40)
    with trace.open("rb") as file:
        sidecar.save(trace, file, Columns(), 0)
    assert len(names_in(tmp_path)) == 2

    assert len(remove_old_traces(tmp_path, 30).removed) == 1
    assert names_in(tmp_path) == set()


def test_documents_go_like_lines(tmp_path):
    """A trace that is one JSON document is recognised too."""
    trace = old_trace(tmp_path, 40, trace_format="json")

    assert trace.suffix == ".json"
    assert [removed.path for removed in remove_old_traces(tmp_path, 30).removed] == [trace]


def test_traces_that_were_moved_aside_go_too(tmp_path):
    """`debug trace` moves earlier traces here, two of one id under different names; both are ours."""
    moved = []
    for _ in range(2):
        trace = record(tmp_path / "work", path=tmp_path / "work" / "trace.jsonl", execution_id="exec_same")
        trace = aged(trace.rename(trace.with_name("trace_20200101_000000_exec_same.jsonl")), 40)
        plain = trace.rename(trace.with_name("trace.jsonl"))
        moved.append(move_aside(plain, tmp_path / "traces"))

    assert len({path.name for path in moved if path}) == 2
    assert {removed.path for removed in remove_old_traces(tmp_path / "traces", 30).removed} == set(moved)


def test_a_head_that_was_clipped_is_still_known(tmp_path):
    """A run with huge inputs and metadata is recognised as ours."""
    trace = old_trace(tmp_path, 40, inputs={"text": "x" * 100_000}, metadata={"more": {str(n): n for n in range(9999)}})

    assert [removed.path for removed in remove_old_traces(tmp_path, 30).removed] == [trace]


def test_the_latest_stays_however_old(tmp_path):
    """The link to the latest trace never leads nowhere."""
    other, latest = old_trace(tmp_path, 90), old_trace(tmp_path, 60)
    (tmp_path / LATEST).symlink_to(latest.name)

    assert [removed.path for removed in remove_old_traces(tmp_path, 30).removed] == [other]
    assert (tmp_path / LATEST).exists()


@pytest.mark.parametrize("target", ["gone.jsonl", LATEST])
def test_a_latest_that_leads_nowhere_protects_nothing(tmp_path, target):
    """A dangling link, or one to itself, keeps nobody from cleaning up."""
    trace = old_trace(tmp_path, 60)
    (tmp_path / LATEST).symlink_to(target)

    assert [removed.path for removed in remove_old_traces(tmp_path, 30).removed] == [trace]


def test_the_last_thing_known_of_a_trace_is_its_age(tmp_path):
    """A change of the file, or a last event, that is younger than its first event keeps a trace."""
    changed, lasted = old_trace(tmp_path, 60), old_trace(tmp_path, 60)
    os.utime(changed, (time.time() - 20 * DAY,) * 2)
    event = f'{{"event_type":"custom","event_id":"x","timestamp":{time.time() - 20 * DAY}}}\n'
    lasted.write_bytes(lasted.read_bytes() + event.encode() + b'{"event_type":"cut of')
    os.utime(lasted, (time.time() - 60 * DAY,) * 2)

    assert remove_old_traces(tmp_path, 30).removed == ()
    assert {removed.path for removed in remove_old_traces(tmp_path, 15).removed} == {changed, lasted}


def test_what_is_not_ours_stays(tmp_path):
    """Renamed traces, other people's files under our names, links, folders and pipes are never touched."""
    outside = tmp_path / "outside"
    folder = tmp_path / "traces"
    treasure = old_trace(outside, 90)
    folder.mkdir()
    renamed = old_trace(folder, 90)
    renamed.rename(folder / "the_bug.jsonl")
    other_run = old_trace(folder, 90)
    other_run.rename(other_run.with_name(other_run.name.replace("exec_", "exec_0")))
    name = "trace_20200101_000000_exec_{}.jsonl".format
    head = b'{"event_type":"app_load_start","execution_id":"exec_%s","timestamp":1,"metadata":{%s}}\n'
    contents = {
        "empty": b"",
        "text": b"Dear diary\n",
        "binary": bytes(range(256)) * 50,
        "list": b"[]\n",
        "other": b'{"event_type":"agent_execution_start","execution_id":"exec_other","timestamp":1,"metadata":{}}\n',
        "foreign": head % (b"foreign", b""),
        "boolean": head % (b"boolean", b'"trace_version":"1"'),
        "undated": (head % (b"undated", b'"trace_version":1')).replace(b'"timestamp":1', b'"timestamp":"soon"'),
        "nan": (head % (b"nan", b'"trace_version":1')).replace(b'"timestamp":1', b'"timestamp":NaN'),
    }
    for kind, content in contents.items():
        (folder / name(kind)).write_bytes(content)
        os.utime(folder / name(kind), (1, 1))
    (folder / name("link")).symlink_to(treasure)
    (folder / name("folder")).mkdir()
    os.mkfifo(folder / name("pipe"))
    deeper = old_trace(folder / "deeper", 90)
    before = names_in(folder)

    done = remove_old_traces(folder, 1)

    assert (done.removed, done.problems) == ((), ())
    assert names_in(folder) == before
    assert treasure.exists()
    assert deeper.exists()


def test_a_file_of_ours_that_would_be_removed_differs_from_those_in_nothing_else(tmp_path):
    """The head of the test above, said rightly, is removed: so each of its files stays for its own reason."""
    trace = tmp_path / "trace_20200101_000000_exec_mine.jsonl"
    trace.write_bytes(
        b'{"event_type":"app_load_start","execution_id":"exec_mine","timestamp":1,"metadata":{"trace_version":1}}\n'
    )
    os.utime(trace, (1, 1))

    assert [removed.path for removed in remove_old_traces(tmp_path, 1).removed] == [trace]


def test_an_index_that_is_none_stays(tmp_path):
    """Something else under the name of an index is not removed with the trace, and a link there is not followed."""
    first, second = old_trace(tmp_path, 90), old_trace(tmp_path, 90)
    treasure = tmp_path / "treasure"
    treasure.write_bytes(b"N3IX")
    first.with_name(first.name + SIDECAR_SUFFIX).write_bytes(b"my notes")
    second.with_name(second.name + SIDECAR_SUFFIX).symlink_to(treasure)

    assert len(remove_old_traces(tmp_path, 30).removed) == 2
    assert names_in(tmp_path) == {first.name + SIDECAR_SUFFIX, second.name + SIDECAR_SUFFIX, "treasure"}


def test_a_trace_that_another_process_writes_stays(tmp_path):
    """However long a run is silent, its trace is not taken from it; when its process is gone, it is old like others."""
    code = (
        "import sys; from pathlib import Path; from tests.support.recordings import tracer_in\n"
        "print(tracer_in(Path(sys.argv[1])).require('App', is_latest=False).trace_file, flush=True)\n"
        "sys.stdin.read(); import os; os._exit(0)"
    )
    root = Path(__file__).parents[2]
    far = time.time() + 90 * DAY
    with subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root
    ) as child:
        assert child.stdout is not None
        trace = Path(child.stdout.readline().strip())
        assert trace.exists()

        assert remove_old_traces(tmp_path, 30, now=far).removed == ()
        child.communicate()

    assert [removed.path for removed in remove_old_traces(tmp_path, 30, now=far).removed] == [trace]


def test_a_trace_that_this_process_writes_stays(tmp_path):
    """A run of ours that is still open is not removed under it either, and its writing is not disturbed."""
    tracer = tracer_in(tmp_path)
    execution = tracer.require("App", is_latest=False)

    assert remove_old_traces(tmp_path, 1, now=time.time() + 90 * DAY).removed == ()
    assert tracer.finish() == execution.trace_file
    assert execution.trace_file.read_bytes().count(b"\n") == 2


def test_two_at_once_share_the_work(tmp_path):
    """Processes that clean up at the same time remove each trace once, and none complains."""
    traces = {old_trace(tmp_path, 40) for _ in range(60)}
    barrier = threading.Barrier(4)

    def clean(_: int) -> list[Path]:
        barrier.wait()
        done = remove_old_traces(tmp_path, 30)
        assert done.problems == ()
        return [removed.path for removed in done.removed]

    with ThreadPoolExecutor(4) as pool:
        removed = [path for paths in pool.map(clean, range(4)) for path in paths]

    assert len(removed) == len(set(removed))
    assert set(removed) == traces
    assert names_in(tmp_path) == set()


def test_a_dry_run_tells_the_same_and_removes_nothing(tmp_path):
    """What would be removed is what is removed afterwards, the oldest first."""
    for days in (40, 60, 50):
        with_sidecar(old_trace(tmp_path, days))
    before = names_in(tmp_path)

    told = remove_old_traces(tmp_path, 30, dry_run=True)

    assert names_in(tmp_path) == before
    assert [round(trace.age_days) for trace in told.removed] == [60, 50, 40]
    done = remove_old_traces(tmp_path, 30)
    assert [(trace.path, trace.size) for trace in done.removed] == [(trace.path, trace.size) for trace in told.removed]


def test_no_days_keep_everything(tmp_path):
    """0 removes nothing, however old."""
    old_trace(tmp_path, 3000)

    assert remove_old_traces(tmp_path, 0).removed == ()
    assert len(names_in(tmp_path)) == 1


def test_a_folder_that_is_not_there_is_clean(tmp_path):
    """Nobody has traced here yet: nothing to do, and nothing is created."""
    done = remove_old_traces(tmp_path / "debug" / "traces", 30)

    assert (done.removed, done.problems) == ((), ())
    assert names_in(tmp_path) == set()


def test_a_folder_that_cannot_be_read_is_said(tmp_path):
    """A sentence, not an exception."""
    (tmp_path / "traces").write_text("")

    (said,) = remove_old_traces(tmp_path / "traces", 30).problems

    assert said == f"The trace directory '{tmp_path / 'traces'}' cannot be read: Not a directory."


@pytest.mark.skipif(os.geteuid() == 0, reason="root may do everything")
def test_a_folder_that_may_not_be_changed_is_said(tmp_path):
    """Every trace that cannot be removed is named."""
    trace = old_trace(tmp_path / "traces", 40)
    trace.parent.chmod(0o500)

    done = remove_old_traces(trace.parent, 30)

    trace.parent.chmod(0o700)
    assert done.problems == (f"The trace '{trace}' cannot be removed: Permission denied.",)


names = st.builds(
    "{}_{}_{}{}".format,
    st.sampled_from(["trace_20200101_000000", "trace_20200101", "trace", "TRACE_20200101_000000", "x"]),
    st.sampled_from(["exec", "exec_1", "file", "..", "latest"]),
    st.integers(0, 3),
    st.sampled_from([".jsonl", ".json", ".jsonl.n3ix", ".txt", ".jsonl.bak", ""]),
)
heads = st.builds(
    '{{"event_type":"{}","execution_id":{},"timestamp":{},"metadata":{}}}{}'.format,
    st.sampled_from(["app_load_start", "app_load_end", "agent_turn_start"]),
    st.sampled_from(['"exec_1"', '"exec_1_1"', '"exec_2"', "null", "[]", "1"]),
    st.sampled_from(["1", "1e400", "NaN", "null", "true", '"x"', "4e9"]),
    st.sampled_from(['{"trace_version":1}', '{"trace_version":[]}', "{}", "[]", "null", "3"]),
    st.sampled_from(["\n", "", ",\n", "garbage"]),
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(names, st.one_of(heads, st.text(max_size=20)), max_size=8))
def test_nothing_is_removed_that_does_not_name_itself(tmp_path_factory, files):
    """Whatever lies in a folder: what goes has a name and a first record of ours that say the same run."""
    folder = tmp_path_factory.mktemp("traces")
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
        os.utime(folder / name, (1, 1))

    done = remove_old_traces(folder, 30)

    gone = {removed.path.name for removed in done.removed}
    assert set(files) - names_in(folder) == gone
    for name in gone:
        assert name.startswith("trace_20200101_000000_exec_")
        assert name.endswith((".jsonl", ".json"))
        assert '"app_load_start","execution_id":"exec_' in files[name]
        assert '"trace_version":1' in files[name]


def begin_a_run(folder: Path, *, days: int = 30, **how: Any) -> None:
    """Begin and end a run, and wait until what it may have begun in the background is done."""
    tracer = tracer_in(folder, trace_retention_days=days)
    tracer.require("App", **how)
    for thread in threading.enumerate():
        if thread.name == "trace-retention":
            thread.join()
    tracer.finish()


def made_yesterday(link: Path) -> None:
    """Let a link be one of an earlier day."""
    os.utime(link, (time.time() - 1.5 * DAY,) * 2, follow_symlinks=False)


def test_the_first_run_of_a_day_cleans_up(tmp_path, caplog):
    """When the last run began on an earlier day, old traces are removed beside the new run, and a log line says so."""
    caplog.set_level("INFO", "namel3ss_dbg")
    yesterday = record(tmp_path)
    old = [old_trace(tmp_path, 40) for _ in range(3)]
    made_yesterday(tmp_path / LATEST)

    begin_a_run(tmp_path)

    assert not any(trace.exists() for trace in old)
    assert yesterday.exists()
    assert (tmp_path / LATEST).resolve() != yesterday
    assert f"3 traces in {tmp_path} were older than 30 days" in caplog.text


def test_later_runs_of_a_day_do_not_clean_up(tmp_path):
    """Nor does the very first run in a folder: there is nothing old."""
    first = old_trace(tmp_path, 40)

    begin_a_run(tmp_path)
    begin_a_run(tmp_path)

    assert first.exists()
    assert not changed_before_today(tmp_path / LATEST)


@pytest.mark.parametrize("how", [{"days": 0}, {"is_latest": False}, {"path": Path("trace.jsonl")}])
def test_runs_that_do_not_concern_the_folder_do_not_clean_up(tmp_path, how):
    """Nothing is removed when traces are kept for ever, and when the new trace is not the latest of the folder."""
    record(tmp_path)
    old = old_trace(tmp_path, 40)
    made_yesterday(tmp_path / LATEST)

    begin_a_run(tmp_path, **how)

    assert old.exists()


def test_what_the_background_cannot_do_is_logged(tmp_path, caplog):
    """A folder that cannot be read ends as a warning; nobody waits for it."""
    (tmp_path / "traces").write_text("")
    thread = remove_in_background(tmp_path / "traces", 30)
    assert thread is not None
    thread.join()

    assert "cannot be read: Not a directory." in caplog.text
