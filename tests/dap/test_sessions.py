"""Sessions that a person can read: what is done in an editor, and beside it what the editor then shows.

    sessions/NAME.steps      what is done, a line for each thing; the first line names the story that is told
    sessions/NAME.expected   what is seen; `N3DBG_ACCEPT=1` writes it anew

`break LINE`, `break PLACE`, `catch FILTER`, `watch EXPRESSION` set a breakpoint more; `frames`, `threads` and
`scope NAME` look; `print EXPRESSION` evaluates and `type COMMAND` types into the console; `set NAME VALUE` overlays an
output; every other line is a motion, on the thread that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from namel3ss_dbg.events import TraceEvent
from tests.support.dap_client import DapClient, Message
from tests.support.golden import assert_golden
from tests.support.stories import crashed, old_file, parallel, weather, write_trace

SESSIONS = Path(__file__).parent / "sessions"
STORIES: dict[str, Callable[[], list[TraceEvent]]] = {"weather": weather, "parallel": parallel, "crashed": crashed}
SHORT = {"back": "stepBack", "in": "stepIn", "out": "stepOut", "reverse": "reverseContinue"}


class Editor:
    """Does what a line says, and tells what it then shows."""

    def __init__(self, client: DapClient, folder: Path) -> None:
        self._client = client
        self._app = folder / "src" / "app.ai"
        self._thread = 1
        self._lines: list[int] = []
        self._places: list[str] = []
        self._filters: list[str] = []
        self._watches: list[Message] = []

    def does(self, line: str) -> list[str]:
        """What a line shows."""
        word, _, rest = line.partition(" ")
        method = getattr(self, f"_{word}", None)
        shown: list[str] = method(rest) if method is not None else self._move(SHORT.get(word, word))
        return [*self._printed(), *shown]

    def _printed(self) -> list[str]:
        printed = [each for each in self._client.events if each["event"] == "output"]
        self._client.events = [each for each in self._client.events if each not in printed]
        return [each["body"]["output"].rstrip("\n") for each in printed]

    def _move(self, command: str) -> list[str]:
        self._client.ask(command, threadId=self._thread)
        return self._rest()

    def _rest(self) -> list[str]:
        stop = self._client.stopped()
        self._thread = stop["threadId"]
        return [f"{stop['reason']}: {stop['description']}" + (f" ({stop['text']})" if "text" in stop else "")]

    def _break(self, rest: str) -> list[str]:
        if rest.isdigit():
            self._lines.append(int(rest))
            found = self._client.set_breakpoints(self._app, *self._lines)
        else:
            self._places.append(rest)
            found = self._client.set_functions(*self._places)
        return [_breakpoint(found[-1])]

    def _catch(self, rest: str) -> list[str]:
        self._filters.append(rest)
        return [_breakpoint(self._client.ask("setExceptionBreakpoints", filters=self._filters)["breakpoints"][-1])]

    def _watch(self, rest: str) -> list[str]:
        found = self._client.ask("dataBreakpointInfo", name=rest)
        self._watches.append({"dataId": found["dataId"]})
        self._client.ask("setDataBreakpoints", breakpoints=self._watches)
        return [found["dataId"]]

    def _frames(self, _: str) -> list[str]:
        frames = self._client.frames(self._thread)
        return [f"{each['name']}  {each['source']['name']}:{each['line']}" for each in frames]

    def _threads(self, _: str) -> list[str]:
        return [f"{each['id']} {each['name']}" for each in self._client.ask("threads")["threads"]]

    def _scope(self, rest: str) -> list[str]:
        values = self._client.values(self._client.scopes(self._top())[rest])
        return [f"{name} = {value}" for name, value in values.items()]

    def _top(self) -> int:
        number: int = self._client.frames(self._thread, levels=1)[0]["id"]
        return number

    def _print(self, rest: str) -> list[str]:
        return [self._client.evaluate(rest, frameId=self._top())]

    def _type(self, rest: str) -> list[str]:
        before = self._client.moment()
        shown = self._client.evaluate(f".{rest}", frameId=self._top(), context="repl").splitlines()
        return shown if self._client.moment() == before else [*shown, *self._rest()]

    def _set(self, rest: str) -> list[str]:
        name, _, value = rest.partition(" ")
        reference = self._client.scopes(self._top())["Outputs"]
        set_to = self._client.ask("setVariable", variablesReference=reference, name=name, value=value)["value"]
        self._client.expect("invalidated")
        return [f"{name} = {set_to}", self._client.expect("output")["output"].rstrip("\n")]


def _breakpoint(found: Message) -> str:
    sign = "●" if found["verified"] else "○"
    return f"{sign} {found.get('line', '')} {found.get('message', '')}".replace("  ", " ").rstrip()


@pytest.mark.parametrize("path", sorted(SESSIONS.glob("*.steps")), ids=lambda path: path.stem)
def test_a_session(path: Path, tmp_path: Path) -> None:
    """Line by line as expected."""
    story, *steps = path.read_text("utf-8").splitlines()
    (tmp_path / "src").mkdir()
    old_file(tmp_path / "src" / "app.ai", "\n" * 20)
    trace = write_trace(tmp_path / f"{story}.jsonl", STORIES[story]())
    shown = []
    with DapClient.inside() as client:
        client.begin(trace)
        editor = Editor(client, tmp_path)
        for step in steps:
            shown += [f"> {step}", *(f"  {line}" for line in editor.does(step))]

    assert_golden(path.with_suffix(".expected"), "\n".join(shown) + "\n")
