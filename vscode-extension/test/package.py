"""Looks at what would be published: nothing but what is meant to ship, small, and without a trace of this machine."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from zipfile import ZipFile

HERE = Path(__file__).resolve().parents[1]
PACKAGE = HERE / "namel3ss-debug.vsix"
MOST_BYTES = 300 << 10
EXPECTED = re.compile(
    r"extension/(package(\.nls)?\.json|readme\.md|changelog\.md|LICENSE\.txt|SUPPORT\.md|language-configuration\.json"
    r"|dist/[a-z/]+\.js|syntaxes/[a-z0-9.A-Z]+\.json|snippets/[a-z0-9]+\.json|schemas/[a-z.]+\.json"
    r"|media/[a-z-]+\.(png|svg|css)|walkthrough/[a-z]+\.(md|svg))|extension\.vsixmanifest|\[Content_Types\]\.xml"
)
NEEDED = ("dist/extension.js", "dist/webview/timeline.js", "dist/webview/trace.js", "readme.md", "LICENSE.txt")


def complaints() -> list[str]:
    """What is wrong with the package, each as a sentence."""
    size = PACKAGE.stat().st_size
    found = [f"It has {size} bytes; {MOST_BYTES} are allowed."] if size > MOST_BYTES else []
    with ZipFile(PACKAGE) as package:
        names = package.namelist()
        found += [f"{name} does not belong there." for name in names if not EXPECTED.fullmatch(name)]
        found += [f"extension/{name} is missing." for name in NEEDED if f"extension/{name}" not in names]
        scripts = [name for name in names if name.endswith(".js")]
        machine = str(HERE.parent).encode()
        found += [f"{name} names a directory of this machine." for name in scripts if machine in package.read(name)]
    return found


if __name__ == "__main__":
    problems = complaints()
    sys.stderr.writelines(f"{PACKAGE.name}: {problem}\n" for problem in problems)
    sys.stdout.write(f"{PACKAGE.name}: {PACKAGE.stat().st_size} bytes\n")
    sys.exit(1 if problems else 0)
