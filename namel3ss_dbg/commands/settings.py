"""What a person may set for a conversation, and who has set it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator
from typing import Any

import attrs

from ..events import SettingsError

_ON = {"on": True, "yes": True, "true": True, "1": True, "off": False, "no": False, "false": False, "0": False}


@attrs.frozen
class Setting:
    """One thing that can be set."""

    name: str
    default: Any
    meaning: str
    choices: tuple[str, ...] = ()
    """The words that it may be; none: a number or a text, like the default."""
    most: int = 0
    """The greatest number that it may be."""

    def parse(self, text: str) -> Any:
        """The value that a text says.

        Raises:
            SettingsError: It cannot be.
        """
        if isinstance(self.default, bool):
            if text.lower() not in _ON:
                raise self._refused(text, "it is on or off")
            return _ON[text.lower()]
        if self.choices:
            if text not in self.choices:
                raise self._refused(text, f"it is one of {', '.join(self.choices)}")
            return text
        if isinstance(self.default, int):
            if not (text.isascii() and text.isdigit()) or int(text) > self.most:
                raise self._refused(text, f"it is a number from 0 to {self.most:,}")
            return int(text)
        return text

    def _refused(self, text: str, why: str) -> SettingsError:
        return SettingsError(f"'{self.name}' cannot be '{text}'", why=why)

    def format(self, value: Any) -> str:
        """The text that says a value."""
        return ("on" if value else "off") if isinstance(value, bool) else str(value)


SETTINGS = (
    Setting("lines", 3, "Lines of source at a stop; 0 shows none", most=50),
    Setting("rows", 20, "Rows of a list at a time", most=100_000),
    Setting("ascii", False, "Only letters and signs of ASCII"),
    Setting("theme", "dark", "Colours for a dark or a light background", ("dark", "light")),
    Setting("editing", "emacs", "Keys for editing a line", ("emacs", "vi")),
    Setting("editor", "", "What 'edit' opens; empty: $VISUAL or $EDITOR"),
    Setting("pager", "less -FRX", "What '| pager' shows output with"),
)
"""All that can be set."""


class Settings:
    """The values, by name; each may be read as an attribute."""

    def __init__(self, settings: tuple[Setting, ...] = SETTINGS) -> None:
        self._settings = {each.name: each for each in settings}
        self._values: dict[str, Any] = {}
        self._origins: dict[str, str] = {}
        self.changed: Callable[[str, Any], None] | None = None
        """Called after something was set, with its name and value."""

    def __getattr__(self, name: str) -> Any:
        settings = self.__dict__.get("_settings", {})
        if name not in settings:
            raise AttributeError(name)
        return self._values.get(name, settings[name].default)

    def __iter__(self) -> Iterator[Setting]:
        return iter(self._settings.values())

    def __getitem__(self, name: str) -> Setting:
        """The setting of a name.

        Raises:
            SettingsError: There is none.
        """
        if name in self._settings:
            return self._settings[name]
        begins = [each for each in self._settings if each.startswith(name)]
        if len(begins) == 1:
            return self._settings[begins[0]]
        close = difflib.get_close_matches(name, self._settings, 1)
        meant = f"Did you mean '{close[0]}'?" if close else ""
        raise SettingsError(f"There is no setting '{name}'", why=f"settings: {', '.join(self._settings)}", try_=meant)

    def set(self, name: str, text: str, *, origin: str = "typed") -> None:
        """Set one from a text.

        Raises:
            SettingsError: There is none of that name, or it cannot be this.
        """
        setting = self[name]
        self._values[setting.name] = value = setting.parse(text)
        self._origins[setting.name] = origin
        if self.changed is not None:
            self.changed(setting.name, value)

    def origin(self, name: str) -> str:
        """Who has set it: `default`, `typed`, or the file that did."""
        return self._origins.get(name, "default")
