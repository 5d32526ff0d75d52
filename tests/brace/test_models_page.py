"""docs/models.md: what it shows runs, and its tables say what the code does."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from typing import Any

import attrs
import pytest

from namel3ss_dbg.runtimes.brace.interpreter import Interpreter
from namel3ss_dbg.runtimes.brace.models import Models
from namel3ss_dbg.runtimes.brace.nodes import Llm
from namel3ss_dbg.runtimes.brace.providers.attempts import LONGEST_ATTEMPT_S
from namel3ss_dbg.runtimes.brace.providers.connection import SETTINGS
from namel3ss_dbg.runtimes.brace.providers.services import SERVICES, service_named
from tests.support.brace import AT, program, record, run
from tests.support.model_server import ModelServer, Reply, completion, message, said, tool_call, use

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
KEY = "sk-page-0123456789"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "AZURE_OPENAI_API_KEY", "TEAM_KEY", "GATEWAY_KEY"):
        monkeypatch.setenv(name, KEY)


def answers(llm: Llm, source: str) -> list[Any]:
    """What a server of the llm's protocol would say to the app."""
    service = service_named(llm.provider)
    assert service is not None
    anthropic, mood = service.protocol == "anthropic", {"mood": "good", "score": 3}
    if "prompt classify" in source:
        return [message(use("answer", mood), stop="tool_use") if anthropic else completion(str(mood))]
    last = message(said("Fine.")) if anthropic else completion("Fine.")
    return [completion(None, tool_call("get_weather", {"city": "Oslo"})), last] if "tool " in source else [last]


@pytest.mark.parametrize("number", range(len(blocks("ai"))))
def test_every_app_of_the_page_runs(number: int, tmp_path: Path) -> None:
    """Against a server on this machine: only the address is another one."""
    source = blocks("ai")[number]
    made = program(source)
    (llm,) = made.llms.values()
    with ModelServer(answers(llm, source)) as server:
        path = "" if service_named(llm.provider) is SERVICES["anthropic"] else "/v1"
        made.llms[llm.name] = attrs.evolve(llm, settings={**llm.settings, "base_url": f"{server.address}{path}"})
        done = record(
            lambda tracer: Interpreter(made, tracer, tools_dir=tmp_path).run(None, {"input": "How is it?"}),
            tmp_path / "trace.jsonl",
        )

    assert done.result == ({"mood": "good", "score": 3} if "prompt classify" in source else "Fine.")
    assert KEY in str(server.asked[0].headers) or service_named(llm.provider) is SERVICES["ollama"]
    assert KEY not in (tmp_path / "trace.jsonl").read_text()


def test_the_table_of_providers_is_that_of_the_code() -> None:
    """Each with its address and its key."""
    rows = re.findall(r"^\| `(\w+)` \| (.*?) \| (.*?) \|$", PAGE.split("## Providers")[1].split("## ")[0], re.MULTILINE)

    assert [name for name, _, _ in rows] == ["provider", *SERVICES]
    for name, address, key in rows[1:]:
        service = SERVICES[name]
        assert re.findall("`(.*?)`", address) == [text for text in (service.address, service.address_variable) if text]
        assert (service.key_variable or "none") in key or name == "openai_compatible"


def test_the_table_of_settings_is_that_of_the_code() -> None:
    """Every setting, and the numbers that stand for the defaults."""
    section = PAGE.split("## Settings")[1].split("## ")[0]
    named = {name for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE) for name in re.findall("`(.*?)`", row)}

    assert named | {"description", "metadata"} == SETTINGS | {"organization", "project", "api_version"}
    assert f"an attempt may take {LONGEST_ATTEMPT_S:g} s" in section


def test_the_sentences_of_the_page_are_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Word for word, but for the address of the server."""
    missing, failures = (block.splitlines() for block in blocks("text"))
    monkeypatch.setenv("OPENAI_API_KEY", "")
    small = 'llm "small" { provider: "openai", model: "gpt-4o-mini" }\nagent A {}'

    assert missing == [f"Error: {run(small, tmp_path, {'input': 'x'}).problem}"]

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    said_by: list[str] = []
    for llm, reply in (
        ('"small" { provider: "openai", model: "gpt-4o-mini"', Reply({"error": {"message": "no"}}, status=401)),
        ('"local" { provider: "ollama", model: "llama3.2"', None),
        (
            '"local" { provider: "ollama", model: "llama3.2"',
            Reply({"error": {"message": "model 'llama3.2' not found"}}, status=404),
        ),
    ):
        with ModelServer([reply] if reply else []) as server:
            address = f"{server.address}/v1"
            source = f'llm {llm}, base_url: "{address}" }}\nagent A {{}}'
            if reply:
                said_by.append(
                    str(run(source, tmp_path, {"input": "x"}).problem).replace(address, "http://localhost:11434/v1")
                )
        if not reply:
            said_by.append(
                str(run(source, tmp_path, {"input": "x"}).problem).replace(address, "http://localhost:11434/v1")
            )

    assert said_by == failures


def test_the_provider_of_the_page_can_be_asked(tmp_path: Path) -> None:
    """As it stands there; what it says about itself is in the trace."""
    (code,) = blocks("python")
    names: dict[str, Any] = {}
    exec(compile(code, "parrot_models.py", "exec"), names)  # noqa: S102 — this is the page's own code
    made = program('llm m { provider: "parrot", model: "p" }\nagent A {}')
    models = Models({"parrot": names["Parrot"]})
    done = record(
        lambda tracer: Interpreter(made, tracer, tools_dir=tmp_path, models=models).run(None, {"input": "Ahoy"}),
        tmp_path / "trace.jsonl",
    )
    end = done.only("llm_call_end")

    assert (done.result, end.cost_estimate, end.metadata["mood"]) == ("Ahoy", 0.0001, "talkative")
    with pytest.raises(names["ProgramError"], match="names no model"):
        models.of(Llm(name="other", at=AT, provider="parrot"))
    asyncio.run(models.close())
