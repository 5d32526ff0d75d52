"""Lines go in, pictures come out."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from namel3ss_dbg.commands import Dialogue, NeedsYes, Quit
from namel3ss_dbg.commands.reply import JsonView
from namel3ss_dbg.events import ExpectationError, Stop, TraceFilter, UsageError
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.runs import live
from tests.support.stories import parallel, weather, write_trace
from tests.support.talks import Talk


def test_nothing_is_said_about_nothing() -> None:
    """Empty lines and comments do nothing."""
    talk = Talk(weather())

    assert talk.say("") == talk.say("   ") == talk.say("# step") == []
    assert talk.moment == -1


def test_the_first_stop() -> None:
    """It shows where one is, or the stop that a front end made."""
    talk = Talk(weather())
    assert talk.dialogue.first_stop().lines() == ["start/13 beginning"]

    stop = talk.session.cursor.step_any()
    assert talk.dialogue.first_stop(stop).stop == Stop(0, "step")
    assert talk.dialogue.first_stop().stop == Stop(0, "entry")


def test_the_first_stop_does_not_wait_for_the_index(tmp_path: Path) -> None:
    """Of a long trace only the beginning was read."""
    path = write_trace(tmp_path / "run.jsonl", [*weather()[:5], *[weather()[1]] * 30_000])
    with DebugSession.open(path) as session:
        Dialogue(session).first_stop()

        assert len(session.timeline) == 2_000


def test_enter_repeats_motions_only() -> None:
    """What was done last does not matter when it was no motion; counts are repeated too."""
    talk = Talk(weather())
    assert talk.dialogue.repeat().lines() == []
    talk.say("step 2", "mark x")

    talk.dialogue.repeat()
    assert talk.moment == 3
    talk.say("rev step")
    talk.dialogue.repeat()
    assert talk.moment == 1


def test_enter_repeats_without_what_stood_at_the_end() -> None:
    """A step into a file is not written again and again."""
    talk = Talk(weather())
    talk.say("step --json")

    assert talk.dialogue.last_motion == "step"
    assert not talk.dialogue.repeat().json


def test_a_stop_as_json() -> None:
    """Moment, reason, event, changes and displays."""
    talk = Talk(weather())
    talk.say("goto 5", "display city")

    value = talk.value("step")
    assert (value["moment"], value["reason"], value["breakpoint"]) == (6, "step", None)
    assert value["event"]["outputs"] == {"result": "4 degrees"}
    assert value["changes"] == {"get_weather": {"before": None, "after": "4 degrees"}}
    assert talk.value("rcontinue")["event"] is None


def test_words_as_json() -> None:
    """What has no better form is given as its lines."""
    talk = Talk(weather())

    reply = talk.dialogue.run("mark here --json")
    assert reply.json
    assert reply.views == (JsonView(["Mark 'here is at the beginning. \"goto 'here\" comes back."]),)
    assert reply.lines() == ['["Mark \'here is at the beginning. \\"goto \'here\\" comes back."]']


def test_where_the_output_goes(tmp_path: Path) -> None:
    """The front end is told of the pager and of the file; files are written over only after a yes."""
    talk = Talk(weather())
    reply = talk.dialogue.run(f"tree | pager > {tmp_path}/tree.txt")
    assert (reply.pager, reply.file) == ("less -FRX", tmp_path / "tree.txt")

    (tmp_path / "tree.txt").write_text("precious")
    with pytest.raises(NeedsYes) as asked:
        talk.dialogue.run(f"step > {tmp_path}/tree.txt")
    assert talk.moment == -1
    assert asked.value.question == f"Write over '{tmp_path}/tree.txt'?"
    assert asked.value.proceed().file == tmp_path / "tree.txt"
    assert talk.moment == 0


def test_the_recording_is_never_written_over(tmp_path: Path) -> None:
    """Not even after a yes."""
    path = write_trace(tmp_path / "run.jsonl", weather())
    with DebugSession.open(path) as session:
        talk = Talk(session)

        assert "is the trace itself: the recording is never changed." in talk.mistake(f"events > {path}")
        assert "is the trace itself" in talk.mistake(f"export jsonl {path}")


def test_quit() -> None:
    """It is an exception of its own, that no mistake can be taken for."""
    with pytest.raises(Quit):
        Talk(weather()).say("q")
    assert Talk(weather()).mistake("quit now") == "'quit' takes nothing after it: there is 'now'."


class TestBlocks:
    def test_json_goes_on_while_a_bracket_is_open(self) -> None:
        """Only for the verbs that take JSON."""
        wants_more = Talk(weather()).dialogue.wants_more

        assert wants_more('mock get_weather {"a":')
        assert not wants_more('mock get_weather {"a": 1}')
        assert not wants_more("find {")
        assert not wants_more("")
        assert not wants_more("nonsense {")

    def test_commands_go_on_until_their_end(self) -> None:
        """Whatever stands between."""
        wants_more = Talk(weather()).dialogue.wants_more

        assert wants_more("commands")
        assert wants_more("commands 1\n  print turn")
        assert not wants_more("commands 1\n  print turn\n end")

    def test_json_on_several_lines(self) -> None:
        """It is one value."""
        talk = Talk(weather())
        talk.say('mock get_weather {\n  "result": "9 degrees"\n}', "goto 6")

        assert talk.one("print result") == '"9 degrees"'


class TestAliases:
    def test_words_after_an_alias_are_put_at_its_end(self) -> None:
        """So a verb of one's own takes arguments."""
        talk = Talk(weather())
        talk.say("alias go step", "go 3")

        assert talk.moment == 2

    def test_words_are_put_where_the_alias_wants_them(self) -> None:
        """By number or all of them; too few are a mistake."""
        talk = Talk(weather())
        talk.say("alias both echo %2 then %1", "alias all echo <%*>")

        assert talk.one("both a b") == "b then a"
        assert talk.one("all a b") == "<a b>"
        assert talk.mistake("both a") == "The alias needs 2 words after it: it says 'echo %2 then %1'."

    def test_aliases_of_aliases(self) -> None:
        """One may lead to another, but not in a circle."""
        talk = Talk(weather())
        talk.say("alias one step", "alias two one 2", "two")
        assert talk.moment == 1

        talk.dialogue.aliases["one"] = "two"
        assert talk.mistake("two").startswith("The alias '")

    def test_what_cannot_be_an_alias(self) -> None:
        """A verb stays what it is, and a verb that is none is found at once."""
        talk = Talk(weather())

        assert talk.mistake("alias step next") == "'step' is a verb already. Take another name."
        assert talk.mistake("alias 1 next").startswith("'1' cannot be an alias: a name is made of letters.")
        assert talk.mistake("alias x nxt").startswith("There is no command 'nxt'.")
        assert talk.mistake("alias x") == "There is no alias 'x'. alias x COMMAND makes it."
        assert talk.mistake("unalias x") == "There is no alias 'x': aliases: none."


class TestCommandsOfBreakpoints:
    def test_they_follow_the_stop(self) -> None:
        """Their output comes below that of the stop."""
        talk = Talk(weather())
        talk.say("break tool", "commands 1\nprint city\nend")

        *stop, city = talk.say("continue")
        assert stop[0].startswith("#5 tool_call_start")
        assert city == '"Oslo"'

    def test_silent_leaves_the_stop_out(self) -> None:
        """Only what the commands say is left."""
        talk = Talk(weather())
        talk.say("break llm", "commands\nsilent\necho asked at {moment}\nend")

        assert talk.say("continue") == ["asked at 3"]

    def test_a_motion_ends_them_and_goes_on(self) -> None:
        """`continue` visits all stops in one go; what stands behind it is not done."""
        talk = Talk(weather())
        talk.say("break llm", "commands\nsilent\necho at {moment}\ncontinue\necho never\nend")

        lines = talk.say("continue")
        assert lines[:2] == ["at 3", "at 9"]
        assert lines[2].startswith("#13 app_load_end")
        assert talk.moment == 13

    def test_a_mistake_in_them_does_not_hide_the_stop(self) -> None:
        """It is told below, and the others are done."""
        talk = Talk(weather())
        talk.say("break tool", "commands\nprint nobody\necho done\nend")

        lines = talk.say("continue")
        assert lines[0].startswith("#5 ")
        assert lines[-2].startswith("print nobody: 'nobody' cannot be evaluated")
        assert lines[-1] == "done"

    def test_an_expectation_fails_all_the_same(self) -> None:
        """A script that checks at breakpoints ends with its code."""
        talk = Talk(weather())
        talk.say("break tool", 'commands\nexpect city == "Rome"\nend')

        with pytest.raises(ExpectationError):
            talk.say("continue")

    def test_those_of_a_temporary_breakpoint(self) -> None:
        """It goes away as it stops, and its commands are done all the same."""
        talk = Talk(weather())
        talk.say("tbreak tool", "commands\nprint city\nend")

        assert talk.say("continue")[-1] == '"Oslo"'
        assert len(talk.session.breakpoints) == 0

    def test_what_they_may_do(self, tmp_path: Path) -> None:
        """Write files and leave; what needs a yes is a mistake."""
        talk = Talk(weather())
        talk.say("break tool", "break llm")
        talk.say(f"commands 1\nstate > {tmp_path}/state.txt\ndelete\nquit\nend")
        talk.say("disable 2")
        with pytest.raises(Quit) as leaving:
            talk.say("continue")

        lines = leaving.value.reply.lines()
        assert lines[-2:] == [
            f"4 lines written to {tmp_path}/state.txt",
            "delete: Delete all 2 breakpoints? A script may do this only with --yes.",
        ]
        assert len((tmp_path / "state.txt").read_text().splitlines()) == 4

    def test_two_that_lead_to_each_other_come_to_an_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """After a while it is enough."""
        monkeypatch.setattr("namel3ss_dbg.commands.dialogue._MOST_ROUNDS", 5)
        talk = Talk(weather())
        talk.say("break 3", "commands\nsilent\ncontinue\nend", "break 9", "commands\nsilent\nrcontinue\nend")

        talk.say("continue")
        assert talk.moment in (3, 9)


class TestInterruption:
    def test_a_search_returns_to_where_it_began(self, tmp_path: Path) -> None:
        """The cursor is where it was, and a sentence says so."""
        path = write_trace(tmp_path / "run.jsonl", [*weather(), *[weather()[6]] * 5_000])
        with DebugSession.open(path) as session:
            talk = Talk(session)
            talk.say("goto 5")
            session.cursor.progress = lambda moment: talk.dialogue.interrupt()

            assert talk.say("find nothing that is there") == ["Interrupted; still at #5 tool_call_start get_weather."]
            assert talk.say("events duration_ms > 1e9")[0].startswith("Interrupted; still at #5")
            assert talk.moment == 5
            session.cursor.progress = None
            assert talk.mistake("find nothing that is there") == "'nothing that is there' is in no event after #5."

    def test_reading_the_rest_can_be_interrupted(self, tmp_path: Path) -> None:
        """What was read is kept."""
        path = write_trace(tmp_path / "run.jsonl", [*weather(), *[weather()[6]] * 50_000])
        with DebugSession.open(path) as session:
            talk = Talk(session)
            told: list[int] = []

            def progress(moment: int) -> None:
                told.append(moment)
                if len(told) == 2:
                    threading.Thread(target=talk.dialogue.interrupt).start()
                    while not session.cursor._interrupted:
                        pass

            session.cursor.progress = progress
            assert talk.say("goto $") == ["Interrupted; still at the beginning."]
            assert 2_000 < len(session.timeline) < 50_000
            session.cursor.progress = None
            talk.say("goto $")
            assert talk.moment == 50_013

    def test_a_file_of_commands_ends_where_it_is_interrupted(self, tmp_path: Path) -> None:
        """In a motion and in a look; what follows is not done."""
        path = write_trace(tmp_path / "run.jsonl", [*weather(), *[weather()[6]] * 5_000])
        for text in ("continue", "events duration_ms > 1e9"):
            (tmp_path / "a.n3").write_text(f"break tool_call_end if moment < 0\necho before\n{text}\necho never\n")
            with DebugSession.open(path) as session:
                talk = Talk(session)
                talk.say("goto $", "goto 5")
                session.cursor.progress = lambda moment, talk=talk: talk.dialogue.interrupt()  # type: ignore[misc]

                said = talk.say(f"source {tmp_path}/a.n3")
                assert "before" in said or said[0].startswith("Interrupted")
                assert "never" not in said
                assert talk.moment == 5

    def test_reading_in_idle_time_asks_nobody(self, tmp_path: Path) -> None:
        """Between commands nothing is told of progress."""
        path = write_trace(tmp_path / "run.jsonl", [*weather(), *[weather()[6]] * 5_000])
        with DebugSession.open(path) as session:
            talk = Talk(session)
            talk.say("step")

            assert session.timeline.check is None
            talk.mistake("step x")
            assert session.timeline.check is None

    def test_a_motion_that_is_interrupted_says_so(self, tmp_path: Path) -> None:
        """The stop has its reason, and is where it was."""
        path = write_trace(tmp_path / "run.jsonl", [*weather(), *[weather()[6]] * 5_000])
        with DebugSession.open(path) as session:
            talk = Talk(session)
            talk.say("goto 5", "break tool_call_end if moment < 0")
            session.cursor.progress = lambda moment: talk.dialogue.interrupt()

            assert talk.dialogue.run("continue").stop == Stop(5, "interrupted")


def test_a_filter_hides_events_from_motions_and_lists(tmp_path: Path) -> None:
    """`--filter tool` leaves the tools, and the frame of the run."""
    path = write_trace(tmp_path / "run.jsonl", weather())
    with DebugSession.open(path, visible=TraceFilter(components="tool")) as session:
        talk = Talk(session)

        assert [line.split()[0] for line in talk.say("events")] == ["#0", "#5", "#6", "#13"]
        talk.say("find Oslo")
        assert talk.moment == 5


def test_a_live_run_is_asked_not_searched() -> None:
    """What has not happened yet may still come: places are not refused, and motions run the program."""
    session = live(weather())
    talk = Talk(session)
    assert talk.say("break tool:get_weather") == ["Breakpoint 1 at tool:get_weather."]
    assert talk.dialogue.run("continue").stop == Stop(5, "breakpoint", 1)
    assert talk.dialogue.run("to llm").stop == Stop(9, "place")
    assert talk.dialogue.run("until agent at end").stop == Stop(12, "place")
    talk.say("watch turn")
    session.close()


def test_lanes_are_looked_at_without_going_there() -> None:
    """`lane N` shows the lane at this moment; the next motion goes on from the stop."""
    talk = Talk(parallel())
    talk.say("goto 6")

    assert talk.say("lane 0")[0].startswith("#5 tool_call_end")
    assert talk.one("print city") == '"Oslo"'
    assert talk.say("where")[0].startswith("frame=0 #2 tool_call_start")
    talk.say("step")
    assert (talk.moment, talk.dialogue.lane) == (7, None)
    assert talk.say("goto 8", "lane 1")[0] == "Lane 1, get_weather, ended at #7."


def test_a_usage_error_names_its_cause() -> None:
    """Mistakes are of one kind, so that front ends need to know no other."""
    with pytest.raises(UsageError):
        Talk(weather()).say("step x")
