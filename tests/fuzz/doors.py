"""The doors through which a damaged file comes in: the command line, scripts, the debug adapter, and people's own code.

What comes out has to be a result or a sentence, must end, and must not move anybody's cursor.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from namel3ss_dbg.analysis import TraceAnalyzer
from namel3ss_dbg.cli.main import OUR_BUG, run
from namel3ss_dbg.events import DebugError
from namel3ss_dbg.replay.replayer import ExecutionReplayer
from tests.support.dap_client import DapClient, Refusal

_SGR = re.compile("\x1b\\[[0-9;]*m")
_HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
_OUR_MISTAKE = 9001

COMMANDS = tuple(
    r"""
step
step 3
rstep
stepi
rstepi
next
rnext
finish
rfinish
continue
rcontinue
to llm
to tool
rto agent
to error
to turn
to tool_failed
find a
rfind a
find 東
/x/
goto 0
goto $
goto 3
g slowest llm
g slowest tool
g @0.5s
g @9999s
g llm:2
g evt_000003
back
forward
until
until llm at end
rev next
mark a
marks
when
break llm if tokens > 1
break tool
break app.ai:3
b llm at end
tbreak error
watch turn
watch tokens > 0
watch cost > 0.0
catch error
catch TimeoutError
log llm at end "{tokens_used} {text}"
info breakpoints
where
up
down
frame 0
lane 1
list
longlist
print inputs
print outputs
p text
p messages
p messages[0].content
p tokens
p cost > 0
pp messages
pp inputs
args
state
messages
diff
diff 0 3
why text
why messages
display tokens
events
e error
e llm
e duration_ms > 0
e tool from 3
tree
tree all
totals
info lanes
answer {"text": "x"}
mocks
mock openai {"text": "y"}
unmock
expect tokens >= 0
echo {tokens} {text}
events --json
state --json
totals --json
where --json
args --json
py
edit
enable
disable 1
delete all
help places
""".strip().splitlines()
)
"""Verbs that look, move, stop and change what is shown; none writes a file."""


class Mistake(AssertionError):
    """A damaged file made us do something that we never do."""


def cli(*words: str, typed: str = "") -> tuple[int, str, str]:
    """What a command says and how it ends, in this process.

    Raises:
        Mistake: It ended as our mistakes do, or said something that a terminal would obey.
    """
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="\n") for _ in range(2))
    stdin = sys.stdin
    sys.stdin = io.StringIO(typed)
    try:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = run(list(words))
    finally:
        sys.stdin = stdin
    said, complained = (_content(stream) for stream in (out, err))
    if code == OUR_BUG or "Traceback" in complained:
        raise Mistake(f"{' '.join(words)}: {complained}")
    if not 0 <= code <= 5:
        raise Mistake(f"{' '.join(words)} ended with {code}: {complained}")
    for text in (said, complained):
        _assert_harmless(text, " ".join(words))
    return code, said, complained


def _content(stream: io.TextIOWrapper) -> str:
    stream.flush()
    content: bytes = stream.buffer.getvalue()  # type: ignore[attr-defined]
    return content.decode("utf-8")


def _assert_harmless(text: str, source: str) -> None:
    found = _HARMFUL.search(_SGR.sub("", text))
    if found is not None:
        begin = max(found.start() - 60, 0)
        raise Mistake(f"{source} said {found[0]!r} in {_SGR.sub('', text)[begin : found.end() + 20]!r}")


def go_through(path: Path, chance: Random) -> None:
    """Take a file through some of the doors.

    Raises:
        Mistake: See `cli`.
    """
    color = ("--color", chance.choice(("never", "always")))
    trace = str(path)
    match chance.randrange(8):
        case 0:
            cli("debug", "replay", trace, *color)
        case 1:
            cli("debug", "analyze", trace, *color, *chance.choice(((), ("--format", "table"), ("--format", "json"))))
        case 2:
            cli("debug", "inspect", trace, *color, *chance.choice(((), ("--errors-only",), ("--format", "jsonl"))))
        case 3:
            cli("debug", "inspect", trace, *color, "--event", str(chance.choice((0, 1, 5, -1, 999))))
        case 4:
            cli("debug", "replay", trace, "--step", *color, typed="\n".join(_script(chance)) + "\n")
        case 5:
            _analyze(path)
        case 6:
            _replay(path, chance)
        case _:
            pass
    words = [word for command in _script(chance) for word in ("-c", command)]
    cli("debug", "replay", trace, *color, "--keep-going", *words)


def _script(chance: Random) -> list[str]:
    return [chance.choice(COMMANDS) for _ in range(chance.choice((4, 8, 16)))]


def _analyze(path: Path) -> None:
    with contextlib.suppress(DebugError), TraceAnalyzer(path) as analyzer:
        json.dumps(analyzer.to_json())


def _replay(path: Path, chance: Random) -> None:
    with contextlib.suppress(DebugError):
        replayer = ExecutionReplayer(path)
        for _ in range(5):
            replayer.replay_step()
        replayer.seek_to_event(chance.randrange(9))
        replayer.get_events_by_component("llm")
        replayer.replay_full()


# The debug adapter


def edit(path: Path, chance: Random) -> None:
    """Walk a file as an editor does.

    Raises:
        Mistake: The adapter says that it made one, says something harmful, or says nothing.
    """
    with DapClient.inside(strict=False) as client:
        client.initialize()
        launch = client.send("launch", {"trace": str(path)})
        while not any(message.get("event") == "initialized" for message in client.messages):
            if client.receive() is None:
                raise Mistake("the adapter hung up")
            if launch in client._responses:
                break
        if launch not in client._responses:
            _ask(client, "setExceptionBreakpoints", filters=["error", "tool_failed"])
            _ask(client, "setFunctionBreakpoints", breakpoints=[{"name": "llm"}])
            _ask(client, "configurationDone")
            for _ in range(chance.choice((2, 5))):
                _walk(client, chance)
        while launch not in client._responses:
            client.receive()
        for message in client.messages:
            _judge(message)


def _walk(client: DapClient, chance: Random) -> None:
    motion = chance.choice(("next", "stepIn", "stepOut", "stepBack", "continue", "reverseContinue", "n3/goToEvent"))
    _ask(client, motion, threadId=1, moment=chance.randrange(20))
    frames: list[Any] = []
    for thread in (_ask(client, "threads") or {}).get("threads", [])[:3]:
        frames += (_ask(client, "stackTrace", threadId=thread["id"]) or {}).get("stackFrames", [])[:3]
    for frame in frames[:3]:
        for scope in (_ask(client, "scopes", frameId=frame["id"]) or {}).get("scopes", []):
            _open(client, scope["variablesReference"], 2)
        if reference := frame.get("source", {}).get("sourceReference"):
            _ask(client, "source", sourceReference=reference)
    for command, arguments in chance.sample(
        (
            ("evaluate", {"expression": chance.choice(("messages", "tokens", "text", "step", "inputs", "events")),
                          "context": chance.choice(("repl", "watch", "hover", "clipboard"))}),
            ("evaluate", {"expression": f".{chance.choice(COMMANDS)}", "context": "repl"}),
            ("n3/timeline", {"axis": chance.choice(("time", "events"))}),
            ("n3/children", {}),
            ("n3/children", {"parent": 0}),
            ("n3/path", {"moment": chance.randrange(9)}),
            ("n3/event", {"moment": chance.randrange(9)}),
            ("n3/position", {}),
            ("n3/stops", {}),
            ("exceptionInfo", {"threadId": 1}),
            ("loadedSources", {}),
            ("completions", {"text": "p mes", "column": 6}),
        ),
        4,
    ):  # fmt: skip
        _ask(client, command, **arguments)


def _open(client: DapClient, reference: int, depth: int) -> None:
    found = _ask(client, "variables", variablesReference=reference)
    for variable in (found or {}).get("variables", [])[:6]:
        if depth and variable["variablesReference"]:
            _open(client, variable["variablesReference"], depth - 1)


def _ask(client: DapClient, command: str, **arguments: Any) -> Any:
    try:
        return client.ask(command, **arguments)
    except Refusal as refusal:
        if refusal.id == _OUR_MISTAKE:
            raise Mistake(f"{command} {arguments}: {refusal.text}") from None
        return None


def _judge(message: dict[str, Any]) -> None:
    said = json.dumps(message)
    if "a mistake of the debug adapter" in said:
        raise Mistake(said)
    command = message.get("command")
    if command in ("source", "n3/event", "n3/value", "n3/children", "n3/path", "n3/timeline"):
        return  # data, which the client shows in its own way
    for text in _texts(message):
        _assert_harmless(text.replace("\t", " "), f"the answer to {command or message.get('event')}")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner)


@contextlib.contextmanager
def workspace(folder: Path, variables: dict[str, str]) -> Iterator[None]:
    """Be in a folder, with these variables and no others of ours."""
    before = {name: value for name, value in os.environ.items() if name.startswith("NAMEL3SS_")}
    here = Path.cwd()
    for name in before:
        del os.environ[name]
    os.environ.update(variables)
    os.chdir(folder)
    try:
        yield
    finally:
        os.chdir(here)
        for name in variables:
            os.environ.pop(name, None)
        os.environ.update(before)
