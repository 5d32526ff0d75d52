"""How a line is taken apart: the verb, quotes, counts, and what stands at the end of any command.

COMMAND | pager          COMMAND > FILE          COMMAND --json          COMMAND  # a comment
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import attrs

from ..events import UsageError

_SLASH = re.compile(r"(r?/)\s*(.*)\Z", re.DOTALL)
_WORD = re.compile(r"(\S+)[^\S\n]*(.*)\Z", re.DOTALL)
_PAGER = re.compile(r"(?:\A|\s)\|\s*pager\s*\Z")
_JSON = re.compile(r"(?:\A|\s+)--json\s*\Z")
_FILE = re.compile(r"""(?:\A|\s)>\s*("[^"]+"|'[^']+'|[^\s"'<>|]+)\s*\Z""")
_PATH_LIKE = ("./", "../", "/", "~")
_FILE_LIKE = (".txt", ".json", ".jsonl", ".csv", ".log", ".md", ".n3")
_COMMENT = re.compile(r"(?:\A|\s)#(?=\s|\Z)")
_QUOTES = ("'", '"')
_OPENING, _CLOSING = "[{", "]}"


class Order(NamedTuple):
    """A line as the verb and what follows it."""

    word: str
    rest: str


@attrs.frozen
class Ending:
    """What stands at the end of a command."""

    rest: str
    """The text before."""
    pager: bool = False
    file: Path | None = None
    json: bool = False


def split_order(text: str) -> Order:
    """The verb and the rest; `/TEXT` needs no blank."""
    text = text.strip()
    if found := _SLASH.match(text):
        return Order(found[1], found[2].strip())
    if text.startswith("?"):
        return Order("?", text[1:].strip())
    return _split(text)


def _split(text: str) -> Order:
    """A word, and what follows its blanks; lines below stay lines below."""
    found = _WORD.match(text)
    return Order(found[1], found[2].rstrip()) if found else Order("", "")


def split_ending(rest: str, *, free_text: bool) -> Ending:
    """Take `| pager`, `> FILE` and `--json` off the end.

    After `free_text`, in which `>` may mean greater, a file must look like one: `> out.txt`, `> ./out`.
    """
    pager, file, as_json = False, None, False
    while True:
        if found := _PAGER.search(rest):
            pager = True
        elif found := _JSON.search(rest):
            as_json = True
        elif file is None and (found := _FILE.search(rest)) and _means_file(found[1], free_text=free_text):
            file = Path(unquoted(found[1])).expanduser()
        else:
            return Ending(rest.rstrip().lstrip(" \t"), pager, file, as_json)
        rest = rest[: found.start()]


def _means_file(word: str, *, free_text: bool) -> bool:
    return not free_text or word.startswith(_PATH_LIKE) or word.endswith(_FILE_LIKE)


def without_comment(text: str) -> str:
    """A line without its comment: a `#` at the beginning, or between blanks and outside quotes."""
    if "#" not in text:
        return text
    if text.lstrip().startswith("#"):
        return ""
    for found in _COMMENT.finditer(text):
        if _quote_at(text, found.start()) is None:
            return text[: found.start()]
    return text


def _quote_at(text: str, end: int) -> str | None:
    """The quote that is open at a place; an apostrophe inside or before a word opens nothing."""
    quote: str | None = None
    escaped = False
    for place, character in enumerate(text[:end]):
        if escaped:
            escaped = False
        elif quote is not None and character == "\\":
            escaped = True
        elif quote is None and (character == '"' or (character == "'" and text.find("'", place + 1) > end)):
            quote = character
        elif character == quote:
            quote = None
    return quote


def unquoted(word: str) -> str:
    """A word without the quotes around it."""
    return word[1:-1] if len(word) > 1 and word[0] in _QUOTES and word[-1] == word[0] else word


def first_word(text: str) -> Order:
    """The first word, which may be in quotes, and the rest."""
    text = text.strip()
    if text[:1] in _QUOTES:
        end = text.find(text[0], 1)
        if end > 0:
            return Order(text[1:end], text[end + 1 :].strip())
    return _split(text)


def count_of(rest: str, *, default: int = 1) -> int:
    """How many times.

    Raises:
        UsageError: It is no count.
    """
    if not rest:
        return default
    if not (rest.isascii() and rest.isdigit()) or int(rest) < 1:
        raise UsageError(f"'{rest}' is not a count", try_="Write a number such as 3.")
    return min(int(rest), 1 << 31)


def numbers_of(rest: str) -> list[int]:
    """Some numbers, with blanks or commas between them; `2-4` are three.

    Raises:
        UsageError: There is something else.
    """
    numbers: list[int] = []
    for word in rest.replace(",", " ").split():
        first, dash, last = word.partition("-")
        if not (first.isascii() and first.isdigit()) or (dash and not last.isdigit()):
            raise UsageError(f"'{word}' is not a number", try_="Write numbers such as 1 3 or 2-4.")
        numbers += range(int(first), min(int(last) if dash else int(first), int(first) + 1000) + 1)
    return numbers


def nothing_after(verb: str, rest: str) -> None:
    """Make sure that nothing follows a verb.

    Raises:
        UsageError: Something does.
    """
    if rest:
        raise UsageError(f"'{verb}' takes nothing after it", why=f"there is '{rest}'")


def path_of(rest: str, verb: str) -> Path:
    """The file that a text names.

    Raises:
        UsageError: It names none.
    """
    if not rest:
        raise UsageError(f"'{verb}' needs the name of a file", try_=f"{verb} FILE")
    return Path(unquoted(rest)).expanduser()


def json_of(text: str, example: str) -> Any:
    """The value of a text that should be JSON.

    Raises:
        UsageError: It is not; shows where.
    """
    if not text:
        raise UsageError("An answer is missing", try_=f"Write it as JSON: {example}.")
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        row = (text.splitlines() or [""])[min(problem.lineno, len(text.splitlines())) - 1]
        pointer = f"\n  {row}\n  {' ' * (problem.colno - 1)}^"
        raise UsageError("That is not JSON", why=problem.msg, try_=f"Such as {example}{pointer}") from None
    except RecursionError:
        raise UsageError("That is not usable", why="it is nested too deeply") from None


def is_open(text: str) -> bool:
    """Whether a JSON bracket, or a string, is open at the end of a text."""
    depth, in_string, escaped = 0, False, False
    for character in text:
        if escaped:
            escaped = False
        elif in_string:
            escaped = character == "\\"
            in_string = character != '"'
        elif character == '"':
            in_string = True
        else:
            depth += (character in _OPENING) - (character in _CLOSING)
    return depth > 0 and not (in_string and "\n" in text.rpartition('"')[2])


class Numbered(NamedTuple):
    """A command in a file."""

    line: int
    """Where it begins, counted from 1."""
    text: str


def commands_in(lines: Iterable[str], wants_more: Callable[[str], bool]) -> Iterator[Numbered]:
    """The commands that some lines hold, those of several lines as one, without comments and empty lines."""
    held: list[str] = []
    began = 0
    for number, row in enumerate(lines, 1):
        text = without_comment(row.rstrip("\r\n")).rstrip()
        if not held and not text.strip():
            continue
        began = began if held else number
        held.append(text)
        if not wants_more("\n".join(held)):
            yield Numbered(began, "\n".join(held))
            held = []
    if held:
        yield Numbered(began, "\n".join(held))
