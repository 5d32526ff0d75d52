"""`namel3ss debug config`: the configuration that counts, where each value was said, and what is wrong with it."""

from __future__ import annotations

import sys

import click
import orjson

from ..render.configuration import SettingsView, settings_to_json
from ..render.console import painter_for
from ..trace.schema import SCHEMA_FILE
from ..trace.settings import read_settings
from ..trace.workspace import problems_of
from .options import Command, color_option, show, show_json, talk

_WRONG = 2


@click.command(
    cls=Command,
    examples="""
    namel3ss debug config
    namel3ss debug config --format json | jq .settings.enabled
    namel3ss debug config --schema > .namel3ss/debug.schema.json
    """,
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    help="How it is printed; by default as a table on a terminal and as lines of key=value in a pipe.",
)
@click.option("--schema", is_flag=True, help="Print the JSON schema of .namel3ss/debug.json instead, for editors.")
@color_option
def config(form: str | None, schema: bool, color: str) -> int:
    """The debug configuration that counts here, and what is wrong with it.

    A variable such as NAMEL3SS_DEBUG_ENABLED counts more than .namel3ss/debug.json, which is looked for from the
    working folder upwards; that counts more than the default. Exits with 2 when something is wrong.

    An editor completes and checks the file when it begins with {"$schema": "./debug.schema.json"} and the schema lies
    beside it; the VS Code extension brings its own.
    """
    if schema:
        click.echo(SCHEMA_FILE.read_text("utf-8"), nl=False)
        return 0
    settings = read_settings()
    problems = problems_of(settings)
    if form == "json":
        content = {**settings_to_json(settings), "problems": problems}
        show_json(content, orjson.OPT_INDENT_2)
    else:
        show(SettingsView(settings), painter_for(sys.stdout, color, pictures=form == "table"))  # type: ignore[arg-type]
    for problem in problems:
        talk(f"Problem: {problem}")
    return _WRONG if problems else 0
