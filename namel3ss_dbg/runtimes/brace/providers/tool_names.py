"""Tools under names that services accept: a program may call a tool anything, they allow 64 letters, digits and _-."""

from __future__ import annotations

import re
from collections.abc import Iterable

import attrs

_NOT_ALLOWED = re.compile(r"[^a-zA-Z0-9_-]")
_LONGEST = 64


@attrs.define
class ToolNames:
    """The names of one model's tools, there and back."""

    _sent: dict[str, str] = attrs.field(factory=dict, init=False)
    _meant: dict[str, str] = attrs.field(factory=dict, init=False)

    def add(self, names: Iterable[str]) -> None:
        """Let names that are fine as they are go before those that must be changed."""
        for name in sorted(names, key=lambda name: _fitting(name) != name):
            self.sent(name)

    def sent(self, name: str) -> str:
        """The name that a service sees."""
        if name not in self._sent:
            fitting = _fitting(name)
            number = 2
            while fitting in self._meant:
                fitting = f"{_fitting(name)[: _LONGEST - 1 - len(str(number))]}_{number}"
                number += 1
            self._sent[name], self._meant[fitting] = fitting, name
        return self._sent[name]

    def meant(self, name: str) -> str:
        """The tool that a service means; an unknown name stays what it is."""
        return self._meant.get(name, name)


def _fitting(name: str) -> str:
    return _NOT_ALLOWED.sub("_", name)[:_LONGEST] or "_"
