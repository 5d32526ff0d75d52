"""Bytes and messages."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dap_adapter.wire import MOST_BYTES, BadBody, BrokenWire, Decoder, decode, encode

_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def test_numbers_that_json_has_no_word_for() -> None:
    """A trace that Python wrote may hold them; an editor gets null, as from other writers of JSON."""
    message = {"seq": 1, "body": {"a": [float("nan"), 1.5, {"b": float("-inf")}], "c": "NaN"}}

    assert decode(encode(message).partition(b"\r\n\r\n")[2]) == {
        "seq": 1,
        "body": {"a": [None, 1.5, {"b": None}], "c": "NaN"},
    }


def test_messages_in_pieces_of_any_size() -> None:
    """However the bytes arrive, the same messages come out."""
    messages = [{"seq": number, "type": "request", "command": "x" * number} for number in range(1, 9)]
    stream = b"".join(map(encode, messages))
    for size in (1, 2, 3, 7, 50, len(stream)):
        decoder = Decoder()
        found = [body for at in range(0, len(stream), size) for body in decoder.feed(stream[at : at + size])]

        assert [decode(body) for body in found] == messages


def test_headers_may_say_their_type_and_be_written_in_any_case() -> None:
    """And in any order."""
    body = b'{"a":1}'
    for header in (
        b"content-length: 7\r\n\r\n",
        b"CONTENT-LENGTH:7\r\nContent-Type: application/json\r\n\r\n",
        b"Content-Type: x\r\nContent-Length:  007 \r\n\r\n",
    ):
        assert list(Decoder().feed(header + body)) == [body]


@pytest.mark.parametrize(
    "header",
    [
        b"POST / HTTP/1.1\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}",
        b"Host: x\r\n",
        b"GET ",
        b"{",
        b"Content-Length: -1\r\n\r\n",
        b"Content-Length: x\r\n\r\n",
        b"Content-Length: 1e3\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 5\r\n\r\n",
        b"Content-Type: x\r\n\r\n",
        b"\r\n\r\n",
        b"Content-Length: %d\r\n\r\n" % (MOST_BYTES + 1),
        b"Content-Length: 99999999999999999999\r\n\r\n",
        b"Content-Type: " + b"x" * 9_000,
        b"Content-Type: " + b"x" * 9_000 + b"\r\n\r\n",
        b"\x00\x01\x02",
        "Content-Length: \u0663\r\n\r\n".encode(),
    ],
)
def test_headers_that_end_the_session(header: bytes) -> None:
    """As soon as they cannot become one, without waiting for more."""
    with pytest.raises(BrokenWire):
        list(Decoder().feed(header))


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"7", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000, b"NaN", b'{"a":NaN}',
     b'{"a":' + b"9" * 5_000 + b"}", b"null"],
)  # fmt: skip
def test_bodies_that_are_no_objects(body: bytes) -> None:
    """Are told apart from broken headers: the session goes on."""
    with pytest.raises(BadBody):
        decode(body)


@given(_values)
def test_what_is_written_can_be_read(value: object) -> None:
    """Also texts that no UTF-8 can hold."""
    stream = encode({"value": value, "odd": "\ud800"})
    (body,) = Decoder().feed(stream)

    assert stream.isascii()
    assert json.loads(body) == {"value": value, "odd": "\ud800"}
