"""The JSON schema of `.namel3ss/debug.json`, for editors: `python -m namel3ss_dbg.trace.schema` prints it.

It is made from the keys that settings are read by and from the sentences below their attributes, so that neither can
say what the other does not. The schema asks for the plain form of each value; reading is more generous, as it is with
variables, where everything is text.
"""

from __future__ import annotations

import ast
import inspect
import itertools
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import settings
from .settings import KEYS, PREFIX, Between, DebugConfiguration

SCHEMA_FILE = Path(__file__).with_name("debug.schema.json")
"""The schema as it ships."""

_SHAPES: dict[Callable[[Any], Any], dict[str, Any]] = {
    settings._boolean: {"type": "boolean"},
    settings._words: {"type": "array", "items": {"type": "string"}},
    settings._patterns: {"type": "array", "items": {"type": "string"}},
    settings._path: {"type": "string", "pattern": r"\S"},
}


def schema() -> dict[str, Any]:
    """The schema, made now."""
    described = _sentences()
    defaults = DebugConfiguration()
    properties: dict[str, Any] = {"$schema": {"type": "string", "description": "Where an editor finds this schema."}}
    for key in KEYS:
        default = getattr(defaults, key.name)
        properties[key.name] = {
            "description": f"{described[key.name]} The variable {PREFIX}{key.variable} counts more.",
            **_shape(key.convert),
            "default": list(default) if isinstance(default, tuple) else str(default) if key.convert is settings._path
            else default,
        }  # fmt: skip
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "How the runs of this workspace are traced (.namel3ss/debug.json)",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def text() -> str:
    """The schema as the file that ships holds it."""
    return json.dumps(schema(), indent=2) + "\n"


def _shape(convert: Callable[[Any], Any]) -> dict[str, Any]:
    if isinstance(convert, Between):
        return {
            "type": "integer" if convert.whole else "number",
            "minimum": convert.least,
            "maximum": convert.most,
        }
    return _SHAPES[convert]


def _sentences() -> dict[str, str]:
    """The sentence below each attribute of the configuration."""
    tree = ast.walk(ast.parse(inspect.getsource(DebugConfiguration)))
    body = next(node for node in tree if isinstance(node, ast.ClassDef)).body
    found = {}
    for attribute, sentence in itertools.pairwise(body):
        match attribute, sentence:
            case ast.AnnAssign(target=ast.Name(name)), ast.Expr(value=ast.Constant(value=str() as said)):
                found[name] = " ".join(said.split())
    return found


if __name__ == "__main__":
    sys.stdout.write(text())
