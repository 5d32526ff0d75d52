"""What several commands have in common: how their help looks, and how their texts become values."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click
import orjson

from ..events.errors import UsageError
from ..events.filters import COMPONENTS, TraceFilter
from ..render.console import Painter
from ..render.pieces import harmless_json, harmless_lines
from ..render.tables import View

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


class Command(click.Command):
    """A command whose help shows examples before options."""

    def __init__(self, name: str | None, *, examples: str = "", **attributes: Any) -> None:
        super().__init__(name, **{"context_settings": {"help_option_names": ["-h", "--help"]}, **attributes})
        self.examples = [line.strip() for line in examples.strip().splitlines()]

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then options."""
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{'':>{formatter.current_indent}}{line}\n")
        super().format_options(ctx, formatter)


def filter_option(what: str) -> Callable[[Decorated], Decorated]:
    """`--filter`, repeatable."""
    kinds = "/".join(COMPONENTS)
    return click.option("--filter", "-f", "kinds", multiple=True, metavar="KIND", help=f"{what}: {kinds}; repeats.")


def color_option(command: Decorated) -> Decorated:
    """`--color`."""
    choices = click.Choice(["auto", "always", "never"])
    return click.option("--color", type=choices, default="auto", help="Whether to use colours.  [default: auto]")(
        command
    )


def filter_of(kinds: tuple[str, ...]) -> TraceFilter:
    """The filter that `--filter` texts mean; several kinds may stand in one, with commas.

    Raises:
        UsageError: A text is no word.
    """
    words = [word.strip() for text in kinds for word in text.split(",")]
    for word in words:
        if not word.replace("_", "").isalnum():
            raise UsageError(f"'{word}' is not a kind of component", try_=f"Kinds: {', '.join(COMPONENTS)}.")
    return TraceFilter(components=words or None)


def json_of(text: str, option: str) -> Any:
    """The value of a text that should be JSON.

    Raises:
        UsageError: It is not; shows where.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError as problem:
        line = text.splitlines()[problem.lineno - 1] if text else ""
        pointer = f"\n  {line}\n  {' ' * (problem.colno - 1)}^"
        raise UsageError(f"{option} is not JSON", why=f"{problem.msg}{pointer}\n") from None
    except RecursionError:
        raise UsageError(f"{option} is not usable", why="it is nested too deeply") from None


def object_of(text: str | None, option: str) -> dict[str, Any]:
    """The object of a text that should be one; `@FILE` reads it from a file; nothing is an empty one.

    Raises:
        UsageError: It is none, or the file cannot be read.
    """
    if text is None:
        return {}
    if text.startswith("@"):
        text = text_of_file(text[1:], option)
    value = json_of(text, option)
    if not isinstance(value, dict):
        raise UsageError(
            f"{option} is not a JSON object", why=f"it is {json.dumps(value)[:60]}", try_='Try \'{"input": "Hello"}\'.'
        )
    return value


def text_of_file(name: str, option: str) -> str:
    """The text of a file that an option names.

    Raises:
        UsageError: It cannot be read.
    """
    try:
        return Path(name).read_text("utf-8")
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None) or str(problem)
        raise UsageError(f"{option} names the file '{name}', which cannot be read", why=why) from None


def on_terminal() -> bool:
    """Whether a person sits at both ends."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def show(view: View, painter: Painter) -> None:
    """Print a picture; its colours are the painter's decision, so click is told not to take them out."""
    click.echo(painter.paint(view), nl=False, color=True)


def show_json(value: Any, option: int | None = None) -> None:
    """Print a value for programs, so that it does nothing to a terminal that it comes by."""
    click.echo(harmless_json(orjson.dumps(value, option=option).decode()))


def talk(text: str) -> None:
    """Say something that is not data."""
    click.echo(harmless_lines(text), err=True)
