"""Executes a brace program: finds what to run, runs it, and lets the tracer see all of it.

The interpreter neither begins nor ends a trace: whoever calls it decides whether one is written, and where.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from ...events import ProgramError, SourceError
from ...recording import ExecutionTracer
from .agents import run_agent
from .deadline import Clock
from .flow import run_chain
from .models import Models, ModelSource
from .nodes import Ask, Program
from .offline import Sleep
from .prompts import run_prompt
from .providers import standard_models
from .reach import Entry, llms_within
from .run import Run, place
from .source import did_you_mean, mistake_in
from .steps import question_of
from .tools import Toolbox, Tools
from .values import held_for, resolve
from .written_keys import keys_of

EntryKind = Literal["chain", "agent", "prompt", "asks"]


class Interpreter:
    """Runs a program, once or several times; each run begins with fresh models, tools and memories."""

    def __init__(
        self,
        program: Program,
        tracer: ExecutionTracer,
        *,
        tools_dir: Path,
        models: ModelSource | None = None,
        tools: Tools | None = None,
        sleep: Sleep = asyncio.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        """Prepare a program.

        Args:
            program: What to run.
            tracer: What sees it.
            tools_dir: The folder in which the program's Python modules lie.
            models: Who answers in place of models; by default those that this version brings.
            tools: Who answers tool calls; by default the app's own functions, the network and canned answers.
            sleep: How the offline model and canned tools wait.
            clock: By which timeouts are measured; a debugger leaves out the time in which it held the program.
        """
        self.program = program
        self.tracer = tracer
        self._tools_dir = tools_dir
        self._models = models
        self._tools = tools
        self._sleep = sleep
        self._clock = clock

    async def run(self, entry: str | None, arguments: dict[str, Any]) -> Any:
        """What the chain, agent or prompt returns; of several top-level asks, the list of their responses.

        Args:
            entry: What to run; None picks as `entry_of` does.
            arguments: `input` is the input, everything else the payload.

        Raises:
            ProgramError: Nothing can be run, or what runs failed.
        """
        self.tracer.conceal(*held_for(self.program))
        self.tracer.conceal(*keys_of(self.program), certain=True)
        try:
            return await self._run(entry, arguments)
        except SourceError as problem:
            show_line(problem, self.program)
            raise

    async def _run(self, entry: str | None, arguments: dict[str, Any]) -> Any:
        kind, name = entry_of(self.program, entry, has_input=bool(arguments))
        if self._models is not None:
            return await self._with(self._models, kind, name, arguments)
        models = standard_models(self._sleep, self._clock)
        try:
            make_models(models, self.program, kind, name)
            models.open()
            return await self._with(models, kind, name, arguments)
        finally:
            await models.close()

    async def _with(self, models: ModelSource, kind: EntryKind, name: str, arguments: dict[str, Any]) -> Any:
        tools = self._tools or Toolbox(self._tools_dir, sleep=self._sleep, clock=self._clock)
        run = Run(self.program, self.tracer, models, tools, self._clock)
        if kind != "asks":
            return await _execute(run, kind, name, arguments)
        responses = [await _execute(run, *entry_of(self.program, ask.target), _asked(ask)) for ask in self.program.asks]
        return responses[0] if len(responses) == 1 else responses


def make_models(models: Models, program: Program, kind: EntryKind, name: str) -> None:
    """Make the models that a run of this may ask.

    Raises:
        ProgramError: One of them cannot answer here: its key is missing, or its package.
    """
    entries: list[Entry] = [(kind, name)]
    if kind == "asks":
        entries = [entry_of(program, ask.target) for ask in program.asks]
    for llm in llms_within(program, entries):
        models.of(llm)


def show_line(problem: SourceError, program: Program) -> None:
    """Let an error show its line of the program, if it does not yet."""
    text = program.sources.get(problem.file, "")
    problem.source = problem.source or mistake_in(text, problem.file, problem.what, problem).source


def entry_of(program: Program, name: str | None, *, has_input: bool = True) -> tuple[EntryKind, str]:
    """What runs, and its name: the one named, else the app's `start`, the only chain, the only agent, or the asks.

    Top-level asks bring their own questions, so they go before the only agent when there is no input for it.

    Raises:
        ProgramError: Nothing of that name can be run, or it is not clear what is meant; names the choices.
    """
    kinds: dict[EntryKind, Mapping[str, Any]] = {
        "chain": program.chains,
        "agent": program.agents,
        "prompt": program.prompts,
    }
    wanted = name or program.app.start
    if wanted is not None:
        for kind, declared in kinds.items():
            if wanted in declared:
                return kind, wanted
        why = "" if name else f"the app's start says so ({place(program.app.at)})"
        raise ProgramError(f"There is no chain, agent or prompt '{wanted}'", why=why, try_=_choices(kinds, wanted))
    asks: tuple[EntryKind, str] = "asks", program.app.name
    if program.asks and not has_input and len(program.chains) != 1:
        return asks
    for kind, declared in kinds.items():
        if len(declared) == 1:
            return kind, next(iter(declared))
        if kind == "agent" and program.asks:
            return asks
    raise ProgramError(
        f"It is not clear what {program.path} should run", why=_choices(kinds), try_="Name one: --entry NAME."
    )


async def _execute(run: Run, kind: EntryKind, name: str, arguments: dict[str, Any]) -> Any:
    match kind:
        case "chain":
            return await run_chain(run, run.program.chains[name], arguments)
        case "agent":
            question, context = question_of(arguments)
            return await run_agent(run, run.program.agents[name], question, context)
    return await run_prompt(run, run.program.prompts[name], arguments)


def _asked(ask: Ask) -> dict[str, Any]:
    value = resolve(ask.input, {})
    return value if isinstance(value, dict) else {"input": value}


def _choices(kinds: Mapping[EntryKind, Mapping[str, Any]], wanted: str = "") -> str:
    names = [name for declared in kinds.values() for name in declared]
    if not names:
        return "it declares no chain, agent or prompt"
    known = "; ".join(f"{kind}s: {', '.join(declared)}" for kind, declared in kinds.items() if declared)
    return f"Declared {known}. {did_you_mean(wanted, names)}".rstrip() if wanted else known
