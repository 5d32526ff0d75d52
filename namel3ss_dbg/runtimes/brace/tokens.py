"""A program's text as words, texts, numbers and signs, each knowing where it stands.

Indentation and newlines are no tokens: a token knows its line and column, and the reader asks where it matters.
"""

from __future__ import annotations

import re
from typing import Literal

import attrs

from ...events import SourceError
from .nodes import Text
from .source import MOST_MISTAKES, Source

Kind = Literal["word", "text", "number", "sign", "end"]

_TOKEN = re.compile(
    r"""
      (?P<space>   [^\S\n]+ | \# [^\n]* | // [^\n]* | /\* .*? \*/ )
    | (?P<newline> \n )
    | (?P<word>    [^\W\d]\w* )
    | (?P<text>    \"{3} .*? \"{3} | '{3} .*? '{3}
                 | "(?!\"\") [^"\\\n]* (?: \\[^\n] [^"\\\n]* )* "
                 | '(?!'') [^'\\\n]* (?: \\[^\n] [^'\\\n]* )* ' )
    | (?P<number>  \d+ (?:\.\d+)? (?:[eE][+-]?\d+)? (?![\w.]) | \d[\w.]* )
    | (?P<open>    /\* | \"{3} | '{3} | ["'] )
    | (?P<sign>    [=!<>]= | => | -> | && | \|\| | =~ | \*\* | [{}()\[\]:,.=<>+\-*/%|?!] )
    """,
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"\d+(\.\d+)?([eE][+-]?\d+)?")
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}
_HALF = re.compile(r"[\ud800-\udfff]")

_CLOSINGS = {
    "/*": ("This comment does not end", "Close it with */."),
    '"""': ("This text does not end", 'Close it with """.'),
    "'''": ("This text does not end", "Close it with '''."),
    '"': ("This text does not end on its line", 'Close it with ", or use """ for several lines.'),
    "'": ("This text does not end on its line", "Close it with ', or use ''' for several lines."),
}
_ADVICE = {
    ";": "Write each entry on its own line, or a comma between them.",
    "$": "A variable of the environment is env.NAME.",
    "@": "It can only stand in a text.",
}


@attrs.frozen
class Token:
    """A piece of the program's text."""

    kind: Kind
    text: str
    """As it stands in the file."""
    start: int
    line: int
    column: int
    last_line: int
    """The line on which it ends."""

    @property
    def end(self) -> int:
        """Where the next character stands."""
        return self.start + len(self.text)

    def is_sign(self, *signs: str) -> bool:
        """Whether it is one of these signs."""
        return self.kind == "sign" and self.text in signs

    def is_word(self, *words: str) -> bool:
        """Whether it is one of these bare words."""
        return self.kind == "word" and self.text in words

    def __str__(self) -> str:
        if self.kind == "end":
            return "the end of the file"
        short = self.text.partition("\n")[0]
        cut = short if len(short) == len(self.text) <= 30 else f"{short[:30]}…"
        return cut if self.kind == "text" else f"'{cut}'"


def tokens_of(source: Source) -> tuple[list[Token], list[SourceError]]:
    """The tokens of a file, closed by one of kind `end`, and what could not be read as any."""
    tokens: list[Token] = []
    mistakes: list[SourceError] = []
    text, offset, line, line_start = source.text, 0, 1, 0
    while offset < len(text) and len(mistakes) < MOST_MISTAKES:
        found = _TOKEN.match(text, offset)
        kind = found.lastgroup if found else "open"
        piece = found.group() if found else text[offset]
        column = offset - line_start + 1
        if kind == "open":
            mistakes.append(_unreadable(source, piece, offset))
            piece = _skipped(text, offset, piece)
        lines = piece.count("\n")
        if kind in ("word", "text", "number", "sign"):
            tokens.append(Token(kind, piece, offset, line, column, line + lines))  # type: ignore[arg-type]
        offset += len(piece)
        if lines:
            line += lines
            line_start = text.rindex("\n", 0, offset) + 1
    tokens.append(Token("end", "", len(text), line, offset - line_start + 1, line))
    return tokens, mistakes


def _unreadable(source: Source, piece: str, offset: int) -> SourceError:
    what, try_ = _CLOSINGS.get(piece) or (f"The character '{piece}' cannot stand here", _ADVICE.get(piece, ""))
    return source.mistake(what, source.at(offset), try_=try_)


def _skipped(text: str, offset: int, opening: str) -> str:
    """What to pass over after a mistake: the line of an unclosed text, all after an unclosed block of lines."""
    if opening in ('"', "'"):
        end = text.find("\n", offset)
        return text[offset : end if end >= 0 else len(text)]
    return text[offset:] if opening in _CLOSINGS else opening


def number_of(source: Source, token: Token, *, negative: bool = False) -> int | float:
    """The number that a token says.

    Raises:
        SourceError: It is none, such as `1_000` or `0x1F`.
    """
    try:
        if _NUMBER.fullmatch(token.text):
            value = int(token.text) if token.text.isdecimal() else float(token.text)
            if value != float("inf"):
                return -value if negative else value
    except ValueError:
        pass
    raise source.mistake(
        f"{token} is not a number", token, try_="Numbers are written 12, -3, 0.7 or 1e3; put anything else in quotes."
    )


def text_of(source: Source, token: Token) -> Text:
    """What a quoted text says; in triple quotes everything stands for itself.

    Raises:
        SourceError: An escape makes half a character.
    """
    quotes = quotes_of(token)
    raw = token.text[quotes:-quotes]
    escaped = quotes == 1 and "\\" in raw
    if escaped:
        raw = _ESCAPE.sub(_resolved, raw).encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")
        if _HALF.search(raw):
            raise source.mistake("An escape in this text is only half of a character", token)
    return Text(raw, source.at(token.start + quotes), escaped)


def prose_of(source: Source, token: Token) -> Text:
    """A text for a model: in triple quotes without the indentation and the empty lines around it."""
    text = text_of(source, token)
    if quotes_of(token) == 1:
        return text
    first, *rest = text.raw.split("\n")
    indents = [len(line) - len(line.lstrip()) for line in rest if line.strip()]
    indent = min(indents, default=0)
    lines = [first.lstrip(), *(line[indent:] if line.strip() else "" for line in rest)]
    skipped = next((number for number, line in enumerate(lines) if line.strip()), 0)
    raw = "\n".join(lines[skipped:]).rstrip()
    before = len(first) - len(first.lstrip()) if skipped == 0 else indent
    offset = token.start + 3 + sum(len(line) + 1 for line in [first, *rest][:skipped]) + before
    return Text(raw, source.at(min(offset, token.end)), indent=indent)


def quotes_of(token: Token) -> Literal[1, 3]:
    """How many quotes open a text."""
    return 3 if len(token.text) >= 6 and token.text[:3] in ('"""', "'''") else 1


def _resolved(escape: re.Match[str]) -> str:
    code, letter = escape.groups()
    return chr(int(code, 16)) if code else _ESCAPES.get(letter, letter)
