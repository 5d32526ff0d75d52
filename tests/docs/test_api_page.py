"""docs/api.md says what the docstrings say, and the docstrings say enough."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
from types import ModuleType
from typing import Any

import pytest

from tests.docs import contract
from tests.support.documents import DOCS


def _writer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("write_api", DOCS / "write_api.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


WRITER: Any = _writer()
NAMES = [(name, public) for name in WRITER.MODULES for public in importlib.import_module(name).__all__]


def test_the_page_is_up_to_date() -> None:
    """Whoever changes a public name or its docstring writes the page again."""
    assert (DOCS / "api.md").read_text("utf-8") == WRITER.page(), "run: python docs/write_api.py"


def test_it_holds_every_name_that_people_import() -> None:
    """Under the module that they import it from."""
    parts = re.split(r"^## `([\w.]+)`$", (DOCS / "api.md").read_text("utf-8"), flags=re.MULTILINE)
    chapters = dict(zip(parts[1::2], parts[2::2], strict=True))
    for module, names in contract.IMPORTS.items():
        for name in names:
            assert f"### `{name}`\n" in chapters[module] or f"`{name}`" in chapters[module]


@pytest.mark.parametrize(("module", "public"), NAMES)
def test_its_docstring_is_a_sentence(module: str, public: str) -> None:
    """It begins with a capital, ends with a full stop, and fits on a line."""
    thing = getattr(importlib.import_module(module), public)
    if not callable(thing):
        return
    first = (inspect.getdoc(inspect.unwrap(thing)) or "").splitlines()[0]

    assert re.fullmatch(r"[`A-Z].*[.:]", first), first
    assert len(first) <= 112


@pytest.mark.parametrize(("module", "public"), NAMES)
def test_its_methods_have_docstrings(module: str, public: str) -> None:
    """Every public method, property and attribute of a class says what it is."""
    thing = getattr(importlib.import_module(module), public)
    if not inspect.isclass(thing):
        return
    for name, method in WRITER._methods(thing):
        assert inspect.getdoc(method), f"{public}.{name}"


def test_no_attribute_is_without_a_sentence() -> None:
    """Every row of the page's tables says what the attribute is."""
    rows = re.findall(r"^\| `[^|]+\|(?:[^|]|\\\|)*\| *\|$", (DOCS / "api.md").read_text("utf-8"), re.MULTILINE)

    assert rows == []
