"""The calls of a run as a tree, by the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dap_adapter import tree
from namel3ss_dbg.events import TraceEvent, closes, opens
from namel3ss_dbg.timeline.session import DebugSession
from tests.support.dap_client import DapClient
from tests.support.linking import Oracle
from tests.support.runs import runs
from tests.support.stories import Story, weather, write_trace


def _children(client: DapClient, parent: int | None = None, **arguments: Any) -> list[dict[str, Any]]:
    """All children, however often one has to ask."""
    found: list[dict[str, Any]] = []
    if parent is not None:
        arguments["parent"] = parent
    while True:
        page = client.ask("n3/children", **arguments)
        found += page["children"]
        if not page["more"]:
            return found
        arguments["after"] = page["after"]


def _shown(client: DapClient, **arguments: Any) -> dict[int, Any]:
    """The whole tree: by moment what is in it, opened wherever something is said to be."""

    def inside(parent: int | None) -> dict[int, Any]:
        nodes = _children(client, parent, **arguments)
        return {each["moment"]: inside(each["moment"]) if each["hasChildren"] else {} for each in nodes}

    return inside(None)


def test_the_tree_comes_by_the_page(client: DapClient, parallel_trace: Path) -> None:
    """Calls and points in a call, with how they ended."""
    client.begin(parallel_trace)
    (root,) = client.ask("n3/children")["children"]
    assert (root["label"], root["end"], root["hasChildren"], root["status"]) == ("app demo", 9, True, "completed")
    page = client.ask("n3/children", parent=1, count=1)
    assert ([each["moment"] for each in page["children"]], page["more"], page["after"]) == ([2], True, 2)
    rest = client.ask("n3/children", parent=1, after=page["after"])
    (rome,) = rest["children"]
    assert (rome["moment"], rome["status"], rome["lane"], rome["durationMs"]) == (3, "failed", 1, 400.0)

    inside = client.ask("n3/children", parent=3)["children"]
    assert [(each["moment"], each["hasChildren"]) for each in inside] == [(4, False), (6, False)]
    assert client.ask("n3/children", parent=1, start=1)["children"] == [rome]
    assert client.refused("n3/children", parent=99).id == 3006
    assert [each["moment"] for each in client.ask("n3/path", moment=4)["path"]] == [0, 1, 3]


def test_a_call_with_nothing_in_it_has_no_children(client: DapClient, parallel_trace: Path) -> None:
    """Also when others happened while it ran."""
    client.begin(parallel_trace)

    assert [each["hasChildren"] for each in _children(client, 1)] == [False, True]
    assert _shown(client) == {0: {1: {2: {}, 3: {4: {}, 6: {}}}}}


def test_an_error_is_counted_where_it_was_first_seen(client: DapClient, parallel_trace: Path) -> None:
    """Once, however many calls it went through."""
    client.begin(parallel_trace)

    assert [each["errors"] for each in client.ask("n3/path", moment=6)["path"]] == [1, 1, 1]
    assert [each["errors"] for each in _children(client, 1)] == [0, 1]
    assert [each["errors"] for each in _children(client, 3)] == [0, 1]


def test_failures_without_an_error_event_count_too(client: DapClient, tmp_path: Path) -> None:
    """The innermost that failed; what failed because of it is the same error."""
    story = Story()
    story.start("app_load", "demo")
    story.start("agent_execution", "Helper")
    for _ in range(2):
        story.start("validation", "fits")
        story.end(failed="no")
    story.start("tool_call", "get")
    story.end(failed="HTTPError")
    story.end(failed="HTTPError")
    story.end()
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))

    assert [each["errors"] for each in client.ask("n3/path", moment=6)["path"]] == [3, 3, 1]


def test_only_what_has_errors(client: DapClient, parallel_trace: Path) -> None:
    """And the way to it."""
    client.begin(parallel_trace)

    assert _shown(client, errorsOnly=True) == {0: {1: {3: {6: {}}}}}
    assert client.refused("n3/children", errorsOnly="yes").id == 1004


def test_only_what_fits(client: DapClient, weather_trace: Path) -> None:
    """By component, by what is in the label, or by both; the calls around it are shown, too."""
    client.begin(weather_trace)

    assert _shown(client, filter={"components": ["tool"]}) == {0: {1: {2: {5: {}}}}}
    assert _shown(client, filter={"text": "WEATHER"}) == {0: {1: {2: {5: {}}}}}
    assert _shown(client, filter={"text": "turn 2"}) == {0: {1: {8: {}}}}
    assert _shown(client, filter={"text": "openai", "components": ["llm"]}) == {0: {1: {2: {3: {}}, 8: {9: {}}}}}
    assert _shown(client, filter={"text": "openai", "components": ["tool"]}) == {}
    assert _shown(client, filter={}) == _shown(client)
    assert _shown(client, filter={"components": ["llm"]}, errorsOnly=True) == {}
    assert client.refused("n3/children", filter={"components": "tool"}).id == 1004
    assert client.refused("n3/children", filter="tool").id == 1004
    assert client.refused("n3/children", filter={"text": 7}).id == 1004


def test_a_request_looks_at_little_and_goes_on(
    client: DapClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without time a page may be empty; asking again comes to the end, and misses nothing."""
    story = Story()
    story.start("app_load", "demo")
    for number in range(3_000):
        story.start("tool_call", "rare" if number % 1_000 == 700 else "common")
        story.end()
    story.end()
    client.begin(write_trace(tmp_path / "t.jsonl", story.events))
    while not client.ask("n3/position")["complete"]:
        pass
    monkeypatch.setattr(tree, "_WITHIN_S", -1.0)

    pages = 0
    found: list[int] = []
    arguments: dict[str, Any] = {"parent": 0, "filter": {"components": ["tool"], "text": "rare"}}
    more = True
    while more:
        page = client.ask("n3/children", **arguments)
        found += (each["moment"] for each in page["children"])
        arguments["after"], more, pages = page["after"], page["more"], pages + 1

    assert found == [1 + 2 * number for number in (700, 1_700, 2_700)]
    assert pages > 10


def test_a_tree_grows_with_its_trace(client: DapClient, tmp_path: Path) -> None:
    """What is written later is counted and found, too."""
    events = weather()
    lines = write_trace(tmp_path / "t.jsonl", events).read_bytes().splitlines(keepends=True)
    path = tmp_path / "t.jsonl"
    path.write_bytes(b"".join(lines[:4]))
    client.launch(trace=str(path), follow=True, request="attach", positionEvents=True)
    client.take_sources()
    client.stopped()
    client.expect("n3/position")
    assert _shown(client, filter={"components": ["llm"]}) == {0: {1: {2: {3: {}}}}}
    with path.open("ab") as file:
        file.write(b"".join(lines[4:]))
    while client.expect("n3/position")["events"] < len(events):
        pass

    assert _shown(client, filter={"components": ["llm"]}) == {0: {1: {2: {3: {}}, 8: {9: {}}}}}


class _Slow:
    """The tree in the plainest way."""

    def __init__(self, events: list[TraceEvent]) -> None:
        self.events = events
        self.rows = Oracle([event.to_dict() for event in events]).rows

    def inside(self, parent: int) -> list[int]:
        """What is directly in a call, and happened before its end."""
        end = self.rows[parent].match if parent >= 0 else -1
        last = end if end >= 0 else len(self.rows)
        nodes = [row for row in range(parent + 1, last) if not closes(self.events[row].event_type)]
        return [row for row in nodes if self.rows[row].parent == parent]

    def errors(self, row: int) -> int:
        """In a call or a single event."""
        event, end = self.events[row], self.rows[row].match
        if not opens(event.event_type):
            return int(event.event_type == "error_occurred")
        children = [each for each, linked in enumerate(self.rows) if linked.parent == row]
        count = sum(self.errors(each) for each in children if not closes(self.events[each].event_type))
        failed = end >= 0 and self.events[end].status == "failed"
        return count or int(failed)

    def shown(self, parent: int, components: list[str], *, errors_only: bool) -> dict[int, Any]:
        """By moment what is in it."""
        found = {row: self.shown(row, components, errors_only=errors_only) for row in self.inside(parent)}
        return {
            row: more for row, more in found.items() if more or self._fits(row, components, errors_only=errors_only)
        }

    def _fits(self, row: int, components: list[str], *, errors_only: bool) -> bool:
        fits = not components or self.events[row].component in components
        return fits and (not errors_only or self.errors(row) > 0)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(runs(most=30), st.lists(st.sampled_from(["agent", "llm", "tool", "app"]), max_size=2), st.booleans())
def test_a_tree_is_what_a_slow_one_is(
    tmp_path: Path, events: list[TraceEvent], components: list[str], errors_only: bool
) -> None:
    """Of any run, filtered in any way: the same nodes, and the same errors in each."""
    slow = _Slow(events)
    with DapClient.inside() as client:
        client.begin(write_trace(tmp_path / "t.jsonl", events))
        shown = _shown(client, filter={"components": components}, errorsOnly=errors_only)
        assert shown == slow.shown(-1, components, errors_only=errors_only)
        for parent in (-1, *(row for row, event in enumerate(events) if opens(event.event_type))):
            for node in _children(client, parent):
                assert node["errors"] == slow.errors(node["moment"])
                assert node["hasChildren"] is bool(opens(node["kind"] + "_start") and slow.inside(node["moment"]))


@given(runs(most=60), st.integers(-1, 20), st.integers(-1, 40), st.integers(0, 60))
def test_rows_are_found_in_the_column(
    tmp_path_factory: pytest.TempPathFactory, events: list[TraceEvent], parent: int, after: int, before: int
) -> None:
    """As bytes, in whatever part of it."""
    path = write_trace(tmp_path_factory.getbasetemp() / "rows.jsonl", events)
    with DebugSession.open(path) as session:
        columns = session.timeline.columns
        before = min(before, columns.count)

        assert list(columns.inside(parent, after, before)) == [
            row for row in range(after + 1, before)
            if columns.parent[row] == parent and not closes(columns.shape_at(row).event_type)
        ]  # fmt: skip
