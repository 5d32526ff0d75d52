"""The verbs that say where to stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.commands.wanted import Wanted, read_wanted
from namel3ss_dbg.events import Stop
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.stories import parallel, weather, write_trace
from tests.support.talks import Talk


@pytest.fixture
def talk(tmp_path: Path) -> object:
    """A conversation over a recorded file with two lanes and a failure."""
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", parallel())) as session:
        yield Talk(session)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("llm", Wanted("llm")),
        ("turn 3", Wanted("turn 3")),
        ("llm if tokens > 100", Wanted("llm", "tokens > 100")),
        ("llm after 2 if a on 1", Wanted("llm", "a", after=2, lane=1)),
        ("llm if a == 1 every 3 at end", Wanted("llm at end", "a == 1", every=3)),
        ("llm at end if a", Wanted("llm at end", "a")),
        ("tool on lane 2", Wanted("tool", lane=2)),
        ('llm if text == "if it rains after 3"', Wanted("llm", 'text == "if it rains after 3"')),
        ("llm if a if b else c", Wanted("llm", "a if b else c")),
        ('tool:"x if y" if a', Wanted('tool:"x if y"', "a")),
    ],
)
def test_what_stands_after_break(text: str, wanted: Wanted) -> None:
    """A place, a condition, and options before or behind it."""
    assert read_wanted(text) == wanted


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("break tool", "Breakpoint 1 at tool: 2 events match, the next is #2."),
        ("break chain", "Breakpoint 1 at chain: 1 event matches, the next is #1."),
        ("b tool if city == 'Rome'", "Breakpoint 1 at tool if city == 'Rome': 2 events match, it stops at 1 of them."),
        ("b tool every 2", "Breakpoint 1 at tool every 2: 2 events match, it stops at 1 of them."),
        ("b tool after 5", "Breakpoint 1 at tool after 5: 2 events match, it stops at none."),
        ("b tool on 1", "Breakpoint 1 at tool on 1: 2 events match, it stops at 1 of them."),
        ("tbreak error", "Temporary breakpoint 1 at error: 1 event matches, the next is #6."),
        ("b 7", "Breakpoint 1 at 7: 1 event matches, the next is #7."),
        ("watch errors", "Watch 1 on errors: now 0."),
        ("watch city", "Watch 1 on city: it has no value here: there is no 'city' here."),
        ("catch error", "Catch 1 of error: 1 event matches, the next is #6."),
        ("catch tool_failed", "Catch 1 of tool_failed: 1 event matches, the next is #7."),
        ("catch validation", "Catch 1 of validation_failed: 0 events match."),
        ("catch get_weather", "Catch 1 of failed:get_weather: 1 event matches, the next is #7."),
        ("catch HTTPError", 'Catch 1 of error if error contains "HTTPError": 1 event matches, it stops at 1 of them.'),
        ('log tool "at {city}"', "Log point 1 at tool: 2 events match, the next is #2."),
        ('log tool at end "x" if failed', "Log point 1 at tool at end if failed: 2 events match, it stops at none."),
    ],
)  # fmt: skip
def test_a_new_stop_says_how_often_it_matches(talk: Talk, text: str, sentence: str) -> None:
    """In the whole recording, whatever was read so far."""
    assert talk.say(text)[0] == sentence


def test_the_rest_of_a_long_trace_is_counted_too(tmp_path: Path) -> None:
    """Reading on is what the question costs."""
    path = write_trace(tmp_path / "run.jsonl", [*weather(), *[weather()[5]] * 30_000])
    with DebugSession.open(path) as session:
        talk = Talk(session)

        assert talk.one("break tool") == "Breakpoint 1 at tool: 30,001 events match, the next is #5."
        sentence = "Breakpoint 2 at tool if city == 'Rome': 30,001 events match; the rest is asked at each."
        assert talk.one("break tool if city == 'Rome'") == sentence


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("break tool:get_whether", "'tool:get_whether' is not a place: it matches nothing in this trace. Tools here: "
         "get_weather. Did you mean tool:get_weather?"),
        ("break tool if", "The condition after 'if' is missing. break llm if tokens > 100"),
        ("break tool if tokens >", "'tokens >' cannot be evaluated: it ends where a value is missing."),
        ("break tool on 7", "There is no lane 7: lanes: 0 to 1."),
        ("break tool every 0", "A breakpoint counts forwards: 'every' is at least 1 and 'after' at least 0."),
        ("tbreak", "Stop once where? tbreak tool:get_weather"),
        ("watch", "Watch what? watch turn, watch tokens > 1000, watch get_weather.result"),
        ("watch turn every 2", "A watch counts nothing. 'ignore N COUNT' passes over its first changes."),
        ("watch turn on 9", "There is no lane 9: lanes: 0 to 1."),
        ("catch", "Catch what? One of error, tool_failed, validation, llm_failed, agent_failed, prompt_failed, failed, "
         "a component's name, or a type of errors."),
        ("catch divergence", "A recording diverges from nothing. 'catch divergence' works in a rerun."),
        ("catch Fire", "Nothing called 'Fire' fails in this trace: errors here: HTTPError. Kinds: error, tool_failed, "
         "validation, llm_failed, agent_failed, prompt_failed, failed."),
        ("log tool", 'A log point says a text in quotes. log llm at end "{tokens_used} tokens, {text}"'),
        ("commands", "There is no breakpoint to give commands to. break tool, then commands."),
        ("condition", "Which breakpoint? condition 1 tokens > 100; 'info breakpoints' lists them."),
        ("ignore 3 1", "There is no breakpoint 3: breakpoints: none."),
        ("delete 3", "There is no breakpoint 3: breakpoints: none."),
        ("disable", "Which breakpoints? There are none. Write their numbers, or all."),
    ],
)  # fmt: skip
def test_a_mistake_sets_nothing(talk: Talk, text: str, sentence: str) -> None:
    """It names what exists, or what to type."""
    assert talk.mistake(text) == sentence
    assert len(talk.session.breakpoints) == 0


def test_stops_are_where_they_should_be(talk: Talk) -> None:
    """Of every sort, in both directions, with hits that do not depend on the way."""
    talk.say("break tool if city == 'Rome'", "catch get_weather", "watch errors", "tbreak memory")
    stops = [talk.dialogue.run("c").stop for _ in range(5)]
    assert stops == [Stop(3, "breakpoint", 1), Stop(4, "breakpoint", 4), Stop(6, "watch", 3), Stop(7, "catch", 2),
                     Stop(9, "end")]  # fmt: skip
    assert [talk.dialogue.run("rc").stop for _ in range(4)] == [
        Stop(7, "catch", 2), Stop(6, "watch", 3), Stop(3, "breakpoint", 1), Stop(-1, "beginning"),
    ]  # fmt: skip


def test_info_breakpoints(talk: Talk) -> None:
    """Number, place, options, hits so far, and how many events match."""
    assert talk.say("info breakpoints") == ["There are no breakpoints: 'break PLACE' sets one."]
    talk.say("b tool if city == 'Rome' after 1 on 1", "commands\nprint city\nend", "disable 1", "watch errors")
    talk.say('log error "{error}"', "goto 6")

    first, second, third = talk.value("break")
    assert first == {
        "number": 1, "kind": "breakpoint", "place": "tool", "condition": "city == 'Rome'", "message": None, "after": 1,
        "every": None, "lane": 1, "hits": 1, "matching": 2, "enabled": False, "commands": ["print city"],
        "problem": None,
    }  # fmt: skip
    assert (second["kind"], second["matching"], second["hits"]) == ("watch", None, 1)
    assert (third["message"], third["hits"]) == ("{error}", 1)
    assert talk.screen("i b")[2:] == [
        " 1  breakpoint  tool  if city == 'Rome'  after 1 …     1       2  off  1 command",
        " 2  watch       errors                                 1",
        " 3  log         error  message {error}                 1       1",
    ]


def test_a_condition_that_cannot_be_evaluated_is_told_once(talk: Talk) -> None:
    """Where it is set, and not again at each stop."""
    said = talk.say("break tool if nobody > 1")
    assert said == [
        "Breakpoint 1 at tool if nobody > 1: 2 events match, it stops at none.",
        "Where it cannot be evaluated it does not stop: 'nobody > 1' cannot be evaluated: there is no 'nobody' here.",
    ]
    assert not any("nobody" in line for line in talk.say("continue"))


def test_log_points_speak_of_what_is_passed(talk: Talk) -> None:
    """In both directions of time only going forwards, and not when one jumps."""
    talk.say('log tool "asking {city}"', "goto 1")

    assert talk.say("continue")[:2] == ["#2 asking Oslo", "#3 asking Rome"]
    assert not any("asking" in line for line in talk.say("rcontinue"))
    assert not any("asking" in line for line in talk.say("goto 9"))


def test_many_messages_are_cut(talk: Talk) -> None:
    """As many as `set rows` says, and how to see more."""
    talk.say('log tool "asking {city}"', "set rows 1")

    assert talk.say("continue")[:2] == ["#2 asking Oslo", "… more than 1 messages; 'set rows' shows more of them."]


def test_what_there_is_may_be_changed(talk: Talk) -> None:
    """Condition, hits to pass over, on and off."""
    talk.say("break tool")
    assert talk.one("condition 1 city == 'Rome'").endswith("2 events match, it stops at 1 of them.")
    assert talk.one("condition 1") == "Breakpoint 1 stops always."
    assert talk.one("ignore 1 1") == "Breakpoint 1 passes over its first 1 hit."
    assert talk.dialogue.run("c").stop == Stop(3, "breakpoint", 1)
    assert talk.one("ignore 1 0") == "Breakpoint 1 passes over no hit."
    assert talk.one("disable") == "Breakpoint 1 off."
    assert talk.dialogue.run("c").stop == Stop(9, "end")
    assert talk.one("enable all") == "Breakpoint 1 on."
    assert talk.one("commands 1\nend") == "Breakpoint 1 has no commands."
    assert talk.mistake("commands 1\nprnt x\nend").startswith("There is no command 'prnt'.")


def test_delete(talk: Talk) -> None:
    """By numbers, all at once, and never all without being sure."""
    for place in ("tool", "error", "chain", "app"):
        talk.say(f"break {place}")
    assert talk.one("delete 1 1 2") == "Breakpoints 1, 2 deleted."
    assert talk.mistake("delete") == "Delete all 2 breakpoints? A script may do this only with --yes."
    assert len(talk.session.breakpoints) == 2
    assert talk.yes("delete") == ["Breakpoints 3, 4 deleted."]
    talk.say("break tool")
    assert talk.say("delete") == ["Breakpoint 5 deleted."]
    assert talk.say("clear all") == ["No breakpoint deleted."]
