from __future__ import annotations

import pytest

from namel3ss_dbg.repl.style import style_of

PARTS = (
    "verb",
    "unknown",
    "place",
    "number",
    "string",
    "bottom-toolbar",
    "toolbar.mode",
    "completion-menu.completion.current",
)


def looks(theme: str, part: str, *, color: bool) -> tuple[object, ...]:
    """Foreground, background, and what is seen without colour."""
    seen = style_of(theme, color=color).get_attrs_for_style_str(f"class:{part}")
    return seen.color, seen.bgcolor, seen.bold, seen.underline, seen.reverse


@pytest.mark.parametrize("part", PARTS)
def test_every_theme_has_colours_of_the_terminal(part: str) -> None:
    """Its owner has chosen those sixteen so that they can be read."""
    for theme in ("dark", "light"):
        colours = [colour for colour in looks(theme, part, color=True)[:2] if colour]

        assert colours
        assert all(str(colour).startswith("ansi") for colour in colours)


@pytest.mark.parametrize("part", PARTS)
def test_without_colour_there_is_none(part: str) -> None:
    """And both themes are one."""
    assert looks("dark", part, color=False) == looks("light", part, color=False)
    assert not any(looks("dark", part, color=False)[:2])


@pytest.mark.parametrize(
    "part", ["verb", "unknown", "bottom-toolbar", "toolbar.mode", "completion-menu.completion.current"]
)
def test_what_matters_is_seen_without_colour(part: str) -> None:
    """By bold, underline or reverse."""
    assert any(looks("dark", part, color=False)[2:])
