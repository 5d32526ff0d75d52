"""A model behind the protocol of OpenAI's chat completions, asked by the package `openai`.

What a service sends along with a tool call and wants back unchanged (a signature, what it thought) is kept here, by the
call's id: nobody else has a use for it.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import attrs

from ..deadline import Clock
from ..models import Message, ModelAnswer, ModelRequest, ToolCall, count_message_tokens, count_tokens
from ..schema import json_schema
from .attempts import A_DAY_S, Sleep, answered
from .connection import Connection, refuse_parameters
from .failures import Failure
from .openai_reply import Call, Reply
from .prices import price_list, price_of
from .tool_names import ToolNames

_API_VERSION = "2024-10-21"
_FINISHED = {"stop": "stop", "length": "length", "tool_calls": "tool_calls", "function_call": "tool_calls"}
_LONGEST_SHOWN = 80


@attrs.define
class OpenAIModel:
    """Answers for a declared llm."""

    connection: Connection
    sdk: Any = attrs.field(repr=False)
    """The package `openai`."""
    sleep: Sleep
    clock: Clock
    _client: Any = attrs.field(default=None, init=False, repr=False)
    _tools: ToolNames = attrs.field(factory=ToolNames, init=False)
    _kept: dict[str, dict[str, Any]] = attrs.field(factory=dict, init=False, repr=False)
    """What came along with a tool call, by its id."""
    _calls: int = attrs.field(default=0, init=False)

    def open(self) -> None:
        """Make the client; it connects when it is first used."""
        if self._client is not None:
            return
        connection = self.connection
        known = {
            "api_key": connection.key or "none",  # the package wants one also where the server does not
            "max_retries": 0,
            "timeout": A_DAY_S,
            "default_headers": connection.headers,
        }
        if connection.service.protocol == "azure" and "/openai/v1" not in connection.address:
            options = {"api_version": _API_VERSION, **connection.options}
            self._client = self.sdk.AsyncAzureOpenAI(azure_endpoint=connection.address, **options, **known)
        else:
            self._client = self.sdk.AsyncOpenAI(base_url=connection.address, **known)
        if connection.service.protocol == "openai":
            # Those that the package finds in the environment are OpenAI's, and none of another service's business.
            ours = connection.service.name == "openai"
            for name in ("organization", "project"):
                setattr(self._client, name, connection.options.get(name, getattr(self._client, name) if ours else None))
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
        service = self.connection.service
        refuse_parameters(self.connection.llm, service, request.parameters)
        self._tools.add(tool.name for tool in request.tools)
        names = {"stop_sequences": "stop", **service.names}
        body: dict[str, Any] = {names.get(name, name): value for name, value in request.parameters.items()}
        body |= {"model": request.model, "messages": [self._message(message) for message in request.messages]}
        if request.tools:
            body["tools"] = [
                {
                    "type": "function",
                    "function": {
                        "name": self._tools.sent(tool.name),
                        "description": tool.description,
                        "parameters": json_schema(tool.parameters),
                    },
                }
                for tool in request.tools
            ]
        if request.outputs:
            body |= self._shape(json_schema(request.outputs))
        if body.get("stream") and service.counts_streams:
            body["stream_options"] = {"include_usage": True}
        return body

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
                "function": {"name": self._tools.sent(call.name), "arguments": json.dumps(call.arguments)},
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
                function = {"name": "answer", "description": "Gives the answer.", "parameters": schema}
                chosen = {"type": "function", "function": {"name": "answer"}}
                return {"tools": [{"type": "function", "function": function}], "tool_choice": chosen}
        return {}

    async def _send(self, body: dict[str, Any]) -> Any:
        """Everything but what the package insists on goes as it is: it knows fewer parameters than the services."""
        named = {key: body[key] for key in ("model", "messages", "stream") if key in body}
        rest = {key: value for key, value in body.items() if key not in named}
        return await self._client.chat.completions.create(**named, extra_body=rest)

    # What comes back

    async def _whole(self, request: ModelRequest, body: dict[str, Any]) -> ModelAnswer:
        completion = await self._send(body)
        if not hasattr(completion, "model_dump"):
            raise self._not_a_completion()
        arrived = completion.model_dump(warnings=False)
        choices = arrived.get("choices")
        if not choices:
            raise self._not_a_completion()
        reply = Reply()
        reply.add({**arrived, "choices": [{**choices[0], "delta": choices[0].get("message")}]})
        return self._answer(request, reply, getattr(completion, "_request_id", None))

    async def _streamed(self, request: ModelRequest, body: dict[str, Any]) -> ModelAnswer:
        progress, began = request.progress, self.clock()
        stream = await self._send(body)
        if not hasattr(stream, "__aiter__"):
            raise self._not_a_completion()
        reply = Reply()
        progress.details.pop("first_token_ms", None)
        try:
            async for chunk in _chunks(stream):
                reply.add(chunk)
                if reply.has_begun and "first_token_ms" not in progress.details:
                    progress.details["first_token_ms"] = round((self.clock() - began) * 1000, 3)
            if not reply.finish_reason:
                service = self.connection.service
                why = f"{service.title} broke off" if reply.has_begun else f"{service.title} sent nothing"
                raise Failure(why=why, may_pass=True)
        except BaseException:
            if reply.has_begun:
                progress.answer = ModelAnswer(
                    text=reply.text, finish_reason="incomplete", reasoning=reply.reasoning, cost=None
                )
            raise
        finally:
            await stream.close()
        return self._answer(request, reply, stream.response.headers.get("x-request-id"))

    def _answer(self, request: ModelRequest, reply: Reply, request_id: str | None) -> ModelAnswer:
        details = request.progress.details
        if request_id:
            details["request_id"] = request_id
        if reply.model and reply.model != request.model:
            details["answered_by"] = reply.model
        plain = ModelAnswer(
            text=reply.text or reply.refusal,
            finish_reason="refusal" if reply.refusal else _FINISHED.get(reply.finish_reason, reply.finish_reason),
            reasoning=reply.reasoning,
        )
        plain = self._counted(request, reply, plain)
        price = price_of(self.connection, reply.model or request.model, plain)
        cost = _number(reply.usage.get("cost")) if price.source != "declared" else None
        details["price"] = price.source if cost is None else "its server"
        answer = attrs.evolve(plain, cost=price.cost if cost is None else cost)
        # As far as it came: what is wrong with it is told only now.
        request.progress.answer = answer
        self._refuse_refusals(answer)
        calls = tuple(self._tool_call(call, reply) for call in reply.calls)
        if request.outputs and calls and self.connection.structured == "tool":
            text = json.dumps(calls[0].arguments, ensure_ascii=False)
            return attrs.evolve(answer, text=text, finish_reason="stop")
        if calls and answer.finish_reason == "stop":  # as some servers say it
            answer = attrs.evolve(answer, finish_reason="tool_calls")
        return attrs.evolve(answer, tool_calls=calls)

    def _counted(self, request: ModelRequest, reply: Reply, answer: ModelAnswer) -> ModelAnswer:
        """The answer with the tokens that the server counted, or with our own estimate when it counted none."""
        usage = reply.usage
        if not usage.get("prompt_tokens") and not usage.get("completion_tokens"):
            request.progress.details["usage"] = "estimated"
            said = f"{reply.text}{reply.reasoning}{''.join(call.name + call.arguments for call in reply.calls)}"
            return attrs.evolve(
                answer, prompt_tokens=count_message_tokens(request.messages), completion_tokens=count_tokens(said)
            )
        prompt, completion = usage.get("prompt_tokens_details") or {}, usage.get("completion_tokens_details") or {}
        return attrs.evolve(
            answer,
            prompt_tokens=_whole_number(usage.get("prompt_tokens")),
            completion_tokens=_whole_number(usage.get("completion_tokens")),
            cached_tokens=_whole_number(prompt.get("cached_tokens") or usage.get("prompt_cache_hit_tokens")),
            reasoning_tokens=_whole_number(completion.get("reasoning_tokens")),
        )

    def _tool_call(self, call: Call, reply: Reply) -> ToolCall:
        self._calls += 1
        call_id = call.id or f"call_{self.connection.llm.name}_{self._calls}"
        name = self._tools.meant(call.name)
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

    def _not_a_completion(self) -> Failure:
        connection = self.connection
        return Failure(
            why=f"what answers at {connection.shown_address} does not speak the protocol of OpenAI",
            try_=f"Correct base_url ({connection.place}); it often ends in /v1.",
        )


async def _chunks(stream: Any) -> AsyncIterator[dict[str, Any]]:
    async for chunk in stream:
        if hasattr(chunk, "model_dump"):
            yield chunk.model_dump(warnings=False)


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


def _whole_number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
