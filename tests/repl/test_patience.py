from __future__ import annotations

import io
import threading
import time

import pytest

from namel3ss_dbg.commands.dialogue import Dialogue
from namel3ss_dbg.repl.patience import Patience, reads_a_trace


class Clock:
    """A clock that somebody else moves."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of the program."""
    clock = Clock()
    monkeypatch.setattr(time, "monotonic", clock)
    return clock


class TestProgress:
    def test_a_long_motion_says_how_far_it_is(self, dialogue: Dialogue, clock: Clock) -> None:
        """After half a second, then ten times a second; what was said is taken away in the end."""
        out = io.StringIO()
        with Patience(dialogue, out).watching():
            tell = dialogue.session.cursor.progress
            assert tell is not None
            for clock.now in (0.4, 0.6, 0.65, 0.75):
                tell(int(clock.now * 1_000_000))

        assert out.getvalue().split("\r") == [
            "",
            "#600,000 of 24   Ctrl-C stops",
            "#750,000 of 24   Ctrl-C stops",
            " " * 29,
            "",
        ]
        assert dialogue.session.cursor.progress is None

    def test_a_short_one_says_nothing(self, dialogue: Dialogue, clock: Clock) -> None:
        """The screen does not flicker."""
        out = io.StringIO()
        with Patience(dialogue, out).watching():
            dialogue.run("step")

        assert out.getvalue() == ""

    def test_in_another_thread_the_signal_is_left_alone(self, dialogue: Dialogue) -> None:
        """Only the main thread may say what Ctrl-C does."""
        out = io.StringIO()
        done: list[int] = []

        def work() -> None:
            with Patience(dialogue, out).watching():
                done.append(dialogue.moment)

        thread = threading.Thread(target=work)
        thread.start()
        thread.join()

        assert done == [-1]


def test_reading_a_trace_is_never_broken_off() -> None:
    """Its columns would not fit each other any more; anything else may be."""
    frames: dict[str, object] = {}
    code = "import sys\ndef go(): return sys._getframe()\nframe = go()"
    exec(code, frames := {"__name__": "namel3ss_dbg.trace.index"})  # noqa: S102

    assert reads_a_trace(frames["frame"])  # type: ignore[arg-type]
    exec(code, frames := {"__name__": "namel3ss_dbg.commands.looks"})  # noqa: S102
    assert not reads_a_trace(frames["frame"])  # type: ignore[arg-type]
