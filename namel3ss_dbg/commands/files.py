"""The verbs for files: `save`, `transcript`, `export` and `edit`."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import orjson

from ..events import Moment, UsageError
from ..render.events import parent_of, source_of
from ..render.sources import find_source
from ..render.words import counted
from ..timeline.breakpoints import Breakpoint
from ..timeline.session import DebugSession
from ..trace.codec import encode_line
from . import completion, reading
from .arguments import first_word, path_of
from .desk import Desk
from .frames import nearest_source
from .reply import NeedsEditor, NeedsYes, Reply, said
from .stops import described
from .table import AnyCommand, Command

_FORMATS = ("jsonl", "json", "csv")
_FIELDS = (
    "moment", "event_id", "timestamp", "event_type", "component", "component_name", "status", "duration_ms",
    "tokens_used", "cost_estimate", "error", "parent", "lane", "depth", "file", "line", "inputs", "outputs",
)  # fmt: skip


def written(path: Path, write: Callable[[], Reply]) -> Reply:
    """What writing a file says; one that is there is written over only after a yes.

    Raises:
        NeedsYes: It is there.
        UsageError: It cannot be written.
    """

    def careful() -> Reply:
        try:
            return write()
        except OSError as problem:
            raise UsageError(f"'{path}' cannot be written", why=problem.strerror or str(problem)) from None

    if path.exists():
        raise NeedsYes(f"Write over '{path}'?", careful)
    return careful()


# Commands


def _save(desk: Desk, rest: str) -> Reply:
    path = path_of(rest, "save")

    def write() -> Reply:
        lines = list(saved(desk))
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
        return said(f"Wrote {counted(len(lines) - 1, 'line')} to '{path}'; 'source {path}' reads them.")

    return written(path, write)


def saved(desk: Desk) -> Iterator[str]:
    """What a person has set, as commands."""
    session, settings = desk.session, desk.settings
    yield "# Settings, marks, breakpoints and so on; read with: source FILE, or --execute FILE"
    for each in settings:
        if settings.origin(each.name) != "default":
            yield f"set {each.name} {each.format(getattr(settings, each.name))}"
    yield from (f"alias {name} {text}" for name, text in desk.aliases.items())
    for name, mock in session.mocks.items():
        quoted = name if name.split() == [name] else f'"{name}"'
        yield f"mock {quoted} {json.dumps(mock.answer, ensure_ascii=False)}"
    for end, answer in session.answers.items():
        yield f"mock #{end} {json.dumps(answer, ensure_ascii=False)}"
    yield from (f"mark {name} #{moment}" for name, moment in session.marks.items())
    for number, breakpoint in enumerate(session.breakpoints, 1):
        yield from _saved_breakpoint(breakpoint, number)
    yield from (f"display {each.text}" for each in desk.displays)


def _saved_breakpoint(breakpoint: Breakpoint, number: int) -> Iterator[str]:
    """A breakpoint as commands; `number` is the one that it gets when they are read into an empty session."""
    verb = "tbreak" if breakpoint.temporary else "break" if breakpoint.kind == "breakpoint" else breakpoint.kind
    text = described(breakpoint)
    if breakpoint.kind == "log":
        place, _, options = text.partition(" if ")
        text = f'{place} "{breakpoint.message}"' + (f" if {options}" if options else "")
    yield f"{verb} {text}"
    if breakpoint.commands:
        yield "commands"
        yield from (f"  {each}" for each in breakpoint.commands)
        yield "end"
    if not breakpoint.enabled:
        yield f"disable {number}"


def _transcript(desk: Desk, rest: str) -> Reply:
    if not rest:
        path = desk.transcript.path
        return said(f"Everything is written to '{path}'." if path is not None else "Nothing is written down.")
    if rest == "off":
        path, desk.transcript.path = desk.transcript.path, None
        return said(f"No more is written to '{path}'." if path is not None else "Nothing was written down.")
    desk.transcript.begin(path_of(rest, "transcript"))
    return said(f"What is typed and shown from now on is written to '{desk.transcript.path}'.")


# Events


def _export(desk: Desk, rest: str) -> Reply:
    form, after = first_word(rest)
    if form not in _FORMATS:
        raise UsageError(
            f"'{form}' is no format" if form else "Export as what?", try_=f"{', '.join(_FORMATS)}: export csv FILE"
        )
    name, place = first_word(after)
    path = path_of(name, f"export {form}")
    if desk.session.path is not None and path.exists() and path.samefile(desk.session.path):
        raise UsageError(f"'{path}' is the trace itself", why="the recording is never changed")
    rows = _span(desk, place)

    def write() -> Reply:
        partial = path.with_name(f"{path.name}.part")
        try:
            with partial.open("w", encoding="utf-8", newline="") as file:
                file.writelines(_WRITERS[form](desk, rows))
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
        return said(f"Wrote {counted(len(rows), 'event')} to '{path}'.")

    return written(path, write)


def _span(desk: Desk, place: str) -> range:
    """The events of the run, or from the start to the end of the call at a place."""
    session, columns = desk.session, desk.session.timeline.columns
    if not place:
        desk.read_on()
        return range(columns.count)
    start = session.lanes.span_at(session.places.resolve(place, here=desk.moment))
    if start < 0:
        raise UsageError(f"'{place}' is in no call", try_="export jsonl FILE agent:NAME")
    if columns.match[start] < 0:
        desk.read_on()
    end = columns.match[start]
    return range(start, end + 1 if end >= 0 else columns.count)


def _jsonl(desk: Desk, rows: range) -> Iterator[str]:
    timeline = desk.session.timeline
    for row in desk.watched(rows):
        yield encode_line(timeline[row]).decode("utf-8", "replace")


def _json(desk: Desk, rows: range) -> Iterator[str]:
    yield '{"events": [\n'
    for row, text in zip(rows, _jsonl(desk, rows), strict=True):
        yield text.rstrip("\n") + (",\n" if row != rows[-1] else "\n")
    yield "]}\n"


def _csv(desk: Desk, rows: range) -> Iterator[str]:
    yield _csv_line(_FIELDS)
    for row in desk.watched(rows):
        yield _csv_line(_cells(desk.session, row).values())


def _cells(session: DebugSession, row: Moment) -> dict[str, Any]:
    event, columns = session.timeline[row], session.timeline.columns
    parent, (file, line) = parent_of(columns, row), source_of(event) or (None, None)
    own = {
        "moment": row,
        "timestamp": repr(event.timestamp),
        "parent": parent if parent >= 0 else None,
        "lane": columns.lane[row],
        "depth": columns.depth[row],
        "file": file,
        "line": line,
        "inputs": _compact(event.inputs),
        "outputs": _compact(event.outputs),
    }
    return {field: own[field] if field in own else getattr(event, field) for field in _FIELDS}


def _compact(payload: dict[str, Any]) -> str | None:
    return orjson.dumps(payload, default=repr).decode() if payload else None


def _csv_line(cells: Iterable[Any]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow(cells)
    return out.getvalue()


_WRITERS: dict[str, Callable[[Desk, range], Iterator[str]]] = {"jsonl": _jsonl, "json": _json, "csv": _csv}


# Source


def _edit(desk: Desk, rest: str) -> Reply:
    if rest:
        row = desk.session.places.resolve(rest, here=desk.moment)
        source = source_of(desk.session.timeline[row]) if row >= 0 else None
        if source is None:
            raise UsageError(f"{desk.named(row)} says no line of source", try_="edit tool:NAME")
    else:
        source = nearest_source(desk)
    path = find_source(source[0], [*desk.folders, Path.cwd()])
    if path is None:
        raise UsageError(f"The source '{source[0]}' is not here", try_="Put it beside the trace.")
    raise NeedsEditor(path, source[1], desk.settings.editor or os.environ.get("VISUAL") or os.environ.get("EDITOR", ""))


ROWS: tuple[AnyCommand, ...] = (
    reading.ROW,
    Command(
        "save",
        _save,
        "the rest",
        "FILE",
        "Write what you have set to a file, as commands.",
        details="Breakpoints, displays, marks, aliases, settings and mocks; 'source FILE' reads them.",
        examples=("save session.n3",),
        completes=completion.paths,
        free_text=True,
    ),
    Command(
        "transcript",
        _transcript,
        "the rest",
        "[FILE | off]",
        "Write down what is typed and shown from now on.",
        completes=completion.paths,
        free_text=True,
    ),
    Command(
        "export",
        _export,
        "the rest",
        "jsonl|json|csv FILE [PLACE]",
        "Write the events of the run, or of a call, to a file.",
        details="Mocked answers are written as they are shown.",
        examples=("export csv events.csv", "export jsonl planner.jsonl agent:Planner"),
        completes=completion.exports,
    ),
    Command(
        "edit",
        _edit,
        "the rest",
        "[PLACE]",
        "Open the source of this line, or a place, in your editor.",
        completes=completion.places,
    ),
)
"""The verbs that read and write files."""
