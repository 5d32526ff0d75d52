from __future__ import annotations

import functools
import json
import sysconfig
from pathlib import Path
from typing import Any

import pytest

from namel3ss_dbg.runtimes.python.code import OwnCode, code_of
from tests.support.pytools import SYNC, Tools


def test_the_tools_file_and_those_beside_it_are_its_own(tmp_path: Path) -> None:
    """Not what is installed below, not the standard library, not what has no file."""
    code = code_of(Tools(tmp_path, SYNC).function())
    own = OwnCode(code, None)

    assert own.folder == tmp_path
    for name, expected in {
        "tools.py": True,
        "shop/prices.py": True,
        "venv/lib/site-packages/requests/api.py": False,
        "venv/dist-packages/x.py": False,
    }.items():
        assert own.is_own(str(tmp_path / name)) is expected
    assert not own.is_own(json.__file__)
    assert not own.is_own("<string>")


def test_the_app_may_lie_anywhere(tmp_path: Path) -> None:
    """An installed module as a tool is its own file only; an app above the libraries does not own them."""
    assert OwnCode(code_of(json.dumps), tmp_path).is_own(json.__file__)
    assert not OwnCode(code_of(json.dumps), tmp_path).is_own(json.decoder.__file__)
    assert OwnCode(None, Path(sysconfig.get_path("purelib")) / "app").is_own(
        str(Path(sysconfig.get_path("purelib")) / "app" / "tools.py")
    )
    assert not OwnCode(None, Path("/")).is_own(json.__file__)
    assert not OwnCode(None, None).is_own(str(tmp_path / "tools.py"))


def test_a_link_is_the_file_it_leads_to(tmp_path: Path) -> None:
    """However a file is reached, it is one."""
    tools = Tools(tmp_path, SYNC)
    (tmp_path / "link.py").symlink_to(tools.path)

    assert OwnCode(None, tmp_path).real(str(tmp_path / "link.py")) == str(tools.path)


@pytest.mark.parametrize("name", ["wrapped", "partial", "both", "method", "thing"])
def test_code_is_found_below_what_wraps_it(name: str) -> None:
    """It is what a person wrote."""

    def tool(n: int) -> int:
        return n

    @functools.wraps(tool)
    def wrapped(n: int) -> int:
        return tool(n)

    class Thing:
        def __call__(self) -> None: ...

        def method(self) -> None: ...

    functions: dict[str, tuple[Any, Any]] = {
        "wrapped": (wrapped, tool),
        "partial": (functools.partial(tool, 1), tool),
        "both": (functools.partial(functools.partial(wrapped), 1), tool),
        "method": (Thing().method, Thing.method),
        "thing": (Thing(), Thing.__call__),
    }
    function, written = functions[name]

    assert code_of(function) is written.__code__


def test_what_is_not_python_has_no_code() -> None:
    """Built-in functions are written in C."""
    assert code_of(len) is None
