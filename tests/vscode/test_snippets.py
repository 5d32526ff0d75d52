from __future__ import annotations

import itertools
import json
import re
from pathlib import Path

import attrs
import pytest

from namel3ss_dbg.runtimes.brace.chains import KINDS
from namel3ss_dbg.runtimes.brace.check import check
from namel3ss_dbg.runtimes.brace.parser import parse_program
from namel3ss_dbg.runtimes.brace.templates import compile_template
from namel3ss_dbg.runtimes.brace.tree import DECLARATIONS, STATEMENTS

FILE = Path(__file__).parents[2] / "vscode-extension/snippets/namel3ss.json"

USED = {
    "main_model": "llm main_model { }",
    "search": "tool search { }",
    "Helper": "agent Helper { }",
    "Summary": 'prompt Summary { text: string, "{{ text }}" }',
    "Main": 'chain Main { steps: ["agent:Helper"] }',
    "Other": 'chain Other { steps: ["agent:Helper"] }',
}
"""What the names stand for that snippets use and do not declare."""

STEP = 'step { kind: "agent", target: Helper }'

PLACES = {
    **dict.fromkeys(("ask", "import", "module", *DECLARATIONS), "@"),
    **dict.fromkeys(STATEMENTS, "chain C { steps { @ } }"),
    "steps": "chain C { @ }",
    "elif": f"chain C {{ if input {{ {STEP} }} @ }}",
    "else": f"chain C {{ if input {{ {STEP} }} @ }}",
    "rule": "llm C { rules: [\n@\n] }",
    "template": 'prompt C { input: list[string]\n"""\n@\n""" }',
    "env": "llm C { api_key: @ }",
}
"""Where a snippet is typed, by the first word of its prefix."""

_TABSTOP = re.compile(
    r"""
      \$ (?P<last> \d+ )
    | \$\{ (?P<choice> \d+ ) \| (?P<options> [^|]* ) \| \}
    | \$\{ \d+ : (?P<text> (?: [^}\\] | \\. )* ) \}
    """,
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\([\\$}])")


@attrs.frozen
class Snippet:
    """A snippet of the extension."""

    name: str
    prefixes: list[str]
    body: str

    @property
    def word(self) -> str:
        """The word that it is typed by."""
        return self.prefixes[0].partition(" ")[0]

    def texts(self, typed: str) -> list[str]:
        """What the editor writes, once for each combination of choices, with something typed at the empty tabstops."""
        tabstops = _TABSTOP.finditer(self.body)
        choices = {found["choice"]: found["options"].split(",") for found in tabstops if found["choice"]}
        combinations = itertools.product(*choices.values())
        return [self._text(dict(zip(choices, picked, strict=True)), typed) for picked in combinations]

    def _text(self, picked: dict[str, str], typed: str) -> str:
        def written(found: re.Match[str]) -> str:
            if found["last"]:
                return typed
            return _ESCAPE.sub(r"\1", found["text"] or picked[found["choice"]])

        return _TABSTOP.sub(written, self.body)


def _snippets() -> list[Snippet]:
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return [
        Snippet(name, [said["prefix"]] if isinstance(said["prefix"], str) else said["prefix"], "\n".join(said["body"]))
        for name, said in found.items()
    ]


SNIPPETS = _snippets()


def _program(snippet: Snippet, text: str) -> str:
    text = PLACES[snippet.word].replace("@", text)
    declared = set(re.findall(rf'(?:{"|".join(DECLARATIONS)}) "?(\w+)', text))
    return "\n".join([text, *(said for name, said in USED.items() if name not in declared)])


@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda snippet: snippet.name)
def test_a_snippet_is_accepted_as_it_comes(snippet: Snippet, tmp_path: Path) -> None:
    """Whatever is chosen in it, the program around a fresh snippet is read and checked without a mistake."""
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/tools.ai").write_text("module shared.tools")
    inside = STEP if snippet.word in STATEMENTS or snippet.word in ("elif", "else") else ""

    for typed in {"", inside}:
        for text in snippet.texts(typed):
            program = parse_program(tmp_path / "app.ai", _program(snippet, text))
            check(program)
            for prompt in program.prompts.values():
                if prompt.template:
                    compile_template(prompt.template)


def test_everything_that_can_be_declared_has_a_snippet() -> None:
    """Each declaration, each statement and each kind of step can be typed by its own word."""
    words = {snippet.word for snippet in SNIPPETS}
    prefixes = {prefix for snippet in SNIPPETS for prefix in snippet.prefixes}

    assert {*DECLARATIONS, *STATEMENTS} <= words
    assert {f"step {kind}" for kind in KINDS} <= prefixes


def test_a_wrong_snippet_is_found(tmp_path: Path) -> None:
    """The expansion leaves nothing out that could hide a mistake."""
    wrong = Snippet("wrong", ["tool"], 'tool ${1:a} {\n\tmethod: ${2|GET,7|}\n\tendpoint: "x"\n}\n$0')

    texts = wrong.texts("")

    assert texts == [f'tool a {{\n\tmethod: {method}\n\tendpoint: "x"\n}}\n' for method in ("GET", "7")]
    with pytest.raises(Exception, match="'method' of tool 'a' needs a text"):
        parse_program(tmp_path / "app.ai", texts[1])
