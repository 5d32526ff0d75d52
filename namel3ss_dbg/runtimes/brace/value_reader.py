"""Tokens to values: lists, objects, and what stands on the rest of a line."""

from __future__ import annotations

import itertools
import re

from ...events import SourceError
from .source import DEEPEST, Source, one_of
from .tokens import Token, number_of, text_of
from .tree import DECLARATIONS, STATEMENTS, ListOf, Node, ObjectOf, Pair, Phrase, Plain, Quoted, Word

_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_NO_NEWLINE = re.compile(r"[^\n]")
_DASHED = re.compile(r"[\w-]+")


class ValueReader:
    """Reads values from the tokens of one file."""

    def __init__(self, source: Source, tokens: list[Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._index = 0
        self._depth = 0

    def _is_key(self) -> bool:
        return self._peek.kind in ("word", "text") and self._peek_at(1).is_sign(":")

    def _pair(self) -> Pair:
        token = self._take()
        colon = self._take()
        key = text_of(self._source, token).raw if token.kind == "text" else token.text
        if self._is_key() and self._peek.line == colon.line:
            raise self._mistake(f"'{key}' has no plain value", self._peek, try_="Put a text with a colon in quotes.")
        if self._peek.is_sign("}", ",", "]") or self._peek.kind == "end" or self._is_key():
            raise self._mistake(f"'{key}' has no value", colon, try_=f"Write {key}: value")
        return Pair(key, token, self.value())

    def value(self) -> Node:
        """One value: a list, an object, or what stands on the rest of the line."""
        token = self._peek
        if token.is_sign("{"):
            return self._object()
        if token.is_sign("["):
            return self._list()
        if token.is_sign("-") and token.end != self._peek_at(1).start:
            return self._dashed()
        return self._phrase()

    def _object(self) -> ObjectOf:
        opening = self._open()
        pairs: dict[str, Pair] = {}
        while not self._peek.is_sign("}"):
            token = self._peek
            if token.kind == "end":
                raise self._mistake("This '{' is never closed", opening, try_="Add the missing '}'.")
            if not self._is_key():
                raise self._no_entry("the object", token)
            pair = self._pair()
            if pair.key in pairs:
                raise self._mistake(f"'{pair.key}' stands twice in the object", token, try_="Remove one of them.")
            pairs[pair.key] = pair
            self._skip(",")
        self._close()
        return ObjectOf(opening, tuple(pairs.values()))

    def _list(self) -> ListOf:
        opening = self._open()
        items: list[Node] = []
        while not self._peek.is_sign("]"):
            token = self._peek
            if token.kind == "end" or token.is_sign("}"):
                raise self._mistake("This '[' is never closed", opening, try_="Add the missing ']'.")
            items.append(self.value())
            token, previous = self._peek, self._tokens[self._index - 1]
            goes_on = token.line == previous.last_line and token.kind != "end" and not token.is_sign("]")
            if not self._skip(",") and goes_on:
                raise self._mistake(f"',' or ']' is expected in the list, not {token}", token)
        self._close()
        return ListOf(opening, tuple(items))

    def _dashed(self) -> ListOf:
        first = self._peek
        self._deeper(first)
        items: list[Node] = []
        while self._peek.is_sign("-") and self._peek.column == first.column:
            self._take()
            items.append(self.value())
        self._depth -= 1
        return ListOf(first, tuple(items))

    def _phrase(self) -> Node:
        """Everything up to the end of the line, a comma, a closing bracket, or the next `key:`."""
        begin = self._index
        opened: list[Token] = []
        while not self._ends_value(begin, inside=bool(opened)):
            token = self._take()
            if token.is_sign("(", "["):
                opened.append(token)
            elif token.is_sign(")", "]"):
                opened.pop()
        if opened:
            raise self._mistake(f"This '{opened[-1].text}' is never closed", opened[-1])
        if begin == self._index:
            raise self._mistake(f"A value is expected here, not {self._peek}", self._peek)
        return self._classified(self._phrase_of(begin))

    def _ends_value(self, begin: int, *, inside: bool) -> bool:
        token = self._peek
        if token.kind == "end" or token.is_sign("{", "}"):
            return True
        if inside:
            return False
        if token.is_sign(",", "]", ")", ":"):
            return True
        if self._index == begin:
            return False
        return token.line > self._tokens[self._index - 1].last_line or self._is_key() or self._is_block()

    def _is_block(self) -> bool:
        """Whether a declaration or step begins, as in `start: main agent A { … }`."""
        token = self._peek
        opens = self._peek_at(1).is_sign("{") or self._peek_at(2).is_sign("{")
        return opens and token.is_word(*DECLARATIONS, *STATEMENTS)

    def _classified(self, phrase: Phrase) -> Node:
        first, *rest = phrase.tokens
        touching = all(left.end == right.start for left, right in zip(phrase.tokens, rest, strict=False))
        if first.kind == "text" and not rest:
            return Quoted(first)
        if first.kind == "number" and not rest:
            return Plain(first, number_of(self._source, first))
        if first.is_sign("-") and touching and [token.kind for token in rest] == ["number"]:
            return Plain(first, number_of(self._source, rest[0], negative=True))
        if first.is_word(*_CONSTANTS) and not rest:
            return Plain(first, _CONSTANTS[first.text])
        if touching and all(
            token.is_sign(".") if at % 2 else token.kind == "word" for at, token in enumerate(phrase.tokens)
        ):
            return Word(first, phrase.text)
        return phrase

    def _phrase_of(self, begin: int) -> Phrase:
        """The tokens since then, and their text with blanks for the comments between them."""
        tokens = tuple(self._tokens[begin : self._index])
        pieces = [tokens[0].text]
        for token, following in itertools.pairwise(tokens):
            pieces += _NO_NEWLINE.sub(" ", self._source.text[token.end : following.start]), following.text
        return Phrase(tokens[0], tokens, "".join(pieces))

    def _no_entry(self, title: str, token: Token) -> SourceError:
        following = self._peek_at(1)
        if token.is_word(*STATEMENTS):
            return self._mistake(f"A {token.text} cannot stand inside {title}", token, try_="Is a '}' missing above?")
        if token.is_word("elif", "else"):
            return self._mistake(f"There is no 'if' that this '{token.text}' belongs to", token)
        if token.kind != "word":
            return self._mistake(f"An entry such as key: value is expected in {title}, not {token}", token)
        if following.is_sign("="):
            return self._mistake(f"'=' gives no value to '{token.text}'", following, try_=f"Write {token.text}: …")
        if following.is_sign("{"):
            return self._mistake(
                f"A ':' is missing after '{token.text}'", following, try_=f"Write {token.text}: {{ … }}"
            )
        if following.is_sign("->"):
            return self._mistake("'->' does not connect steps", following, try_="Write one step after the other.")
        if following.is_sign("-"):
            return self._mistake(
                f"'{self._dashed_word(token)}' is not a key", token, try_="Put a key with a dash in quotes."
            )
        return self._mistake(
            f"A ':' is missing after '{token.text}' in {title}", token, try_=f"Write {token.text}: value"
        )

    def _dashed_word(self, token: Token) -> str:
        """A name such as `my-agent`, which is more than one token."""
        found = _DASHED.match(self._source.text, token.start)
        return found.group() if found else token.text

    # Tokens

    @property
    def _peek(self) -> Token:
        return self._tokens[self._index]

    def _peek_at(self, ahead: int) -> Token:
        return self._tokens[min(self._index + ahead, len(self._tokens) - 1)]

    def _take(self) -> Token:
        token = self._tokens[self._index]
        if token.kind != "end":
            self._index += 1
        return token

    def _skip(self, sign: str) -> bool:
        """Take this sign if it is the next token."""
        found = self._peek.is_sign(sign)
        if found:
            self._take()
        return found

    def _one_of(self, words: tuple[str, ...], where: str) -> Token:
        if not self._peek.is_word(*words):
            raise self._mistake(f"'{one_of(words)}' is expected {where}, not {self._peek}", self._peek)
        return self._take()

    def _word(self, what: str) -> Token:
        token = self._peek
        if token.kind != "word":
            raise self._mistake(f"{what[:1].upper()}{what[1:]} is expected here, not {token}", token)
        return self._take()

    def _expect(self, sign: str, where: str) -> Token:
        token = self._peek
        if not token.is_sign(sign):
            raise self._mistake(f"'{sign}' is expected {where}, not {token}", token)
        return self._take()

    def _open(self) -> Token:
        token = self._take()
        self._deeper(token)
        return token

    def _deeper(self, token: Token) -> None:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._mistake(f"More than {DEEPEST} brackets stand inside one another here", token)

    def _close(self) -> None:
        self._take()
        self._depth -= 1

    def _mistake(self, what: str, token: Token, *, try_: str = "") -> SourceError:
        return self._source.mistake(what, token, try_=try_)
