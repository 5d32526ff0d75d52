"""Python inside a tool, by the same prompt."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.timeline.session import DebugSession
from tests.support.talks import Talk

RUNS = Path(__file__).parents[1] / "sessions" / "runs"


@pytest.fixture
def talk(tmp_path: Path) -> Iterator[Talk]:
    """A conversation at the first call of a tool, in a copy of an example."""
    shutil.copytree(RUNS / "flaky_weather", tmp_path / "hike")
    with DebugSession.open(tmp_path / "hike" / "trace.jsonl") as session:
        talk = Talk(session)
        talk.say("to tool get_forecast")
        yield talk
        talk.dialogue.close()


def test_it_asks_first(talk: Talk) -> None:
    """A tool acts on the world; scripts refuse."""
    refused = talk.mistake("py")

    assert refused.startswith('Call get_forecast(city="Oslo", day="Saturday") once more?')
    assert refused.endswith("A script may do this only with --yes.")
    assert talk.dialogue.python is None
    assert talk.dialogue.prompt == "(n3) "


def test_a_walk_to_its_end(talk: Talk) -> None:
    """Line by line; then the comparison, and back to the run."""
    talk.say("step", "rstep")
    talk.yes("py")
    assert talk.dialogue.prompt == "(py) "
    assert talk.dialogue.last_motion is None
    assert talk.one("step").startswith("py line tools.py:19 get_forecast source=")
    assert talk.dialogue.repeat().lines()[0].startswith("py line tools.py:21")
    assert talk.say("next 5")[1:] == ["comparison same", "Back at #7 tool_call_start get_forecast."]
    assert talk.dialogue.prompt == "(n3) "
    assert talk.dialogue.repeat().lines() == []


def test_a_result_that_differs_is_told(talk: Talk) -> None:
    """With the path, and both sides."""
    source = talk.session.path.parent / "tools.py"
    source.write_text(source.read_text().replace('"temperature": 16', '"temperature": 17'))
    talk.yes("py")

    comparison = talk.say("finish")[1]
    assert comparison.startswith("comparison differs at=result.temperature recorded=16 rerun=17")


def test_what_a_person_sees(talk: Talk) -> None:
    """The line with its neighbours, and what was returned."""
    talk.yes("py")
    assert talk.screen("next") == [
        "tools.py:19 get_forecast",
        "    18     calls[city] = calls.get(city, 0) + 1",
        '  ❱ 19     if city == "Bergen" and calls[city] <= SILENT_CALLS:',
        '    20         raise TimeoutError(f"the weather station of {city} did not answe…',
    ]
    talk.dialogue.settings.set("lines", "0")
    assert talk.screen("next") == ["tools.py:21 get_forecast"]
    assert talk.screen("finish")[-2:] == ["The same as was recorded.", "Back at #7 tool_call_start get_forecast."]


def test_breakpoints_in_python(talk: Talk) -> None:
    """By line and condition; they are listed, marked, and deleted."""
    talk.yes("py")
    assert talk.say("break") == ["There are no breakpoints in Python: 'break LINE' sets one."]
    assert talk.one("break tools.py:21 if city == 'Oslo'") == ("Python breakpoint 1 at tools.py:21 if city == 'Oslo'.")
    assert talk.one("b 19 if city == 'Rome'").startswith("Python breakpoint 2 at tools.py:19")
    assert any(line.startswith("b  21") for line in talk.say("list"))
    assert "breakpoint=1" in talk.one("continue")
    assert talk.one("delete 1") == "1 Python breakpoint deleted."
    assert talk.one("cl all") == "1 Python breakpoint deleted."
    assert talk.mistake("delete").startswith("Delete which breakpoint?")
    assert talk.mistake("delete 9").startswith("There is no breakpoint 9 in Python code")
    assert talk.mistake("break nonsense").startswith("'nonsense' is no line of Python.")
    assert talk.mistake("break 999").startswith("Nothing is executed on line 999 of tools.py.")


def test_values_and_frames(talk: Talk) -> None:
    """Python expressions, local names, arguments, functions."""
    talk.yes("py")
    assert talk.one("print city.upper() + '!'") == "'OSLO!'"
    assert talk.value("locals") == {"city": "'Oslo'", "day": "'Saturday'"}
    assert talk.value("args") == {"city": "Oslo", "day": "Saturday"}
    assert talk.mistake("print") == "Print what? Names here: city, day."
    assert talk.mistake("print 1 +").startswith("'1 +' cannot be evaluated")
    assert talk.one("where") == "frame=0 tools.py:18 get_forecast"
    assert talk.mistake("up").startswith("'get_forecast' is the outermost")
    assert [each.text for each in talk.dialogue.complete("print ci")] == ["city"]
    assert talk.dialogue.complete("pri")[0].meaning == "The value of a Python expression in this function."
    assert talk.say("help step")[0] == "step [N]"
    assert talk.mistake("py") == "There is no command 'py'. Did you mean 'p'? 'help' lists them."
    assert talk.value("until 21")["line"] == 21


def test_functions_that_call_functions(talk: Talk) -> None:
    """`step` goes in, `up` looks from the caller, `finish` comes out; what is printed is shown."""
    source = talk.session.path.parent / "tools.py"
    source.write_text(
        source.read_text().replace(
            '    return {"city": city, "day": day, **STATIONS[city]}',
            "    print('looking')\n    return answer(city, day)\n\n\ndef answer(city, day):\n"
            "    return {'city': city, 'day': day, **STATIONS[city]}",
        )
    )
    talk.yes("py")
    assert talk.say("until 22")[0] == 'printed stdout "looking"'
    assert talk.one("step").startswith("py call tools.py:26 answer")
    assert len(talk.say("where")) == 2
    assert talk.say("up")[0] == "tools.py:21-23"
    assert talk.screen("where")[1].startswith("❱ 1 get_forecast")
    assert talk.say("down")[0].startswith("tools.py:25")
    assert talk.one("finish").startswith("py ")
    assert talk.dialogue.python is not None


def test_leaving_early(talk: Talk) -> None:
    """The call is ended, and nothing is compared."""
    talk.yes("py")
    assert talk.say("quit py")[-2:] == [
        'comparison none note="The second call came to no result."',
        "Back at #7 tool_call_start get_forecast.",
    ]
    talk.yes("py")
    assert talk.mistake("quit now") == "'quit now' is nothing. 'quit py' goes back to the run."
    assert talk.say("q")[-1] == "Back at #7 tool_call_start get_forecast."


def test_a_conversation_that_is_over_ends_the_call(talk: Talk) -> None:
    """No thread of a tool is left behind."""
    talk.yes("py")
    walk = talk.dialogue.python.walk
    talk.dialogue.close()

    assert walk.over
    assert talk.dialogue.python is None


def test_where_there_is_no_python(talk: Talk) -> None:
    """The sentence says why; the mode is not entered."""
    talk.say("goto 3")
    assert talk.mistake("py").startswith("No tool is called here")
    (talk.session.path.parent / "app.ai").unlink()
    talk.say("to tool")
    assert talk.mistake("py").startswith("The program 'app.ai' is gone")
    assert talk.mistake("py now") == "'py' takes nothing after it: there is 'now'."
