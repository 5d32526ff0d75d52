from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.events import ExpressionError, UsageError
from namel3ss_dbg.runtimes.python.stops import PythonFrame, SourceLine
from tests.support.pytools import SYNC, Tools

pytestmark = pytest.mark.usefixtures("bounded")


class TestLooking:
    def test_values_are_seen_in_the_selected_frame(self, tmp_path: Path) -> None:
        """up and down select one of the tool's own; at an edge a sentence says so."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            tools.trail(walk, "step*2")

            assert walk.evaluate("x + y") == 3
            assert walk.evaluate("[x for _ in range(2)]") == [1, 1]
            assert walk.locals() == {"x": "1", "y": "2"}
            assert walk.up() == PythonFrame(str(tools.path), tools.line("first"), "tool")
            assert (walk.evaluate("inner(n)"), walk.selected) == (2, 1)
            assert walk.source(0) == (SourceLine(tools.line("first"), "    a = inner(n)  # first"),)
            with pytest.raises(UsageError, match=r"^'tool' is the outermost of the tool's own functions that are open"):
                walk.up()
            assert walk.down().function == "inner"
            with pytest.raises(UsageError, match=r"^'inner' is the innermost of the tool's own functions that are op"):
                walk.down()
            assert walk.select(1).function == "tool"
            walk.next()
            assert walk.selected == 0

    def test_the_source_around_is_shown(self, tmp_path: Path) -> None:
        """Not beyond the edges of the file."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            tools.trail(walk, "step")

            assert [line.number for line in walk.source(1)] == [1, 2, 3]
            assert [line.number for line in walk.source()] == [1, 2, 3, 4, 5, 6, 7]

    def test_what_an_expression_raises_becomes_a_sentence(self, tmp_path: Path) -> None:
        """Whatever it is; a mistake in it is pointed at."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            walk.start()
            for text, why in {
                "n / 0": "ZeroDivisionError: division by zero",
                "m": "NameError: name 'm' is not defined",
                "exit(3)": "SystemExit: 3",
                "n\ud800": "UnicodeEncodeError: ",
            }.items():
                with pytest.raises(ExpressionError) as caught:
                    walk.evaluate(text)
                assert str(caught.value).startswith(f"'{text}' cannot be evaluated: {why}")
            with pytest.raises(ExpressionError) as caught:
                walk.evaluate("n +")
            assert caught.value.pointer == "n +\n   ^"
            with pytest.raises(ExpressionError) as caught:
                walk.evaluate("  n n")
            assert caught.value.pointer == "  n n\n    ^"
            with pytest.raises(ExpressionError, match="cannot be evaluated"):
                walk.evaluate("(" * 5000)

            assert walk.evaluate("n") == 1

    def test_secrets_are_masked_by_their_names(self, tmp_path: Path) -> None:
        """Also inside dicts and lists, and what looks like one; an empty one is no secret."""
        tools = Tools(
            tmp_path,
            """
            class Odd:
                def __repr__(self):
                    raise ValueError("no")

            def tool(api_key, headers, password=""):
                odd, text = Odd(), "Bearer abcdefghijklmnop1234"
                deep = [[[[[[[[[[{"token": 1}]]]]]]]]]]
                return (1, {"token": "t"})  # last
            """,
        )
        with tools.walk(api_key="secret", headers=[{"Authorization": "xyz", "n": 1}]) as walk:
            tools.trail(walk, "next*3")

            assert walk.locals() == {
                "api_key": "***",
                "headers": "[{'Authorization': '***', 'n': 1}]",
                "password": "''",
                "odd": "<Odd whose repr raised ValueError>",
                "text": "'Bearer ***'",
                "deep": "[[[[[[[[[[{'token': 1}]]]]]]]]]]",
            }

    def test_nothing_is_seen_before_and_after(self, tmp_path: Path) -> None:
        """The sentence says which it is."""
        walk = Tools(tmp_path, SYNC).walk(n=1)
        for look in (walk.locals, walk.source, walk.up, walk.next, lambda: walk.evaluate("n"), walk.resume):
            with pytest.raises(UsageError, match=r"^The tool was not called yet\.$"):
                look()
        walk.start()
        with pytest.raises(UsageError, match=r"^The tool was called already\.$"):
            walk.start()
        walk.resume()

        for look in (walk.locals, walk.source, walk.up, walk.next):
            with pytest.raises(UsageError, match=r"^The call of the tool is over\.$"):
                look()
