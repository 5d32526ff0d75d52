"""Numbered lines of source, the current one marked by sign and by colour."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from .pieces import Line, Piece, Signs, Style, line, shortened


def numbered(
    lines: Iterable[tuple[int, str]],
    current: int | None,
    width: int,
    signs: Signs,
    *,
    stops: Collection[int] = (),
    others: Style = "dim",
) -> Iterator[Line]:
    """The lines, cut where they do not fit; those with a breakpoint are marked, too."""
    lines = list(lines)
    digits = len(str(lines[-1][0])) if lines else 1
    for number, text in lines:
        here = number == current
        mark = signs.here if here else "b" if number in stops else " "
        gutter = line((f"  {mark} ", "sign"), (f"{number:>{digits}} ", "current" if here else "dim"))
        yield shortened((*gutter, Piece(text, "current" if here else others)), width, signs.cut)
