"""What all models behind a server have in common: a client that lives as long as a run, attempts, streams, and what is
noted of each answer.

A server may answer otherwise than it was asked: whole where a stream was wanted, with a page of a proxy, with an error
that calls itself a success. So what arrives is looked at before it is read.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any, Protocol

import attrs

from ..deadline import Clock
from ..models import ModelAnswer, ModelRequest, count_message_tokens, count_tokens
from .attempts import A_DAY_S, Sleep, answered
from .connection import Connection, refuse_parameters
from .failures import Failure, correct_address, failure_told
from .prices import Price, price_list, price_of
from .proxies import is_here
from .tool_names import ToolNames

_Pieces = AsyncGenerator[dict[str, Any], None]


class Reply(Protocol):
    """What has arrived of an answer."""

    model: str
    """Which model the server says it is."""
    error: Any
    """What the server says in place of an answer, or in the middle of one; None when it says nothing of the kind."""
    is_complete: bool
    """Whether all of it has arrived."""

    @property
    def has_begun(self) -> bool:
        """Whether something of the answer itself has arrived."""
        ...

    @property
    def said(self) -> str:
        """All that the model wrote: text, thoughts and calls."""
        ...

    @property
    def cost(self) -> float | None:
        """US dollars, where the server says so."""
        ...

    @property
    def written_tokens(self) -> int:
        """How many of the prompt's tokens the server was paid to remember."""
        ...

    def add(self, piece: dict[str, Any]) -> None:
        """Take in a piece of a stream."""
        ...

    def add_whole(self, answer: dict[str, Any]) -> bool:
        """Take in an answer that came at once; false when it is none."""
        ...

    def plain(self) -> ModelAnswer:
        """The answer without its tool calls and its cost."""
        ...


@attrs.define
class RemoteModel(ABC):
    """Answers for a declared llm by asking a server."""

    connection: Connection
    sdk: Any = attrs.field(repr=False)
    """The package that speaks the server's protocol."""
    sleep: Sleep
    clock: Clock
    tools: ToolNames = attrs.field(factory=ToolNames, init=False)
    client: Any = attrs.field(default=None, init=False, repr=False)
    """The package's; None while it is closed."""

    # What a protocol brings

    @abstractmethod
    def new_client(self) -> Any:
        """A client of the package, with `common_options`."""

    @abstractmethod
    def body(self, request: ModelRequest) -> dict[str, Any]:
        """What is sent."""

    @abstractmethod
    async def send(self, body: dict[str, Any]) -> Any:
        """What the package makes of it: an answer, or a stream of its pieces."""

    @abstractmethod
    def new_reply(self) -> Reply:
        """An answer of which nothing has arrived."""

    @abstractmethod
    def finished(self, request: ModelRequest, reply: Any, answer: ModelAnswer) -> ModelAnswer:
        """The answer with its tool calls.

        Raises:
            Failure: It is a refusal, or its calls cannot be read.
        """

    # What all have in common

    def common_options(self) -> dict[str, Any]:
        """What every client of a package is made with: it neither asks again nor ends by itself."""
        options = {"max_retries": 0, "timeout": A_DAY_S, "default_headers": self.connection.headers}
        address = self.connection.address
        if is_here(address):
            # What the environment says about proxies does not hold here; what it says about certificates does.
            directly = dict.fromkeys(("http://", "https://", "all://"))
            trusts = address.startswith("https")
            options["http_client"] = self.sdk.DefaultAsyncHttpxClient(trust_env=trusts, mounts=directly)
        return options

    def open(self) -> None:
        """Make the client; it connects when it is first used."""
        if self.client is None:
            self.client = self.new_client()
            price_list()

    async def close(self) -> None:
        """Close all connections."""
        client, self.client = self.client, None
        if client is not None:
            await client.close()

    async def ask(self, request: ModelRequest) -> ModelAnswer:
        """The answer of the service, after as many attempts as the llm allows."""
        self.open()
        refuse_parameters(self.connection.llm, self.connection.service, request.parameters)
        self.tools.add(tool.name for tool in request.tools)
        body = self.body(request)

        async def once() -> ModelAnswer:
            return await self._once(request, body)

        return await answered(once, self.sdk, self.connection, request.progress, sleep=self.sleep, clock=self.clock)

    async def _once(self, request: ModelRequest, body: dict[str, Any]) -> ModelAnswer:
        progress, began, reply = request.progress, self.clock(), self.new_reply()
        progress.details.pop("first_token_ms", None)
        try:
            async with aclosing(self._arriving(await self.send(body), request, reply)) as pieces:
                async for piece in pieces:
                    reply.add(piece)
                    if reply.has_begun:
                        progress.details.setdefault("first_token_ms", round((self.clock() - began) * 1000, 3))
            if reply.error is not None:
                raise failure_told(reply.error, self.connection)
            if not reply.is_complete:
                title = self.connection.service.title
                raise Failure(why=f"{title} broke off" if reply.has_begun else f"{title} sent nothing", may_pass=True)
        except BaseException:
            if reply.has_begun:
                progress.answer = attrs.evolve(self._counted(request, reply), finish_reason="incomplete")
            raise
        # As far as it came: what is wrong with it is told only now.
        progress.answer = self._counted(request, reply)
        return self.finished(request, reply, progress.answer)

    async def _arriving(
        self, arrived: Any, request: ModelRequest, reply: Reply
    ) -> AsyncGenerator[dict[str, Any], None]:
        """The pieces of a stream; an answer that came at once is taken in at once."""
        if not hasattr(arrived, "__aiter__"):
            self._note_request(request, getattr(arrived, "_request_id", None))
            self._take_whole(arrived.model_dump(warnings=False) if hasattr(arrived, "model_dump") else None, reply)
            return
        headers = arrived.response.headers
        self._note_request(request, headers.get("x-request-id") or headers.get("request-id"))
        kind = headers.get("content-type", "").lower()
        try:
            if "json" in kind:
                self._take_whole(json.loads(await arrived.response.aread()), reply)
            elif "html" in kind:
                self._take_whole(None, reply)
            else:
                async for piece in arrived:
                    if hasattr(piece, "model_dump"):
                        yield piece.model_dump(warnings=False)
        finally:
            await arrived.close()

    def _take_whole(self, answer: Any, reply: Reply) -> None:
        if not isinstance(answer, dict) or not reply.add_whole(answer):
            connection = self.connection
            why = f"what answers at {connection.shown_address} does not speak {connection.service.language}"
            raise Failure(why=why, try_=correct_address(connection))

    def _counted(self, request: ModelRequest, reply: Reply) -> ModelAnswer:
        """What has arrived, its tokens and its cost; what the server did not count is estimated."""
        details, answer = request.progress.details, reply.plain()
        shown = self.connection.struck_out
        answer = attrs.evolve(answer, text=shown(answer.text), reasoning=shown(answer.reasoning))
        if reply.model and reply.model != request.model:
            details["answered_by"] = reply.model
        if not reply.is_complete or not answer.prompt_tokens + answer.completion_tokens:
            details["usage"] = "estimated"
            answer = attrs.evolve(
                answer,
                prompt_tokens=answer.prompt_tokens or count_message_tokens(request.messages),
                completion_tokens=max(answer.completion_tokens, count_tokens(reply.said)),
            )
        model = reply.model or request.model
        price = price_of(self.connection, model, answer, written_tokens=reply.written_tokens)
        if reply.cost is not None and price.source != "declared":
            price = Price(reply.cost, "its server")
        details["price"] = price.source
        return attrs.evolve(answer, cost=price.cost)

    @staticmethod
    def _note_request(request: ModelRequest, number: str | None) -> None:
        """What the service wants to know when someone complains."""
        if number:
            request.progress.details["request_id"] = number
