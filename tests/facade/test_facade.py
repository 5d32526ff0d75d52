"""`namel3ss.debugging`: every name that the guide imports is there, from the path where it imports it."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.support.shell import environment

ROOT = Path(__file__).parents[2]
FACADE = ROOT / "namel3ss_dbg" / "_facade"

PATHS = {
    "": """TraceEvent TraceEventType TraceFilter DebugConfiguration initialize_tracing get_global_tracer
           ExecutionReplayer ReplayBreakpoint TraceAnalyzer""",
    ".config": "get_debug_config_manager DebugConfiguration",
    ".hooks": """trace_agent_execution trace_prompt_execution trace_chain_execution trace_llm_call trace_tool_call
                 trace_agent_turn trace_memory_operation trace_validation_event trace_error""",
    ".profiling": "get_debug_profiler profile_debug_execution MemoryTracker",
    ".tracer": "ExecutionTracer initialize_tracing get_global_tracer",
    ".replayer": "ExecutionReplayer ReplayBreakpoint TraceAnalyzer",
}
"""By path below `namel3ss.debugging`, the names that programs import from there."""


def module_of(path: str) -> ModuleType:
    """The module of a path."""
    return importlib.import_module(f"namel3ss.debugging{path}")


def exported(path: str) -> dict[str, Any]:
    """What a path offers."""
    module = module_of(path)
    return {name: getattr(module, name) for name in module.__all__}


@pytest.mark.parametrize(("path", "name"), [(path, name) for path in PATHS for name in PATHS[path].split()])
def test_every_name_can_be_imported_from_its_path(path, name):
    """`from namel3ss.debugging… import name` works as written."""
    scope: dict[str, Any] = {}
    exec(f"from namel3ss.debugging{path} import {name}", scope)  # noqa: S102 the statement itself is what is tested

    assert scope[name] is exported(path)[name]


def test_every_module_of_the_facade_is_known_here():
    """A new path is given its names above."""
    files = {f".{file.stem}" for file in FACADE.glob("*.py")}

    assert {path or ".__init__" for path in PATHS} == files


@pytest.mark.parametrize("path", PATHS)
def test_each_name_is_exported_once_and_no_other(path):
    """`__all__` has no name twice, is in order, and holds exactly the public names of the module."""
    module = module_of(path)
    names = module.__all__
    exported(path)  # the lazy ones are there from now on
    public = {name for name in vars(module) if not name.startswith("_")} - {"annotations", "importlib"}
    modules = {name for name in public if isinstance(getattr(module, name), ModuleType)}

    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert names == sorted(names)
    assert public - modules - {"TYPE_CHECKING", "Any"} == set(names)


def test_the_same_name_is_the_same_thing_on_every_path():
    """Whoever imports a class from one path and compares it with the one from another is right."""
    found: dict[str, list[Any]] = {}
    for path in PATHS:
        for name, value in exported(path).items():
            found.setdefault(name, []).append(value)

    assert [name for name, values in found.items() if any(value is not values[0] for value in values)] == []


@pytest.mark.parametrize("path", PATHS)
def test_everything_has_a_docstring(path):
    """Each module, class, function and public method says in a sentence what it is."""
    silent = [path] if not inspect.getdoc(module_of(path)) else []
    for name, value in exported(path).items():
        silent += [name] if not inspect.getdoc(value) else []
        if inspect.isclass(value):
            silent += [
                f"{name}.{method}"
                for method, function in vars(value).items()
                if not method.startswith("_") and callable(function) and not inspect.getdoc(function)
            ]

    assert silent == []


def test_the_facade_defines_nothing():
    """It is re-exports alone: loaded under both its names it cannot make two of anything."""
    for file in FACADE.glob("*.py"):
        for node in ast.parse(file.read_text("utf-8")).body:
            match node:
                case ast.ImportFrom() | ast.Import() | ast.Expr(value=ast.Constant(value=str())):
                    continue
                case ast.Assign(targets=[ast.Name(id="__all__" | "_HOMES")]):
                    continue
                case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                    continue
                case ast.FunctionDef(name="__getattr__" | "__dir__"):
                    continue
            pytest.fail(f"{file.name}:{node.lineno} defines something")


def test_what_types_see_is_what_programs_get():
    """The imports for type checkers and the table for programs name the same things in the same modules."""
    module = module_of("")
    tree = ast.parse((FACADE / "__init__.py").read_text("utf-8"))
    (for_types,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = {
        alias.name: node.module for node in for_types.body if isinstance(node, ast.ImportFrom) for alias in node.names
    }

    assert imports == module._HOMES
    assert set(imports) == set(module.__all__)


def test_a_name_that_is_not_there_is_an_attribute_error():
    """`hasattr` and `from … import` behave as with any module, and `dir` lists everything."""
    module = module_of("")

    assert not hasattr(module, "ExecutionRecorder")
    with pytest.raises(ImportError, match=r"cannot import name 'ExecutionRecorder' from 'namel3ss\.debugging'"):
        exec("from namel3ss.debugging import ExecutionRecorder", {})  # noqa: S102 as above
    assert set(module.__all__) <= set(dir(module))


def loaded_by(statement: str) -> set[str]:
    """The modules that are there after a statement, in a fresh interpreter, and were not before."""
    code = (
        "import sys, json; before = set(sys.modules)\n"
        f"{statement}\n"
        "print(json.dumps(sorted(set(sys.modules) - before)))"
    )  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=environment(), timeout=60
    )
    return set(json.loads(done.stdout))


TERMINAL = {"click", "debugpy", "prompt_toolkit", "rich"}


def test_importing_it_is_light():
    """The package alone loads itself: what a program does not ask for it does not wait for."""
    loaded = loaded_by("import namel3ss.debugging")

    assert {name for name in loaded if name.startswith("namel3ss")} == {"namel3ss", "namel3ss.debugging"}
    assert not loaded & {"asyncio", "attrs", "cattrs", "msgspec", "orjson", "psutil", *TERMINAL}


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("from namel3ss.debugging import TraceEvent, TraceFilter", {"namel3ss_dbg.trace.codec", "orjson", "psutil"}),
        ("from namel3ss.debugging.config import get_debug_config_manager", {"asyncio", "psutil"}),
        (
            "from namel3ss.debugging.hooks import trace_agent_execution",
            {"namel3ss_dbg.timeline", "namel3ss_dbg.analysis", "namel3ss_dbg.replay"},
        ),
        ("from namel3ss.debugging import initialize_tracing", {"namel3ss_dbg.timeline", "namel3ss_dbg.analysis"}),
        ("from namel3ss.debugging import TraceAnalyzer", {"namel3ss_dbg.recording", "namel3ss_dbg.runtimes"}),
        ("from namel3ss.debugging import ExecutionReplayer", {"namel3ss_dbg.runtimes", "namel3ss_dbg.render"}),
    ],
)
def test_a_name_loads_what_it_needs(statement, unwanted):
    """Decorating functions loads no replayer, replaying no screens, and nothing loads the terminal."""
    assert not loaded_by(statement) & (unwanted | TERMINAL)


@pytest.fixture(scope="session")
def typed(tmp_path_factory) -> dict[str, str]:
    """An environment in which mypy finds the facade where a wheel puts it."""
    namespace = tmp_path_factory.mktemp("typed")
    (namespace / "namel3ss").mkdir()
    (namespace / "namel3ss" / "debugging").symlink_to(FACADE, target_is_directory=True)
    return {**environment(), "MYPYPATH": os.pathsep.join([str(namespace), str(ROOT)])}


def mypy(file: Path, variables: dict[str, str], folder: Path) -> subprocess.CompletedProcess[str]:
    """What mypy says of a program of a user's."""
    return subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", "--follow-imports=silent", str(file)],
        cwd=folder,
        env=variables,
        capture_output=True,
        text=True,
        timeout=300,
    )


@pytest.mark.slow
def test_user_code_is_typed(typed, tmp_path):
    """A program against the facade passes mypy --strict, and its deliberate mistakes are found."""
    done = mypy(ROOT / "tests" / "typing" / "api.py", typed, tmp_path)

    assert done.stdout == "Success: no issues found in 1 source file\n"


def test_the_facade_ships_its_types():
    """Without a marker mypy would take an installed package for untyped."""
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")

    assert (FACADE / "py.typed").exists()
    assert '"namel3ss.debugging" = ["py.typed"]' in pyproject
