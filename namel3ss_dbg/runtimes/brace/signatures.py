"""What a prompt or tool takes and gives: names with types.

Accepted are the ways that people write it: `{ city: string, days: int = 3 }`, `{ city: { type: "string" } }`, a JSON
schema, a list of objects with names, and a single type.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import Any

import attrs

from ...events import SourceError
from .fields import Fields, kind_of, plain_of, value_of
from .nodes import Field, ValueType
from .source import DEEPEST, Source, did_you_mean
from .tokens import Token, number_of, text_of, tokens_of
from .tree import ListOf, Node, ObjectOf, Pair, Phrase, Quoted, Word

TYPES: dict[str, ValueType] = {
    "string": "string",
    "text": "string",
    "str": "string",
    "int": "integer",
    "integer": "integer",
    "float": "number",
    "number": "number",
    "bool": "boolean",
    "boolean": "boolean",
    "list": "list",
    "array": "list",
    "object": "object",
    "dict": "object",
    "json": "object",
    "any": "any",
}
"""The words for types."""

_SCHEMA = {"type", "properties", "required", "additionalProperties", "description"}
_DETAILS = _SCHEMA | {"enum", "values", "default", "items", "fields", "optional"}
_ADVICE = 'Types are string, int, number, bool, list[string], object, enum["a", "b"] and any.'


def signature_of(source: Source, pair: Pair) -> tuple[Field, ...]:
    """The named values that an entry such as `input:` or `parameters:` describes.

    Raises:
        SourceError: It describes none.
    """
    match pair.value:
        case ObjectOf() as node if _is_schema(node):
            return _detailed(source, node).fields
        case ObjectOf(_, pairs):
            return tuple(field_of(source, each) for each in pairs)
        case ListOf(_, items):
            return tuple(_listed(source, item) for item in items)
        case Phrase() | Word() | Quoted():
            return (field_of(source, pair),)
    raise source.mistake(
        f"'{pair.key}' needs names with types, not {kind_of(pair.value)}",
        pair.value.token,
        try_=f"Write {pair.key}: {{ name: string }}",
    )


def field_of(source: Source, pair: Pair) -> Field:
    """The named value that `name: type` describes."""
    return attrs.evolve(_typed(source, pair.value), name=pair.key)


def is_type(source: Source, node: Node) -> bool:
    """Whether a value is a type: a bare type word, or a longer one such as `list[string]`."""
    match node:
        case Word(_, path):
            return path in TYPES
        case Phrase(token, tokens):
            return token.text in TYPES or (token.text == "enum" and tokens[1].is_sign("["))
    return False


def _listed(source: Source, node: Node) -> Field:
    """An item of a list: an object with a name, or only a name."""
    if isinstance(node, Word):
        return Field(node.path, "string")
    if isinstance(node, Quoted):
        return Field(text_of(source, node.token).raw, "string")
    if not isinstance(node, ObjectOf):
        raise source.mistake(f"A name with its type is expected, not {kind_of(node)}", node.token)
    names = [pair for pair in node.pairs if pair.key == "name"]
    if not names and len(node.pairs) == 1:
        return field_of(source, node.pairs[0])
    if not names:
        raise source.mistake("The name is missing", node.token, try_="Write { name: x, type: string }")
    name = Fields(source, "this value", node.token, names).string("name")
    others = tuple(pair for pair in node.pairs if pair.key != "name")
    return attrs.evolve(_detailed(source, ObjectOf(node.token, others)), name=name or "")


def _typed(source: Source, node: Node) -> Field:
    match node:
        case ObjectOf() as details if _is_detailed(details):
            return _detailed(source, details)
        case ObjectOf(_, pairs):
            return Field("", "object", fields=tuple(field_of(source, each) for each in pairs))
        case Phrase(_, tokens):
            return _TypeReader(source, tokens).field()
        case Word(token):
            return _TypeReader(source, [token]).field()
        case Quoted(token):
            return _quoted_type(source, token)
        case ListOf(_, [item]):
            return Field("", "list", items=_typed(source, item))
    raise source.mistake(f"A type is expected, not {kind_of(node)}", node.token, try_=_ADVICE)


def _quoted_type(source: Source, token: Token) -> Field:
    text = text_of(source, token).raw
    tokens, mistakes = tokens_of(Source(source.path, text))
    if mistakes or len(tokens) < 2:
        raise _no_type(source, text, token)
    placed = [attrs.evolve(each, line=token.line, column=token.column) for each in tokens[:-1]]
    return _TypeReader(source, placed).field()


def _is_detailed(node: ObjectOf) -> bool:
    keys = {pair.key for pair in node.pairs}
    return bool(keys & {"type", "enum"}) and keys <= _DETAILS


def _is_schema(node: ObjectOf) -> bool:
    keys = {pair.key for pair in node.pairs}
    return "properties" in keys and keys <= _SCHEMA


def _detailed(source: Source, node: ObjectOf) -> Field:
    """`{ type: "string", required: true, enum: [...], default: … }`."""
    listed = [pair for pair in node.pairs if pair.key == "required" and isinstance(pair.value, ListOf)]
    others = [pair for pair in node.pairs if pair not in listed]
    fields = Fields(source, "this type", node.token, others)
    kind = fields.take("type")
    field = _typed(source, kind.value) if kind else Field("", "any")
    if choices := fields.take("enum", "values"):
        field = _with_choices(field, _choices(source, choices))
    if items := fields.take("items"):
        field = attrs.evolve(field, items=_typed(source, items.value))
    if properties := fields.take("properties", "fields"):
        field = attrs.evolve(field, fields=_required(source, signature_of(source, properties), listed))
    fields.take("additionalProperties")  # an object never holds more than what is described
    required, optional = fields.flag("required"), fields.flag("optional")
    default = fields.take("default")
    if required is None:
        required = not optional and default is None and field.required
    description = fields.string("description") or ""
    fields.close()
    value = value_of(source, default.value) if default else field.default
    return attrs.evolve(field, required=required, default=value, description=description)


def _required(source: Source, fields: tuple[Field, ...], listed: list[Pair]) -> tuple[Field, ...]:
    """The properties of a JSON schema; those that its list `required` does not name are optional."""
    if not listed:
        return fields
    names = {name for name in plain_of(source, listed[0].value) if isinstance(name, str)}
    return tuple(attrs.evolve(field, required=field.name in names) for field in fields)


def _choices(source: Source, pair: Pair) -> tuple[Any, ...]:
    if not isinstance(pair.value, ListOf) or not pair.value.items:
        raise source.mistake(f"'{pair.key}' needs a list with values", pair.value.token)
    return tuple(plain_of(source, pair.value))


def _with_choices(field: Field, choices: tuple[Any, ...]) -> Field:
    kind = field.type if field.type != "any" else _kind_of_all(choices)
    return attrs.evolve(field, type=kind, choices=choices)


def _kind_of_all(choices: Sequence[Any]) -> ValueType:
    kinds = {_kind_of_choice(choice) for choice in choices}
    if kinds == {"integer", "number"}:
        return "number"
    return kinds.pop() if len(kinds) == 1 else "any"


def _kind_of_choice(choice: Any) -> ValueType:
    match choice:
        case bool():
            return "boolean"
        case str():
            return "string"
        case int():
            return "integer"
        case float():
            return "number"
    return "any"


def _no_type(source: Source, shown: str, token: Token) -> SourceError:
    known = did_you_mean(shown, TYPES) or _ADVICE
    return source.mistake(f"'{shown}' is not a type", token, try_=known)


class _TypeReader:
    """Reads a type from its tokens: `list[string]?`, `"low" | "high"`, `enum["a", "b"] = "a"`."""

    def __init__(self, source: Source, tokens: Sequence[Token]) -> None:
        self._source = source
        self._left = deque(tokens)
        self._last = tokens[-1]
        self._depth = 0

    def field(self) -> Field:
        """The whole type, with its default."""
        field = self._union()
        if self._skip("="):
            field = attrs.evolve(field, required=False, default=self._default())
        if self._left:
            raise self._unexpected(self._left[0])
        return field

    def _union(self) -> Field:
        members = [self._one()]
        while self._skip("|"):
            members.append(self._one())
        if len(members) == 1:
            return members[0]
        required = all(member.required for member in members)
        if all(member.choices for member in members):
            choices = tuple(choice for member in members for choice in member.choices)
            return attrs.evolve(_with_choices(Field(""), choices), required=required)
        kinds: set[ValueType] = {member.type for member in members if member.name != "null"}
        kind: ValueType = "number" if kinds == {"integer", "number"} else kinds.pop() if len(kinds) == 1 else "any"
        known = next((member for member in members if member.type == kind and kind != "any"), Field("", kind))
        return attrs.evolve(known, required=required)

    def _one(self) -> Field:
        field = self._plain()
        while self._skip("?"):
            field = attrs.evolve(field, required=False)
        return field

    def _plain(self) -> Field:
        token = self._take()
        if token.kind in ("text", "number"):
            return _with_choices(Field(""), (self._literal(token),))
        if token.text in ("null", "None"):
            return Field("null", "any", required=False)
        if token.text == "enum" and self._skip("["):
            return _with_choices(Field(""), tuple(self._until_closed()))
        if token.text not in TYPES:
            raise _no_type(self._source, token.text, token)
        kind = TYPES[token.text]
        if kind == "list" and self._skip("["):
            self._depth += 1
            if self._depth > DEEPEST:
                raise self._source.mistake(f"More than {DEEPEST} lists stand inside one another here", token)
            items = self._union()
            self._closed()
            return Field("", "list", items=attrs.evolve(items, name=""))
        return Field("", kind)

    def _until_closed(self) -> list[Any]:
        found = [self._literal(self._take())]
        while self._skip(","):
            if self._left and self._left[0].is_sign("]"):
                break
            found.append(self._literal(self._take()))
        self._closed()
        return found

    def _default(self) -> Any:
        token = self._take()
        if token.is_sign("["):
            if self._skip("]"):
                return []
            return self._until_closed()
        if token.kind == "text":
            return text_of(self._source, token)
        return self._literal(token)

    def _literal(self, token: Token) -> Any:
        words = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
        match token.kind:
            case "text":
                return text_of(self._source, token).raw
            case "number":
                return number_of(self._source, token)
            case "word":
                return words.get(token.text, token.text)
        if token.is_sign("-") and self._left and self._left[0].kind == "number":
            return number_of(self._source, self._take(), negative=True)
        raise self._unexpected(token)

    def _closed(self) -> None:
        if not self._skip("]"):
            raise self._source.mistake("']' is missing in this type", self._left[0] if self._left else self._last)

    def _skip(self, sign: str) -> bool:
        if self._left and self._left[0].is_sign(sign):
            self._left.popleft()
            return True
        return False

    def _take(self) -> Token:
        if not self._left:
            raise self._source.mistake("This type is not finished", self._last)
        return self._left.popleft()

    def _unexpected(self, token: Token) -> SourceError:
        return self._source.mistake(
            f"{token} cannot stand in a type", token, try_="Write string, list[string], or int = 5."
        )
