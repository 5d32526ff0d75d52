"""The architecture as a test: imports point downwards."""

from __future__ import annotations

from pathlib import Path

from tests.floors import complaints, floor_of

ROOT = Path(__file__).parents[1]


def test_imports_point_downwards_and_never_in_a_circle() -> None:
    """No module imports from a floor above it, no room another room, and no modules each other in a circle."""
    assert complaints(ROOT) == []


def test_every_module_is_on_a_floor() -> None:
    """A new package must be given its floor before it lands."""
    modules = [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in (ROOT / "namel3ss_dbg").rglob("*.py")]
    homeless = [module for module in modules if floor_of(module) is None and module != "namel3ss_dbg.__init__"]

    assert homeless == []


def test_an_import_that_points_upwards_is_found(tmp_path: Path) -> None:
    """Also one inside a function is reported, with file and line."""
    for name, text in {
        "events/__init__.py": "",
        "events/event.py": "def late():\n    from ..trace import codec\n",
        "trace/__init__.py": "",
        "trace/codec.py": "from ..events import event\n",
        "__init__.py": "",
    }.items():
        path = tmp_path / "namel3ss_dbg" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    found = complaints(tmp_path, ("namel3ss_dbg",))

    assert found == [
        "namel3ss_dbg/events/event.py:2: namel3ss_dbg.events.event (floor 0) "
        "imports namel3ss_dbg.trace.codec (floor 1)",
        "circle: namel3ss_dbg.events.event -> namel3ss_dbg.trace.codec -> namel3ss_dbg.events.event",
    ]
