"""What stands under a name that says it is secret: keys of payloads, and names inside texts that a value follows.

A text is code, a log, a header, or prose, so there the name is not enough: `token: str = None` is none, nor is `the
password: it must be long`. What is quoted under a quoted name is data and believed; everything else has to look random.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import NamedTuple

from .shapes import LatePattern, has_letters_and_digits, is_wordy

LONGEST_VALUE = 4_096
"""Characters of a value that goes on and on."""

_LONGEST_NAME = 80
_ENOUGH = 256
# Characters of a value that are looked at: a text of nothing but names would otherwise be read from each of them.
_LONG = 16
# From so many random characters on, a value counts that merely comes next: `aws_secret_access_key …`.

_SECRET_NAME = LatePattern(
    r"(?:^|[_\-.\s])(?:"
    r"(?:api|access|account|auth|deploy|encryption|license|master|private|service|signing|storage|subscription)[_\-]?key"
    r"|secret(?:[_\-]?(?:access[_\-]?)?key(?:[_\-]base)?)?|[a-z]{0,12}[_\-]?token|(?:proxy[_\-])?authorization"
    r"|(?:set[_\-])?cookie|credentials?|[a-z]{1,12}[_\-]pwd"
    r"|(?:admin|auth|db|database|email|ftp|imap|ldap|mail|mysql|pg|postgres|proxy|redis|root|smtp|ssh|sudo|user)"
    r"[_\-]?pass)\Z"
    r"|(?:apikey|accesskey|accountkey|secretkey|privatekey|signingkey|clientsecret|authtoken|accesstoken"
    r"|password|passwd|passphrase)\Z"
    r"|(?-i:[a-z0-9](?:Token|Secret|Pwd)\Z)",
    re.IGNORECASE,
)
# `eos_token` and `next_page_token` are none, nor is what a token costs.
_INNOCENT_NAME = LatePattern(
    r"(?:^|[_\-.\s])(?:[be]os|eot|pad|unk|sep|cls|mask|stop|special|start|end|first|last|next|previous|current|page|sync"
    r"|continuation|cancellation|per|to|by|max|min|each|input|output|prompt|completion|cached|reasoning|image|audio|text"
    r"|lexer|syntax)[_\-]?token\Z|(?-i:(?:next|page|Page|eos|bos|stop|Sync|cancellation|continuation)Token\Z)",
    re.IGNORECASE,
)

# What names end in. First letters are left out, so that `Token` and `token` are one.
TAILS = (
    "ey", "EY", "oken", "OKEN", "ecret", "ECRET", "ssword", "SSWORD", "sswd", "SSWD", "hrase", "HRASE", "pwd", "Pwd",
    "PWD", "_pass", "_PASS", "-pass", "rization", "RIZATION", "okie", "OKIE", "edential", "EDENTIAL", "edentials",
    "EDENTIALS", "ey_base", "EY_BASE",
)  # fmt: skip


@functools.lru_cache(maxsize=4_096)
def names_a_secret(name: str) -> bool:
    """Whether what stands under this name is secret."""
    return (
        _SECRET_NAME.compiled.search(name[-_LONGEST_NAME:]) is not None and _INNOCENT_NAME.compiled.search(name) is None
    )


class Span(NamedTuple):
    """A part of a text."""

    start: int
    stop: int


_QUOTE = r"\\{0,7}[\"'`]"
_NAME_BEFORE = LatePattern(r"[\w.\-]*\Z")
_ASSIGNS = LatePattern(
    rf"""
    (?P<close>{_QUOTE})?\]?
    (?: : \s{{0,4}} [A-Za-z_][\w.]{{0,40}} (?:\[[^\]\n]{{0,40}}\])? (?:\s?\|\s?\w{{1,40}})? \s{{0,4}}
        = \s{{0,8}} (?={_QUOTE})
      | [ \t]{{0,40}} (?P<sign>=>|:=|[:=]) (?![:=]) (?: [ \t]{{0,4}} [|>][+-]? (?=\s|\\n) )?
        (?: \s | \\[nr](?=\s) ){{0,40}}
      | (?P<tag>>)
      | (?: \s{{0,8}},)? \s{{0,8}} (?:{_QUOTE})? value (?:{_QUOTE})? \s{{0,8}} [:=] \s{{0,8}}
      | (?P<says> \s{{1,4}} (?:is|was):? \s{{1,4}} )
      | (?P<blank> [ \t]{{1,4}} )
    )
    (?: [bru]{{1,2}} (?=["']) )?
    (?P<open>{_QUOTE})?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SCHEME = LatePattern(
    r"(?:(?P<long>Digest|OAuth|Hawk|Signature|MAC|AWS4-HMAC-SHA256)"
    r"|Bearer|Basic|Token|Api-?Key|Key|Bot|GenieKey|Splunk|Negotiate|NTLM|JWT|SSWS)\s+",
    re.IGNORECASE,
)
_BARE = LatePattern(r"[^\s\"'`\\<>]{1,4096}")
_IN_QUERY = LatePattern(r"[^\s\"'`\\<>&;#]{1,4096}")
_REST_OF_LINE = LatePattern(r"(?:[^\r\n\"'`\\]){1,4096}")
_REST_WITH_QUOTES = LatePattern(r"(?:[^\r\n'\\]|\\[\"\\]){1,4096}")
_COOKIE = LatePattern(r"[^\s=;,]{1,200}=\S")
_PASSWORD = LatePattern(r"pass|pwd|phrase", re.IGNORECASE)

_NO_VALUE = LatePattern(
    r"true|false|none|null|nil|undefined|string|str|text|u?int\d*|integer|float\d*|number|bool|boolean|object|array|list"
    r"|dict|required|optional|hidden|redacted|masked|removed|empty|missing|unset|invalid|expired|valid|default|disabled"
    r"|enabled|bytes|any|uuid\d?|bearer|basic|x+|\.+|-+|_+|•+|sha-?\d+|utf-?\d+|base\d+|md5|hs\d+|rs\d+|es\d+"
    r"|argon2(?:id?|d)?|bcrypt|scrypt|oauth2?|x509|ed25519|s3|http2?|erc\d+|v\d+|your[-_ ].*|my[-_].*|changeme"
    r"|(?:env|os|process|self|config|settings|this|args|req|request|ctx|st)\..*"
    r"|[A-Za-z_]\w*(?:(?:\.|::|->)[A-Za-z_]\w*)+|[A-Za-z_][\w.]*[(\[].*|#[0-9a-f]{3,8}|.*(?:%[sd]|\{\w*\}).*",
    re.IGNORECASE | re.DOTALL,
)
_NO_BEGINNING = ("{", "$", "<", "%", "[", "*", "(", "•", "…", "...")
_NO_BARE_BEGINNING = (")", "]", "|", ",", "=", "&", "http://", "https://")
_PLAIN = LatePattern(r"[A-Za-z0-9+/=_.~!?#@%^*-]*[0-9][A-Za-z0-9+/=_.~!?#@%^*-]*")
_SEPARATORS = LatePattern(r"[-_.]")
_SYMBOL = LatePattern(r"[!@#$%^&*+=~?]")


def find_assigned(text: str, end_of_name: int, is_extra: Callable[[str], bool]) -> Span | None:
    """The secret value after a name that ends there; `is_extra` says which more names there are."""
    found = _ASSIGNS.compiled.match(text, end_of_name)
    if found is None:
        return None
    before = _NAME_BEFORE.compiled.search(text, max(0, end_of_name - _LONGEST_NAME), end_of_name)
    written = before[0] if before is not None else ""
    if text[end_of_name - len(written) - 1 : end_of_name - len(written)] == "\\" and written[:1] in ("n", "r", "t"):
        written = written[1:]  # in JSON within a text, a line break stands before it
    place = _Place(text, written, found)
    if is_extra(place.name):
        return place.span if not place.is_loose and text[place.start : place.stop].strip() else None
    if not names_a_secret(place.name) and place.name.lower() != "pwd":
        return None
    if place.is_loose and place.is_quoted:
        return None
    if place.name.lower().endswith("cookie") and not place.is_quoted:
        return place.cookies()
    if (
        place.name.lower().endswith("authorization")
        and (scheme := _SCHEME.compiled.match(text, place.start)) is not None
    ):
        return place.credential(scheme)
    return place.span if place.holds_a_secret() else None


class _Place:
    """A name and what comes after it."""

    def __init__(self, text: str, written: str, found: re.Match[str]) -> None:
        self._text = text
        self._found = found
        self.name = written.lstrip("-.")
        self.start = found.end()
        self.is_quoted = found["open"] is not None
        self.is_loose = found["blank"] is not None and not written.startswith("-")
        """Whether the value merely comes next, and is not the next word after an option either."""
        begins = found.start() - len(written)
        self._in_query = text[max(0, begins - 1) : begins] in ("?", "&")
        self.stop = self._end()

    @property
    def span(self) -> Span:
        """Where the value is."""
        return Span(self.start, self.stop)

    def cookies(self) -> Span | None:
        """Everything behind `Cookie:`, if it is a header."""
        rest = _REST_OF_LINE.compiled.match(self._text, self.start)
        is_header = self._found["sign"] == ":" and rest is not None and _COOKIE.compiled.match(rest[0]) is not None
        return Span(self.start, rest.end()) if rest is not None and is_header else None

    def credential(self, scheme: re.Match[str]) -> Span | None:
        """What comes after the scheme of an `Authorization:`."""
        goes_on = scheme["long"] is not None and not self.is_quoted
        value = (_REST_WITH_QUOTES if goes_on else _BARE).compiled.match(self._text, scheme.end())
        if value is None or is_wordy(value[0]) or value[0].startswith(_NO_BEGINNING):
            return None
        return Span(scheme.end(), value.end())

    def holds_a_secret(self) -> bool:
        """Whether the value looks like a secret, here."""
        name, found = self.name, self._found
        value = self._text[self.start : min(self.stop, self.start + _ENOUGH)]
        if len(value) < 4 or value.startswith(_NO_BEGINNING) or "***" in value or _NO_VALUE.compiled.fullmatch(value):
            return False
        if _names_itself(name, value) or (name.lower() == "pwd" and "/" in value):
            return False
        if self.is_quoted:
            return _is_quoted_secret(name, value, is_data=found["close"] is not None)
        if value.startswith(_NO_BARE_BEGINNING):
            return False
        if self.is_loose or found["says"] is not None:
            least = _LONG if self.is_loose else 6
            return len(value) >= least and _PLAIN.compiled.fullmatch(value) is not None and _looks_random(name, value)
        if self._in_query or (name.isupper() and found["sign"] == "=" and found.end("sign") == self.start):
            is_code = self._text[self.stop : self.stop + 1] in (")", ",") and is_wordy(value)
            return not value.startswith(("/", "./", "~/", ":")) and not is_code
        return _looks_random(name, value)

    def _end(self) -> int:
        if self.is_quoted:
            return _end_of_quoted(self._text, self.start, self._found["open"])
        bare = (_IN_QUERY if self._in_query else _BARE).compiled.match(self._text, self.start)
        if bare is None:
            return self.start
        return self.start + len(bare[0] if self._in_query else bare[0].rstrip(".,;:)]}"))


def _names_itself(name: str, value: str) -> bool:
    """Whether the value is only another name, as in `PASSWORD: "password"`."""
    same = _SEPARATORS.compiled.sub("", value).lower() == _SEPARATORS.compiled.sub("", name).lower()
    return same or (names_a_secret(value) and is_wordy(value))


def _is_quoted_secret(name: str, value: str, *, is_data: bool) -> bool:
    if name.lower().endswith("cookie"):
        return _COOKIE.compiled.match(value) is not None or (len(value) >= _LONG and " " not in value)
    if " " in value:
        words = value.count(" ") + 1
        return ("phrase" in name.lower() and words <= 12) or (words <= 3 and _DIGIT.compiled.search(value) is not None)
    if _PASSWORD.compiled.search(name) or (is_data and not name.lower().endswith("token")):
        return True
    return has_letters_and_digits(value) and not is_wordy(value)


_DIGIT = LatePattern(r"[0-9]")


def _looks_random(name: str, value: str) -> bool:
    if _PASSWORD.compiled.search(name):
        mixed = has_letters_and_digits(value) or _SYMBOL.compiled.search(value) is not None
        return (mixed and len(value) >= 5) or (value.isdigit() and len(value) >= 6 and not name.isupper())
    return len(value) >= 8 and has_letters_and_digits(value) and not is_wordy(value)


def _end_of_quoted(text: str, start: int, quote: str) -> int:
    """Where a quoted value ends: at the same quote, unless that is itself escaped; at the latest with its line."""
    limit = min(len(text), start + LONGEST_VALUE)
    line_end = text.find("\n", start, limit)
    limit = line_end if line_end >= 0 else limit
    at = text.find(quote, start, limit)
    while at > start and text[at - 1] == "\\":
        at = text.find(quote, at + 1, limit)
    return at if at >= 0 else limit
