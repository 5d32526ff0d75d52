"""What tests of walks through Python tools stand on."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator

import pytest

from tests.support.pytools import at_most


@pytest.fixture
def bounded() -> Iterator[None]:
    """Interrupt a test that hangs, and make sure that it puts back what a walk changes in the process."""

    def surroundings() -> tuple[object, ...]:
        return sys.stdout, sys.stderr, sys.breakpointhook, threading.gettrace(), sys.gettrace()

    before = surroundings()
    with at_most(30):
        yield

    assert surroundings() == before
