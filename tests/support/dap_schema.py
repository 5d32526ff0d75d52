"""Judges messages of the Debug Adapter Protocol by the official schema, and by rules that the schema cannot say."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft4Validator

from dap_adapter.generate import find_schema

Message = dict[str, Any]

OWN = "n3/"


@cache
def definitions() -> dict[str, Any]:
    """The definitions of the newest schema that is here."""
    path = find_schema()
    assert path is not None, "there is no schema of the protocol: debugpy, which brings one, is not installed"
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))["definitions"]
    return found


@cache
def _validator(name: str) -> Draft4Validator:
    return Draft4Validator({"$ref": f"#/definitions/{name}", "definitions": definitions()})


@cache
def is_current() -> bool:
    """Whether the schema is of the version that the adapter speaks; debugpy's copy is older, and knows less."""
    return "LocationsRequest" in definitions()


def _definition_of(message: Message) -> str:
    kind = message.get("type")
    if kind == "event":
        return f"{_capital(message['event'])}Event" if not message["event"].startswith(OWN) else "Event"
    if kind == "response":
        if not message.get("success"):
            return "ErrorResponse"
        return f"{_capital(message['command'])}Response" if not message["command"].startswith(OWN) else "Response"
    return f"{_capital(message.get('command', ''))}Request"


def _capital(name: str) -> str:
    return name[:1].upper() + name[1:]


def complaints(message: Message) -> list[str]:
    """What is wrong with a message of the adapter's."""
    name = _definition_of(message)
    if name not in definitions():
        return [f"the protocol has no {name}"] if is_current() else []
    found = [f"{name}: {each.message}" for each in _validator(name).iter_errors(message)]
    body = message.get("body")
    if is_current() and isinstance(body, dict) and not name.endswith("ErrorResponse"):
        found += [f"{name}: nobody knows '{key}'" for key in _unknown(body, _body_of(name))]
    return found


def _body_of(name: str) -> dict[str, Any]:
    for part in definitions()[name].get("allOf", []):
        body = part.get("properties", {}).get("body")
        if body is not None:
            return dict(body)
    return {}


def _unknown(value: Any, node: dict[str, Any]) -> list[str]:
    """The keys of an object, and of those in it, that the schema does not name."""
    if "$ref" in node:
        node = definitions()[node["$ref"].rpartition("/")[2]]
    if isinstance(value, list) and "items" in node:
        return [key for each in value for key in _unknown(each, node["items"])]
    properties = node.get("properties")
    if not isinstance(value, dict) or not properties:
        return []
    strange = [key for key in value if key not in properties]
    return strange + [
        key for name, each in value.items() if name in properties for key in _unknown(each, properties[name])
    ]
