"""How what a model was asked is read."""

from __future__ import annotations

from typing import Any

import pytest

from namel3ss_dbg.render.asked import asked

USER, EARLIER = {"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Yes?"}
SYSTEM = {"role": "system", "content": "Be brief."}


@pytest.mark.parametrize(
    ("inputs", "messages"),
    [
        ({"messages": [EARLIER, USER]}, [EARLIER, USER]),
        ({"messages": [USER], "system": "Be brief."}, [SYSTEM, USER]),
        ({"prompt": "Hi"}, [USER]),
        ({"prompt": [EARLIER, USER]}, [EARLIER, USER]),
        ({"prompt": USER}, [USER]),
        ({"prompt": {"city": "Oslo"}}, [{"role": "user", "content": {"city": "Oslo"}}]),
        ({"user_prompt": "Hi", "system_prompt": "Be brief."}, [SYSTEM, USER]),
        ({"prompt": "Hi", "history": [EARLIER]}, [EARLIER, USER]),
        ({"llm": "own", "model": "m", "stop": "end", "q": "Hi"}, [USER]),
        ({"q": "Hi", "system": "Be brief."}, [SYSTEM, USER]),
        ({"args": ["Hi"]}, [USER]),
        ({"messages": ["Hi", 7]}, ["Hi", 7]),
        ({"prompt": ["Hi", EARLIER]}, [USER, EARLIER]),
        ({"messages": [], "prompt": "", "k": 4}, []),
        ({"model": "m", "tools": ["find"]}, []),
        ({}, []),
    ],
)
def test_whatever_it_is_called(inputs: dict[str, Any], messages: list[Any]) -> None:
    """A list of messages, a prompt, a system's prompt, or the one input that speaks."""
    found = asked(inputs)

    assert found.messages == messages
    assert found.names <= set(inputs)
    assert bool(found.names) == bool(messages)
