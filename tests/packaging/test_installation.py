"""The installed package: alone, and beside the language's own `namel3ss`, in either order and without it again."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.environments import ROOT, Environment, build_wheel, copy_of_sources

pytestmark = pytest.mark.slow

SETUP = tomllib.loads((ROOT / "pyproject.toml").read_text())
LANGUAGE = "namel3ss==0.1.0a15"

APP = """\
app "Demo" { start: Helper }

agent Helper {
    prompt: "You are a helpful assistant."
}
"""

OURS = """
import namel3ss.debugging, namel3ss_dbg.events
from namel3ss.debugging import *
from namel3ss.debugging import config, hooks, profiling, replayer, tracer
from namel3ss.debugging.hooks import trace_agent_execution
assert TraceEvent is namel3ss_dbg.events.TraceEvent
print(namel3ss.debugging.__file__)
"""

INSTALLED = "site-packages/namel3ss/debugging/__init__.py"

THEIRS = """
import namel3ss, namel3ss.cli.main
print(namel3ss.__file__)
"""

GONE = """
import importlib.util
assert importlib.util.find_spec("namel3ss_dbg") is None
try:
    import namel3ss.debugging
except ModuleNotFoundError:
    print("gone")
"""

MISSING = """
import importlib.metadata, json, os
print(json.dumps([str(file) for file in importlib.metadata.files("namel3ss") if not os.path.exists(file.locate())]))
"""

TYPED = """\
from pathlib import Path
from namel3ss.debugging import DebugConfiguration, ExecutionReplayer, ReplayBreakpoint, initialize_tracing
from namel3ss.debugging.profiling import MemoryTracker, profile_debug_execution

@profile_debug_execution("work")
def work(number: int) -> str:
    return str(number)

tracer = initialize_tracing(DebugConfiguration(trace_output_dir=Path("traces")))
replayer = ExecutionReplayer(Path("trace.jsonl"), breakpoints=[ReplayBreakpoint(event_type="llm")])
event = replayer.replay_step()
reveal_type(work)
reveal_type(event)
reveal_type(MemoryTracker().get_memory_report())
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ours, built from the sources as they are."""
    return build_wheel(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def requirements(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """An environment with what ours requires, and without ours."""
    environment = Environment(tmp_path_factory.mktemp("requirements"))
    environment.pip("install", "--quiet", *SETUP["project"]["dependencies"])
    return environment


@pytest.fixture
def environment(tmp_path: Path, requirements: Environment) -> Environment:
    """A fresh one that has the requirements."""
    return Environment(tmp_path, sees=requirements)


def test_the_wheel_holds_the_sources(wheel: Path) -> None:
    """Every file of the packages, under its own name, and nothing else; it needs no compiler."""
    names = set(zipfile.ZipFile(wheel).namelist())
    files = [file for top in ("namel3ss_dbg", "dap_adapter") for file in (ROOT / top).rglob("*")]
    shipped = {
        file.relative_to(ROOT).as_posix().replace("namel3ss_dbg/_facade/", "namel3ss/debugging/")
        for file in files
        if file.is_file() and "__pycache__" not in file.parts
    }

    assert wheel.name.endswith("-py3-none-any.whl")
    assert {name for name in names if ".dist-info/" not in name} == shipped
    assert {"namel3ss_dbg/py.typed", "namel3ss/debugging/py.typed"} <= shipped
    assert "namel3ss/__init__.py" not in names


def test_alone(tmp_path: Path, wheel: Path) -> None:
    """An app is traced, analyzed and replayed with what the wheel and its requirements bring; the adapter starts."""
    environment = Environment(tmp_path)
    environment.pip("install", "--quiet", wheel)
    environment.pip("check")
    (environment.folder / "app.ai").write_text(APP)
    environment.run("namel3ss", "debug", "trace", "app.ai", "--run-args", '{"input": "Hello"}')
    report = json.loads(environment.run("namel3ss", "debug", "analyze", "trace.jsonl", "--format", "json"))
    stream = environment.run("n3dbg", "debug", "replay", "trace.jsonl")

    assert report["summary"]["status"] == "finished"
    assert "Helper" in stream
    assert "venv" in environment.python(OURS)
    assert environment.run("python", "-m", "namel3ss_dbg", "--version")
    assert "usage" in environment.run("python", "-m", "dap_adapter", "--help").lower()


def test_types_are_known(environment: Environment, wheel: Path) -> None:
    """A type checker sees what programs import, through the language's name too."""
    environment.pip("install", "--quiet", wheel)
    program = environment.folder / "program.py"
    program.write_text(TYPED)
    python = environment.bin / "python"
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "--cache-dir", "cache", program],
        cwd=environment.folder,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout
    assert '"def (number: int) -> str"' in checked.stdout.replace("builtins.", "")
    assert '"namel3ss_dbg.events.event.TraceEvent | None"' in checked.stdout
    assert "Success" in checked.stdout


@pytest.mark.parametrize("order", ["ours first", "theirs first"])
@pytest.mark.parametrize("form", ["wheel", "editable"])
def test_beside_the_language(environment: Environment, wheel: Path, tmp_path: Path, form: str, order: str) -> None:
    """Both work in either order of installation, and ours survives that the other is uninstalled."""
    ours = [wheel] if form == "wheel" else ["--editable", copy_of_sources(tmp_path / "sources")]
    for wanted in (ours, [LANGUAGE]) if order == "ours first" else ([LANGUAGE], ours):
        environment.pip("install", "--quiet", *wanted)
    environment.pip("check")

    assert environment.python(OURS).rstrip().endswith("_facade/__init__.py" if form == "editable" else INSTALLED)
    assert environment.python(THEIRS).rstrip().endswith("site-packages/namel3ss/__init__.py")
    assert environment.run("namel3ss", "debug", "--help")
    assert environment.run("n3", "--help")

    environment.pip("uninstall", "--quiet", "--yes", "namel3ss")
    assert environment.python(OURS)
    assert environment.run("namel3ss", "debug", "--help")
    assert not environment.has("n3")


def test_upgraded_and_uninstalled_beside_the_language(environment: Environment, wheel: Path) -> None:
    """Neither takes a file from the other, and ours leaves nothing behind."""
    environment.pip("install", "--quiet", wheel, LANGUAGE)
    environment.pip("install", "--quiet", "--force-reinstall", "--no-deps", wheel)
    assert json.loads(environment.python(MISSING)) == []
    environment.pip("install", "--quiet", "--force-reinstall", "--no-deps", LANGUAGE)
    assert environment.python(OURS)

    environment.pip("uninstall", "--quiet", "--yes", "namel3ss-dbg")
    assert environment.python(GONE) == "gone\n"
    assert environment.python(THEIRS)
    assert json.loads(environment.python(MISSING)) == []
    assert not environment.has("n3dbg")
    assert [file.name for file in environment.packages.glob("*namel3ss_dbg*")] == []
