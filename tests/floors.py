"""Reads every import of the packages and says which of them point upwards, or in a circle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

FLOORS: tuple[tuple[str, ...], ...] = (
    ("namel3ss_dbg.events",),
    ("namel3ss_dbg.trace",),
    ("namel3ss_dbg.timeline",),
    ("namel3ss_dbg.recording", "namel3ss_dbg.replay", "namel3ss_dbg.runtimes"),
    ("namel3ss_dbg.analysis", "namel3ss_dbg.export"),
    ("namel3ss_dbg.render", "namel3ss_dbg.commands"),
    ("namel3ss_dbg.repl", "dap_adapter"),
    ("namel3ss_dbg.cli", "namel3ss_dbg._facade", "namel3ss_dbg.__main__"),
)
"""From the ground up; docs/design.md draws them. A module imports from its own floor and from those below."""

ROOMS = 6
"""On this floor no package knows another."""


def floor_of(module: str) -> int | None:
    """The floor a module is on; None for the packages' own `__init__`, which re-exports."""
    for number, packages in enumerate(FLOORS):
        if any(module == package or module.startswith(f"{package}.") for package in packages):
            return number
    return None


def imports(path: Path, module: str) -> Iterator[tuple[int, str]]:
    """Every import of a file that is executed, also those inside functions, with its line."""
    package = module.split(".") if path.name == "__init__.py" else module.split(".")[:-1]
    tree = ast.parse(path.read_text("utf-8"))
    for_types_only = {id(inside) for node in ast.walk(tree) if _is_for_types(node) for inside in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in for_types_only:
            continue
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            stem = ".".join([*base, *((node.module or "").split(".") if node.module else [])])
            yield from ((node.lineno, f"{stem}.{alias.name}") for alias in node.names)


def _is_for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def complaints(root: Path, packages: tuple[str, ...] = ("namel3ss_dbg", "dap_adapter")) -> list[str]:
    """A line for each import that points upwards or from room to room, and for each circle of modules."""
    files = [path for package in packages for path in sorted((root / package).rglob("*.py"))]
    modules = {".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path for path in files}
    found: list[str] = []
    graph: dict[str, set[str]] = {}
    for module, path in modules.items():
        for line, target in imports(path, module):
            known = next((name for name in (target, target.rpartition(".")[0]) if name in modules), None)
            if known is None or known == module:
                continue
            graph.setdefault(module, set()).add(known)
            if problem := _problem(module, known):
                found.append(f"{path.relative_to(root)}:{line}: {problem}")
    return found + list(_circles(graph))


def _problem(module: str, target: str) -> str | None:
    here, there = floor_of(module), floor_of(target)
    if here is None or there is None:
        return None
    if there > here:
        return f"{module} (floor {here}) imports {target} (floor {there})"
    rooms = {name.split(".")[0] if name.startswith("dap_adapter") else "repl" for name in (module, target)}
    return f"{module} imports {target}, another room" if here == there == ROOMS and len(rooms) > 1 else None


def _circles(graph: dict[str, set[str]]) -> Iterator[str]:
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> Iterator[str]:
        if module in trail:
            yield "circle: " + " -> ".join([*trail[trail.index(module) :], module])
        elif module not in done:
            for target in sorted(graph.get(module, ())):
                yield from visit(target, (*trail, module))
            done.add(module)

    for module in sorted(graph):
        yield from visit(module, ())
