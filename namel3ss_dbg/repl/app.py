"""Reads lines with prompt-toolkit: completion, colours, history, keys and the toolbar.

While the prompt waits, the rest of the trace is read in slices of a few milliseconds, by the same thread, so that never
two use the session at once.
"""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.enums import EditingMode
from prompt_toolkit.filters import Condition
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output

from ..commands.dialogue import Dialogue
from ..events import DebugError
from .completer import DialogueCompleter
from .dumb import CONTINUES, asked, is_yes
from .history import CommandHistory, HistorySuggest
from .keys import bindings
from .lexer import CommandLexer, verb_of
from .style import depth_of, style_of
from .toolbar import sum_up, toolbar

_OF_ONE_CALL = frozenset({"answer", "mock"})
_SLICE_S = 0.005
_REDRAWN_S = 0.2
_MENU_ROWS = 6
_LONE_ESCAPE_S = 0.05
_NEXT_STROKE_S = {EditingMode.EMACS: 1.0, EditingMode.VI: 0.1}
# How long C-x waits for C-e; in vi mode a lone Escape waits as long.


class PromptReader:
    """Reads from a terminal that can do everything."""

    def __init__(
        self,
        dialogue: Dialogue,
        *,
        color: bool,
        history: Path | None,
        keyboard: Input | None = None,
        screen: Output | None = None,
    ) -> None:
        """`keyboard` and `screen` are by default those of the process."""
        self._dialogue = dialogue
        self._color = color
        self._kept = ""
        self._prompts: PromptSession[str] = PromptSession(
            history=CommandHistory(history),
            auto_suggest=HistorySuggest(self._is_private),
            completer=DialogueCompleter(dialogue),
            complete_while_typing=True,
            reserve_space_for_menu=_MENU_ROWS,
            lexer=CommandLexer(dialogue),
            key_bindings=bindings(dialogue, self._keep),
            multiline=Condition(lambda: dialogue.wants_more(self._prompts.default_buffer.text)),
            prompt_continuation=CONTINUES,
            bottom_toolbar=lambda: toolbar(dialogue, self.width),
            enable_open_in_editor=True,
            enable_suspend=True,
            tempfile_suffix=".n3",
            include_default_pygments_style=False,
            color_depth=depth_of(color=color),
            input=keyboard,
            output=screen,
        )
        self._prompts.app.ttimeoutlen = _LONE_ESCAPE_S
        self._questions: PromptSession[str] = PromptSession(input=keyboard, output=screen)

    @property
    def width(self) -> int:
        """What the terminal says at this moment."""
        return self._prompts.output.get_size().columns

    def read(self) -> str:
        """A command; a line that a function key has replaced comes back."""
        settings = self._dialogue.settings
        kept, self._kept = self._kept, ""
        mode = EditingMode.VI if settings.editing == "vi" else EditingMode.EMACS
        self._prompts.app.timeoutlen = _NEXT_STROKE_S[mode]
        return self._prompts.prompt(
            [("class:prompt", self._dialogue.prompt)],
            default=kept,
            editing_mode=mode,
            style=style_of(settings.theme, color=self._color),
            pre_run=self._begin_reading,
        )

    def ask(self, question: str) -> bool:
        """Yes only if that is what is typed."""
        try:
            return is_yes(self._questions.prompt(asked(question, self.width)))
        except (EOFError, KeyboardInterrupt):
            return False

    def _is_private(self, line: str) -> bool:
        verb = verb_of(self._dialogue, line)
        return verb is not None and verb.name in _OF_ONE_CALL

    def _keep(self, line: str) -> None:
        self._kept = line

    def _begin_reading(self) -> None:
        get_app().create_background_task(self._read_on())

    async def _read_on(self) -> None:
        """Read the trace while nobody types; the prompt ends this when a line is sent."""
        app, drawn = get_app(), time.monotonic()
        while self._extend():
            if time.monotonic() - drawn > _REDRAWN_S:
                app.invalidate()
                drawn = time.monotonic()
            await asyncio.sleep(0)  # keys go first
        app.invalidate()

    def _extend(self) -> bool:
        session = self._dialogue.session
        try:
            more = session.timeline.extend(within_s=_SLICE_S)
        except (DebugError, OSError):  # whoever asks for what was not read is told
            return False
        sum_up(session)  # along the way, so that no jump has to wait for it
        return more
