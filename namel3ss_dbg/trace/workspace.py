"""The debug configuration of a workspace as one object, under the name that runtimes know it by.

Nothing is kept between two questions: a configuration file or a variable that changed meanwhile counts at once.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from ..events import SettingsError
from ..events.filters import COMPONENTS
from .retention import Cleanup, remove_old_traces
from .settings import KEYS, DebugConfiguration, Settings, read_settings

_KINDS = (*COMPONENTS, "app", "memory", "validation")


def problems_of(settings: Settings) -> list[str]:
    """What is wrong with a configuration, or probably not meant: a sentence each. Creates and changes nothing."""
    found = list(settings.problems)
    folder = settings.configuration.trace_output_dir
    if (why := _why_unwritable(folder)) is not None:
        found.append(f"{settings.origins['trace_output_dir']}: no trace can be written to '{folder}': {why}.")
    for word in settings.configuration.default_components:
        close = [] if word in _KINDS else difflib.get_close_matches(word, _KINDS, 1, 0.7)
        if close:
            origin = settings.origins["default_components"]
            found.append(f"{origin}: nothing that is recorded by itself is a '{word}'. Did you mean '{close[0]}'?")
    return found


def _why_unwritable(folder: Path) -> str | None:
    """What keeps traces out of a folder that exists, or that would be made; None when nothing does."""
    try:
        here = next(above for above in (folder, *folder.absolute().parents) if os.path.lexists(above))
        if not here.is_dir():
            return f"'{here}' is no folder"
    except (OSError, ValueError) as problem:
        return getattr(problem, "strerror", None) or str(problem)
    return None if os.access(here, os.W_OK | os.X_OK) else f"'{here}' may not be written to"


class DebugConfigManager:
    """Says how a workspace wants to be traced, what is wrong with that, and removes its old traces."""

    def __init__(self, workspace_root: str | os.PathLike[str] | None = None) -> None:
        """Take the workspace of a folder.

        Args:
            workspace_root: Where to begin looking for `.namel3ss/debug.json`, upwards; the working directory when
                not given.
        """
        self._start = None if workspace_root is None else Path(workspace_root)

    @property
    def settings(self) -> Settings:
        """All values, each with its origin, and what was wrong on the way."""
        return read_settings(start=self._start)

    @property
    def workspace_root(self) -> Path:
        """The folder that holds `.namel3ss/debug.json`; where there is none, the folder that was asked about."""
        return self.settings.workspace or self._start or Path.cwd()

    def get_runtime_config(self, *, cli_overrides: Mapping[str, Any] | None = None) -> DebugConfiguration:
        """The configuration that counts: overrides over environment over workspace file over defaults.

        Args:
            cli_overrides: Values by attribute, such as `{"enabled": True}`; those that are None override nothing.

        Raises:
            SettingsError: An override is not a setting, or cannot have this value.
        """
        configuration = self.settings.configuration
        known = {key.name: key.convert for key in KEYS}
        for name, value in (cli_overrides or {}).items():
            if not hasattr(configuration, name) or name not in _ATTRIBUTES:
                close = difflib.get_close_matches(name, _ATTRIBUTES, 1)
                meant = f"Did you mean '{close[0]}'?" if close else f"Settings: {', '.join(_ATTRIBUTES)}."
                raise SettingsError(f"'{name}' is not a debug setting", try_=meant)
            if value is None:
                continue
            try:
                setattr(configuration, name, known[name](value) if name in known else value)
            except ValueError as problem:
                raise SettingsError(f"The debug setting {name} cannot be '{value}'", why=str(problem)) from problem
        return configuration

    def get_workspace_config(self) -> DebugConfiguration:
        """What `.namel3ss/debug.json` alone says, over the defaults."""
        return read_settings({}, start=self._start).configuration

    def is_debug_enabled(self) -> bool:
        """Whether anything is traced."""
        return self.settings.configuration.enabled

    def get_trace_output_dir(self) -> Path:
        """The trace directory."""
        return self.settings.configuration.trace_output_dir

    def validate_config(self) -> list[str]:
        """What is wrong with the configuration, a sentence each; empty when nothing is. Creates and changes nothing."""
        return problems_of(self.settings)

    def cleanup_old_traces(self, days: int | None = None, *, dry_run: bool = False) -> Cleanup:
        """Remove the traces that are older than `trace_retention_days`; `retention` says which. Never raises.

        Args:
            days: Another age, in days; 0 removes nothing.
            dry_run: Say what would be removed, and leave it.
        """
        configuration = self.settings.configuration
        age = configuration.trace_retention_days if days is None else days
        return remove_old_traces(configuration.trace_output_dir, age, dry_run=dry_run)


_ATTRIBUTES = tuple(field.name for field in attrs.fields(DebugConfiguration))


def get_debug_config_manager(workspace_root: str | os.PathLike[str] | None = None) -> DebugConfigManager:
    """The debug configuration of the workspace that a folder belongs to, by default the working directory."""
    return DebugConfigManager(workspace_root)
