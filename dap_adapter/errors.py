"""What a request is refused with: a number that stays the same between versions, and a sentence.

    1xxx  the message itself            3xxx  something named that is not there, or not any more
    2xxx  starting                      4xxx  an expression, place or command of the person
    9xxx  a mistake of ours

The client shows the sentence in a box only where the person can do something about it and asked for it just now:
never for what is evaluated in passing.
"""

from __future__ import annotations

from enum import IntEnum


class Problem(IntEnum):
    """Why a request is refused."""

    BAD_MESSAGE = 1001
    NOT_INITIALIZED = 1002
    UNKNOWN_REQUEST = 1003
    BAD_ARGUMENTS = 1004
    ALREADY_DONE = 1005
    PATH_FORMAT = 1006
    CANCELLED = 1010
    LAUNCH_ARGUMENTS = 2001
    NO_TRACE = 2002
    NO_PROGRAM = 2003
    NOTHING_LAUNCHED = 2004
    NOT_STOPPED = 2005
    SESSION_OVER = 2006
    NO_THREAD = 3001
    NO_FRAME = 3002
    NO_VARIABLES = 3003
    NO_SOURCE = 3004
    NO_TARGET = 3005
    NO_EVENT = 3006
    NO_MATCH = 3007
    NOT_EVALUATED = 4001
    NOT_CHANGED = 4002
    OUR_MISTAKE = 9001


SHOWN = frozenset(
    {
        Problem.PATH_FORMAT,
        Problem.LAUNCH_ARGUMENTS,
        Problem.NO_TRACE,
        Problem.NO_PROGRAM,
        Problem.NO_TARGET,
        Problem.NOT_CHANGED,
        Problem.OUR_MISTAKE,
    }
)
"""Problems that the client shows to the person."""

SHORT = {Problem.CANCELLED: "cancelled", Problem.NOT_STOPPED: "notStopped"}
"""The protocol's own words for some."""


class Refused(Exception):
    """A request that is answered with an error."""

    def __init__(self, problem: Problem, text: str, *, shown: bool | None = None) -> None:
        super().__init__(text)
        self.problem = problem
        self.text = text
        self.shown = problem in SHOWN if shown is None else shown
        """Whether the client shows it in a box."""
