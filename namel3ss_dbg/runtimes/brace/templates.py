"""Texts with holes: `{{ expression }}`, `{% if %}` and `{% for %}`.

A text that is nothing but one `{{ }}` keeps the type of what stands in it, so that objects travel through templates.
Every other value than a string is written as JSON, and a single `{` is just a character. A tag alone on its line takes
the line with it.
"""

from __future__ import annotations

import json
import re
from collections import ChainMap
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import attrs

from ...events import ExpressionError, SourceError
from ...timeline.expressions import Expression, NotDefined, parse
from .nodes import Position, Text

Names = Mapping[str, Any]
"""What expressions may read, by root name."""

_QUOTED = r""" "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' """
_OPENING = re.compile(r"\{[{%]")
_TAG = re.compile(
    rf"""
      \{{\{{ (?P<hole> (?: [^"'}}] | {_QUOTED} | \}}(?!\}}) )* ) \}}\}}
    | \{{%   (?P<block> (?: [^"'%] | {_QUOTED} | %(?!\}}) )* ) %\}}
    """,
    re.DOTALL | re.VERBOSE,
)
_LINE_END = re.compile(r"[ \t]*(?:\n|\Z)")
_FOR = re.compile(r"for\s+([^\W\d]\w*)\s+in\s+(.+)", re.DOTALL)
_DEEPEST = 50
_LONGEST = 1_000_000


@attrs.frozen
class _Hole:
    expression: Expression
    offset: int
    """The character of the text at which the expression begins."""


@attrs.frozen
class _Choice:
    branches: tuple[tuple[_Hole | None, _Parts], ...]
    """Conditions with their bodies; None is `else`."""


@attrs.frozen
class _Loop:
    variable: str
    items: _Hole
    body: _Parts


_Part = str | _Hole | _Choice | _Loop
_Parts = tuple[_Part, ...]


@attrs.frozen
class Template:
    """A compiled text."""

    text: Text
    parts: _Parts

    @property
    def names(self) -> frozenset[str]:
        """The root names that it reads."""
        return frozenset(_names(self.parts))

    def value(self, names: Names) -> Any:
        """The value of a text that is exactly one `{{ }}`, else the text with its holes filled."""
        if len(self.parts) == 1 and isinstance(self.parts[0], _Hole):
            return _value(self.text, self.parts[0], names)
        return self.render(names)

    def render(self, names: Names) -> str:
        """The text with its holes filled."""
        filling = _Filling(self.text)
        filling.add(self.parts, names)
        return "".join(filling.pieces)


@lru_cache(maxsize=4096)
def compile_template(text: Text) -> Template:
    """The template that a text holds.

    Raises:
        SourceError: A tag or an expression in it is wrong.
    """
    return Template(text, _Reader(text).read())


def render(text: Text, names: Names) -> str:
    """The text with its holes filled.

    Raises:
        SourceError: Something in it cannot be evaluated; it says where in the source.
    """
    return compile_template(text).render(names)


def evaluate(expression: Expression, names: Names, at: Position) -> Any:
    """The value of a condition, or another bare expression, of the statement at `at`.

    Raises:
        SourceError: It cannot be evaluated.
    """
    try:
        return expression.evaluate(names.__getitem__)
    except ExpressionError as problem:
        raise _source_error(problem, at, names) from problem


def items_of(value: Any, expression: Expression, at: Position) -> list[Any]:
    """What a loop goes through: the items of a list, or the keys of an object.

    Raises:
        SourceError: The value is something else.
    """
    if isinstance(value, list | dict):
        return list(value)
    raise mistake(f"'{expression.text}' is not a list, so nothing can go through it", at)


def mistake(what: str, at: Position, try_: str = "") -> SourceError:
    """An error at a place of the source."""
    return SourceError(what, file=at.file, line=at.line, column=at.column, try_=try_)


def as_text(value: Any) -> str:
    """A value as it appears within a text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@attrs.frozen
class _Closer:
    """The tag that ended a body: `elif …`, `else`, `endif` or `endfor`."""

    word: str
    rest: str
    offset: int
    """Where the rest begins."""


class _Reader:
    """Reads a text from left to right; nested bodies share its place."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.offset = 0

    def read(self) -> _Parts:
        return self._body((), 0)[0]

    def _body(self, closers: tuple[str, ...], depth: int) -> tuple[_Parts, _Closer]:
        if depth > _DEEPEST:
            raise self._error(f"Blocks are nested more than {_DEEPEST} deep", self.offset)
        parts: list[_Part] = []
        while tag := self._next_tag(parts):
            if tag["hole"] is not None:
                parts.append(self._hole(tag["hole"], tag.start("hole")))
            else:
                content = tag["block"].strip()
                start = tag.start("block") + tag["block"].index(content)
                word = content.split(maxsplit=1)[0] if content else ""
                if word in closers:
                    return tuple(parts), _Closer(word, content[len(word) :], start + len(word))
                parts.append(self._block(word, content, start, depth))
        if closers:
            raise self._error(f"A block is not closed: {{% {closers[-1]} %}} is missing", self.offset)
        return tuple(parts), _Closer("", "", self.offset)

    def _next_tag(self, parts: list[_Part]) -> re.Match[str] | None:
        """The next tag, after the literal text before it went to `parts`."""
        raw, begin = self.text.raw, self.offset
        opening = _OPENING.search(raw, begin)
        tag = _TAG.match(raw, opening.start()) if opening else None
        if opening and tag is None:
            closing = "}}" if opening[0] == "{{" else "%}"
            advice = f'Write {{{{ "{opening[0]}" }}}} for the characters themselves.'
            raise self._error(f"This {opening[0]} has no closing {closing}", opening.start(), advice)
        end, self.offset = self._extent(tag) if tag else (len(raw), len(raw))
        if end > begin:
            parts.append(raw[begin:end])
        return tag

    def _extent(self, tag: re.Match[str]) -> tuple[int, int]:
        """Where a tag begins and ends; a block alone on its line takes all of the line."""
        raw, begin = self.text.raw, self.offset
        rest = _LINE_END.match(raw, tag.end())
        line = max(raw.rfind("\n", 0, tag.start()) + 1, begin)
        alone = rest and (line == 0 or raw[line - 1] == "\n") and not raw[line : tag.start()].strip(" \t")
        return (line, rest.end()) if rest and alone and tag["hole"] is None else tag.span()

    def _hole(self, text: str, offset: int) -> _Hole:
        offset += len(text) - len(text.lstrip())
        try:
            return _Hole(parse(text.strip()), offset)
        except ExpressionError as problem:
            raise _source_error(problem, _position(self.text, offset + (problem.column or 0))) from problem

    def _block(self, word: str, content: str, start: int, depth: int) -> _Part:
        if word == "if":
            return self._choice(_Closer(word, content[len(word) :], start + len(word)), depth)
        if word == "for" and (match := _FOR.fullmatch(content)):
            items = self._hole(match[2], start + match.start(2))
            body, _ = self._body(("endfor",), depth + 1)
            return _Loop(match[1], items, body)
        tags = "Tags are: if, elif, else, endif, for NAME in LIST, endfor."
        raise self._error(f"{{% {content} %}} is no tag here", start, tags)

    def _choice(self, opener: _Closer, depth: int) -> _Choice:
        branches: list[tuple[_Hole | None, _Parts]] = []
        while opener.word != "endif":
            test = None if opener.word == "else" else self._hole(opener.rest, opener.offset)
            closers = ("endif",) if test is None else ("elif", "else", "endif")
            body, opener = self._body(closers, depth + 1)
            branches.append((test, body))
        return _Choice(tuple(branches))

    def _error(self, what: str, offset: int, try_: str = "") -> SourceError:
        return mistake(what, _position(self.text, offset), try_)


class _Filling:
    """A text being filled, which must not grow without end."""

    def __init__(self, text: Text) -> None:
        self.text = text
        self.pieces: list[str] = []
        self.room = _LONGEST

    def add(self, parts: _Parts, names: Names) -> None:
        for part in parts:
            match part:
                case str():
                    self._put(part)
                case _Hole():
                    self._put(as_text(_value(self.text, part, names)))
                case _Choice(branches):
                    taken = (body for test, body in branches if test is None or _value(self.text, test, names))
                    self.add(next(taken, ()), names)
                case _:
                    for item in self._items(part.items, names):
                        self.add(part.body, ChainMap({part.variable: item}, dict(names)))

    def _put(self, text: str) -> None:
        self.room -= len(text)
        if self.room < 0:
            raise mistake(f"This text grows beyond {_LONGEST:,} characters", self.text.at)
        self.pieces.append(text)

    def _items(self, hole: _Hole, names: Names) -> list[Any]:
        return items_of(_value(self.text, hole, names), hole.expression, _position(self.text, hole.offset))


def _value(text: Text, hole: _Hole, names: Names) -> Any:
    try:
        return hole.expression.evaluate(names.__getitem__)
    except ExpressionError as problem:
        raise _source_error(problem, _position(text, hole.offset + (problem.column or 0)), names) from problem


def _names(parts: _Parts) -> set[str]:
    found: set[str] = set()
    for part in parts:
        match part:
            case _Hole(expression):
                found |= expression.names
            case _Choice(branches):
                for test, body in branches:
                    found |= _names(body) | (test.expression.names if test else frozenset())
            case _Loop(variable, items, body):
                found |= items.expression.names | (_names(body) - {variable})
            case _:  # a literal reads nothing
                pass
    return found


def _position(text: Text, offset: int) -> Position:
    before = text.raw[:offset]
    newline = before.rfind("\n")
    column = text.at.column + offset if newline < 0 else text.indent + offset - newline
    return Position(text.at.file, text.at.line + before.count("\n"), column)


def _source_error(problem: ExpressionError, at: Position, names: Names | None = None) -> SourceError:
    try_ = problem.try_
    if names is not None and isinstance(problem, NotDefined) and not try_:
        try_ = f"Known here: {', '.join(sorted(names)) or 'nothing'}."
    return mistake(f"{problem.what}: {problem.why}", at, try_)
