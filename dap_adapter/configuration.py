"""What a launch says: which recording to walk, or which program to run, and how to begin.

Keys that nobody here knows are not looked at, because editors put their own among them.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from namel3ss_dbg.events import TraceFilter, UsageError

from .errors import Problem, Refused

Console = Literal["internalConsole", "integratedTerminal", "externalTerminal"]

_KINDS: dict[type, str] = {str: "a text", bool: "true or false", dict: "an object", list: "a list"}


@attrs.frozen(kw_only=True)
class Configuration:
    """A launch or attach, checked."""

    trace: Path | None = None
    follow: bool = False
    """Whether the trace is still being written."""
    program: Path | None = None
    entry: str | None = None
    arguments: dict[str, Any] = attrs.field(factory=dict)
    folder: Path | None = None
    """Where the program runs."""
    environment: dict[str, str | None] = attrs.field(factory=dict)
    """Variables on top of ours; None takes one away."""
    console: Console = "internalConsole"
    python_debug: bool = False
    debug: bool = True
    """False: run through, stop nowhere."""
    stop_on_entry: bool = True
    stop_at_end: bool = True
    breakpoints: tuple[str, ...] = ()
    """Places, as the terminal debugger's `break` takes them."""
    mocks: dict[str, Any] = attrs.field(factory=dict)
    """Answers to be shown in place of recorded ones, by component."""
    visible: TraceFilter | None = None
    source_roots: tuple[Path, ...] = ()
    positions: bool = False
    """Whether the client wants our `n3/position` events."""


def read_configuration(arguments: Mapping[str, Any]) -> Configuration:
    """The configuration of a launch.

    Raises:
        Refused: Something in it cannot be.
    """
    read = _Reader(arguments)
    trace, program = read.path("trace"), read.path("program")
    if trace is None and program is None:
        why = "Name a recording with 'trace', or an app with 'program'."
        raise Refused(Problem.LAUNCH_ARGUMENTS, f"The launch configuration says nothing to debug. {why}")
    if program is not None and read.take("follow", bool, default=False):
        text = "'follow' is for a trace that another process writes; a program that is launched is traced anyway."
        raise Refused(Problem.LAUNCH_ARGUMENTS, text)
    console = read.take("console", str, default="internalConsole")
    if console not in ("internalConsole", "integratedTerminal", "externalTerminal"):
        raise Refused(Problem.LAUNCH_ARGUMENTS, "'console' is internalConsole, integratedTerminal or externalTerminal.")
    return Configuration(
        trace=trace,
        program=program,
        follow=read.take("follow", bool, default=False),
        entry=read.take("entry", str, default=None),
        arguments=_arguments(read),
        folder=read.path("cwd"),
        environment=_environment(read),
        console=console,
        python_debug=read.take("pythonDebug", bool, default=False),
        debug=not read.take("noDebug", bool, default=False),
        stop_on_entry=read.take("stopOnEntry", bool, default=True),
        stop_at_end=read.take("stopAtEnd", bool, default=True),
        breakpoints=tuple(read.texts("breakpoints")),
        mocks=_mocks(read),
        visible=_filter(read),
        source_roots=tuple(Path(text).expanduser() for text in read.texts("sourceRoot")),
        positions=read.take("positionEvents", bool, default=False),
    )


class _Reader:
    def __init__(self, arguments: Mapping[str, Any]) -> None:
        self._arguments = arguments

    def take(self, name: str, kind: type, *, default: Any) -> Any:
        value = self._arguments.get(name)
        if value is None:
            return default
        if not isinstance(value, kind):
            raise Refused(Problem.LAUNCH_ARGUMENTS, f"'{name}' in the launch configuration is {_KINDS[kind]}.")
        return value

    def path(self, name: str) -> Path | None:
        text = self.take(name, str, default=None)
        if text is not None and (not text.strip() or "\0" in text):
            raise Refused(Problem.LAUNCH_ARGUMENTS, f"'{name}' in the launch configuration is empty, or no path.")
        return Path(text).expanduser() if text is not None else None

    def texts(self, name: str) -> list[str]:
        """One text, or a list of them."""
        value = self._arguments.get(name)
        if value is None:
            return []
        values = [value] if isinstance(value, str) else value
        if not isinstance(values, list) or not all(isinstance(each, str) for each in values):
            raise Refused(Problem.LAUNCH_ARGUMENTS, f"'{name}' in the launch configuration is a list of texts.")
        return values


def _arguments(read: _Reader) -> dict[str, Any]:
    """`args`; a text is the input."""
    given = read._arguments.get("args")
    if isinstance(given, str):
        return {"input": given}
    arguments: dict[str, Any] = read.take("args", dict, default={})
    return arguments


def _environment(read: _Reader) -> dict[str, str | None]:
    environment: dict[str, Any] = read.take("env", dict, default={})
    for name, value in environment.items():
        if not isinstance(value, str | None) or not name or "=" in name or "\0" in name + (value or ""):
            raise Refused(Problem.LAUNCH_ARGUMENTS, f"'env' holds texts, or null, by name; '{name}' is none.")
    return environment


def _mocks(read: _Reader) -> dict[str, Any]:
    """`mocks`: answers by name."""
    mocks: dict[str, Any] = read.take("mocks", dict, default={})
    return mocks


def _filter(read: _Reader) -> TraceFilter | None:
    words = read.texts("filter")
    if not words:
        return None
    try:
        return TraceFilter(components=words)
    except UsageError as problem:
        raise Refused(Problem.LAUNCH_ARGUMENTS, str(problem)) from None


def absolute(path: Path) -> Path:
    """A path as an editor knows it."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (resolve would follow links, and editors do not)
