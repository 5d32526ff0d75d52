"""What a person decided about tracing: environment variables over `.namel3ss/debug.json` over defaults.

A value that cannot be is reported by name, with where it stood, and the rest still counts: one typing error in a
configuration must neither stop an app nor silently switch its tracing off.
"""

from __future__ import annotations

import codecs
import difflib
import logging
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson
import re2

from ..events import SettingsError, TraceFilter
from ..events.environment import secrets_of
from ..events.redaction import Redactor

WORKSPACE_FILE = Path(".namel3ss") / "debug.json"
PREFIX = "NAMEL3SS_DEBUG_"

_log = logging.getLogger(__name__)


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off", ""):
        return False
    raise ValueError("expected true or false")


@attrs.frozen
class Between:
    """Reads a number that lies between two others."""

    least: float
    most: float
    whole: bool = True

    def __call__(self, value: Any) -> Any:
        kind = "a whole number" if self.whole else "a number"
        try:
            number = int(value) if self.whole and not isinstance(value, float) else float(value)
            if isinstance(value, bool) or (self.whole and number != int(number)):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"expected {kind}") from None
        if not self.least <= number <= self.most:
            raise ValueError(f"expected {kind} between {self.least:,} and {self.most:,}")
        return int(number) if self.whole else number


def _words(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = value.split(",")
    if not isinstance(value, list | tuple | set | frozenset) or not all(isinstance(word, str) for word in value):
        raise ValueError("expected a list of words")
    return tuple(word.strip() for word in value if word.strip())


def _path(value: Any) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip() or "\0" in str(value):
        raise ValueError("expected a folder")
    try:
        return Path(str(value).strip()).expanduser()
    except RuntimeError:
        raise ValueError("expected a folder, and nobody's home is called so") from None


class PartlyWrong(ValueError):
    """Some of a list cannot be used; the rest of it can."""

    def __init__(self, wrong: Mapping[str, str], rest: tuple[str, ...]) -> None:
        super().__init__("; ".join(f"'{part}' {why}" for part, why in wrong.items()))
        self.wrong = wrong
        """What cannot be used, and why not."""
        self.rest = rest


_QUIETLY = re2.Options()
_QUIETLY.log_errors = False


def _patterns(value: Any) -> tuple[str, ...]:
    """Regular expressions, a line for each where all is text: a comma may be part of one."""
    if isinstance(value, str):
        value = value.splitlines()
    if not isinstance(value, list | tuple) or not all(isinstance(pattern, str) for pattern in value):
        raise ValueError("expected a list of regular expressions")
    patterns = [pattern.strip() for pattern in value if pattern.strip()]
    wrong = {pattern: why for pattern in patterns if (why := _why_no_pattern(pattern))}
    if wrong:
        raise PartlyWrong(wrong, tuple(pattern for pattern in patterns if pattern not in wrong))
    return tuple(patterns)


def _why_no_pattern(pattern: str) -> str:
    try:
        return "is found in every text" if re2.compile(pattern, options=_QUIETLY).search("") else ""
    except (re2.error, UnicodeEncodeError) as problem:
        said = problem.args[0] if isinstance(problem, re2.error) else b"half a character"
        return f"is not a regular expression, {said.decode('utf-8', 'replace')}"


@attrs.define
class DebugConfiguration:
    """How a run is traced. The attributes may be changed until a trace is begun."""

    enabled: bool = False
    """Whether anything is traced."""
    auto_trace: bool = False
    """Whether `namel3ss run` traces although `enabled` does not say so; other programs are not concerned."""
    trace_output_dir: Path = attrs.field(default=Path("debug/traces"), converter=Path)
    """The trace directory."""
    trace_retention_days: int = 30
    """Days after which a trace that this debugger wrote is removed; 0 keeps them all for ever."""
    default_components: tuple[str, ...] = attrs.field(default=(), converter=_words)
    """Kinds to record when no filter says more; empty records all."""
    buffer_size: int = 1000
    """The most events that may wait in memory; 1 writes each event through."""
    capture_memory: bool = True
    """Whether events say how much memory the process uses."""
    capture_performance: bool = True
    """Whether `performance_marker` events say, now and then and at the end, how much the process computed."""
    max_payload_size: int = 16_384
    """Bytes that the inputs, outputs and metadata of an event may take each."""
    flush_interval: float = 0.05
    """The longest that an event waits in memory, in seconds."""
    mask_secrets: bool = True
    """Whether `***` stands in traces wherever a secret stood."""
    redact_keys: tuple[str, ...] = attrs.field(default=(), converter=_words)
    """More names, besides `password` and its like, whose values are secret."""
    redact_patterns: tuple[str, ...] = attrs.field(default=(), converter=_patterns)
    """Regular expressions (RE2) for more that is secret; of one with a group, what its first group holds."""
    redact_environment: tuple[str, ...] = attrs.field(default=(), converter=_words)
    """More variables whose values are secret, besides those that are called like secrets; `ACME_*` names several."""
    trace_filter: TraceFilter | None = None
    """What to record; None takes `default_components`."""
    trace_format: str = "jsonl"
    """`jsonl`, or `json` for one document."""

    @property
    def recorded(self) -> TraceFilter:
        """The filter that holds: the explicit one, else one of the default components."""
        return self.trace_filter or TraceFilter(components=self.default_components or None)

    def redactor(self) -> Redactor:
        """What makes a record safe to be written, with the secrets that the environment holds now."""
        return Redactor(
            max_payload_size=self.max_payload_size,
            mask_secrets=self.mask_secrets,
            extra_keys=self.redact_keys,
            extra_patterns=tuple(re2.compile(pattern, options=_QUIETLY) for pattern in self.redact_patterns),
            known_secrets=secrets_of(os.environ, self.redact_environment) if self.mask_secrets else (),
        )

    @classmethod
    def from_environment(cls) -> DebugConfiguration:
        """The configuration that environment and workspace ask for; what is wrong in them is logged and not used."""
        settings = read_settings()
        for problem in settings.problems:
            _log.warning("%s", problem)
        return settings.configuration


@attrs.frozen
class _Key:
    """One thing that can be set, and where."""

    name: str
    variable: str
    convert: Callable[[Any], Any]


KEYS: tuple[_Key, ...] = (
    _Key("enabled", "ENABLED", _boolean),
    _Key("auto_trace", "AUTO_TRACE", _boolean),
    _Key("trace_output_dir", "OUTPUT_DIR", _path),
    _Key("trace_retention_days", "RETENTION_DAYS", Between(0, 36_500)),
    _Key("default_components", "COMPONENTS", _words),
    _Key("buffer_size", "BUFFER_SIZE", Between(1, 1_000_000)),
    _Key("capture_memory", "CAPTURE_MEMORY", _boolean),
    _Key("capture_performance", "CAPTURE_PERFORMANCE", _boolean),
    _Key("max_payload_size", "MAX_PAYLOAD_SIZE", Between(256, 1 << 30)),
    _Key("flush_interval", "FLUSH_INTERVAL", Between(0.001, 60, whole=False)),
    _Key("mask_secrets", "MASK_SECRETS", _boolean),
    _Key("redact_keys", "REDACT_KEYS", _words),
    _Key("redact_patterns", "REDACT_PATTERNS", _patterns),
    _Key("redact_environment", "REDACT_ENVIRONMENT", _words),
)


@attrs.frozen
class Settings:
    """A configuration, where each of its values came from, and what was wrong on the way."""

    configuration: DebugConfiguration
    origins: dict[str, str]
    """By key: `default`, the path of the workspace file, or the name of a variable."""
    problems: tuple[str, ...] = ()
    """A sentence for each value that could not be used."""
    workspace: Path | None = None
    """The folder that holds `.namel3ss/debug.json`; None when there is none."""

    @property
    def traces_runs(self) -> bool:
        """Whether `namel3ss run` traces: `enabled`, or `auto_trace` unless a nearer word than its own says no."""
        configuration, origins = self.configuration, self.origins
        refused = origins["enabled"].startswith(PREFIX) and not origins["auto_trace"].startswith(PREFIX)
        return configuration.enabled or (configuration.auto_trace and not refused)


def find_workspace(start: Path | None = None) -> Path | None:
    """The nearest folder, from `start` (the working directory) upwards, that holds `.namel3ss/debug.json`."""
    try:
        here = (start or Path.cwd()).resolve()
    except OSError:
        return None
    return next((folder for folder in (here, *here.parents) if _is_file(folder / WORKSPACE_FILE)), None)


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a folder that may not be looked into
        return False


def read_settings(environment: Mapping[str, str] | None = None, *, start: Path | None = None) -> Settings:
    """What environment and workspace file say, each value with its origin. Never raises."""
    environment = os.environ if environment is None else environment
    workspace = find_workspace(start)
    problems: list[str] = []
    values: dict[str, Any] = {}
    origins = {key.name: "default" for key in KEYS}
    if workspace is not None:
        _take_file(workspace, values, origins, problems)
    for key in KEYS:
        text = environment.get(PREFIX + key.variable)
        if text is not None:
            _take(key, text, f"{PREFIX}{key.variable}", values, origins, problems)
    variables = [PREFIX + key.variable for key in KEYS]
    for name in environment:
        if name.startswith(PREFIX) and name not in variables:
            problems.append(f"{name} is not a variable.{_meant(name, variables)}")
    return Settings(DebugConfiguration(**values), origins, tuple(problems), workspace)


def _take(
    key: _Key, value: Any, origin: str, values: dict[str, Any], origins: dict[str, str], problems: list[str]
) -> None:
    try:
        values[key.name] = key.convert(value)
    except PartlyWrong as problem:
        values[key.name], origins[key.name] = problem.rest, origin
        where = origin if origin.startswith(PREFIX) else f"{origin}: {key.name}"
        problems.extend(f"{where} has '{part[:60]}': it {why}. It is not used." for part, why in problem.wrong.items())
    except ValueError as problem:
        shown = value if isinstance(value, str) else _json_of(value)
        where = origin if origin.startswith(PREFIX) else f"{origin}: {key.name}"
        problems.append(f"{where} is '{shown[:60]}': {problem}. It is not used.")
    else:
        origins[key.name] = origin


def _json_of(value: Any) -> str:
    try:
        return orjson.dumps(value, str).decode()
    except TypeError:  # deeper than anybody writes by hand
        return f"a {type(value).__name__} that is too deep to be shown"


def _take_file(workspace: Path, values: dict[str, Any], origins: dict[str, str], problems: list[str]) -> None:
    path = workspace / WORKSPACE_FILE
    try:
        content = orjson.loads(path.read_bytes().removeprefix(codecs.BOM_UTF8))
    except OSError as problem:
        problems.append(f"{path} cannot be read: {problem.strerror}. The defaults count.")
        return
    except orjson.JSONDecodeError as problem:
        problems.append(f"{path}:{problem.lineno}:{problem.colno}: not JSON: {problem.msg}. The defaults count.")
        return
    if not isinstance(content, dict):
        problems.append(f'{path}: expected an object, such as {{"enabled": true}}. The defaults count.')
        return
    by_name = {key.name: key for key in KEYS}
    for name, value in content.items():
        if name == "$schema":
            continue
        if name in by_name:
            _take(by_name[name], value, str(path), values, origins, problems)
            if name == "trace_output_dir" and name in values and not values[name].is_absolute():
                values[name] = workspace / values[name]
        else:
            problems.append(f"{path}: '{name}' is not a key.{_meant(name, by_name)}")


def _meant(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, list(known), 1, 0.8)
    return f" Did you mean '{close[0]}'?" if close else ""


def require_settings(environment: Mapping[str, str] | None = None, *, start: Path | None = None) -> Settings:
    """Like `read_settings`, for whoever wants to know of every mistake.

    Raises:
        SettingsError: Something in the environment or the workspace file cannot be.
    """
    settings = read_settings(environment, start=start)
    if settings.problems:
        raise SettingsError("The debug configuration is wrong", why=" ".join(settings.problems))
    return settings
