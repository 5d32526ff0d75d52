"""The types of the protocol, and how strictly they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import dap_adapter
from dap_adapter import protocol as dap
from dap_adapter.capabilities import capabilities
from dap_adapter.conversion import arguments_of, structure, unstructure
from dap_adapter.errors import Problem, Refused
from dap_adapter.generate import VERSION, find_schema, generate
from dap_adapter.registry import ROWS
from tests.support.dap_schema import definitions, is_current


def test_the_types_are_those_of_the_schema() -> None:
    """Changed by hand, or by a change of the registry without writing them anew, they differ."""
    path = find_schema()
    assert path is not None
    if VERSION not in path.name and not is_current():
        pytest.skip(f"only an older schema is here ({path.name}); name the one of {VERSION} in DAP_SCHEMA")

    written = (Path(dap_adapter.__file__).parent / "protocol.py").read_text("utf-8")
    assert written == generate(path), "run: python -m dap_adapter.generate > dap_adapter/protocol.py"


def test_every_request_has_a_function_and_a_name_in_the_protocol() -> None:
    """Each row of the registry is answered, and is no invention unless its name says so."""
    for row in ROWS:
        assert callable(row.answer()), row.command
        if row.in_protocol and is_current():
            assert f"{row.command[0].upper()}{row.command[1:]}Request" in definitions()


def test_claims_are_those_of_the_protocol() -> None:
    """No capability that nobody knows."""
    known = definitions()["Capabilities"]["properties"]
    newer = {"breakpointModes", "supportsANSIStyling"}

    assert set(capabilities()) - set(known) <= newer


@pytest.mark.parametrize(
    ("command", "arguments", "sentence"),
    [
        ("next", {}, "a value is needed for 'threadId'"),
        ("next", {"threadId": "1"}, "a whole number is needed for 'threadId'"),
        ("next", {"threadId": 1.0}, "a whole number is needed for 'threadId'"),
        ("next", {"threadId": True}, "a whole number is needed for 'threadId'"),
        ("next", {"threadId": None}, "a whole number is needed for 'threadId'"),
        ("next", {"threadId": 1, "granularity": "page"}, "another value is needed for 'granularity'"),
        ("setBreakpoints", {"source": []}, "an object is needed for 'source'"),
        ("setBreakpoints", {"source": {}, "breakpoints": {}}, "a list is needed for 'breakpoints'"),
        ("setBreakpoints", {"source": {}, "lines": [1, "2"]}, "a whole number is needed for 'lines'"),
        ("evaluate", {"expression": 7}, "a text is needed for 'expression'"),
    ],
)
def test_arguments_of_another_type(command: str, arguments: dict[str, Any], sentence: str) -> None:
    """Say where, and what is needed."""
    with pytest.raises(Refused) as refused:
        arguments_of(command, arguments)

    assert refused.value.problem == Problem.BAD_ARGUMENTS
    assert refused.value.text == sentence


def test_unknown_keys_are_not_looked_at() -> None:
    """Newer clients send more."""
    found = structure({"threadId": 1, "new": {}}, dap.NextArguments)

    assert found == dap.NextArguments(thread_id=1)


def test_bodies_are_written_as_the_protocol_names_them() -> None:
    """Without what was left out."""
    frame = dap.StackFrame(id=1, name="x", line=2, column=3, can_restart=True)

    assert unstructure(dap.StackTraceBody(stack_frames=[frame])) == {
        "stackFrames": [{"id": 1, "name": "x", "line": 2, "column": 3, "canRestart": True}]
    }
