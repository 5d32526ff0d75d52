"""Whole values, to be shown as documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dap_adapter.documents import Document
from tests.support.dap_client import DapClient


def test_a_value_of_an_event(client: DapClient, weather_trace: Path) -> None:
    """By its path; a text as it is, and anything else as JSON."""
    client.begin(weather_trace)

    text = client.ask("n3/value", moment=3, path=["inputs", "messages", 0, "content"])
    assert text == {"moment": 3, "text": "Weather in Oslo?", "mediaType": "text/plain"}
    messages = client.ask("n3/value", moment=3, path=["inputs", "messages"])
    assert json.loads(messages["text"]) == [{"role": "user", "content": "Weather in Oslo?"}]
    assert messages["mediaType"] == "application/json"
    assert json.loads(client.ask("n3/value")["text"])["event_type"] == "app_load_start"


@pytest.mark.parametrize(
    ("path", "problem", "sentence"),
    [
        (["inputs", "mesages"], 3003, 'Event #3 has no ["inputs"]["mesages"].'),
        (["inputs", "messages", 1], 3003, 'Event #3 has no ["inputs"]["messages"][1].'),
        (["inputs", "messages", -1], 3003, 'Event #3 has no ["inputs"]["messages"][-1].'),
        (["inputs", "messages", True], 3003, 'Event #3 has no ["inputs"]["messages"][true].'),
        (["component", 0], 3003, 'Event #3 has no ["component"][0].'),
        ("inputs", 1004, "a list is needed for 'path'"),
    ],
)
def test_a_value_that_is_not_there(
    client: DapClient, weather_trace: Path, path: object, problem: int, sentence: str
) -> None:
    """Is refused, and says how far the path goes wrong."""
    client.begin(weather_trace)
    refusal = client.refused("n3/value", moment=3, path=path)

    assert (refusal.id, refusal.text) == (problem, sentence)


@pytest.mark.parametrize(
    ("value", "media_type"),
    [
        ({"a": 1}, "application/json"),
        (None, "application/json"),
        ('{"a": [1]}', "application/json"),
        ("{{ name }} is", "text/plain"),
        ("[see below] and more", "text/plain"),
        ("[" * 100_000, "text/plain"),
        ("Just a - text * with signs", "text/plain"),
        ("# Heading\ntext", "text/markdown"),
        ("a\n\n- one\n- two", "text/markdown"),
        ("```python\nx\n```", "text/markdown"),
        ("It is **cold**.", "text/markdown"),
        ("see [here](https://example.org)", "text/markdown"),
    ],
)
def test_what_a_value_looks_like(value: Any, media_type: str) -> None:
    """Decides how it is shown."""
    assert Document(value).media_type == media_type
