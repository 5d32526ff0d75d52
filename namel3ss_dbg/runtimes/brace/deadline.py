"""Timeouts in the program's own time.

A debugger holds a program by holding its event loop, and a clock on the wall goes on meanwhile. So a deadline is only
believed after the program's clock was asked, which may leave out the time that a person was thinking.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

Clock = Callable[[], float]
"""The program's time in seconds, counted from anywhere."""


class Overdue(Exception):
    """What was waited for did not end in time; it was cancelled."""


async def within(seconds: float | None, work: Coroutine[Any, Any, T], clock: Clock) -> T:
    """The result of work that may take so many seconds; None is without limit.

    Raises:
        Overdue: It took longer.
    """
    if seconds is None:
        return await work
    task = asyncio.ensure_future(work)
    due = clock() + seconds
    try:
        while (left := due - clock()) > 0:
            await asyncio.wait({task}, timeout=left)
            if task.done():
                return task.result()
        raise Overdue
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
