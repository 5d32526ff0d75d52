"""Breakpoints of every kind, forwards and backwards."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.dap_client import DapClient
from tests.support.stories import Story, write_trace


def _moments(client: DapClient, command: str = "continue", most: int = 20) -> list[int]:
    """Where it stops on the way to the edge."""
    found = []
    for _ in range(most):
        stop = client.move(command)
        if "recording" in (stop.get("description") or ""):
            return found
        found.append(client.moment())
    raise AssertionError("it does not come to an end")


def _app(trace: Path) -> Path:
    return trace.parent / "src" / "app.ai"


def test_lines_of_the_program(client: DapClient, weather_trace: Path) -> None:
    """Each visit stops, both ways, and says which breakpoint it was."""
    client.begin(weather_trace)
    (breakpoint,) = client.set_breakpoints(_app(weather_trace), 4)
    assert breakpoint["verified"] is True
    assert breakpoint["message"] == "2 events of the recording"

    stop = client.move("continue")
    assert (stop["reason"], stop["hitBreakpointIds"]) == ("breakpoint", [breakpoint["id"]])
    assert client.moment() == 3
    assert _moments(client) == [9]
    assert _moments(client, "reverseContinue") == [9, 3]


def test_a_line_without_events_moves_on(client: DapClient, weather_trace: Path) -> None:
    """To the next one that has some; beyond the last there is none."""
    client.begin(weather_trace)
    moved, gone = client.set_breakpoints(_app(weather_trace), 5, 15)

    assert (moved["verified"], moved["line"]) == (True, 9)
    assert (gone["verified"], gone["reason"]) == (False, "failed")
    assert gone["message"] == "Neither this line nor one after it was executed in the recording."


def test_breakpoints_of_other_files_are_no_error(client: DapClient, weather_trace: Path) -> None:
    """Editors send those of all files to all sessions."""
    client.begin(weather_trace)

    for path in ("/somewhere/else/src/app.ai", "/x.py", "relative/app.ai"):
        (answer,) = client.set_breakpoints(path, 4)
        assert answer["verified"] is False
        assert answer["message"] == "Nothing in this file was executed in the recording."


def test_a_program_that_is_not_here_is_known_by_its_name(client: DapClient, parallel_trace: Path) -> None:
    """The end of its path is what the trace says."""
    client.begin(parallel_trace)

    assert client.set_breakpoints("/their/machine/src/app.ai", 5)[0]["verified"] is True
    assert _moments(client) == [2, 3]


def test_lines_of_the_trace(client: DapClient, weather_trace: Path) -> None:
    """Line n is event n - 1."""
    client.begin(weather_trace)
    client.set_breakpoints(weather_trace, 3, {"line": 8}, 99)

    assert _moments(client) == [2, 7]


def test_lines_of_the_transcript(client: DapClient, weather_trace: Path) -> None:
    """The document that tells the run takes breakpoints, too."""
    client.begin(weather_trace)
    transcript = client.ask("loadedSources")["sources"][-1]
    client.ask("setBreakpoints", source=transcript, breakpoints=[{"line": 6}])

    assert _moments(client) == [5]


def test_lines_alone_are_enough(client: DapClient, weather_trace: Path) -> None:
    """Old clients send no more."""
    client.begin(weather_trace)
    body = client.ask("setBreakpoints", source={"path": str(_app(weather_trace))}, lines=[4, 9])

    assert [each["line"] for each in body["breakpoints"]] == [4, 9]
    assert _moments(client) == [3, 5, 9]


@pytest.mark.parametrize(
    ("mode", "moments"), [("start", [5]), ("end", [6]), ("both", [5, 6]), (None, [5]), ("never", [])]
)
def test_modes_say_which_end(client: DapClient, weather_trace: Path, mode: str | None, moments: list[int]) -> None:
    """The start of the call, its end, or both."""
    client.begin(weather_trace)
    client.set_breakpoints(_app(weather_trace), {"line": 9, **({"mode": mode} if mode else {})})

    assert _moments(client) == moments


def test_breakpoints_are_replaced_file_by_file(client: DapClient, weather_trace: Path) -> None:
    """What is not sent again is gone; what is sent again stays the same breakpoint."""
    client.begin(weather_trace)
    (first,) = client.set_breakpoints(_app(weather_trace), 4)
    client.set_breakpoints(weather_trace, 3)
    again, _ = client.set_breakpoints(_app(weather_trace), 4, 9)
    assert again["id"] == first["id"]

    client.set_breakpoints(_app(weather_trace), 9)

    assert _moments(client) == [2, 5]
    client.set_breakpoints(_app(weather_trace))
    assert _moments(client, "reverseContinue") == [2]


@pytest.mark.parametrize(
    ("condition", "moments"),
    [("tokens > 10", [9]), ("inputs.messages[0].role == 'user'", [3]), ("turn == 2", [9]), ("false", [])],
)
def test_conditions(client: DapClient, weather_trace: Path, condition: str, moments: list[int]) -> None:
    """Evaluated at the event, as it sees the run."""
    client.begin(weather_trace)
    client.set_breakpoints(_app(weather_trace), {"line": 4, "condition": condition})

    assert _moments(client) == moments


def test_a_condition_that_cannot_be_read(client: DapClient, weather_trace: Path) -> None:
    """Is said at once, in a sentence."""
    client.begin(weather_trace)
    (answer,) = client.set_breakpoints(_app(weather_trace), {"line": 4, "condition": "tokens >"})

    assert (answer["verified"], answer["reason"]) == (False, "failed")
    assert answer["message"].startswith("'tokens >' cannot be evaluated")


def test_a_condition_without_a_value_is_false_and_said_once(client: DapClient, weather_trace: Path) -> None:
    """A name that does not exist where the breakpoint is asked."""
    client.begin(weather_trace)
    client.set_breakpoints(_app(weather_trace), {"line": 4, "condition": "nonsense > 1"})
    client.ask("continue", threadId=1)

    said = client.expect("output", category="console")["output"]
    assert said.startswith("The condition of the breakpoint at app.ai:4: 'nonsense > 1' cannot be evaluated")
    client.stopped()
    client.move("reverseContinue")


def _many(folder: Path) -> Path:
    """Ten calls of a tool, at #1, #3 … #19."""
    story = Story()
    story.start("app_load", "demo")
    for number in range(10):
        story.start("tool_call", "get", line=3, n=number)
        story.end(outputs={"result": number})
    story.end()
    return write_trace(folder / "many.jsonl", story.events)


@pytest.mark.parametrize(
    ("hits", "calls"),
    [
        ("3", [3]),
        ("==3", [3]),
        (">=8", [8, 9, 10]),
        (">8", [9, 10]),
        ("<3", [1, 2]),
        ("<= 3", [1, 2, 3]),
        ("%4", [4, 8]),
        ("", list(range(1, 11))),
    ],
)
def test_hit_conditions_mean_the_same_backwards(client: DapClient, tmp_path: Path, hits: str, calls: list[int]) -> None:
    """They are counted over the recording."""
    client.begin(_many(tmp_path))
    client.set_functions({"name": "tool", "hitCondition": hits})

    assert [(moment + 1) // 2 for moment in _moments(client)] == calls
    assert [(moment + 1) // 2 for moment in _moments(client, "reverseContinue")] == calls[::-1]


@pytest.mark.parametrize("hits", ["often", "0", "%0", "3.5", "-1", "9" * 40])
def test_hit_conditions_that_make_no_sense(client: DapClient, tmp_path: Path, hits: str) -> None:
    """Are refused with the ones that do."""
    client.begin(_many(tmp_path))

    assert client.set_functions({"name": "tool", "hitCondition": hits})[0]["verified"] is False


@pytest.mark.parametrize(
    ("place", "moments"),
    [
        ("tool:get_weather", [5]),
        ("get_weather", [5]),
        ("llm", [3, 9]),
        ("llm at end", [4, 10]),
        ("llm:2", [9]),
        ("turn 2", [8]),
        ("agent_turn_end", [7, 11]),
        ("agent_turn_start:2", [8]),
        ("src/app.ai:9", [5]),
        ("#7", [7]),
        ("tool:get_*", [5]),
    ],
)
def test_function_breakpoints_speak_of_places(
    client: DapClient, weather_trace: Path, place: str, moments: list[int]
) -> None:
    """The same language as everywhere else."""
    client.begin(weather_trace, functions=[])
    (answer,) = client.set_functions(place)
    assert answer["verified"] is True

    assert _moments(client) == moments


def test_a_place_that_is_not_there(client: DapClient, weather_trace: Path) -> None:
    """Says what is."""
    client.begin(weather_trace)
    (answer,) = client.set_functions("tool:nobody")

    assert answer["message"] == (
        "'tool:nobody' is not a place: it matches nothing in this trace. Tools here: get_weather."
    )


@pytest.mark.parametrize(
    ("arguments", "moments", "reason"),
    [
        ({"filters": ["error"]}, [6], "exception"),
        ({"filters": ["tool"]}, [7], "exception"),
        ({"filters": ["error", "tool"]}, [6, 7], "exception"),
        ({"filters": [], "filterOptions": [{"filterId": "error", "condition": "error contains '404'"}]}, [], ""),
        ({"filters": [], "filterOptions": [{"filterId": "slow", "condition": "400"}]}, [8, 9], "breakpoint"),
        ({"filters": [], "filterOptions": [{"filterId": "slow", "condition": "duration_ms > 850"}]}, [9], "breakpoint"),
        ({"filters": []}, [], ""),
    ],
)
def test_exception_filters(
    client: DapClient, parallel_trace: Path, arguments: dict[str, Any], moments: list[int], reason: str
) -> None:
    """Failures, by what failed; the red box is for failures only."""
    client.begin(parallel_trace)
    found = client.ask("setExceptionBreakpoints", **arguments)["breakpoints"]
    assert len(found) == len(arguments["filters"]) + len(arguments.get("filterOptions", []))
    assert all(each["verified"] for each in found)

    stops = []
    while "recording" not in (stop := client.move("continue"))["description"]:
        stops.append((client.moment(), stop["reason"]))

    assert stops == [(moment, reason) for moment in moments]


def test_filters_that_need_a_condition(client: DapClient, parallel_trace: Path) -> None:
    """Say so; and unknown ones are no error either."""
    client.begin(parallel_trace)
    found = client.ask("setExceptionBreakpoints", filters=["slow", "cost", "nonsense"])["breakpoints"]

    assert [each["verified"] for each in found] == [False, False, False]
    assert found[0]["message"] == "This filter needs a condition such as duration_ms > 1."


def test_retries(client: DapClient, tmp_path: Path) -> None:
    """Where an answer of a model is tried again."""
    story = Story()
    story.start("app_load", "demo")
    for attempt in (1, 2):
        story.start("validation", "Pack", text="?", attempt=attempt)
        story.end(failed="ValueError: no" if attempt == 1 else "")
    story.end()
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))
    client.ask("setExceptionBreakpoints", filters=["retry", "validation"])

    assert _moments(client) == [2, 3]


def test_an_error_says_what_it_is(client: DapClient, parallel_trace: Path) -> None:
    """Its type, its message, whether it was handled, the calls around it, and where it came from."""
    client.begin(parallel_trace)
    client.ask("setExceptionBreakpoints", filters=["tool"])
    stop = client.move("continue")
    assert stop["text"] == "HTTPError: 500"

    found = client.ask("exceptionInfo", threadId=stop["threadId"])

    assert (found["exceptionId"], found["description"]) == ("HTTPError", "HTTPError: 500")
    assert found["breakMode"] == "always"  # the chain came to a good end
    assert found["details"]["stackTrace"].splitlines()[0] == "at tool get_weather (parallel.jsonl:4)"
    assert found["details"]["innerException"][0]["message"] == "HTTPError: 500"
    client.move("reverseContinue")
    assert client.refused("exceptionInfo", threadId=1).text == "Nothing failed here."


def test_log_points_never_stop(client: DapClient, weather_trace: Path) -> None:
    """They say something about each event, with its place and what it holds, in the order of travel."""
    client.begin(weather_trace)
    client.set_breakpoints(_app(weather_trace), {"line": 4, "logMessage": "asked with {tokens} tokens, {nonsense}"})
    client.ask("continue", threadId=1)
    texts = []
    for turn in ("turn 1", "turn 2"):
        assert client.expect("output", group="start")["output"] == f"{turn}\n"
        said = client.expect("output", category="console", line=4)
        assert said["source"]["name"] == "app.ai"
        shown = client.variables(said["variablesReference"])[""]  # editors show this in place of the text
        assert shown["value"] == said["output"].rstrip("\n")
        assert client.values(shown["variablesReference"])["event_type"] == '"llm_call_start"'
        texts.append(said["output"])
        client.expect("output", group="end")
    client.stopped(description="end of recording: event 13 of 13")
    assert texts[1].startswith("asked with 20 tokens, {nonsense: ")

    client.ask("reverseContinue", threadId=1)
    moments = []
    for _ in range(2):
        client.expect("output", group="start")
        shown = client.variables(client.expect("output")["variablesReference"])[""]
        moments.append(client.values(shown["variablesReference"])["event_id"])
        client.expect("output", group="end")
    client.stopped(description="beginning of recording: event 0 of 13")
    assert moments == ['"evt_009"', '"evt_003"']


def test_a_condition_gates_a_log_point(client: DapClient, weather_trace: Path) -> None:
    """It says nothing where the condition is false."""
    client.begin(weather_trace)
    client.set_breakpoints(
        _app(weather_trace), {"line": 4, "logMessage": "late", "condition": "tokens > 10", "hitCondition": "1"}
    )
    client.ask("continue", threadId=1)
    client.expect("output", group="start")
    client.expect("output", output="late\n")
    client.expect("output", group="end")
    client.stopped()


def test_data_breakpoints_stop_where_a_value_changes(client: DapClient, weather_trace: Path) -> None:
    """Forwards where it becomes, backwards who last changed it."""
    client.begin(weather_trace)
    client.ask("n3/goToEvent", moment=13)
    client.stopped()
    found = client.ask("dataBreakpointInfo", variablesReference=client.scopes()["State"], name="get_weather")
    assert found == {
        "dataId": "state:/get_weather",
        "description": "get_weather",
        "accessTypes": ["write"],
        "canPersist": True,
    }
    (answer,) = client.ask("setDataBreakpoints", breakpoints=[{"dataId": found["dataId"]}])["breakpoints"]
    assert answer["verified"] is True

    stop = client.move("reverseContinue")
    assert (stop["reason"], stop["hitBreakpointIds"]) == ("data breakpoint", [answer["id"]])
    assert client.moment() == 6


def test_data_breakpoints_on_expressions_and_totals(client: DapClient, weather_trace: Path) -> None:
    """A comparison stops where it becomes true."""
    client.begin(weather_trace)
    for name, data_id, moments in (
        ("tokens", "total:tokens", [4, 10]),
        ("tokens > 30", "expression:tokens > 30", [10]),
    ):
        assert client.ask("dataBreakpointInfo", name=name)["dataId"] == data_id
        client.ask("setDataBreakpoints", breakpoints=[{"dataId": data_id}])
        assert _moments(client) == moments
        client.ask("n3/goToEvent", moment=0)
        client.stopped()


def test_what_never_changes_cannot_be_watched(client: DapClient, weather_trace: Path) -> None:
    """Metadata, and data ids that are none."""
    client.begin(weather_trace)
    found = client.ask("dataBreakpointInfo", variablesReference=client.scopes()["Metadata"], name="event_id")
    assert found["dataId"] is None

    for data_id in ("", "state:", "state:/1/2", "other:/x", "total:x", "expression:("):
        (answer,) = client.ask("setDataBreakpoints", breakpoints=[{"dataId": data_id}])["breakpoints"]
        assert answer["verified"] is False


@pytest.mark.parametrize(
    "path", ["cart", "cart.total", 'cart["a/b:c~d"].x[3]', 'memory["Planner"].messages', "tokens", 'm["x y"]']
)
def test_data_ids_are_stable(path: str) -> None:
    """A path and its id are the same in both directions."""
    from dap_adapter.watches import data_id_of, expression_of, keys_of

    data_id = data_id_of(path)
    assert data_id is not None
    keys, again = keys_of(path), keys_of(expression_of(data_id))

    assert keys is not None
    assert again is not None
    assert [str(key) for key in again] == [str(key) for key in keys]


def test_lines_that_can_have_breakpoints(client: DapClient, weather_trace: Path) -> None:
    """Those with events, in the range that is asked for."""
    client.begin(weather_trace)

    def lines(path: Path, **where: int) -> list[int]:
        found = client.ask("breakpointLocations", source={"path": str(path)}, **where)["breakpoints"]
        return [each["line"] for each in found]

    assert lines(_app(weather_trace), line=1, endLine=20) == [3, 4, 9]
    assert lines(_app(weather_trace), line=4) == [4]
    assert lines(weather_trace, line=12, endLine=20) == [12, 13, 14]
    assert lines(Path("/no/such"), line=1, endLine=20) == []
