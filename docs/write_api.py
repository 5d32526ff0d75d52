"""Writes docs/api.md from the docstrings of the public names: `python docs/write_api.py`; a test compares the two."""

from __future__ import annotations

import ast
import enum
import importlib
import inspect
import re
import textwrap
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs

PAGE = Path(__file__).with_name("api.md")
MODULES = (
    "namel3ss.debugging",
    "namel3ss.debugging.hooks",
    "namel3ss.debugging.config",
    "namel3ss.debugging.profiling",
    "namel3ss.debugging.tracer",
    "namel3ss.debugging.replayer",
)
TOLD_BY = {
    "namel3ss.debugging.hooks": "namel3ss_dbg.recording.hooks",
    "namel3ss.debugging.replayer": "namel3ss_dbg.replay.replayer",
}
"""Where the whole story of a module stands, when it is not in the module itself."""
GIVEN = {"ExecutionContext", "Span"}
"""What a tracer gives, and nobody makes. What a context can do besides is between it and its tracer."""
OURS = ("namel3ss_dbg", "namel3ss.debugging")
HEAD = """# Reference

The names of `namel3ss.debugging` and its modules, from their docstrings: `python docs/write_api.py`. [The guide](guide.md)
shows them at work.

Durations are in milliseconds (`…_ms`), times in seconds since the epoch, memory in megabytes of 2²⁰ bytes (`…_mb`), costs
in US dollars. Events are numbered from 0. Everything that goes wrong for a person is a [`DebugError`](#errors), whose text
is a sentence; nothing that records raises into the program that it records.
"""
_SECTION = re.compile(r"^(Args|Raises|Yields|Returns|Attributes):$", re.MULTILINE)
_WORDS = {"Args": "Arguments", "Raises": "Raises", "Yields": "Yields", "Returns": "Returns", "Attributes": "Attributes"}


def page() -> str:
    """The page."""
    return "\n".join(_page()).rstrip() + "\n"


def _page() -> Iterator[str]:
    yield HEAD
    home: dict[int, str] = {}
    for name in MODULES:
        module = importlib.import_module(name)
        yield f"## `{name}`\n"
        yield f"{_doc(importlib.import_module(TOLD_BY.get(name, name)))}\n"
        again = []
        for public in module.__all__:
            thing = getattr(module, public)
            if isinstance(thing, ModuleType):
                continue
            if id(thing) in home:
                again.append(f"`{public}`")
                continue
            home[id(thing)] = name
            yield from _entry(public, thing)
        if again:
            yield f"Also here: {', '.join(again)}.\n"
    yield from _errors()


def _errors() -> Iterator[str]:
    module = importlib.import_module("namel3ss_dbg.events.errors")
    yield "## Errors\n"
    first, tree, last = (inspect.getdoc(module) or "").split("\n\n")
    yield f"{first} They are in `namel3ss_dbg.events`.\n\n```text\n{textwrap.dedent(tree)}\n```\n\n{last}\n"


def _entry(public: str, thing: Any) -> Iterator[str]:
    yield f"### `{public}`\n"
    if inspect.isclass(thing):
        yield from _class(public, thing)
    else:
        yield f"```python\n{_signature(thing, public)}\n```\n"
        yield f"{_doc(thing)}\n"


def _class(public: str, kind: type) -> Iterator[str]:
    if not issubclass(kind, enum.Enum) and public not in GIVEN:
        yield f"```python\n{_constructor(public, kind)}\n```\n"
    yield f"{_doc(kind)}\n"
    if issubclass(kind, enum.Enum):
        yield ", ".join(f"`{member.name}`" for member in kind) + "\n"
        return
    init = kind.__dict__.get("__init__")
    if public not in GIVEN and init is not None and init.__doc__ and not attrs.has(kind):
        yield f"{_formed(inspect.getdoc(init) or '')}\n"
    attributes = list(_attributes(kind))
    if attributes:
        yield "| attribute | type | what it is |\n|---|---|---|"
        yield from (f"| `{name}` | {_code(type_)} | {_cell(text)} |" for name, type_, text in attributes)
        yield ""
    for name, method in [] if public == "ExecutionContext" else _methods(kind):
        yield f"```python\n{_signature(method, name)}\n```\n"
        yield f"{_doc(method)}\n"


def _constructor(public: str, kind: type) -> str:
    if attrs.has(kind):
        fields = [field for field in attrs.fields(kind) if field.init]
        types = {name: annotation for base in reversed(_own(kind)) for name, annotation, _ in _declared(base)}
        shown = [f"{field.alias}: {_taken(field) or types[field.name]}{_default(field)}" for field in fields]
        star = ["*"] if any(field.kw_only for field in fields) else []
        return _wrapped(f"class {public}", [*star, *shown], "")
    for base in kind.__mro__:
        if "__init__" in base.__dict__ and base.__module__.startswith(OURS):
            return _signature(base.__dict__["__init__"], f"class {public}", result=False)
    return f"class {public}"


def _taken(field: attrs.Attribute[Any]) -> str:
    """What a converter takes, when it says so."""
    if not inspect.isfunction(field.converter):
        return ""
    node = _node(field.converter)
    assert isinstance(node, ast.FunctionDef)
    annotation = node.args.args[0].annotation
    return ast.unparse(annotation) if annotation is not None else ""


def _default(field: attrs.Attribute[Any]) -> str:
    default = field.default
    if default is attrs.NOTHING:
        return ""
    if not isinstance(default, str | int | float | tuple | Path | None):  # what makes a default, not the default
        name = getattr(getattr(default, "factory", None), "__name__", "")
        return {"dict": " = {}", "list": " = []", "set": " = set()"}.get(name, " = …")
    return f" = {str(default)!r}" if isinstance(default, Path) else f" = {default!r}"


def _signature(thing: Any, name: str, *, result: bool = True) -> str:
    node = _node(thing)
    assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef), f"{name} is no function"
    arguments = node.args
    bound = arguments.posonlyargs or arguments.args
    if bound and bound[0].arg in ("self", "cls"):
        del bound[0]
    shown = list(_arguments(arguments))
    word = "" if name.startswith("class ") else "async def " if isinstance(node, ast.AsyncFunctionDef) else "def "
    returns = f" -> {ast.unparse(node.returns)}" if result and node.returns is not None else ""
    return _wrapped(f"{word}{name}", shown, returns)


def _wrapped(head: str, arguments: list[str], tail: str) -> str:
    line = f"{head}({', '.join(arguments)}){tail}"
    if len(line) <= 100:
        return line
    return f"{head}(\n" + "".join(f"    {argument},\n" for argument in arguments) + f"){tail}"


def _arguments(node: ast.arguments) -> Iterator[str]:
    """Each as it is written in a call's definition, with stars and slashes."""
    places = [*node.posonlyargs, *node.args]
    defaults = [None] * (len(places) - len(node.defaults)) + node.defaults
    for number, (argument, default) in enumerate(zip(places, defaults, strict=True), 1):
        yield _argument(argument, default)
        if number == len(node.posonlyargs):
            yield "/"
    if node.vararg is not None:
        yield f"*{ast.unparse(node.vararg)}"
    elif node.kwonlyargs:
        yield "*"
    for argument, default in zip(node.kwonlyargs, node.kw_defaults, strict=True):
        yield _argument(argument, default)
    if node.kwarg is not None:
        yield f"**{ast.unparse(node.kwarg)}"


def _argument(argument: ast.arg, default: ast.expr | None) -> str:
    if default is None:
        return ast.unparse(argument)
    return ast.unparse(argument) + (" = " if argument.annotation else "=") + ast.unparse(default)


def _attributes(kind: type) -> Iterator[tuple[str, str, str]]:
    """Public attributes and properties: name, type, and the sentence below or in it."""
    seen: set[str] = set()
    for base in _own(kind):
        for name, annotation, text in _declared(base):
            if not name.startswith("_") and name not in seen:
                seen.add(name)
                yield name, annotation, text
        for name, value in base.__dict__.items():
            getter = getattr(value, "fget", None) or getattr(value, "func", None)
            if name.startswith("_") or getter is None or name in seen:
                continue
            seen.add(name)
            node = _node(getter)
            assert isinstance(node, ast.FunctionDef)
            yield name, ast.unparse(node.returns) if node.returns else "", _doc(getter)


def _declared(kind: type) -> Iterator[tuple[str, str, str]]:
    """What a class's body, or its constructor, says of its attributes."""
    node = _node(kind)
    assert isinstance(node, ast.ClassDef)
    bodies = [node.body, *(f.body for f in node.body if isinstance(f, ast.FunctionDef) and f.name == "__init__")]
    for body in bodies:
        for statement, after in zip(body, [*body[1:], None], strict=True):
            annotation: ast.expr | None
            match statement:
                case (
                    ast.AnnAssign(target=ast.Name(id=name), annotation=annotation)
                    | ast.AnnAssign(target=ast.Attribute(value=ast.Name(id="self"), attr=name), annotation=annotation)
                ):
                    text = _text(after)
                case ast.Assign(targets=[ast.Attribute(value=ast.Name(id="self"), attr=name)]) if _text(after):
                    annotation, text = None, _text(after)
                case _:
                    continue
            if text or body is node.body:
                yield name, ast.unparse(annotation) if annotation else "", text


def _text(statement: ast.stmt | None) -> str:
    """The sentence that a statement is, if it is one."""
    match statement:
        case ast.Expr(value=ast.Constant(value=str(text))):
            return inspect.cleandoc(text)
    return ""


def _methods(kind: type) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for base in _own(kind):
        for name, value in base.__dict__.items():
            method = value.__func__ if isinstance(value, staticmethod | classmethod) else value
            if inspect.isfunction(method) and not name.startswith("_") and name not in seen:
                seen.add(name)
                yield name, method


def _own(kind: type) -> list[type]:
    return [base for base in kind.__mro__ if base.__module__.startswith(OURS)]


@cache
def _tree(file: str) -> ast.Module:
    return ast.parse(Path(file).read_text("utf-8"))


def _node(thing: Any) -> ast.AST:
    """The definition of a class or function in its source."""
    thing = inspect.unwrap(thing)
    scope: Any = _tree(inspect.getsourcefile(thing) or "")
    for name in thing.__qualname__.split("."):
        named = [node for node in scope.body if getattr(node, "name", None) == name]
        scope = named[-1]  # the last one: those before it are overloads
    return ast.parse(ast.unparse(scope)).body[0]


def _doc(thing: Any) -> str:
    text = inspect.getdoc(inspect.unwrap(thing) if callable(thing) else thing)
    assert text, f"{thing!r} has no docstring"
    return _formed(text)


def _formed(text: str) -> str:
    """A docstring as Markdown: its sections become lists, its examples blocks."""
    head, *parts = _SECTION.split(text)
    shown = [_prose(head)]
    for word, body in zip(parts[::2], parts[1::2], strict=True):
        inside, _, after = textwrap.dedent(body.strip("\n")).partition("\n\n")
        rows = re.sub(r"\n {2,}", " ", inside).splitlines()
        named = [re.fullmatch(r"(\*{0,2}\w+): (.*)", row) for row in rows]
        lines = [f"- `{match[1]}`: {match[2]}" if match else row for match, row in zip(named, rows, strict=True)]
        shown.append(f"{_WORDS[word]}:\n\n" + "\n".join(lines))
        if after.strip():
            shown.append(_prose(textwrap.dedent(after)))
    return "\n\n".join(part for part in shown if part)


def _prose(text: str) -> str:
    parts = []
    for part in re.split(r"\n\n+(?! )", text.strip("\n")):
        indented = [line for line in part.splitlines() if line.startswith("    ")]
        if indented and "\n\n    " in f"\n\n{part}":
            before, _, example = part.partition("\n\n")
            if not before.startswith("    "):
                parts.append(before)
            else:
                example = part
            parts.append(f"```python\n{textwrap.dedent(example)}\n```")
        else:
            parts.append(part)
    return "\n\n".join(parts)


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")
