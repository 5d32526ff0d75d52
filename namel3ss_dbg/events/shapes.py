"""How secrets look, wherever they stand: keys of providers, credentials of HTTP, private keys, passwords in addresses.

Each shape has hints: short pieces of text, one of which stands wherever the shape does. They are searched for in every
line that is written, and the patterns are tried only where one was found. Together with those of names (in `secrets`)
they are 64 at most: up to there one pass with SIMD finds all of them, with one more it takes several times as long.
"""

from __future__ import annotations

import base64
import binascii
import functools
import re
from collections.abc import Callable
from typing import NamedTuple

_Check = Callable[[str], bool]


class LatePattern:
    """A regular expression that is compiled when it is first needed, so that no program waits for it to start."""

    def __init__(self, source: str, flags: re.RegexFlag = re.NOFLAG) -> None:
        self._source = source
        self._flags = flags

    @functools.cached_property
    def compiled(self) -> re.Pattern[str]:
        """The expression, ready to search with."""
        return re.compile(self._source, self._flags)


def is_wordy(text: str) -> bool:
    """Whether it consists of words and small numbers, as `basic-auth-v2`, `input/output.` and `nextToken` do."""
    return _WORDS.compiled.fullmatch(text) is not None or _CAMEL.compiled.fullmatch(text) is not None


def has_letters_and_digits(text: str) -> bool:
    """Whether it has both."""
    return _DIGIT.compiled.search(text) is not None and _LETTER.compiled.search(text) is not None


_DIGIT, _LETTER = LatePattern(r"[0-9]"), LatePattern(r"[A-Za-z]")
_WORD = r"(?:[A-Z]?[a-z]{1,14}|[A-Z]{1,14})[0-9]?"
_WORDS = LatePattern(rf"{_WORD}?(?:[-_./:,]+(?:{_WORD}|[vV]?[0-9]{{1,3}}))*[0-9]{{0,3}}[-_./:,]*")
_CAMEL = LatePattern(r"[A-Za-z][a-z]*[0-9]?(?:[A-Z][a-z]{1,14}[0-9]?)+")


def _is_opaque(text: str) -> bool:
    return not is_wordy(text) and (has_letters_and_digits(text) or len(text) >= 20)


_EXAMPLE = LatePattern(r"(?:user|username|redacted|x+)?:(?:pass|passwd|password|pw|redacted|x+|%[sd])", re.IGNORECASE)


def _is_no_example(text: str) -> bool:
    return _EXAMPLE.compiled.fullmatch(text) is None


def _is_user_and_password(text: str) -> bool:
    try:
        decoded = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError):
        decoded = b""
    return b":" in decoded or (len(text) >= 16 and has_letters_and_digits(text))


class Shape(NamedTuple):
    """What a kind of secret looks like."""

    hints: tuple[str, ...]
    pattern: LatePattern
    """Finds it; when there is a group `secret`, the rest of what was found stays."""
    check: _Check | None = None
    """Says of what the pattern found whether it is secret after all."""

    @property
    def has_part(self) -> bool:
        """Whether only a part of what is found is secret."""
        return "secret" in self.pattern.compiled.groupindex


# Not inside of a word; what stands before it may be the escape of a character, in JSON within a text.
_BEGIN = r"(?:(?<![A-Za-z0-9_])|(?<=\\[nrt])|(?<=\\u[0-9a-fA-F]{4}))"


def _shape(hints: str, pattern: str, check: _Check | None = None) -> Shape:
    return Shape(tuple(hints.split()), LatePattern(pattern.replace(r"\b", _BEGIN, 1), re.DOTALL | re.ASCII), check)


_PEM = r"[A-Z0-9 ]{0,30}PRIVATE KEY(?: BLOCK)?-----"
_ESCAPED_LINE = r"(?:\\{1,8}[nr]|[\s\"'`|>+,])"

PRIVATE_KEY = Shape(
    ("TE KEY",),
    LatePattern(
        rf"-----BEGIN {_PEM}(?=(?:{_ESCAPED_LINE}{{0,20}}[A-Z][A-Za-z-]{{2,20}}: [^\r\n\\]{{0,200}}){{0,4}}"
        rf"{_ESCAPED_LINE}{{0,20}}[A-Za-z0-9+/=]{{10,}}).*?(?:-----END {_PEM}|\Z)",
        re.DOTALL,
    ),
)
"""The one shape that goes over lines: it has to be found before what merely has a name, within its first line."""

SHAPES: tuple[Shape, ...] = (
    Shape(
        ("rer ", "rer\\", "RER "),
        LatePattern(rf"{_BEGIN}(?i:bearer)\s+(?P<secret>[A-Za-z0-9._~+/-]{{12,}}=*)", re.ASCII),
        _is_opaque,
    ),
    Shape(
        ("sic ", "sic\\"),
        LatePattern(rf"{_BEGIN}(?i:basic)\s+(?P<secret>[A-Za-z0-9+/_-]{{8,}}={{0,2}})(?![A-Za-z0-9+/_=-])", re.ASCII),
        lambda text: not is_wordy(text) and _is_user_and_password(text),
    ),
    # OpenAI, Anthropic, OpenRouter, DeepSeek, Langfuse and all who took over the form
    _shape("sk-", r"\bsk-(?!ssh-|ecdsa-)(?:(?:proj|ant|or|svcacct|admin|lf)-)?[A-Za-z0-9_-]{16,}", _is_opaque),
    _shape("k_live_ k_test_", r"\b[rsp]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _shape("AKIA ASIA", r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b(?:[\"',:;\s]{1,6}[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=]))?"),
    _shape("AKIA ASIA", r"[?&]X-Amz-Signature=(?P<secret>[0-9a-f]{64})"),
    _shape("ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_[A-Za-z0-9]{30,}"),
    _shape("ub_pat", r"\bgithub_pat_[A-Za-z0-9_]{30,}"),
    _shape("lpat-", r"\bglpat-[A-Za-z0-9_.-]{16,}"),
    _shape("xox", r"\bxox[abceoprs]-(?:[0-9]-)?[A-Za-z0-9-]{10,}"),
    _shape("://", r"://(?P<secret>hooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,})"),
    _shape("://", r"://(?:\w+\.)?discord(?:app)?\.com/api/(?:v\d+/)?webhooks/(?P<secret>\d{15,}/[A-Za-z0-9_-]{40,})"),
    _shape("AIza", r"\bAIza[A-Za-z0-9_-]{35}"),
    _shape("ya29.", r"\bya29\.[A-Za-z0-9_-]{20,}"),
    _shape("GOCSPX", r"\bGOCSPX-[A-Za-z0-9_-]{20,}"),
    _shape("hf_", r"\bhf_[A-Za-z0-9]{30,}"),
    _shape("npm_", r"\bnpm_[A-Za-z0-9]{36}"),
    _shape("pypi-A", r"\bpypi-A[A-Za-z0-9_-]{50,}"),
    _shape("SG.", r"\bSG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _shape("gsk_", r"\bgsk_[A-Za-z0-9]{20,}"),
    _shape("xai- pplx-", r"\b(?:xai|pplx)-[A-Za-z0-9]{20,}"),
    _shape("r8_", r"\br8_[A-Za-z0-9]{30,}"),
    _shape("lsv2_", r"\blsv2_(?:pt|sk)_[A-Za-z0-9_]{20,}"),
    _shape("8Q~", r"(?<![A-Za-z0-9_~.-])[A-Za-z0-9_~.-]{3}8Q~[A-Za-z0-9_~.-]{31,34}"),
    _shape(":AA", r"(?<![0-9])[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?![A-Za-z0-9_-])"),
    # Not after its own letters, or a text of thousands of `eyJ-` would be read to its end from each of them.
    _shape("eyJ", r"(?:(?<![\w-])|(?<=\\[nrt]))eyJ[\w-]{8,}\.[\w-]*\.[\w-]{8,}(?:\.[\w-]+){0,2}"),
    PRIVATE_KEY,
    _shape("://", r"(?<=://)[^\s:/@\"'<>{}\[\]$]*:[^\s/\"'<>{}]+(?=@)", _is_no_example),
    _shape("://", r"(?<=://)[0-9a-f]{32}(?=@)"),  # Sentry
    _shape("sig=", r"[?&;]sig=(?P<secret>[A-Za-z0-9%+/=_-]{20,})"),
)  # fmt: skip

URL_HINT = "://"
"""The hint that innocent lines often hold: without an `@`, and unless it leads to a webhook, it calls for nothing."""

WEBHOOKS = ("hooks.", "discord", "canary.", "ptb.")
"""What comes after `://` in the addresses that are secrets themselves."""
