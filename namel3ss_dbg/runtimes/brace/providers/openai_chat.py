"""A model behind the protocol of OpenAI's chat completions, asked by the package `openai`.

What a service sends along with a tool call and wants back unchanged (a signature, what it thought) is kept here, by the
call's id: nobody else has a use for it.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from ..models import Message, ModelAnswer, ModelRequest, ToolCall
from ..schema import json_schema
from .failures import Failure
from .openai_reply import Call, Reply
from .remote import RemoteModel

_API_VERSION = "2024-10-21"
_LONGEST_SHOWN = 80


@attrs.define
class OpenAIModel(RemoteModel):
    """Answers for a declared llm."""

    _kept: dict[str, dict[str, Any]] = attrs.field(factory=dict, init=False, repr=False)
    """What came along with a tool call, by its id."""
    _calls: int = attrs.field(default=0, init=False)

    def new_client(self) -> Any:
        """A client of the package."""
        connection = self.connection
        service = connection.service
        # The package wants a key also where the server does not.
        known = {"api_key": connection.key or "none", **self.common_options()}
        if service.protocol == "azure" and "/openai/v1" not in connection.address:
            options = {"api_version": _API_VERSION, **connection.options}
            return self.sdk.AsyncAzureOpenAI(azure_endpoint=connection.address, **options, **known)
        client = self.sdk.AsyncOpenAI(base_url=connection.address, **known)
        if service.protocol == "openai":
            # Those that the package finds in the environment are OpenAI's, and none of another service's business.
            ours = service.name == "openai"
            for name in ("organization", "project"):
                setattr(client, name, connection.options.get(name, getattr(client, name) if ours else None))
        return client

    # What is sent

    def body(self, request: ModelRequest) -> dict[str, Any]:
        """What is sent."""
        service = self.connection.service
        names = {"stop_sequences": "stop", **service.names}
        body: dict[str, Any] = {names.get(name, name): value for name, value in request.parameters.items()}
        body |= {"model": request.model, "messages": self._messages(request.messages)}
        if request.tools:
            body["tools"] = [
                _function(self.tools.sent(tool.name), tool.description, json_schema(tool.parameters))
                for tool in request.tools
            ]
        if request.outputs:
            body |= self._shape(json_schema(request.outputs))
        if body.get("stream") and service.counts_streams:
            body["stream_options"] = {"include_usage": True}
        return body

    def _messages(self, messages: tuple[Message, ...]) -> list[dict[str, Any]]:
        """The conversation, as also strict servers take it: no answer is empty, and nobody but tools speaks twice."""
        sent: list[dict[str, Any]] = []
        for message in messages:
            if message.role == "assistant" and not message.content and not message.tool_calls:
                continue
            if message.role in ("system", "user") and sent and sent[-1]["role"] == message.role:
                sent[-1]["content"] += f"\n\n{message.content}"
            else:
                sent.append(self._message(message))
        return sent

    def _message(self, message: Message) -> dict[str, Any]:
        if message.role == "tool":
            return {"role": "tool", "tool_call_id": message.call_id, "content": message.content}
        if not message.tool_calls:
            return {"role": message.role, "content": message.content}
        kept = [self._kept.get(call.id, {}) for call in message.tool_calls]
        calls = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": self.tools.sent(call.name), "arguments": json.dumps(call.arguments)},
                **{key: value for key, value in more.items() if key != "reasoning_content"},
            }
            for call, more in zip(message.tool_calls, kept, strict=True)
        ]
        said = {"role": "assistant", "content": message.content or None, "tool_calls": calls}
        thought = next((more["reasoning_content"] for more in kept if "reasoning_content" in more), None)
        return said if thought is None else {**said, "reasoning_content": thought}

    def _shape(self, schema: dict[str, Any]) -> dict[str, Any]:
        """How an object of this schema is asked for; the prompt says it in words, too."""
        match self.connection.structured:
            case "json_schema":
                shape = {"name": "answer", "schema": schema, "strict": _can_be_strict(schema)}
                return {"response_format": {"type": "json_schema", "json_schema": shape}}
            case "json_object":
                return {"response_format": {"type": "json_object"}}
            case "tool":
                chosen = {"type": "function", "function": {"name": "answer"}}
                return {"tools": [_function("answer", "Gives the answer.", schema)], "tool_choice": chosen}
        return {}

    async def send(self, body: dict[str, Any]) -> Any:
        """Everything but what the package insists on goes as it is: it knows fewer parameters than the services."""
        named = {key: body[key] for key in ("model", "messages", "stream") if key in body}
        rest = {key: value for key, value in body.items() if key not in named}
        return await self.client.chat.completions.create(**named, extra_body=rest)

    # What comes back

    def new_reply(self) -> Reply:
        """An answer of which nothing has arrived."""
        return Reply()

    def finished(self, request: ModelRequest, reply: Reply, answer: ModelAnswer) -> ModelAnswer:
        """The answer with its tool calls.

        Raises:
            Failure: It is a refusal, or its calls cannot be read.
        """
        self._refuse_refusals(answer)
        calls = tuple(self._tool_call(call, reply) for call in reply.calls)
        if request.outputs and calls and self.connection.structured == "tool":
            text = json.dumps(calls[0].arguments, ensure_ascii=False)
            return attrs.evolve(answer, text=text, finish_reason="stop")
        if calls and answer.finish_reason == "stop":  # as some servers say it
            answer = attrs.evolve(answer, finish_reason="tool_calls")
        return attrs.evolve(answer, tool_calls=calls)

    def _tool_call(self, call: Call, reply: Reply) -> ToolCall:
        self._calls += 1
        call_id = call.id or f"call_{self.connection.llm.name}_{self._calls}"
        name = self.tools.meant(call.name)
        kept = dict(call.more)
        if reply.reasoning and self.connection.service.wants_reasoning:
            kept["reasoning_content"] = reply.reasoning
        if kept:
            self._kept[call_id] = kept
        return ToolCall(name, self._arguments(call, name, reply), call_id)

    def _arguments(self, call: Call, name: str, reply: Reply) -> dict[str, Any]:
        try:
            arguments = json.loads(call.arguments or "{}")
        except ValueError:
            arguments = None
        if isinstance(arguments, dict):
            return arguments
        if reply.finish_reason == "length":
            why = f"max_tokens cut off its call of the tool '{name}'"
            raise Failure(why=why, try_=f"Raise max_tokens ({self.connection.place}).")
        shown = call.arguments if len(call.arguments) <= _LONGEST_SHOWN else f"{call.arguments[:_LONGEST_SHOWN]}…"
        why = f"it wants to call the tool '{name}' with arguments that are no JSON object: {shown}"
        raise Failure(why=why, may_pass=True)

    def _refuse_refusals(self, answer: ModelAnswer) -> None:
        said = f": {answer.text}" if answer.text else ""
        if answer.finish_reason == "refusal":
            raise Failure(why=f"{self.connection.llm.model} refuses to answer{said}")
        if answer.finish_reason == "content_filter":
            raise Failure(why=f"the content filter of {self.connection.service.title} stopped the answer{said}")


def _function(name: str, description: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """A tool as the protocol describes it."""
    told = {"description": description} if description else {}
    return {"type": "function", "function": {"name": name, **told, "parameters": parameters}}


def _can_be_strict(schema: dict[str, Any]) -> bool:
    """Whether a schema is one that OpenAI enforces: every value has a type, no property may be left out."""
    match schema.get("type"):
        case None:
            return False
        case "object":
            inner = schema.get("properties", {})
            closed = schema.get("additionalProperties") is False and set(schema.get("required", [])) == set(inner)
            return closed and all(_can_be_strict(field) for field in inner.values())
        case "array":
            return _can_be_strict(schema.get("items", {}))
    return True
