"""`namel3ss debug analyze`: where time, tokens and money went, and what failed."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import click
import orjson

from ..analysis import analyze as read
from ..analysis import to_json
from ..render.console import painter_for
from ..render.records import Part
from ..render.report import ReportView
from .options import Command, color_option, filter_of, filter_option, show, show_json
from .recording import open_trace


@click.command(
    cls=Command,
    examples="""
    namel3ss debug analyze trace.jsonl
    namel3ss debug analyze latest --performance --errors
    namel3ss debug analyze trace.jsonl --format json | jq .resource_usage
    """,
)
@click.argument("trace")
@click.option("--performance/--no-performance", default=None, help="Show where the time went.")
@click.option("--errors/--no-errors", default=None, help="Show what failed.")
@click.option("--summary/--no-summary", default=None, help="Show the run as a whole.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json"]),
    help="How it is printed; by default as tables on a terminal and as lines of key=value in a pipe.",
)
@click.option("--fail-on", type=click.Choice(["errors"]), help="Exit with 1 when there are any.")
@filter_option("Count only this kind of component")
@color_option
def analyze(
    trace: str,
    performance: bool | None,
    errors: bool | None,
    summary: bool | None,
    form: str | None,
    fail_on: str | None,
    kinds: tuple[str, ...],
    color: str,
) -> int:
    """Where time, tokens and money went, and what failed.

    Without section options everything is shown; with positive ones those, with negative ones all but those. A call
    counts once: the tokens that an agent reports for its model calls are not added to those of the calls.
    """
    sections = sections_of({"summary": summary, "performance": performance, "errors": errors})
    with open_trace(trace) as session:
        report = read(session.timeline, filter_of(kinds))
        if form == "json":
            show_json(_parts(to_json(report), sections), orjson.OPT_INDENT_2)
        else:
            painter = painter_for(sys.stdout, color, pictures=form == "table")  # type: ignore[arg-type]
            show(ReportView(report, sections), painter)
    return 1 if fail_on == "errors" and report.errors.total_errors else 0


def sections_of(asked: dict[Part, bool | None]) -> tuple[Part, ...]:
    """The sections that the flags mean."""
    wanted = [name for name, value in asked.items() if value]
    return tuple(wanted or (name for name, value in asked.items() if value is not False))


def _parts(report: dict[str, Any], sections: Sequence[Part]) -> dict[str, Any]:
    """The JSON object with the sections that were asked for; what was used goes with the run and with its speed."""
    kept = {"schema_version", "trace", *sections}
    if "summary" in sections or "performance" in sections:
        kept.add("resource_usage")
    return {key: value for key, value in report.items() if key in kept}
