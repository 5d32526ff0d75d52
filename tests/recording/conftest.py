"""What the tests of recording share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from namel3ss_dbg.recording import current
from namel3ss_dbg.recording.span import here


@pytest.fixture
def untraced(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that is not traced, and in no span that another test left open, unless its test says so."""
    monkeypatch.setattr(current, "_own", None)
    monkeypatch.setattr(current, "_is_decided", True)
    token = here.set(None)
    yield
    here.reset(token)
