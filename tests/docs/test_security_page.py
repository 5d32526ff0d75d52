"""Every claim of docs/security.md is proven by a test that exists."""

from __future__ import annotations

import ast
import json
import re
from functools import cache
from pathlib import Path

import pytest

from tests.support.documents import DOCS, ROOT

PAGE = (DOCS / "security.md").read_text("utf-8")
ROWS = re.findall(r"^\| (?!proven)(?P<claim>\S.*?) \| (?P<proof>.*?) \|$", PAGE, re.MULTILINE)
TESTS = re.findall(r"`([\w/]+\.py::[\w:]+)`", PAGE)


@cache
def names(path: Path) -> set[str]:
    """The tests of a module, those in classes with the name of the class before them."""
    tree = ast.parse(path.read_text("utf-8"))
    found = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    for group in tree.body:
        if isinstance(group, ast.ClassDef):
            found |= {f"{group.name}::{node.name}" for node in group.body if isinstance(node, ast.FunctionDef)}
    return found


@pytest.mark.parametrize(("claim", "proof"), ROWS, ids=[proof for _, proof in ROWS])
def test_each_claim_has_a_test(claim: str, proof: str) -> None:
    """It is named beside the claim, and it is there."""
    module, _, name = proof.strip("`").partition("::")

    assert claim
    assert name in names(ROOT / "tests" / module)


def test_no_test_is_named_outside_of_a_claim() -> None:
    """All of them are checked above."""
    assert [proof.strip("`") for _, proof in ROWS] == TESTS
    assert len(TESTS) > 30


def test_an_untrusted_folder_chooses_no_program() -> None:
    """VS Code is told which settings count only where the folder is trusted, and the extension looks before it asks."""
    package = json.loads((ROOT / "vscode-extension" / "package.json").read_text("utf-8"))
    trust = package["capabilities"]["untrustedWorkspaces"]
    settings = {
        name
        for group in [package["contributes"]["configuration"]]
        for name in group["properties"]
        if re.search(r"path|command|interpreter|executable", name, re.IGNORECASE)
    }
    source = (ROOT / "vscode-extension" / "src" / "adapter" / "python.ts").read_text("utf-8")

    assert trust["supported"] == "limited"
    assert settings
    assert settings <= set(trust["restrictedConfigurations"])
    assert "vscode.workspace.isTrusted" in source
