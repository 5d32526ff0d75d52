"""Where events are in files: on a line of the program, and always on a line of the trace itself.

A third place is the transcript, a document that exists only here: line n says in words what line n of the trace says.
The client is shown files that are listed here, and no others.
"""

from __future__ import annotations

import os
from bisect import bisect_left
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import attrs

from namel3ss_dbg.events import Moment
from namel3ss_dbg.render.events import EventRow
from namel3ss_dbg.render.sources import find_source
from namel3ss_dbg.timeline.patterns import is_same_file
from namel3ss_dbg.trace.digests import digest_of

from . import protocol as dap
from .configuration import absolute
from .documents import Document
from .errors import Problem, Refused

if TYPE_CHECKING:
    from .adapter import Adapter

_LONGEST_LINE = 20_000
_MOST_LINES = 50_000
_MOST_BYTES = 16 << 20
_MOST_SHOWN = 32 << 20
"""Bytes of a trace that is opened as a file; VS Code shows nothing of one that has over 50 MB."""


@attrs.frozen
class Place:
    """Where an event is in a file."""

    source: dap.Source
    line: int
    """Counted from 1."""
    column: int
    is_program: bool
    """Whether it is a line of the program."""


@attrs.frozen
class Listed:
    """A file whose lines have events."""

    kind: Literal["program", "trace", "transcript"]
    source: dap.Source
    files: tuple[str, ...] = ()
    """What the trace calls it."""


@attrs.frozen
class Transcript:
    """The whole run in words, a line for each event."""


class Sources:
    """The files of one run."""

    def __init__(self, adapter: Adapter) -> None:
        self._adapter = adapter
        self._timeline = adapter.run.timeline
        self.trace = absolute(adapter.run.path or Path("trace.jsonl"))
        self._trace_source = dap.Source(name=self.trace.name, path=str(self.trace))
        self._found: dict[str, Path | None] = {}
        self._sources: dict[str, dap.Source | None] = {}
        self._widths: dict[Path, list[int]] = {}
        self._lines: dict[str, list[int]] = {}
        self._known = 0
        self._told: set[str] = set()
        self._alone: dict[Moment, int] = {}
        """The documents that single events were shown as."""
        self._transcript = adapter.handles.add(Transcript(), keep=True)

    # From events to files

    def position(self, row: Moment) -> Place:
        """Where an event is: on a line of the program if that is here, else on its line of the trace."""
        source = self._timeline.recorded(row).metadata.get("source")
        if isinstance(source, dict):
            file, line = source.get("file"), source.get("line")
            if isinstance(file, str) and isinstance(line, int) and line > 0:
                found = self._source_of(file)
                if found is not None:
                    return Place(found, line, self._column(file, line, source.get("column")), True)
        return Place(self._trace_source, row + 1, 1, False)

    def shown(self, row: Moment) -> Place:
        """`position` for an editor to open: a trace that is too big for one is not, but the event alone is."""
        place = self.position(row)
        if place.is_program or self._trace_size <= _MOST_SHOWN:
            return place
        number = self._alone.get(row, 0)
        if self._adapter.handles.get(number) is None:
            number = self._alone[row] = self._adapter.handles.add(Document(self._timeline[row].to_dict()), keep=True)
        name = f"{self.trace.stem} event {row}.json"
        return Place(dap.Source(name=name, source_reference=number, origin="from the recording"), 1, 1, False)

    @property
    def _trace_size(self) -> int:
        try:
            return self.trace.stat().st_size
        except OSError:
            return 0

    def _source_of(self, file: str) -> dap.Source | None:
        if file not in self._sources:
            path = self.path_of(file)
            self._sources[file] = dap.Source(name=path.name, path=str(path)) if path is not None else None
        return self._sources[file]

    def path_of(self, file: str) -> Path | None:
        """The file on this machine that a trace names; None when it is not here."""
        if file not in self._found:
            path = find_source(file, self._folders())
            self._found[file] = absolute(path) if path is not None else None
        return self._found[file]

    def _folders(self) -> list[Path]:
        configuration = self._adapter.configuration
        folders = list(configuration.source_roots) if configuration is not None else []
        if configuration is not None and configuration.folder is not None:
            folders.append(configuration.folder)
        if configuration is not None and configuration.program is not None:
            folders.append(configuration.program.absolute().parent)
        return [*folders, self.trace.parent]

    def _column(self, file: str, line: int, column: object) -> int:
        """A column that is on the line: some editors cannot go beyond its end."""
        if not isinstance(column, int) or column < 2:
            return 1
        path = self.path_of(file)
        if path is not None and path not in self._widths:
            self._widths[path] = [len(text) for text in _text_of(path).splitlines()]
        widths = self._widths[path] if path is not None else []
        return min(column, max(widths[line - 1], 1)) if line <= len(widths) else 1

    # From files to events

    def listed(self, source: dap.Source) -> Listed | None:
        """The file of a source, if its lines have events."""
        if source.source_reference:
            if isinstance(self._adapter.handles.get(source.source_reference), Transcript):
                return Listed("transcript", source)
            return None
        if not source.path or "\0" in source.path:
            return None
        path = absolute(Path(source.path))
        if is_same(path, self.trace):
            return Listed("trace", source)
        files = tuple(file for file in self.files() if self._is_file(file, path))
        return Listed("program", source, files) if files else None

    def _is_file(self, file: str, path: Path) -> bool:
        known = self.path_of(file)
        return is_same(path, known) if known is not None else is_same_file(file, str(path))

    def files(self) -> list[str]:
        """The files that the trace names, as far as it was read."""
        self._learn()
        return list(self._lines)

    def lines(self, listed: Listed) -> list[int]:
        """The lines of a program's file that have events, in order."""
        self._learn()
        return sorted({line for file in listed.files for line in self._lines.get(file, ())})

    def line_from(self, listed: Listed, line: int) -> int | None:
        """A line, or the next one after it, that has events; None when there is none."""
        if listed.kind != "program":
            return line if 1 <= line <= len(self._timeline) else None
        lines = self.lines(listed)
        place = bisect_left(lines, line)
        return lines[place] if place < len(lines) else None

    def _learn(self) -> None:
        names = self._timeline.columns.sources.names
        for file, line in names[self._known :]:
            self._lines.setdefault(file, []).append(line)
        self._known = len(names)

    # What the client may see

    def all(self) -> list[dap.Source]:
        """Every source of the run: the program's files that are here, the trace, and the transcript."""
        program = [source for file in self.files() if (source := self._source_of(file)) is not None]
        seen = {source.path: source for source in program}
        return [*(self._with_checksum(source) for source in seen.values()), self._trace_source, self.transcript()]

    def _with_checksum(self, source: dap.Source) -> dap.Source:
        digest = digest_of(Path(source.path or ""))
        return attrs.evolve(source, checksums=[dap.Checksum(algorithm="SHA256", checksum=digest)] if digest else None)

    def transcript(self) -> dap.Source:
        """The document that tells the run in words."""
        return dap.Source(
            name=f"{self.trace.stem} (transcript)", source_reference=self._transcript, origin="from the recording"
        )

    def tell_new(self) -> None:
        """Tell of the program's files that were found since the client was last told."""
        for file in self.files():
            if file not in self._told:
                self._told.add(file)
                source = self._source_of(file)
                if source is not None:
                    self._adapter.session.event(
                        "loadedSource", dap.LoadedSourceBody(reason="new", source=self._with_checksum(source))
                    )

    def tell_drift(self) -> None:
        """Warn of the program's files that are not any more what was run, or may not be."""
        if not len(self._timeline):
            return
        recorded = self._timeline.recorded(0).metadata.get("sha256")
        digests = recorded if isinstance(recorded, dict) else {}
        for file in self.files():
            path = self.path_of(file)
            drift = _drift(path, digests.get(file), self._timeline.began) if path is not None else ""
            if path is not None and drift:
                text = f"{path.name} {drift}; lines may not be where they were.\n"
                self._adapter.session.event("output", dap.OutputBody(category="important", output=text))

    def transcript_text(self) -> str:
        """The run in words, one event to a line, whose end is left out where no editor would show it."""
        rows = range(min(len(self._timeline), _MOST_LINES))
        lines = (next(iter(EventRow(self._timeline, row).plain()), "") for row in rows)
        return "".join(f"{text if len(text) <= _LONGEST_LINE else f'{text[:_LONGEST_LINE]}…'}\n" for text in lines)


def _drift(path: Path, digest: object, began: float) -> str:
    """How a file is not what was run: by its digest or, in traces that tell none, by when it was changed."""
    if isinstance(digest, str):
        return "was changed after it was recorded" if digest_of(path) != digest else ""
    try:
        return "is newer than this recording" if path.stat().st_mtime > began > 0 else ""
    except OSError:
        return ""


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths are one file."""
    return one == other or os.path.realpath(one) == os.path.realpath(other)


def _text_of(path: Path) -> str:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            return file.read(_MOST_BYTES)
    except OSError:
        return ""


# Requests


def loaded_sources(adapter: Adapter, arguments: Any) -> dap.LoadedSourcesBody:
    """Every source of the run."""
    return dap.LoadedSourcesBody(sources=adapter.sources.all())


def source(adapter: Adapter, arguments: dap.SourceArguments) -> dap.SourceBody:
    """The text of a source that was handed out; of nothing else."""
    number = arguments.source_reference or (arguments.source.source_reference if arguments.source else None)
    if number:
        thing = adapter.handles.get(number)
        if isinstance(thing, Document):
            return dap.SourceBody(content=thing.text(), mime_type=thing.media_type)
        if isinstance(thing, Transcript):
            return dap.SourceBody(content=adapter.sources.transcript_text(), mime_type="text/plain")
    elif arguments.source is not None:
        text = _listed_text(adapter, arguments.source)
        if text is not None:
            return dap.SourceBody(content=text)
    raise Refused(Problem.NO_SOURCE, "There is no such source in this run.")


def _listed_text(adapter: Adapter, source: dap.Source) -> str | None:
    listed = adapter.sources.listed(source)
    if listed is None:
        return None
    if listed.kind == "trace":
        return _text_of(adapter.sources.trace)
    path = next((path for file in listed.files if (path := adapter.sources.path_of(file)) is not None), None)
    return _text_of(path) if path is not None else None


def locations(adapter: Adapter, arguments: dap.LocationsArguments) -> dap.LocationsBody:
    """Where a value was declared, or the whole of a long one."""
    thing = adapter.handles.get(arguments.location_reference)
    if isinstance(thing, Document):
        number = adapter.handles.add(thing, keep=True)
        name = "text.md" if isinstance(thing.value, str) else "value.json"
        return dap.LocationsBody(
            source=dap.Source(name=name, source_reference=number, origin="from the recording"),
            line=adapter.client.line_out(1),
        )
    if isinstance(thing, int) and 0 <= thing < len(adapter.run.timeline):
        place = adapter.sources.position(thing)
        return dap.LocationsBody(
            source=place.source,
            line=adapter.client.line_out(place.line),
            column=adapter.client.column_out(place.column),
        )
    raise Refused(Problem.NO_SOURCE, f"There is no location {arguments.location_reference}, or not any more.")


def breakpoint_locations(adapter: Adapter, arguments: dap.BreakpointLocationsArguments) -> dap.BreakpointLocationsBody:
    """The lines that have events."""
    listed = adapter.sources.listed(arguments.source)
    if listed is None:
        return dap.BreakpointLocationsBody(breakpoints=[])
    first = adapter.client.line_in(arguments.line)
    last = adapter.client.line_in(arguments.end_line) if arguments.end_line is not None else first
    if listed.kind == "program":
        lines = [line for line in adapter.sources.lines(listed) if first <= line <= last]
    else:
        lines = list(islice(range(max(first, 1), min(last, len(adapter.run.timeline)) + 1), 10_000))
    out = adapter.client.line_out
    return dap.BreakpointLocationsBody(breakpoints=[dap.BreakpointLocation(line=out(line)) for line in lines])
