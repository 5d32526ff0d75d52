"""`namel3ss debug clean`: remove the traces that are older than they are to be kept."""

from __future__ import annotations

import click

from ..render.formats import format_bytes
from ..trace.settings import read_settings
from ..trace.workspace import DebugConfigManager
from .options import Command, talk

_NOT_DONE = 3


@click.command(
    cls=Command,
    examples="""
    namel3ss debug clean --dry-run
    namel3ss debug clean
    namel3ss debug clean --days 7
    """,
)
@click.option(
    "--days", type=click.IntRange(1), metavar="N", help="How old a trace may be.  [default: trace_retention_days]"
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and leave it.")
def clean(days: int | None, dry_run: bool) -> int:
    """Remove the traces that are older than they are to be kept.

    Only traces that this debugger wrote into the trace directory under their own names are removed, with their
    indexes. A trace that was renamed is kept, and so are the one that trace_latest.jsonl leads to and those that are
    being written. Prints what is removed; exits with 3 when something could not be.
    """
    for problem in read_settings().problems:
        talk(f"Warning: {problem}")
    done = DebugConfigManager().cleanup_old_traces(days, dry_run=dry_run)
    for trace in done.removed:
        click.echo(trace.path)
    for problem in done.problems:
        talk(f"Error: {problem}")
    if not done.days:
        talk("Nothing is removed: trace_retention_days is 0, so traces are kept for ever. --days N removes some.")
    elif done.removed or not done.problems:
        count = len(done.removed)
        traces = f"{count} trace{'s' if count != 1 else ''}"
        freed = f", {format_bytes(done.bytes_freed)}" if count else ""
        age = f"older than {done.days} day{'s' if done.days != 1 else ''}"
        talk(f"{'Would remove' if dry_run else 'Removed'} {traces} {age} from {done.directory}{freed}.")
    return _NOT_DONE if done.problems else 0
