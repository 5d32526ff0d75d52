"""Every name, option, command and call that we promise stands in the guide, whose blocks `test_guide.py` executes."""

from __future__ import annotations

import ast
import importlib
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import attrs
import click
import pytest

from namel3ss_dbg.cli.main import debug
from namel3ss_dbg.events import FIELDS, TraceEventType
from namel3ss_dbg.trace.settings import KEYS as SETTINGS
from namel3ss_dbg.trace.settings import PREFIX, DebugConfiguration
from tests.docs import contract
from tests.support.documents import DOCS, block, blocks

_GUIDE = blocks(DOCS / "guide.md")


def _typed() -> Iterator[str]:
    """The lines that the guide's shells are given, continuations joined."""
    for one in _GUIDE:
        if one.language in ("bash", "console"):
            for line in one.text.replace("\\\n", " ").splitlines():
                if one.language == "bash" or line.startswith("$ "):
                    yield re.sub(r" +", " ", line.removeprefix("$ ")).strip()


def _trees() -> list[ast.AST]:
    """The guide's Python, that within a command line included."""
    programs = [one.text for one in _GUIDE if one.language == "python"]
    for one in _GUIDE:
        programs += re.findall(r'python -c "\n(.*?)"$', one.text, re.DOTALL | re.MULTILINE)
    return [ast.parse(program) for program in programs]


TYPED = list(_typed())
NODES = [node for tree in _trees() for node in ast.walk(tree)]


@pytest.mark.parametrize("command", contract.COMMANDS)
def test_the_command_is_typed(command: str) -> None:
    """As it stands there, alone or with something behind it."""
    assert command in TYPED or any(line.startswith((f"{command} |", f"{command} ||")) for line in TYPED)


@pytest.mark.parametrize(
    ("name", "option"), [(name, option) for name, options in contract.OPTIONS.items() for option in options]
)
def test_the_option_is_used(name: str, option: str) -> None:
    """Each option, also its letter and its negative, in a command line of the guide; and `--help` knows it."""
    command = debug.get_command(click.Context(debug), name)
    assert command is not None
    known = {word for parameter in command.params for word in (*parameter.opts, *parameter.secondary_opts)}

    assert option in known
    assert any(line.startswith(f"namel3ss debug {name} ") and option in shlex.split(line) for line in TYPED)


@pytest.mark.parametrize(
    ("name", "option", "value"),
    [(name, *pair) for name, of in contract.CHOICES.items() for o, vs in of.items() for pair in ((o, v) for v in vs)],
)
def test_the_value_is_accepted(name: str, option: str, value: str) -> None:
    """What an option is said to take is no usage error."""
    command = debug.get_command(click.Context(debug), name)
    assert command is not None

    parsed = command.make_context(name, ["a_file", option, value], resilient_parsing=False)

    assert value in str(parsed.params.values())


@pytest.mark.parametrize(("variable", "default"), contract.VARIABLES.items())
def test_the_variable_is_explained_with_its_default(variable: str, default: object) -> None:
    """It has a row in the guide's table, and a configuration without it has that value."""
    key = next(key.name for key in SETTINGS if PREFIX + key.variable == variable)
    value = getattr(DebugConfiguration(), key)

    assert (str(value) if isinstance(value, Path) else value) == default
    assert f"| `{variable}` | `{key}` |" in (DOCS / "guide.md").read_text("utf-8")


def test_the_workspace_file_is_the_one() -> None:
    """The guide's debug.json is the whole one, and its chapter runs an app with it."""
    assert json.loads(block("guide.md", ".namel3ss/debug.json")) == contract.KEYS


@pytest.mark.parametrize(
    ("module", "name"), [(module, name) for module, names in contract.IMPORTS.items() for name in names]
)
def test_the_name_is_imported_from_there(module: str, name: str) -> None:
    """From the path where people import it."""
    imported = {(node.module, alias.name) for node in NODES if isinstance(node, ast.ImportFrom) for alias in node.names}

    assert (module, name) in imported
    assert getattr(importlib.import_module(module), name) is not None


@pytest.mark.parametrize(("called", "keywords"), contract.CALLS.items(), ids=list(contract.CALLS))
def test_the_call_is_made(called: str, keywords: tuple[str, ...]) -> None:
    """With each of these arguments by its name."""
    calls = [node for node in NODES if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] == called]
    passed = {keyword.arg for call in calls for keyword in call.keywords}

    assert calls
    assert passed >= set(keywords)


@pytest.mark.parametrize("attribute", contract.ATTRIBUTES)
def test_the_attribute_is_read(attribute: str) -> None:
    """Where the guide's programs ask a value for it."""
    assert attribute in {ast.unparse(node) for node in NODES if isinstance(node, ast.Attribute)}


@pytest.mark.parametrize("word", contract.EVENT_TYPES)
def test_the_event_type_has_a_name(word: str) -> None:
    """A member of `TraceEventType` that is its own text."""
    assert TraceEventType[word.upper()] == word


def test_an_event_has_these_fields() -> None:
    """No more, no fewer."""
    assert set(FIELDS) == set(contract.EVENT_FIELDS)


def test_the_trace_and_the_app_are_the_guides() -> None:
    """They are written to files and replayed and run there."""
    lines = block("guide.md", "small.jsonl").splitlines()

    assert tuple(map(json.loads, lines)) == contract.TRACE
    assert block("guide.md", "my_agent_app.ai").split("\n", 1)[1].strip() == contract.APP.strip()


def test_every_setting_has_a_row() -> None:
    """Those that were added since, too, with their defaults."""
    guide = (DOCS / "guide.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `NAMEL3SS_\w+` \| `(\w+)` \|.*\| ([^|]+) \|$", guide, re.MULTILINE))
    defaults = {field.name: field.default for field in attrs.fields(DebugConfiguration)}

    assert list(rows) == [key.name for key in SETTINGS]
    for name, shown in rows.items():
        value = defaults[name]
        words = {(): "all" if name == "default_components" else "none", Path("debug/traces"): "`./debug/traces`"}
        assert shown == words.get(value, f"`{str(value).lower()}`"), name
