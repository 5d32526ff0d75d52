"""What only a person knows to be secret, and says so, is in no trace."""

from __future__ import annotations

import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.documents import ROOT
from tests.support.shell import namel3ss


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with an app that says what it is told."""
    shutil.copy(ROOT / "examples" / "seed" / "my_agent_app.ai", tmp_path)
    return tmp_path


def traced(folder: Path, arguments: dict[str, Any], **variables: str) -> str:
    """The trace of a run with these arguments, as it stands in the file."""
    words = ("debug", "trace", "my_agent_app.ai", "--run-args", json.dumps(arguments))
    done = namel3ss(*words, folder=folder, **variables)
    assert done.returncode == 0, done.stderr
    return (folder / "trace.jsonl").read_text("utf-8")


def test_the_value_of_a_variable_that_is_called_like_a_secret(folder: Path) -> None:
    """It is masked wherever it stands, without a word in the settings."""
    value = secrets.token_hex(12)
    assert value in traced(folder, {"input": f"Log in with {value}."})

    trace = traced(folder, {"input": f"Log in with {value}."}, DEPLOY_TOKEN=value)

    assert value not in trace
    assert "Log in with ***." in trace


def test_names_patterns_and_variables_of_the_settings(folder: Path) -> None:
    """Each of the three keys of `debug.json` keeps its part out, and nothing else."""
    (folder / ".namel3ss").mkdir()
    settings = {"redact_keys": ["customer"], "redact_patterns": ["K-[0-9]+"], "redact_environment": ["ACME_*"]}
    (folder / ".namel3ss" / "debug.json").write_text(json.dumps(settings))
    arguments = {"input": "Order K-123456 with correct-horse for nobody", "customer": "Ann Onymous"}

    trace = traced(folder, arguments, ACME_PIN="correct-horse")

    assert not any(secret in trace for secret in ("K-123456", "correct-horse", "Ann Onymous"))
    assert "Order *** with *** for nobody" in trace


def test_a_trace_without_masking_says_so(folder: Path) -> None:
    """Masking is switched off by name only, and whoever opens the trace can see that it was."""
    trace = traced(folder, {"input": "hi", "password": "hunter22"}, NAMEL3SS_DEBUG_MASK_SECRETS="false")

    assert "hunter22" in trace
    assert json.loads(trace.splitlines()[0])["metadata"]["secrets"] == "shown"
    assert "hunter22" not in traced(folder, {"input": "hi", "password": "hunter22"})
