"""How sessions begin, begin again, and end."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.trace.codec import encode_line
from tests.support.dap_client import DapClient, Message, environment
from tests.support.stories import weather

APP = """app "Greeter" { start: Greet }
tool get_name { description: "A name." python: "tools:get_name" parameters: { } }
chain Greet {
    steps {
        step ask { kind: "tool" target: get_name }
        step greet { kind: "template" template: "Hello {{ steps.ask.output }}, {{ input }}" }
    }
}
"""
TOOLS = """import os, sys
def get_name():
    print("asked", os.environ.get("WHO", "nobody"))
    print("quietly", file=sys.stderr)
    return os.environ.get("WHO", "nobody")
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A program with a tool that prints."""
    (tmp_path / "tools.py").write_text(TOOLS)
    path = tmp_path / "app.ai"
    path.write_text(APP)
    return path


@pytest.mark.parametrize(
    ("arguments", "problem", "text"),
    [
        ({}, 2001, "The launch configuration says nothing to debug."),
        ({"trace": 7}, 2001, "'trace' in the launch configuration is a text."),
        ({"trace": " "}, 2001, "'trace' in the launch configuration is empty, or no path."),
        ({"trace": "t", "stopOnEntry": "yes"}, 2001, "'stopOnEntry' in the launch configuration is true or false."),
        ({"trace": "t", "breakpoints": [1]}, 2001, "'breakpoints' in the launch configuration is a list of texts."),
        ({"trace": "t", "mocks": []}, 2001, "'mocks' in the launch configuration is an object."),
        ({"program": "a", "env": {"A=": "x"}}, 2001, "'env' holds texts, or null, by name; 'A=' is none."),
        ({"program": "a", "console": "tv"}, 2001, "'console' is internalConsole"),
        ({"program": "a", "follow": True}, 2001, "'follow' is for a trace that another process writes"),
        ({"trace": "/no/such.jsonl"}, 2002, "There is no trace '/no/such.jsonl'."),
        ({"program": "/no/such.ai"}, 2003, "There is no file '/no/such.ai'."),
    ],
)
def test_launches_that_cannot_be(client: DapClient, arguments: dict[str, Any], problem: int, text: str) -> None:
    """Are refused with a number and a sentence that the person sees; a better one may follow."""
    client.initialize()
    refusal = client.refused("launch", **arguments)

    assert (refusal.id, refusal.shown) == (problem, True)
    assert refusal.text.startswith(text)


@pytest.mark.parametrize("content", [b"", b"not a trace\nat all\n", b'{"event_type": "x"'])
def test_files_that_are_no_traces(client: DapClient, tmp_path: Path, content: bytes) -> None:
    """Say what they are."""
    client.initialize()
    path = tmp_path / "t.jsonl"
    path.write_bytes(content)

    assert client.refused("launch", trace=str(path)).id == 2002


def test_a_better_launch_may_follow(client: DapClient, weather_trace: Path) -> None:
    """A session is not over because its launch was wrong; but it launches once."""
    client.initialize()
    client.refused("launch", trace="/no/such.jsonl")
    client.begin(weather_trace)

    assert client.refused("launch", trace=str(weather_trace)).id == 1005


def test_everything_at_once(client: DapClient, weather_trace: Path) -> None:
    """A client may send its whole beginning without waiting, even in an odd order; all of it is answered."""
    client.initialize()
    asked = [
        client.send("setFunctionBreakpoints", {"breakpoints": [{"name": "tool"}]}),
        client.send("stackTrace", {"threadId": 1}),
        client.send("next", {"threadId": 1}),
        client.send("threads"),
        client.send("launch", {"trace": str(weather_trace)}),
        client.send("evaluate", {"expression": "1 + 1"}),
        client.send("configurationDone"),
        client.send("continue", {"threadId": 1}),
    ]
    for number in asked:
        client.response(number)
    before = client._responses[asked[0]]["body"]["breakpoints"][0]
    assert (before["verified"], before["reason"]) == (False, "pending")

    client.expect("breakpoint")
    client.expect("initialized")
    client.expect("process")
    client.take_sources()
    client.expect("stopped", reason="entry")
    client.expect("stopped", reason="function breakpoint")
    client.expect("stopped", description="end of recording: event 13 of 13")


def test_what_waits_for_a_launch_does_not_wait_for_ever(client: DapClient) -> None:
    """After a second it is answered that there is nothing."""
    client.initialize()
    assert client.ask("threads") == {"threads": []}

    assert client.refused("stackTrace", threadId=1).text == "Nothing was launched yet."


def test_stopping_first_at_a_breakpoint(client: DapClient, weather_trace: Path) -> None:
    """Without a stop on entry it goes on at once; places may stand in the launch configuration."""
    client.launch(trace=str(weather_trace), stopOnEntry=False, breakpoints=["tool", "nonsense"])
    client.take_sources()
    said = client.expect("output", category="important")["output"]
    assert said.startswith("breakpoints: 'nonsense' is not a place")

    client.stopped(reason="function breakpoint", description="event 5 of 13: tool_call_start get_weather")


def test_mocks_are_shown_in_place_of_answers(client: DapClient, weather_trace: Path) -> None:
    """From the beginning."""
    client.begin(weather_trace, mocks={"get_weather": "9 degrees"})
    client.ask("n3/goToEvent", moment=6)
    client.stopped()

    assert client.values(client.scopes()["Outputs"]) == {"result": '"9 degrees"'}


def test_a_mock_of_nobody_is_refused(client: DapClient, weather_trace: Path) -> None:
    """With the names that there are."""
    client.initialize()
    refusal = client.refused("launch", trace=str(weather_trace), mocks={"nobody": 1})

    assert "components here: demo, Helper, openai, get_weather" in refusal.text


def test_restart_reads_the_recording_again(client: DapClient, weather_trace: Path) -> None:
    """Breakpoints stay; what was set is gone."""
    client.begin(weather_trace)
    (breakpoint,) = client.set_functions("tool")
    client.ask("n3/goToEvent", moment=6)
    client.stopped()
    client.ask("setVariable", variablesReference=client.scopes()["Outputs"], name="result", value="1")
    client.expect("invalidated")
    client.expect("output")

    client.ask("restart")

    client.expect("breakpoint", breakpoint=breakpoint)
    assert client.take_sources() == ["app.ai"]
    client.stopped(reason="entry")
    assert client.move("continue")["hitBreakpointIds"] == [breakpoint["id"]]
    client.move("next")
    assert client.values(client.scopes()["Outputs"]) == {"result": '"4 degrees"'}


def test_terminate_ends_the_walk(client: DapClient, weather_trace: Path) -> None:
    """The client disconnects after that."""
    client.begin(weather_trace)
    client.ask("terminate")

    client.expect("exited", exitCode=0)
    client.expect("terminated")


def test_following_a_trace(client: DapClient, tmp_path: Path) -> None:
    """It may be empty at first; `continue` waits for more, a breakpoint stops as soon as its event is written."""
    lines = [encode_line(event) for event in weather()]
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"")
    with path.open("ab", buffering=0) as file:
        client.launch(trace=str(path), follow=True, request="attach")
        file.write(b"".join(lines[:2]))
        client.take_sources()
        client.stopped(reason="entry")
        (pending,) = client.set_functions("tool")
        assert (pending["verified"], pending["reason"]) == (False, "pending")

        client.ask("continue", threadId=1)
        assert client.refused("next", threadId=1).response["message"] == "notStopped"
        file.write(b"".join(lines[2:6]))
        assert client.expect("breakpoint")["breakpoint"]["verified"] is True
        client.stopped(reason="function breakpoint", description="event 5: tool_call_start get_weather")
        assert client.move("stepBack")["description"] == "event 4: llm_call_end openai"
        client.move("continue")

        client.ask("continue", threadId=1)
        client.ask("pause", threadId=1)
        client.stopped(reason="pause")
        client.ask("next", threadId=1)
        file.write(b"".join(lines[6:]))
        client.stopped(reason="step", description="event 6 of 13: tool_call_end get_weather")
        assert client.move("continue")["description"].startswith("end of recording")


def _outputs(client: DapClient, *, until: str) -> dict[str, str]:
    """What was printed, by category, before another event."""
    found: dict[str, str] = {}
    while True:
        while not client.events:
            assert client.receive() is not None
        if client.events[0]["event"] == until:
            return found
        body = client.expect("output")
        found[body["category"]] = found.get(body["category"], "") + body["output"]


def test_a_program_runs_and_is_walked(client: DapClient, app: Path, tmp_path: Path) -> None:
    """What it prints is shown; breakpoints that were set before it ran are there in its recording."""
    client.initialize()
    number = client.send(
        "launch",
        {
            "program": str(app),
            "trace": str(tmp_path / "run.jsonl"),
            "args": "nice to meet you",
            "env": {"WHO": "Ada"},
            "stopOnEntry": False,
        },
    )
    client.expect("initialized")
    (breakpoint,) = client.set_breakpoints(app, 2)
    assert (breakpoint["verified"], breakpoint["message"]) == (False, "There is no recording yet.")
    client.ask("configurationDone")
    client.response(number)
    assert client.expect("process", startMethod="launch")["systemProcessId"] > 0

    printed = _outputs(client, until="breakpoint")
    assert printed["stdout"] == "asked Ada\nHello Ada, nice to meet you\n"
    assert printed["stderr"] == "quietly\n"
    assert "ended with exit code 0" in printed["console"]
    assert client.expect("breakpoint")["breakpoint"]["verified"] is True
    client.take_sources()
    client.stopped(reason="breakpoint")
    top = client.frames()[0]
    assert (top["name"], top["source"]["path"], top["line"]) == ("tool get_name", str(app), 2)
    client.move("next")
    assert client.values(client.scopes()["Outputs"]) == {"result": '"Ada"'}

    client.ask("restart")
    client.expect("process")
    _outputs(client, until="breakpoint")
    client.expect("breakpoint")
    client.take_sources()
    client.stopped(reason="breakpoint")


def test_a_program_that_is_wrong_says_so(client: DapClient, tmp_path: Path) -> None:
    """With the place in its source; the session ends."""
    app = tmp_path / "app.ai"
    app.write_text('app "Wrong" { start: Nothing }\n')
    client.launch(program=str(app), trace=str(tmp_path / "t.jsonl"))

    printed = _outputs(client, until="exited")
    assert "Nothing" in printed["important"]
    client.expect("exited", exitCode=1)
    client.expect("terminated")


def test_a_running_program_cannot_be_walked_yet(client: DapClient, app: Path, tmp_path: Path) -> None:
    """Requests are answered all the same; terminate ends it."""
    (app.parent / "tools.py").write_text("import time\ndef get_name():\n    print('waits')\n    time.sleep(60)\n")
    client.launch(program=str(app), trace=str(tmp_path / "t.jsonl"))
    client.expect("output", category="stdout", output="waits\n")

    assert client.ask("threads") == {"threads": []}
    assert client.refused("stackTrace", threadId=1).response["message"] == "notStopped"
    assert client.refused("next", threadId=1).response["message"] == "notStopped"
    assert "cannot be held yet" in client.refused("pause", threadId=1).text

    client.ask("terminate")
    assert client.expect("exited")["exitCode"] != 0
    client.expect("terminated")


def test_a_program_runs_without_debugging(client: DapClient, app: Path, tmp_path: Path) -> None:
    """It ends as the program does."""
    client.launch(program=str(app), trace=str(tmp_path / "t.jsonl"), noDebug=True)

    assert _outputs(client, until="exited")["stdout"].startswith("asked nobody\n")
    client.expect("exited", exitCode=0)
    client.expect("terminated")


def test_a_program_in_a_terminal_is_walked_while_it_runs(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The editor runs it where a person can answer its questions; its trace is followed."""
    monkeypatch.setenv("NAMEL3SS_TRACE_OUTPUT_DIR", str(app.parent / "traces"))
    (app.parent / "tools.py").write_text("def get_name():\n    return input('Who? ')\n")
    terminals: list[subprocess.Popen[str]] = []

    def run(request: Message) -> Message:
        asked = request["arguments"]
        assert asked["kind"] == "integrated"
        terminal = subprocess.Popen(
            asked["args"],
            cwd=asked["cwd"],
            env=environment(**asked.get("env", {})),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        terminals.append(terminal)
        return {"processId": terminal.pid}

    with DapClient.inside() as client:
        client.on_request["runInTerminal"] = run
        client.initialize(supportsRunInTerminalRequest=True)
        client.launch(program=str(app), args={"input": "hi"}, console="integratedTerminal", env={"WHO": "x"})
        client.take_sources()
        client.stopped(reason="entry")
        (terminal,) = terminals
        client.set_functions("tool at end")
        client.ask("continue", threadId=1)
        assert client.ask("threads")["threads"]

        terminal.communicate("Ada\n", timeout=20)

        assert client.expect("breakpoint")["breakpoint"]["verified"] is True
        client.stopped(reason="function breakpoint")
        assert client.evaluate("result") == '"Ada"'
        assert client.move("continue")["description"].startswith("end of recording")


def test_an_editor_that_opens_no_terminal(client: DapClient, app: Path) -> None:
    """Says so; the session is over. One that has none at all runs the program inside."""
    client.initialize(supportsRunInTerminalRequest=True)
    number = client.send("launch", {"program": str(app), "console": "externalTerminal"})
    client.expect("initialized")
    client.ask("configurationDone")
    client.response(number)

    assert client.expect("output", category="important")["output"].startswith("The program was not run in a terminal")
    client.expect("terminated")
    with DapClient.inside() as other:
        other.launch(program=str(app), trace=str(app.parent / "t.jsonl"), console="integratedTerminal", noDebug=True)
        assert _outputs(other, until="exited")["stdout"].startswith("asked nobody")
        other.expect("exited", exitCode=0)
        other.expect("terminated")
