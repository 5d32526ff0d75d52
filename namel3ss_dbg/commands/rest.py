"""The verbs for the conversation itself: settings, aliases, `expect`, `echo`, `quit`."""

from __future__ import annotations

import re

from ..events import ExpectationError, UsageError
from ..timeline.expressions import parse
from . import assistance, completion, files, listings
from .arguments import first_word, nothing_after
from .desk import Desk
from .reply import Quit, Reply, said
from .table import AnyCommand, Command

_NAME = re.compile(r"[^\W\d][\w-]*\Z")
_MOST_NAMES = 8


def _set(desk: Desk, rest: str) -> Reply:
    name, value = first_word(rest)
    if not name:
        return listings.settings_view(desk)
    setting = desk.settings[name]
    if not value:
        now = setting.format(getattr(desk.settings, setting.name)) or "empty"
        return said(f"{setting.name} is {now} ({desk.settings.origin(setting.name)}): {setting.meaning}.")
    desk.settings.set(setting.name, value.strip("\"'"), origin=desk.reading[-1] if desk.reading else "typed")
    return said(f"{setting.name} is {setting.format(getattr(desk.settings, setting.name)) or 'empty'}.")


def _alias(desk: Desk, rest: str) -> Reply:
    name, text = first_word(rest)
    if not name:
        return listings.aliases_view(desk)
    text = text.removeprefix("=").strip()
    if not _NAME.match(name):
        raise UsageError(f"'{name}' cannot be an alias", why="a name is made of letters", try_="alias tt to tool")
    if name in desk.table:
        raise UsageError(f"'{name}' is a verb already", try_="Take another name.")
    if not text:
        if name not in desk.aliases:
            raise UsageError(f"There is no alias '{name}'", try_=f"alias {name} COMMAND makes it.")
        return said(f"{name} stands for: {desk.aliases[name]}")
    desk.table.find(text.split()[0]) if text.split()[0] not in desk.aliases else None
    desk.aliases[name] = text
    return said(f"{name} stands for: {text}")


def _unalias(desk: Desk, rest: str) -> Reply:
    if rest not in desk.aliases:
        known = ", ".join(desk.aliases) or "none"
        raise UsageError(f"There is no alias '{rest}'" if rest else "No alias is named", why=f"aliases: {known}")
    del desk.aliases[rest]
    return said(f"'{rest}' is no alias any more.")


def _echo(desk: Desk, rest: str) -> Reply:
    return said(desk.session.breakpoints.interpolate(rest, desk.here) if "{" in rest else rest)


def _expect(desk: Desk, rest: str) -> Reply:
    if not rest:
        raise UsageError("Expect what?", try_='expect tokens < 1000, expect status == "completed"')
    if not desk.evaluate(rest):
        names = sorted(parse(rest).names)[:_MOST_NAMES]
        values = ((name, desk.display_value(name)) for name in names)
        why = ", ".join(f"{name} is {desk.short(value)}" for name, value in values) or "it is false everywhere"
        raise ExpectationError(f"Expected {rest} at {desk.named(desk.here)}", why=why)
    return Reply()


def _quit(desk: Desk, rest: str) -> Reply:
    nothing_after("quit", rest)
    desk.left = True
    raise Quit


ROWS: tuple[AnyCommand, ...] = (
    assistance.ROW,
    Command(
        "set",
        _set,
        "the rest",
        "[NAME [VALUE]]",
        "Set something; alone, list all that can be set.",
        details="The list says who has set each: you, or a file.",
        examples=("set lines 7", "set ascii on"),
        completes=completion.settings,
    ),
    Command(
        "alias",
        _alias,
        "the rest",
        "[NAME [COMMAND]]",
        "Make a verb of your own; alone, list them.",
        details="What follows it is put at the end, or in place of %1, %2 and %*.",
        examples=("alias tt to tool", "alias slow events duration_ms > %1"),
        completes=completion.aliases,
        free_text=True,
    ),
    Command("unalias", _unalias, "the rest", "NAME", "Forget a verb of your own.", completes=completion.aliases),
    *files.ROWS,
    Command(
        "expect",
        _expect,
        "the rest",
        "EXPR",
        "Fail, and end a script with code 5, unless it is true.",
        examples=("expect tokens < 1000",),
        completes=completion.values,
        free_text=True,
    ),
    Command(
        "echo",
        _echo,
        "the rest",
        "TEXT",
        "Say a text, with the values of {expressions} here.",
        examples=("echo {tokens} tokens so far",),
        free_text=True,
    ),
    Command("quit", _quit, "the rest", "", "Leave the debugger.", ("q", "exit")),
)
"""The verbs for the conversation itself."""
