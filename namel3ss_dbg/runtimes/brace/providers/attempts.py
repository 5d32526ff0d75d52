"""Asking a server until it answers: what failed and may pass is asked again, and each attempt is noted.

The packages could do this themselves, but then nobody would see it. Waiting follows the server's wish, else it doubles
from half a second, without chance, so that two runs wait alike.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from ..deadline import Clock, Overdue, within
from ..models import Attempt, ModelAnswer, Progress, number_setting
from .connection import Connection
from .failures import Failure, failure_of

Sleep = Callable[[float], Awaitable[None]]
"""Waits some seconds."""

LONGEST_ATTEMPT_S = 600.0
"""How long a server may take when the llm has no timeout of its own."""

A_DAY_S = 86_400.0
"""The timeout that the packages are given: they measure by a clock that goes on while a person holds the program."""

_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.5, 8.0
_MOST_PATIENCE_S = 60.0


async def answered(
    ask: Callable[[], Coroutine[Any, Any, ModelAnswer]],
    sdk: Any,
    connection: Connection,
    progress: Progress,
    *,
    sleep: Sleep,
    clock: Clock,
) -> ModelAnswer:
    """The first answer that `ask` gets.

    Raises:
        ModelError: Every attempt failed, or one failed for good.
    """
    # The llm's own timeout holds for all attempts together; whoever asks measures it.
    limit = LONGEST_ATTEMPT_S if number_setting(connection.llm, "timeout") is None else None
    number = 0
    while True:
        number, began = number + 1, clock()
        try:
            answer = await within(limit, ask(), clock)
        except Overdue:
            failure = Failure(why=f"{connection.service.title} took longer than {LONGEST_ATTEMPT_S:g} s")
        except Exception as problem:  # a door to the world: what is not of it goes on
            found = failure_of(problem, sdk, connection)
            if found is None:
                raise
            failure = found
        else:
            progress.ended(Attempt(number=number, duration_ms=(clock() - began) * 1000))
            return answer
        wait_s = _wait(failure, number, connection)
        progress.ended(
            Attempt(
                number=number,
                duration_ms=(clock() - began) * 1000,
                error=failure.why,
                status=failure.status,
                wait_ms=None if wait_s is None else wait_s * 1000,
                partial=progress.answer,
            )
        )
        if wait_s is None:
            raise connection.error(_with_number(failure, number), failure.try_)
        progress.answer = None
        await sleep(wait_s)


def _wait(failure: Failure, number: int, connection: Connection) -> float | None:
    """How many seconds the next attempt waits; None when there is none."""
    if not failure.may_pass or number > connection.max_retries:
        return None
    if failure.wait_s is None:
        return min(_FIRST_WAIT_S * 2.0 ** (number - 1), _LONGEST_WAIT_S)
    return failure.wait_s if failure.wait_s <= _MOST_PATIENCE_S else None


def _with_number(failure: Failure, number: int) -> str:
    impatient = failure.wait_s is not None and failure.wait_s > _MOST_PATIENCE_S
    why = f"{failure.why.rstrip('.')}, and asks to wait {failure.wait_s:,.0f} s" if impatient else failure.why
    return f"{why.rstrip('.')} ({number} attempts)" if number > 1 else why
