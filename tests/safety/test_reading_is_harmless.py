"""Reading somebody else's trace runs nothing, opens no connection, and writes nothing but what is ours.

An audit hook of the interpreter watches: it sees every process that is started, every connection, every file that is
opened to be written, and every piece of Python that is loaded, whichever of our modules does it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.documents import ROOT
from tests.support.shell import environment, namel3ss

WATCHED = """
import sys
from pathlib import Path

here = str(Path.cwd())

def watch(event, arguments):
    if event in {
        "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "pty.spawn",
        "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto", "ctypes.dlopen",
        "os.remove", "os.rename", "os.rmdir", "os.chmod", "os.symlink", "shutil.rmtree", "pickle.find_class",
    }:
        sys.stderr.write(f"WATCHED {event} {arguments!r}\\n")
    if event == "open" and isinstance(arguments[2], int) and arguments[2] & 0o3 and "/dev/null" != arguments[0]:
        sys.stderr.write(f"WATCHED writes {arguments[0]!r}\\n")
    if event == "import" and arguments[1] and str(arguments[1]).startswith(here):
        sys.stderr.write(f"WATCHED import {arguments[1]}\\n")
    if event == "exec" and getattr(arguments[0], "co_filename", "").startswith((here, "tools.py")):
        sys.stderr.write(f"WATCHED exec {arguments[0].co_filename}\\n")

sys.dont_write_bytecode = True
sys.addaudithook(watch)
"""
RUN = f"{WATCHED}\nfrom namel3ss_dbg.cli.main import run\nsys.exit(run(sys.argv[1:]))\n"
ANALYZE = f"""{WATCHED}
from namel3ss.debugging import ExecutionReplayer, TraceAnalyzer
ExecutionReplayer(sys.argv[1]).replay_full()
print(TraceAnalyzer(sys.argv[1]).to_json()["summary"]["events"])
"""
NASTY = [
    "__import__('os').system('touch owned')",
    "{{ __import__('os').system('touch owned') }}",
    "$(touch owned)",
    "`touch owned`",
    "; touch owned",
    "!touch owned",
    "file:///etc/passwd",
    "!!python/object/apply:os.system ['touch owned']",
]
EVERYTHING = (
    "where", "args", "locals", "list", "print inputs", "print error", "info", "messages", "find owned", "goto 0",
    "to error", "why input", "tree", "events", "tokens", "when", "break error", "continue",
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A foreign trace whose payloads ask to be run, beside an app and tools that must not be."""
    (tmp_path / "app.ai").write_text('agent Helper {\n    prompt: "Hi"\n    tools: [look]\n}\n', "utf-8")
    (tmp_path / "tools.py").write_text("open('owned', 'w')\n", "utf-8")
    lines = []
    for number, text in enumerate(NASTY):
        source = {"file": "app.ai", "line": 1, "column": 1}
        common = {"timestamp": 1e9 + number, "component": "tool", "component_name": text}
        lines += [
            {"event_type": "tool_call_start", "event_id": f"{text}{number}", "inputs": {text: text},
             "metadata": {"source": source, "program": "app.ai"}, **common},
            {"event_type": "tool_call_end", "event_id": f"end{number}", "parent_event_id": f"{text}{number}",
             "outputs": {"result": text}, "error": text, "status": "failed", **common},
        ]  # fmt: skip
    (tmp_path / "trace.jsonl").write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return tmp_path


def watched(program: str, folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", program, *words],
        cwd=folder,
        env=environment(),
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("debug", "replay", "trace.jsonl"),
        ("debug", "replay", "trace.jsonl", "--step"),
        ("debug", "replay", "trace.jsonl", "--keep-going", *(w for c in EVERYTHING for w in ("-c", c))),
        ("debug", "analyze", "trace.jsonl"),
        ("debug", "analyze", "trace.jsonl", "--format", "json"),
        ("debug", "inspect", "trace.jsonl"),
        ("debug", "inspect", "trace.jsonl", "--errors-only", "--format", "jsonl"),
    ],
    ids=lambda words: " ".join(words[1:4]),
)
def test_a_command_that_reads_only_reads(folder: Path, words: tuple[str, ...]) -> None:
    """No process, no connection, nothing written or removed, and no code of the folder."""
    done = watched(RUN, folder, *words)

    assert "Traceback" not in done.stderr
    assert [line for line in done.stderr.splitlines() if line.startswith("WATCHED")] == []
    assert done.stdout
    assert sorted(path.name for path in folder.iterdir()) == ["app.ai", "tools.py", "trace.jsonl"]


def test_a_script_that_reads_only_reads(folder: Path) -> None:
    """The same for a replayer and an analyzer."""
    done = watched(ANALYZE, folder, "trace.jsonl")

    assert (done.stdout, done.stderr) == (f"{2 * len(NASTY)}\n", "")


def test_the_watcher_sees(folder: Path) -> None:
    """A run of the app is noticed: it loads the tools, and they write."""
    chain = 'chain Go { steps { step l { kind: "tool" target: look } } }'
    (folder / "app.ai").write_text(f'tool look {{ python: "tools:look" }}\n{chain}\n', "utf-8")
    (folder / "tools.py").write_text("open('owned', 'w').close()\ndef look():\n    return 1\n", "utf-8")
    done = watched(RUN, folder, "run", "app.ai")

    assert "WATCHED exec" in done.stderr
    assert "WATCHED writes 'owned'" in done.stderr


@pytest.mark.slow
def test_python_of_a_recorded_tool_runs_only_after_a_yes(tmp_path: Path) -> None:
    """`py` makes a tool's call again. In a script, where nobody can be asked, it is refused without `--yes`."""
    folder = Path(shutil.copytree(ROOT / "examples" / "flaky_weather", tmp_path / "app"))
    namel3ss("debug", "trace", "app.ai", folder=folder)
    words = ("debug", "replay", "trace.jsonl", "-c", "to tool", "-c", "py")

    refused, done = watched(RUN, folder, *words), watched(RUN, folder, *words, "--yes")

    assert refused.returncode == 1
    assert "A script may do this only with --yes." in refused.stderr
    assert "WATCHED" not in refused.stderr
    assert done.returncode == 0
    assert "WATCHED exec" in done.stderr
