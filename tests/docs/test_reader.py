"""The reader that plays our pages notices when a page is wrong."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.documents import Block, blocks
from tests.support.reader import TOOLS, Reader, compare


def a_block(language: str, text: str, name: str | None = None) -> Block:
    return Block(language, text, 1, "chapter", name)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("one\ntwo\n", "one\ntwo\n"),
        ("one\ntwo\nthree\n", "one\n...\nthree\n"),
        ("one\nthree\n", "one\n...\nthree\n"),
        ("took 12.5 ms in exec_0a1b2c3d4e5f\n", "took 3 ms in exec_ffffffffffff\n"),
        ('{"total_ms": 3, "calls": 7}\n', '{"total_ms": 12.25, "calls": 7}\n'),
        ("memory_mb=38.8 duration_ms=1.4\n", "memory_mb=41.1 duration_ms=0.2\n"),
    ],
)
def test_what_differs_from_run_to_run_is_not_looked_at(printed: str, expected: str) -> None:
    """Lines left out, times, memory and ids."""
    compare(printed, expected, a_block("text", expected))


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("one\n", "two\n"),
        ("one\ntwo\n", "one\n"),
        ("one\n", "one\ntwo\n"),
        ("one\ntwo\n", "...\none\n"),
        ("calls=7\n", "calls=8\n"),
        ("#7 llm\n", "#8 llm\n"),
    ],
)
def test_what_is_wrong_is_noticed(printed: str, expected: str) -> None:
    """Other words, other counts, lines too many or too few."""
    with pytest.raises(AssertionError, match="but this was printed"):
        compare(printed, expected, a_block("text", expected))


@pytest.mark.parametrize(
    "block",
    [
        a_block("bash", "true\nfalse\ntrue\n"),
        a_block("bash", "false | true\n"),
        a_block("bash", "echo $NO_SUCH_VARIABLE\n"),
        a_block("python", "raise SystemExit(1)\n"),
        a_block("python", "import warnings\nwarnings.warn('old')\n"),
        a_block("console", "$ echo one\ntwo\n"),
        a_block("ruby", "puts 1\n"),
    ],
)
def test_a_block_that_does_not_work_is_noticed(block: Block, tmp_path: Path) -> None:
    """A command in its middle or in a pipe that fails, a program that does, and a block that nothing is done with."""
    with pytest.raises(AssertionError):
        Reader(tmp_path).do(block)


def test_blocks_work_on_one_folder(tmp_path: Path) -> None:
    """A named block is a file, a program awaits, and a text is what was printed last."""
    Reader(tmp_path).follow(
        [
            a_block("json", '{"a": {"b": [1]}}\n', name="folder/a.json"),
            a_block("bash", "ls folder\n"),
            a_block("text", "a.json\n"),
            a_block(
                "python",
                "import asyncio, pathlib\nawait asyncio.sleep(0)\nprint(pathlib.Path('folder/a.json').read_text())\n",
            ),
            a_block("text", '{"a": {"b": [1]}}\n\n'),
            a_block("console", '$ cat folder/a.json | \\\n    tr a b\n{"b": {"b": [1]}}\n$ echo done\ndone\n'),
        ]
    )


def test_blocks_of_a_page(tmp_path: Path) -> None:
    """Each knows its line, its chapter and its name; one in a list is like any other."""
    page = tmp_path / "page.md"
    page.write_text(
        "# T\n\n## One\n\n<!-- tested: n -->\n```json\n{}\n```\n\n### In it\n\n1. a\n\n   ```bash\n   ls\n   ```\n"
    )

    assert blocks(page) == [Block("json", "{}\n", 6, "One", "n"), Block("bash", "ls\n", 14, "One", None)]


@pytest.mark.parametrize("path", [".", ".a", ".a.b", ".a.text"])
def test_our_jq_is_like_jq(path: str) -> None:
    """Where jq is installed, its stand-in prints the same."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    document = '{"a": {"b": [1, {"c": null}], "text": "Ü", "number": 1.5, "yes": true}}'

    theirs, ours = (
        subprocess.run([tool, path], input=document, capture_output=True, text=True, check=True).stdout
        for tool in ("jq", str(TOOLS / "jq"))
    )

    assert ours == theirs
