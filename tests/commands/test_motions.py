"""The verbs that move."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.events import Stop
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.stories import parallel, weather, write_trace
from tests.support.talks import Talk


@pytest.fixture
def talk(tmp_path: Path) -> object:
    """A conversation over a recorded file."""
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", weather())) as session:
        yield Talk(session)


@pytest.mark.parametrize(
    ("here", "text", "there"),
    [
        (1, "step", 2), (1, "s 3", 4), (4, "rstep", 3), (4, "rs 2", 2), (2, "next", 7), (7, "rnext", 2), (2, "n 2", 8),
        (3, "finish", 7), (4, "out", 7), (4, "rfinish", 2), (4, "rf", 2), (4, "stepi", 5), (4, "rsi", 3),
        (4, "continue", 13), (4, "rc", -1), (0, "to llm", 3), (3, "t llm", 9), (9, "rto llm", 3), (0, "to tool", 5),
        (0, "to tool get_weather", 5), (0, "to tool 'get_weather'", 5), (0, "to turn 2", 8), (0, "to llm at end", 4),
        (0, "to app.ai:9", 5), (0, "to llm:2", 9), (0, "to tool get_weather at end", 6), (0, "until llm", 3),
        (13, "runtil llm", 9), (0, "until 7", 7), (9, "runtil 7", 7), (3, "until", 5), (9, "runtil", 1),
        (0, "find 4 degrees", 6), (0, "/OSLO", -5), (13, "r/ 4 degrees", 9), (0, "find get_weather", 4),
        (0, "goto 7", 7), (3, "g .+2", 5), (0, "g $", 13), (0, "g slowest llm", 9), (5, "rev next", 4),
        (5, "rev to llm", 3),
        (5, "goto llm", 9), (0, "g agent:Helper at end", 12),
    ],
)  # fmt: skip
def test_a_motion_leads_there(talk: Talk, here: int, text: str, there: int) -> None:
    """Forwards, backwards, by letters, counts and places; -5 stands for a refusal that leaves one where one was."""
    talk.say(f"goto {here}")
    if there == -5:
        talk.mistake(text)
        there = here
    else:
        talk.say(text)

    assert talk.moment == there


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("to", "To what? A kind of events: to llm, to tool get_weather, to error, to app.ai:12."),
        ("to 7", "'7' is one moment, not a kind of events. 'goto 7' goes there."),
        ("to tool get_whether", "'tool:get_whether' is not a place: it matches nothing in this trace. Tools here: "
         "get_weather. Did you mean tool:get_weather?"),
        ("to app", "There is no app after #5. 'goto 0' goes to the one before it."),
        ("rto app at end", "There is no app at end before #5. 'goto 13' goes to the one after it."),
        ("to error", "'error' is not a place: it matches nothing in this trace. Kinds here: agent, turn, llm, tool, "
         "app, app_load, app_load_start, agent_execution and 12 more."),
        ("until 3", "#3 is not after #5. 'runtil 3' or 'goto 3'."),
        ("runtil 9", "#9 is not before #5. 'until 9' or 'goto 9'."),
        ("find", "Find what? find TimeoutError, or /TimeoutError."),
        ("find Rome", "'Rome' is in no event after #5."),
        ("rfind helper", "'helper' is in no event before #5."),
        ("goto", "Go where? goto 7, goto $, goto llm:2, goto 'MARK, goto slowest llm."),
        ("goto 14", "'14' is not a place: this trace has 14 events, #0 to #13."),
        ("forward", "This is the last stop. 'step' goes on in time."),
        ("rev", "Backwards how? rev next, rev to tool."),
        ("rev print", "'print' has no way backwards. "
         "These have: step, stepi, next, finish, continue, until, to, find."),
        ("next -1", "'-1' is not a count. Write a number such as 3."),
        ("mark a'b", "a'b cannot name a mark: a name is one word without quotes. mark crash"),
    ],
)  # fmt: skip
def test_a_mistake_moves_nothing(talk: Talk, text: str, sentence: str) -> None:
    """One sentence: what, why, what to type; and one stays where one was."""
    talk.say("goto 5")

    assert talk.mistake(text) == sentence
    assert talk.moment == 5


def test_a_text_with_capitals_is_found_as_it_is(talk: Talk) -> None:
    """One without fits any case, as in `less`."""
    talk.say("goto 0", "find oslo")
    assert talk.moment == 1
    talk.say("goto 0", "find Oslo")
    assert talk.moment == 1
    assert talk.mistake("find OSLO").startswith("'OSLO' is in no event")


def test_a_text_is_looked_for_again(talk: Talk) -> None:
    """Without a text, the last one."""
    talk.say("find Oslo", "find", "/")
    first = talk.moment
    talk.say("rfind")

    assert (first, talk.moment) == (5, 3)


def test_numbers_keys_and_mocked_answers_are_found(talk: Talk) -> None:
    """Whatever stands in inputs, outputs or errors, as it is shown."""
    talk.say("goto 0", "find turn")
    assert talk.moment == 2
    talk.say('mock get_weather "snow in Oslo 77"', "find 77")
    assert talk.moment == 6


def test_text_in_any_writing_is_found(tmp_path: Path) -> None:
    """JSON spells other letters in several ways."""
    events = weather()
    events[6].outputs["result"] = 'Grüße: "4" °C/day'
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", events)) as session:
        talk = Talk(session)
        for text in ("grüße", "°C", '"4"', "C/day"):
            talk.say("goto 0", f"find {text}")
            assert talk.moment == 6


def test_a_breakpoint_on_the_way_stops(talk: Talk) -> None:
    """Whatever the motion looks for."""
    talk.say("break tool", "find It is 4 C")
    assert talk.dialogue.last_stop == Stop(5, "breakpoint", 1)
    talk.say("goto 0", "to agent at end")
    assert talk.moment == 5


def test_the_edges_of_history(talk: Talk) -> None:
    """A motion that runs out of history rests there, and the session stays alive."""
    assert talk.dialogue.run("continue").stop == Stop(13, "end")
    assert talk.dialogue.run("continue").stop == Stop(13, "end")
    assert talk.dialogue.run("rcontinue").stop == Stop(-1, "beginning")
    assert talk.say("until llm:2 at end")[0].startswith("#10 ")
    assert talk.say("until llm")[0] == "There is no llm after #10."


def test_back_and_forward(talk: Talk) -> None:
    """Along the stops, several at a time; as far as there are any."""
    talk.say("goto 3", "goto 5", "goto 9", "back 2")
    assert talk.moment == 3
    talk.say("forward")
    assert talk.moment == 5
    talk.say("forward 9")
    assert talk.moment == 9
    talk.say("bk 99")
    assert talk.mistake("bk") == "This is the first stop. 'rstep' goes back in time."


def test_until_a_line_stays_on_the_lane() -> None:
    """What runs beside does not stop it."""
    talk = Talk(parallel())
    talk.say("goto 1", "until")
    assert talk.moment == 2
    assert talk.say("until")[0].startswith("#9 app_load_end")
    talk.say("goto 7", "runtil")
    assert talk.moment == 1


def test_until_a_line_needs_one() -> None:
    """Where no event around says its line, a place is to be named."""
    talk = Talk(weather())
    talk.say("goto 0")

    assert talk.mistake("until") == "No line of source is known here. Name a place: until llm, until app.ai:12."


def test_marks(talk: Talk) -> None:
    """They name moments, and may be moved."""
    talk.say("goto 5")
    assert talk.one("mark crash") == "Mark 'crash is at #5 tool_call_start get_weather. \"goto 'crash\" comes back."
    assert talk.one("mark 'crash llm:2").endswith('it was at #5. "goto \'crash" comes back.')
    assert talk.one("mark") == "Mark '1 is at #5 tool_call_start get_weather. \"goto '1\" comes back."
    talk.say("goto 'crash")
    assert talk.moment == 9
    assert talk.value("marks") == [
        {"name": "1", "moment": 5, "elapsed_s": 0.5, "event": "#5 tool_call_start get_weather"},
        {"name": "crash", "moment": 9, "elapsed_s": 0.9, "event": "#9 llm_call_start openai"},
    ]


def test_when(talk: Talk) -> None:
    """Moment, time and totals so far."""
    talk.say("goto 6")

    value = talk.value("when")
    assert value["moment"] == 6
    assert value["elapsed_s"] == 0.6
    assert value["wall"] == 1_700_000_000.6
    assert (value["calls"], value["tokens"], value["cost"], value["errors"]) == (1, 20, 0.001, 0)
