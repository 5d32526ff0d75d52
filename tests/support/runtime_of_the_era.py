"""A runtime of agents, prompts and chains of our own, in the shapes that runtimes of the seed's time have.

It knows nothing of a tracer but the hooks on its methods. What it does is told by the program that it is given, and it
counts by itself what it did, so that a trace can be compared with what really happened.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable
from typing import Any

import attrs

from namel3ss_dbg.recording.hooks import (
    trace_agent_execution,
    trace_agent_turn,
    trace_chain_execution,
    trace_memory_operation,
    trace_prompt_execution,
    trace_validation_event,
)

MEMORY_LIMIT = 6
"""An agent with more messages than this asks its model for a summary."""


class ModelError(Exception):
    """A model's provider refused."""


class PromptError(Exception):
    """A prompt's answer was never valid."""


@attrs.define
class Counts:
    """What really happened."""

    _lock: threading.Lock = attrs.field(factory=threading.Lock)
    happened: Counter[str] = attrs.field(factory=Counter)

    def add(self, what: str, times: int = 1) -> None:
        """Count it."""
        with self._lock:
            self.happened[what] += times


@attrs.define
class ChatMessage:
    """One message of a conversation."""

    role: str
    content: str


@attrs.define
class LLMResponse:
    """What a model said."""

    text: str
    model: str
    usage: dict[str, int]
    metadata: dict[str, Any] = attrs.field(factory=dict)


class ScriptedLLM:
    """Does what its prompt says: `!refuse` refuses, `!invalid` gives no JSON, `!wait` never answers."""

    def __init__(self, counts: Counts, name: str = "chat_model", *, structured: bool = True) -> None:
        self.name = name
        self.model = f"{name}-1"
        self.provider_name = "scripted"
        self.counts = counts
        self._structured = structured

    def supports_structured_output(self) -> bool:
        """Whether `generate_structured` may be asked."""
        return self._structured

    def _answer(self, prompt: str) -> LLMResponse:
        self.counts.add("llm_call")
        if "!refuse" in prompt:
            self.counts.add("llm_call failed")
            raise ModelError("the provider refused")
        prompt_tokens, completion_tokens = len(prompt), 5
        self.counts.add("tokens", prompt_tokens + completion_tokens)
        text = "no JSON" if "!invalid" in prompt else json.dumps({"said": len(prompt)})
        return LLMResponse(text, self.model, {"prompt_tokens": prompt_tokens, "completion_tokens": completion_tokens})

    def generate(self, prompt: str, **options: Any) -> LLMResponse:
        """Complete a text."""
        return self._answer(prompt)

    def generate_chat(self, messages: list[ChatMessage], **options: Any) -> LLMResponse:
        """Answer a conversation."""
        return self._answer(messages[-1].content)

    def generate_structured(self, prompt: str, schema: dict[str, Any]) -> LLMResponse:
        """Complete a text with an object."""
        return self._answer(prompt)

    async def agenerate(self, prompt: str) -> LLMResponse:
        """Complete a text, in a while."""
        if "!wait" in prompt:
            self.counts.add("llm_call")
            self.counts.add("llm_call cancelled")
            await asyncio.Event().wait()
        await asyncio.sleep(0)
        return self._answer(prompt)


@attrs.define
class Definition:
    """An agent, prompt or chain of a program."""

    name: str
    max_turns: int = 5


@attrs.define
class AgentTurn:
    """One turn of an agent."""

    response: LLMResponse | None
    tool_results: list[Any]


@attrs.define
class AgentResult:
    """What came of a run of an agent."""

    status: str
    final_response: str
    turns: list[AgentTurn]
    error: str | None = None


@attrs.define
class ValidationResult:
    """What a validator found."""

    valid: bool
    output: Any
    errors: list[str]


def _validate(text: str) -> ValidationResult:
    try:
        return ValidationResult(True, json.loads(text), [])
    except json.JSONDecodeError as problem:
        return ValidationResult(False, None, [str(problem)])


@trace_prompt_execution(capture_inputs=True, capture_outputs=True)
async def execute_structured_prompt(prompt_def: Definition, llm: ScriptedLLM, args: dict[str, Any], *, tries: int = 2):
    """Ask until the answer is valid."""
    llm.counts.add("prompt_execution")
    prompt = args["text"]
    try:
        for _ in range(tries):
            found = _validate((await _ask(llm, prompt)).text)
            llm.counts.add("validation_event")
            await trace_validation_event(
                validator_name=prompt_def.name,
                input_data=prompt,
                result=found,
                success=found.valid,
                errors=found.errors,
            )
            if found.valid:
                return found.output
            prompt = prompt.replace("!invalid", "", 1)
        raise PromptError(f"Prompt '{prompt_def.name}' has no valid answer")
    except (ModelError, PromptError):
        llm.counts.add("prompt_execution failed")
        raise


async def _ask(llm: ScriptedLLM, prompt: str) -> LLMResponse:
    if llm.supports_structured_output():
        return llm.generate_structured(prompt, {"type": "object"})
    return llm.generate(prompt)


@trace_chain_execution(capture_inputs=True, capture_outputs=True)
async def execute_chain(steps: list[Callable[..., Any]], name: str, value: Any, counts: Counts) -> dict[str, Any]:
    """Run the steps, each on what the one before gave."""
    counts.add("chain_execution")
    try:
        for step in steps:
            counts.add("chain_step")
            value = step(value)
            if asyncio.iscoroutine(value):
                value = await value
    except ValueError as problem:
        counts.add("chain_step failed")
        counts.add("chain_execution failed")
        return {"status": "error", "error": str(problem), "result": None}
    return {"status": "success", "result": value}


class AgentRuntime:
    """Runs an agent, of which several may run at once on one runtime."""

    def __init__(self, agent_def: Definition, llm: ScriptedLLM, tool_registry: dict[str, Callable[..., Any]]) -> None:
        self.agent_def = agent_def
        self.llm = llm
        self.tool_registry = tool_registry
        self.counts = llm.counts
        self.history: list[ChatMessage] = []
        self.runs = 0

    @trace_agent_execution(capture_inputs=True, capture_outputs=True)
    async def aact(self, user_input: str, context: dict[str, Any] | None = None) -> AgentResult:
        """Do the turns of `context["program"]`."""
        self.counts.add("agent_execution")
        self.runs += 1
        turns: list[AgentTurn] = []
        program = (context or {}).get("program", [])
        try:
            for number, work in enumerate(program[: self.agent_def.max_turns], start=1):
                async with trace_agent_turn(self.agent_def.name, turn_number=number, user_input=user_input):
                    self.counts.add("agent_turn")
                    turns.append(await self._turn(user_input, work))
                    await self._remember(user_input, number)
        except (ModelError, PromptError, OSError, TimeoutError) as problem:
            self.counts.add("agent_turn failed")
            self.counts.add("agent_execution failed")
            return AgentResult("error", "", turns, f"{type(problem).__name__}: {problem}")
        return AgentResult("success", f"{user_input} done", turns)

    def act(self, user_input: str, context: dict[str, Any] | None = None) -> AgentResult:
        """The same for threads."""
        return asyncio.run(self.aact(user_input, context))

    async def _turn(self, tag: str, work: list[tuple[str, str]]) -> AgentTurn:
        response: LLMResponse | None = None
        results: list[Any] = []
        for what, how in work:
            text = f"{tag}:{how}"
            if what == "chat":
                response = self.llm.generate_chat([ChatMessage("user", text)], temperature=0.1)
            elif what == "agenerate":
                response = await self._within_time(text)
            elif what == "retry":
                response = self._retried(text, how)
            elif what == "tool":
                results.append(self.tool_registry["lookup"](text))
            elif what == "tools":
                tools = self.tool_registry
                results += await asyncio.gather(*(tools["slow"](f"{text}.{number}") for number in range(3)))
            elif what == "prompt":
                definition = Definition(f"prompt_{tag}")
                results.append(await execute_structured_prompt(definition, self.llm, {"text": text}))
            else:
                steps = [str.strip, self._checked, self._asked]
                results.append(await execute_chain(steps, f"chain_{tag}", text, self.counts))
        return AgentTurn(response, results)

    async def _within_time(self, text: str) -> LLMResponse:
        task = asyncio.ensure_future(self.llm.agenerate(text))
        await asyncio.sleep(0)
        if "!wait" not in text:
            return await task
        task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            raise TimeoutError("no answer in time") from None

    def _retried(self, text: str, how: str) -> LLMResponse:
        try:
            return self.llm.generate(f"{text} !refuse")
        except ModelError:
            return self.llm.generate(text)

    def _checked(self, value: str) -> str:
        if "!fail" in value:
            raise ValueError("not good enough")
        return value

    async def _asked(self, value: str) -> str:
        return (await self.llm.agenerate(value)).text

    async def _remember(self, tag: str, number: int) -> None:
        before = len(self.history)
        self.history.append(ChatMessage("assistant", f"{tag}.{number}"))
        if before >= MEMORY_LIMIT:
            self.llm.generate(f"{tag}:summary")
            self.counts.add("memory_operation")
            await trace_memory_operation(
                operation_type="summarize",
                agent_name=self.agent_def.name,
                details={"messages_before": before, "messages_after": 1},
            )
            self.history[:] = self.history[-1:]


def tools_of(counts: Counts) -> dict[str, Callable[..., Any]]:
    """A registry with a tool that answers at once and one that takes its time; `!broken` breaks both."""

    def lookup(text: str) -> str:
        counts.add("tool_call")
        if "!broken" in text:
            counts.add("tool_call failed")
            raise OSError("the tool is broken")
        return text.upper()

    async def slow(text: str) -> str:
        await asyncio.sleep(0)
        return lookup(text)

    return {"lookup": lookup, "slow": slow}
