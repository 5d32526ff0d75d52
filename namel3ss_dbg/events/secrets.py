"""Everything that makes a text or a name secret, as one object: what is built in, and what a person adds.

`HINTS` are what a line of JSON must hold for anything built in to be there. They are searched for by an Aho-Corasick
automaton that takes 0.3 µs for 64 of them and several times as long for more; so there are 64 at most, and their
letters were chosen by measuring. Values that are known to be secret have an automaton of their own.
"""

from __future__ import annotations

import functools
import json
import re
import urllib.parse
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import attrs
import orjson
import re2
from ahocorasick_rs import AhoCorasick, BytesAhoCorasick, MatchKind

from .names import TAILS, find_assigned, names_a_secret
from .shapes import PRIVATE_KEY, SHAPES, URL_HINT, WEBHOOKS, Shape

MASK = "***"
"""What stands in place of a secret."""

LONGEST_SECRET = 4_096
"""Characters beyond a cut that are looked at too: half a secret is a secret."""

_LONGEST_KNOWN = 1_024
# A known secret that is longer is known in pieces: each must fit into what is looked at beyond a cut.
_LONG_ENOUGH, _MOST_STARTS = 12, 64
# Letters of a known secret that are looked for in a line, and where among its first ones they may begin.

_FOLLOWED = (
    "oken", "OKEN", "_key", "-key", "Key", "pikey", "_KEY", "-KEY", "pwd", "Pwd", "PWD", "_pass", "_PASS",
)  # fmt: skip
# Parts of names that say something only where a value may come next: `tokens_used` is in every call of a model.
_NAMES = (
    'ey"', "ey=", 'EY"', "ecre", "ECRE", "assw", "SSW", "hrase", "SPHRAS", "rizat", "RIZAT", "okie", "OKIE", "redent",
    "EDENT",
)  # fmt: skip
_OF_SHAPES = tuple(dict.fromkeys(hint for shape in SHAPES for hint in shape.hints if hint != URL_HINT))
_BUCKETS = 16


def _in_buckets(hints: Iterable[str]) -> tuple[bytes, ...]:
    """Hints in the order that puts similar ones into one bucket of the automaton, which halves what it takes."""
    alike = sorted(hints, key=lambda hint: ([ord(letter) >> 4 for letter in hint[:3]], hint))
    size = -(-len(alike) // _BUCKETS)
    return tuple(
        alike[bucket * size + row].encode()
        for row in range(size)
        for bucket in range(_BUCKETS)
        if bucket * size + row < len(alike)
    )


HINTS = _in_buckets((URL_HINT, *_FOLLOWED, *_NAMES, *_OF_SHAPES))
"""What stands in a line of JSON wherever something secret is."""

find_hints = BytesAhoCorasick(HINTS, matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes
"""Which hints are in a line, each with its beginning and end."""
# Leftmost matching lets the automaton skip ahead with SIMD, which is worth a factor of three.

_URL = HINTS.index(URL_HINT.encode())
_WEAK = frozenset(HINTS.index(hint.encode()) for hint in _FOLLOWED)
_ANCHOR = re.compile(r"(?<!\[)\^|\$|\\[bBAz]")
_VALUE_NEXT = re.compile(rb"[\"'`\\\]>=:wW]|\s+(?:[=:]|is|was)|\s\S{16}")
# A `w` because `_pass` hides the hint in `_password`.
_WEBHOOKS = tuple(word.encode() for word in WEBHOOKS)

_TEXT_HINTS = (URL_HINT, *(hint.rstrip(" \\") for hint in _OF_SHAPES), *TAILS)
_shapes_of = [tuple(shape for shape in SHAPES if hint in shape.hints) for hint in (URL_HINT, *_OF_SHAPES)]


def are_grave(hints: list[tuple[int, int, int]], line: bytes) -> bool:
    """Whether hints that were found in a line call for a closer look at it."""
    for hint, start, end in hints:
        if hint == _URL:
            if b"@" in line or line.startswith(_WEBHOOKS, end):
                return True
        elif hint not in _WEAK or _VALUE_NEXT.match(line, end) or b"-" in line[start - 2 : start + 1]:
            return True
    return False


@functools.cache
def _text_hints() -> AhoCorasick:
    return AhoCorasick(_TEXT_HINTS, matchkind=MatchKind.Standard)


@attrs.define
class Secrets:
    """What is secret: all that is built in, and more."""

    keys: tuple[str, ...] = ()
    """More names whose values are secret, compared without case."""
    patterns: tuple[Any, ...] = ()
    """Compiled by RE2; of what one with a group finds, only the first group is secret."""
    known: tuple[str, ...] = ()
    """Literal values that never may appear."""
    is_suspicious: Callable[[bytes], Any] | None = attrs.field(init=False, default=None)
    """Whether a line of JSON may hold something that is not built in; None when nothing can."""
    _keys: frozenset[str] = attrs.field(init=False)
    _key_in_text: re.Pattern[str] | None = attrs.field(init=False, default=None)
    _known_in: Callable[[str], list[tuple[int, int, int]]] | None = attrs.field(init=False, default=None)

    def __attrs_post_init__(self) -> None:
        self._keys = frozenset(key.lower() for key in self.keys)
        finds: list[Callable[[bytes], Any]] = []
        if self._keys:
            self._key_in_text = re.compile("|".join(map(re.escape, self.keys)), re.IGNORECASE)
            find = _finder(self._keys)
            finds.append(lambda line: find(line.lower()))
        if known := list(dict.fromkeys(form for value in self.known for form in _forms(value))):
            finds.append(_finder(known))
            self._known_in = AhoCorasick(known, matchkind=MatchKind.LeftmostLongest).find_matches_as_indexes
        if self.patterns:
            finds.append(_pattern_finder(self.patterns))
        if len(finds) == 1:
            self.is_suspicious = finds[0]
        elif finds:
            self.is_suspicious = lambda line: any(find(line) for find in finds)

    def names(self, key: str) -> bool:
        """Whether what stands under a key is secret."""
        return names_a_secret(key) or self._is_more(key)

    def masked(self, text: str) -> str:
        """The text without what is secret in it; `Bearer ***` still says what it was."""
        if self._known_in is not None and (found := self._known_in(text)):
            text = _without(text, [(start, stop) for _, start, stop in found])
        hints = _text_hints().find_matches_as_indexes(text, overlapping=True)
        if hints or self._key_in_text is not None:
            if "PRIVATE KEY" in text:
                text = _without_shape(text, PRIVATE_KEY)
                hints = _text_hints().find_matches_as_indexes(text, overlapping=True)
            text = self._without_named(text, hints)
            for shape in dict.fromkeys(
                shape for hint, _, _ in hints if hint < len(_shapes_of) for shape in _shapes_of[hint]
            ):
                text = _without_shape(text, shape)
        for pattern in self.patterns:
            text = pattern.sub(_mask_group, text)
        return text

    def _is_more(self, key: str) -> bool:
        return bool(self._keys) and key.lower() in self._keys

    def _without_named(self, text: str, hints: list[tuple[int, int, int]]) -> str:
        ends = {end for hint, _, end in hints if hint >= len(_shapes_of)}
        if self._key_in_text is not None:
            ends.update(found.end() for found in self._key_in_text.finditer(text))
        spans: list[tuple[int, int]] = []
        for end in sorted(ends):
            if spans and end <= spans[-1][1]:
                continue
            found = find_assigned(text, end, self._is_more)
            if found is not None:
                spans.append((found.start, found.stop))
        return _without(text, spans) if spans else text


def _without_shape(text: str, shape: Shape) -> str:
    check = shape.check

    def mask(match: re.Match[str]) -> str:
        secret = match["secret"] if shape.has_part else match[0]
        if check is not None and not check(secret):
            return match[0]
        return match[0].replace(secret, MASK)

    return shape.pattern.compiled.sub(mask, text)


def _mask_group(match: Any) -> str:
    whole: str = match.group()
    part: str | None = match.group(1) if match.re.groups else whole
    return whole.replace(part, MASK) if part else whole


def _without(text: str, spans: Iterable[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, stop in spans:
        pieces += [text[at:start], MASK]
        at = stop
    return "".join([*pieces, text[at:]])


def _forms(value: str) -> Iterator[str]:
    """A value as texts may hold it: as it is, within JSON that is itself a text, and within an address."""
    whole = value.encode("utf-8", "replace").decode()
    count = -(-len(whole) // _LONGEST_KNOWN)
    for number in range(count):  # of equal length, lest the last of them is a few letters that stand everywhere
        piece = whole[len(whole) * number // count : len(whole) * (number + 1) // count]
        yield piece
        yield _inside_json(piece).decode()
        yield json.dumps(piece)[1:-1]
        yield urllib.parse.quote(piece, safe="")
        yield urllib.parse.quote_plus(piece)


def _finder(words: Iterable[str]) -> Callable[[bytes], Any]:
    in_json = dict.fromkeys(map(_rarest_piece, words))
    return BytesAhoCorasick(_in_buckets(in_json), matchkind=MatchKind.LeftmostFirst).find_matches_as_indexes


def _rarest_piece(word: str) -> str:
    """A piece of a word, in JSON, that begins with what is rare in a line: digits are in every timestamp."""
    text = _inside_json(word).decode()
    starts = range(max(1, min(len(text) - _LONG_ENOUGH + 1, _MOST_STARTS)))
    start = min(starts, key=lambda at: sum(_how_common(letter) for letter in text[at : at + 3]))
    return text[start : start + _LONG_ENOUGH]


def _how_common(letter: str) -> int:
    return 3 if letter.isdigit() else 2 if letter in "etaoinsrhl" else 1 if letter.islower() else 0


def _pattern_finder(patterns: tuple[Any, ...]) -> Callable[[bytes], Any]:
    """Whether a pattern may find something in the texts of a line.

    Without escapes the texts stand in the line as they are, and what is found in one is found in the line too; but for
    anchors, which mean another place there.
    """
    if any(_ANCHOR.search(pattern.pattern) for pattern in patterns):
        return bool
    search = re2.compile("|".join(f"(?:{pattern.pattern})" for pattern in patterns)).search
    return lambda line: b"\\" in line or search(line.decode()) is not None


def _inside_json(text: str) -> bytes:
    return orjson.dumps(text.encode("utf-8", "replace").decode())[1:-1]


_BUILT_IN = Secrets()


def masked(text: str) -> str:
    """The text without what looks like a secret, for what is known to be one of nobody's."""
    return _BUILT_IN.masked(text)
