"""A run as a list of events whose end may still be growing."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import attrs
import pytest

from namel3ss_dbg.events import BEGINNING, TraceEvent
from namel3ss_dbg.timeline.timeline import Payloads, Timeline, TimelineStatistics
from namel3ss_dbg.trace.codec import encode_line
from tests.support.runs import recorded
from tests.support.stories import BEGAN, crashed, parallel, weather, write_trace

Over = Callable[[Path], Timeline]


def test_an_empty_timeline_rests_at_the_beginning() -> None:
    """A program that has said nothing has its frontier at the beginning, and is open."""
    timeline = Timeline()

    assert timeline.frontier == BEGINNING
    assert timeline.statistics() == TimelineStatistics(0, 0, 0, closed=False, invalid_lines=0, torn_bytes=0)
    assert timeline.began == 0.0
    assert timeline.index is None


def test_a_live_program_appends() -> None:
    """Each event gets the next moment, and close says that there are no more."""
    timeline = Timeline()

    moments = [timeline.append(event) for event in crashed()]
    timeline.close()

    assert moments == list(range(6))
    assert timeline.statistics() == TimelineStatistics(6, 3, 2, closed=True, invalid_lines=0, torn_bytes=0)
    assert not timeline.extend()


def test_a_recording_holds_what_was_written(tmp_path: Path, over: Over) -> None:
    """Event for event, id for id, payload for payload, a trace file gives what the program emitted."""
    events = weather()
    timeline = over(write_trace(tmp_path / "run.jsonl", events))
    timeline.complete()

    assert [timeline[moment] for moment in range(len(timeline))] == events
    assert [timeline.identity(moment) for moment in range(14)] == [event.event_id for event in events]
    assert [timeline.payloads(moment) for moment in range(14)] == [Payloads(e.inputs, e.outputs) for e in events]


def test_a_recording_is_not_appended_to(tmp_path: Path, over: Over) -> None:
    """Only a live timeline grows by append; a recording is never changed."""
    with pytest.raises(TypeError, match="only a live timeline grows by append"):
        over(write_trace(tmp_path / "run.jsonl", weather())).append(weather()[0])


@pytest.mark.parametrize("moment", [-1, 14, 1_000])
def test_a_moment_that_does_not_exist(moment: int) -> None:
    """No event stands at the beginning or beyond the frontier, and no negative number counts from the end."""
    with pytest.raises(IndexError):
        recorded(weather()).timeline[moment]


def test_reach_reads_no_further_than_it_must(tmp_path: Path, over: Over) -> None:
    """A recording is read on in slices of 20,000 events, until the moment is known."""
    one = encode_line(TraceEvent(event_type="performance_marker", event_id="e", timestamp=1.0))
    path = tmp_path / "long.jsonl"
    path.write_bytes(one * 45_000)
    timeline = over(path)

    assert timeline.reach(5)
    assert timeline.frontier == 19_999
    assert timeline.reach(20_000)
    assert timeline.frontier == 39_999
    assert not timeline.reach(45_000)
    assert timeline.closed
    assert timeline.reach(BEGINNING)


def test_a_file_that_grows_is_read_on(tmp_path: Path, over: Over) -> None:
    """A timeline that is closed, because all was read, goes on when more was written."""
    path = write_trace(tmp_path / "growing.jsonl", weather()[:5])
    timeline = over(path)
    timeline.complete()
    assert timeline.closed
    assert not timeline.extend()

    with path.open("ab") as file:
        file.writelines(map(encode_line, weather()[5:]))

    assert timeline.extend()
    assert timeline.closed
    assert timeline.frontier == 13
    assert timeline[12] == weather()[12]


def test_a_line_that_is_being_written_waits(tmp_path: Path, over: Over) -> None:
    """Half a line is no event yet; when its end arrives it is."""
    path = write_trace(tmp_path / "growing.jsonl", weather()[:5])
    line = encode_line(weather()[5])
    with path.open("ab") as file:
        file.write(line[:40])
    timeline = over(path)
    timeline.complete()
    assert timeline.frontier == 4
    assert timeline.statistics().torn_bytes == 40

    with path.open("ab") as file:
        file.write(line[40:])

    assert timeline.wait_past(4)
    assert timeline[5] == weather()[5]


def test_a_recording_is_waited_for_as_long_as_it_is_given(tmp_path: Path, over: Over) -> None:
    """wait_past sees what another process writes meanwhile, and gives up in time when it writes nothing."""
    path = write_trace(tmp_path / "growing.jsonl", weather()[:5])
    timeline = over(path)

    def write() -> None:
        with path.open("ab") as file:
            file.write(encode_line(weather()[5]))

    assert not timeline.wait_past(4)
    writer = threading.Timer(0.02, write)
    writer.start()
    assert timeline.wait_past(4, within_s=10)
    writer.join()
    assert not timeline.wait_past(5, within_s=0.001)


def test_a_live_program_is_waited_for() -> None:
    """wait_past returns with the next event, or with False when the run ends or the time is over."""
    timeline = Timeline()
    assert not timeline.wait_past(BEGINNING, within_s=0.001)

    program = threading.Thread(target=lambda: (timeline.append(weather()[0]), timeline.close()))
    program.start()
    assert timeline.wait_past(BEGINNING, within_s=10)
    program.join()
    assert not timeline.wait_past(0)


def test_an_overlay_shows_what_was_not_recorded(tmp_path: Path, over: Over) -> None:
    """Events and payloads are shown through the overlay; the recording behind it stays as it is."""
    timeline = over(write_trace(tmp_path / "run.jsonl", weather()))
    timeline.complete()
    assert timeline.payloads(6).outputs == {"result": "4 degrees"}

    timeline.overlay = lambda moment, event: attrs.evolve(event, outputs={"result": moment})

    assert timeline[6].outputs == timeline.payloads(6).outputs == {"result": 6}
    assert timeline.recorded(6) == weather()[6]


def test_odd_payloads_are_what_the_codec_makes_of_them(tmp_path: Path, over: Over) -> None:
    """A null payload is empty, a payload that is no object is wrapped, and a bad line shows itself."""
    path = tmp_path / "odd.jsonl"
    path.write_text('{"event_type": "a", "inputs": null}\n{"event_type": "b", "inputs": 3}\nnonsense\n')
    timeline = over(path)
    timeline.complete()

    assert timeline.payloads(0) == Payloads({}, {})
    assert timeline.payloads(1) == Payloads({"value": 3}, {})
    assert timeline.payloads(2).outputs == {"line": "nonsense"}
    assert timeline.statistics().invalid_lines == 1


def test_what_was_decoded_is_not_kept_for_ever(tmp_path: Path, over: Over) -> None:
    """However many events are looked at, only some hundred stay in memory, and all of them stay right."""
    path = tmp_path / "long.jsonl"
    path.write_bytes(b"".join(encode_line(TraceEvent(event_type="a", inputs={"n": n})) for n in range(1_500)))
    timeline = over(path)
    timeline.complete()

    assert [timeline.payloads(n).inputs["n"] for n in range(1_500)] == list(range(1_500))
    assert [timeline[n].inputs["n"] for n in range(1_500)] == list(range(1_500))
    assert max(len(timeline._decoded), len(timeline._said)) <= 512


def test_time_counts_from_the_first_event_that_tells_it(tmp_path: Path, over: Over) -> None:
    """A line without a time neither begins a run nor hides the events around it."""
    path = write_trace(tmp_path / "run.jsonl", weather())
    path.write_bytes(b"nonsense\n" + path.read_bytes().replace(b"\n", b"\nnonsense\n", 7))
    timeline = over(path)

    assert timeline.at_time(BEGAN + 0.95) == 18
    assert timeline.began == BEGAN
    assert timeline.elapsed(0) == 0.0
    assert timeline.elapsed(1) == 0.0
    assert timeline.elapsed(3) == pytest.approx(0.1)
    assert timeline.at_time(BEGAN) == 1
    assert timeline.at_time(BEGAN + 100) is None


def test_nothing_happened_at_any_time() -> None:
    """A timeline without events has none at or after a time."""
    assert Timeline().at_time(0.0) is None


@pytest.mark.parametrize(("beginning", "moments"), [("evt_00", range(10)), ("evt_013", [13]), ("vt_0", []), ("x", [])])
def test_ids_are_found_by_their_beginning(tmp_path: Path, beginning: str, moments: list[int], over: Over) -> None:
    """Live or recorded, an id is known by how it begins, and an id that is only named as a parent is not meant."""
    timeline = over(write_trace(tmp_path / "run.jsonl", weather()))
    timeline.complete()

    assert list(timeline.identified(beginning)) == list(moments)
    assert list(recorded(weather()).timeline.identified(beginning)) == list(moments)


def test_the_lanes_of_a_run_are_counted() -> None:
    """Two tools at the same time are two lanes."""
    assert recorded(parallel()).timeline.statistics().lanes == 2
