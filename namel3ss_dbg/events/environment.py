"""Secrets that the environment holds: the values of variables whose names say so, and passwords in addresses.

A value that is masked wherever it stands must be one that stands nowhere by chance: short values, words, numbers, paths
and addresses are left alone, unless a person names the variable.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urlsplit

from .names import names_a_secret

_SHORTEST, _SHORTEST_NAMED = 8, 4
_SECRET_VARIABLE = re.compile(
    r"(?:_|\A)(?:KEY|PASS|PWD|PASSWD|DSN|SECRETS?|TOKEN|PAT|JWT|PASSPHRASE|AUTH)\Z", re.IGNORECASE
)
_NO_SECRET_VARIABLE = re.compile(
    r"(?:PUBLIC|PRIMARY|FOREIGN|SORT|HOST|PARTITION)_KEY\Z|\A(?:OLD)?PWD\Z|\AKEY\Z", re.IGNORECASE
)
_RUN = re.compile(r"[A-Za-z0-9]{10,}")
_LEAST_CHANGES = 3
_ORDINARY = {
    "changeme",
    "changeit",
    "development",
    "disabled",
    "enabled",
    "password",
    "postgres",
    "production",
    "required",
    "undefined",
}


def secrets_of(environment: Mapping[str, str], named: Iterable[str] = ()) -> tuple[str, ...]:
    """The values that never may appear in a trace.

    Args:
        environment: Variables and their values.
        named: Names of variables, or patterns such as `ACME_*`, whose values are secret whatever they look like; from
            four characters on.
    """
    patterns = list(named)
    return tuple(
        dict.fromkeys(value for name, held in environment.items() for value in _secrets_in(name, held, patterns))
    )


def secrets_within(value: str) -> tuple[str, ...]:
    """What may be masked wherever it stands, of a value that no name calls secret: all, its password, or nothing.

    A model's name or a region has letters and digits too; in a secret they change more often.
    """
    if "://" in value:
        return tuple(_password_in(value))
    is_random = any(_changes_in(run) >= _LEAST_CHANGES for run in _RUN.findall(value))
    return (value,) if is_random and not _is_path(value) else ()


def _changes_in(run: str) -> int:
    return sum(before.isdigit() != after.isdigit() for before, after in pairwise(run))


def _secrets_in(name: str, value: str, patterns: list[str]) -> Iterator[str]:
    if any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns):
        if len(value) >= _SHORTEST_NAMED:
            yield value
        return
    if "://" in value:
        yield from _password_in(value)
        return
    is_named = names_a_secret(name) or _SECRET_VARIABLE.search(name) is not None
    if is_named and _NO_SECRET_VARIABLE.search(name) is None and _may_be_secret(value):
        yield value


def _may_be_secret(value: str) -> bool:
    if len(value) < _SHORTEST or value.lower() in _ORDINARY or _is_path(value):
        return False
    return not value.replace("-", "").replace(".", "").isdigit() or len(value) >= 16


def _password_in(address: str) -> Iterator[str]:
    try:
        password = urlsplit(address).password
    except ValueError:
        return
    if password and len(password) >= _SHORTEST and password.lower() not in _ORDINARY:
        yield password
        if unquote(password) != password:
            yield unquote(password)


def _is_path(value: str) -> bool:
    if not value.startswith(("/", "~", ".")):
        return False
    try:
        return Path(value.split(os.pathsep, 1)[0]).expanduser().exists()
    except (OSError, RuntimeError, ValueError):  # nobody's home, a name that is too long, a zero byte
        return False
