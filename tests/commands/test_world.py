"""Answers in place of recorded ones."""

from __future__ import annotations

import pytest

from tests.support.stories import crashed, weather
from tests.support.talks import Talk


@pytest.fixture
def talk() -> Talk:
    """A conversation at the start of a tool's call."""
    talk = Talk(weather())
    talk.say("goto 5")
    return talk


@pytest.mark.parametrize("here", [5, 6])
def test_an_answer_to_the_call_here(talk: Talk, here: int) -> None:
    """At its start and at its end; shown as mocked, and taken back."""
    talk.say(f"goto {here}")
    assert talk.one('answer "9 degrees"') == (
        "#6 tool_call_end get_weather shows this answer, marked 'mocked'; 'unmock #6' shows the recorded one again."
    )
    assert "mocked=true" in talk.say("goto 6")[0]
    assert talk.one("print result") == '"9 degrees"'
    assert talk.session.timeline.recorded(6).outputs == {"result": "4 degrees"}

    assert talk.one("unmock #6") == "'#6' is shown as it was recorded."
    assert talk.one("print result") == '"4 degrees"'
    assert talk.session.timeline.overlay is None


def test_an_answer_means_one_call_only(talk: Talk) -> None:
    """Others of the same model stay as they are; it goes before a mock of that model."""
    talk.say('mock openai {"text": "all"}', "goto 3", 'answer {"text": "one"}')

    assert talk.session.timeline[4].outputs == {"text": "one"}
    assert talk.session.timeline[10].outputs == {"text": "all"}


def test_an_answer_changes_what_conditions_see(talk: Talk) -> None:
    """Breakpoints are judged anew."""
    talk.say("break tool at end if result contains '9'")
    assert talk.session.breakpoints.hits(talk.session.breakpoints[1], 13) == 0
    talk.say('answer {"result": "9 degrees"}')

    assert talk.session.breakpoints.hits(talk.session.breakpoints[1], 13) == 1


@pytest.mark.parametrize(
    ("here", "text", "sentence"),
    [
        (2, "answer 1", "No call waits for an answer at #2. 'to llm' and 'to tool' go to one."),
        (-1, "answer 1", "No call waits for an answer at #-1. 'to llm' and 'to tool' go to one."),
        (5, "answer", 'An answer is missing. Write it as JSON: {"text": "It is 4 C."}.'),
        (5, "mock", 'Mock what? mock get_weather {"text": "It is 4 C."}, or mock #12 … for one call.'),
        (5, "mock get_weather", 'An answer is missing. Write it as JSON: mock get_weather {"text": "It is 4 C."}.'),
        (5, "mock #99 1", "'#99' is not a place: this trace has 14 events, #0 to #13."),
        (5, "mock nobody 1", "Nothing in this trace is called 'nobody': components here: demo, Helper, openai, "
         "get_weather."),
        (5, "unmock", "Unmock what? Mocked: none. Write its name, or all."),
        (5, "unmock x", "There is no mock for 'x': mocks: none."),
        (5, "unmock #6", "The answer of #6 is the recorded one: answered: none."),
        (5, "unmock a b", "'unmock NAME' takes nothing after it: there is 'b'."),
    ],
)  # fmt: skip
def test_mistakes(talk: Talk, here: int, text: str, sentence: str) -> None:
    """Nothing is changed, and the sentence says what to type."""
    talk.say("rcontinue" if here < 0 else f"goto {here}")

    assert talk.mistake(text) == sentence
    assert talk.session.timeline.overlay is None


def test_a_call_that_never_ended_has_no_answer() -> None:
    """In the trace of a crash."""
    talk = Talk(crashed())
    talk.say("goto 3")

    assert talk.mistake("answer 1") == "The call of #3 has no answer to replace: it never ended in this trace."


def test_mocks_of_all_sorts(talk: Talk) -> None:
    """By name, by kind, by a model's declared name, by number; listed, and all taken back at once."""
    events = weather()
    for row in (3, 4, 9, 10):
        events[row].metadata["llm"] = "writer"
    talk = Talk(events)
    assert talk.one("mock tool 1").startswith("1 answer of 'tool' is this one now;")
    assert talk.one("mock writer 2").startswith("2 answers of 'writer' are this one now;")
    assert talk.one('mock "Helper" 3').startswith("3 answers of 'Helper' are")
    assert talk.one("mock #3 4").startswith("#4 llm_call_end openai shows this answer")
    assert talk.value("mocks") == [
        {"name": "tool", "answer": 1}, {"name": "writer", "answer": 2}, {"name": "Helper", "answer": 3},
        {"name": "#4", "answer": 4},
    ]  # fmt: skip
    assert talk.one("unmock writer") == "'writer' is shown as it was recorded."
    assert talk.one("unmock all") == "3 mocks gone: everything is shown as it was recorded."
    assert talk.say("mocks")[0].startswith("Everything is shown as it was recorded")
