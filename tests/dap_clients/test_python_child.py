"""A launched app that is in a tool written in Python: the child session in the tool, and the parent around it."""

from __future__ import annotations

import os
import select
import signal
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from tests.support.dap_client import DapClient, Message, Server
from tests.support.python_child import LAST_LINE, PythonSession, write_app

pytestmark = pytest.mark.slow


class Parent(DapClient):
    """The session that launches the app, in an editor that starts child sessions."""

    def start(self, folder: Path, *, starts_sessions: bool = True, **more: Any) -> None:
        """Launch the app with `pythonDebug`; what is asked for is kept in `child`."""
        self.child: Message = {}
        self.on_request["startDebugging"] = self._keep
        self.initialize(supportsStartDebuggingRequest=starts_sessions)
        program = write_app(folder)
        self.launch(program=str(program), trace=str(folder / "run.jsonl"), pythonDebug=True, **more)

    def _keep(self, request: Message) -> Message:
        self.child = request["arguments"]["configuration"]
        return {}

    def port(self) -> int:
        """The port that a child session is asked for."""
        while not self.child:
            assert self.receive() is not None
        port: int = self.child["connect"]["port"]
        return port

    def until(self, event: str) -> Message:
        """The body of the next event of a kind; what comes before is let pass."""
        while True:
            while self.events:
                message = self.events.pop(0)
                if message["event"] == event:
                    return dict(message.get("body", {}))
            assert self.receive() is not None, f"hung up before {event}"


def test_parent_and_child_see_the_same_run_from_two_sides(tmp_path: Path) -> None:
    """Each time Python stops, the parent rests at the call of its tool, and can be walked back from there."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        child = PythonSession.over_tcp(parent.port(), strict=False)
        child.attach(tmp_path / "app" / "tools.py", LAST_LINE)

        thread = child.stop()
        assert child.locals(thread) == {"found": "10", "given": "'a question'"}
        held = parent.until("stopped")
        assert (held["reason"], held["description"]) == ("pause", "Python is held in work")
        assert held["preserveFocusHint"] is True
        assert [frame["name"] for frame in parent.frames()] == ["tool work", "step look", "chain Ask", "app Child"]
        assert parent.values(parent.scopes()["Inputs"]) == {"given": '"a question"'}
        parent.ask("stepBack", threadId=1)
        assert parent.until("stopped")["description"].endswith("chain_step_start look")

        child.ask("continue", threadId=thread)
        thread = child.stop()
        assert child.locals(thread) == {"found": "7", "given": "'another'"}
        assert parent.until("continued") == {"threadId": 1, "allThreadsContinued": True}
        parent.until("stopped")
        assert [frame["name"] for frame in parent.frames()] == ["tool work", "step again", "chain Ask", "app Child"]

        child.ask("continue", threadId=thread)
        child.close()
        while "exit code 0" not in parent.until("output")["output"]:
            pass
        assert parent.move("continue")["description"].startswith("end of recording")


def test_steps_in_python_do_not_disturb_the_parent(tmp_path: Path) -> None:
    """While Python stays in the same call, the parent is told nothing."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        child = PythonSession.over_tcp(parent.port(), strict=False)
        child.attach(tmp_path / "app" / "tools.py", LAST_LINE - 1)
        thread = child.stop()
        parent.until("stopped")

        child.ask("next", threadId=thread)
        child.stop()
        parent.ask("threads")

        assert [event for event in parent.events if event["event"] in ("stopped", "continued")] == []
        child.close()


def test_whoever_waits_in_the_parent_is_told_of_the_next_stop_in_python(tmp_path: Path) -> None:
    """`continue` in the parent waits at the head of the run, and ends where Python stops next."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        child = PythonSession.over_tcp(parent.port(), strict=False)
        child.attach(tmp_path / "app" / "tools.py", LAST_LINE)
        thread = child.stop()
        parent.until("stopped")
        parent.ask("continue", threadId=1)

        child.ask("continue", threadId=thread)
        child.stop()

        parent.until("stopped")
        assert parent.frames()[1]["name"] == "step again"
        assert not [message for message in parent.messages if message.get("event") == "continued"]
        child.close()


def test_an_editor_that_starts_no_sessions_is_told_how_to_attach(tmp_path: Path) -> None:
    """The address is said, the run waits, and who attaches by hand stops at a breakpoint."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app", starts_sessions=False)

        told = parent.until("output")
        assert told["category"] == "important"
        port = int(told["output"].partition("127.0.0.1:")[2].partition(",")[0])
        child = PythonSession.over_tcp(port, strict=False)
        child.attach(tmp_path / "app" / "tools.py", LAST_LINE)

        assert child.locals(child.stop())["found"] == "10"
        assert not parent.child
        child.close()


def test_running_without_debugging_opens_nothing(tmp_path: Path) -> None:
    """With `noDebug`, `pythonDebug` counts for nothing: the app runs through."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app", noDebug=True)

        assert parent.until("exited")["exitCode"] == 0
        assert not parent.child


def test_disconnecting_the_parent_ends_all(tmp_path: Path) -> None:
    """Soon after the parent has left, nothing listens any more, and the trace says that the run was cancelled."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        port = parent.port()
        child = PythonSession.over_tcp(port, strict=False)
        child.attach(tmp_path / "app" / "tools.py", LAST_LINE)
        child.stop()

        parent.end()

    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), 1)
    assert '"status":"cancelled"' in (tmp_path / "app" / "run.jsonl").read_text().splitlines()[-1]
    child.close()


@pytest.mark.parametrize("served", [False, True], ids=["an adapter of its own", "a server of many sessions"])
def test_a_client_that_is_gone_leaves_no_program_behind(tmp_path: Path, served: bool) -> None:
    """When the connection is lost while Python is held, the program is gone within three seconds."""
    server = Server("--port", "0") if served else None
    parent = Parent.over_tcp(server.port, strict=False) if server else Parent.over_stdio(strict=False)
    parent.start(tmp_path / "app")
    child = PythonSession.over_tcp(parent.port(), strict=False)
    child.attach(tmp_path / "app" / "tools.py", LAST_LINE)
    child.stop()
    (process,) = [message["body"] for message in parent.messages if message.get("event") == "process"]
    program = os.pidfd_open(process["systemProcessId"])

    if parent.process is not None:
        parent.process.send_signal(signal.SIGKILL)
    parent.close()

    assert select.select([program], [], [], 3)[0], "the program lives on"
    os.close(program)
    child.close()
    if server is not None:
        server.__exit__()


# The relay


def _relayed(parent: Parent, folder: Path) -> PythonSession:
    child = PythonSession.over_stdio(strict=False)
    parent.port()
    child.attach(folder / "tools.py", LAST_LINE, **parent.child)
    return child


def test_an_adapter_passes_a_session_on_to_debugpy(tmp_path: Path) -> None:
    """An editor that starts our adapter again gets debugpy's capabilities, numbers without gaps, and a clean end."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        child = _relayed(parent, tmp_path / "app")

        changed = child.until("capabilities")["capabilities"]
        assert (changed["supportsStepBack"], changed["supportsSetVariable"]) == (False, True)
        thread = child.stop()
        assert child.locals(thread) == {"found": "10", "given": "'a question'"}
        number = child.send("variables", {"variablesReference": 1 << 30})
        child.ask("threads")
        (refusal,) = [message for message in child.messages if message.get("request_seq") == number]
        assert (refusal["success"], refusal["body"]) == (False, {})
        child.set_breakpoints(tmp_path / "app" / "tools.py")
        child.ask("continue", threadId=thread)
        child.until("terminated")
        assert [message["seq"] for message in child.messages] == list(range(1, len(child.messages) + 1))
        child.end()
        child.close()


def test_leaving_a_relayed_session_lets_the_program_go_on(tmp_path: Path) -> None:
    """`disconnect` in the child ends the child; the run goes on to its end without stopping again."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        child = _relayed(parent, tmp_path / "app")
        child.stop()

        child.end()
        child.close()

        while "exit code 0" not in parent.until("output")["output"]:
            pass


def test_a_relay_answers_what_a_program_that_was_killed_cannot(tmp_path: Path) -> None:
    """Requests that debugpy has not answered when it goes are answered, and the session ends like any other."""
    with Parent.over_stdio(strict=False) as parent:
        parent.start(tmp_path / "app")
        child = _relayed(parent, tmp_path / "app")
        thread = child.stop()
        (process,) = [message["body"] for message in parent.messages if message.get("event") == "process"]

        os.kill(process["systemProcessId"], signal.SIGKILL)
        child.until("terminated")

        assert child.refused("stackTrace", threadId=thread).text == "The Python debugger has hung up."
        child.end()
        child.close()


@pytest.mark.parametrize(
    ("connect", "said"),
    [
        ({"host": "192.0.2.1", "port": 4711}, "'connect' is the host 127.0.0.1 and a port."),
        ({"host": "127.0.0.1", "port": "4711"}, "'connect' is the host 127.0.0.1 and a port."),
        ({"host": "127.0.0.1", "port": 0}, "'connect' is the host 127.0.0.1 and a port."),
        ({"host": "127.0.0.1"}, "'connect' is the host 127.0.0.1 and a port."),
        ("127.0.0.1:4711", "'connect' is the host 127.0.0.1 and a port."),
    ],
)
def test_a_relay_goes_to_ports_of_this_machine_only(connect: object, said: str) -> None:
    """Another address is refused, and so is what is no address."""
    with DapClient.inside() as client:
        client.initialize()

        assert client.refused("attach", connect=connect).text == said


def test_a_relay_to_nobody_is_refused() -> None:
    """A port on which nothing listens is said to be one."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with DapClient.inside() as client:
        client.initialize()

        refusal = client.refused("attach", connect={"host": "127.0.0.1", "port": port})
        assert f"No Python debugger listens at 127.0.0.1:{port}" in refusal.text


def test_a_relay_survives_a_debugger_that_talks_nonsense() -> None:
    """What is no message of the protocol ends the session cleanly."""
    with socket.create_server(("127.0.0.1", 0)) as server, DapClient.inside(strict=False) as client:

        def talk() -> None:
            connection, _ = server.accept()
            connection.recv(65_536)
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            connection.recv(65_536)
            connection.close()

        talking = threading.Thread(target=talk)
        talking.start()
        client.initialize()

        refusal = client.refused("attach", connect={"host": "127.0.0.1", "port": server.getsockname()[1]})
        assert refusal.text == "The Python debugger has hung up."
        client.expect("terminated")
        talking.join(5)
        assert not talking.is_alive()
