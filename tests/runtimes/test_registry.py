from __future__ import annotations

import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from namel3ss_dbg.events import ProgramError, SourceError
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.runtimes import load, registry
from namel3ss_dbg.runtimes.brace.source import shown_path
from namel3ss_dbg.trace.settings import DebugConfiguration

UNTRACED = ExecutionTracer(DebugConfiguration(enabled=False))


def test_a_brace_program_is_loaded_and_run(tmp_path: Path) -> None:
    """The program knows its name and finds the Python beside it."""
    path = tmp_path / "shop.ai"
    path.write_text("tool ask {}\nchain C { step s { kind: tool, target: ask, inputs: { text: input } } }")
    (tmp_path / "tools.py").write_text("def ask(text): return text + '!'")
    runtime = load(path)

    assert runtime.app_name == "shop"
    assert asyncio.run(runtime.run(UNTRACED, arguments={"input": "hi"})) == "hi!"
    assert asyncio.run(runtime.run(UNTRACED, entry="C", arguments={"input": "ho"})) == "ho!"


def test_a_mark_at_the_beginning_is_no_harm(tmp_path: Path) -> None:
    """Files of editors that write a byte order mark are read."""
    (tmp_path / "a.ai").write_bytes(b"\xef\xbb\xbfagent A {}")

    assert load(tmp_path / "a.ai").app_name == "a"


@pytest.mark.parametrize("text", ['spec is "1.0"\n', '# x\n\nspec is "1.0"\nflow "a":\n', 'flow "demo":\n  return 1\n'])
def test_the_indented_language_is_sent_to_its_own_command(tmp_path: Path, text: str) -> None:
    """The sentence says what runs it, and that this version does not trace it."""
    path = tmp_path / "app.ai"
    path.write_text(text)

    with pytest.raises(ProgramError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path} is written in the indented namel3ss language: "
        "this version traces programs of the brace language only. "
        f"Run it with namel3ss itself: n3 run {path}"
    )


def test_a_program_that_is_wrong_is_told_at_its_place(tmp_path: Path) -> None:
    """A wrong template is found when the program is loaded, before anything runs."""
    path = tmp_path / "app.ai"
    path.write_text('agent A {\n    prompt: "You {{ are"\n}')

    with pytest.raises(SourceError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{shown_path(path)}:2:18: This {{{{ has no closing }}}}. "
        'Write {{ "{{" }} for the characters themselves.\n'
        '  2 |     prompt: "You {{ are"\n'
        "                       ^"
    )


def test_a_program_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """A missing file, a folder, and what is no text are errors of the program."""
    (tmp_path / "bytes.ai").write_bytes(b"agent \xff")

    for path in (tmp_path / "no.ai", tmp_path, tmp_path / "bytes.ai"):
        with pytest.raises(ProgramError):
            load(path)


class OtherLanguage:
    """A language as another package may bring it."""

    @property
    def app_name(self) -> str:
        return "other"

    def recognises(self, text: str) -> bool:
        return text.startswith("spec is")

    def load(self, path: Path) -> OtherLanguage:
        return self


other = OtherLanguage()


def install(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    point = EntryPoint("other", value, registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda group: [point] if group == registry.GROUP else [])


def test_another_package_may_bring_a_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its languages are asked first; what they do not know is ours."""
    install(monkeypatch, f"{__name__}:other")
    (tmp_path / "other.ai").write_text('spec is "1.0"')
    (tmp_path / "ours.ai").write_text("agent A {}")

    assert load(tmp_path / "other.ai").app_name == "other"
    assert load(tmp_path / "ours.ai").app_name == "ours"


def test_a_language_that_cannot_be_loaded_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The package that brings it is named."""
    install(monkeypatch, "nowhere_at_all:language")
    (tmp_path / "a.ai").touch()

    with pytest.raises(ProgramError, match=r"The runtime 'other' cannot be loaded: nowhere_at_all:language: "):
        load(tmp_path / "a.ai")
