"""`namel3ss run` and `debug trace` of an app whose models need a key."""

from __future__ import annotations

import queue
from pathlib import Path

import pytest

from namel3ss_dbg.runtimes.debuggee import Debuggee, Ended, Report
from tests.support.model_server import ModelServer, completion, error
from tests.support.shell import namel3ss

pytestmark = pytest.mark.slow


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """An app that asks Groq, in a folder with an older trace."""
    (tmp_path / "app.ai").write_text('llm big { provider: "groq", model: "llama-3" }\nagent A {}\n')
    (tmp_path / "trace.jsonl").write_text("{}\n")
    return tmp_path


@pytest.mark.parametrize("command", [("run", "app.ai"), ("debug", "trace", "app.ai")])
def test_without_a_key_nothing_is_run_and_nothing_traced(app: Path, command: tuple[str, ...]) -> None:
    """The sentence says what to set; an earlier trace stays where it is, and no new one is begun."""
    done = namel3ss(*command, folder=app, GROQ_API_KEY="", NAMEL3SS_DEBUG_ENABLED="true")

    assert done.stderr == (
        "Error: The llm 'big' cannot be asked: the environment variable GROQ_API_KEY, which holds its key, is not set. "
        'Set it before the run: export GROQ_API_KEY=… Without a key, write provider: "offline" (app.ai:1).\n'
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert {path.name for path in app.iterdir()} == {"app.ai", "trace.jsonl"}
    assert (app / "trace.jsonl").read_text() == "{}\n"


def test_with_a_key_the_run_is_traced_without_it(tmp_path: Path) -> None:
    """The whole way from the command to the file, and no word of the key in what is printed or written."""
    key = "gsk_0123456789abcdefghij"
    with ModelServer([completion("Hello.", model="llama-3")]) as server:
        (tmp_path / "app.ai").write_text(
            f'llm big {{ provider: "groq", model: "llama-3", base_url: "{server.address}" }}\nagent A {{}}\n'
        )
        done = namel3ss(
            *("debug", "trace", "app.ai", "--run-args", '{"input": "hi"}'),
            folder=tmp_path,
            GROQ_API_KEY=key,
            NO_PROXY="127.0.0.1",
            PYTHONWARNINGS="error",
        )
    trace = (tmp_path / "trace.jsonl").read_text()

    assert (done.stdout, done.returncode) == ("Hello.\n", 0)
    assert server.asked[0].headers["authorization"] == f"Bearer {key}"
    assert '"component_name":"groq"' in trace.replace(": ", ":")
    assert key not in trace + done.stdout + done.stderr


def test_an_editor_is_told_that_a_key_is_missing(app: Path) -> None:
    """A run that it starts ends with the sentence, without having begun."""
    reports: queue.SimpleQueue[Report] = queue.SimpleQueue()
    debuggee = Debuggee.start(Path("app.ai"), folder=app, tell=reports.put, environment={"GROQ_API_KEY": None})
    first = reports.get(timeout=30)
    debuggee.terminate()

    assert isinstance(first, Ended)
    assert (first.exit_code, first.error.partition(":")[0]) == (1, "The llm 'big' cannot be asked")
    assert {path.name for path in app.iterdir()} == {"app.ai", "trace.jsonl"}


def test_a_repetition_can_be_stopped_at(tmp_path: Path) -> None:
    """As the page on models says; an analysis takes the call for one that went well."""
    with ModelServer([error(429, "Slow down.", headers={"retry-after": "0"}), completion("Hello.")]) as server:
        (tmp_path / "app.ai").write_text(
            f'llm m {{ provider: "ollama", model: "llama", base_url: "{server.address}" }}\nagent A {{}}\n'
        )
        namel3ss(*("debug", "trace", "app.ai", "--run-args", '{"input": "hi"}'), folder=tmp_path, NO_PROXY="127.0.0.1")
    walked = namel3ss(
        *("debug", "replay", "trace.jsonl", "--step"),
        folder=tmp_path,
        typed="break llm_call_retry if http_status == 429\ncontinue\nprint reason\n",
    )
    analysed = namel3ss("debug", "analyze", "trace.jsonl", "--format", "json", folder=tmp_path)

    assert "llm_call_retry" in walked.stdout
    assert "the rate limit of Ollama is reached: Slow down." in walked.stdout
    assert '"total_errors": 0' in analysed.stdout
