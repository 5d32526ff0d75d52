"""A program from its file: what it and its imports declare, or all that is wrong with it.

Nothing is read but the named file and what it imports, and imports must lie below the folder of the named file.
"""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import attrs

from ...events import ProgramError, SourceError
from ...timeline.operators import clipped
from .chains import chain_of
from .declarations import agent_of, app_of, llm_of, memory_of, prompt_of, tool_of
from .fields import pairs_of, value_of
from .nodes import App, Ask, Position, Program
from .reader import Reader
from .source import MOST_MISTAKES, Source, raise_if_any, read_source, shown_path
from .tokens import tokens_of
from .tree import Block, Call, Import, Pair, TopLevel

_MOST_FOLDERS = 1_000
"""How many folders a search for a module looks into."""

_BUILDERS: dict[str, tuple[str, Callable[[Source, Block], Any]]] = {
    "llm": ("llms", llm_of),
    "model": ("llms", llm_of),
    "memory": ("memories", memory_of),
    "prompt": ("prompts", prompt_of),
    "tool": ("tools", tool_of),
    "agent": ("agents", agent_of),
    "chain": ("chains", chain_of),
}
_MODULE = re.compile(r"""^\s*module[ \t]*:?[ \t]*["']?([\w.]+)""", re.MULTILINE)


def parse_program(path: str | Path, text: str | None = None) -> Program:
    """The program in a file, or in the text that stands for it.

    Raises:
        SourceError: Something is wrong at one place.
        SeveralMistakes: Something is wrong at several places.
        ProgramError: A file cannot be read.
    """
    entry = Path(path)
    loading = _Loading(entry.parent, shown_path(entry))
    loading.read(entry, text)
    while loading.waiting:
        loading.read_import(*loading.waiting.pop(0))
    raise_if_any(loading.path, loading.mistakes)
    return loading.program(entry)


@attrs.define
class _Loading:
    """What was found so far, file by file."""

    root: Path
    """The folder that imports must lie below."""
    path: str
    mistakes: list[SourceError] = attrs.field(factory=list)
    app: App | None = None
    settings: dict[str, Any] = attrs.field(factory=dict)
    asks: list[Ask] = attrs.field(factory=list)
    declared: dict[str, dict[str, Any]] = attrs.field(factory=lambda: {kind: {} for kind, _ in _BUILDERS.values()})
    sources: dict[str, str] = attrs.field(factory=dict)
    waiting: list[tuple[Source, Import, Path]] = attrs.field(factory=list)
    """Imports that were found and not yet read, with the file that wants them."""

    def program(self, entry: Path) -> Program:
        """All of it; a program without an app is named for its file."""
        app = self.app or App(name=entry.stem, at=Position(self.path, 1, 1))
        app = attrs.evolve(app, settings={**self.settings, **app.settings})
        return Program(path=self.path, app=app, asks=tuple(self.asks), sources=self.sources, **self.declared)

    def read(self, path: Path, text: str | None = None) -> None:
        """Read one file and what it imports."""
        source = read_source(path, text)
        self.sources[source.path] = source.text
        tokens, mistakes = tokens_of(source)
        self.mistakes += mistakes
        if mistakes:
            return
        reader = Reader(source, tokens)
        found = reader.file()
        mistakes = reader.mistakes
        aliases = (each.alias for each in found if isinstance(each, Import))
        source = attrs.evolve(source, aliases=frozenset(filter(None, aliases)))
        for each in found:
            try:
                self._add(source, each)
            except SourceError as mistake:
                mistakes.append(mistake)
            if len(mistakes) >= MOST_MISTAKES:
                break
        self.mistakes += sorted(mistakes, key=lambda mistake: (mistake.line, mistake.column))

    def read_import(self, source: Source, wanted: Import, path: Path) -> None:
        """Read an imported file, unless that was done already."""
        if shown_path(path) in self.sources:
            return
        try:
            self.read(path)
        except SourceError as mistake:
            self.mistakes.append(mistake)
        except ProgramError as problem:
            what = f"The import '{wanted.name}' cannot be read: {problem.what}"
            self.mistakes.append(source.mistake(what, wanted.token))

    def _add(self, source: Source, found: TopLevel) -> None:
        match found:
            case Block("app"):
                self._add_app(source, found)
            case Block():
                self._declare(source, found)
            case Call(token, target, argument):
                ask = Ask(at=source.place(token), target=target, input=value_of(source, argument))
                self.asks.append(ask)
            case Import():
                self.waiting.append((source, found, self._find(source, found)))
            case Pair(key, _, value):
                if source.path == self.path:
                    self.settings[key] = value_of(source, value)

    def _add_app(self, source: Source, block: Block) -> None:
        inner = [entry for entry in block.entries if isinstance(entry, Block)]
        others = [entry for entry in [*block.extras, *block.entries] if not isinstance(entry, Block)]
        app = app_of(source, block, pairs_of(source, block.title, others))
        if self.app:
            first = f"{self.app.at.file}:{self.app.at.line}"
            raise source.mistake("There are two apps", block.token, try_=f"The first one is in {first}.")
        self.app = app
        for declaration in inner:
            self._declare(source, declaration)

    def _declare(self, source: Source, block: Block) -> None:
        kind, build = _BUILDERS[block.word]
        node = build(source, block)
        known = self.declared[kind]
        if other := known.get(node.name):
            raise source.mistake(
                f"There are two {kind} '{node.name}'",
                block.name_token or block.token,
                try_=f"The first one is in {other.at.file}:{other.at.line}.",
            )
        known[node.name] = node

    # Imports

    def _find(self, source: Source, wanted: Import) -> Path:
        candidates = self._candidates(wanted.name)
        by_path = (path for path in candidates if os.path.isfile(path))  # noqa: PTH113 - it says False of any text
        by_module = (path for path in self._below() if _module_of(path) == wanted.name)
        found = next(itertools.chain(by_path, by_module), None)
        shown = clipped(wanted.name, 60)
        if not Path(os.path.realpath(found or candidates[0])).is_relative_to(os.path.realpath(self.root)):
            try_ = f"Move it below the folder of '{self.path}'."
            raise source.mistake(f"The import '{shown}' lies outside the program's folder", wanted.token, try_=try_)
        if found is None:
            file = candidates[0].relative_to(self.root).as_posix()
            try_ = f"It would be {clipped(file, 60)}, or a file that says: module {shown}"
            raise source.mistake(f"There is no module '{shown}'", wanted.token, try_=try_)
        return found

    def _candidates(self, name: str) -> list[Path]:
        """Where a module may lie: a path in quotes, or a name whose dots are folders."""
        if name.endswith(".ai"):
            return [self.root / name]
        return [self.root / f"{name.replace('.', '/')}.ai", self.root / f"{name}.ai"]

    def _below(self) -> Iterator[Path]:
        """The programs in the folder and below, without hidden folders; a search does not go on for ever."""
        for folder, folders, files in itertools.islice(os.walk(self.root), _MOST_FOLDERS):
            folders[:] = sorted(name for name in folders if not name.startswith((".", "node_modules", "__pycache__")))
            yield from (Path(folder, name) for name in sorted(files) if name.endswith(".ai"))


def _module_of(path: Path) -> str | None:
    """The name that a file gives itself."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            found = _MODULE.search(file.read(4096))
    except OSError:
        return None
    return found.group(1) if found else None
