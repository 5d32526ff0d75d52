"""Holds the declarations of a program against each other, before anything runs."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ...events import SourceError
from .nodes import Chain, For, If, Llm, Parallel, Position, Program, Statement, Step, While
from .source import did_you_mean, mistake_in, raise_if_any
from .written_keys import refuse_written_keys

_DECLARED = {
    "agent": "agents",
    "prompt": "prompts",
    "llm": "llms",
    "tool": "tools",
    "chain": "chains",
    "template": "prompts",
    "memory": "memories",
}


def check(program: Program) -> None:
    """Make sure that every name a program uses is declared, and that no chain leads back to itself.

    Raises:
        SourceError: Something is wrong at one place.
        SeveralMistakes: Something is wrong at several places.
        ProgramError: A key stands in the program; the line, which holds it, is not shown.
    """
    for llm in program.llms.values():
        refuse_written_keys(llm)
    raise_if_any(program.path, itertools.chain(_unknown_names(program), _circles(program)))


def steps_in(body: Iterable[Statement]) -> Iterator[Step]:
    """All steps of a body, also those in its branches and loops."""
    for statement in body:
        match statement:
            case Step():
                yield statement
            case If():
                for branch in statement.branches:
                    yield from steps_in(branch.body)
                yield from steps_in(statement.otherwise)
            case For() | While() | Parallel():
                yield from steps_in(statement.body)


def _unknown_names(program: Program) -> Iterator[SourceError]:
    yield from _unknown_start(program)
    for memory in program.memories.values():
        yield from _unknown(program, "llm", memory.summarizer, memory)
    for llm in program.llms.values():
        yield from _unknown_tools(program, llm)
    for prompt in program.prompts.values():
        yield from _unknown(program, "llm", prompt.llm, prompt)
    for agent in program.agents.values():
        yield from _unknown(program, "llm", agent.llm, agent)
        yield from _unknown(program, "prompt", agent.system_prompt_ref, agent, more="Put a text in quotes.")
        yield from _unknown(program, "memory", agent.memory_ref, agent)
        yield from _unknown(program, "llm", agent.memory.summarizer if agent.memory else None, agent)
        for tool in agent.tools:
            yield from _unknown(program, "tool", tool, agent)
    for chain in program.chains.values():
        for step in steps_in(chain.body):
            yield from _unknown_target(program, step)


def _unknown(program: Program, kind: str, name: str | None, user: Any, *, more: str = "") -> Iterator[SourceError]:
    known: Mapping[str, Any] = getattr(program, _DECLARED[kind])
    if name is not None and name not in known:
        yield _mistake(
            program, f"There is no {kind} '{name}'", user.places.get(name, user.at), _known(name, known, more)
        )


def _unknown_tools(program: Program, llm: Llm) -> Iterator[SourceError]:
    for rule in llm.rules:
        for name in [rule.tool, *(call[0] for call in rule.calls)]:
            if name is not None and name not in program.tools:
                yield _mistake(program, f"There is no tool '{name}'", rule.at, _known(name, program.tools))


def _unknown_start(program: Program) -> Iterator[SourceError]:
    can_run = {**program.chains, **program.agents, **program.prompts}
    start = program.app.start
    if start is not None and start not in can_run:
        at = program.app.places.get(start, program.app.at)
        yield _mistake(
            program, f"The app starts '{start}', which is no chain, agent or prompt", at, _known(start, can_run)
        )
    for ask in program.asks:
        if ask.target not in can_run:
            what = f"'{ask.target}' is no chain, agent or prompt that could be asked"
            yield _mistake(program, what, ask.at, _known(ask.target, can_run))


def _unknown_target(program: Program, step: Step) -> Iterator[SourceError]:
    if step.kind == "python":
        if not _names_a_function(step.target):
            what = f"'{step.target}' names no Python function"
            yield _mistake(program, what, step.target_at, 'Write target: "module:function".')
        return
    if step.kind == "template" and step.template is not None and not step.target:
        return
    known: Mapping[str, Any] = getattr(program, _DECLARED[step.kind])
    if step.target not in known:
        kind = "prompt" if step.kind == "template" else step.kind
        yield _mistake(program, f"There is no {kind} '{step.target}'", step.target_at, _known(step.target, known))


def _names_a_function(target: str) -> bool:
    return all(part.isidentifier() for part in target.replace(":", ".", 1).split("."))


def _circles(program: Program) -> Iterator[SourceError]:
    """One mistake for each way by which a chain would run itself."""
    finished: set[str] = set()
    for name in program.chains:
        if name not in finished:
            yield from _circles_from(program, name, finished)


def _circles_from(program: Program, start: str, finished: set[str]) -> Iterator[SourceError]:
    """A walk in depth without recursion: a program may have thousands of chains."""
    path = [start]
    waiting = [_chains_run_by(program.chains[start])]
    while path:
        step = next(waiting[-1], None)
        if step is None:
            finished.add(path.pop())
            waiting.pop()
        elif step.target in path:
            circle = " → ".join([*path[path.index(step.target) :], step.target])
            what = f"The chain '{step.target}' runs itself: {circle}"
            yield _mistake(program, what, step.target_at, "Use while to repeat steps.")
        elif step.target not in finished and step.target in program.chains:
            path.append(step.target)
            waiting.append(_chains_run_by(program.chains[step.target]))


def _chains_run_by(chain: Chain) -> Iterator[Step]:
    return (step for step in steps_in(chain.body) if step.kind == "chain")


def _known(name: str, known: Mapping[str, Any], more: str = "") -> str:
    """What to do about an unknown name: the one that was meant, or all there are when that is little to read."""
    advice = did_you_mean(name, known)
    if not advice and 0 < len(known) <= 8:
        advice = f"Declared: {', '.join(known)}."
    if not known and not more:
        advice = "None is declared."
    return f"{advice} {more}".strip()


def _mistake(program: Program, what: str, at: Position, try_: str) -> SourceError:
    return mistake_in(program.sources.get(at.file, ""), at.file, what, at, try_=try_)
