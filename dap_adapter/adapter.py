"""The engine's side of a session: the run that is walked, where it rests, and what the client has been told of it.

It moves nothing by a rule of its own: a motion is the engine's, and this says how it went.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from namel3ss_dbg.events import DebugError, ExpressionError, Moment, ProgramError, Stop, TraceError, closes
from namel3ss_dbg.render.pieces import harmless, harmless_lines
from namel3ss_dbg.timeline.cursor import Interrupted
from namel3ss_dbg.timeline.session import DebugSession

from . import protocol as dap
from .breakpoints import Breakpoints
from .client import Client
from .configuration import Configuration
from .conversion import arguments_of
from .errors import Problem, Refused
from .following import Following, Motion
from .handles import Handles
from .logpoints import tell_messages
from .marks import Marks
from .progress import Progress
from .registry import BY_COMMAND, OWN, Row
from .session import Session
from .sources import Sources
from .stacks import Stacks
from .stops import Resting, described
from .waterfall import Waterfall

_SLICE_S = 0.003
# Of reading on while nobody asks anything; whoever asks meanwhile waits for no longer than this.
_LOOKS_AGAIN_S = 0.05


class Adapter:
    """One client's view of one run."""

    def __init__(self, session: Session) -> None:
        assert session.client is not None  # noqa: S101 (it is made after `initialize`)
        self.session = session
        self.client: Client = session.client
        self.configuration: Configuration | None = None
        """What was launched; None before."""
        self.launching: dict[str, Any] | None = None
        """The launch request that is answered when the configuration is done."""
        self.is_configured = False
        self.is_over = False
        """Whether the client was told that this is the end."""
        self.program: Any = None
        """The program that is running or has run; see `programs`."""
        self.handles: Handles[Any] = Handles()
        self.breakpoints = Breakpoints(self)
        self.marks = Marks(self)
        self.progress = Progress(self)
        self.resting = Resting("entry")
        self.on_close: list[Callable[[], None]] = []
        """What ends with the session."""
        self.console: object = None
        """The dialogue of the run; see `console`."""
        self.tree: object = None
        """The calls of the run as a tree; see `tree`."""
        self._run: DebugSession | None = None
        self._sources: Sources | None = None
        self._stacks: Stacks | None = None
        self._waterfall: Waterfall | None = None
        self.following = Following(self)
        self._known = 0

    # The run

    @property
    def run(self) -> DebugSession:
        """The run that is walked.

        Raises:
            Refused: There is none yet.
        """
        if self._run is None:
            raise Refused(Problem.NOTHING_LAUNCHED, "Nothing is being debugged yet.")
        return self._run

    @property
    def sources(self) -> Sources:
        """Where the run's events are in files."""
        if self._sources is None:
            self._sources = Sources(self)
        return self._sources

    @property
    def stacks(self) -> Stacks:
        """The threads and frames of where the run rests."""
        if self._stacks is None:
            self._stacks = Stacks(self)
        return self._stacks

    @property
    def waterfall(self) -> Waterfall:
        """The timeline of the run, as a picture needs it."""
        if self._waterfall is None:
            self._waterfall = Waterfall(self)
        return self._waterfall

    @property
    def has_run(self) -> bool:
        """Whether there is a run to walk."""
        return self._run is not None

    def take(self, run: DebugSession) -> None:
        """Walk this run from now on."""
        if self._run is not None:
            if self._run.path == run.path:
                run.marks.update(self._run.marks)
            self._run.close()
        self._run = run
        self._sources = self._stacks = self._waterfall = None
        self.following.forget()
        self.handles.forget_stop()
        self._known = len(run.timeline)
        run.cursor.progress = self.progress.look
        self.breakpoints.place_all()
        run.timeline.grown = self._look_at_growth
        self.marks.tell()

    def close(self) -> None:
        """End everything that belongs to the session."""
        for end in self.on_close:
            end()
        if self._run is not None:
            self._run.close()
            self._run = None

    # When requests are answered

    @property
    def is_starting(self) -> bool:
        """Whether a launch has come that was not let go yet."""
        return self.configuration is not None and not self.is_configured

    @property
    def is_moving(self) -> bool:
        """Whether the program runs, or a motion waits for more of a trace."""
        program = self.program
        return self.following.is_waiting or (program is not None and program.is_running and not program.is_walked)

    def is_early(self, row: Row) -> bool:
        """Whether a request has to wait until there is a run, or until that was let go."""
        if row.needs in ("conversation", "nothing") or self.is_over or self.is_moving:
            return False
        return not (self.has_run and (self.is_configured or row.needs == "run"))

    def arguments_of(self, command: str, arguments: Mapping[str, Any]) -> Any:
        """The arguments of a request that can be answered now.

        Raises:
            Refused: They do not fit, or it cannot be answered now.
        """
        row = BY_COMMAND[command]
        if row.needs in ("run", "stop"):
            if self.is_over:
                raise Refused(Problem.SESSION_OVER, "The session is over.")
            if self.is_moving and (row.needs == "stop" or not self.has_run):
                raise Refused(Problem.NOT_STOPPED, "It is running; pause it first, or wait for its end.")
        return arguments_of(command, arguments)

    def is_doing(self, request: object, progress: object) -> bool:
        """Whether a request, or what has this progress, is being worked on; the listener asks."""
        current = self.session.request
        return (current is not None and current["seq"] == request) or self.progress.is_shown_as(progress)

    def refusal_of(self, problem: Exception) -> Refused | None:
        """How the client is told of a problem that the engine has told in a sentence; None for our own mistakes."""
        if isinstance(problem, Interrupted):
            return Refused(Problem.CANCELLED, "The request was cancelled.")
        if isinstance(problem, ExpressionError):
            return Refused(Problem.NOT_EVALUATED, harmless_lines(problem.why or str(problem)))
        if isinstance(problem, TraceError):
            return Refused(Problem.NO_TRACE, harmless_lines(str(problem)))
        if isinstance(problem, ProgramError):
            return Refused(Problem.NO_PROGRAM, harmless_lines(str(problem)))
        if isinstance(problem, DebugError):
            return Refused(Problem.NOT_EVALUATED, harmless_lines(str(problem)))
        return None

    # Moving

    def move(self, motion: Motion, title: str, *, runs_on: bool = False) -> None:
        """Do a motion and say where it ended.

        Args:
            motion: What moves the cursor.
            title: What it does, for whoever waits.
            runs_on: Whether it goes on to the end of the recording if nothing stops it.
        """
        origin = self.run.moment
        with self.progress.during(title):
            stop = motion()
        self.arrive(stop, origin, motion, runs_on=runs_on)

    def arrive(self, stop: Stop, origin: Moment, motion: Motion | None = None, *, runs_on: bool = False) -> None:
        """Say where a motion that began at `origin` came to rest."""
        if stop.reason == "end" and motion is not None and self.following.may_grow:
            self.following.wait(motion, origin, runs_on=runs_on)
            return
        tell_messages(self, origin, stop.moment)
        if stop.reason == "end" and runs_on and not self._stops_at_end:
            self.finish()
            return
        if stop.moment < 0 and len(self.run.timeline):  # an editor has nothing to show there
            self.run.cursor.goto(0)
        self.rest(described(self, stop))

    @property
    def is_all_read(self) -> bool:
        """Whether nothing more will become known of the run."""
        return self.run.timeline.closed and not self.following.may_grow

    @property
    def _stops_at_end(self) -> bool:
        return self.configuration is None or self.configuration.stop_at_end

    def rest(self, resting: Resting) -> None:
        """Say that the run rests, and why."""
        self.resting = resting
        self.following.forget()
        self.handles.forget_stop()
        self.stacks.forget()
        self.breakpoints.tell_problems()
        self.stacks.tell_changes()
        event, thread = self.session.event, self.stacks.current_thread
        if self._moved_unforeseen:
            event("continued", dap.ContinuedBody(thread_id=thread, all_threads_continued=True))
        event(
            "stopped",
            dap.StoppedBody(
                reason=resting.reason,
                description=harmless(resting.description or self.stacks.where()),
                text=harmless_lines(resting.text) if resting.text is not None else None,
                thread_id=thread,
                preserve_focus_hint=resting.keeps_focus or None,
                all_threads_stopped=True,
                hit_breakpoint_ids=list(resting.hits) or None,
            ),
        )
        self.tell_position()

    @property
    def _moved_unforeseen(self) -> bool:
        """Whether the run was moved by a request that no client knows to move it; else VS Code keeps the old stop."""
        request = self.session.request
        command = request["command"] if request is not None else ""
        return command == "evaluate" or command.startswith(OWN)

    def tell_position(self) -> None:
        """Tell a client that wants to know where it rests, and how much there is."""
        if self.configuration is not None and self.configuration.positions:
            self.session.event("n3/position", self.position())

    def position(self) -> dict[str, Any]:
        """Where it rests, and how much there is."""
        timeline, moment = self.run.timeline, max(self.run.moment, 0)
        return {
            "moment": moment,
            "events": len(timeline),
            "complete": self.is_all_read,
            "elapsedMs": round(timeline.elapsed(moment) * 1000, 3) if len(timeline) else 0,
            "atStart": moment == 0,
            "atEnd": self.is_all_read and moment == timeline.frontier,
        }

    @property
    def overlays(self) -> tuple[object, ...]:
        """What is shown in place of what was recorded, and so what makes a client's picture old when it changes."""
        return (dict(self.run.mocks), dict(self.run.answers))

    def tell_invalid(self) -> None:
        """What the client shows of values and frames is old."""
        self.stacks.forget()
        if self.client.forgets_when_told:
            self.session.event("invalidated", dap.InvalidatedBody(areas=["variables", "stacks"]))

    def finish(self) -> None:
        """The run is walked to its end: say so, and how it had ended."""
        if self.is_over:
            return
        self.is_over = True
        code = self.exit_code()
        if code is not None:
            self.session.event("exited", dap.ExitedBody(exit_code=code))
        self.session.event("terminated")

    def exit_code(self) -> int | None:
        """How the run ended; None when that is not known."""
        if self.program is not None and self.program.exit_code is not None:
            code: int = self.program.exit_code
            return code
        if self._run is None or not len(self._run.timeline):
            return None
        columns = self._run.timeline.columns
        last = columns.match[0]
        if last < 0 or not closes(columns.shape_at(last).event_type):
            return None
        return 0 if columns.shape_at(last).status == "completed" else 1

    # Between requests

    def idle_in(self) -> float | None:
        """How soon there is something to do although nobody asks for it; None for never."""
        if self.is_over:
            return None
        if self._run is None:
            return _LOOKS_AGAIN_S if self.program is not None and self.program.is_awaited else None
        if not self._run.timeline.closed:
            return 0
        return _LOOKS_AGAIN_S if self.following.may_grow else None

    def _look_at_growth(self) -> None:
        """Place what was pending before a motion passes over the events of a program that runs."""
        if self.configuration is not None and self.configuration.follow:
            self.breakpoints.look_again()

    def idle(self) -> None:
        """Read on a little."""
        run = self._run
        if run is None:
            if self.program is not None:
                self.program.look()
            return
        if self.idle_in() is None:
            return
        run.timeline.extend(within_s=_SLICE_S)
        self.progress.read_on()
        count = len(run.timeline)
        if count == self._known and not run.timeline.closed:
            return
        grown, self._known = count > self._known, count
        if run.timeline.closed or self.following.may_grow:
            self.breakpoints.look_again()
        if grown and self.is_configured and self.configuration is not None and self.configuration.follow:
            self.following.look()
        elif run.timeline.closed and self.is_configured:
            self.tell_position()  # now it is known how many events there are
