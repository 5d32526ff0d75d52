"""The verbs that look, and leave time alone."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.commands.frames import declaration_around
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.stories import crashed, parallel, weather, write_trace
from tests.support.talks import Talk

RUNS = Path(__file__).parents[1] / "sessions" / "runs"


@pytest.fixture
def hike(tmp_path: Path) -> Iterator[Talk]:
    """A conversation over the example of the flaky weather station, its program beside it."""
    shutil.copytree(RUNS / "flaky_weather", tmp_path / "hike")
    with DebugSession.open(tmp_path / "hike" / "trace.jsonl") as session:
        yield Talk(session)


@pytest.fixture
def talk() -> Talk:
    """A conversation at a tool's end in a small run."""
    talk = Talk(weather())
    talk.say("goto 6")
    return talk


class TestFrames:
    def test_up_and_down(self, talk: Talk) -> None:
        """They select a call; what is evaluated is seen from there; a motion forgets it."""
        assert talk.one("print city") == '"Oslo"'
        assert talk.say("up 2")[0].startswith("frame=2 #1 agent_execution_start agent Helper")
        assert talk.one("print input") == '"Weather in Oslo?"'
        assert talk.mistake("print city").startswith("'city' cannot be evaluated: there is no 'city' here.")
        assert talk.say("down")[0].startswith("frame=1 #2 ")
        assert talk.say("frame 0")[0].startswith("frame=0 #5 ")
        assert talk.say("frame")[0].startswith("frame=0 #5 ")
        talk.say("up", "step", "frame")
        assert talk.dialogue.frame == 0

    def test_the_edges(self, talk: Talk) -> None:
        """As far as there are calls, then a mistake."""
        talk.say("up 99")
        assert talk.dialogue.frame == 3
        assert talk.mistake("up") == "This is the outermost call. 'where' lists them all."
        talk.say("down 99")
        assert talk.mistake("down") == ("This is the innermost call. 'step' goes into calls that are made from it.")
        assert talk.mistake("frame 7") == "There is no frame 7: frames are 0 to 3. 'where' shows them."
        talk.say("rcontinue")
        assert talk.mistake("up") == talk.mistake("args") == "No call is open here. 'step' goes on."

    def test_where(self, talk: Talk) -> None:
        """All open calls, the innermost first; as JSON the events."""
        assert [line.split()[1] for line in talk.say("where")] == ["#5", "#2", "#1", "#0"]
        assert [each["moment"] for each in talk.value("bt")] == [5, 2, 1, 0]
        assert talk.value("frame 1")["inputs"] == {"turn": 1}

    def test_lanes(self) -> None:
        """Those that work here; others say where they begin."""
        talk = Talk(parallel())
        assert talk.mistake("lane 1") == "Nothing runs at the beginning. 'step' goes on."
        assert talk.say("lane") == ["Nothing runs at the beginning."]
        talk.say("goto 2")
        assert talk.mistake("lane 1") == "Lane 1 begins at #3. 'goto 3' goes there."
        assert talk.mistake("lane 5") == "There is no lane 5: lanes: 0 to 1."
        talk.say("goto 4")
        assert talk.say("lane") == [
            "lane number=0 name=main opened=0 last=2",
            "lane number=1 name=get_weather opened=3 last=4",
        ]
        assert talk.value("lane 0") == {"lane": 0, "moment": 2, "ended": False}
        assert talk.screen("info lanes", 60)[2].startswith("❱     0  main")
        talk.say("set rows 1")
        assert talk.say("lane")[-1] == "… 1 lane more; 'set rows' shows more of them."


class TestSource:
    def test_around_the_current_line(self, hike: Talk) -> None:
        """Eleven lines, then those after them; a dot goes back."""
        hike.say("goto tool:get_forecast")
        lines = hike.say("list")
        assert lines[0] == "app.ai:51-61"
        assert lines[6] == ">  56  tool get_forecast {"
        assert hike.say("list")[0] == "app.ai:62-72"
        assert hike.say("l .")[0] == "app.ai:51-61"
        hike.say("step")
        assert hike.say("list")[0] == "app.ai:51-61"

    def test_lines_ranges_and_places(self, hike: Talk) -> None:
        """Whatever names a line; the ones with breakpoints are marked."""
        hike.say("goto tool:get_forecast", "break app.ai:31")
        assert hike.say("list 3")[0] == "app.ai:1-11"
        assert hike.say("list 30, 32")[1:] == hike.say("list 30,32")[1:]
        assert hike.say("list 30,32")[2].startswith("b  31  llm")
        assert hike.say("list app.ai:103")[6].startswith("  103  chain PlanWeekend")
        assert hike.say("list agent:Planner")[6].startswith("   84  agent Planner")
        assert hike.say("list 130,140")[0] == "app.ai:130-137"
        assert list(hike.value("list 2,3")["lines"]) == ["2", "3"]

    def test_the_whole_declaration(self, hike: Talk) -> None:
        """From its head to its closing bracket."""
        hike.say("goto tool:get_forecast")
        lines = hike.say("ll")
        assert (lines[0], lines[-1]) == ("app.ai:56-64", "   64  }")
        assert hike.say("longlist prompt:PackingList")[0] == "app.ai:91-101"

    def test_without_a_current_line(self, hike: Talk) -> None:
        """The beginning of the run's file."""
        hike.say("goto 0")
        assert hike.say("list")[0] == "app.ai:1-11"

    def test_mistakes(self, hike: Talk, talk: Talk) -> None:
        """Each says what to type."""
        hike.say("goto tool:get_forecast")
        assert hike.mistake("list 200") == "app.ai ends at line 137. 'list .' shows the current line."
        assert hike.mistake("list 9,3") == "'9,3' is no range of lines. list 30,50"
        assert hike.mistake("list nobody").startswith("'nobody' is neither a line nor a place: it matches nothing")
        assert hike.mistake("list app") == "#0 app_load_start Weekend planner says no line of source."
        assert talk.mistake("list app.py:3").startswith("The source 'app.py' is not here: looked in ")
        assert Talk(parallel()[:1]).mistake("list") == "This trace names no lines of source."

    @pytest.mark.parametrize(
        ("line", "around"),
        [(1, (1, 3)), (2, (1, 3)), (3, (1, 3)), (4, (1, 3)), (6, (5, 7)), (9, (9, 10)), (99, (9, 10))],
    )
    def test_where_a_declaration_begins_and_ends(self, line: int, around: tuple[int, int]) -> None:
        """With brackets or by indentation alone; a blank line belongs to what comes before it, if anything does."""
        source = ["agent A {", "  x", "}", "", "agent B {", "  y", "}", "# about c", "flow c:", "  z"]

        assert declaration_around(source, line) == around


class TestValues:
    def test_print(self, talk: Talk) -> None:
        """A value on one line; a name that is none is guessed."""
        assert talk.one("print result") == '"4 degrees"'
        assert talk.one("p tokens > 10 and city == 'Oslo'") == "true"
        assert talk.mistake("print citty") == (
            "'citty' cannot be evaluated: there is no 'citty' here. Did you mean 'city'? 'state' lists what has a "
            "value here."
        )
        assert talk.mistake("print").startswith("Print what? Names here: result, city, turn, input, get_weather")
        assert talk.value("print outputs") == {"result": "4 degrees"}

    def test_pp(self, talk: Talk) -> None:
        """The whole event, or a value."""
        assert talk.value("pp")["event_type"] == "tool_call_end"
        assert talk.screen("pp outputs") == ['{"result": "4 degrees"}']
        assert talk.screen("pp result") == ["4 degrees"]
        talk.say("rcontinue")
        assert talk.mistake("pp") == "Nothing has happened yet. 'step' goes on."

    def test_args(self, talk: Talk) -> None:
        """The inputs of the call; they cannot be edited in a recording."""
        assert talk.value("args") == {"city": "Oslo"}
        assert talk.mistake("args city=Rome").startswith("The inputs of a recorded call cannot be edited")
        talk.say("goto 0")
        assert talk.say("args") == ["It has no inputs."]

    def test_state(self, talk: Talk) -> None:
        """The newest first, with the events that wrote them."""
        lines = talk.say("state")
        assert lines[0] == 'value name=result moment=6 value="4 degrees"'
        assert 'value name=openai moment=4 value=""' in lines
        assert list(talk.value("state"))[:2] == ["result", "get_weather"]

    def test_messages(self, hike: Talk) -> None:
        """Of the call around, else of the last one of the same agent; with the answer when it is known."""
        hike.say("goto 0")
        assert hike.mistake("m") == "No model was asked by then. 'to llm' goes to the next call."
        hike.say("goto llm")
        assert hike.value("m")["answer"] is None
        assert len(hike.say("m")) == 3
        hike.say("goto llm at end")
        assert hike.value("m")["answer"]["finish_reason"] == "tool_calls"
        hike.say("goto 20")
        assert hike.value("m")["moment"] == 16
        hike.say("goto agent:Planner")
        assert hike.value("m")["moment"] == 23
        hike.say("goto 33")
        assert hike.value("m")["moment"] == 31

    def test_diff(self, talk: Talk) -> None:
        """Since the last stop, since a place, between two."""
        assert talk.value("diff 5 6")["changes"].keys() == {"result", "get_weather"}
        assert talk.value("diff turn 1 .. turn 2")["before"] == 2
        assert talk.value("diff 3")["after"] == 6
        talk.say("step")
        assert talk.value("diff")["before"] == 6
        assert talk.say("diff 7 7") == ["diff before=#7 after=#7 changes=0"]
        assert talk.screen("diff 7 7") == ["Nothing that is visible changed from #7 to #7."]
        talk.say("goto 7")
        assert talk.mistake("diff") == "There was no stop before this one. diff 3, diff 3 7, diff turn 1 .. turn 2."

    def test_why(self, talk: Talk) -> None:
        """The events that said a value, and how to go there."""
        talk.say("goto 12")
        assert [each["moment"] for each in talk.value("why response")] == [12, 11, 10]
        assert talk.screen("why response")[0].split()[:2] == ["g", "12"]
        assert talk.mistake("why").startswith("Why what? Values here: response, input")
        assert talk.mistake("why tokens").startswith("No single event wrote 'tokens': it is counted")
        assert talk.mistake("why 1 + 1").startswith("No single event wrote '1 + 1'")
        assert talk.mistake("why nobody").startswith("'nobody' cannot be evaluated")

    def test_displays(self, talk: Talk) -> None:
        """Shown at stops when they have changed."""
        assert talk.one("display tokens") == "Display 1: tokens is 20; shown at stops when it has changed."
        assert talk.one("display nobody") == "Display 2: nobody has no value here; shown at stops when it has changed."
        assert not any("display" in line for line in talk.say("step"))
        assert talk.say("goto 10")[-1] == "display tokens value=50"
        assert talk.value("display") == [
            {"number": 1, "expression": "tokens", "value": 50}, {"number": 2, "expression": "nobody", "value": None},
        ]  # fmt: skip
        assert talk.mistake("undisplay") == "Which display? There are 1 tokens, 2 nobody. Write its number, or all."
        assert talk.mistake("undisplay 7") == "There is no display 7: displays: 1, 2."
        assert talk.one("undisplay 1") == "Display 1 gone."
        assert talk.one("undisplay") == "Display 2 gone."
        assert talk.mistake("undisplay") == "There are no displays."
        assert talk.mistake("display 1 +").startswith("'1 +' cannot be evaluated")


class TestOverviews:
    def test_events_around_the_cursor(self, talk: Talk) -> None:
        """As many on either side, the cursor marked, and how to see more."""
        talk.say("set rows 5")
        lines = talk.say("events")
        assert [line.split()[0] for line in lines[:5]] == ["#4", "#5", ">", "#7", "#8"]
        assert lines[5] == "5 of 14 events; further: 'events from 9'; all: 'events all | pager'."
        assert [line.split()[0] for line in talk.say("e from 9")[:5]] == ["#9", "#10", "#11", "#12", "#13"]
        assert len(talk.say("e all")) == 14
        talk.say("goto 13")
        assert [line.split()[0] for line in talk.say("events")[:4]] == ["#9", "#10", "#11", "#12"]

    def test_events_of_a_place(self, talk: Talk) -> None:
        """Kinds, names, lines, ends."""
        assert [each["moment"] for each in talk.value("e llm")] == [3, 9]
        assert [each["moment"] for each in talk.value("e llm at end")] == [4, 10]
        assert [each["moment"] for each in talk.value("e tool:get_weather")] == [5]
        assert [each["moment"] for each in talk.value("e app.ai:4")] == [3, 9]
        assert [each["moment"] for each in talk.value("e llm from 5")] == [9]

    def test_events_where_an_expression_is_true(self, talk: Talk) -> None:
        """As each event sees it; where it has no value it is false."""
        assert [each["moment"] for each in talk.value("e tokens_used > 25")] == [10, 12]
        assert [each["moment"] for each in talk.value('e event_type == "llm_call_start" and turn == 2')] == [9]
        assert [each["moment"] for each in talk.value("e city == 'Oslo' all")] == [5, 6]
        assert talk.say("e tokens > 999") == ["No event is 'tokens > 999'."]
        assert talk.mistake("e nobody > 3") == "'nobody > 3' cannot be evaluated: there is no 'nobody' here."
        assert talk.mistake("e toool").startswith("'toool' is not a place: it matches nothing")
        talk.say("set rows 1")
        assert talk.say("e moment > 2")[-1] == (
            "Further: 'events moment > 2 from 7'; all: 'events moment > 2 all | pager'."
        )

    def test_the_tree(self, talk: Talk) -> None:
        """Calls within calls, the one around the cursor marked."""
        assert [(each["depth"], each["moment"]) for each in talk.value("tree")] == [
            (0, 0), (1, 1), (2, 2), (3, 3), (3, 5), (2, 8), (3, 9),
        ]  # fmt: skip
        assert [line for line in talk.screen("tree") if line.startswith("❱")] == [
            "❱    #5       tool get_weather  100 ms"
        ]
        assert [each["moment"] for each in talk.value("tree turn 2")] == [8, 9]
        assert talk.say("tree all") == talk.say("tree")

    def test_a_tree_of_lanes_failures_and_what_never_ended(self) -> None:
        """Work beside is where it was started; errors have a line."""
        assert [each["moment"] for each in Talk(parallel()).value("tree")] == [0, 1, 2, 3, 6]
        assert "never ended" in Talk(crashed()).screen("tree")[0]
        assert Talk([]).mistake("tree") == "This trace has no events."

    def test_a_tree_too_big_is_folded(self) -> None:
        """What is around the cursor is open, what repeats is counted."""
        story = [*weather()[:2]]
        for number in range(200):
            for event in weather()[5:7]:
                again = event.__class__(**{f: getattr(event, f) for f in event.__slots__ if f != "__weakref__"})
                again.event_id = f"{number}_{event.event_id}"
                again.parent_event_id = "evt_001" if event.opens else f"{number}_evt_005"
                story.append(again)
        talk = Talk([*story, *weather()[12:]])
        talk.say("goto 200")

        tree = talk.value("tree")
        assert len(tree) <= 40
        assert 200 in [each["moment"] for each in tree]
        folded = sum(each.get("folded", 0) for each in tree)
        assert folded + sum(1 for each in tree if each.get("name") == "get_weather") == 200
        assert talk.screen("tree")[-1].startswith(f"{folded} calls folded.")
        assert len(talk.value("tree all")) == 202

    def test_totals(self, talk: Talk) -> None:
        """By component, from its ends."""
        found = {(each["component"], each["name"]): each for each in talk.value("totals")}
        assert found["llm", "openai"] == {
            "component": "llm", "name": "openai", "calls": 2, "failed": 0, "time_ms": 1000.0, "slowest_ms": 900.0,
            "tokens": 50, "cost": 0.003,
        }  # fmt: skip
        assert talk.say("totals")[-1].startswith("The whole run: 1.30 s, 50 tokens of models, $0.0030.")
        failed = {each["component"]: each["failed"] for each in Talk(parallel()).value("totals")}
        assert failed == {"app": 0, "chain": 0, "tool": 1}
        assert Talk([]).say("totals")[0] == "No call has ended in this trace."

    def test_info(self, talk: Talk) -> None:
        """By the beginning of a word."""
        session = talk.value("info session")
        assert (session["events"], session["tokens"], session["errors"]) == (14, 50, 0)
        assert talk.say("i ma") == ["There are no marks: 'mark NAME' gives this moment a name."]
        assert talk.mistake("info s") == "'s' could be several: session, settings."
        assert talk.mistake("info x").startswith("'x' is nothing that 'info' knows: session, lanes, marks")
        assert talk.mistake("info").startswith("Info about what? One of session, lanes")
        assert talk.mistake("info tape").startswith("There is no tape here")
        assert talk.say("info aliases")[0].startswith("There are no aliases")

    def test_a_run_that_did_not_end_well(self, tmp_path: Path) -> None:
        """The session says what its file says of its end."""
        path = write_trace(tmp_path / "run.jsonl", crashed())
        path.write_bytes(path.read_bytes() + b'no event\n{"torn')
        with DebugSession.open(path) as session:
            screen = "\n".join(Talk(session).screen("info session"))

        assert "calls never ended: the program crashed, or still runs" in screen
        assert "1 line of the file is no event" in screen
        assert "the last line was never finished (6 B)" in screen
