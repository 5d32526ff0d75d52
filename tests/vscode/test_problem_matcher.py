from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

MANIFEST = json.loads((Path(__file__).parents[2] / "vscode-extension/package.json").read_text(encoding="utf-8"))

PROGRAM = """
agent A {
    max_turns: "three"
}
chain C {
    steps {
        step a { kind: "agnt" target: A }
    }
}
"""
RUN_TIME = 'chain C { steps { step a { kind: "template", template: "{{ nope }}" } } }'


def _problems(folder: Path, command: str, file: str) -> list[tuple[str, int, int, str]]:
    """What the editor lists as problems after a command line."""
    (matcher,) = MANIFEST["contributes"]["problemMatchers"]
    pattern = matcher["pattern"]
    arguments = [sys.executable, "-m", "namel3ss_dbg", *command.split(), file]
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, check=False, encoding="utf-8")
    found = re.finditer(pattern["regexp"], done.stdout + done.stderr, re.MULTILINE)
    return [
        (
            each[pattern["file"]],
            int(each[pattern["line"]]),
            int(each[pattern["column"]]),
            each[pattern["message"]],
        )
        for each in found
    ]


@pytest.mark.parametrize("command", ["run", "debug trace"])
def test_every_mistake_of_a_program_becomes_a_problem(command: str, tmp_path: Path) -> None:
    """The file, line, column and sentence of each mistake are found, and no line of source among them."""
    (tmp_path / "my apps").mkdir()
    (tmp_path / "my apps/app.ai").write_text(PROGRAM)

    assert _problems(tmp_path, command, "my apps/app.ai") == [
        ("my apps/app.ai", 3, 16, "'max_turns' of agent 'A' needs a whole number, not a text."),
        ("my apps/app.ai", 7, 24, "'agnt' is not a kind of step. Did you mean 'agent'?"),
    ]


def test_a_mistake_that_shows_only_while_running_becomes_a_problem(tmp_path: Path) -> None:
    """The place in the program that a failed run names is a problem, too."""
    (tmp_path / "app.ai").write_text(RUN_TIME)

    ((file, line, column, message),) = _problems(tmp_path, "debug trace", "app.ai")

    assert (file, line, column) == ("app.ai", 1, RUN_TIME.index("nope") + 1)
    assert message.startswith("'nope' cannot be evaluated: there is no 'nope' here.")


def test_a_run_that_ends_well_has_no_problems(tmp_path: Path) -> None:
    """What an app says about files is no problem of the program."""
    (tmp_path / "app.ai").write_text('chain C { steps { step a { kind: "template", template: "app.ai: 3 lines" } } }')

    assert _problems(tmp_path, "debug trace", "app.ai") == []
