"""Writes `protocol.py`: the protocol's types as classes, made from the official JSON schema.

    python -m dap_adapter.generate > dap_adapter/protocol.py

Only what is used is written, because each class costs a third of a millisecond whenever an adapter starts. Requests,
responses and events themselves stay dictionaries: their arguments and bodies are what has a shape worth checking.
"""

from __future__ import annotations

import importlib.util
import json
import keyword
import os
import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from .registry import ROWS

VERSION = "1.71"
"""Of the protocol; older schemas lack definitions that are used here."""

EVENTS = (
    "output", "stopped", "continued", "thread", "breakpoint", "loadedSource", "process", "exited", "invalidated",
    "progressStart", "progressUpdate", "progressEnd",
)  # fmt: skip
"""Events with a body that the adapter sends."""

REVERSE = ("RunInTerminalRequestArguments", "StartDebuggingRequestArguments")
"""Arguments of what the adapter asks of the client."""

PLAIN = ("Capabilities", "InitializeRequestArguments", "LaunchRequestArguments", "AttachRequestArguments")
"""Read and written as dictionaries: before the types are loaded, or because they are ours to define."""

_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

Node = dict[str, Any]


class Definition(NamedTuple):
    """A class to be written."""

    name: str
    node: Node


def find_schema() -> Path | None:
    """The official schema: where `DAP_SCHEMA` says, beside the repository, or an older copy inside debugpy."""
    beside = Path(__file__).parents[2] / "shared" / "schemas" / f"debugAdapterProtocol-{VERSION}.json"
    for path in (os.environ.get("DAP_SCHEMA"), beside):
        if path and Path(path).is_file():
            return Path(path)
    spec = importlib.util.find_spec("debugpy")
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    return next(folder.glob("_vendored/pydevd/_pydevd_bundle/**/debugProtocol.json"), None) if spec else None


class Generator:
    """Writes classes from one schema."""

    def __init__(self, schema: Node) -> None:
        self._definitions: dict[str, Node] = schema["definitions"]
        self._wanted: dict[str, Node] = {}
        self._aliases: dict[str, str] = {}
        self._names: dict[str, dict[str, str]] = {}

    def write(self) -> str:
        """The whole module."""
        arguments = dict(self._arguments())
        for row in ROWS:
            if row.in_protocol:
                self._want_body(f"{_capital(row.command)}Response", f"{_capital(row.command)}Body")
        for event in EVENTS:
            self._want_body(f"{_capital(event)}Event", f"{_capital(event)}Body")
        for name in REVERSE:
            self._refer(name)
        classes: list[str] = []
        written: set[str] = set()
        while missing := sorted(set(self._wanted) - written):
            classes += (self._class(Definition(name, self._wanted[name])) for name in missing)
            written |= set(missing)
        return "\n".join((_HEAD, *self._aliases_written(), *sorted(classes), *self._tables(arguments)))

    def _arguments(self) -> Iterator[tuple[str, str]]:
        """By request the class of its arguments, where it has one."""
        for row in ROWS:
            if not row.in_protocol:
                continue
            properties, _ = self._merged(self._definitions[f"{_capital(row.command)}Request"])
            reference = properties.get("arguments", {}).get("$ref", "").rpartition("/")[2]
            if reference and reference not in PLAIN:
                self._refer(reference)
                yield row.command, reference

    def _want_body(self, message: str, name: str) -> None:
        properties, _ = self._merged(self._definitions[message])
        body = properties.get("body", {})
        if "$ref" not in body and body.get("properties"):
            self._wanted[name] = body

    def _refer(self, name: str) -> str:
        """The Python name of a definition, which is written, too."""
        node = self._definitions[name]
        if node.get("type") == "string":
            if "enum" not in node:
                return "str"
            self._aliases[name] = f"Literal[{', '.join(json.dumps(word) for word in node['enum'])}]"
        else:
            self._wanted[name] = node
        return name

    def _merged(self, node: Node) -> tuple[Node, list[str]]:
        """Properties, and which of them are required, with those of the bases."""
        if "$ref" in node:
            return self._merged(self._definitions[node["$ref"].rpartition("/")[2]])
        properties: Node = {}
        required: list[str] = []
        for part in (*node.get("allOf", []), {key: node[key] for key in ("properties", "required") if key in node}):
            if "allOf" in part or "$ref" in part:
                more, needed = self._merged(part)
            else:
                more, needed = part.get("properties", {}), part.get("required", [])
            properties |= more
            required += needed
        return properties, required

    def _type(self, node: Node, owner: str, key: str) -> str:
        if "$ref" in node:
            return self._refer(node["$ref"].rpartition("/")[2])
        if "enum" in node:
            return f"Literal[{', '.join(json.dumps(word) for word in node['enum'])}]"
        kind = node.get("type")
        if isinstance(kind, list):
            if "array" in kind or "object" in kind:
                return "Any"
            return " | ".join(_SCALARS[each] for each in kind)
        if kind == "array":
            return f"list[{self._type(node['items'], owner, key)}]"
        if kind == "object" and node.get("properties"):
            name = f"{owner}{_capital(key)}"
            self._wanted[name] = node
            return name
        if kind == "object":
            values = node.get("additionalProperties")
            return f"dict[str, {self._type(values, owner, key) if isinstance(values, dict) else 'Any'}]"
        return _SCALARS.get(kind or "", "Any")

    def _class(self, definition: Definition) -> str:
        name, node = definition
        properties, required = self._merged(node)
        lines = ["", "@define(frozen=True, kw_only=True)", f"class {name}:", f'    """{self._described(definition)}"""']
        names = {}
        fields = []
        for key, each in properties.items():
            attribute = _snake(key)
            if attribute != key:
                names[attribute] = key
            kind = self._type(each, name, key)
            if key in required:
                fields.append(f"    {attribute}: {kind}")
            else:
                fields.append(f"    {attribute}: {kind if kind == 'Any' else f'{kind} | None'} = None")
        if names:
            self._names[name] = names
        return "\n".join((*lines, *([""] if fields else []), *fields, ""))

    def _described(self, definition: Definition) -> str:
        text = next((part["description"] for part in (definition.node, *reversed(definition.node.get("allOf", [])))
                     if "description" in part), "")  # fmt: skip
        sentence = " ".join(text.split("\n")[0].replace("\\", "").split())
        if not sentence:
            of = definition.name.removesuffix("Body")
            sentence = f"Body of `{of[0].lower()}{of[1:]}`." if of != definition.name else f"{definition.name}."
        return textwrap.shorten(sentence, 100, placeholder=" …")

    def _aliases_written(self) -> Iterator[str]:
        for name, value in sorted(self._aliases.items()):
            yield f"{name} = {value}"
        yield ""

    def _tables(self, arguments: dict[str, str]) -> Iterator[str]:
        yield "\nARGUMENTS: dict[str, type] = {"
        yield from (f'    "{command}": {name},' for command, name in sorted(arguments.items()))
        yield '}\n"""By request."""\n'
        yield "WIRE_NAMES: dict[str, dict[str, str]] = {"
        for name, names in sorted(self._names.items()):
            pairs = ", ".join(f'"{ours}": "{theirs}"' for ours, theirs in names.items())
            yield f'    "{name}": {{{pairs}}},'
        yield '}\n"""By class: how the protocol writes its attributes."""'


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def _snake(name: str) -> str:
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name.lstrip("_$"))
    name = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()
    return f"{name}_" if keyword.iskeyword(name) else name


_HEAD = f'''"""Types of the Debug Adapter Protocol {VERSION}, as far as they are used here.

Written by `python -m dap_adapter.generate` from the official schema; not to be edited.
It is as long as what is used of the protocol, and one file because it has one source and one writer.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import Any, Literal

from attrs import define
'''


def generate(schema: Path) -> str:
    """The text of `protocol.py`."""
    return Generator(json.loads(schema.read_text("utf-8"))).write() + "\n"


def main() -> int:
    """Print the module."""
    schema = find_schema()
    if schema is None:
        sys.stderr.write("There is no schema of the protocol. Name one in DAP_SCHEMA.\n")
        return 2
    sys.stdout.write(generate(schema))
    return 0


if __name__ == "__main__":
    sys.exit(main())
