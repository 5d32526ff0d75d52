from __future__ import annotations

from pathlib import Path

import pytest

from namel3ss_dbg.events import UsageError
from namel3ss_dbg.runtimes.brace.python_code import PythonCode
from namel3ss_dbg.runtimes.python.stops import PythonFrame, PythonStop, Returned
from namel3ss_dbg.runtimes.python.walk import PythonWalk
from tests.support.brace import AT
from tests.support.pytools import SYNC, Tools

pytestmark = pytest.mark.usefixtures("bounded")


class TestSync:
    def test_next_stays_in_the_function(self, tmp_path: Path) -> None:
        """Calls are stepped over; the value is known at the return and at the end."""
        tools = Tools(tmp_path, SYNC)
        walk = tools.walk(n=1)

        assert tools.trail(walk, "next*4") == [
            "call tool first", "line tool second", "line tool last", "return tool last", "end",
        ]  # fmt: skip
        assert walk.stop is not None
        assert walk.stop.returned == walk.outcome == Returned([2, 3])
        assert (walk.stop.function, walk.stop.line, walk.stop.frames) == ("tool", 5, ())

    def test_step_goes_into_functions(self, tmp_path: Path) -> None:
        """Every line of the tool's own code, in the order in which it runs."""
        tools = Tools(tmp_path, SYNC)

        assert tools.trail(tools.walk(n=1), "step*10") == [
            "call tool first",
            "call inner add", "line inner give", "return inner give",
            "line tool second",
            "call inner add", "line inner give", "return inner give",
            "line tool last", "return tool last",
            "end",
        ]  # fmt: skip

    def test_next_at_a_return_goes_to_the_caller(self, tmp_path: Path) -> None:
        """And stays there: the second call is not entered."""
        tools = Tools(tmp_path, SYNC)

        with tools.walk(n=1) as walk:
            assert tools.trail(walk, "step*3", "next*2")[-2:] == ["line tool second", "line tool last"]

    def test_finish_leaves_the_function_with_its_value(self, tmp_path: Path) -> None:
        """At the caller's next line it is known what was returned; from the outermost function it goes to the end."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            walk.start()
            walk.step()
            left = walk.finish()
            end = walk.finish()

        assert (tools.place(left), left.returned) == ("line tool second", Returned(2))
        assert (tools.place(end), end.returned) == ("end", Returned([2, 3]))

    def test_finish_at_a_return_leaves_it(self, tmp_path: Path) -> None:
        """The value that is about to be returned is still told afterwards."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            tools.trail(walk, "step*3")
            left = walk.finish()

        assert (tools.place(left), left.returned) == ("line tool second", Returned(2))

    def test_motions_mean_the_selected_function(self, tmp_path: Path) -> None:
        """As in pdb: after `up`, `next` goes to the caller's next line."""
        tools = Tools(tmp_path, SYNC)
        with tools.walk(n=1) as walk:
            tools.trail(walk, "step")
            walk.up()

            assert tools.place(walk.next()) == "line tool second"

    def test_until_goes_on_beyond_a_line(self, tmp_path: Path) -> None:
        """So a loop is left; a line may be named."""
        tools = Tools(
            tmp_path,
            """
            def tool(n):
                total = 0  # first
                for i in range(n):  # loop
                    total += i  # add
                total *= 2  # after
                return total  # last
            """,
        )
        with tools.walk(n=50) as walk:
            assert tools.trail(walk, "next*3", "until")[-2:] == ["line tool loop", "line tool add"]
            assert tools.place(walk.until()) == "line tool after"
            with pytest.raises(UsageError, match=r"'until' goes forward: this is line 5\. Name a later line\."):
                walk.until(5)
            assert tools.place(walk.until(6)) == "line tool last"
            assert tools.place(walk.until()) == "return tool last"

    def test_recursion_is_told_apart(self, tmp_path: Path) -> None:
        """next steps over the same function called again; finish leaves this one, not the innermost."""
        tools = Tools(
            tmp_path,
            """
            def tool(n):
                if n == 0:  # test
                    return 1  # zero
                below = tool(n - 1)  # deeper
                return n * below  # times
            """,
        )
        with tools.walk(n=4) as walk:
            assert tools.trail(walk, "next*2") == ["call tool test", "line tool deeper", "line tool times"]
        with tools.walk(n=4) as walk:
            tools.trail(walk, "step*4")
            left = walk.finish()

        assert (tools.place(left), left.returned) == ("line tool times", Returned(2))
        assert left.frames == tuple(PythonFrame(str(tools.path), line, "tool") for line in (5, 4))

    def test_a_lambda_and_a_comprehension_are_functions_like_others(self, tmp_path: Path) -> None:
        """They are entered by step and passed by next."""
        tools = Tools(
            tmp_path,
            """
            def tool(n):
                twice = lambda x: x * 2  # make
                return sorted(range(n), key=lambda x: -x)  # sort
            """,
        )

        with tools.walk(n=2) as walk:
            assert tools.trail(walk, "step*3")[-1] == "return <lambda> sort"
        assert tools.trail(tools.walk(n=2), "next*3")[-2:] == ["return tool sort", "end"]

    def test_a_decorated_tool_and_a_callable_object_are_followed(self, tmp_path: Path) -> None:
        """What lies in libraries is passed over: the first stop is in the tool's own code."""
        tools = Tools(
            tmp_path,
            """
            import functools

            @functools.lru_cache
            def cached(n):
                return n  # give

            class Tool:
                def __call__(self, n):
                    return n + 1  # plus

            tool = Tool()
            part = functools.partial(cached)
            """,
        )

        assert tools.trail(tools.walk("cached", n=1), "finish") == ["call cached give", "end"]
        assert tools.trail(tools.walk("part", n=2), "finish") == ["call cached give", "end"]
        assert tools.trail(tools.walk("tool", n=1), "finish") == ["call __call__ plus", "end"]

    def test_what_is_not_python_runs_to_its_end(self) -> None:
        """There is no line to stop at."""
        walk = PythonWalk(max, {})
        stop = walk.start()

        assert stop.over
        assert (stop.file, stop.line, stop.function) == ("", 0, "max")
        assert isinstance(stop.exception, TypeError)


class TestExceptions:
    SOURCE = """
        def inner(x):
            return 1 / x  # divide

        def tool(n):
            try:
                inner(n)  # try
            except ZeroDivisionError:  # caught
                inner(0)  # again
            return 0
    """

    def test_an_exception_is_a_stop_where_it_arrives(self, tmp_path: Path) -> None:
        """next sees it in its own function, and goes on with the handler."""
        tools = Tools(tmp_path, self.SOURCE)
        with tools.walk(n=0) as walk:
            assert tools.trail(walk, "next*2")[-2:] == ["line tool try", "exception tool try"]
            assert isinstance(walk.stop and walk.stop.exception, ZeroDivisionError)
            assert tools.place(walk.next()) == "line tool caught"

    def test_step_sees_it_where_it_is_raised(self, tmp_path: Path) -> None:
        """Then in each caller that it passes."""
        tools = Tools(tmp_path, self.SOURCE)

        with tools.walk(n=0) as walk:
            assert tools.trail(walk, "step*6") == [
                "call tool 5", "line tool try", "call inner divide", "exception inner divide", "exception tool try",
                "line tool caught", "line tool again",
            ]  # fmt: skip

    def test_finish_rests_where_the_exception_arrives(self, tmp_path: Path) -> None:
        """A function that is left by an exception has no value."""
        tools = Tools(tmp_path, self.SOURCE)
        with tools.walk(n=0) as walk:
            tools.trail(walk, "step*2")
            left = walk.finish()

        assert (tools.place(left), left.returned) == ("exception tool try", None)

    def test_a_tool_that_raises_can_be_looked_at_afterwards(self, tmp_path: Path) -> None:
        """The end holds the exception and its frames with their values; motions say that the call is over."""
        tools = Tools(tmp_path, self.SOURCE)
        walk = tools.walk(n=0)
        walk.start()
        stop = walk.resume()

        assert isinstance(stop.exception, ZeroDivisionError)
        assert stop.exception is walk.outcome
        assert [(frame.function, frame.line) for frame in stop.frames] == [
            ("inner", tools.line("divide")), ("tool", tools.line("again")),
        ]  # fmt: skip
        assert (stop.line, walk.evaluate("x")) == (tools.line("divide"), 0)
        for motion in (walk.step, walk.next, walk.finish, walk.until, walk.resume):
            with pytest.raises(UsageError, match=r"^The call of the tool is over\.$"):
                motion()

    def test_a_tool_may_exit(self, tmp_path: Path) -> None:
        """sys.exit ends the call, not the debugger."""
        tools = Tools(tmp_path, "import sys\ndef tool(): sys.exit(3)\n")
        walk = tools.walk()
        walk.start()

        assert isinstance(walk.resume().exception, SystemExit)


class TestGenerators:
    SOURCE = """
        def numbers(n):
            for i in range(n):  # each
                yield i  # yield
            done = True  # done

        def tool(n):
            total = 0  # first
            for i in numbers(n):  # loop
                total += i  # add
            return total  # last
    """

    def test_next_does_not_mind_being_resumed(self, tmp_path: Path) -> None:
        """In the consumer the generator is passed, and its end is no exception."""
        tools = Tools(tmp_path, self.SOURCE)

        assert tools.trail(tools.walk(n=2), "next*8") == [
            "call tool first",
            "line tool loop", "line tool add", "line tool loop", "line tool add", "line tool loop",
            "line tool last", "return tool last", "end",
        ]  # fmt: skip

    def test_next_in_a_generator_stays_in_it(self, tmp_path: Path) -> None:
        """What its consumer does between two values is passed; after its last line it is left for the consumer."""
        tools = Tools(tmp_path, self.SOURCE)
        with tools.walk(n=2) as walk:
            tools.trail(walk, "step*2")
            places = [tools.place(walk.next()) for _ in range(7)]

        assert places == [
            "line numbers yield", "line numbers each", "line numbers yield", "line numbers each", "line numbers done",
            "return numbers done", "line tool last",
        ]  # fmt: skip

    def test_finish_leaves_a_generator_for_good(self, tmp_path: Path) -> None:
        """Not at its next value."""
        tools = Tools(tmp_path, self.SOURCE)
        with tools.walk(n=5) as walk:
            assert tools.trail(walk, "step*3", "finish")[-2:] == ["line numbers yield", "line tool last"]

    def test_a_generator_that_is_never_finished_does_not_lose_the_motion(self, tmp_path: Path) -> None:
        """Its consumer's return is a stop then."""
        tools = Tools(
            tmp_path,
            """
            kept = []

            def numbers():
                yield 1  # one
                yield 2

            def tool():
                kept.append(numbers())
                return next(kept[0])  # only
            """,
        )
        with tools.walk() as walk:
            assert tools.trail(walk, "step*2", "next*2")[-3:] == ["call numbers one", "return tool only", "end"]

    def test_an_exception_thrown_into_a_generator_is_seen(self, tmp_path: Path) -> None:
        """It is left by it, although it stood at a yield."""
        tools = Tools(
            tmp_path,
            """
            def numbers():
                yield 1  # one

            def tool():
                each = numbers()
                next(each)  # begin
                try:
                    each.throw(ValueError("no"))  # throw
                except ValueError:  # caught
                    return 0
            """,
        )
        with tools.walk() as walk:
            assert tools.trail(walk, "step*2", "next*2")[-3:] == [
                "call numbers one", "exception numbers one", "exception tool throw",
            ]  # fmt: skip


ASYNC = """
    import asyncio

    async def inner(x):
        await asyncio.sleep(0)  # pause
        y = x * 2  # double
        await asyncio.sleep(0)  # rest
        return y  # give

    async def tool(n):
        a = await inner(n)  # first
        b = await asyncio.gather(inner(1), inner(2))  # both
        return [a, b]  # last
"""


class TestAsync:
    def test_next_passes_everything_that_is_awaited(self, tmp_path: Path) -> None:
        """A coroutine that is suspended is not left."""
        tools = Tools(tmp_path, ASYNC)
        walk = tools.walk(n=1)

        assert tools.trail(walk, "next*4") == [
            "call tool first", "line tool both", "line tool last", "return tool last", "end",
        ]  # fmt: skip
        assert walk.outcome == Returned([2, [2, 4]])

    def test_step_goes_into_a_coroutine_and_back(self, tmp_path: Path) -> None:
        """No stop where it only waits, none in the event loop."""
        tools = Tools(tmp_path, ASYNC)

        with tools.walk(n=1) as walk:
            assert tools.trail(walk, "step*6") == [
                "call tool first",
                "call inner pause", "line inner double", "line inner rest", "line inner give", "return inner give",
                "line tool both",
            ]  # fmt: skip

    def test_step_goes_into_a_task_that_it_began_and_stays_there(self, tmp_path: Path) -> None:
        """Two calls run at once: the first is followed, the second does not interfere until the first is over."""
        tools = Tools(tmp_path, ASYNC)
        with tools.walk(n=1) as walk:
            tools.trail(walk, "next")
            places = [(tools.place(walk.step()), walk.evaluate("x")) for _ in range(5)]
            after = tools.place(walk.step())

        assert places == [
            ("call inner pause", 1), ("line inner double", 1), ("line inner rest", 1), ("line inner give", 1),
            ("return inner give", 1),
        ]  # fmt: skip
        assert after == "line inner give"

    def test_next_and_finish_leave_a_coroutine_for_its_caller(self, tmp_path: Path) -> None:
        """However often it was suspended before."""
        tools = Tools(tmp_path, ASYNC)
        with tools.walk(n=1) as walk:
            assert tools.trail(walk, "step*2", "finish")[-1] == "line tool both"
        with tools.walk(n=1) as walk:
            assert tools.trail(walk, "step", "next*5")[-2:] == ["return inner give", "line tool both"]

    def test_an_exception_is_followed_through_awaits(self, tmp_path: Path) -> None:
        """From where it is raised to who awaits it."""
        tools = Tools(
            tmp_path,
            """
            import asyncio

            async def inner():
                await asyncio.sleep(0)  # pause
                raise ValueError("no")  # raise

            async def tool():
                await inner()  # first
            """,
        )
        walk = tools.walk()

        assert tools.trail(walk, "step*5") == [
            "call tool first", "call inner pause", "line inner raise", "exception inner raise", "exception tool first",
            "end",
        ]  # fmt: skip

    def test_a_task_that_fails_does_not_swallow_the_step(self, tmp_path: Path) -> None:
        """After the end of its lane a step rests at whatever comes next."""
        tools = Tools(
            tmp_path,
            """
            import asyncio

            async def child():
                raise ValueError("no")  # raise

            async def tool():
                task = asyncio.create_task(child())
                await asyncio.wait([task])  # wait
                return str(task.exception())  # last
            """,
        )
        with tools.walk() as walk:
            assert tools.trail(walk, "next", "step*3")[-3:] == [
                "call child raise", "exception child raise", "line tool last",
            ]  # fmt: skip
            walk.resume()  # abandoned here, the task's exception would be told of whenever it is collected

    def test_a_task_that_is_cancelled_before_it_began_is_no_harm(self, tmp_path: Path) -> None:
        """Nothing of it runs."""
        tools = Tools(
            tmp_path,
            """
            import asyncio

            async def child():
                return 1

            async def tool():
                task = asyncio.create_task(child())
                task.cancel()
                await asyncio.wait([task])  # wait
                return task.cancelled()  # last
            """,
        )
        walk = tools.walk()

        assert tools.trail(walk, "next*2", "step*3")[-3:] == ["line tool last", "return tool last", "end"]
        assert walk.outcome == Returned(value=True)

    def test_a_sync_tool_may_run_a_loop_of_its_own(self, tmp_path: Path) -> None:
        """step enters what it runs there and comes back."""
        tools = Tools(
            tmp_path,
            """
            import asyncio

            async def inner():
                await asyncio.sleep(0)  # pause
                return 1  # give

            def tool():
                found = asyncio.run(inner())  # run
                return found  # last
            """,
        )
        with tools.walk() as walk:
            assert tools.trail(walk, "step*4") == [
                "call tool run", "call inner pause", "line inner give", "return inner give", "line tool last",
            ]  # fmt: skip
        with tools.walk() as walk:
            assert tools.trail(walk, "step", "finish")[-1] == "line tool last"

    def test_async_generators_and_contexts(self, tmp_path: Path) -> None:
        """Their ends are no exceptions either."""
        tools = Tools(
            tmp_path,
            """
            import asyncio
            import contextlib

            @contextlib.asynccontextmanager
            async def opened():
                yield 1

            async def numbers():
                for i in range(2):
                    await asyncio.sleep(0)
                    yield i

            async def tool():
                async with opened():  # with
                    async for i in numbers():  # for
                        pass  # body
                return 1  # last
            """,
        )
        places = tools.trail(tools.walk(), "next*9")

        assert places == [
            "call tool with", "line tool for", "line tool body", "line tool for", "line tool body", "line tool for",
            "line tool with", "line tool last", "return tool last", "end",
        ]  # fmt: skip


def test_the_example_of_the_module_is_true() -> None:
    """What its docstring shows happens with the example app."""
    code = PythonCode(Path(__file__).parents[3] / "examples" / "flaky_weather")
    walk = PythonWalk(code.function("tools:get_forecast", AT), {"city": "Bergen", "day": "Friday"})
    places = []

    def note(stop: PythonStop) -> None:
        places.append((stop.event, Path(stop.file).name, stop.line, stop.function))

    note(walk.start())
    walk.break_at("tools.py", 20, "calls[city] == 1")
    note(walk.next())
    assert walk.evaluate("calls[city] + 1") == 2
    assert walk.locals() == {"city": "'Bergen'", "day": "'Friday'"}
    note(walk.resume())
    assert walk.stop is not None
    assert walk.stop.breakpoint == 1
    note(walk.finish())

    assert places == [
        ("call", "tools.py", 18, "get_forecast"), ("line", "tools.py", 19, "get_forecast"),
        ("line", "tools.py", 20, "get_forecast"), ("end", "tools.py", 20, "get_forecast"),
    ]  # fmt: skip
    assert isinstance(walk.outcome, TimeoutError)
