"""How an agent works: it asks its model, runs the tools that the answer wishes for, and asks again with what they said.

Each round is a turn. Several tools of one turn run at once. A tool that fails tells the model so and the agent goes
on; an answer without a wish for a tool is the agent's response.
"""

from __future__ import annotations

from typing import Any

from ...events import ProgramError
from .memory import Conversation
from .models import Message, ModelAnswer, ToolCall
from .nodes import Agent, Llm, Text, Tool
from .reach import memory_of
from .run import Run, place, together
from .templates import Names, as_text, render

_SUMMARISE = (
    "Summarise this conversation in at most {tokens} tokens. Keep names, numbers, decisions and open questions."
)


class AgentError(ProgramError):
    """An agent did not come to an end."""


async def run_agent(run: Run, agent: Agent, question: Any, context: dict[str, Any]) -> str:
    """The agent's response to a question.

    Args:
        run: The execution that this is part of.
        agent: Who works.
        question: Any JSON value; the model sees it as text.
        context: What else the agent is told, below the question; its system text may name it, too.

    Raises:
        AgentError: Its last turn still wished for a tool.
        ProgramError: Its model failed.
    """
    with run.span(
        "agent_execution", "agent", agent.name, agent.at, inputs={"input": question, "context": context}
    ) as span:
        names = {**context, "input": question, "context": context}
        worker = _Worker(run, agent, names)
        async with worker.conversation.continued() as messages:
            messages.append(Message("user", question_text(question, context)))
            response, turns = await worker.work(messages)
        span.outputs = {"response": response, "turns": turns}
    return response


class _Worker:
    """One execution of an agent."""

    def __init__(self, run: Run, agent: Agent, names: Names) -> None:
        self.run = run
        self.agent = agent
        self.llm = run.llm(agent.llm, agent.at)
        self.tools = [run.program.tools[name] for name in agent.tools]
        self.system = _system_text(run, agent, self.llm, names)
        self.conversation = run.conversations.setdefault(agent.name, self._new_conversation())

    async def work(self, messages: list[Message]) -> tuple[str, int]:
        """The response, and the number of turns it took."""
        for turn in range(1, self.agent.max_turns + 1):
            answer = await self._turn(turn, messages)
            if not answer.tool_calls:
                return answer.text, turn
        wishes = ", ".join(call.name for call in answer.tool_calls)
        turns = "1 turn" if self.agent.max_turns == 1 else f"{self.agent.max_turns} turns"
        raise AgentError(
            f"The agent '{self.agent.name}' did not finish in {turns}",
            why=f"its last turn still asked for {wishes}",
            try_=f"Look at why its model keeps asking, or raise max_turns ({place(self.agent.at)}).",
        )

    async def _turn(self, number: int, messages: list[Message]) -> ModelAnswer:
        agent = self.agent
        inputs = {"turn": number, "input": messages[-1].content}
        with self.run.span(
            "agent_turn", "agent", agent.name, agent.at, inputs=inputs, metadata={"turn": number}
        ) as span:
            await self.conversation.fit(messages)
            answer = await self.run.ask(
                self.llm,
                [*self.system, *messages],
                parameters=agent.parameters,
                tools=self.tools,
                agent=agent.name,
            )
            messages.append(Message("assistant", answer.text, answer.tool_calls))
            span.outputs = {"response": answer.text}
            if answer.tool_calls:
                span.outputs["tool_calls"] = [call.to_dict() for call in answer.tool_calls]
                messages += await together(*(self._call(call) for call in answer.tool_calls))
        return answer

    async def _call(self, call: ToolCall) -> Message:
        """The tool's message to the model: its result, or why there is none."""
        try:
            content = as_text(await self.run.call(self._tool(call), call.arguments, call_id=call.id))
        except ProgramError as problem:
            content = f"Error: {problem}"
        return Message("tool", content, call_id=call.id, tool=call.name)

    def _tool(self, call: ToolCall) -> Tool:
        tool = next((tool for tool in self.tools if tool.name == call.name), None)
        if tool is not None:
            return tool
        known = ", ".join(tool.name for tool in self.tools) or "none"
        return Tool(
            name=call.name,
            at=self.agent.at,
            type="canned",
            fail=f"the agent '{self.agent.name}' has no such tool; its tools: {known}",
        )

    def _new_conversation(self) -> Conversation:
        agent = self.agent
        memory = memory_of(self.run.program, agent)
        llm = self.run.llm(memory.summarizer, memory.at) if memory.summarizer else self.llm

        async def summarise(transcript: str, tokens: int) -> str:
            task = Message("system", _SUMMARISE.format(tokens=tokens))
            asked = [task, Message("user", transcript)]
            return (await self.run.ask(llm, asked, parameters={"max_tokens": tokens}, agent=agent.name)).text

        return Conversation(agent.name, memory, self.run.tracer, summarise)


def _system_text(run: Run, agent: Agent, llm: Llm, names: Names) -> list[Message]:
    """What the model is told before the conversation: the llm's own text, the agent's, and its goal."""
    texts: list[Text | None] = [llm.system, agent.system]
    if agent.system_prompt_ref is not None:
        prompt = run.program.prompts[agent.system_prompt_ref]
        texts += [prompt.system, prompt.template]
    rendered = [render(text, names) for text in texts if text is not None]
    if agent.goal is not None:
        rendered.append(f"Goal: {render(agent.goal, names)}")
    content = "\n\n".join(text for text in rendered if text)
    return [Message("system", content)] if content else []


def question_text(question: Any, context: dict[str, Any]) -> str:
    """A question as a model reads it: the question, then a line for each entry of the context."""
    lines = [as_text(question), *(f"{name}: {as_text(value)}" for name, value in context.items())]
    return "\n".join(line for line in lines if line)
