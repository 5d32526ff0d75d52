from __future__ import annotations

import asyncio
import contextvars
import json
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from namel3ss_dbg.events import ProgramError
from namel3ss_dbg.runtimes.brace.nodes import EnvRef, Field, Tool
from namel3ss_dbg.runtimes.brace.python_code import in_thread
from namel3ss_dbg.runtimes.brace.tools import Toolbox, ToolError
from tests.support.brace import AT, RememberingSleep, text

CITY = (Field("city", "string"), Field("days", "integer", required=False))


def tool(name: str = "weather", **fields: Any) -> Tool:
    return Tool(**{"name": name, "at": AT, **fields})


def call(folder: Path, made: Tool, **arguments: Any) -> Any:
    return asyncio.run(Toolbox(folder).call(made, arguments))


class TestArguments:
    CANNED = tool(type="canned", parameters=CITY, answer=text("{{ city }}"))

    def test_arguments_that_fit_arrive(self, tmp_path: Path) -> None:
        """An optional argument may be missing."""
        assert call(tmp_path, self.CANNED, city="Oslo") == "Oslo"

    def test_all_that_is_wrong_is_told_at_once(self, tmp_path: Path) -> None:
        """Missing, unknown and mistyped arguments are one sentence that a model can act on."""
        with pytest.raises(ToolError) as caught:
            call(tmp_path, self.CANNED, days="2", town="Oslo")

        assert str(caught.value) == (
            "The arguments do not fit the tool 'weather': $.city is missing; "
            '$.days must be an integer, not the string "2"; $.town is not known; known: city, days.'
        )

    def test_a_default_is_passed(self, tmp_path: Path) -> None:
        """A parameter with a default always arrives."""
        fields = (Field("unit", "string", default=text("C")),)

        assert call(tmp_path, tool(type="canned", parameters=fields, answer=text("in {{ unit }}"))) == "in C"

    def test_a_tool_without_parameters_takes_any(self, tmp_path: Path) -> None:
        """What is not declared is not checked."""
        assert call(tmp_path, tool(type="canned", answer={"n": text("{{ n }}")}), n=3) == {"n": 3}


class TestCanned:
    def test_it_fails_when_it_is_told_to(self, tmp_path: Path) -> None:
        """`fail` is the reason in the sentence."""
        with pytest.raises(ToolError, match=r"^The tool 'weather' failed: station offline\.$"):
            call(tmp_path, tool(type="canned", fail="station offline"))

    def test_it_takes_its_time(self, tmp_path: Path) -> None:
        """`delay_ms` is waited for."""
        sleep = RememberingSleep()
        asyncio.run(Toolbox(tmp_path, sleep=sleep).call(tool(type="canned", answer=1, delay_ms=250), {}))

        assert sleep.slept == [0.25]


class TestPython:
    def test_the_function_of_the_tools_name_is_called(self, tmp_path: Path) -> None:
        """Without a binding it is the one in `tools.py` beside the app."""
        (tmp_path / "tools.py").write_text("def weather(city): return {'city': city, 'seen': (1, 2)}")

        assert call(tmp_path, tool(), city="Oslo") == {"city": "Oslo", "seen": [1, 2]}

    def test_a_binding_names_module_and_function(self, tmp_path: Path) -> None:
        """Modules in packages are found, with what they import from beside the app."""
        (tmp_path / "shop").mkdir()
        (tmp_path / "shop" / "__init__.py").write_text("")
        (tmp_path / "shop" / "prices.py").write_text(
            "import rates\nfrom . import tax\ndef of(n): return n * rates.R + tax.T"
        )
        (tmp_path / "shop" / "tax.py").write_text("T = 1")
        (tmp_path / "rates.py").write_text("R = 10")

        assert call(tmp_path, tool(python="shop.prices:of"), n=2) == 21

    def test_an_installed_module_may_be_named(self, tmp_path: Path) -> None:
        """What is not beside the app is looked up as any import."""
        assert call(tmp_path, tool(python="json:dumps"), obj=[1]) == "[1]"

    def test_a_coroutine_is_awaited(self, tmp_path: Path) -> None:
        """Async functions run in the program's own loop."""
        (tmp_path / "tools.py").write_text("import asyncio\nasync def weather():\n  await asyncio.sleep(0)\n  return 4")

        assert call(tmp_path, tool()) == 4

    def test_a_function_runs_in_a_thread_that_sees_the_context(self, tmp_path: Path) -> None:
        """A sync function does not hold up the loop and still knows in which span it is."""
        (tmp_path / "tools.py").write_text(
            "import contextvars, threading\n"
            "def weather():\n"
            "    found = {v.name: x for v, x in contextvars.copy_context().items()}\n"
            "    return [found['where'], threading.current_thread() is threading.main_thread()]\n"
        )
        contextvars.ContextVar("where", default="").set("here")

        assert call(tmp_path, tool()) == ["here", False]

    def test_sync_functions_run_at_the_same_time(self, tmp_path: Path) -> None:
        """Any number of calls can wait for one another."""
        (tmp_path / "tools.py").write_text(
            "import threading\nmet = threading.Barrier(40, timeout=30)\ndef weather():\n  met.wait()\n  return 1\n"
        )

        async def many() -> list[Any]:
            box = Toolbox(tmp_path)
            return await asyncio.gather(*(box.call(tool(), {}) for _ in range(40)))

        assert asyncio.run(many()) == [1] * 40

    def test_a_module_is_loaded_once_in_a_run(self, tmp_path: Path) -> None:
        """What a module keeps between calls lasts as long as the run, not longer."""
        (tmp_path / "tools.py").write_text("seen = []\ndef weather():\n  seen.append(1)\n  return len(seen)")

        async def twice() -> list[Any]:
            box = Toolbox(tmp_path)
            return [await box.call(tool(), {}), await box.call(tool(), {})]

        assert asyncio.run(twice()) == [1, 2]
        assert asyncio.run(twice()) == [1, 2]

    def test_loading_leaves_nothing_behind(self, tmp_path: Path) -> None:
        """Neither the import path nor the table of modules nor the app's folder shows that a tool was loaded."""
        (tmp_path / "tools.py").write_text("import beside\ndef weather(): return beside.N")
        (tmp_path / "beside.py").write_text("N = 1")
        before = (list(sys.path), "tools" in sys.modules, "beside" in sys.modules, sys.dont_write_bytecode)

        assert call(tmp_path, tool()) == 1
        assert before == (list(sys.path), "tools" in sys.modules, "beside" in sys.modules, sys.dont_write_bytecode)
        assert sorted(path.name for path in tmp_path.iterdir()) == ["beside.py", "tools.py"]

    def test_a_module_of_the_same_name_elsewhere_is_not_touched(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The app gets its own `tools`, and whoever had one before keeps it."""
        theirs = ModuleType("tools")
        monkeypatch.setitem(sys.modules, "tools", theirs)
        (tmp_path / "tools.py").write_text("def weather(): return 4")

        assert call(tmp_path, tool()) == 4
        assert sys.modules["tools"] is theirs

    def test_two_apps_do_not_meet(self, tmp_path: Path) -> None:
        """Each folder's `tools.py` is its own."""
        for name in ("a", "b"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "tools.py").write_text(f"def weather(): return '{name}'")

        assert [call(tmp_path / name, tool()) for name in ("a", "b")] == ["a", "b"]

    def test_what_a_function_raises_comes_through(self, tmp_path: Path) -> None:
        """The caller sees the tool's own error."""
        (tmp_path / "tools.py").write_text("def weather(): raise LookupError('no such city')")

        with pytest.raises(LookupError, match="no such city"):
            call(tmp_path, tool())

    def test_a_tool_cannot_end_the_program(self, tmp_path: Path) -> None:
        """`sys.exit` within a tool is the tool's failure."""
        (tmp_path / "tools.py").write_text("import sys\ndef weather(): sys.exit(3)")

        with pytest.raises(RuntimeError, match="SystemExit: 3"):
            call(tmp_path, tool())

    def test_a_slow_tool_is_given_up_on(self, tmp_path: Path) -> None:
        """A timeout ends the call, and a function that hangs for ever does not keep the program from ending."""
        (tmp_path / "tools.py").write_text("import threading\ndef weather(): threading.Event().wait()")

        with pytest.raises(ToolError, match=r"^The tool 'weather' took too long: its timeout is 0\.01 s\.$"):
            call(tmp_path, tool(timeout=0.01))

    def test_a_timeout_of_the_tools_own_is_not_ours(self, tmp_path: Path) -> None:
        """A TimeoutError that a tool raises is told as it is."""
        (tmp_path / "tools.py").write_text("def weather(): raise TimeoutError('upstream')")

        with pytest.raises(TimeoutError, match="upstream"):
            call(tmp_path, tool(timeout=60))

    @pytest.mark.parametrize(
        ("source", "told"),
        [
            (None, "There is no Python module 'tools': app.ai:1 asks for it, but neither "),
            ("x = 1", "There is no function 'weather' in tools.py: app.ai:1 asks for it. Write def weather(…) there."),
            ("import nowhere_at_all", "The Python module 'tools' cannot be loaded: ModuleNotFoundError: "),
            ("def weather(:", "The Python module 'tools' cannot be loaded: SyntaxError: "),
            ("x = 1\n1 / 0", "The Python module 'tools' cannot be loaded: ZeroDivisionError: division by zero ("),
        ],
    )
    def test_a_function_that_cannot_be_had_is_told(self, tmp_path: Path, source: str | None, told: str) -> None:
        """What is missing or broken is said, with its place."""
        if source is not None:
            (tmp_path / "tools.py").write_text(source)

        with pytest.raises(ProgramError) as caught:
            call(tmp_path, tool())
        assert str(caught.value).startswith(told)

    def test_a_near_miss_is_suggested(self, tmp_path: Path) -> None:
        """A misspelt function is named."""
        (tmp_path / "tools.py").write_text("def wether(): ...")

        with pytest.raises(ProgramError, match=r"Did you mean 'wether'\?$"):
            call(tmp_path, tool())

    def test_a_secret_reaches_the_function(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """An argument that is a reference to the environment arrives as what the variable holds."""
        monkeypatch.setenv("KEY", "hidden")
        (tmp_path / "tools.py").write_text("def weather(key): return len(key)")

        assert call(tmp_path, tool(), key=EnvRef("KEY")) == 6

    def test_a_result_that_is_no_json_is_told(self, tmp_path: Path) -> None:
        """A result that refers to itself cannot be passed on."""
        (tmp_path / "tools.py").write_text("def weather():\n  x = []\n  x.append(x)\n  return x")

        with pytest.raises(ToolError, match="result of the tool 'weather' is not a JSON value"):
            call(tmp_path, tool())


def test_a_result_that_nobody_waits_for_is_dropped() -> None:
    """A function that ends after its call was given up on disturbs nobody."""

    async def given_up() -> list[str]:
        may_end = threading.Event()
        before = set(threading.enumerate())
        task = asyncio.ensure_future(in_thread(may_end.wait))
        await asyncio.sleep(0)
        (thread,) = set(threading.enumerate()) - before
        task.cancel()
        may_end.set()
        thread.join()
        problems: list[str] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: problems.append(context["message"]))
        await asyncio.sleep(0)
        return problems if task.cancelled() else ["went on"]

    assert asyncio.run(given_up()) == []


class _Server(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        seen = {"path": self.path, "method": self.command, "key": self.headers.get("X-Key")}
        length = int(self.headers.get("Content-Length") or 0)
        seen["body"] = json.loads(self.rfile.read(length)) if length else None
        status = 404 if self.path.startswith("/missing") else 200
        content = b"plain" if self.path == "/text" else json.dumps(seen).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_GET  # noqa: N815 — the name that the base class looks for

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """A server that answers with what it was asked."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Server) as serving:
        thread = threading.Thread(target=serving.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{serving.server_port}"
        serving.shutdown()
        thread.join()


class TestHttp:
    def test_arguments_go_into_the_address(self, server: str, tmp_path: Path) -> None:
        """What the endpoint names is quoted into it; the rest is the query."""
        made = tool(type="http", endpoint=text(server + "/w/{{ city }}?a=1"))

        assert (
            call(tmp_path, made, city="São/Paulo 1", days=2, x="a&b")["path"]
            == "/w/S%C3%A3o%2FPaulo%201?a=1&days=2&x=a%26b"
        )

    def test_a_post_carries_json(self, server: str, tmp_path: Path) -> None:
        """A method with a body gets the arguments as one object."""
        seen = call(tmp_path, tool(type="http", method="post", endpoint=text(server + "/x")), city="Oslo", days=2)

        assert (seen["method"], seen["path"], seen["body"]) == ("POST", "/x", {"city": "Oslo", "days": 2})

    def test_headers_may_hold_secrets(self, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A header is read from the environment, whole or within a text."""
        monkeypatch.setenv("KEY", "k")
        for header in (EnvRef("KEY"), text("{{ env.KEY }}")):
            made = tool(type="http", endpoint=text(server + "/x"), headers={"X-Key": header})

            assert call(tmp_path, made)["key"] == "k"

    def test_an_answer_that_is_no_json_is_text(self, server: str, tmp_path: Path) -> None:
        """Plain text is taken as it is."""
        assert call(tmp_path, tool(type="http", endpoint=text(server + "/text"))) == "plain"

    def test_an_error_status_fails(self, server: str, tmp_path: Path) -> None:
        """The status and the beginning of what the server says are the reason; the address is not told."""
        with pytest.raises(ProgramError) as caught:
            call(tmp_path, tool(type="http", endpoint=text(server + "/missing")))

        assert str(caught.value).startswith("The tool 'weather' failed: the server answered 404 Not Found: {")

    def test_a_server_that_is_not_there_is_told(self, tmp_path: Path) -> None:
        """A refused connection is the reason."""
        with pytest.raises(ProgramError, match="the server cannot be reached"):
            call(tmp_path, tool(type="http", endpoint=text("http://127.0.0.1:1/")))

    def test_an_answer_can_be_too_big(self, server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A server cannot fill the memory."""
        monkeypatch.setattr("namel3ss_dbg.runtimes.brace.http_request._MOST_BYTES", 3)

        with pytest.raises(ProgramError, match=r"failed: the answer has more than 3 bytes\.$"):
            call(tmp_path, tool(type="http", endpoint=text(server + "/text")))

    def test_an_address_that_is_none_is_told_without_it(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The address may hold a secret, so it is not repeated."""
        monkeypatch.setenv("KEY", "hidden")

        with pytest.raises(ProgramError) as caught:
            call(tmp_path, tool(type="http", endpoint=text("http://127.0.0.1/a b?key={{ env.KEY }}")))
        assert str(caught.value) == "The tool 'weather' failed: its endpoint is not a valid address."

    @pytest.mark.parametrize("endpoint", ["file:///etc/passwd", "ftp://x/", ""])
    def test_only_http_is_spoken(self, tmp_path: Path, endpoint: str) -> None:
        """An endpoint cannot read files."""
        with pytest.raises(ProgramError, match="does not begin with http:// or https://"):
            call(tmp_path, tool(type="http", endpoint=text(endpoint)))
