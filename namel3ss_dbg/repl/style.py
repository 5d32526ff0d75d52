"""How the prompt looks on dark and on light backgrounds, and without colour.

Only the sixteen colours of the terminal are used, which its owner has chosen to be readable. Whatever a colour says is
also said by a sign, or by bold, underline or reverse, so nothing is lost without any.
"""

from __future__ import annotations

from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

_PLAIN = {
    "verb": "bold",
    "unknown": "underline",
    "prompt": "bold",
    "pipe": "bold",
    "toolbar.mode": "bold",
    "toolbar.path": "bold",
    "bottom-toolbar": "reverse",
    "completion-menu": "noreverse",
    "completion-menu.completion.current": "reverse",
    "completion-menu.meta.completion.current": "reverse",
    "scrollbar.button": "reverse",
}
_COLOURS = {
    "number": "ansimagenta",
    "string": "ansigreen",
    "option": "ansiblue",
    "small": "ansiblue",
    "unknown": "ansired underline",
    "auto-suggestion": "ansibrightblack",
    "comment": "ansibrightblack",
    "toolbar.mode": "bg:ansiblue ansiwhite bold",
}
_DARK = {
    "verb": "ansicyan bold",
    "place": "ansiyellow",
    "bottom-toolbar": "noreverse bg:ansibrightblack ansiwhite",
    "toolbar.bar": "ansibrightcyan",
    "completion-menu": "bg:ansibrightblack ansiwhite",
    "completion-menu.completion.current": "noreverse bg:ansicyan ansiblack",
    "completion-menu.meta.completion": "bg:ansibrightblack ansigray",
    "completion-menu.meta.completion.current": "noreverse bg:ansicyan ansiblack",
    "scrollbar.background": "bg:ansibrightblack",
    "scrollbar.button": "bg:ansiwhite",
}
_LIGHT = {
    "verb": "ansiblue bold",
    "place": "ansired",
    "bottom-toolbar": "noreverse bg:ansigray ansiblack",
    "toolbar.bar": "ansiblue",
    "completion-menu": "bg:ansigray ansiblack",
    "completion-menu.completion.current": "noreverse bg:ansiblue ansiwhite",
    "completion-menu.meta.completion": "bg:ansigray ansiblack",
    "completion-menu.meta.completion.current": "noreverse bg:ansiblue ansiwhite",
    "scrollbar.background": "bg:ansigray",
    "scrollbar.button": "bg:ansibrightblack",
}


def style_of(theme: str, *, color: bool) -> Style:
    """The looks of a theme."""
    looks = _PLAIN | (_COLOURS | (_LIGHT if theme == "light" else _DARK) if color else {})
    return Style.from_dict(looks)


def depth_of(*, color: bool) -> ColorDepth:
    """How many colours the prompt may use."""
    return ColorDepth.DEPTH_4_BIT if color else ColorDepth.DEPTH_1_BIT
