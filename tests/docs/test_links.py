"""Links between our pages lead somewhere, and every page can be reached from the README."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.support.documents import DOCS, ROOT, pages

_FENCED = re.compile(r"^( *)```.*?^\1```$", re.DOTALL | re.MULTILINE)
_CODE = re.compile(r"`[^`\n]*`")
_LINK = re.compile(r"\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
_REFERENCE = re.compile(r"^\[[^\]]+\]: (\S+)$", re.MULTILINE)
_HEADING = re.compile(r"^#{1,6} (.+?)\s*#*$", re.MULTILINE)
_OUTSIDE = re.compile(r"[a-z]+:", re.IGNORECASE)


def prose(page: Path) -> str:
    """A page without its blocks."""
    return _FENCED.sub("", page.read_text("utf-8"))


def links(page: Path) -> list[str]:
    """Where its links and pictures lead."""
    text = _CODE.sub("", prose(page))
    return [*_LINK.findall(text), *_REFERENCE.findall(text)]


def anchors(page: Path) -> set[str]:
    """The names that links to its headings use, as GitHub makes them."""
    found: dict[str, int] = {}
    names = set()
    for heading in _HEADING.findall(prose(page)):
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "")
        name = re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-")
        names.add(f"{name}-{found[name]}" if name in found else name)
        found[name] = found.get(name, 0) + 1
    return names


@pytest.mark.parametrize("page", pages(), ids=lambda page: str(page.relative_to(ROOT)))
def test_its_links_lead_somewhere(page: Path) -> None:
    """Files exist, headings exist, and nothing leads out of the repository by a path."""
    dead = []
    for link in links(page):
        if _OUTSIDE.match(link):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / unquote(path)).resolve() if path else page
        if (
            not target.exists()
            or ROOT not in target.parents
            or (anchor and (target.suffix != ".md" or anchor not in anchors(target)))
        ):
            dead.append(link)

    assert not dead


def test_every_page_is_reached_from_the_readme() -> None:
    """A page that nothing leads to is not read."""
    reached, ahead = set(), [ROOT / "README.md"]
    while ahead:
        page = ahead.pop()
        if page in reached:
            continue
        reached.add(page)
        for link in links(page):
            path = unquote(link.partition("#")[0])
            if path and not _OUTSIDE.match(link):
                target = (page.parent / path).resolve()
                target = target / "README.md" if target.is_dir() else target
                ahead += [target] if target.suffix == ".md" and target.exists() else []

    assert sorted(str(page.relative_to(ROOT)) for page in set(DOCS.glob("*.md")) - reached) == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("## In your own Python", "in-your-own-python"),
        ("## `namel3ss debug trace`", "namel3ss-debug-trace"),
        ("## What if? *Really*", "what-if-really"),
        ("### n3/version", "n3version"),
        ("## A, b & c: d_e", "a-b--c-d_e"),
    ],
)
def test_anchors_are_made_as_readers_links_are(tmp_path: Path, heading: str, anchor: str) -> None:
    """Small letters, signs away, blanks to hyphens; the second of a name gets a number."""
    page = tmp_path / "page.md"
    page.write_text(f"{heading}\n\n```\n# no heading\n```\n\n{heading}\n", "utf-8")

    assert anchors(page) == {anchor, f"{anchor}-1"}


def test_a_dead_link_is_noticed(tmp_path: Path) -> None:
    """In text, as a picture, and as a reference; not in code."""
    page = tmp_path / "page.md"
    page.write_text('[a](b.md) ![c](d.svg "e") [f][g] `[h](i)`\n\n[g]: j.md#k\n', "utf-8")

    assert links(page) == ["b.md", "d.svg", "j.md#k"]
