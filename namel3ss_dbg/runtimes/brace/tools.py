"""The door to tools: a declared tool and its arguments in, a JSON value out.

A python tool is the function of its name in `tools.py` beside the app, or the `module:function` it names; an http tool
is one request; a canned tool answers what its declaration says. Arguments are held against the declared parameters
first; a tool that declares none takes any.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, Protocol

import orjson

from ...events import ProgramError
from ...events.redaction import plain
from ..python.tool import PythonTool
from .deadline import Clock, Overdue, within
from .http_request import HttpRequest, send
from .nodes import Tool
from .offline import Sleep
from .python_code import Function, PythonCode, call_function
from .schema import problems
from .values import resolve, revealed, shown

_OTHERS = {"http": "it is a request over the network", "canned": "its answer stands in its declaration"}


class ToolError(ProgramError):
    """A tool gave no result."""


class Tools(Protocol):
    """Who answers tool calls."""

    async def call(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        """The tool's result, a JSON value; whatever it raises is the tool's failure."""
        ...


class Toolbox:
    """The tools that an app's own folder, the network and its declarations provide."""

    def __init__(self, folder: Path, *, sleep: Sleep = asyncio.sleep, clock: Clock = time.monotonic) -> None:
        """Tools of an app in `folder`.

        Args:
            folder: Where its Python modules lie.
            sleep: How canned tools wait.
            clock: By which timeouts are measured.
        """
        self._folder = folder
        self._code = PythonCode(folder)
        self._sleep = sleep
        self._clock = clock
        self._bindings: dict[str, Callable[[Tool, dict[str, Any]], Coroutine[Any, Any, Any]]] = {
            "python": self._call_python,
            "http": self._call_http,
            "canned": self._call_canned,
        }

    async def call(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        """The tool's result as a JSON value.

        Raises:
            ToolError: The arguments do not fit, it took too long, or its result is no JSON value.
            Exception: Whatever a python tool raises.
        """
        arguments = _checked(tool, arguments)
        try:
            result = await within(tool.timeout, self._bindings[tool.type](tool, arguments), self._clock)
        except Overdue:
            raise ToolError(f"The tool '{tool.name}' took too long", why=f"its timeout is {tool.timeout:g} s") from None
        return _json_value(tool, result)

    def python_tool(self, tool: Tool, arguments: dict[str, Any]) -> PythonTool:
        """The call of the function that a call of a tool makes.

        Raises:
            ProgramError: It makes none, there is no such function, or the arguments do not fit.
        """
        if tool.type != "python":
            at = f"{tool.at.file}:{tool.at.line}"
            raise ToolError(f"The tool '{tool.name}' runs no Python", why=f"{_OTHERS[tool.type]} ({at})")
        return PythonTool(
            self._function(tool),
            revealed(_checked(tool, arguments)),
            self._folder,
            functools.partial(_json_value, tool),
        )

    def _function(self, tool: Tool) -> Function:
        return self._code.function(tool.python or f"tools:{tool.name}", tool.at)

    async def _call_python(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        return await call_function(self._function(tool), revealed(arguments))

    async def _call_http(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        return await send(HttpRequest.of(tool, arguments))

    async def _call_canned(self, tool: Tool, arguments: dict[str, Any]) -> Any:
        if tool.delay_ms > 0:
            await self._sleep(tool.delay_ms / 1000)
        if tool.fail is not None:
            raise ToolError(f"The tool '{tool.name}' failed", why=tool.fail)
        return shown(resolve(tool.answer, shown(arguments)))


def _checked(tool: Tool, arguments: dict[str, Any]) -> dict[str, Any]:
    """The arguments with the defaults of those that are not given."""
    if not tool.parameters:
        return arguments
    wrong = problems(arguments, tool.parameters, closed=True)
    if wrong:
        raise ToolError(f"The arguments do not fit the tool '{tool.name}'", why="; ".join(wrong))
    defaults = {field.name: resolve(field.default, {}) for field in tool.parameters if field.default is not None}
    return {**defaults, **arguments}


def _json_value(tool: Tool, result: Any) -> Any:
    """The result as JSON knows it: what JSON has no word for becomes text or an object."""
    if result is None or isinstance(result, str | bool | int | float):
        return result
    try:
        return orjson.loads(orjson.dumps(result, plain, orjson.OPT_NON_STR_KEYS))
    except (TypeError, ValueError, RecursionError) as problem:
        raise ToolError(f"The result of the tool '{tool.name}' is not a JSON value", why=str(problem)) from problem
