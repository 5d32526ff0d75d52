"""The entries of one block, taken out by name until nothing is left that nobody asked for.

Several names may mean the same (`system`, `prompt`, `instructions`); giving two of them is a mistake, and so is a name
that is nearly one of those asked for. What else is left goes where its owner keeps settings, or is a mistake.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from ...events import SourceError
from ...timeline.expressions import Expression
from .nodes import EnvRef, Position, Text, Value
from .source import Placed, Source, nearest, one_of
from .tokens import Token, prose_of, quotes_of, text_of
from .tree import Block, Entry, ListOf, Node, ObjectOf, Pair, Phrase, Plain, Quoted, Word

PARAMETERS = {
    "temperature": "temperature",
    "top_p": "top_p",
    "top_k": "top_k",
    "max_tokens": "max_tokens",
    "max_length": "max_tokens",
    "frequency_penalty": "frequency_penalty",
    "presence_penalty": "presence_penalty",
    "seed": "seed",
    "stop_sequences": "stop_sequences",
    "stop": "stop_sequences",
    "stream": "stream",
}
"""What a model can be told, by the names that a program may use for it."""

_IN_BRACES = re.compile(r"\s*\{\{\s*(.*?)\s*\}\}\s*", re.DOTALL)
_NUMERIC = {"temperature", "top_p", "top_k", "max_tokens", "frequency_penalty", "presence_penalty", "seed"}


class Fields:
    """What one block or object says."""

    def __init__(self, source: Source, title: str, token: Token, pairs: Iterable[Pair]) -> None:
        self.source = source
        self.title = title
        self.token = token
        self.places: dict[str, Position] = {}
        """Where the names of other declarations stand that were taken from here."""
        self._pairs: dict[str, Pair] = {}
        self._asked: set[str] = set()
        for pair in pairs:
            if pair.key in self._pairs:
                raise self.mistake(f"'{pair.key}' stands twice in {title}", pair.token, try_="Remove one of them.")
            self._pairs[pair.key] = pair

    @property
    def subject(self) -> str:
        """The title as a sentence begins with it: `The agent 'A'`, `This rule`."""
        return f"This{self.title[4:]}" if self.title.startswith("this ") else f"The {self.title}"

    def mistake(self, what: str, at: Placed | None = None, *, try_: str = "") -> SourceError:
        """A mistake in this block, at a place in it or at its beginning."""
        return self.source.mistake(what, at or self.token, try_=try_)

    def unfit(self, pair: Pair, wanted: str, node: Node) -> SourceError:
        """The mistake of a value that is not what its key needs."""
        if isinstance(node, Phrase):
            return unfit_phrase(self.source, node)
        return self.mistake(f"'{pair.key}' of {self.title} needs {wanted}, not {kind_of(node)}", node.token)

    def take(self, *keys: str) -> Pair | None:
        """The entry of one of these names."""
        self._asked.update(keys)
        found = [self._pairs.pop(key) for key in keys if key in self._pairs]
        if len(found) > 1:
            first, second = found[0], found[1]
            what = f"'{first.key}' and '{second.key}' mean the same in {self.title}"
            raise self.mistake(what, second.token, try_="Keep one of them.")
        return found[0] if found else None

    # One value

    def text(self, *keys: str) -> Text | None:
        """A text for a model, in triple quotes without its indentation."""
        pair = self.take(*keys)
        if pair is None:
            return None
        match pair.value:
            case Quoted(token):
                return prose_of(self.source, token)
            case Word() as word:
                return _text_of_word(self.source, word)
        raise self.unfit(pair, "a text", pair.value)

    def string(self, *keys: str) -> str | None:
        """A text or bare word."""
        pair = self.take(*keys)
        return self._string(pair, pair.value) if pair else None

    def name(self, *keys: str) -> str | None:
        """The name of another declaration."""
        pair = self.take(*keys)
        return self._name(pair, pair.value) if pair else None

    def names(self, *keys: str) -> tuple[str, ...]:
        """Names of other declarations: a list, or a single one."""
        pair = self.take(*keys)
        if pair is None:
            return ()
        items = pair.value.items if isinstance(pair.value, ListOf) else (pair.value,)
        return tuple(self._name(pair, item) for item in items)

    def whole(self, *keys: str, least: int = 0) -> int | None:
        """A whole number that is not smaller than `least`."""
        value = self._number(keys, "a whole number", least, int)
        return None if value is None else int(value)

    def number(self, *keys: str) -> float | None:
        """A number that is not negative."""
        value = self._number(keys, "a number", 0, int, float)
        return None if value is None else float(value)

    def flag(self, *keys: str) -> bool | None:
        """True or false."""
        pair = self.take(*keys)
        if pair is None:
            return None
        if not isinstance(pair.value, Plain) or not isinstance(pair.value.value, bool):
            raise self.unfit(pair, "true or false", pair.value)
        return pair.value.value

    def expression(self, *keys: str) -> Expression | None:
        """An expression, bare, in quotes, or in quotes and braces: `steps.a.output`, `"{{ steps.a.output }}"`."""
        pair = self.take(*keys)
        return expression_of(self.source, pair) if pair else None

    def object(self, *keys: str) -> dict[str, Value]:
        """An object's values by name; empty when there is none."""
        pair = self.take(*keys)
        if pair is None:
            return {}
        if not isinstance(pair.value, ObjectOf):
            raise self.unfit(pair, "an object", pair.value)
        return {each.key: value_of(self.source, each.value) for each in pair.value.pairs}

    def objects(self, *keys: str) -> list[Fields]:
        """A list of objects, each to be taken apart."""
        pair = self.take(*keys)
        if pair is None:
            return []
        items = pair.value.items if isinstance(pair.value, ListOf) else (pair.value,)
        return [self.inner(pair, item) for item in items]

    def inner(self, pair: Pair, node: Node) -> Fields:
        """An object inside this block, to be taken apart."""
        if not isinstance(node, ObjectOf):
            raise self.unfit(pair, "an object", node)
        return Fields(self.source, f"this {pair.key.removesuffix('s')}", node.token, node.pairs)

    def parameters(self) -> dict[str, Value]:
        """What the model is told: the object `parameters`, and the parameters that stand directly in the block."""
        found = self.object("parameters", "config")
        for key, parameter in PARAMETERS.items():
            if pair := self.take(key):
                if parameter in found:
                    raise self.mistake(f"'{parameter}' stands twice in {self.title}", pair.token)
                found[parameter] = value_of(self.source, pair.value)
                if parameter in _NUMERIC and not isinstance(found[parameter], int | float | EnvRef):
                    raise self.unfit(pair, "a number", pair.value)
        return found

    # What is left

    def rest(self) -> dict[str, Value]:
        """All that nobody asked for.

        Raises:
            SourceError: A name is nearly one that was asked for.
        """
        for pair in self._pairs.values():
            close = nearest(pair.key, sorted(self._asked), cutoff=0.8)
            if close and abs(len(close) - len(pair.key)) <= 1:
                raise self._meaningless(pair, f"Did you mean '{close}'?")
        return {key: value_of(self.source, pair.value) for key, pair in self._pairs.items()}

    def remaining(self) -> list[Pair]:
        """The entries that nobody asked for, as they are."""
        return list(self._pairs.values())

    def close(self) -> None:
        """Make sure that nothing is left."""
        for pair in self._pairs.values():
            close = nearest(pair.key, sorted(self._asked))
            raise self._meaningless(
                pair, f"Did you mean '{close}'?" if close else f"It can say {one_of(sorted(self._asked))}."
            )

    def _meaningless(self, pair: Pair, try_: str) -> SourceError:
        return self.mistake(f"'{pair.key}' means nothing in {self.title}", pair.token, try_=try_)

    # What a value is

    def _number(self, keys: tuple[str, ...], wanted: str, least: int, *kinds: type) -> int | float | None:
        pair = self.take(*keys)
        if pair is None:
            return None
        value = pair.value.value if isinstance(pair.value, Plain) else None
        if value is None or type(value) not in kinds:  # a bool is an int, but no number here
            raise self.unfit(pair, wanted, pair.value)
        if value < least:
            raise self.mistake(f"'{pair.key}' must be at least {least}, not {value}", pair.value.token)
        return value

    def _string(self, pair: Pair, node: Node) -> str:
        word = word_of(self.source, node)
        if word is None or (isinstance(node, Word) and word.startswith("env.")):
            raise self.unfit(pair, "a text", node)
        return word

    def _name(self, pair: Pair, node: Node) -> str:
        name = self._string(pair, node)
        alias, dot, imported = name.partition(".")
        if dot and alias in self.source.aliases:
            name = imported
        self.places[name] = self.source.place(node.token)
        return name


def fields_of(source: Source, block: Block) -> Fields:
    """The entries of a block that has nothing but `key: value`."""
    return Fields(source, block.title, block.token, pairs_of(source, block.title, [*block.extras, *block.entries]))


def pairs_of(source: Source, title: str, entries: Iterable[Entry]) -> list[Pair]:
    """The entries as pairs.

    Raises:
        SourceError: One is none.
    """
    pairs = []
    for entry in entries:
        if not isinstance(entry, Pair):
            raise source.mistake(f"An entry such as key: value is expected in {title}, not {entry.token}", entry.token)
        pairs.append(entry)
    return pairs


def value_of(source: Source, node: Node) -> Value:
    """A value as the nodes hold it.

    Raises:
        SourceError: It would have to be computed.
    """
    match node:
        case Plain(_, value):
            return value
        case Quoted(token):
            return text_of(source, token)
        case Word(_, path) if path.startswith("env.") and path.count(".") == 1:
            return EnvRef(path.removeprefix("env."))
        case Word():
            return _text_of_word(source, node)
        case ListOf(_, items):
            return [value_of(source, item) for item in items]
        case ObjectOf(_, pairs):
            return {pair.key: value_of(source, pair.value) for pair in pairs}
    raise unfit_phrase(source, node)


def word_of(source: Source, node: Node) -> str | None:
    """A text or bare word as a string; None for anything else."""
    match node:
        case Quoted(token):
            return text_of(source, token).raw
        case Word(_, path):
            return path
    return None


def plain_of(source: Source, node: Node) -> Any:
    """A value as JSON has it, its texts as plain strings."""
    return _without_places(value_of(source, node))


def _without_places(value: Value) -> Any:
    match value:
        case Text():
            return value.raw
        case list():
            return [_without_places(item) for item in value]
        case dict():
            return {key: _without_places(item) for key, item in value.items()}
    return value


def expression_of(source: Source, pair: Pair) -> Expression:
    """The expression that an entry says.

    Raises:
        SourceError: It is none.
    """
    match pair.value:
        case Phrase(token, _, text) | Word(token, text):
            return source.expression(text, token.start)
        case Plain(token, value):
            return source.expression(json.dumps(value), token.start)
        case Quoted(token):
            text, begin = text_of(source, token).raw, token.start + quotes_of(token)
            if found := _IN_BRACES.fullmatch(text):
                return source.expression(found.group(1), begin + found.start(1))
            return source.expression(text, begin)
    raise source.mistake(f"'{pair.key}' needs an expression, not {kind_of(pair.value)}", pair.value.token)


def kind_of(node: Node) -> str:
    """What a value is, as a sentence says it."""
    match node:
        case Plain(_, bool() as value):
            return "true" if value else "false"
        case Plain(_, None):
            return "null"
        case Plain():
            return "a number"
        case Quoted():
            return "a text"
        case Word(_, path):
            return f"'{path}'"
        case ListOf():
            return "a list"
        case ObjectOf():
            return "an object"
    return f"'{node.text}'"


def unfit_phrase(source: Source, phrase: Phrase) -> SourceError:
    """The mistake of writing more than one value where one is expected."""
    shown = phrase.text.partition("\n")[0]
    shown = shown if len(shown) <= 60 else f"{shown[:60]}…"
    several = all(token.kind in ("word", "text", "number") for token in phrase.tokens)
    try_ = "Write a comma between values." if several else 'Put a text in quotes; what is computed in "{{ … }}".'
    return source.mistake(f"'{shown}' is not one value", phrase.token, try_=try_)


def _text_of_word(source: Source, word: Word) -> Text:
    return Text(word.path, source.place(word.token))
