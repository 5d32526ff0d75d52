"""An app whose one tool is written in Python, and a client that looks into it as an editor's child session does."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.support.dap_client import DapClient, Message

APP = """
    app "Child" { start: Ask }
    tool work { type: "python" }
    chain Ask {
        step look { kind: tool, target: work, inputs: { given: "a question" } }
        step again { kind: tool, target: work, inputs: { given: "another" } }
    }
"""

TOOL = """\
def work(given):
    found = len(given)
    return found * 2
"""

LAST_LINE = 3


def write_app(folder: Path) -> Path:
    """Write the app into a folder; the program."""
    folder.mkdir(exist_ok=True)
    program = folder / "app.ai"
    program.write_text(dedent(APP))
    (folder / "tools.py").write_text(TOOL)
    return program


class PythonSession(DapClient):
    """A session with debugpy, which says more than the protocol knows, and in no order that a test could name."""

    def _judge(self, message: Message) -> None:
        self.messages.append(message)

    def until(self, event: str) -> Message:
        """The body of the next event of a kind, whatever comes before."""
        while True:
            for message in self.events:
                if message["event"] == event:
                    self.events.remove(message)
                    return dict(message.get("body", {}))
            assert self.receive() is not None, f"hung up before {event}"

    def attach(self, path: Path, line: int, **configuration: Any) -> None:
        """Begin, with a breakpoint at a line."""
        self.initialize()
        attaching = self.send("attach", configuration)
        self.until("initialized")
        self.set_breakpoints(path, line)
        self.ask("configurationDone")
        self.response(attaching)

    def stop(self) -> int:
        """The thread that stops next."""
        thread: int = self.until("stopped")["threadId"]
        return thread

    def locals(self, thread: int) -> dict[str, str]:
        """The variables of the innermost function."""
        return self.values(self.scopes(self.frames(thread)[0]["id"])["Locals"])
