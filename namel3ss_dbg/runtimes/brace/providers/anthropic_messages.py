"""A model behind Anthropic's messages, asked by the package `anthropic`.

What the model thought must go back, unchanged, with the tool calls that it led to; it is kept here by their ids.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from ..deadline import Clock
from ..models import Message, ModelAnswer, ModelRequest, ToolCall
from ..schema import json_schema
from .anthropic_reply import Reply
from .attempts import A_DAY_S, Sleep, answered
from .connection import Connection, refuse_parameters
from .failures import Failure
from .prices import price_list, price_of
from .tool_names import ToolNames

_MAX_TOKENS = 4096
# The protocol wants a limit; this is one that every model of theirs allows.
_THOUGHTS = ("thinking", "redacted_thinking")


@attrs.define
class AnthropicModel:
    """Answers for a declared llm."""

    connection: Connection
    sdk: Any = attrs.field(repr=False)
    """The package `anthropic`."""
    sleep: Sleep
    clock: Clock
    _client: Any = attrs.field(default=None, init=False, repr=False)
    _tools: ToolNames = attrs.field(factory=ToolNames, init=False)
    _thoughts: dict[str, list[dict[str, Any]]] = attrs.field(factory=dict, init=False, repr=False)
    """What was thought before a tool was called, by the call's id."""

    def open(self) -> None:
        """Make the client; it connects when it is first used."""
        if self._client is None:
            self._client = self.sdk.AsyncAnthropic(
                api_key=self.connection.key,
                base_url=self.connection.address,
                max_retries=0,
                timeout=A_DAY_S,
                default_headers=self.connection.headers,
            )
            price_list()

    async def close(self) -> None:
        """Close all connections."""
        client, self._client = self._client, None
        if client is not None:
            await client.close()

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer of the service, after as many attempts as the llm allows."""
        self.open()
        body = self._body(request)

        async def once() -> ModelAnswer:
            return await (self._streamed if body.get("stream") else self._whole)(request, body)

        return await answered(once, self.sdk, self.connection, request.progress, sleep=self.sleep, clock=self.clock)

    # What is sent

    def _body(self, request: ModelRequest) -> dict[str, Any]:
        refuse_parameters(self.connection.llm, self.connection.service, request.parameters)
        self._tools.add(tool.name for tool in request.tools)
        system = "\n\n".join(message.content for message in request.messages if message.role == "system")
        body: dict[str, Any] = {"max_tokens": _MAX_TOKENS, **request.parameters, "model": request.model}
        if isinstance(body.get("stop_sequences"), str):
            body["stop_sequences"] = [body["stop_sequences"]]
        body["messages"] = self._messages(request.messages)
        if system:
            body["system"] = system
        if request.tools:
            body["tools"] = [
                {
                    "name": self._tools.sent(tool.name),
                    "description": tool.description,
                    "input_schema": json_schema(tool.parameters),
                }
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
        thoughts = [block for call in message.tool_calls for block in self._thoughts.get(call.id, [])]
        said = [{"type": "text", "text": message.content}] if message.content.strip() else []
        calls = [
            {"type": "tool_use", "id": call.id, "name": self._tools.sent(call.name), "input": call.arguments}
            for call in message.tool_calls
        ]
        return [*thoughts, *said, *calls]

    def _shape(self, schema: dict[str, Any], body: dict[str, Any]) -> dict[str, Any]:
        """How an object of this schema is asked for; the prompt says it in words, too."""
        match self.connection.structured:
            case "json_schema":
                form = {"format": {"type": "json_schema", "schema": schema}}
                return {"output_config": {**body.get("output_config", {}), **form}}
            case "tool" if "thinking" not in body:  # who thinks may not be forced to call a tool
                tool = {"name": "answer", "description": "Gives the answer.", "input_schema": schema}
                return {"tools": [tool], "tool_choice": {"type": "tool", "name": "answer"}}
        return {}

    async def _send(self, body: dict[str, Any]) -> Any:
        """Everything but what the package insists on goes as it is: its versions know different parameters."""
        named = {key: body[key] for key in ("model", "messages", "max_tokens", "stream") if key in body}
        rest = {key: value for key, value in body.items() if key not in named}
        return await self._client.messages.create(**named, extra_body=rest)

    # What comes back

    async def _whole(self, request: ModelRequest, body: dict[str, Any]) -> ModelAnswer:
        message = await self._send(body)
        if not hasattr(message, "model_dump"):
            raise self._not_a_message()
        arrived = message.model_dump(warnings=False)
        if not isinstance(arrived.get("content"), list):
            raise self._not_a_message()
        reply = Reply()
        reply.begin(arrived)
        for block in arrived["content"]:
            reply.blocks.append(block)
        return self._answer(request, reply, getattr(message, "_request_id", None))

    async def _streamed(self, request: ModelRequest, body: dict[str, Any]) -> ModelAnswer:
        progress, began = request.progress, self.clock()
        stream = await self._send(body)
        if not hasattr(stream, "__aiter__"):
            raise self._not_a_message()
        reply = Reply()
        progress.details.pop("first_token_ms", None)
        try:
            async for event in stream:
                reply.add(event.model_dump(warnings=False))
                if reply.has_begun and "first_token_ms" not in progress.details:
                    progress.details["first_token_ms"] = round((self.clock() - began) * 1000, 3)
            if not reply.is_complete:
                title = self.connection.service.title
                raise Failure(why=f"{title} broke off" if reply.has_begun else f"{title} sent nothing", may_pass=True)
        except BaseException:
            if reply.has_begun:
                progress.answer = attrs.evolve(reply.plain(), finish_reason="incomplete", cost=None)
            raise
        finally:
            await stream.close()
        return self._answer(request, reply, stream.response.headers.get("request-id"))

    def _answer(self, request: ModelRequest, reply: Reply, request_id: str | None) -> ModelAnswer:
        details = request.progress.details
        if request_id:
            details["request_id"] = request_id
        if reply.model and reply.model != request.model:
            details["answered_by"] = reply.model
        plain = reply.plain()
        price = price_of(
            self.connection,
            reply.model or request.model,
            plain,
            written_tokens=reply.count("cache_creation_input_tokens"),
        )
        details["price"] = price.source
        answer = attrs.evolve(plain, cost=price.cost)
        # As far as it came: what is wrong with it is told only now.
        request.progress.answer = answer
        if answer.finish_reason == "refusal":
            said = f": {answer.text}" if answer.text else ""
            raise Failure(why=f"{request.model} refuses to answer{said}")
        calls = tuple(self._tool_call(block, reply) for block in reply.blocks if block.get("type") == "tool_use")
        if request.outputs and calls and not request.tools:
            text = json.dumps(calls[0].arguments, ensure_ascii=False)
            return attrs.evolve(answer, text=text, finish_reason="stop")
        thoughts = [
            {key: value for key, value in block.items() if value is not None}  # the package fills up what it knows
            for block in reply.blocks
            if block.get("type") in _THOUGHTS
        ]
        if calls and thoughts:
            self._thoughts[calls[0].id] = thoughts
        return attrs.evolve(answer, tool_calls=calls)

    def _tool_call(self, block: dict[str, Any], reply: Reply) -> ToolCall:
        name = self._tools.meant(block.get("name", ""))
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

    def _not_a_message(self) -> Failure:
        connection = self.connection
        return Failure(
            why=f"what answers at {connection.shown_address} does not speak Anthropic's protocol",
            try_=f"Correct base_url ({connection.place}).",
        )
