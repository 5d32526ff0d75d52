from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from namel3ss_dbg.runtimes.brace.deadline import Overdue, within


def clock(*times: float) -> Iterator[float]:
    yield from times
    while True:
        yield times[-1]


async def for_ever(ended: list[str]) -> None:
    try:
        await asyncio.Event().wait()
    finally:
        ended.append("ended")


def test_work_that_ends_in_time_gives_its_result() -> None:
    """With and without a limit."""

    async def both() -> list[int]:
        return [await within(60, asyncio.sleep(0, 1), clock(0).__next__), await within(None, asyncio.sleep(0, 2), int)]

    assert asyncio.run(both()) == [1, 2]


def test_work_that_takes_longer_is_cancelled() -> None:
    """It has ended when the error is seen."""
    ended: list[str] = []

    with pytest.raises(Overdue):
        asyncio.run(within(0.01, for_ever(ended), clock(0, 0, 1).__next__))
    assert ended == ["ended"]


def test_time_that_the_program_was_held_does_not_count() -> None:
    """When the wall's clock says that time is up and the program's does not, the work goes on."""

    async def slow() -> str:
        for _ in range(1_000):
            await asyncio.sleep(0)
        return "done"

    async def held() -> str:
        loop = asyncio.get_running_loop()
        seen: list[float] = []

        def program_time() -> float:
            seen.append(loop.time())
            return 0.0

        result = await within(0.000_001, slow(), program_time)
        assert len(seen) > 2
        return result

    assert asyncio.run(held()) == "done"


def test_whoever_is_cancelled_cancels_the_work() -> None:
    """Nothing runs on behind a cancelled wait."""
    ended: list[str] = []

    async def outer() -> None:
        task = asyncio.ensure_future(within(60, for_ever(ended), clock(0).__next__))
        for _ in range(3):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(outer())

    assert ended == ["ended"]
