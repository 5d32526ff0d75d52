"""A program that runs in a terminal of the client's, where a person can answer its questions.

The client starts it; its trace is followed from its first event on, so that the run can be walked while it goes on.
"""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import psutil

from namel3ss_dbg.trace.settings import read_settings

from . import protocol as dap
from .configuration import Configuration
from .wire import Message

if TYPE_CHECKING:
    from .adapter import Adapter

_KINDS: dict[str, Literal["integrated", "external"]] = {
    "integratedTerminal": "integrated",
    "externalTerminal": "external",
}


class TerminalProgram:
    """One run of a program in a terminal."""

    def __init__(self, adapter: Adapter, configuration: Configuration, follow: Callable[[Path], None]) -> None:
        """Prepare a run; `follow` gets the trace as soon as there is something in it."""
        assert configuration.program is not None  # noqa: S101
        self._adapter = adapter
        self._configuration = configuration
        self._program = configuration.program.absolute()
        self._follow = follow
        self.trace = self._fresh_trace()
        self.exit_code: int | None = None
        """Never known: nobody but the terminal hears of it."""
        self.is_running = True
        """Whether it is not known to have ended."""
        self.is_walked = False
        self.is_awaited = False
        """Whether its trace has to be looked for."""
        self._process: int | None = None

    def _fresh_trace(self) -> Path:
        """A file that does not exist yet, so that what is in it is of this run."""
        if self._configuration.trace is not None and not self._configuration.trace.exists():
            return self._configuration.trace.absolute()
        folder = read_settings().configuration.trace_output_dir
        return Path(folder).absolute() / f"{self._program.stem}-{time.strftime('%Y%m%d-%H%M%S')}-{time.time_ns()}.jsonl"

    def start(self) -> None:
        """Ask the client to run it."""
        configuration = self._configuration
        command = [sys.executable, "-m", "namel3ss_dbg", "debug", "trace", str(self._program), "-o", str(self.trace)]
        command += ["--buffer-size", "1"]
        if configuration.arguments:
            command += ["--run-args", json.dumps(configuration.arguments)]
        if configuration.entry is not None:
            command += ["--entry", configuration.entry]
        asked = dap.RunInTerminalRequestArguments(
            kind=_KINDS[configuration.console],
            title=self._program.name,
            cwd=str(configuration.folder or self._program.parent),
            args=command,
            env=configuration.environment or None,
        )
        self.trace.parent.mkdir(parents=True, exist_ok=True)
        self._adapter.session.ask("runInTerminal", asked, self._began)

    def _began(self, response: Message) -> None:
        if response.get("success") is not True:
            self.is_running = False
            why = response.get("message") or "the editor does not say why"
            text = f"The program was not run in a terminal: {why}\n"
            self._adapter.session.event("output", dap.OutputBody(category="important", output=text))
            self._adapter.finish()
            return
        body = response.get("body")
        process = body.get("processId") if isinstance(body, dict) else None
        self._process = process if isinstance(process, int) else None
        self.is_awaited = True
        told = dap.ProcessBody(
            name=str(self._program), system_process_id=self._process, is_local_process=True, start_method="launch"
        )
        self._adapter.session.event("process", told)

    def look(self) -> None:
        """Walk its trace as soon as there is something in it."""
        if self.trace.is_file() and self.trace.stat().st_size:
            self.is_awaited, self.is_walked = False, True
            self._follow(self.trace)
        elif self._process is not None and not psutil.pid_exists(self._process):
            self.is_awaited = self.is_running = False
            self._adapter.finish()

    def end(self) -> None:
        """End it, where the client has said which process it is."""
        self.is_awaited = self.is_running = False
        if self._process is not None:
            with contextlib.suppress(psutil.Error):
                psutil.Process(self._process).terminate()
