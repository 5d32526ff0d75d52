"""Secrets that never were: made from a beginning and random letters when a test runs.

The corpora name them as `⟦kind⟧`, so that no file of this repository holds anything that looks like a key.
"""

from __future__ import annotations

import base64
import json
import re
import string
from collections.abc import Callable
from pathlib import Path
from random import Random

_PLACE = re.compile(r"⟦(\w+)⟧")
_LETTERS = string.ascii_letters + string.digits
_HEX = "0123456789abcdef"
_URL_SAFE = _LETTERS + "_-"
_BASE64 = _LETTERS + "+/"


def _of(alphabet: str, length: int, begins: str = "") -> Callable[[Random], str]:
    def make(random: Random) -> str:
        body = "".join(random.choices(alphabet, k=length - 4))
        return begins + "a" + body + "7Q" + random.choice(_HEX[:10])

    return make


def _part(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))


def _json_part(random: Random, **fields: str) -> str:
    text = json.dumps({**fields, "n": _part(random, _LETTERS, 12)}, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _jwt(random: Random) -> str:
    return f"{_json_part(random, alg='HS256')}.{_json_part(random, sub='42')}.{_part(random, _URL_SAFE, 43)}"


def _jwe(random: Random) -> str:
    parts = [_part(random, _URL_SAFE, length) for length in (86, 16, 60, 22)]
    return ".".join([_json_part(random, alg="RSA-OAEP", enc="A256GCM"), *parts])


def _basic(random: Random) -> str:
    return base64.b64encode(f"ann:{_part(random, _LETTERS, 14)}".encode()).decode()


def _password(random: Random) -> str:
    word, number = _part(random, string.ascii_lowercase, 6), random.randint(1000, 9999)
    return f"{word}{random.randint(10, 99)}{random.choice('!?#%^')}Zq{number}"


def _pem(random: Random) -> str:
    """The lines inside a private key."""
    return "\n".join(_part(random, _BASE64, 64) for _ in range(6))


def _plain(random: Random) -> str:
    return _part(random, _LETTERS, 12)


KINDS: dict[str, Callable[[Random], str]] = {
    "openai": _of(_LETTERS, 48, "sk" + "-"),
    "openai_project": _of(_URL_SAFE, 120, "sk" + "-proj-"),
    "anthropic": _of(_URL_SAFE, 95, "sk" + "-ant-api03-"),
    "openrouter": _of(_HEX, 64, "sk" + "-or-v1-"),
    "deepseek": _of(_HEX, 32, "sk" + "-"),
    "groq": _of(_LETTERS, 52, "gs" + "k_"),
    "xai": _of(_LETTERS, 80, "xa" + "i-"),
    "perplexity": _of(_LETTERS, 48, "ppl" + "x-"),
    "replicate": _of(_LETTERS, 37, "r" + "8_"),
    "langsmith": _of(_HEX, 32, "ls" + "v2_pt_"),
    "mistral": _of(_LETTERS, 32),
    "google": _of(_URL_SAFE, 35, "AI" + "za"),
    "google_access": _of(_URL_SAFE, 60, "ya" + "29.a0"),
    "google_client": _of(_URL_SAFE, 28, "GOC" + "SPX-"),
    "aws_id": lambda random: "AK" + "IA" + _part(random, string.ascii_uppercase + "234567", 16),
    "aws_session_id": lambda random: "AS" + "IA" + _part(random, string.ascii_uppercase + "234567", 16),
    "aws_secret": _of(_BASE64, 40),
    "azure_secret": lambda random: _part(random, _LETTERS, 3) + "8Q" + "~" + _part(random, _LETTERS, 34),
    "azure_key": lambda random: base64.b64encode(random.randbytes(64)).decode(),
    "github": _of(_LETTERS, 36, "gh" + "p_"),
    "github_oauth": _of(_LETTERS, 36, "gh" + "o_"),
    "github_server": _of(_LETTERS, 36, "gh" + "s_"),
    "github_fine": _of(_LETTERS, 82, "github" + "_pat_11"),
    "gitlab": _of(_URL_SAFE, 20, "gl" + "pat-"),
    "slack_bot": lambda random: f"xo{'xb'}-{random.randint(10**11, 10**12)}-{_part(random, _LETTERS, 24)}",
    "slack_user": lambda random: f"xo{'xp'}-{random.randint(10**11, 10**12)}-{_part(random, _HEX, 32)}",
    "slack_hook": lambda random: f"T0{_part(random, _HEX, 8)}/B0{_part(random, _HEX, 8)}/{_part(random, _LETTERS, 24)}",
    "discord_hook": lambda random: f"{random.randint(10**17, 10**18)}/{_part(random, _URL_SAFE, 68)}",
    "huggingface": _of(_LETTERS, 34, "h" + "f_"),
    "npm": _of(_LETTERS, 36, "np" + "m_"),
    "pypi": _of(_URL_SAFE, 120, "py" + "pi-AgEIcHlwaS5vcmc"),
    "stripe": _of(_LETTERS, 24, "sk" + "_live_"),
    "stripe_restricted": _of(_LETTERS, 24, "rk" + "_test_"),
    "sendgrid": lambda random: f"S{'G.'}{_part(random, _URL_SAFE, 22)}.{_part(random, _URL_SAFE, 43)}",
    "telegram": lambda random: f"{random.randint(10**9, 10**10 - 1)}:A{'A'}{_part(random, _URL_SAFE, 33)}",
    "jwt": _jwt,
    "jwe": _jwe,
    "basic": _basic,
    "opaque": _of(_LETTERS, 40),
    "hex": _of(_HEX, 40),
    "uuid": lambda random: "-".join(_part(random, _HEX, length) for length in (8, 4, 4, 4, 12)),
    "password": _password,
    "plain": _plain,
    "words": lambda random: " ".join(_part(random, string.ascii_lowercase, 6) for _ in range(4)),
    "pem": _pem,
    "sentry": lambda random: _part(random, _HEX, 32),
}


def filled(text: str, seed: str | int) -> tuple[str, list[str]]:
    """A line of a corpus with secrets in its places, and those secrets; the same ones for the same seed."""
    made: list[str] = []
    random = Random(seed)  # noqa: S311 - they open nothing

    def fill(place: re.Match[str]) -> str:
        made.append(KINDS[place[1]](random))
        return made[-1]

    return _PLACE.sub(fill, _unescaped(text)), made


def one_of(kind: str) -> str:
    """A secret of a kind; always the same one."""
    return filled(f"⟦{kind}⟧", kind)[1][0]


def _unescaped(text: str) -> str:
    """Line breaks and tabs for `\\n` and `\\t`; after one more backslash, these stay as they are."""
    return re.sub(r"\\\\(?=[nt])|\\n|\\t", lambda found: {"\\n": "\n", "\\t": "\t"}.get(found[0], "\\"), text)


def corpus(name: str) -> list[str]:
    """The lines of a corpus; lines that begin with `##` are comments."""
    path = Path(__file__).parents[1] / "events" / "secrets" / f"{name}.txt"
    return [line for line in path.read_text("utf-8").splitlines() if line.strip() and not line.startswith("##")]


def pieces(secret: str, length: int = 8) -> set[str]:
    """All pieces of a secret that are long enough to give something away."""
    lines = [line for line in secret.splitlines() if line]
    return {line[at : at + length] for line in lines for at in range(max(1, len(line) - length + 1))}
