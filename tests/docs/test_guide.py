"""Everything in docs/guide.md is done, chapter by chapter, and does what the page says."""

from __future__ import annotations

import shutil
from itertools import groupby
from pathlib import Path

import pytest

from tests.support.documents import DOCS, ROOT, Block, blocks
from tests.support.reader import Reader

GUIDE = DOCS / "guide.md"
APPS = ROOT / "examples" / "seed"
CHAPTERS: list[tuple[str, list[Block]]] = [
    (chapter, list(of)) for chapter, of in groupby(blocks(GUIDE), key=lambda block: block.chapter)
]


@pytest.mark.slow
@pytest.mark.parametrize(("chapter", "of"), CHAPTERS, ids=[chapter for chapter, _ in CHAPTERS])
def test_the_chapter_can_be_followed(chapter: str, of: list[Block], tmp_path: Path) -> None:
    """Whoever types a chapter from its top, in a folder with the apps, sees what the page shows."""
    folder = Path(shutil.copytree(APPS, tmp_path / "guide"))

    Reader(folder).follow(of)


def test_nothing_in_it_is_only_shown() -> None:
    """Each block is typed, run, compared or written into a file: none is decoration."""
    done = [block for block in blocks(GUIDE) if block.language in {"bash", "console", "python", "text"} or block.name]

    assert done == blocks(GUIDE)
    assert len(done) > 50
