"""The verbs for the conversation itself, and for files."""

from __future__ import annotations

import contextlib
import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from namel3ss_dbg.commands import NeedsEditor, NeedsFrontEnd, NeedsYes, Quit, Settings
from namel3ss_dbg.events import DebugError, ExpectationError, SettingsError, UsageError
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.stories import crashed, weather, write_trace
from tests.support.talks import Talk


@pytest.fixture
def talk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """A conversation in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    with DebugSession.open(write_trace(tmp_path / "run.jsonl", weather())) as session:
        yield Talk(session)


class TestSettings:
    def test_they_are_attributes(self) -> None:
        """With a default, a value, and who has set it; whoever wants to know is told."""
        settings, told = Settings(), []
        settings.changed = lambda name, value: told.append((name, value))
        assert (settings.lines, settings.origin("lines")) == (3, "default")
        settings.set("lin", "7", origin="n3dbgrc")

        assert (settings.lines, settings.origin("lines")) == (7, "n3dbgrc")
        assert told == [("lines", 7)]
        with pytest.raises(AttributeError):
            _ = settings.nothing

    @pytest.mark.parametrize(
        ("name", "text", "sentence"),
        [
            ("lines", "many", "'lines' cannot be 'many': it is a number from 0 to 50."),
            ("lines", "51", "'lines' cannot be '51': it is a number from 0 to 50."),
            ("ascii", "maybe", "'ascii' cannot be 'maybe': it is on or off."),
            ("theme", "pink", "'theme' cannot be 'pink': it is one of dark, light."),
            ("thme", "dark", "There is no setting 'thme': settings: lines, rows, ascii, theme, editing, editor, pager. "
             "Did you mean 'theme'?"),
        ],
    )  # fmt: skip
    def test_what_they_cannot_be(self, name: str, text: str, sentence: str) -> None:
        """A sentence says what they can be."""
        with pytest.raises(SettingsError) as caught:
            Settings().set(name, text)
        assert str(caught.value) == sentence

    def test_set(self, talk: Talk) -> None:
        """By name; alone all of them, with their origin."""
        assert talk.one("set ascii on") == "ascii is on."
        assert talk.one("set ascii") == "ascii is on (typed): Only letters and signs of ASCII."
        assert talk.one('set editor "code -w"') == "editor is code -w."
        assert talk.one("set editor ''") == "editor is empty."
        assert [each["name"] for each in talk.value("set")] == [each.name for each in talk.dialogue.settings]

    def test_ascii_is_used_everywhere(self, talk: Talk) -> None:
        """No sign of another alphabet is left, whatever is shown."""
        talk.say("set ascii on", "goto 6")
        for text in ("step", "where", "tree", "events", "messages", "diff 3 6", "state", "up", "break tool", "info b"):
            assert "".join(talk.screen(text)).replace("─", "").isascii(), text

    def test_lines_of_source(self, tmp_path: Path) -> None:
        """As many as one wants at a stop, none with 0."""
        (tmp_path / "app.ai").write_text("".join(f"line {number}\n" for number in range(1, 12)))
        with DebugSession.open(write_trace(tmp_path / "run.jsonl", weather())) as session:
            talk = Talk(session)
            for lines, shown in (("3", 3), ("0", 0), ("1", 1), ("4", 4), ("7", 7)):
                talk.say(f"set lines {lines}")
                assert sum(" line " in text for text in talk.screen("goto 9")) == shown


class TestScripts:
    def test_source(self, talk: Talk, tmp_path: Path) -> None:
        """Its commands are done in order; the last stop is that of the reply."""
        (tmp_path / "a.n3").write_text("# comment\nstep 2\n\necho x\n")
        reply = talk.dialogue.run("source a.n3")

        assert reply.lines()[-1] == "x"
        assert reply.stop is not None
        assert reply.stop.moment == 1

    def test_a_mistake_is_told_with_its_line(self, talk: Talk, tmp_path: Path) -> None:
        """What came before it is done, what comes after is not."""
        (tmp_path / "a.n3").write_text("step\nprint nobody\nstep\n")

        assert talk.mistake("source a.n3").startswith("a.n3:2: 'nobody' cannot be evaluated")
        assert talk.moment == 0

    def test_files_that_read_one_another(self, talk: Talk, tmp_path: Path) -> None:
        """A circle is a mistake."""
        (tmp_path / "a.n3").write_text("source a.n3\n")

        assert "'a.n3' is not read: files read one another in a circle." in talk.mistake("source a.n3")

    def test_a_question_in_the_middle(self, talk: Talk, tmp_path: Path) -> None:
        """After a yes the rest of the file is done; files are written on the way."""
        (tmp_path / "old.n3").write_text("precious")
        (tmp_path / "a.n3").write_text("step\nsave old.n3\nevents tool > tools.txt\necho done\nstep x\n")
        with pytest.raises(NeedsYes) as asked:
            talk.say("source a.n3")
        assert asked.value.question == "Write over 'old.n3'?"
        with pytest.raises(UsageError, match=r"a\.n3:5: 'x' is not a count"):
            asked.value.proceed()
        assert (tmp_path / "tools.txt").read_text().startswith("  #5 tool_call_start")
        assert not talk.dialogue.reading

    def test_a_file_may_quit(self, talk: Talk, tmp_path: Path) -> None:
        """What it said before is not lost."""
        (tmp_path / "a.n3").write_text("echo bye\nquit\necho never\n")
        with pytest.raises(Quit) as leaving:
            talk.say("source a.n3")
        assert leaving.value.reply.lines() == ["bye"]

    def test_what_cannot_be_read(self, talk: Talk, tmp_path: Path) -> None:
        """The sentence says why."""
        (tmp_path / "b.n3").write_bytes(b"\xff\xfe\x00")
        assert talk.mistake("source") == "'source' needs the name of a file. source FILE"
        assert talk.mistake("source x.n3") == "'x.n3' cannot be read: No such file or directory."
        assert talk.mistake("source b.n3") == "'b.n3' cannot be read: it is not text in UTF-8."

    def test_settings_know_the_file_that_set_them(self, talk: Talk, tmp_path: Path) -> None:
        """`set` shows it."""
        (tmp_path / "n3dbgrc").write_text("set lines 9\n")
        talk.say("source n3dbgrc")

        assert talk.dialogue.settings.origin("lines") == "n3dbgrc"


class TestSaving:
    def test_what_is_saved_can_be_read(self, talk: Talk, tmp_path: Path) -> None:
        """Reading it in a fresh session and saving that gives the same file."""
        talk.say("set rows 9", "alias tt to tool", "goto 5", "mark crash", "break llm if tokens > 10 after 1 every 2")
        talk.say(
            "commands\nsilent\nprint turn\nend", "tbreak agent at end", "watch turn", "catch tool_failed", "disable 4"
        )
        talk.say(
            'log llm at end "said {text}" if turn == 1', "display tokens", 'mock "Helper" {"a": [1]}', "mock #6 null"
        )
        talk.say("save a.n3")
        first = (tmp_path / "a.n3").read_text()
        with DebugSession.open(tmp_path / "run.jsonl") as session:
            fresh = Talk(session)
            fresh.say("source a.n3", "save b.n3")

            assert (tmp_path / "b.n3").read_text().replace("b.n3", "a.n3") == first
            assert [each.enabled for each in session.breakpoints] == [True, True, True, False, True]
            assert session.breakpoints[1].commands == ("silent", "print turn")

    def test_nothing_is_written_over_without_a_yes(self, talk: Talk, tmp_path: Path) -> None:
        """Scripts refuse."""
        (tmp_path / "a.n3").write_text("precious")

        assert talk.mistake("save a.n3") == "Write over 'a.n3'? A script may do this only with --yes."
        assert (tmp_path / "a.n3").read_text() == "precious"
        assert talk.yes("save a.n3")[0].startswith("Wrote 0 lines to 'a.n3'")
        assert talk.mistake("save nowhere/a.n3") == "'nowhere/a.n3' cannot be written: No such file or directory."
        assert talk.mistake("save") == "'save' needs the name of a file. save FILE"

    def test_a_transcript(self, talk: Talk, tmp_path: Path) -> None:
        """What is typed and what comes of it, mistakes too, until it is switched off."""
        assert talk.one("transcript") == "Nothing is written down."
        talk.say("transcript t.txt", "step")
        talk.mistake("print nobody")
        assert talk.one("transcript") == "Everything is written to 't.txt'."
        assert talk.one("transcript off") == "No more is written to 't.txt'."
        assert talk.one("transcript off") == "Nothing was written down."
        talk.say("step", "transcript t.txt", "break 1", "break 2")
        talk.yes("delete")
        talk.say("transcript off")
        assert (tmp_path / "t.txt").read_text().splitlines()[-2:] == ["(n3) delete", "Breakpoints 1, 2 deleted."]

        lines = (tmp_path / "t.txt").read_text().splitlines()
        assert [line for line in lines if line.startswith("(n3)")][:4] == [
            "(n3) transcript t.txt", "(n3) step", "(n3) print nobody", "(n3) transcript",
        ]  # fmt: skip
        assert lines[3].startswith("#0 app_load_start")
        assert "'nobody' cannot be evaluated: there is no 'nobody' here. 'state' lists what has a value here." in lines
        assert talk.mistake("transcript no/where") == (
            "The transcript 'no/where' cannot be written: No such file or directory."
        )


class TestExport:
    def test_jsonl_is_a_trace(self, talk: Talk, tmp_path: Path) -> None:
        """It can be opened again, and has the same events."""
        assert talk.one("export jsonl out.jsonl") == "Wrote 14 events to 'out.jsonl'."
        with DebugSession.open(tmp_path / "out.jsonl") as session:
            assert [session.timeline[row] for row in range(14) if session.timeline.reach(row)] == weather()

    def test_json_is_a_trace_too(self, talk: Talk, tmp_path: Path) -> None:
        """As one document."""
        talk.say("export json out.json turn 2")
        document = json.loads((tmp_path / "out.json").read_text())

        assert [event["event_id"] for event in document["events"]] == ["evt_008", "evt_009", "evt_010", "evt_011"]
        with DebugSession.open(tmp_path / "out.json") as session:
            session.timeline.complete()
            assert len(session.timeline) == 4

    def test_csv_is_a_table(self, talk: Talk, tmp_path: Path) -> None:
        """A row for each event, payloads as JSON; mocked answers as they are shown."""
        talk.say("mock get_weather 9", "export csv out.csv tool")
        start, end = csv.DictReader((tmp_path / "out.csv").read_text().splitlines())

        assert (start["moment"], start["inputs"], start["outputs"]) == ("5", '{"city":"Oslo"}', "")
        assert (end["outputs"], end["parent"], end["duration_ms"]) == ('{"result":9}', "5", "100.0")
        assert (start["file"], start["line"]) == ("src/app.ai", "9")

    def test_mistakes(self, talk: Talk) -> None:
        """No file is left behind."""
        assert talk.mistake("export") == "Export as what? jsonl, json, csv: export csv FILE"
        assert talk.mistake("export xml x").startswith("'xml' is no format.")
        assert talk.mistake("export csv") == "'export csv' needs the name of a file. export csv FILE"
        assert talk.mistake("export csv x nobody").startswith("'nobody' is not a place")
        assert talk.mistake("export csv no/where") == "'no/where' cannot be written: No such file or directory."
        assert not Path("x").exists()

    def test_a_call_that_never_ended(self, tmp_path: Path) -> None:
        """Is exported to the end of the trace."""
        with DebugSession.open(write_trace(tmp_path / "run.jsonl", crashed())) as session:
            assert Talk(session).one(f"export jsonl {tmp_path}/out.jsonl chain").startswith("Wrote 5 events")


class TestEdit:
    def test_the_editor_is_asked_for(self, talk: Talk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """At the current line, or that of a place; a script is told where it is."""
        (tmp_path / "app.ai").write_text("x\n" * 20)
        monkeypatch.setenv("EDITOR", "vi")
        monkeypatch.delenv("VISUAL", raising=False)
        talk.say("goto 5")
        with pytest.raises(NeedsEditor) as needs:
            talk.say("edit")
        assert (needs.value.path, needs.value.line, needs.value.editor) == (tmp_path / "app.ai", 9, "vi")
        talk.say("set editor nano")
        with pytest.raises(NeedsEditor) as needs:
            talk.say("edit agent:Helper")
        assert (needs.value.line, needs.value.editor) == (3, "nano")
        assert talk.mistake("edit 0") == "#0 app_load_start demo says no line of source. edit tool:NAME"

    def test_a_source_that_is_gone(self, talk: Talk) -> None:
        """It should be beside the trace."""
        talk.say("goto 5")
        assert talk.mistake("edit") == "The source 'src/app.ai' is not here. Put it beside the trace."


def test_expect(talk: Talk) -> None:
    """True says nothing; false says what the values are."""
    talk.say("goto 6")
    assert talk.say("expect result == '4 degrees'") == []
    with pytest.raises(ExpectationError) as caught:
        talk.say("expect tokens > 100 or city == 'Rome'")
    assert str(caught.value) == (
        "Expected tokens > 100 or city == 'Rome' at #6 tool_call_end get_weather: city is \"Oslo\", tokens is 20."
    )
    assert talk.mistake("expect 1 > 2").endswith("it is false everywhere.")
    assert talk.mistake("expect") == 'Expect what? expect tokens < 1000, expect status == "completed"'


def test_echo(talk: Talk) -> None:
    """A text, with values in braces."""
    talk.say("goto 6")

    assert talk.one("echo plain text") == "plain text"
    assert talk.one("echo {city}: {result}, {nobody}") == "Oslo: 4 degrees, {nobody: there is no 'nobody' here}"


def test_help(talk: Talk) -> None:
    """All verbs, one of them, a subject, or those that hold a word."""
    everything = talk.say("help")
    assert everything[0] == "Motions change the moment; `r` in front means backwards:"
    assert "  step (s, rs) [N]: Into this call, else to the next event of this lane." in everything
    assert talk.say("h rstep")[0] == "rstep [N]"
    assert talk.say("? break")[0].startswith("break [PLACE")
    assert talk.say("help places")[0] == "places"
    assert talk.say("help JSON")[0] == "'JSON' is in the help of:"
    assert talk.mistake("help xyzzy") == "There is no command 'xyzzy'. 'help' lists them."
    assert talk.value("help")[0]["name"] == "step"
    assert talk.value("help why")["letters"] == ["y"]
    assert talk.value("help output")["subject"] == "output"
    assert [each["name"] for each in talk.value("help wrote")] == ["why"]


def test_every_verb_refuses_nonsense_with_a_sentence(talk: Talk) -> None:
    """Whatever is typed after it, no verb raises anything but a mistake that a person can read, and none is silent."""
    nonsense = ("", "§", "-1", "'", '"', "{", "a b c", "0", "99999999999999999999", "> ", "| pager", "--json", "if")
    for row in talk.dialogue.table:
        for rest in nonsense:
            with contextlib.suppress(DebugError, NeedsFrontEnd, Quit):
                assert talk.dialogue.run(f"{row.name} {rest}").views or row.name in ("echo", "expect", "rev"), row.name


def test_every_verb_works_on_an_empty_trace() -> None:
    """As far as it can; else it says so."""
    talk = Talk([])
    for row in talk.dialogue.table:
        with contextlib.suppress(DebugError, NeedsFrontEnd, Quit):
            assert talk.dialogue.run(row.name).views, row.name


def test_the_language_does_not_load_what_few_need() -> None:
    """A script starts quickly: libraries for terminals and the languages of programs are loaded by who needs them."""
    code = "import sys, namel3ss_dbg.commands; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()

    assert "namel3ss_dbg.commands.dialogue" in loaded
    assert not {"prompt_toolkit", "rich", "asyncio", "namel3ss_dbg.runtimes", "namel3ss_dbg.recording"} & set(loaded)
