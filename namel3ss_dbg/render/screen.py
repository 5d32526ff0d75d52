"""Paints views for a terminal, with rich.

Without colour rich would still write bold and dim codes, and into a pipe it would cut and pad. So the console is told
everything and asks nobody: its width, whether there is colour, and an empty environment.
"""

from __future__ import annotations

import io
from typing import Literal

from rich import box
from rich.color import ColorSystem
from rich.console import Console
from rich.style import Style as RichStyle
from rich.table import Table as RichTable
from rich.text import Text

from .pieces import UNICODE, Line, Signs, Style, line, text_of
from .tables import Table, View

Theme = Literal["dark", "light"]
"""The background that the colours are chosen for."""

_DARK: dict[Style, str] = {
    "": "none",
    "dim": "bright_black",
    "title": "bold",
    "kind": "cyan",
    "name": "bold",
    "place": "bright_black",
    "time": "magenta",
    "key": "blue",
    "text": "none",
    "string": "green",
    "number": "magenta",
    "word": "yellow",
    "error": "bold red",
    "good": "green",
    "warning": "yellow",
    "current": "bold",
    "sign": "bold yellow",
    "bar": "blue",
}
_LIGHT: dict[Style, str] = {**_DARK, "kind": "blue", "word": "magenta", "warning": "magenta", "sign": "bold magenta"}
# Yellow and cyan cannot be read on white.
_STYLES: dict[Theme, dict[Style, RichStyle]] = {
    "dark": {name: RichStyle.parse(look) for name, look in _DARK.items()},
    "light": {name: RichStyle.parse(look) for name, look in _LIGHT.items()},
}


class ScreenPainter:
    """Paints for a screen of a known width."""

    def __init__(self, width: int, *, color: bool, signs: Signs = UNICODE, theme: Theme = "dark") -> None:
        self.width = max(width, 20)
        self.color = color
        self.signs = signs
        self._styles = _STYLES[theme]

    def paint(self, view: View) -> str:
        """The view as lines, with colour codes if there is colour."""
        return "".join(
            self._painted_table(block) if isinstance(block, Table) else self._painted_line(block)
            for block in view.screen(self.width)
        )

    def _painted_line(self, pieces: Line) -> str:
        """A line; views make it fit, so it needs none of rich's layout, which takes ten times as long."""
        if not self.color:
            return f"{text_of(pieces).rstrip()}\n"
        parts = (self._styles[piece.style].render(piece.text, color_system=ColorSystem.STANDARD) for piece in pieces)
        return f"{''.join(parts)}\n"

    def _painted_table(self, table: Table) -> str:
        console = Console(
            file=io.StringIO(),
            width=self.width,
            color_system="standard" if self.color else None,
            force_terminal=self.color,
            no_color=False,
            legacy_windows=False,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},
        )
        with console.capture() as painted:
            console.print(self._table(table))
        title = self._painted_line(line((table.title, "title"))) if table.title else ""
        return title + "".join(f"{text.rstrip()}\n" for text in painted.get().splitlines())

    def _table(self, table: Table) -> RichTable:
        fitted = table.fit(self.width, mark=self.signs.cut)
        painted = RichTable(
            box=_RULE if self.signs is UNICODE else _ASCII_RULE,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            header_style=self._styles["dim"],
        )
        for column in fitted.columns:
            painted.add_column(column.title, justify="right" if column.right else "left", no_wrap=True)
        for row in fitted.rows:
            painted.add_row(
                *(Text.assemble(*((piece.text, self._styles[piece.style]) for piece in cell)) for cell in row)
            )
        return painted


_RULE = box.Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
_ASCII_RULE = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)
