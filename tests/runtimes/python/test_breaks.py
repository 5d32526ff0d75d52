from __future__ import annotations

import json
from pathlib import Path

import pytest

from namel3ss_dbg.events import ExpressionError, UsageError
from tests.support.pytools import SYNC, Tools

pytestmark = pytest.mark.usefixtures("bounded")


class TestOwnCode:
    def test_modules_beside_the_app_are_entered_and_libraries_are_not(self, tmp_path: Path) -> None:
        """Also not packages that are installed below the app's folder."""
        (tmp_path / "beside.py").write_text("def plus(x):\n    return x + 1\n")
        installed = tmp_path / "venv" / "site-packages"
        installed.mkdir(parents=True)
        (installed / "installed_times.py").write_text("def times(x):\n    return x * 2\n")
        tools = Tools(
            tmp_path,
            """
            import json
            import sys
            from pathlib import Path

            import beside

            sys.path.append(str(Path(__file__).parent / "venv" / "site-packages"))
            import installed_times
            sys.path.pop()

            def tool(n):
                a = beside.plus(n)  # plus
                b = installed_times.times(a)  # times
                c = json.loads("2")  # loads
                return a + b + c  # last
            """,
        )
        with tools.walk(n=1) as walk:
            assert tools.trail(walk, "step*6") == [
                "call tool plus", "call plus 2", "return plus 2", "line tool times", "line tool loads",
                "line tool last", "return tool last",
            ]  # fmt: skip

    def test_a_breakpoint_in_a_library_opens_its_file(self, tmp_path: Path) -> None:
        """From then on it is stepped into; when the breakpoint is cleared, not any more."""
        tools = Tools(
            tmp_path,
            """
            import json

            def tool():
                a = json.loads("1")  # first
                b = json.loads("2")  # second
                return a + b
            """,
        )
        code = json.JSONDecoder.decode.__code__
        with tools.walk() as walk:
            walk.start()
            made = walk.break_at(code.co_filename, code.co_firstlineno + 7)
            stop = walk.resume()
            caller = walk.up()
            walk.clear(made.number)
            after = walk.finish()

        assert (stop.function, stop.breakpoint) == ("decode", made.number)
        assert (caller.function, caller.line) == ("tool", tools.line("first"))
        assert tools.place(after) == "end"

    def test_a_breakpoint_opens_a_function_that_is_already_running(self, tmp_path: Path) -> None:
        """A library's function that called the tool's own is stopped in later."""
        (tmp_path / "site-packages").mkdir()
        library = tmp_path / "site-packages" / "installed_call.py"
        library.write_text("def call(f):\n    x = f()\n    return x\n")
        tools = Tools(
            tmp_path,
            """
            import sys
            from pathlib import Path

            sys.path.append(str(Path(__file__).parent / "site-packages"))
            import installed_call
            sys.path.pop()

            def inner():
                return 1  # inner

            def tool():
                return installed_call.call(inner)  # outer
            """,
        )
        with tools.walk() as walk:
            assert tools.trail(walk, "step") == ["call tool outer", "call inner inner"]
            walk.break_at(library, 3)
            stop = walk.resume()

            assert (stop.function, stop.line) == ("call", 3)
            assert [frame.function for frame in stop.frames] == ["call", "tool"]


class TestBreakpoints:
    def test_resume_stops_at_them_as_often_as_they_are_met(self, tmp_path: Path) -> None:
        """Then at the end."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            made = walk.break_at("tools.py", tools.line("give"))
            assert tools.trail(walk, "resume*3") == ["call tool first", "line inner give", "line inner give", "end"]

        assert (made.number, made.file, made.line, made.condition) == (1, str(tools.path), tools.line("give"), None)

    def test_other_motions_stop_at_them(self, tmp_path: Path) -> None:
        """next and finish, too."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            walk.break_at(None, tools.line("add"))
            assert tools.trail(walk, "next") == ["call tool first", "call inner add"]
            walk.finish()
            assert tools.place(walk.finish()) == "call inner add"
            assert walk.stop is not None
            assert walk.stop.breakpoint == 1

    def test_a_condition_is_python(self, tmp_path: Path) -> None:
        """One that cannot be told stops, and says why; several may stand on a line."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            walk.break_at("tools.py", tools.line("add"), "x == 2")
            wrong = walk.break_at("tools.py", tools.line("second"), "b > 1")
            walk.break_at("tools.py", tools.line("give"), "False")
            walk.break_at("tools.py", tools.line("give"), "y == 3")
            walk.start()
            first = walk.resume()
            second = walk.resume()
            third = walk.resume()

            assert (tools.place(first), first.breakpoint) == ("line tool second", wrong.number)
            assert first.note == "'b > 1' cannot be evaluated: NameError: name 'b' is not defined."
            assert (tools.place(second), second.breakpoint, second.note) == ("call inner add", 1, "")
            assert (tools.place(third), third.breakpoint) == ("line inner give", 4)
            assert [each.number for each in walk.breakpoints] == [1, 2, 3, 4]

    def test_a_line_on_which_nothing_happens_is_refused(self, tmp_path: Path) -> None:
        """The sentence names the one that is meant."""
        tools = Tools(tmp_path, SYNC)
        (tmp_path / "notes.txt").write_text("no Python :)")
        walk = tools.walk(n=1)

        for line, meant in ((4, 5), (99, 8)):
            with pytest.raises(UsageError) as caught:
                walk.break_at("tools.py", line)
            assert str(caught.value) == f"Nothing is executed on line {line} of tools.py. Take line {meant}."
        for file in ("nowhere.py", "notes.txt"):
            with pytest.raises(UsageError, match=r"^There is no Python code in .*\. Name a file and a line: tools\.py"):
                walk.break_at(file, 1)
        with pytest.raises(ExpressionError, match=r"^'x =' cannot be evaluated"):
            walk.break_at("tools.py", 2, "x =")
        assert list(walk.breakpoints) == []

    def test_clear_forgets_one(self, tmp_path: Path) -> None:
        """Others stay; one that is not there is an error that names those that are."""
        tools = Tools(tmp_path, SYNC)
        walk = tools.walk(n=1)
        walk.break_at("tools.py", tools.line("add"))
        walk.break_at("tools.py", tools.line("last"))
        walk.clear(1)

        with pytest.raises(UsageError, match=r"^There is no breakpoint 1 in Python code: breakpoints: 2\.$"):
            walk.clear(1)
        assert tools.trail(walk, "resume*2") == ["call tool first", "line tool last", "end"]


def test_two_walks_do_not_share_breakpoints(tmp_path: Path) -> None:
    """Nor anything else."""
    tools = Tools(tmp_path, SYNC)
    with tools.walk(n=1) as one:
        one.break_at("tools.py", tools.line("give"))
        assert tools.trail(one, "resume")[-1] == "line inner give"
        with tools.walk(n=2) as other:
            assert tools.trail(other, "resume") == ["call tool first", "end"]
        assert tools.place(one.resume()) == "line inner give"
