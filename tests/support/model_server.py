"""A server on this machine that speaks the protocols of OpenAI and of Anthropic, says what a test put in, and remembers
what it was asked.

    with ModelServer([completion("Hello.")]) as server:
        ...  # an llm with base_url: "{server.address}/v1"
    assert server.asked[0].body["model"] == "gpt-test"
"""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

import attrs

Json = dict[str, Any]


@attrs.frozen
class Reply:
    """What the server does with one request."""

    body: Json | str | None = None
    """Sent at once."""
    pieces: tuple[str, ...] | None = None
    """Sent one after the other, as a stream."""
    status: int = 200
    headers: Json = attrs.field(factory=dict)
    cut: bool = False
    """Whether the connection is dropped in the middle."""
    silent: bool = False
    """Whether nothing (more) is said until the client hangs up."""


@attrs.frozen
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    body: Json


class ModelServer:
    """Answers each request by the next reply; with none left, by the last one."""

    def __init__(self, replies: Iterable[Json | Reply], host: str = "127.0.0.1") -> None:
        self.replies = deque(reply if isinstance(reply, Reply) else Reply(reply) for reply in replies)
        self.asked: list[Asked] = []
        self.hung_up = threading.Event()
        """Whether a client left while it was waiting."""
        self.waiting = threading.Event()
        """Whether everything was said that will be, and a client waits for more."""
        self._host = f"[{host}]" if ":" in host else host
        self._server = (_Server6 if ":" in host else ThreadingHTTPServer)((host, 0), _Handler)
        self._server.daemon_threads = True
        self._server.block_on_close = False
        self._server.desk = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def address(self) -> str:
        """Where it is."""
        return f"http://{self._host}:{self._server.server_address[1]}"

    def next_reply(self) -> Reply:
        """The reply to the request that is being read."""
        return self.replies.popleft() if len(self.replies) > 1 else self.replies[0]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server6(ThreadingHTTPServer):
    address_family = socket.AF_INET6


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        desk = cast("ModelServer", self.server.desk)  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        desk.asked.append(Asked(self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        reply = desk.next_reply()
        try:
            if reply.pieces is None:
                self._send_whole(desk, reply)
            else:
                self._send_pieces(desk, reply)
        except ConnectionError:
            self._note_hung_up(desk)

    def _send_whole(self, desk: ModelServer, reply: Reply) -> None:
        if reply.silent:
            self._wait_until_hung_up(desk)
            return
        is_text = isinstance(reply.body, str)
        content = (reply.body if is_text else json.dumps(reply.body)).encode()  # type: ignore[union-attr]
        kind = "text/html" if is_text else "application/json"
        self._send_head(reply, {"Content-Type": kind, "Content-Length": str(len(content))})
        self.wfile.write(content[: len(content) // 2] if reply.cut else content)
        if reply.cut:
            self._drop()

    def _send_pieces(self, desk: ModelServer, reply: Reply) -> None:
        self._send_head(reply, {"Content-Type": "text/event-stream", "Transfer-Encoding": "chunked"})
        for piece in reply.pieces or ():
            content = piece.encode()
            self.wfile.write(f"{len(content):x}\r\n".encode() + content + b"\r\n")
            self.wfile.flush()
        if reply.silent:
            self._wait_until_hung_up(desk)
        elif reply.cut:
            self._drop()
        else:
            self.wfile.write(b"0\r\n\r\n")

    def _send_head(self, reply: Reply, headers: Json) -> None:
        self.send_response(reply.status)
        for key, value in {**headers, "x-request-id": "req_1", "request-id": "req_1", **reply.headers}.items():
            self.send_header(key, value)
        self.end_headers()

    def _wait_until_hung_up(self, desk: ModelServer) -> None:
        desk.waiting.set()
        if self.connection.recv(1) == b"":
            self._note_hung_up(desk)

    def _note_hung_up(self, desk: ModelServer) -> None:
        desk.hung_up.set()
        self.close_connection = True

    def _drop(self) -> None:
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_RDWR)
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


# What OpenAI's protocol says


def tool_call(name: str, arguments: Any, call_id: str = "c1", **more: Any) -> Json:
    """A wish for a tool."""
    text = arguments if isinstance(arguments, str) else json.dumps(arguments)
    return {"id": call_id, "type": "function", "function": {"name": name, "arguments": text}, **more}


def completion(text: str | None = None, *calls: Json, finish: str | None = None, **more: Any) -> Json:
    """An answer, whole; `usage` and `model` go to it, everything else to its message."""
    usage = more.pop("usage", {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120})
    model = more.pop("model", "gpt-test")
    message = {"role": "assistant", "content": text, **({"tool_calls": list(calls)} if calls else {}), **more}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish or ("tool_calls" if calls else "stop")}],
        "usage": usage,
    }


def chunk(finish: str | None = None, **delta: Any) -> str:
    """A piece of a streamed answer."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return _data({**_CHUNK, "choices": [choice]})


def closing(usage: Json | None = None) -> tuple[str, ...]:
    """The end of a stream that went well."""
    counted = usage or {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    return chunk("stop"), _data({**_CHUNK, "choices": [], "usage": counted}), "data: [DONE]\n\n"


_CHUNK = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-test"}


def error(status: int, message: str, *, headers: Json | None = None, **more: Any) -> Reply:
    """A refusal, as OpenAI says it."""
    return Reply({"error": {"message": message, **more}}, status=status, headers=headers or {})


# What Anthropic's protocol says


def message(*blocks: Json, stop: str = "end_turn", usage: Json | None = None, model: str = "claude-test") -> Json:
    """An answer, whole."""
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": model,
        "content": list(blocks),
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage or {"input_tokens": 100, "output_tokens": 20},
    }


def said(text: str) -> Json:
    """A block of text."""
    return {"type": "text", "text": text}


def use(name: str, arguments: Any, call_id: str = "t1") -> Json:
    """A block that wishes for a tool."""
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


def events(*blocks: Json, stop: str = "end_turn", usage: Json | None = None) -> tuple[str, ...]:
    """An answer, event by event, each block in two halves."""
    return (
        _event("message_start", message={**message(stop=stop, usage=usage), "stop_reason": None}),
        _event("ping"),
        *(piece for place, block in enumerate(blocks) for piece in _block_events(place, block)),
        _event("message_delta", delta={"stop_reason": stop, "stop_sequence": None}, usage={"output_tokens": 20}),
        _event("message_stop"),
    )


def refused(status: int, kind: str, text: str, *, headers: Json | None = None) -> Reply:
    """A refusal, as Anthropic says it."""
    return Reply({"type": "error", "error": {"type": kind, "message": text}}, status=status, headers=headers or {})


def broken_event(kind: str, text: str) -> str:
    """An error within a stream."""
    return _event("error", error={"type": kind, "message": text})


def _block_events(place: int, block: Json) -> Iterator[str]:
    halves: list[Json]
    match block["type"]:
        case "text":
            begin, halves = (
                {**block, "text": ""},
                [{"type": "text_delta", "text": half} for half in _halves(block["text"])],
            )
        case "thinking":
            begin = {**block, "thinking": "", "signature": ""}
            halves = [{"type": "thinking_delta", "thinking": half} for half in _halves(block["thinking"])]
            halves.append({"type": "signature_delta", "signature": block["signature"]})
        case _:
            text = block["input"] if isinstance(block["input"], str) else json.dumps(block["input"])
            begin = {**block, "input": {}}
            halves = [{"type": "input_json_delta", "partial_json": half} for half in _halves(text)]
    yield _event("content_block_start", index=place, content_block=begin)
    for half in halves:
        yield _event("content_block_delta", index=place, delta=half)
    yield _event("content_block_stop", index=place)


def _halves(text: str) -> tuple[str, str]:
    return text[: len(text) // 2], text[len(text) // 2 :]


def _data(content: Json) -> str:
    return f"data: {json.dumps(content)}\n\n"


def _event(kind: str, **content: Any) -> str:
    return f"event: {kind}\n{_data({'type': kind, **content})}"
