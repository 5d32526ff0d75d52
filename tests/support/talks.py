"""A person's conversation in a test: what is typed, and the plain lines that come of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from namel3ss_dbg.commands import Dialogue, NeedsFrontEnd, NeedsYes, Quit
from namel3ss_dbg.commands.arguments import commands_in
from namel3ss_dbg.events import DebugError, TraceEvent
from namel3ss_dbg.render.screen import ScreenPainter
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.runs import recorded

_MOST_LINES = 25


class Talk:
    """Says lines to a dialogue over a run."""

    def __init__(self, session: DebugSession | Sequence[TraceEvent]) -> None:
        self.session = session if isinstance(session, DebugSession) else recorded(session)
        self.dialogue = Dialogue(self.session)

    def say(self, *texts: str) -> list[str]:
        """The plain lines that the last of these commands gives."""
        lines: list[str] = []
        for text in texts:
            lines = self.dialogue.run(text).lines()
        return lines

    def one(self, *texts: str) -> str:
        """The only line of the last command."""
        (line,) = self.say(*texts)
        return line

    def screen(self, text: str, width: int = 80) -> list[str]:
        """What a person sees of a command, without colours."""
        painter = ScreenPainter(width, color=False)
        return "".join(map(painter.paint, self.dialogue.run(text).views)).splitlines()

    def value(self, text: str) -> Any:
        """What `--json` gives."""
        (view,) = self.dialogue.run(f"{text} --json").views
        return view.value  # type: ignore[attr-defined]

    def mistake(self, text: str) -> str:
        """The sentence with which a command is refused."""
        try:
            self.dialogue.run(text)
        except (DebugError, NeedsFrontEnd) as problem:
            return problem.refusal if isinstance(problem, NeedsFrontEnd) else str(problem)
        raise AssertionError(f"'{text}' was not refused")

    def yes(self, text: str) -> list[str]:
        """The plain lines of a command that asks first, after a yes."""
        try:
            return self.dialogue.run(text).lines()
        except NeedsYes as needs:
            return needs.proceed().lines()

    @property
    def moment(self) -> int:
        """Where the cursor rests."""
        return self.session.moment


def transcribed(dialogue: Dialogue, lines: Iterable[str]) -> str:
    """A script with what each of its commands says; questions are answered with yes."""
    said: list[str] = []
    for _, text in commands_in(lines, dialogue.wants_more):
        said.append(f"{dialogue.prompt}{text}")
        try:
            said += _answered(dialogue, text)
        except Quit:
            break
        except NeedsFrontEnd as needs:
            said.append(f"! {needs.refusal}")
        except DebugError as problem:
            said.append(f"! {problem}")
    return "".join(f"{line}\n" for line in said)


def _answered(dialogue: Dialogue, text: str) -> list[str]:
    try:
        return dialogue.run(text).lines()
    except NeedsYes as needs:
        return [f"? {needs.question.partition('?')[0]}?", *needs.proceed().lines()]


def words_of(path: Path) -> set[str]:
    """The verbs that a script types."""
    lines = path.read_text("utf-8").splitlines()
    return {line.split()[0] for line in lines if line.strip() and not line.startswith("#")}


def files_in(folder: Path, before: set[str]) -> str:
    """The files that came about in a folder, the short ones in full."""
    told: list[str] = []
    for path in sorted(folder.iterdir()):
        if path.name in before or not path.is_file() or path.suffix == ".n3ix":
            continue
        lines = path.read_text("utf-8").splitlines()
        told.append(f"== {path.name}: {len(lines)} lines")
        told += lines if len(lines) <= _MOST_LINES else []
    return "".join(f"{line}\n" for line in told)
