"""Which models a run can come to ask, seen from where it begins.

A program may declare a dozen llms, and a person may have the key of one of them. So what lacks its key is told before
the run when the run could ask it, and otherwise never.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .check import steps_in
from .nodes import Agent, Llm, Memory, Position, Program

Entry = tuple[str, str]
"""A kind and a name: `("chain", "triage")`."""


def declared_llm(program: Program, name: str | None, at: Position) -> Llm:
    """The declared llm of that name; without a name the only declared one, else an offline one."""
    declared = program.llms
    if name is not None:
        return declared[name]
    return next(iter(declared.values())) if len(declared) == 1 else Llm(name="default", at=at)


def llms_within(program: Program, entries: Sequence[Entry]) -> list[Llm]:
    """The llms that what is run may ask, each once, in the order in which they are met."""
    found: dict[str, Llm] = {}
    seen: set[Entry] = set()
    waiting = list(reversed(entries))
    while waiting:
        entry = waiting.pop()
        if entry not in seen:
            seen.add(entry)
            found |= {llm.name: llm for llm in _llms_of(program, entry) if llm.name not in found}
            waiting += reversed(list(_run_by(program, entry)))
    return list(found.values())


def memory_of(program: Program, agent: Agent) -> Memory:
    """What an agent remembers with: its own memory, the declared one it names, or none."""
    memory = agent.memory or program.memories.get(agent.memory_ref or "")
    return memory or Memory(name=agent.name, at=agent.at, policy="none")


def _llms_of(program: Program, entry: Entry) -> Iterator[Llm]:
    kind, name = entry
    if kind == "llm":
        yield program.llms[name]
    elif kind == "prompt":
        prompt = program.prompts[name]
        yield declared_llm(program, prompt.llm, prompt.at)
    elif kind == "agent":
        agent = program.agents[name]
        yield declared_llm(program, agent.llm, agent.at)
        memory = memory_of(program, agent)
        if memory.summarizer:
            yield declared_llm(program, memory.summarizer, memory.at)


def _run_by(program: Program, entry: Entry) -> Iterator[Entry]:
    kind, name = entry
    if kind == "chain":
        yield from ((step.kind, step.target) for step in steps_in(program.chains[name].body))
