"""Input that no editor sends: it is answered or ends the session, and nothing is left behind."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dap_adapter.registry import ROWS
from tests.support.dap_client import DapClient, Server, frame
from tests.support.stories import weather, write_trace


@pytest.fixture
def stray() -> Iterator[DapClient]:
    """A session in a process of its own."""
    with DapClient.over_stdio() as client:
        yield client


@pytest.mark.parametrize(
    "data",
    [
        b"Content-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\n\r\n",
        b"Content-Length: 99999999999\r\n\r\n",
        b"{}",
        b"\r\n\r\n",
        b"\x00" * 10_000,
    ],
)
@pytest.mark.parametrize("greeted", [False, True])
def test_a_broken_header_ends_the_session(stray: DapClient, data: bytes, greeted: bool) -> None:
    """The client is told, if it has said who it is; the process is gone, and ended well."""
    if greeted:
        stray.initialize()
    stray.send_raw(data)

    if greeted:
        stray.expect("terminated")
    assert stray.hung_up(within_s=3)
    assert stray.process is not None
    assert stray.process.wait(3) == 0
    stray._ended = True


@pytest.mark.parametrize(
    "body",
    [b"{", b"", b"[]", b"7", b"\xff", b"[" * 100_000, b"9" * 5_000, b'{"seq":1}', b'{"seq":"x","type":"request"}',
     b'{"type":"request","command":"threads"}', b'{"seq":1,"type":"poem"}', b'{"seq":true,"type":"request"}'],
)  # fmt: skip
def test_a_bad_body_is_talked_about(client: DapClient, body: bytes) -> None:
    """Its number is not known, so it cannot be answered; the session goes on."""
    client.initialize()
    client.send_raw(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))

    client.expect("output", category="important")
    assert client.ask("threads") == {"threads": []}


@pytest.mark.parametrize("number", [[], {}, None, -1, 10**400, "1"])
def test_answers_to_nothing_are_passed_over(client: DapClient, number: Any) -> None:
    """A response to what was never asked."""
    client.initialize()
    client.send_raw(frame({"seq": 2, "type": "response", "request_seq": number, "success": True, "command": "x"}))

    assert client.ask("threads") == {"threads": []}


def test_before_initialize_nothing_else_is_answered(client: DapClient, weather_trace: Path) -> None:
    """Nothing but that it has to come first; then everything goes."""
    for command in ("launch", "threads", "nonsense", "n3/event", "evaluate"):
        assert client.refused(command, trace=str(weather_trace)).id == 1002
    client.send_raw(b"Content-Length: 1\r\n\r\n{")

    client.initialize()
    assert client.refused("initialize").id == 1005
    client.begin(weather_trace)


def test_disconnect_may_come_first(stray: DapClient) -> None:
    """A client that changes its mind."""
    stray.end()


@pytest.mark.parametrize(
    "arguments",
    [[], 7, "x", {"linesStartAt1": "yes"}, {"pathFormat": "uri"}, {"pathFormat": 3}],
)
def test_an_introduction_that_cannot_be(client: DapClient, arguments: Any) -> None:
    """Is refused; a better one is welcome."""
    number = client.send("initialize", arguments)
    while number not in client._responses:
        client.receive()

    assert client._responses[number]["success"] is False
    client.initialize()


def test_unknown_requests(client: DapClient, weather_trace: Path) -> None:
    """Are named in the answer."""
    client.begin(weather_trace)

    assert client.refused("dance").text == "There is no request 'dance' here."
    assert client.refused("n3/dance").id == 1003
    for command in (7, None, {"a": 1}, "x" * 100_000):
        number = client.send(command)  # type: ignore[arg-type]
        while number not in client._responses:
            client.receive()
        assert client._responses[number]["success"] is False


def test_braces_in_a_message_are_not_taken_for_variables(client: DapClient, weather_trace: Path) -> None:
    """The protocol would fill them in."""
    client.begin(weather_trace)

    assert "{" not in client.refused("evaluate", expression="{nonsense}").text


def test_numbers_that_start_at_nothing(client: DapClient) -> None:
    """Some clients count from 0; they are answered with their own numbers."""
    client.send_raw(frame({"seq": 0, "type": "request", "command": "initialize", "arguments": {}}))
    message = json.loads(json.dumps(client._arrived.get(timeout=5)))
    client.messages.append(message)

    assert (message["request_seq"], message["success"]) == (0, True)


_odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
_commands = sorted(row.command for row in ROWS if row.command not in ("initialize", "disconnect", "terminate"))
_names = st.sampled_from(
    ["threadId", "frameId", "variablesReference", "expression", "source", "path", "line", "breakpoints", "name",
     "targetId", "filters", "value", "context", "text", "column", "start", "count", "levels", "startFrame",
     "locationReference", "sourceReference", "dataId", "requestId", "moment", "place", "parent", "buckets"]
)  # fmt: skip


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(_commands),
            st.dictionaries(_names, st.integers(-2, 1_010) | _odd | st.just({"path": "x"}), max_size=5),
        ),
        max_size=12,
    )
)
def test_no_request_is_our_mistake(tmp_path: Path, asked: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever is in it, it is answered once, and never with an error of the adapter's own."""
    trace = write_trace(tmp_path / "t.jsonl", weather())
    with DapClient.inside(strict=False) as client:
        client.begin(trace)
        for command, arguments in asked:
            number = client.send(command, arguments)
            while number not in client._responses:
                assert client.receive() is not None
            response = client._responses[number]
            assert response["success"] or response["body"]["error"]["id"] != 9001, (command, arguments)
        assert client.evaluate("1 + 1") == "2"


def test_a_web_page_is_turned_away() -> None:
    """Its request is no session, even with a message in it; the server lives on."""
    body = frame({"seq": 1, "type": "request", "command": "initialize", "arguments": {}})
    post = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain\r\n\r\n" + body
    with Server("--port", "0") as server:
        with socket.create_connection(("127.0.0.1", server.port), timeout=5) as page:
            page.sendall(post)
            answer = _all_from(page)
        assert answer == b""
        with DapClient.over_tcp(server.port) as client:
            client.initialize()


def _all_from(connection: socket.socket) -> bytes:
    found = b""
    try:
        while received := connection.recv(65_536):
            found += received
    except ConnectionResetError:
        pass
    return found
