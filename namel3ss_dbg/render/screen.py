"""Paints views for a terminal, with rich.

Without colour rich would still write bold and dim codes, and into a pipe it would cut and pad. So the console is told
everything and asks nobody: its width, whether there is colour, and an empty environment.
"""

from __future__ import annotations

import io

from rich import box
from rich.console import Console
from rich.table import Table as RichTable
from rich.text import Text
from rich.theme import Theme

from .pieces import UNICODE, Line, Signs, Style
from .tables import Table, View

_STYLES: dict[Style, str] = {
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
_THEME = Theme({f"n3.{name or 'none'}": style for name, style in _STYLES.items()}, inherit=False)


class ScreenPainter:
    """Paints for a screen of a known width."""

    def __init__(self, width: int, *, color: bool, signs: Signs = UNICODE) -> None:
        self.width = max(width, 20)
        self.color = color
        self.signs = signs

    def paint(self, view: View) -> str:
        """The view as lines, with colour codes if there is colour."""
        out = io.StringIO()
        console = self._console(out)
        for block in view.screen(self.width):
            if isinstance(block, Table):
                console.print(self._table(block), no_wrap=True, overflow="ellipsis")
            else:
                console.print(_text(block), no_wrap=True, overflow="ellipsis", crop=True)
        painted = out.getvalue()
        return painted if self.color else "".join(f"{text.rstrip()}\n" for text in painted.splitlines())

    def _console(self, out: io.StringIO) -> Console:
        return Console(
            file=out,
            width=self.width,
            color_system="standard" if self.color else None,
            force_terminal=self.color,
            no_color=False,
            legacy_windows=False,
            theme=_THEME,
            highlight=False,
            markup=False,
            emoji=False,
            _environ={},
        )

    def _table(self, table: Table) -> RichTable:
        fitted = table.fit(self.width, mark=self.signs.cut)
        painted = RichTable(
            title=Text(fitted.title, "n3.title") if fitted.title else None,
            title_justify="left",
            box=_RULE if self.signs is UNICODE else _ASCII_RULE,
            show_edge=False,
            pad_edge=False,
            padding=(0, 1, 0, 0),
            header_style="n3.dim",
        )
        for column in fitted.columns:
            painted.add_column(column.title, justify="right" if column.right else "left", no_wrap=True)
        for row in fitted.rows:
            painted.add_row(*map(_text, row))
        return painted


_RULE = box.Box("    \n    \n ── \n    \n    \n    \n    \n    \n")
_ASCII_RULE = box.Box("    \n    \n -- \n    \n    \n    \n    \n    \n", ascii=True)


def _text(pieces: Line) -> Text:
    text = Text()
    for piece in pieces:
        text.append(piece.text, f"n3.{piece.style or 'none'}")
    return text
