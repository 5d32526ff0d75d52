"""Moving through a recording from an editor."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.dap_client import DapClient


def test_a_session_from_beginning_to_end(client: DapClient, weather_trace: Path) -> None:
    """What a person sees who steps into a run, over a call, back again, and on to the end."""
    first = client.begin(weather_trace)
    assert first == {
        "reason": "entry",
        "description": "event 0 of 13: app_load_start demo",
        "threadId": 1,
        "allThreadsStopped": True,
    }

    assert client.move("stepIn")["description"] == "event 1 of 13: agent_execution_start Helper"
    assert client.move("stepIn")["description"] == "event 2 of 13: agent_turn_start Helper"
    assert client.move("next")["description"] == "event 7 of 13: agent_turn_end Helper"
    assert client.move("stepBack")["description"] == "event 2 of 13: agent_turn_start Helper"
    assert client.move("stepIn")["description"] == "event 3 of 13: llm_call_start openai"
    assert client.move("stepOut")["description"] == "event 7 of 13: agent_turn_end Helper"
    assert client.move("n3/reverseStepIn")["description"] == "event 6 of 13: tool_call_end get_weather"
    assert client.move("n3/reverseStepOut")["description"] == "event 2 of 13: agent_turn_start Helper"

    end = client.move("continue")
    assert end["description"] == "end of recording: event 13 of 13"
    assert client.move("stepBack")["description"] == "event 0 of 13: app_load_start demo"
    assert client.move("stepBack")["description"] == "beginning of recording: event 0 of 13"


def test_at_the_end_one_can_go_back(client: DapClient, weather_trace: Path) -> None:
    """The end of a recording is a stop and not the end of the session."""
    client.begin(weather_trace)
    client.move("continue")

    assert client.move("continue")["description"].startswith("end of recording")
    assert client.move("reverseContinue")["description"].startswith("beginning of recording")
    assert client.moment() == 0


def test_a_step_by_instruction_is_one_event(client: DapClient, parallel_trace: Path) -> None:
    """Whatever the lane, either way."""
    client.begin(parallel_trace)
    moments = []
    thread = 1
    for command in ("next", "next", "stepIn", "next", "stepBack"):
        thread = client.move(command, thread=thread, granularity="instruction")["threadId"]
        moments.append(client.moment())

    assert moments == [1, 2, 3, 4, 3]
    assert thread == 2


def test_stepping_another_thread_comes_to_its_next_event(client: DapClient, parallel_trace: Path) -> None:
    """There is one clock: all threads are seen where the stepped one comes to rest."""
    client.begin(parallel_trace)
    client.ask("n3/goToEvent", moment=4)
    assert client.stopped(reason="goto")["threadId"] == 2

    assert client.move("next", thread=1)["threadId"] == 1
    assert client.moment() == 5
    assert client.move("stepBack", thread=2)["threadId"] == 2
    assert client.moment() == 4


def test_what_no_client_knows_to_move_the_run_says_that_it_went_on(client: DapClient, weather_trace: Path) -> None:
    """Before the stop of a request of ours, or of a console command, comes `continued`; elsewhere it does not."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=10)
    client.expect("continued", threadId=1, allThreadsContinued=True)
    client.expect("stopped", reason="goto")
    client.ask("evaluate", expression=".rnext", context="repl")
    client.expect("continued", threadId=1, allThreadsContinued=True)
    client.expect("stopped", reason="step")

    client.ask("next", threadId=1)

    client.expect("stopped", reason="step")


def test_restart_frame_is_travel_to_its_start(client: DapClient, weather_trace: Path) -> None:
    """To where the call was done, with its inputs before one."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=10)
    client.stopped()
    turn = client.frames()[1]
    assert (turn["name"], turn["canRestart"]) == ("turn 2", True)

    client.ask("restartFrame", frameId=turn["id"])

    client.stopped(reason="restart", description="event 8 of 13: agent_turn_start Helper")


def test_step_in_targets_are_the_calls_ahead(client: DapClient, weather_trace: Path) -> None:
    """One may step into the tool, past the model call before it."""
    client.begin(weather_trace)
    client.move("stepIn")
    client.move("stepIn")
    targets = client.ask("stepInTargets", frameId=client.frames()[0]["id"])["targets"]
    assert [(each["label"], each["line"]) for each in targets] == [("llm openai", 4), ("tool get_weather", 9)]

    stop = client.move("stepIn", targetId=targets[1]["id"])

    assert stop["description"] == "event 5 of 13: tool_call_start get_weather"
    assert client.refused("stepIn", threadId=1, targetId=2).text == "There is no target 2 here."


def test_goto_offers_every_visit_of_a_line(client: DapClient, weather_trace: Path) -> None:
    """A choice of moments, each with its turn and time; travel goes both ways."""
    client.begin(weather_trace)
    source = {"path": str(weather_trace.parent / "src" / "app.ai")}
    targets = client.ask("gotoTargets", source=source, line=4)["targets"]
    assert [each["label"] for each in targets] == [
        "visit 1/2 - turn 1 - 22:13:20 - llm openai  #3",
        "visit 2/2 - turn 2 - 22:13:20 - llm openai  #9",
    ]

    for target, moment in ((targets[1], 9), (targets[0], 3)):
        client.ask("goto", threadId=1, targetId=target["id"])
        client.stopped(reason="goto")
        assert client.moment() == moment

    assert client.ask("gotoTargets", source={"path": "/elsewhere/x.ai"}, line=4)["targets"] == []
    assert client.ask("gotoTargets", source={"path": str(weather_trace)}, line=6)["targets"][0]["label"].endswith("#5")
    assert client.refused("goto", threadId=1, targetId=99).id == 3005


def test_a_run_through_ends_with_its_status(client: DapClient, weather_trace: Path) -> None:
    """Without stopping at the end, the session ends as the run had ended."""
    client.begin(weather_trace, stopAtEnd=False)
    client.ask("continue", threadId=1)

    client.expect("exited", exitCode=0)
    client.expect("terminated")
    assert client.refused("next", threadId=1).text == "The session is over."


def test_without_debugging_it_runs_through(client: DapClient, weather_trace: Path) -> None:
    """`noDebug` stops nowhere."""
    client.launch(trace=str(weather_trace), noDebug=True, functions=["tool"])

    client.expect("exited", exitCode=0)
    client.expect("terminated")


def test_a_run_that_was_killed_has_no_exit_code(client: DapClient, crashed_trace: Path) -> None:
    """How it ended is not known, so nothing is said of it."""
    client.begin(crashed_trace, stopAtEnd=False)
    client.ask("continue", threadId=1)

    client.expect("terminated")


def test_to_the_next_of_a_kind_and_back(client: DapClient, weather_trace: Path) -> None:
    """As `to` and `rto` of the terminal debugger."""
    client.begin(weather_trace)
    moments = []
    for place, direction in (("llm", "forward"), ("llm", "forward"), ("tool at end", "backward"), ("turn", "backward")):
        client.ask("n3/to", place=place, direction=direction)
        client.stopped(reason="goto")
        moments.append(client.moment())
    client.ask("n3/to", place="llm at end")
    client.stopped()

    assert moments == [3, 9, 6, 2]
    assert client.moment() == 4


@pytest.mark.parametrize(
    ("arguments", "problem", "sentence"),
    [
        ({"place": "tool"}, 3007, "There is no tool after #6; the last one is #5."),
        ({"place": "get_weather at end"}, 3007, "There is no get_weather at end after #6; this is the last one."),
        ({"place": "llm:2", "direction": "backward"}, 3007, "There is no llm:2 before #6; the first one is #9."),
        ({"place": "error"}, 3007, "There is no error in this recording."),
        ({"place": "error:-1"}, 3007, "'error:-1' is not a place: "),
        ({"place": "tol"}, 3007, "'tol' is not a place: it matches nothing in this trace."),
        ({"place": "7"}, 4001, "'7' is one moment; n3/goToEvent goes there."),
        ({"place": "#"}, 4001, "'#' is not a place: "),
        ({"place": "tool", "direction": "up"}, 1004, "'direction' is forward or backward."),
        ({"place": "tool", "threadId": 9}, 3001, "There is no thread 9 here."),
        ({}, 1004, "a text is needed for 'place'"),
    ],
)
def test_what_there_is_none_of_moves_nothing(
    client: DapClient, weather_trace: Path, arguments: dict[str, object], problem: int, sentence: str
) -> None:
    """And says so, without a box."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=6)
    client.stopped()

    refusal = client.refused("n3/to", **arguments)

    assert (refusal.id, refusal.shown) == (problem, False)
    assert refusal.text.startswith(sentence)
    assert client.moment() == 6


def test_to_a_kind_on_one_thread(client: DapClient, parallel_trace: Path) -> None:
    """Events of other threads are passed; a breakpoint on the way stops it."""
    client.begin(parallel_trace)
    client.ask("n3/goToEvent", moment=4)
    client.stopped()
    client.ask("n3/to", place="tool at end", threadId=2)
    client.stopped()
    assert client.moment() == 7

    client.set_functions("error")
    client.ask("n3/to", place="tool", direction="backward", threadId=1)
    client.stopped(reason="function breakpoint")
    assert client.moment() == 6


def test_edges_are_told_and_kept(client: DapClient, weather_trace: Path) -> None:
    """Whoever goes on beyond one stays, and sees it in the call stack and in the position."""
    client.begin(weather_trace, positionEvents=True)
    client.expect("n3/position")
    for command, edge in (
        ("stepBack", "beginning"),
        ("n3/reverseStepIn", "beginning"),
        ("reverseContinue", "beginning"),
    ):
        stop = client.move(command)
        assert stop["description"] == f"{edge} of recording: event 0 of 13"
        assert stop["text"] == "app_load_start demo"
        client.expect("n3/position", moment=0, atStart=True, atEnd=False)
    client.ask("n3/goToEvent", place="$")
    assert client.stopped()["description"] == "event 13 of 13: app_load_end demo"
    client.expect("n3/position", moment=13)
    for command in ("next", "stepIn", "stepOut", "continue"):
        assert client.move(command)["description"] == "end of recording: event 13 of 13"
        client.expect("n3/position", moment=13, atStart=False, atEnd=True)
    client.move("next", granularity="instruction")
    client.expect("n3/position", atEnd=True)


@pytest.mark.parametrize("command", ["next", "stepIn", "stepOut", "stepBack", "continue", "reverseContinue"])
def test_an_unknown_thread_is_refused(client: DapClient, weather_trace: Path, command: str) -> None:
    """Nothing moves then."""
    client.begin(weather_trace)

    assert client.refused(command, threadId=7).text == "There is no thread 7 here."
    assert client.moment() == 0


def test_pause_when_nothing_moves_is_answered(client: DapClient, weather_trace: Path) -> None:
    """It has rested already, and was told so."""
    client.begin(weather_trace)
    client.ask("pause", threadId=1)

    assert client.move("stepIn")["description"] == "event 1 of 13: agent_execution_start Helper"
