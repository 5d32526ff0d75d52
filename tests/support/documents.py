"""Blocks of our documents that tests load, marked by a comment `<!-- tested: NAME -->` above them."""

from __future__ import annotations

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


def block(page: str, name: str) -> str:
    """The block of that name on a page."""
    text = (DOCS / page).read_text("utf-8")
    (found,) = re.findall(rf"<!-- tested: {re.escape(name)} -->\n```\w+\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    return str(found)
