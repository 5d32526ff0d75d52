"""The brace language as a runtime: a file in, a checked program that can be run out."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from ...events import Payload, ProgramError, SourceError
from ...recording import ExecutionTracer
from ..python.tool import PythonTool
from .check import check, steps_in
from .deadline import Clock
from .interpreter import Interpreter, entry_of, make_models, show_line
from .models import ModelSource
from .nodes import Program, Text, Tool
from .parser import parse_program
from .providers import standard_models
from .source import did_you_mean
from .templates import compile_template
from .tools import Toolbox, Tools
from .values import with_references


@attrs.frozen
class BraceRuntime:
    """A loaded brace program."""

    program: Program
    folder: Path
    """Where its Python modules lie."""
    models: ModelSource | None = None
    """Who answers in place of models; None asks the models themselves."""
    tools: Tools | None = None
    """Who answers tool calls; None calls the tools themselves."""
    clock: Clock = time.monotonic
    """By which timeouts are measured."""

    @property
    def app_name(self) -> str:
        """What the program is called."""
        return self.program.app.name

    @property
    def sources(self) -> tuple[str, ...]:
        """The files that the program was read from, as its events name them."""
        return tuple(self.program.sources)

    @property
    def source(self) -> Payload:
        """Where the app is declared."""
        return self.program.app.at.to_dict()

    def prepare(self, *, entry: str | None = None, arguments: dict[str, Any]) -> None:
        """Make sure that the models which a run may ask can answer: that their keys and packages are there.

        Raises:
            ProgramError: One cannot.
        """
        if self.models is None:
            kind, name = entry_of(self.program, entry, has_input=bool(arguments))
            make_models(standard_models(), self.program, kind, name)

    async def run(self, tracer: ExecutionTracer, *, entry: str | None = None, arguments: dict[str, Any]) -> Any:
        """Execute the program once under a tracer and return what it returns."""
        interpreter = Interpreter(
            self.program, tracer, tools_dir=self.folder, models=self.models, tools=self.tools, clock=self.clock
        )
        return await interpreter.run(entry, arguments)

    def python_tool(self, name: str, arguments: dict[str, Any]) -> PythonTool:
        """The function that a recorded call with these arguments means.

        Where the program gives a tool a variable of the environment, the recording shows `env.NAME`: there, and only
        there, it is read again.

        Raises:
            ProgramError: There is no such tool, it runs no Python, or the arguments do not fit.
        """
        steps = [step for chain in self.program.chains.values() for step in steps_in(chain.body)]
        steps = [step for step in steps if step.kind in ("tool", "python") and step.target == name]
        unnamed = [Tool(name=name, at=step.at, python=name) for step in steps if step.kind == "python"]
        tool = self.program.tools.get(name) or next(iter(unnamed), None)
        if tool is None:
            known = self.program.tools
            raise ProgramError(
                f"{self.program.path} has no tool '{name}'",
                why="it was renamed or removed after the run was recorded, or never there",
                try_=did_you_mean(name, known) or (f"Declared: {', '.join(known)}." if known else ""),
            )
        for step in steps:
            arguments = with_references(arguments, step.inputs)
        return Toolbox(self.folder).python_tool(tool, arguments)


class BraceLanguage:
    """`agent Name { … }` and the rest of the brace language."""

    def load(self, path: Path) -> BraceRuntime:
        """The program at a path.

        Raises:
            ProgramError: It cannot be parsed, or does not hold together.
        """
        program = parse_program(path)
        check(program)
        try:
            for text in _texts(program):
                compile_template(text)
        except SourceError as problem:
            show_line(problem, program)
            raise
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
