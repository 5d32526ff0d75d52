"""No secret of a program is in anything that this debugger writes or shows: traces, screens, answers, logs, errors."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import attrs
import pytest

from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.dap_client import DapClient
from tests.support.secrets import corpus, filled, one_of, pieces
from tests.support.shell import namel3ss

APP = """app "Leaky" { start: Leak }
tool reads { description: "Reads a file." python: "tools:reads" parameters: { } }
tool echoes { description: "Says what it is given." python: "tools:echoes" parameters: { what: { type: "string" } } }
tool fails { description: "Fails." python: "tools:fails" parameters: { } }
chain Leak {
    steps {
        step read { kind: "tool" target: reads }
        step echo { kind: "tool" target: echoes inputs: { what: env.LEAKY_SETTING } }
        step end { kind: "tool" target: fails }
    }
}
"""
TOOLS = """import json, os, pathlib
def reads():
    return json.loads(pathlib.Path(__file__).with_name("places.json").read_text("utf-8"))
def echoes(what):
    return {"text": "I was given " + what, "json": json.dumps({"again": what})}
def fails(**_):
    raise ValueError("cannot log in with " + os.environ["LEAKY_SETTING"] + " and " + os.environ["LEAKY_TOKEN"]
                     + " at https://ann:" + os.environ["LEAKY_TOKEN"] + "@example.org")
"""


@attrs.frozen
class Leaky:
    """A program that lets out what it should not."""

    folder: Path
    environment: dict[str, str]
    parts: frozenset[str]
    """All pieces of its secrets."""

    @property
    def trace(self) -> Path:
        """Its recording."""
        return self.folder / "trace.jsonl"

    def given_away(self, text: str) -> list[str]:
        """The pieces of its secrets that a text holds."""
        return [part for part in self.parts if part in text]


@pytest.fixture(scope="module")
def leaky(tmp_path_factory: pytest.TempPathFactory) -> Leaky:
    """A folder with the program; it has run, and failed."""
    folder = tmp_path_factory.mktemp("leaky")
    made = [filled(line, line) for line in corpus("places") if "Traceback" not in line]  # an editor never is shown one
    setting, token = filled("⟦uuid⟧ ⟦opaque⟧", "environment")[1]
    secrets = [secret for _, here in made for secret in here] + [setting, token]
    (folder / "app.ai").write_text(APP)
    (folder / "tools.py").write_text(TOOLS)
    (folder / "places.json").write_text(json.dumps([text for text, _ in made]), "utf-8")
    environment = {"LEAKY_SETTING": setting, "LEAKY_TOKEN": token, "NAMEL3SS_DEBUG_MAX_PAYLOAD_SIZE": "1000000"}
    parts = frozenset(part for secret in secrets for part in pieces(secret))
    return Leaky(folder, environment, parts)


@pytest.fixture(scope="module")
def error(leaky: Leaky) -> str:
    """What the run of the program said when it failed."""
    done = namel3ss("debug", "trace", "app.ai", folder=leaky.folder, **leaky.environment)
    assert done.returncode == 1
    return done.stdout + done.stderr


def test_the_program_does_let_them_out(leaky: Leaky) -> None:
    """Without masking they would all be there: this is what the other tests of this file are held against."""
    output = str(leaky.folder / "bare.jsonl")
    environment = {**leaky.environment, "NAMEL3SS_DEBUG_MASK_SECRETS": "no"}
    namel3ss("debug", "trace", "app.ai", "--output", output, folder=leaky.folder, **environment)

    assert len(leaky.given_away(Path(output).read_text("utf-8"))) == len(leaky.parts)


def test_none_is_in_the_trace(leaky: Leaky, error: str) -> None:
    """Not from a tool's result, not from the environment, not from an exception."""
    trace = leaky.trace.read_text("utf-8")

    assert leaky.given_away(trace) == []
    assert "I was given ***" in trace
    assert trace.count("***") > 150


def test_none_is_in_the_sentence_of_the_error(leaky: Leaky, error: str) -> None:
    """It still says what happened."""
    assert leaky.given_away(error) == []
    assert "cannot log in with *** and *** at https://***@example.org" in error


@pytest.mark.slow
@pytest.mark.parametrize(
    "words",
    [
        ("debug", "inspect", "trace.jsonl", "--event", "3"),
        ("debug", "analyze", "trace.jsonl", "--errors"),
        ("debug", "analyze", "trace.jsonl", "--format", "json"),
        ("debug", "replay", "trace.jsonl"),
        ("debug", "replay", "trace.jsonl", "-c", "goto 4", "-c", "print outputs", "-c", "tree", "-c", "find login"),
    ],
)
def test_none_is_on_a_screen(leaky: Leaky, error: str, words: tuple[str, ...]) -> None:
    """Whichever command shows the recording."""
    done = namel3ss(*words, folder=leaky.folder, **leaky.environment)

    assert done.stdout
    assert leaky.given_away(done.stdout + done.stderr) == []


def test_none_is_in_an_answer_to_an_editor(leaky: Leaky, error: str) -> None:
    """Neither in the variables nor in what is evaluated or copied."""
    with DapClient.inside() as client:
        stopped = client.begin(leaky.trace)
        for _ in range(6):
            frame = client.ask("stackTrace", threadId=stopped["threadId"])["stackFrames"][0]["id"]
            for scope in client.ask("scopes", frameId=frame)["scopes"]:
                _open(client, scope["variablesReference"])
            for expression in ("outputs", "inputs", "error"):
                client.send("evaluate", {"expression": expression, "frameId": frame, "context": "clipboard"})
            client.ask("stepIn", threadId=stopped["threadId"])
            stopped = client.stopped()

        assert leaky.given_away(json.dumps(client.messages, ensure_ascii=False)) == []
        assert "***" in json.dumps(client.messages)


def _open(client: DapClient, reference: int, depth: int = 0) -> None:
    if reference and depth < 4:
        for variable in client.ask("variables", variablesReference=reference)["variables"]:
            _open(client, variable["variablesReference"], depth + 1)


def test_none_is_in_the_log_of_the_adapter(tmp_path: Path) -> None:
    """A launch configuration names secrets, and a program prints them: the editor gets that, the log does not."""
    secret, other = one_of("openai"), one_of("plain")
    log = tmp_path / "dap.log"
    (tmp_path / "tools.py").write_text("import os\ndef reads(): print('so:', os.environ['MY_API_KEY'])\n")
    app = tmp_path / "app.ai"
    app.write_text(
        APP.replace("step echo", "step read_again").replace("echoes inputs: { what: env.LEAKY_SETTING }", "reads")
    )

    with DapClient.over_stdio("--log", str(log), strict=False) as client:
        client.launch(program=str(app), env={"MY_API_KEY": secret, "DB_PASSWORD": other})
        while not any(secret in json.dumps(message) for message in client.messages):
            assert client.receive() is not None

    written = log.read_text()
    assert [part for part in pieces(secret) | pieces(other) if part in written] == []
    assert '"MY_API_KEY":"***"' in written
    assert log.stat().st_mode & 0o077 == 0 or os.name == "nt"


def test_none_is_in_a_transcript(leaky: Leaky, error: str, tmp_path: Path) -> None:
    """What a person records of a session is passed on like a trace."""
    secret = one_of("github")
    transcript = tmp_path / "session.txt"
    commands = [f"transcript {transcript}", f'print "Bearer {secret}"', f"find {secret}"]

    options = [word for command in commands for word in ("-c", command)]
    done = namel3ss("debug", "replay", str(leaky.trace), "--keep-going", *options, folder=leaky.folder)

    assert secret in done.stdout
    written = transcript.read_text("utf-8")
    assert "Bearer ***" in written
    assert [part for part in pieces(secret) if part in written] == []


class TestTracer:
    """In the process of the program."""

    @staticmethod
    def tracer(folder: Path, **how: Any) -> ExecutionTracer:
        """One that writes at once."""
        return ExecutionTracer(DebugConfiguration(enabled=True, trace_output_dir=folder, buffer_size=1, **how))

    def test_the_environment_of_the_moment_counts(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """A variable that is set after a run has begun is known to the next one."""
        secret = one_of("opaque")
        tracer = self.tracer(tmp_path)
        monkeypatch.setenv("LATE_TOKEN", secret)
        tracer.start("App")
        tracer.emit("custom", inputs={"text": f"with {secret}"}, error=f"no {secret}")
        path = tracer.finish(outputs={secret: [secret]})

        assert path is not None
        assert secret not in path.read_text("utf-8")

    def test_what_is_concealed_is_concealed_in_every_run(self, tmp_path: Path) -> None:
        """In the one that is open and in those that come, and only what cannot stand there by chance."""
        secret = one_of("hex")
        tracer = self.tracer(tmp_path)
        texts = []
        for _ in range(2):
            tracer.start("App")
            tracer.conceal(secret, "Amsterdam", "gpt-4o-mini")
            tracer.emit("custom", inputs={"text": f"{secret} in Amsterdam with gpt-4o-mini"})
            path = tracer.finish()
            assert path is not None
            texts.append(path.read_text("utf-8"))

        assert all("*** in Amsterdam with gpt-4o-mini" in text and secret not in text for text in texts)
        assert tracer.without_secrets(f"no {secret}") == "no ***"

    def test_listeners_are_told_nothing_secret(self, tmp_path: Path) -> None:
        """Whoever looks on sees what is in the file."""
        secret = one_of("github")
        tracer = self.tracer(tmp_path)
        heard: list[str] = []
        tracer.listeners.append(lambda event: heard.append(str(event)))
        tracer.start("App")
        tracer.emit("custom", inputs={"text": secret})
        tracer.finish()

        assert "***" in "".join(heard)
        assert secret not in "".join(heard)
