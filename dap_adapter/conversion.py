"""Between JSON and the classes of `protocol`: strict about types, forgiving about keys that nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

import attrs
import cattrs
from cattrs.gen import make_dict_structure_fn, make_dict_unstructure_fn, override

from . import protocol
from .errors import Problem, Refused

Made = TypeVar("Made")

_WIRE = {ours: theirs for names in protocol.WIRE_NAMES.values() for ours, theirs in names.items()}
_WORDS: dict[type, str] = {int: "a whole number", str: "a text", bool: "true or false", float: "a number"}


class _Wrong(ValueError):
    """A value of another type; its text says what was expected."""


def structure(arguments: Any, kind: type[Made]) -> Made:
    """Arguments as an instance of a class.

    Raises:
        Refused: They do not fit; says where.
    """
    try:
        return _converter.structure(arguments, kind)
    except (cattrs.BaseValidationError, _Wrong, TypeError, RecursionError) as problem:
        raise Refused(Problem.BAD_ARGUMENTS, _sentence(problem)) from None


def arguments_of(command: str, arguments: Mapping[str, Any]) -> Any:
    """The arguments of a request; as they are where the protocol has no class for them."""
    kind = protocol.ARGUMENTS.get(command)
    return arguments if kind is None else structure(arguments, kind)


def unstructure(body: Any) -> Any:
    """A body as JSON, without what was left out."""
    return _converter.unstructure(body)


def _sentence(problem: BaseException) -> str:
    """Such as: a whole number is needed for 'breakpoints[0].line'."""
    found = (message.partition(" @ $") for message in cattrs.transform_error(problem, format_exception=_expected))
    return "; ".join(f"{what} for '{_wire_path(where)}'" for what, _, where in found)


def _wire_path(path: str) -> str:
    """A path of attributes as the protocol writes them."""
    keys = path.lstrip(".").split(".") if path else ["arguments"]
    return ".".join(_WIRE.get(key, key) for key in keys)


def _expected(problem: BaseException, kind: type | None) -> str:
    if isinstance(problem, KeyError):
        return "a value is needed"
    return f"{problem} is needed" if isinstance(problem, _Wrong) else "another value is needed"


def _make_converter() -> cattrs.Converter:
    converter = cattrs.Converter(omit_if_default=True)

    def strict(kind: type) -> None:
        def take(value: Any, _: Any) -> Any:
            fits = isinstance(value, (int, float) if kind is float else kind)
            if not fits or (isinstance(value, bool) and kind is not bool):
                raise _Wrong(_WORDS[kind])
            return value

        converter.register_structure_hook(kind, take)

    for kind in _WORDS:
        strict(kind)

    def is_list(kind: Any) -> bool:
        return getattr(kind, "__origin__", None) is list

    def take_list(kind: Any) -> Any:
        (inside,) = kind.__args__

        def take(value: Any, _: Any) -> Any:
            if not isinstance(value, list):
                raise _Wrong("a list")
            return [converter.structure(each, inside) for each in value]

        return take

    def take_object(kind: Any) -> Any:
        attrs.resolve_types(kind, vars(protocol))
        names: Any = {
            ours: override(rename=theirs) for ours, theirs in protocol.WIRE_NAMES.get(kind.__name__, {}).items()
        }
        made = make_dict_structure_fn(kind, converter, **names)

        def take(value: Any, wanted: Any) -> Any:
            if not isinstance(value, dict):
                raise _Wrong("an object")
            return made(value, wanted)

        return take

    def give_object(kind: Any) -> Any:
        attrs.resolve_types(kind, vars(protocol))
        names: Any = {
            ours: override(rename=theirs, omit_if_default=True)
            for ours, theirs in protocol.WIRE_NAMES.get(kind.__name__, {}).items()
        }
        return make_dict_unstructure_fn(kind, converter, _cattrs_omit_if_default=True, **names)

    converter.register_structure_hook_factory(is_list, take_list)
    converter.register_structure_hook_factory(attrs.has, take_object)
    converter.register_unstructure_hook_factory(attrs.has, give_object)
    return converter


_converter = _make_converter()
