"""The way into the Python code of a running program: debugpy, opened when the run first reaches a tool in Python.

It listens on this machine only, at a port that the system chooses, and inside this process: nothing listens any more,
and no other process is left behind, when the program has ended. Once a client was let in, no timeout of the program
ends anything: a person is reading.
"""

from __future__ import annotations

import asyncio
import importlib
import math
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Protocol

from ..events import ProgramError
from .brace.nodes import Tool
from .brace.tools import Toolbox

LOOPBACK = "127.0.0.1"

_TICK_S = 0.02


class Announce(Protocol):
    """Tells the debugger which tool is reached, and where to come in."""

    def __call__(self, *, tool: str, host: str, port: int) -> None:
        """Say it; the answer is an order to the door."""


class PythonDoor:
    """Where a debugger for Python comes in."""

    def __init__(self, announce: Announce, held: Callable[[], None]) -> None:
        """A door that is closed at first.

        Args:
            announce: Asks for a client, because a tool is reached.
            held: Called whenever Python code came to rest, for instance at a breakpoint, on a thread of debugpy's.
        """
        self._announce = announce
        self._held = held
        self._debugpy: Any = None
        self._port = 0
        self._one_at_a_time = asyncio.Lock()
        self._until = math.inf
        """When the run goes on although nobody came."""
        self._was_attended = False

    @property
    def was_attended(self) -> bool:
        """Whether a client of debugpy has come and set its breakpoints, though it may have left again."""
        if not self._was_attended and self._debugpy is not None:
            self._was_attended = self._debugpy.is_client_connected()
        return self._was_attended

    async def reach(self, tool: str) -> None:
        """Hold the run before a tool, so that a client can be let in; one that came and left is not asked for again."""
        async with self._one_at_a_time:
            if self.was_attended:
                return
            if self._debugpy is None:
                self._open()
            self._until = math.inf
            self._announce(tool=tool, host=LOOPBACK, port=self._port)
            while time.monotonic() < self._until and not self.was_attended:
                await asyncio.sleep(_TICK_S)

    def expect(self, within_s: float) -> None:
        """Order: wait for a client, but not longer than this; 0 goes on at once."""
        self._until = time.monotonic() + within_s

    def _open(self) -> None:
        os.environ.setdefault("PYDEVD_DISABLE_FILE_VALIDATION", "1")  # else it warns of Python's own frozen modules
        try:
            debugpy = importlib.import_module("debugpy")
            debugpy.configure(subProcess=False)
            _, self._port = debugpy.listen((LOOPBACK, 0), in_process_debug_adapter=True)
        except (ImportError, OSError, RuntimeError) as problem:
            raise ProgramError("Python tools cannot be debugged here", why=f"debugpy: {problem}") from problem
        self._debugpy = debugpy
        importlib.import_module("pydevd").add_dap_messages_listener(_Overhearing(self._held))


class _Overhearing:
    """Listens to what debugpy tells its client."""

    def __init__(self, held: Callable[[], None]) -> None:
        self._held = held

    def before_send(self, message_as_dict: Mapping[str, Any]) -> None:
        """Debugpy is about to say something."""
        if message_as_dict.get("event") == "stopped":
            self._held()

    def after_receive(self, message_as_dict: Mapping[str, Any]) -> None:
        """The client has said something, which is between the two of them."""


class PatientClock:
    """The program's time: it stands still from the moment that somebody looks into the program's Python code."""

    def __init__(self, door: PythonDoor) -> None:
        self._door = door
        self._now = time.monotonic()

    def __call__(self) -> float:
        """Seconds, counted from anywhere."""
        if not self._door.was_attended:
            self._now = time.monotonic()
        return self._now


class DebuggedTools:
    """The tools of an app, of which those in Python are called when the door says so."""

    def __init__(self, folder: Path, door: PythonDoor, clock: PatientClock) -> None:
        self._tools = Toolbox(folder, clock=clock)
        self._door = door

    async def call(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        """The tool's result, a JSON value; whatever it raises is the tool's failure."""
        if tool.type == "python":
            await self._door.reach(tool.name)
        return await self._tools.call(tool, arguments)
