"""docs/editors.md: what it gives to VS Code and Neovim is loaded, and every configuration in it begins a session."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.support.dap_client import DapClient, Message, environment
from tests.support.documents import block
from tests.support.shell import namel3ss

EXAMPLE = Path(__file__).parents[2] / "examples" / "flaky_weather"
NEEDED = {"name", "type", "request"}

pytestmark = pytest.mark.slow


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A folder with an app, and the trace of one of its runs."""
    folder = Path(shutil.copytree(EXAMPLE, tmp_path / "workspace"))
    done = namel3ss("debug", "trace", "app.ai", folder=folder)
    assert done.returncode == 0, done.stderr
    return folder


class Editor(DapClient):
    """An editor that starts no second session when it is asked for one, and believes what it is told."""

    def rests(self) -> Message:
        """The body of the first stop, whatever comes before."""
        while True:
            for message in self.events:
                if message["event"] == "stopped":
                    return dict(message["body"])
            self.events.clear()
            assert self.receive() is not None, "hung up before it rested"


def _launches(configuration: dict[str, Any], workspace: Path) -> None:
    """Begin a session as an editor does that was given this configuration."""
    text = json.dumps(configuration)
    text = text.replace("${workspaceFolder}", str(workspace)).replace("${file}", str(workspace / "app.ai"))
    filled = json.loads(text)
    assert filled.keys() >= NEEDED
    assert filled["type"] == "namel3ss"
    with Editor.over_stdio(strict=False) as editor:
        editor.initialize(supportsStartDebuggingRequest=True)
        editor.launch(**filled)
        stop = editor.rests()
        assert ("breakpoint" if "breakpoints" in filled else "entry") in stop["reason"]


def test_every_configuration_for_vs_code_begins_a_session(workspace: Path) -> None:
    """The launch.json on the page is JSON, and what it launches rests where it should."""
    page = json.loads(block("editors.md", "launch.json"))

    assert page["version"] == "0.2.0"
    assert len(page["configurations"]) == 4
    for configuration in page["configurations"]:
        _launches(configuration, workspace)


LOADED = """
local loaded = { adapters = {}, configurations = {}, repl = {} }
setmetatable(loaded.repl, { __index = function(_, name) return function() return name end end })
local called = {}
setmetatable(loaded, { __index = function(_, name) return function() table.insert(called, name) end end })
package.preload["dap"] = function() return loaded end
dofile(vim.env.BLOCK)
for _, keys in ipairs({ "<F5>", "<F9>", "<F10>", "<F11>", "<F12>", "<S-F10>", "<S-F5>" }) do
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, false, true), "x", false)
end
vim.cmd("edit some.ai")
io.stdout:write(vim.json.encode({
  adapter = loaded.adapters.namel3ss,
  configurations = loaded.configurations.namel3ss,
  called = called,
  filetype = vim.bo.filetype,
}))
"""


def test_every_configuration_for_neovim_begins_a_session(workspace: Path, tmp_path: Path) -> None:
    """Neovim loads the Lua on the page; its keys do what they say, and its adapter and configurations work."""
    if shutil.which("nvim") is None:
        pytest.skip("Neovim is not installed: run tests/dap_clients/setup")
    (tmp_path / "block.lua").write_text(block("editors.md", "namel3ss.lua"))
    (tmp_path / "loaded.lua").write_text(LOADED)
    done = subprocess.run(
        ["nvim", "--headless", "--clean", "-c", f"luafile {tmp_path / 'loaded.lua'}", "-c", "quitall!"],
        env=environment(BLOCK=str(tmp_path / "block.lua")),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not done.stderr, done.stderr
    loaded = json.loads(done.stdout)

    assert loaded["adapter"] == {"type": "executable", "command": "python3", "args": ["-m", "dap_adapter"]}
    assert loaded["filetype"] == "namel3ss"
    assert loaded["called"] == [
        "continue",
        "toggle_breakpoint",
        "step_over",
        "step_into",
        "step_out",
        "step_back",
        "reverse_continue",
    ]
    for configuration in loaded["configurations"]:
        _launches(configuration, workspace)
