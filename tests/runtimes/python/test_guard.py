from __future__ import annotations

import bdb
import sys
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

from namel3ss_dbg.events import UsageError
from namel3ss_dbg.runtimes.python.guard import debugpy_connected, refuse_beside_a_debugger, traced_by_a_debugger
from tests.support.pytools import SYNC, Tools

pytestmark = pytest.mark.usefixtures("bounded")


def connect(monkeypatch: pytest.MonkeyPatch, *, connected: bool) -> None:
    """Let debugpy be there, as far as anybody can see."""
    debugpy = ModuleType("debugpy")
    debugpy.is_client_connected = lambda: connected  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "debugpy", debugpy)


def traced_by(tracer: Callable[..., Any], ask: Callable[[], bool]) -> bool:
    """What is answered on a thread that is followed by a trace function."""
    answers: list[bool] = []

    def work() -> None:
        sys.settrace(tracer)
        try:
            answers.append(ask())
        finally:
            sys.settrace(None)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(20)
    return answers[0]


@pytest.mark.parametrize("connected", [True, False])
def test_debugpy_counts_when_somebody_is_connected(monkeypatch: pytest.MonkeyPatch, *, connected: bool) -> None:
    """That it was imported is no harm."""
    monkeypatch.delitem(sys.modules, "debugpy", raising=False)
    assert not debugpy_connected()
    connect(monkeypatch, connected=connected)

    assert debugpy_connected() is connected


def test_a_trace_function_counts_when_it_is_a_debuggers() -> None:
    """Not when it measures coverage, or only looks."""
    debugger = bdb.Bdb()
    debugger.reset()

    assert traced_by(debugger.trace_dispatch, traced_by_a_debugger)
    assert not traced_by(lambda *_: None, traced_by_a_debugger)
    assert not traced_by_a_debugger()


def test_before_python_3_12_a_walk_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says why, and what to do."""
    connect(monkeypatch, connected=True)
    with pytest.raises(UsageError) as caught:
        refuse_beside_a_debugger((3, 11))

    assert str(caught.value) == (
        "The tool cannot be stepped through while another Python debugger is connected: "
        "on Python 3.11 both would need the process's one trace function. "
        "Disconnect it, or use Python 3.12 or newer."
    )
    refuse_beside_a_debugger((3, 12))


def test_without_another_debugger_nothing_is_refused() -> None:
    """Whatever the version."""
    refuse_beside_a_debugger((3, 11))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="both debuggers work there")
def test_a_refused_walk_has_changed_nothing(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The tool is not called; when the other debugger has gone, it can be."""
    tools = Tools(tmp_path, SYNC)
    connect(monkeypatch, connected=True)
    with tools.walk(n=1) as walk:
        with pytest.raises(UsageError, match="another Python debugger"):
            walk.start()
        connect(monkeypatch, connected=False)

        assert tools.place(walk.start()) == "call tool first"
