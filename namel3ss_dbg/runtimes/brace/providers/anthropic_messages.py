"""A model behind Anthropic's messages, asked by the package `anthropic`.

When the model thought before it called a tool, all that it said must go back unchanged with the tool's result; it is
kept here by the call's id.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from ..models import Message, ModelAnswer, ModelRequest, ToolCall
from ..schema import json_schema
from .anthropic_reply import Reply
from .failures import Failure
from .remote import RemoteModel

_MAX_TOKENS = 4096
# The protocol wants a limit; this is one that every model of theirs allows.
_THOUGHTS = ("thinking", "redacted_thinking")


@attrs.define
class AnthropicModel(RemoteModel):
    """Answers for a declared llm."""

    _kept: dict[str, list[dict[str, Any]]] = attrs.field(factory=dict, init=False, repr=False)
    """What was said, thoughts included, by the id of the first call in it."""

    def new_client(self) -> Any:
        """A client of the package."""
        connection = self.connection
        return self.sdk.AsyncAnthropic(api_key=connection.key, base_url=connection.address, **self.common_options())

    # What is sent

    def body(self, request: ModelRequest) -> dict[str, Any]:
        """What is sent.

        Raises:
            ModelError: There is no question in it.
        """
        system = "\n\n".join(message.content for message in request.messages if message.role == "system")
        body: dict[str, Any] = {"max_tokens": _MAX_TOKENS, **request.parameters, "model": request.model}
        if isinstance(body.get("stop_sequences"), str):
            body["stop_sequences"] = [body["stop_sequences"]]
        body["messages"] = self._messages(request.messages)
        if not body["messages"]:
            raise self.connection.error(
                "its question is empty", """Give the run an input: --run-args '{"input": "…"}'."""
            )
        if system:
            body["system"] = system
        if request.tools:
            body["tools"] = [
                _tool(self.tools.sent(tool.name), tool.description, json_schema(tool.parameters))
                for tool in request.tools
            ]
        if request.outputs:
            body |= self._shape(json_schema(request.outputs), body)
        return body

    def _messages(self, messages: tuple[Message, ...]) -> list[dict[str, Any]]:
        """The conversation; the results of tools that were called together must stand in one message."""
        sent: list[dict[str, Any]] = []
        for message in messages:
            role = "assistant" if message.role == "assistant" else "user"
            blocks = self._blocks(message)
            if message.role == "system" or not blocks:
                continue
            if sent and sent[-1]["role"] == role:
                sent[-1]["content"] += blocks
            else:
                sent.append({"role": role, "content": blocks})
        return sent

    def _blocks(self, message: Message) -> list[dict[str, Any]]:
        if message.role == "tool":
            return [{"type": "tool_result", "tool_use_id": message.call_id, "content": message.content}]
        if message.tool_calls and message.tool_calls[0].id in self._kept:
            return list(self._kept[message.tool_calls[0].id])
        said = [{"type": "text", "text": message.content}] if message.content.strip() else []
        calls = [
            {"type": "tool_use", "id": call.id, "name": self.tools.sent(call.name), "input": call.arguments}
            for call in message.tool_calls
        ]
        return [*said, *calls]

    def _shape(self, schema: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """How an object of this schema is asked for; the prompt says it in words, too."""
        match self.connection.structured:
            case "json_schema":
                form = {"format": {"type": "json_schema", "schema": schema}}
                return {"output_config": {**body.get("output_config", {}), **form}}
            case "tool" if "thinking" not in body:  # who thinks may not be forced to call a tool
                chosen = {"type": "tool", "name": "answer"}
                return {"tools": [_tool("answer", "Gives the answer.", schema)], "tool_choice": chosen}
        return {}

    async def send(self, body: dict[str, Any]) -> Any:
        """Everything but what the package insists on goes as it is: its versions know different parameters."""
        named = {key: body[key] for key in ("model", "messages", "max_tokens", "stream") if key in body}
        rest = {key: value for key, value in body.items() if key not in named}
        return await self.client.messages.create(**named, extra_body=rest)

    # What comes back

    def new_reply(self) -> Reply:
        """An answer of which nothing has arrived."""
        return Reply()

    def finished(self, request: ModelRequest, reply: Reply, answer: ModelAnswer) -> ModelAnswer:
        """The answer with its tool calls.

        Raises:
            Failure: It is a refusal, or its calls cannot be read.
        """
        if answer.finish_reason == "refusal":
            said = f": {answer.text}" if answer.text else ""
            raise Failure(why=f"{request.model} refuses to answer{said}")
        calls = tuple(self._tool_call(block, reply) for block in reply.calls)
        if request.outputs and calls and not request.tools:
            text = json.dumps(calls[0].arguments, ensure_ascii=False)
            return attrs.evolve(answer, text=text, finish_reason="stop")
        if calls and any(block.get("type") in _THOUGHTS for block in reply.blocks):
            self._kept[calls[0].id] = [*map(_as_it_came, filter(_is_sent_back, reply.blocks))]
        return attrs.evolve(answer, tool_calls=calls)

    def _tool_call(self, block: dict[str, Any], reply: Reply) -> ToolCall:
        name = self.tools.meant(block.get("name", ""))
        arguments = block.get("input")
        if not isinstance(arguments, dict):
            cut = reply.stop_reason == "max_tokens"
            raise Failure(
                why=f"max_tokens cut off its call of the tool '{name}'"
                if cut
                else f"it wants to call the tool '{name}' with arguments that are no JSON object",
                try_=f"Raise max_tokens ({self.connection.place})." if cut else "",
                may_pass=not cut,
            )
        return ToolCall(name, arguments, block.get("id", ""))


def _tool(name: str, description: str, schema: dict[str, Any]) -> dict[str, Any]:
    """A tool as the protocol describes it."""
    return {"name": name, **({"description": description} if description else {}), "input_schema": schema}


def _is_sent_back(block: dict[str, Any]) -> bool:
    """Whether a block may stand in a conversation: an empty text may not."""
    return block.get("type") != "text" or bool((block.get("text") or "").strip())


def _as_it_came(block: dict[str, Any]) -> dict[str, Any]:
    """A block without what the package fills up by itself."""
    return {key: value for key, value in block.items() if value is not None}
