"""The brace language as a runtime: a file in, a checked program that can be run out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from ...recording import ExecutionTracer
from .check import check
from .interpreter import Interpreter
from .models import Provider
from .nodes import Program, Text
from .parser import parse_program
from .templates import compile_template
from .tools import Tools


@attrs.frozen
class BraceRuntime:
    """A loaded brace program."""

    program: Program
    folder: Path
    """Where its Python modules lie."""
    providers: dict[str, Provider] = attrs.field(factory=dict)
    """Who answers for providers' names, besides `offline`."""
    tools: Tools | None = None
    """Who answers tool calls; None calls the tools themselves."""

    @property
    def app_name(self) -> str:
        """What the program is called."""
        return self.program.app.name

    async def run(self, tracer: ExecutionTracer, *, entry: str | None = None, arguments: dict[str, Any]) -> Any:
        """Execute the program once under a tracer and return what it returns."""
        interpreter = Interpreter(
            self.program, tracer, tools_dir=self.folder, providers=self.providers, tools=self.tools
        )
        return await interpreter.run(entry, arguments)


class BraceLanguage:
    """`agent Name { … }` and the rest of the brace language."""

    def load(self, path: Path) -> BraceRuntime:
        """The program at a path.

        Raises:
            ProgramError: It cannot be parsed, or does not hold together.
        """
        program = parse_program(path)
        check(program)
        for text in _texts(program):
            compile_template(text)
        return BraceRuntime(program, path.resolve().parent)


def _texts(value: Any) -> Iterator[Text]:
    """All texts of a part of a program."""
    if isinstance(value, Text):
        yield value
    elif isinstance(value, dict):
        yield from _texts(list(value.values()))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
    elif attrs.has(type(value)):
        for field in attrs.fields(type(value)):
            yield from _texts(getattr(value, field.name))
