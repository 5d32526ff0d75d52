from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from namel3ss_dbg.events import ProgramError
from namel3ss_dbg.recording import ExecutionTracer
from namel3ss_dbg.runtimes.brace.interpreter import Interpreter, entry_of
from namel3ss_dbg.trace.settings import DebugConfiguration
from tests.support.brace import program, record, run

CHAIN = 'chain C { step s { kind: template, "c" } }\n'
AGENT = "agent A {}\n"
PROMPT = 'prompt P { "x" }\n'


class TestEntry:
    @pytest.mark.parametrize(
        ("source", "name", "found"),
        [
            (CHAIN + AGENT + PROMPT, "A", ("agent", "A")),
            (CHAIN + AGENT + PROMPT, "P", ("prompt", "P")),
            ('app X { start: "A" }\n' + CHAIN + AGENT, None, ("agent", "A")),
            ('app X { start: "A" }\n' + CHAIN + AGENT, "C", ("chain", "C")),
            (CHAIN + AGENT + "agent B {}", None, ("chain", "C")),
            (AGENT + PROMPT, None, ("agent", "A")),
            (AGENT + "agent B {}\nB.ask('x')", None, ("asks", "app")),
            (PROMPT, None, ("prompt", "P")),
        ],
    )
    def test_what_runs_is_found(self, source: str, name: str | None, found: tuple[str, str]) -> None:
        """The one that is named, the app's start, the only chain, the only agent, the asks, the only prompt."""
        assert entry_of(program(source), name) == found

    def test_an_ask_goes_before_the_only_agent_when_nothing_is_asked(self) -> None:
        """A program that asks its agent itself needs no input; with one, the agent answers that."""
        made = program(AGENT + "A.ask('x')")

        assert entry_of(made, None, has_input=False) == ("asks", "app")
        assert entry_of(made, None, has_input=True) == ("agent", "A")

    @pytest.mark.parametrize(
        ("source", "name", "message"),
        [
            (
                CHAIN + "agent Anna {}",
                "Ana",
                "There is no chain, agent or prompt 'Ana'. Declared chains: C; agents: Anna. Did you mean 'Anna'?",
            ),
            (
                AGENT + "agent B {}\n" + PROMPT + 'prompt Q { "y" }',
                None,
                "It is not clear what app.ai should run: agents: A, B; prompts: P, Q. Name one: --entry NAME.",
            ),
            (
                "",
                None,
                "It is not clear what app.ai should run: it declares no chain, agent or prompt. "
                "Name one: --entry NAME.",
            ),
        ],
    )
    def test_what_cannot_be_found_is_told(self, source: str, name: str | None, message: str) -> None:
        """The choices are named."""
        with pytest.raises(ProgramError) as caught:
            entry_of(program(source), name)

        assert str(caught.value) == message


class TestRun:
    def test_asks_are_run_in_their_order(self, tmp_path: Path) -> None:
        """Each gives its response; an object gives the agent its context."""
        source = "agent A {}\nagent B {}\nB.ask('one')\nA.ask({ input: 'two', city: 'Oslo' })"
        done = run(source, tmp_path)

        assert done.result == ["You asked: one", "You asked: two"]
        assert [event.component_name for event in done.of("agent_execution_start")] == ["B", "A"]
        assert (done.of("agent_execution_start")[1].inputs or {})["context"] == {"city": "Oslo"}

    def test_a_single_ask_gives_its_response(self, tmp_path: Path) -> None:
        """Not a list of one."""
        assert run("agent A {}\nA.ask('one')", tmp_path).result == "You asked: one"

    def test_other_arguments_are_the_context_of_an_agent(self, tmp_path: Path) -> None:
        """`input` is the question, everything else is told below it."""
        start = run("agent A {}", tmp_path, {"input": "q", "city": "Oslo"}).only("agent_execution_start")

        assert start.inputs == {"input": "q", "context": {"city": "Oslo"}}

    def test_every_run_begins_afresh(self, tmp_path: Path) -> None:
        """Rules that answer so many times, and memories, start anew with each run of one interpreter."""
        made = program(
            """
            llm m { rules: [ { times: 1, answer: "first" }, { answer: "later" } ] }
            agent A { llm: m, memory: full_history }
            """
        )

        async def twice(tracer: ExecutionTracer) -> list[str]:
            interpreter = Interpreter(made, tracer, tools_dir=tmp_path)
            return [await interpreter.run(None, {"input": "x"}) for _ in range(2)]

        done = record(twice, tmp_path / "t.jsonl")

        assert done.result == ["first", "first"]
        assert [len((event.inputs or {})["messages"]) for event in done.of("llm_call_start")] == [1, 1]

    def test_two_runs_leave_the_same_trace(self, tmp_path: Path) -> None:
        """Offline, everything but ids, times and durations is the same."""
        source = """
            llm m { rules: [ { where: role == "user", tools: [{ tool: t }, { tool: t }] } ] }
            tool t { answer: 1 }
            agent A { llm: m, tools: [t] }
            agent B {}
            chain C { parallel { step a { kind: agent, target: A }
                                 step b { kind: agent, target: B } } }
        """
        seen = [
            [(event.event_type, event.inputs, event.outputs, event.metadata) for event in done.events[1:-1]]
            for done in (run(source, tmp_path, {"input": "x"}) for _ in range(3))
        ]

        assert seen[0] == seen[1] == seen[2]

    def test_positions_are_those_of_the_declarations(self, tmp_path: Path) -> None:
        """Each span stands where its declaration does, each step where it is written."""
        source = (
            'llm m { rules: [ { where: role == "user", tool: t } ] }\n'  # 1
            "tool t { answer: 1 }\n"  # 2
            "agent A { llm: m, tools: [t] }\n"  # 3
            'prompt P { llm: m, output: { n: integer }, "x" }\n'  # 4
            "chain C {\n"  # 5
            "    steps {\n"  # 6
            "        step a { kind: agent, target: A }\n"  # 7
            "        step p { kind: prompt, target: P, inputs: { x: 1 }, stop_on_error: false }\n"  # 8
            "    }\n"
            "}\n"
        )
        done = run(source, tmp_path, {"input": "x"}, entry="C")
        places = {
            (event.span, (event.metadata or {})["source"]["line"], (event.metadata or {})["source"]["column"])
            for event in done.events
            if event.component != "app" and event.span not in ("error_occurred",)
        }

        assert places == {
            ("chain_execution", 5, 1),
            ("chain_step", 7, 9),
            ("chain_step", 8, 9),
            ("agent_execution", 3, 1),
            ("agent_turn", 3, 1),
            ("llm_call", 1, 1),
            ("tool_call", 2, 1),
            ("prompt_execution", 4, 1),
            ("validation", 4, 1),
        }
        assert {(event.metadata or {})["source"]["file"] for event in done.events[1:-1]} == {"app.ai"}


def test_a_program_runs_untraced(tmp_path: Path) -> None:
    """With tracing off the program does the same and writes nothing."""
    tracer = ExecutionTracer(DebugConfiguration(enabled=False))
    interpreter = Interpreter(program(CHAIN), tracer, tools_dir=tmp_path)

    assert asyncio.run(interpreter.run(None, {})) == "c"
    assert list(tmp_path.iterdir()) == []
