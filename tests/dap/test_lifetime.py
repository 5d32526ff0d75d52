"""Processes: how clients connect, and that nothing outlives its client."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.support.dap_client import DapClient, Server, environment
from tests.support.stories import weather, write_trace

WAITS = """
app "Waits" { start: Wait }
tool wait { description: "Waits." python: "tools:wait" parameters: { } }
chain Wait { steps { step wait { kind: "tool" target: wait } } }
"""
TOOLS = """
import time
def wait():
    print("waits", flush=True)
    time.sleep(600)
"""


def _eventually(holds: Callable[[], bool], *, within_s: float) -> bool:
    """Whether something comes to hold in time."""
    deadline = time.monotonic() + within_s
    waiting = threading.Event()
    while not holds():
        if time.monotonic() > deadline:
            return False
        waiting.wait(0.02)
    return True


def _gone(processes: list[psutil.Process]) -> Callable[[], bool]:
    return lambda: not any(each.is_running() and each.status() != psutil.STATUS_ZOMBIE for each in processes)


@pytest.fixture
def waiting_app(tmp_path: Path) -> Path:
    """A program that goes on for a long time."""
    (tmp_path / "tools.py").write_text(
        "import time\ndef wait():\n    print('waits', flush=True)\n    time.sleep(600)\n"
    )
    path = tmp_path / "app.ai"
    path.write_text(WAITS)
    return path


def test_standard_streams(weather_trace: Path) -> None:
    """One session, which ends with exit code 0 in less than two seconds."""
    with DapClient.over_stdio() as client:
        client.begin(weather_trace)
        client.move("next")


def test_what_is_printed_does_not_break_the_session(weather_trace: Path) -> None:
    """Whoever prints, prints to the errors."""
    program = (
        "import sys, os, threading\n"
        "import dap_adapter.server as server\n"
        "streams = server.private_streams()\n"
        "print('noise'); os.write(1, b'noise'); os.system('echo noise')\n"
        "server.serve_streams(*streams, server.FileLog(None))\n"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        bufsize=0,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    out = process.stdout
    client = DapClient(process.stdin.write, lambda: out.read(65_536) or b"", process.stdin.close)
    client.process = process
    with client:
        client.begin(weather_trace)
    assert process.stderr.read().count(b"noise") == 3
    process.stderr.close()


def test_sessions_on_a_port_are_independent(weather_trace: Path, parallel_trace: Path) -> None:
    """On loopback only; the server says where, and outlives them."""
    with Server("--port", "0") as server:
        assert server.announcement == f"DAP server listening at: 127.0.0.1:{server.port}"
        listening = [
            each.laddr.ip for each in psutil.Process(server.process.pid).net_connections() if each.status == "LISTEN"
        ]
        assert listening == ["127.0.0.1"]
        with DapClient.over_tcp(server.port) as one, DapClient.over_tcp(server.port) as other:
            one.begin(weather_trace)
            other.begin(parallel_trace)
            one.move("continue")
            other.move("stepIn")
            assert (one.moment(), other.moment()) == (13, 1)
            one.end()
            assert other.move("stepBack")["reason"] == "step"
        with DapClient.over_tcp(server.port) as again:
            again.begin(weather_trace)


def test_sessions_on_a_socket_in_the_file_system(weather_trace: Path, tmp_path: Path) -> None:
    """That only its owner may open, and that is gone afterwards."""
    path = tmp_path / "dap.sock"
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(path))
    with Server("--pipe", str(path)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        with DapClient.over_pipe(path) as client:
            client.begin(weather_trace)

    assert not path.exists()


@pytest.mark.parametrize("options", [("--port", "70000"), ("--port", "x"), ("--nonsense",), ("--pipe", "/no/such/x")])
def test_a_command_line_that_cannot_be(options: tuple[str, ...]) -> None:
    """Says why, in a sentence, and ends with 2."""
    done = subprocess.run(
        [sys.executable, "-m", "dap_adapter", *options], env=environment(), capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr


def test_the_log_holds_every_message(weather_trace: Path, tmp_path: Path) -> None:
    """Both ways."""
    log = tmp_path / "dap.log"
    with DapClient.over_stdio("--log", str(log)) as client:
        client.begin(weather_trace)

    lines = log.read_text().splitlines()
    assert sum(" -> " in line for line in lines) == len(client.messages)
    assert sum(" <- " in line for line in lines) == client._seq


def test_nothing_outlives_a_client_that_is_killed(waiting_app: Path, tmp_path: Path) -> None:
    """Neither the adapter nor the program that it runs, three seconds after kill -9."""
    program = (
        "import sys, time; sys.path.insert(0, sys.argv[1])\n"
        "from pathlib import Path\n"
        "from tests.support.dap_client import DapClient\n"
        "client = DapClient.over_stdio()\n"
        "client.launch(program=sys.argv[2], trace=sys.argv[3])\n"
        "client.expect('output', output='waits\\n')\n"
        "print(client.process.pid, flush=True); time.sleep(600)\n"
    )
    root = str(Path(__file__).parents[2])
    client = subprocess.Popen(
        [sys.executable, "-c", program, root, str(waiting_app), str(tmp_path / "t.jsonl")],
        stdout=subprocess.PIPE,
        env=environment(),
        text=True,
    )
    assert client.stdout is not None
    adapter = psutil.Process(int(client.stdout.readline()))
    family = [adapter, *adapter.children(recursive=True)]
    assert len(family) >= 2

    client.send_signal(signal.SIGKILL)
    client.wait()
    client.stdout.close()

    assert _eventually(_gone(family), within_s=3), family


def test_disconnecting_ends_a_program_that_runs(waiting_app: Path, tmp_path: Path) -> None:
    """In less than two seconds, which `end` checks."""
    with DapClient.over_stdio() as client:
        client.launch(program=str(waiting_app), trace=str(tmp_path / "t.jsonl"))
        client.expect("output", output="waits\n")
        assert client.process is not None
        children = psutil.Process(client.process.pid).children(recursive=True)
        assert children

    assert _eventually(_gone(children), within_s=1)


def test_hanging_up_ends_the_adapter(weather_trace: Path) -> None:
    """Also without a word."""
    client = DapClient.over_stdio(strict=False)
    client.begin(weather_trace)
    assert client.process is not None
    assert client.process.stdin is not None
    client.process.stdin.close()

    assert client.process.wait(3) == 0
    assert client.process.stdout is not None
    assert client.hung_up()
    client.process.stdout.close()


def test_a_client_that_reads_nothing_can_be_left(tmp_path: Path) -> None:
    """The adapter waits for it to read, and ends when it is gone."""
    trace = write_trace(tmp_path / "t.jsonl", weather())
    client = DapClient.over_stdio(strict=False)
    client.begin(trace)
    process = client.process
    assert process is not None
    assert process.stdin is not None
    os.kill(process.pid, 0)
    for _ in range(2_000):
        client.send("evaluate", {"expression": "'x' * 900"})
    process.stdin.close()

    assert _eventually(lambda: process.poll() is not None, within_s=4)
    client.hung_up()
    assert process.stdout is not None
    process.stdout.close()


def test_what_never_looks_up_ends_with_the_client() -> None:
    """Something that neither ends nor can be interrupted does not keep the process of who has said goodbye."""
    program = (
        "import dap_adapter.server as server, dap_adapter.stacks as stacks\n"
        "def for_ever(adapter, arguments):\n    while True: pass\n"
        "stacks.threads = for_ever\n"
        "server.serve_streams(*server.private_streams(), server.FileLog(None))\n"
    )
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment(), bufsize=0)
    assert process.stdin is not None
    assert process.stdout is not None
    out = process.stdout
    client = DapClient(process.stdin.write, lambda: out.read(65_536) or b"", process.stdin.close, strict=False)
    client.process = process
    client.initialize()
    client.send("threads")
    client.send("disconnect")

    assert _eventually(lambda: process.poll() is not None, within_s=5)
    client.close()


def test_greetings_do_not_wait_for_the_engine() -> None:
    """`initialize` is answered before anything heavy is imported."""
    program = (
        "import sys\n"
        "import dap_adapter.session as session, dap_adapter.greeting, dap_adapter.server, dap_adapter.__main__\n"
        "heavy = {'attrs', 'attr', 'cattrs', 'msgspec', 'lark', 'rich', 'namel3ss_dbg', 'click', 'asyncio'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env=environment(), capture_output=True, text=True, check=True
    )

    assert done.stdout == "[]\n"
