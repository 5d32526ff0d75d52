"""What takes long: it shows how far it is, ends when it is told to, and meanwhile simple questions are answered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.dap_client import DapClient, Message
from tests.support.stories import Story, write_trace

SLOW = f"'{'x' * 9_000}' | upper | lower | upper | lower | upper | lower | length == 1"
"""A condition that is false, and takes its time for it."""


@pytest.fixture(scope="module")
def long_trace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Thirty thousand events."""
    story = Story()
    story.start("app_load", "long")
    for _ in range(30_000):
        story.point("custom", "x")
    return write_trace(tmp_path_factory.mktemp("long") / "long.jsonl", story.events)


@pytest.fixture
def slow(long_trace: Path) -> Iterator[DapClient]:
    """A session whose `continue` takes long."""
    with DapClient.inside() as client:
        client.begin(long_trace)
        (answer,) = client.set_functions({"name": "custom", "condition": SLOW})
        assert answer["verified"]
        yield client


def _progress(client: DapClient) -> Message:
    """How it began to show its progress."""
    began = client.expect("progressStart", cancellable=True)
    assert 0 <= began["percentage"] <= 100
    return began


def _ended(client: DapClient, began: Message) -> list[float]:
    """The percentages up to its end."""
    shares = [began["percentage"]]
    while True:
        while not client.events:
            client.receive()
        if client.events[0]["event"] != "progressUpdate":
            client.expect("progressEnd", progressId=began["progressId"])
            return shares
        shares.append(client.expect("progressUpdate", progressId=began["progressId"])["percentage"])


def test_a_long_search_shows_how_far_it_is(slow: DapClient) -> None:
    """The percentages grow; threads are told meanwhile, everything else waits for its turn."""
    slow.ask("continue", threadId=1)
    began = _progress(slow)
    assert began["title"] == "Going to the next breakpoint"
    position = slow.send("n3/position")
    assert slow.ask("threads") == {"threads": [{"id": 1, "name": "main"}]}
    assert position not in slow._responses

    shares = _ended(slow, began)

    slow.stopped(description="end of recording: event 30000 of 30000")
    assert shares == sorted(shares)
    assert slow.response(position)["moment"] == 30_000


def test_pause_ends_it_where_it_began(slow: DapClient) -> None:
    """Nothing has moved then; also when it comes before the search has begun."""
    slow.move("stepIn")
    slow.ask("continue", threadId=1)
    began = _progress(slow)
    paused = slow.send("pause", {"threadId": 1})
    _ended(slow, began)
    assert slow.stopped(reason="pause")["description"].startswith("interrupted at event 1")
    slow.response(paused)

    numbers = [slow.send("reverseContinue", {"threadId": 1}), slow.send("continue", {"threadId": 1})]
    numbers.append(slow.send("pause", {"threadId": 1}))
    for number in numbers:
        slow.response(number)
    slow.expect("stopped")
    slow.stopped(reason="pause")


@pytest.mark.parametrize("by", ["request", "progress"])
def test_cancel_ends_it(slow: DapClient, by: str) -> None:
    """By its request, or by what is shown of it."""
    number = slow.send("continue", {"threadId": 1})
    slow.response(number)
    began = _progress(slow)
    slow.ask("cancel", **({"requestId": number} if by == "request" else {"progressId": began["progressId"]}))

    _ended(slow, began)
    slow.stopped(reason="pause")
    assert slow.moment() == 0


def test_what_has_not_begun_can_be_cancelled(slow: DapClient) -> None:
    """It is answered as cancelled; `cancel` itself always is."""
    slow.ask("continue", threadId=1)
    began = _progress(slow)
    waiting = slow.send("evaluate", {"expression": "1"})
    cancel = slow.send("cancel", {"requestId": waiting})
    slow.send("pause", {"threadId": 1})
    _ended(slow, began)
    slow.stopped(reason="pause")

    slow.response(cancel)
    while waiting not in slow._responses:
        slow.receive()
    assert slow._responses[waiting]["message"] == "cancelled"
    assert slow.ask("cancel", requestId=999_999) == {}
    assert slow.ask("cancel") == {}


def test_a_long_command_of_the_console_ends_too(slow: DapClient) -> None:
    """It is the same search."""
    number = slow.send("evaluate", {"expression": ".continue"})
    began = _progress(slow)
    slow.ask("cancel", requestId=number)
    _ended(slow, began)

    slow.response(number)
    slow.stopped(reason="pause")


def test_clients_that_show_no_progress_get_none(long_trace: Path) -> None:
    """And no `invalidated` either."""
    with DapClient.inside() as client:
        client.initialize(supportsProgressReporting=False, supportsInvalidatedEvent=False)
        client.begin(long_trace)
        client.set_functions({"name": "custom", "condition": SLOW})

        assert client.move("continue")["description"].startswith("end of recording")


def test_disconnecting_does_not_wait(slow: DapClient) -> None:
    """A search that goes on is ended; `end` checks that it takes no two seconds."""
    slow.ask("continue", threadId=1)
    began = _progress(slow)
    number = slow.send("disconnect")
    _ended(slow, began)
    slow.expect("stopped", reason="pause")
    slow.response(number)

    assert slow.hung_up(within_s=2)
    slow._ended = True
