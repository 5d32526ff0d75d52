"""What a person decided about tracing: environment variables over `.namel3ss/debug.json` over defaults.

A value that cannot be is reported by name, with where it stood, and the rest still counts: one typing error in a
configuration must neither stop an app nor silently switch its tracing off.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson

from ..events import SettingsError, TraceFilter

WORKSPACE_FILE = Path(".namel3ss") / "debug.json"
PREFIX = "NAMEL3SS_DEBUG_"


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    word = str(value).strip().lower()
    if word in ("true", "1", "yes", "on"):
        return True
    if word in ("false", "0", "no", "off", ""):
        return False
    raise ValueError("expected true or false")


def _number(least: float, most: float, *, whole: bool) -> Callable[[Any], Any]:
    kind = "a whole number" if whole else "a number"

    def convert(value: Any) -> Any:
        try:
            number = int(value) if whole and not isinstance(value, float) else float(value)
            if isinstance(value, bool) or (whole and number != int(number)):
                raise ValueError
        except (TypeError, ValueError, OverflowError):
            raise ValueError(f"expected {kind}") from None
        if not least <= number <= most:
            raise ValueError(f"expected {kind} between {least:,} and {most:,}")
        return int(number) if whole else number

    return convert


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
        return Path(value).expanduser()
    except RuntimeError:
        raise ValueError("expected a folder, and nobody's home is called so") from None


@attrs.define
class DebugConfiguration:
    """How a run is traced. The attributes may be changed until a trace is begun."""

    enabled: bool = False
    """Whether anything is traced."""
    auto_trace: bool = False
    """Whether `namel3ss run` traces although nobody asked for it in that call."""
    trace_output_dir: Path = attrs.field(default=Path("debug/traces"), converter=Path)
    """The trace directory."""
    trace_retention_days: int = 30
    """Traces of ours that are older may be cleaned up; 0 keeps them for ever."""
    default_components: tuple[str, ...] = attrs.field(default=(), converter=tuple)
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
    trace_filter: TraceFilter | None = None
    """What to record; None takes `default_components`."""
    trace_format: str = "jsonl"
    """`jsonl`, or `json` for one document."""

    @property
    def recorded(self) -> TraceFilter:
        """The filter that holds: the explicit one, else one of the default components."""
        return self.trace_filter or TraceFilter(components=self.default_components or None)

    @classmethod
    def from_environment(cls) -> DebugConfiguration:
        """The configuration that environment and workspace ask for; what is wrong in them counts as not said."""
        return read_settings().configuration


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
    _Key("trace_retention_days", "RETENTION_DAYS", _number(0, 36_500, whole=True)),
    _Key("default_components", "COMPONENTS", _words),
    _Key("buffer_size", "BUFFER_SIZE", _number(1, 1_000_000, whole=True)),
    _Key("capture_memory", "CAPTURE_MEMORY", _boolean),
    _Key("capture_performance", "CAPTURE_PERFORMANCE", _boolean),
    _Key("max_payload_size", "MAX_PAYLOAD_SIZE", _number(256, 1 << 30, whole=True)),
    _Key("flush_interval", "FLUSH_INTERVAL", _number(0.001, 60, whole=False)),
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
    return Settings(DebugConfiguration(**values), origins, tuple(problems), workspace)


def _take(
    key: _Key, value: Any, origin: str, values: dict[str, Any], origins: dict[str, str], problems: list[str]
) -> None:
    try:
        values[key.name] = key.convert(value)
    except ValueError as problem:
        shown = value if isinstance(value, str) else orjson.dumps(value, str).decode()
        where = origin if origin.startswith(PREFIX) else f"{origin}: {key.name}"
        problems.append(f"{where} is '{shown[:60]}': {problem}. It is not used.")
    else:
        origins[key.name] = origin


def _take_file(workspace: Path, values: dict[str, Any], origins: dict[str, str], problems: list[str]) -> None:
    path = workspace / WORKSPACE_FILE
    try:
        content = orjson.loads(path.read_bytes())
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
            close = difflib.get_close_matches(name, by_name, 1)
            problems.append(f"{path}: '{name}' is not a key." + (f" Did you mean '{close[0]}'?" if close else ""))


def require_settings(environment: Mapping[str, str] | None = None, *, start: Path | None = None) -> Settings:
    """Like `read_settings`, for whoever wants to know of every mistake.

    Raises:
        SettingsError: Something in the environment or the workspace file cannot be.
    """
    settings = read_settings(environment, start=start)
    if settings.problems:
        raise SettingsError("The debug configuration is wrong", why=" ".join(settings.problems))
    return settings
