"""Reads lines where the terminal can do nothing but show letters, such as a shell in an editor."""

from __future__ import annotations

import shutil

from ..commands.dialogue import Dialogue
from ..render.words import wrapped

CONTINUES = "...  "
"""The prompt of a command's further lines."""


class DumbReader:
    """Reads from standard input, with whatever editing the terminal has."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    @property
    def width(self) -> int:
        """What the terminal says of itself."""
        return shutil.get_terminal_size().columns

    def read(self) -> str:
        """A command; goes on while a bracket or a block is open."""
        text = input(self._dialogue.prompt)
        while self._dialogue.wants_more(text):
            text = f"{text}\n{input(CONTINUES)}"
        return text

    def ask(self, question: str) -> bool:
        """Yes only if that is what is typed."""
        try:
            return is_yes(input(asked(question, self.width)))
        except (EOFError, KeyboardInterrupt):
            return False


def asked(question: str, width: int) -> str:
    """A question as a prompt, broken between words."""
    return "\n".join(wrapped(f"{question} [y/N]", width - 2)) + " "


def is_yes(answer: str) -> bool:
    """Whether an answer is yes."""
    return answer.strip().lower() in ("y", "yes")
