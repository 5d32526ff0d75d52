"""The debug configuration as it counts: each value, and where it was said."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import attrs

from ..trace.settings import KEYS, PREFIX, Settings
from .pieces import line
from .tables import Block, Column, Table
from .values import plain_value, plain_word, value_line

_WIDEST_VALUE = 60


@attrs.frozen
class SettingsView:
    """All settings with their origins."""

    settings: Settings

    def plain(self) -> Iterator[str]:
        """A setting on each line."""
        for name, setting in settings_to_json(self.settings)["settings"].items():
            value = setting["value"]
            shown = plain_word(value) if isinstance(value, str) else plain_value(value)
            yield f"{name} value={shown} origin={plain_word(setting['origin'])} variable={setting['variable']}"

    def screen(self, width: int) -> Iterator[Block]:
        """A table of them."""
        rows = tuple(
            (
                line((name, "key")),
                value_line(setting["value"], _WIDEST_VALUE),
                line((setting["origin"], "dim" if setting["origin"] == "default" else "place")),
            )
            for name, setting in settings_to_json(self.settings)["settings"].items()
        )
        columns = (Column("setting", right=False), Column("value", False, True), Column("said by", False, True))
        workspace = self.settings.workspace
        yield Table(f"Debug configuration{f' of {workspace}' if workspace else ''}", columns, rows)


def settings_to_json(settings: Settings) -> dict[str, Any]:
    """The settings as a JSON object."""
    workspace = settings.workspace
    values = {key.name: _json(getattr(settings.configuration, key.name)) for key in KEYS}
    return {
        "schema_version": 1,
        "workspace": str(workspace) if workspace is not None else None,
        "settings": {
            key.name: {
                "value": values[key.name],
                "origin": settings.origins[key.name],
                "variable": f"{PREFIX}{key.variable}",
            }
            for key in KEYS
        },
    }


def _json(value: Any) -> Any:
    return str(value) if isinstance(value, Path) else list(value) if isinstance(value, tuple) else value
