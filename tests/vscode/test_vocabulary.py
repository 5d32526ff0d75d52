from __future__ import annotations

import ast
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

from namel3ss_dbg.runtimes.brace import chains, declarations, fields, models, offline, run, signatures
from namel3ss_dbg.runtimes.brace.declarations import POLICIES
from namel3ss_dbg.runtimes.brace.tree import DECLARATIONS, STATEMENTS
from namel3ss_dbg.timeline.functions import FUNCTIONS

WORDS: dict[str, list[str]] = json.loads(
    (Path(__file__).parents[2] / "vscode-extension/src/language/vocabulary.json").read_text(encoding="utf-8")
)

_ASKING = {"take", "text", "string", "name", "names", "whole", "number", "flag", "expression", "object", "objects"}
"""The methods of `Fields` that take an entry out by its name."""


def _called(module: ModuleType) -> Iterator[ast.Call]:
    tree = ast.parse(inspect.getsource(module))
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _asked_for(module: ModuleType) -> Iterator[str]:
    for call in _called(module):
        match call.func:
            case ast.Attribute(attr=word) if word in _ASKING:
                pass
            case ast.Name("_signature"):
                pass
            case _:
                continue
        for argument in call.args:
            match argument:
                case ast.Constant(str() as key):
                    yield key
                case ast.Starred(ast.Name(constant)) if constant.isupper():
                    yield from getattr(module, constant)


def _settings(module: ModuleType) -> Iterator[str]:
    for call in _called(module):
        match call:
            case ast.Call(ast.Name("number_setting" | "_price"), [_, ast.Constant(str() as key), *_]):
                yield key


def test_the_editor_knows_every_word_of_the_language() -> None:
    """What the grammar colours as a word of the language is exactly what the reader takes for one."""
    assert WORDS["declarations"] == list(DECLARATIONS)
    assert WORDS["statements"] == list(STATEMENTS)
    assert WORDS["kinds"] == list(chains.KINDS)
    assert WORDS["policies"] == list(POLICIES)
    assert WORDS["types"] == list(signatures.TYPES)
    assert WORDS["functions"] == list(FUNCTIONS)


def test_the_editor_knows_every_field() -> None:
    """Every name that the runtime asks a block or an object for is coloured as a field, and no other name is."""
    asked = {key for module in (declarations, chains, fields, signatures) for key in _asked_for(module)}
    settings = {key for module in (models, offline, run) for key in _settings(module)}
    own = {*fields.PARAMETERS, *settings, "language_version"}

    assert {*WORDS["blockFields"], *WORDS["objectFields"]} == asked | own
