"""What the other pages say can be typed, is typed: the README's five minutes, and every example's commands."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.documents import ROOT, blocks, pages
from tests.support.reader import Reader
from tests.support.shell import namel3ss

SHELLS = {"bash", "sh", "console"}
ELSEWHERE = {
    "pip install namel3ss-dbg": "tests/packaging",
    "python -m pip install namel3ss-dbg": "tests/packaging",
    "python3 -m dap_adapter --help": "tests/dap/test_wire.py",
    "python3 -m dap_adapter --port 4711": "tests/dap/test_wire.py",
    "cd vscode-extension && npm ci --ignore-scripts && npm run package": "make test-vscode",
    "code --install-extension namel3ss-debug.vsix": "make test-vscode",
}
"""What sets something up, or serves until it is stopped: where it is done."""
EXAMPLES = sorted(path.parent for path in (ROOT / "examples").glob("*/README.md"))
README = ROOT / "README.md"
APP_FAILS = {"runaway_research"}
"""The example whose run ends with an error, as its README says."""


def typed(page: Path) -> list[str]:
    """The commands of a page's shell blocks, but for those that are done elsewhere."""
    lines = [
        line.removeprefix("$ ")
        for block in blocks(page)
        if block.language in SHELLS
        for line in block.text.replace("\\\n", " ").splitlines()
        if block.language != "console" or line.startswith("$ ")
    ]
    return [line for line in lines if line.strip() and not line.startswith("#") and line not in ELSEWHERE]


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_examples_commands_can_be_typed(example: Path, tmp_path: Path) -> None:
    """One after the other, in its folder."""
    folder = Path(shutil.copytree(example, tmp_path / example.name))
    assert typed(example / "README.md")
    for line in typed(example / "README.md"):
        may_fail = example.name in APP_FAILS and line.startswith("namel3ss debug trace")
        script = f"{line} || [ $? = 1 ]" if may_fail else line
        Reader(folder).type(script)


@pytest.mark.slow
def test_the_readmes_commands_can_be_typed(tmp_path: Path) -> None:
    """In one shell, from the repository's root: the first `cd` counts for all of them."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")

    Reader(tmp_path).type("\n".join(typed(README)))


@pytest.mark.slow
def test_the_readmes_first_prompt_can_be_typed(tmp_path: Path) -> None:
    """What stands behind `(n3)` is understood where the README has come to, and does what is said beside it."""
    folder = Path(shutil.copytree(ROOT / "examples" / "flaky_weather", tmp_path / "app"))
    shown = next(block.text for block in blocks(README) if block.text.startswith("(n3) where"))
    commands = re.findall(r"^\(n3\) (.+?)   +\S", shown, re.MULTILINE)
    assert len(commands) == len(shown.splitlines()) > 3

    namel3ss("debug", "trace", "app.ai", folder=folder)
    words = [word for command in commands for word in ("-c", command)]
    done = namel3ss("debug", "replay", "trace.jsonl", "--breakpoint", "tool_failed", "--echo", *words, folder=folder)

    assert (done.returncode, done.stderr) == (0, "")
    assert "TimeoutError: the weather station of Bergen did not answer" in done.stdout
    assert done.stdout.count("(n3) ") == len(commands)


@pytest.mark.slow
def test_the_readmes_python_runs(tmp_path: Path) -> None:
    """It prints where the trace is, which is there."""
    programs = [block for block in blocks(README) if block.language == "python"]
    assert programs
    for block in programs:
        reader = Reader(tmp_path)
        reader.do(block)

        assert (tmp_path / reader.printed.strip()).is_file()


def test_every_other_page_types_nothing_untested() -> None:
    """A shell block on a page that no test follows consists of what is done elsewhere."""
    followed = {README, ROOT / "docs" / "guide.md", *(example / "README.md" for example in EXAMPLES)}
    walkthrough = ROOT / "vscode-extension" / "walkthrough" / "record.md"
    loose = {page: typed(page) for page in pages() if page not in followed and typed(page)}

    assert loose == {walkthrough: ["namel3ss debug trace app.ai"]}, "follow the page in a test here"
    assert "namel3ss debug trace app.ai" in typed(ROOT / "examples" / "two_reviewers" / "README.md")


def test_the_places_where_the_rest_is_done_exist() -> None:
    """So that nothing is said to be tested by what is gone."""
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for place in ELSEWHERE.values():
        target = place.removeprefix("make ")
        assert f"\n{target}:" in makefile if place.startswith("make ") else (ROOT / place).exists(), place
