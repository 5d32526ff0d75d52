"""A launched program that is in Python: a second session of the client's looks into the tool, this one stays outside.

When the run first reaches a tool written in Python, the client is asked to start a session of our own type on the port
of debugpy; who cannot do that is told how to attach by hand. Whenever Python comes to rest, at a breakpoint or after a
step, this session rests at the call of the tool: it shows the frames of the run, and the way back through it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from namel3ss_dbg.events import Moment
from namel3ss_dbg.runtimes.debuggee import Debuggee, PythonReached
from namel3ss_dbg.timeline.timeline import Timeline

from . import protocol as dap
from .relay import PLAIN_VIEW
from .stops import Resting

if TYPE_CHECKING:
    from .adapter import Adapter

CLIENT_WITHIN_S = 30.0
"""How long a run waits for a session that the client is starting."""

PERSON_WITHIN_S = 60.0
"""How long it waits for one that a person has to start."""


class PythonChild:
    """What the client is told while a launched program is in Python."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._has_rested = False

    def reach(self, reached: PythonReached, debuggee: Debuggee) -> None:
        """The run waits before a tool: let a client of debugpy come."""
        client = self._adapter.client
        if not client.starts_sessions:
            debuggee.attach(PERSON_WITHIN_S)
            self._say(
                f"The run has reached the Python tool '{reached.tool}', and waits up to {PERSON_WITHIN_S:.0f} s for a "
                f"Python debugger. {_by_hand(reached)}"
            )
            return
        debuggee.attach(CLIENT_WITHIN_S)

        def answered(response: dict[str, Any]) -> None:
            if response.get("success") is not True:
                debuggee.go_on()
                why = response.get("message")
                reason = f": {why}" if isinstance(why, str) and why else ""
                self._say(f"The editor did not start a session for '{reached.tool}'{reason}. {_by_hand(reached)}")

        self._adapter.session.ask("startDebugging", _child_session(reached), answered)

    def hold(self) -> None:
        """Python has come to rest: rest at the call of the tool, unless that is where we are."""
        run = self._adapter.run
        run.timeline.complete()
        moment = _innermost_tool(run.timeline)
        if moment is None or (moment == run.moment and self._adapter.resting.keeps_focus):
            return
        if self._has_rested and not self._adapter.is_moving:  # some clients take two stops in a row for a mistake
            thread = self._adapter.stacks.current_thread
            self._adapter.session.event("continued", {"threadId": thread, "allThreadsContinued": True})
        self._has_rested = True
        run.cursor.goto(moment)
        name = run.timeline.recorded(moment).component_name
        self._adapter.rest(Resting("pause", f"Python is held in {name}", keeps_focus=True))

    def _say(self, text: str) -> None:
        self._adapter.session.event("output", dap.OutputBody(category="important", output=f"{text}\n"))


def _child_session(reached: PythonReached) -> dap.StartDebuggingRequestArguments:
    """A session of the caller's own type, because the protocol knows no other; see `relay` for who takes it."""
    return dap.StartDebuggingRequestArguments(
        request="attach",
        configuration={
            "name": f"Python: {reached.tool}",
            "connect": {"host": reached.host, "port": reached.port},
            **PLAIN_VIEW,
        },
    )


def _by_hand(reached: PythonReached) -> str:
    connect = f'{{"host": "{reached.host}", "port": {reached.port}}}'
    return (
        f"To look into it, attach any client of debugpy to {reached.host}:{reached.port}, or launch "
        f'{{"type": "namel3ss", "request": "attach", "connect": {connect}}}.'
    )


def _innermost_tool(timeline: Timeline) -> Moment | None:
    """The call of a tool that began last and is still open."""
    shape_at = timeline.columns.shape_at
    tools = (moment for moment in timeline.columns.open.values() if shape_at(moment).event_type == "tool_call_start")
    return max(tools, default=None)
