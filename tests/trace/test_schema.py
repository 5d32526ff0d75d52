"""The schema of `.namel3ss/debug.json` says what reading it does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from namel3ss_dbg.trace.schema import SCHEMA_FILE, schema, text
from namel3ss_dbg.trace.settings import KEYS, DebugConfiguration, read_settings

ROOT = Path(__file__).parents[2]
SCHEMA = schema()


def complaints(content: Any) -> list[str]:
    """What an editor marks."""
    return [problem.message for problem in jsonschema.Draft7Validator(SCHEMA).iter_errors(content)]


def problems(folder: Path, content: Any) -> tuple[str, ...]:
    """What reading the file says."""
    (folder / ".namel3ss").mkdir(exist_ok=True)
    (folder / ".namel3ss" / "debug.json").write_text(json.dumps(content))
    return read_settings({}, start=folder).problems


def test_the_schema_that_ships_is_up_to_date():
    """Whoever changes a key makes the schema again."""
    how = "run: python -m namel3ss_dbg.trace.schema > namel3ss_dbg/trace/debug.schema.json"
    assert SCHEMA_FILE.read_text("utf-8") == text(), how


def test_the_extension_brings_the_same_schema():
    """VS Code checks the file by the schema that the debugger ships, under the file's name."""
    extension = ROOT / "vscode-extension"
    (contributed,) = json.loads((extension / "package.json").read_text("utf-8"))["contributes"]["jsonValidation"]

    assert contributed["fileMatch"] == ".namel3ss/debug.json"
    how = "run: cp namel3ss_dbg/trace/debug.schema.json vscode-extension/schemas/"
    assert (extension / contributed["url"]).read_text("utf-8") == text(), how


def test_the_schema_is_one():
    """It is a valid schema, every key is in it, and each has its meaning, its default and its variable."""
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    described = SCHEMA["properties"]

    assert set(described) == {"$schema", *(key.name for key in KEYS)}
    for key in KEYS:
        assert f"NAMEL3SS_DEBUG_{key.variable} counts more." in described[key.name]["description"]
        default = getattr(DebugConfiguration(), key.name)
        assert key.convert(described[key.name]["default"]) == default
    assert complaints({key.name: described[key.name]["default"] for key in KEYS}) == []


def test_the_example_of_the_guide_is_valid():
    """The file that the guide shows has no marks."""
    shown = {
        "$schema": "./debug.schema.json",
        "enabled": True,
        "auto_trace": False,
        "trace_output_dir": "./debug/traces",
        "trace_retention_days": 30,
        "default_components": ["agent", "llm"],
        "buffer_size": 1000,
        "capture_memory": True,
        "capture_performance": True,
        "max_payload_size": 16384,
    }
    assert complaints(shown) == []


@pytest.mark.parametrize(
    "content",
    [
        {"enabled": "maybe"},
        {"buffer_size": 0},
        {"buffer_size": 1.5},
        {"buffer_size": True},
        {"trace_retention_days": -1},
        {"default_components": [1]},
        {"default_components": {"agent": True}},
        {"trace_output_dir": " "},
        {"trace_output_dir": 3},
        {"flush_interval": 0},
        {"max_payload_size": None},
        {"enabeld": True},
        [],
    ],
)
def test_what_reading_refuses_the_editor_marks(tmp_path, content):
    """Both say no to the same mistakes."""
    assert complaints(content)
    assert problems(tmp_path, content)


values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 1 << 31),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0~"), max_size=8),
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=4), max_size=3),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    st.dictionaries(st.sampled_from([key.name for key in KEYS if key.name != "redact_patterns"]), values, max_size=3)
)
def test_what_the_editor_accepts_reading_accepts(tmp_path, content):
    """A file without marks has no problems; only of a pattern a schema cannot say whether it is one."""
    said = problems(tmp_path, content)

    assert not said or complaints(content)
