"""Blocks of our documents, as tests load and play them.

A block that a test asks for by name is marked by a comment above it: `<!-- tested: NAME -->`.
"""

from __future__ import annotations

import re
from pathlib import Path

import attrs

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"

_LINES = re.compile(
    r"^(?P<indent> *)```(?P<language>[^\n`]*)\n(?P<text>.*?)^(?P=indent)```$"
    r"|^(?P<level>#+) (?P<heading>[^\n]+)$"
    r"|^<!-- tested: (?P<name>[^\n]+?) -->$",
    re.DOTALL | re.MULTILINE,
)


@attrs.frozen
class Block:
    """Something that stands between two fences."""

    language: str
    text: str
    line: int
    """Of its first fence, counted from 1."""
    chapter: str
    """The `##` heading above it."""
    name: str | None
    """What the comment above it calls it."""

    def __str__(self) -> str:
        return f"line {self.line} ({self.language or 'plain'})"


def blocks(page: Path) -> list[Block]:
    """All blocks of a page, in order."""
    text = page.read_text("utf-8")
    found: list[Block] = []
    chapter = ""
    name: str | None = None
    for match in _LINES.finditer(text):
        if match["heading"] is not None:
            chapter = match["heading"] if len(match["level"]) == 2 else chapter
        elif match["name"] is not None:
            name = match["name"]
        else:
            inside = re.sub(f"^{match['indent']}", "", match["text"], flags=re.MULTILINE)
            line = text.count("\n", 0, match.start()) + 1
            found.append(Block(match["language"].strip(), inside, line, chapter, name))
            name = None
    return found


def block(page: str, name: str) -> str:
    """The block of that name on a page."""
    (found,) = [block for block in blocks(DOCS / page) if block.name == name]
    return found.text


def pages() -> list[Path]:
    """Every Markdown page of the repository that is ours."""
    foreign = {"node_modules", "dist", "build"}
    return sorted(
        path
        for path in ROOT.rglob("*.md")
        if not any(part.startswith(".") or part in foreign for part in path.relative_to(ROOT).parts)
    )
