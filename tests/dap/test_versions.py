"""Which adapter it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dap_adapter.__main__ import main
from dap_adapter.registry import OWN, ROWS
from dap_adapter.versions import PROTOCOL
from namel3ss_dbg import __version__
from tests.support.dap_client import DapClient


def test_an_extension_asks_which_adapter_it_is(client: DapClient) -> None:
    """Before anything is launched; what it may ask for is named."""
    client.initialize()
    found = client.ask("n3/version")

    assert (found["version"], found["protocol"]) == (__version__, PROTOCOL)
    assert found["requests"] == sorted(row.command for row in ROWS if row.command.startswith(OWN))
    assert "n3/stops" in found["requests"]


def test_it_is_also_told_while_a_run_is_walked(client: DapClient, weather_trace: Path) -> None:
    """And moves nothing."""
    client.begin(weather_trace)

    assert client.ask("n3/version")["version"] == __version__


def test_other_clients_are_not_disturbed(client: DapClient) -> None:
    """The greeting has nothing in it that the protocol does not know."""
    assert not [name for name in client.initialize() if "n3" in name or "version" in name.lower()]


def test_the_command_line_says_it_too(capsys: pytest.CaptureFixture[str]) -> None:
    """On one line, and ends."""
    assert main(["--version"]) == 0

    printed = capsys.readouterr().out
    assert re.fullmatch(rf"dap_adapter {re.escape(__version__)} \(protocol {PROTOCOL}, Python 3[.\d]+\)\n", printed)
