"""What the build ships: everything in the source tree, and nothing of another package."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text())
FACADE = "namel3ss_dbg._facade"


def packages() -> Iterator[tuple[str, Path]]:
    """The packages of the source tree, by the names under which they are installed."""
    for top in ("namel3ss_dbg", "dap_adapter"):
        for file in (ROOT / top).rglob("__init__.py"):
            name = ".".join(file.parent.relative_to(ROOT).parts)
            yield ("namel3ss.debugging" if name == FACADE else name), file.parent


def test_every_package_is_installed() -> None:
    """A folder with modules is named in pyproject.toml, and no name there is without a folder."""
    assert sorted(SETUP["tool"]["setuptools"]["packages"]) == sorted(name for name, _ in packages())


def test_every_module_is_in_a_package() -> None:
    """No module lies in a folder that is not installed."""
    folders = {folder for _, folder in packages()}
    modules = [file for top in ("namel3ss_dbg", "dap_adapter") for file in (ROOT / top).rglob("*.py")]

    assert [file for file in modules if file.parent not in folders] == []


def test_every_other_file_is_installed() -> None:
    """Grammars, schemas and markers are named too, each for its own package."""
    patterns = SETUP["tool"]["setuptools"]["package-data"]
    left_out = [
        str(file.relative_to(ROOT))
        for name, folder in packages()
        for file in folder.iterdir()
        if file.is_file()
        and file.suffix not in (".py", ".pyc", ".pyi")
        and not any(fnmatch(file.name, pattern) for pattern in patterns.get(name, ()))
    ]

    assert left_out == []


def test_the_language_keeps_its_name() -> None:
    """`namel3ss` itself belongs to the language's own package: ours puts one folder into it, and no module."""
    names = SETUP["tool"]["setuptools"]["packages"]

    assert "namel3ss" not in names
    assert [name for name in names if name.startswith("namel3ss.")] == ["namel3ss.debugging"]
    assert not (ROOT / "namel3ss").exists()
    assert SETUP["tool"]["setuptools"]["package-dir"] == {"namel3ss.debugging": "namel3ss_dbg/_facade"}
