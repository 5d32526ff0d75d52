"""What sessions leave behind in a process that serves many."""

from __future__ import annotations

import gc
from pathlib import Path

from tests.support.dap_client import DapClient


def test_a_later_session_keeps_nothing_of_an_earlier_one(weather_trace: Path) -> None:
    """What was loaded is set aside from the collector once; else it would never find what a session leaves."""
    frozen = []
    for _ in range(3):
        with DapClient.inside() as client:
            client.begin(weather_trace)
            frozen.append(gc.get_freeze_count())

    assert frozen[0] > 0
    assert frozen == sorted(frozen, reverse=True)
