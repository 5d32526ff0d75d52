"""What could be typed next."""

from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.commands.completion import fits
from tests.support.stories import parallel, weather
from tests.support.talks import Talk


@pytest.fixture
def talk() -> Talk:
    """A conversation at a tool's end in a small run."""
    talk = Talk(weather())
    talk.say("goto 6")
    return talk


def typed(talk: Talk, text: str) -> list[str]:
    """The lines that each completion would make."""
    return [text[: each.start] + each.text for each in talk.dialogue.complete(text)]


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("st", ["step", "stepi", "state"]),
        ("  wa", ["  watch"]),
        ("s", ["s", "step", "stepi", "state", "set", "source", "save"]),
        ("break tool:", ["break tool:get_weather"]),
        ("b tool:weather", ["b tool:get_weather"]),
        ("to tool get", ["to tool get_weather"]),
        ("to tool gw", ["to tool get_weather"]),
        ("goto 'c", ["goto 'crash"]),
        ("print ci", ["print city"]),
        ("print 1 + ci", ["print 1 + city"]),
        ("print inputs.", []),
        ("print outputs.re", ["print outputs.result"]),
        ("print event.comp", ["print event.component", "print event.component_name"]),
        ("break llm if tok", ["break llm if tokens", "break llm if tokens_used"]),
        ("break llm at", ["break llm at end"]),
        ("break llm ev", ["break llm every"]),
        ("condition ", ["condition 1"]),
        ("delete 1 ", ["delete 1 1"]),
        ("catch tool", ["catch tool_failed"]),
        ("info mar", ["info marks"]),
        ("set th", ["set theme"]),
        ("set theme ", ["set theme dark", "set theme light"]),
        ("set ascii o", ["set ascii on", "set ascii off"]),
        ("set nothing ", []),
        ("help brea", ["help break"]),
        ("rev ne", ["rev next"]),
        ("lane ", ["lane 0"]),
        ("undisplay ", ["undisplay 1"]),
        ("unalias t", ["unalias tt"]),
        ("tt get", ["tt get_weather"]),
        ("answer ", ['answer {"result": ""}']),
        ("answer {", []),
        ("mock get", ["mock get_weather"]),
        ("mock get_weather ", ['mock get_weather {"result": ""}']),
        ("mock nobody ", []),
        ("unmock ", ["unmock get_weather", "unmock all"]),
        ("export js", ["export jsonl", "export json"]),
        ("where ", []),
        ("nonsense ", []),
        ("", None),
    ],
)  # fmt: skip
def test_completions(talk: Talk, text: str, lines: list[str] | None) -> None:
    """Verbs by their beginnings; names by any of their letters, the best first."""
    talk.say("mark crash", "break llm", "display tokens", "alias tt to tool", 'mock get_weather {"result": "x"}')
    found = typed(talk, text)

    assert (found == lines) if lines is not None else len(found) > 60


def test_places_of_several_kinds(talk: Talk) -> None:
    """Behind the words that choose one of many, too."""
    assert typed(talk, "goto slowest to")[0] == "goto slowest tool"
    assert "goto src/app.ai:9" in typed(talk, "goto src")


def test_they_say_what_they_mean(talk: Talk) -> None:
    """With the number of events of this trace."""
    (found,) = talk.dialogue.complete("break tool:get")
    assert (found.meaning, found.count) == ("starts of tools of this name", 1)
    (found,) = talk.dialogue.complete("print city")
    assert found.meaning == "of #5 tool_call_start get_weather"
    assert next(each for each in talk.dialogue.complete("p tokens")).meaning == "counted up to here"
    (found,) = talk.dialogue.complete("set theme")
    assert found.meaning == "Colours for a dark or a light background; now dark"
    assert talk.dialogue.complete("br")[0].meaning == "Stop at a place; alone, list the breakpoints."
    assert {each.text: each.meaning for each in Talk(parallel()).dialogue.complete("catch ")}["HTTPError"] == (
        "a type of errors here"
    )


def test_files(talk: Talk, tmp_path: Path) -> None:
    """And folders; hidden ones only when they are asked for."""
    (tmp_path / "saved.n3").write_text("")
    (tmp_path / "sub").mkdir()
    (tmp_path / ".hidden").write_text("")

    assert typed(talk, f"source {tmp_path}/s") == [f"source {tmp_path}/saved.n3", f"source {tmp_path}/sub/"]
    assert typed(talk, f"source {tmp_path}/.h") == [f"source {tmp_path}/.hidden"]
    assert typed(talk, f"export csv {tmp_path}/sa") == [f"export csv {tmp_path}/saved.n3"]
    assert typed(talk, f"source {tmp_path}/nowhere/x") == []


@pytest.mark.parametrize(
    ("wanted", "name", "rank"), [("to", "tool", 0), ("OO", "tool", 1), ("tl", "tool", 2), ("lt", "tool", None)]
)
def test_how_well_a_name_fits(wanted: str, name: str, rank: int | None) -> None:
    """The beginning is best, then a part, then the letters in order."""
    assert fits(wanted, name) == rank


def test_every_verb_completes_without_a_mistake(talk: Talk) -> None:
    """At the beginning, in the middle of a run, and with anything typed."""
    for moment in (-1, 0, 5, 13):
        talk.say("rcontinue" if moment < 0 else f"goto {moment}")
        for row in talk.dialogue.table:
            for rest in ("", " ", " x", " 'x", ' "', " {", " a b", " if ", " #", " .", " a.b.", " if a."):
                talk.dialogue.complete(f"{row.name}{rest}")
