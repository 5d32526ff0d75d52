"""Colours a line while it is typed: the verb by whether there is such a verb, then places, numbers, texts and signs.

What a word means is asked of the command table, so that a verb cannot be coloured wrongly.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from prompt_toolkit.document import Document
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.lexers import Lexer

from ..commands.arguments import split_order, without_comment
from ..commands.dialogue import Dialogue
from ..commands.table import AnyCommand
from ..events import UsageError
from ..timeline.notation import KNOWN

_TOKEN = re.compile(
    r"""(?P<string>"(?:[^"\\]|\\.)*"?|'[^']*')
    |(?P<place>\#\d+|'\w[\w-]*|@\d[\d:.]*\w*|\.[+-]\d+|[\w./-]+\.[A-Za-z]\w*:\d+|[A-Za-z_]+:[\w."-]+)
    |(?P<number>\b\d+(?:\.\d+)?\b)
    |(?P<option>--\w+)
    |(?P<word>[A-Za-z_]\w*)
    |(?P<pipe>(?<=\s)[|>](?=\s))
    |(?P<other>\s+|.)""",
    re.VERBOSE,
)
_SMALL_WORDS = frozenset(
    {"if", "after", "every", "on", "at", "end", "start", "first", "last", "slowest", "costliest", "and", "or", "not",
     "in", "true", "false", "null", "off"}
)  # fmt: skip
_LAST_LINE = "end"


class CommandLexer(Lexer):
    """The colours of the prompt's line."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def lex_document(self, document: Document) -> Callable[[int], StyleAndTextTuples]:
        """For each line its pieces; in a block of commands, every line begins with a verb."""
        command = verb_of(self._dialogue, document.lines[0])
        all_begin = command is None or command.block == "end"
        return lambda number: _pieces(self._dialogue, document.lines[number], verb=number == 0 or all_begin)


def verb_of(dialogue: Dialogue, text: str) -> AnyCommand | None:
    """The row of the table that a line is about; None when there is none."""
    try:
        return dialogue.table.find(split_order(text).word)
    except UsageError:
        return None


def _pieces(dialogue: Dialogue, text: str, *, verb: bool) -> StyleAndTextTuples:
    said = without_comment(text)
    word = split_order(said).word if verb else ""
    end = said.index(word) + len(word)
    known = word in dialogue.aliases or word == _LAST_LINE or verb_of(dialogue, word) is not None
    rest: StyleAndTextTuples = [(_style(found), found[0]) for found in _TOKEN.finditer(said, end)]
    return [("class:verb" if known else "class:unknown", said[:end]), *rest, ("class:comment", text[len(said) :])]


def _style(found: re.Match[str]) -> str:
    kind = found.lastgroup
    if kind == "word":
        kind = "small" if found[0] in _SMALL_WORDS else "place" if found[0] in KNOWN else "other"
    return "" if kind == "other" else f"class:{kind}"
