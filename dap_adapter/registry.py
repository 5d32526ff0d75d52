"""Every request that is answered, as a row: which module answers it, when, and what it lets the adapter claim.

The table is static, so that `initialize` is answered before the modules behind it, and the engine, are imported. The
capabilities are read off these rows: what has no row cannot be claimed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any, Literal, NamedTuple

Needs = Literal["conversation", "nothing", "run", "stop"]
"""What must be there before a request can be answered: only a conversation; nothing more than the engine; an open run;
a run that was let go and rests."""


class Row(NamedTuple):
    """One request."""

    command: str
    module: str
    needs: Needs = "run"
    claims: tuple[str, ...] = ()
    """Capabilities that are true because this is answered."""

    @property
    def in_protocol(self) -> bool:
        """Whether the protocol knows it; the others are documented in docs/dap.md."""
        return not self.command.startswith(OWN)

    @property
    def function(self) -> str:
        """The name of the function that answers it."""
        name = self.command.removeprefix(OWN)
        snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
        return f"{snake}_" if snake in ("continue", "next") else snake

    def answer(self) -> Callable[..., Any]:
        """The function that answers it; its module is imported now."""
        answer: Callable[..., Any] = getattr(part(self.module), self.function)
        return answer


def part(module: str) -> Any:
    """A module of ours that is imported when it is first needed: the one place where that is done."""
    return import_module(f".{module}", __package__)


OWN = "n3/"
"""What our own requests and events begin with."""

ROWS: tuple[Row, ...] = (
    Row("initialize", "greeting", "conversation"),
    Row("launch", "launch", "nothing"),
    Row("attach", "launch", "nothing"),
    Row("configurationDone", "launch", "nothing", ("supportsConfigurationDoneRequest",)),
    Row("restart", "launch", "run", ("supportsRestartRequest",)),
    Row("terminate", "launch", "nothing", ("supportsTerminateRequest",)),
    Row("disconnect", "launch", "nothing", ("supportTerminateDebuggee",)),
    Row("cancel", "session", "conversation", ("supportsCancelRequest",)),
    Row(
        "setBreakpoints",
        "breakpoints",
        "nothing",
        ("supportsConditionalBreakpoints", "supportsHitConditionalBreakpoints", "supportsLogPoints"),
    ),
    Row("setFunctionBreakpoints", "breakpoints", "nothing", ("supportsFunctionBreakpoints",)),
    Row("setExceptionBreakpoints", "breakpoints", "nothing", ("supportsExceptionFilterOptions",)),
    Row("breakpointLocations", "sources", "run", ("supportsBreakpointLocationsRequest",)),
    Row("dataBreakpointInfo", "watches"),
    Row("setDataBreakpoints", "breakpoints", "nothing", ("supportsDataBreakpoints",)),
    Row("exceptionInfo", "failures", "stop", ("supportsExceptionInfoRequest",)),
    Row("threads", "stacks", "nothing"),
    Row("stackTrace", "stacks", "run", ("supportsDelayedStackTraceLoading",)),
    Row("scopes", "scopes"),
    Row("variables", "scopes"),
    Row("setVariable", "answers", "run", ("supportsSetVariable",)),
    Row("setExpression", "answers", "run", ("supportsSetExpression",)),
    Row("source", "sources"),
    Row("loadedSources", "sources", "run", ("supportsLoadedSourcesRequest",)),
    Row("locations", "sources"),
    Row("continue", "motions", "stop"),
    Row("next", "motions", "stop", ("supportsSteppingGranularity",)),
    Row("stepIn", "motions", "stop"),
    Row("stepOut", "motions", "stop"),
    Row("stepBack", "motions", "stop", ("supportsStepBack",)),
    Row("reverseContinue", "motions", "stop"),
    Row("restartFrame", "motions", "stop", ("supportsRestartFrame",)),
    Row("goto", "targets", "stop"),
    Row("gotoTargets", "targets", "run", ("supportsGotoTargetsRequest",)),
    Row("stepInTargets", "targets", "run", ("supportsStepInTargetsRequest",)),
    Row("pause", "motions", "nothing"),
    Row("evaluate", "evaluation", "run", ("supportsEvaluateForHovers", "supportsClipboardContext")),
    Row("completions", "completions", "run", ("supportsCompletionsRequest",)),
    Row("n3/reverseStepIn", "motions", "stop"),
    Row("n3/reverseStepOut", "motions", "stop"),
    Row("n3/goToEvent", "targets", "stop"),
    Row("n3/to", "motions", "stop"),
    Row("n3/position", "overview"),
    Row("n3/timeline", "waterfall"),
    Row("n3/children", "tree"),
    Row("n3/path", "tree"),
    Row("n3/event", "overview"),
    Row("n3/value", "documents"),
    Row("n3/inline", "inline"),
    Row("n3/stops", "markers"),
    Row("n3/mark", "marks"),
    Row("n3/marks", "marks"),
    Row("n3/version", "versions", "conversation"),
)

BY_COMMAND = {row.command: row for row in ROWS}
