"""A reader who types what stands in the blocks of our pages, one after the other, in one folder.

    bash      typed in a shell; a chapter's blocks share the folder, not the shell
    console   what follows a `$` is typed, and what stands below it is compared with what it prints
    python    run, with `await` at the top level
    text      what the block above it prints
    others    named by a comment (`<!-- tested: NAME -->`) are written into a file of that name

In what is compared a line `...` stands for lines that are left out, and what differs from run to run (times, memory,
run ids, dates) is not looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import attrs

from tests.support.documents import Block
from tests.support.shell import environment

TOOLS = Path(__file__).with_name("tools")

_RUN = """
import ast, asyncio, sys
from pathlib import Path
code = compile(Path(sys.argv[1]).read_text("utf-8"), sys.argv[1], "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
begun = eval(code, {"__name__": "__main__"})
if begun is not None:
    asyncio.run(begun)
"""
_LEFT_OUT = "..."
_VARYING = (
    (re.compile(r"exec_[0-9a-f]{6,}"), "exec_ID"),
    (re.compile(r"\d{8}_\d{6}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "DATE"),
    (re.compile(r"\b(\w*(?:_ms|_mb|_s|_percent|per_second|wall)\"?[=:] ?)-?\d[\d.]*"), r"\1N"),
    (re.compile(r"\+?\b\d[\d.]* ?(?:ms|s|µs|MB|kB|B|%)(?!\w)"), "N"),
    (re.compile(r"[▁▂▃▄▅▆▇█ ]*[▁▂▃▄▅▆▇█]"), " BARS"),
    (re.compile(r"[ \t]+"), " "),
)


@attrs.define
class Reader:
    """Somebody at work in a folder."""

    folder: Path
    printed: str = ""
    """What the block before printed."""

    def follow(self, blocks: Iterable[Block]) -> None:
        """Do what the blocks say; the first that does not do what it should ends it."""
        for block in blocks:
            self.do(block)

    def do(self, block: Block) -> None:
        """Do what a block says."""
        match block.language:
            case "bash":
                self.printed = self.type(block.text)
            case "console":
                for command, expected in _exchanges(block.text):
                    self.printed = self.type(command)
                    compare(self.printed, expected, block)
            case "python":
                (self.folder / "snippet.py").write_text(block.text, "utf-8")
                self.printed = self._process([sys.executable, "-W", "error", "-c", _RUN, "snippet.py"], block.text)
            case "text":
                compare(self.printed, block.text, block)
            case _:
                assert block.name is not None, f"{block} is neither run nor named"
                path = self.folder / block.name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(block.text, "utf-8")

    def type(self, text: str) -> str:
        """Give a text to a shell that ends at its first mistake; what it prints."""
        return self._process(["bash", "-e", "-u", "-o", "pipefail", "-c", text], text)

    def _process(self, words: list[str], text: str) -> str:
        variables = environment()
        if shutil.which("jq") is None:
            variables["PATH"] += f"{os.pathsep}{TOOLS}"
        done = subprocess.run(
            words, cwd=self.folder, env=variables, input="", capture_output=True, text=True, timeout=120, check=False
        )
        assert done.returncode == 0, f"this ended with {done.returncode}:\n{text}\n{done.stdout}{done.stderr}"
        assert "Traceback" not in done.stderr, f"this failed:\n{text}\n{done.stderr}"
        return done.stdout


def compare(printed: str, expected: str, block: Block) -> None:
    """Whether what was printed is what the page says."""
    lines = [_same(line) for line in expected.rstrip("\n").splitlines()]
    pattern = "".join(r"(?:.*\n)*?" if line == _LEFT_OUT else re.escape(line) + r"\n" for line in lines)
    seen = "".join(f"{_same(line)}\n" for line in printed.rstrip("\n").splitlines())
    assert re.fullmatch(pattern, seen), f"{block} shows\n{expected}\nbut this was printed:\n{printed}"


def _same(line: str) -> str:
    for pattern, word in _VARYING:
        line = pattern.sub(word, line)
    return line.strip()


def _exchanges(text: str) -> Iterable[tuple[str, str]]:
    """Each command of a console block with what stands below it."""
    for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
        command = re.match(r"(?:.*\\\n)*.*\n", part)
        assert command is not None
        yield command[0], part[command.end() :]
