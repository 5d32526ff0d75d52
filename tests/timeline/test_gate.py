"""Where a running program waits for the debugger."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from namel3ss_dbg.events import BEGINNING
from namel3ss_dbg.timeline.gate import Gate


def start(work: Callable[[Gate], object]) -> tuple[Gate, threading.Thread]:
    """A program that offers the beginning, works, and ends."""
    gate = Gate()

    def program() -> None:
        gate.offer(BEGINNING)
        work(gate)
        gate.finish()

    thread = threading.Thread(target=program, daemon=True)
    thread.start()
    return gate, thread


def count_to(end: int) -> Callable[[Gate], object]:
    """A program with so many events."""
    return lambda gate: [gate.offer(moment) for moment in range(end)]


def test_a_program_is_held_before_its_first_event() -> None:
    """Nothing happens until the debugger has set its breakpoints."""
    gate, thread = start(count_to(3))

    assert gate.wait_held()
    assert not gate.over
    assert gate.run_until(lambda moment: False) is None
    assert gate.over
    thread.join(10)


def test_a_program_runs_until_the_goal() -> None:
    """It goes on by itself as long as the goal says no, and waits where it says yes."""
    gate, thread = start(count_to(100))
    gate.wait_held()

    assert gate.run_until(lambda moment: moment == 40) == 40
    assert gate.run_until(lambda moment: moment % 7 == 0) == 42
    assert gate.run_until(lambda moment: False) is None
    assert gate.run_until(lambda moment: True) is None
    thread.join(10)


def test_a_program_that_is_let_go_is_never_held_again() -> None:
    """After detach it runs to its end, whatever the goal was, and motions find nobody to wait for."""
    gate, thread = start(count_to(100))
    gate.wait_held()
    gate.run_until(lambda moment: moment == 5)

    gate.detach()

    assert gate.run_until(lambda moment: True) is None
    thread.join(10)
    assert gate.over
    assert not gate.wait_held()


def test_letting_a_program_go_ends_the_motion_that_waits_for_it() -> None:
    """An editor may disconnect while another thread waits for a stop that would never come."""
    disconnected, asked = threading.Event(), threading.Event()
    gate, thread = start(lambda gate: [gate.offer(0), disconnected.wait(10), gate.offer(1)])
    gate.wait_held()
    held: list[int | None] = []
    waiting = threading.Thread(target=lambda: held.append(gate.run_until(lambda moment: asked.set())))
    waiting.start()
    asked.wait(10)

    gate.detach()
    waiting.join(10)
    assert held == [None]
    assert not gate.over
    disconnected.set()
    thread.join(10)


def test_the_time_spent_waiting_is_told() -> None:
    """A runtime's clock can subtract it; a program that was never held waited for no time."""
    gate, thread = start(count_to(3))
    assert gate.held_s == 0.0
    gate.wait_held()
    gate.run_until(lambda moment: moment == 1)
    first = gate.held_s
    gate.run_until(lambda moment: False)

    assert 0.0 < first < gate.held_s
    thread.join(10)


def test_a_goal_that_fails_is_no_fault_of_the_program() -> None:
    """What the goal raises is raised in the debugger, and the program waits unharmed."""
    gate, thread = start(count_to(10))
    gate.wait_held()

    with pytest.raises(ZeroDivisionError):
        gate.run_until(lambda moment: moment == 4 and 1 / 0 > 0)

    assert gate.run_until(lambda moment: moment == 6) == 6
    gate.detach()
    thread.join(10)


def test_a_program_with_several_threads_is_held_whole() -> None:
    """While one thread is held, another waits at its next event; both go on together, and every event is offered."""
    asked: list[int] = []

    def work(gate: Gate) -> None:
        threads = [threading.Thread(target=count_to_from(first), args=(gate,)) for first in (0, 100, 200)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def count_to_from(first: int) -> Callable[[Gate], object]:
        return lambda gate: [gate.offer(moment) for moment in range(first, first + 50)]

    def goal(moment: int) -> bool:
        asked.append(moment)
        return moment % 10 == 0

    gate, thread = start(work)
    gate.wait_held()
    held = []
    while (moment := gate.run_until(goal)) is not None:
        held.append(moment)

    assert sorted(held) == [first + ten for first in (0, 100, 200) for ten in range(0, 50, 10)]
    assert sorted(asked) == [first + each for first in (0, 100, 200) for each in range(50)]
    thread.join(10)
