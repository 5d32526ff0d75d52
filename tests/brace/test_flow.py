from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from namel3ss_dbg.events import DivergenceError
from namel3ss_dbg.runtimes.brace.flow import DEEPEST
from namel3ss_dbg.runtimes.brace.interpreter import Interpreter
from namel3ss_dbg.runtimes.brace.nodes import Tool
from tests.support.brace import Recorded, program, record, run


def steps(tmp_path: Path, body: str, more: str = "", **arguments: Any) -> Recorded:
    """What a chain with these steps does."""
    return run(f"{more}\nchain C {{\n{body}\n}}", tmp_path, arguments or {"input": "in"}, entry="C")


def say(name: str, text: str) -> str:
    return f'step {name} {{ kind: template, template: "{text}" }}\n'


class TestSequence:
    def test_later_steps_see_earlier_ones(self, tmp_path: Path) -> None:
        """Output, result, status and inputs of a step can be named afterwards."""
        body = say("a", "{{ input }}1") + say(
            "b", "{{ steps.a.output }}{{ steps.a.result }} {{ steps.a.status }} {{ steps.a.inputs | json }}"
        )

        assert steps(tmp_path, body).result == "in1in1 completed {}"

    def test_a_chain_says_what_it_takes_and_gives(self, tmp_path: Path) -> None:
        """The input under its key, the payload, and the result."""
        done = run(
            'chain C { input_key: "question", steps { step a { kind: template, "{{ input }} {{ payload.n }}" } } }',
            tmp_path,
            {"question": "q", "n": 2},
        )

        assert done.only("chain_execution_start", "C").inputs == {"question": "q", "n": 2}
        assert done.only("chain_execution_end", "C").outputs == {"result": "q 2"}

    def test_an_output_is_what_the_chain_returns(self, tmp_path: Path) -> None:
        """Instead of what the last step gave."""
        assert steps(tmp_path, say("a", "1") + say("b", "2") + "output: steps.a.output").result == "1"

    def test_an_empty_chain_returns_its_input(self, tmp_path: Path) -> None:
        """Nothing was done to it."""
        assert steps(tmp_path, "").result == "in"

    def test_without_an_input_it_is_empty(self, tmp_path: Path) -> None:
        """A chain can be run without arguments."""
        assert steps(tmp_path, say("a", "<{{ input }}>"), n=1).result == "<>"

    def test_an_unknown_step_is_told_with_its_place(self, tmp_path: Path) -> None:
        """The error is recorded within the step that names it, and points into the program."""
        done = steps(
            tmp_path, say("a", "1") + 'step b { kind: agent, target: A, inputs: "{{ steps.x.output }}" }', "agent A {}"
        )

        assert str(done.problem).startswith(
            "app.ai:4:52: 'steps.x.output' cannot be evaluated: there is no 'x' in it. Keys: a."
        )
        assert done.path(done.only("error_occurred")) == ["app_load test", "chain_execution C", "chain_step b"]
        assert (done.only("error_occurred").metadata or {})["source"]["line"] == 4


class TestErrors:
    BROKEN = 'tool broken { fail: "no power" }'

    def test_a_failing_step_stops_the_chain(self, tmp_path: Path) -> None:
        """What comes later does not run; the error is recorded once, and all spans above fail."""
        done = steps(tmp_path, "step a { kind: tool, target: broken }\n" + say("b", "x"), self.BROKEN)

        assert str(done.problem) == "The tool 'broken' failed: no power."
        assert done.of("chain_step_start", "b") == []
        assert done.path(done.only("error_occurred"))[-1] == "tool_call broken"
        assert [event.status for event in done.events if event.closes] == ["failed"] * 4

    def test_a_step_may_fail_without_stopping(self, tmp_path: Path) -> None:
        """The chain goes on, and can tell that the step failed and why."""
        body = "step a { kind: tool, target: broken, stop_on_error: false }\n" + say(
            "b", "{{ steps.a.status }}: {{ steps.a.error }} {{ steps.a.output }}"
        )
        done = steps(tmp_path, body, self.BROKEN)

        assert done.result == "failed: The tool 'broken' failed: no power. null"
        assert (done.only("chain_step_end", "a").status, done.only("chain_execution_end").status) == (
            "failed",
            "completed",
        )

    def test_a_chain_within_a_chain_is_recorded_inside_its_step(self, tmp_path: Path) -> None:
        """Spans nest as the program does."""
        inner = self.BROKEN + "\nchain Inner { step x { kind: tool, target: broken } }"
        done = steps(tmp_path, "step a { kind: chain, target: Inner, continue_on_error: true }", inner)

        assert done.result is None
        assert done.path(done.only("error_occurred")) == [
            "app_load test",
            "chain_execution C",
            "chain_step a",
            "chain_execution Inner",
            "chain_step x",
            "tool_call broken",
        ]

    def test_chains_cannot_call_one_another_for_ever(self, tmp_path: Path) -> None:
        """A program that was changed after it was checked ends with a sentence."""
        made = program(f"chain C {{ {say('a', 'x')} }}")
        step = attrs.evolve(made.chains["C"].body[0], kind="chain", target="C", template=None)  # type: ignore[arg-type]
        made.chains["C"] = attrs.evolve(made.chains["C"], body=(step,))
        done = record(lambda tracer: Interpreter(made, tracer, tools_dir=tmp_path).run("C", {}), tmp_path / "t.jsonl")

        assert str(done.problem) == (
            "The chain 'C' is called too deeply: more than 32 chains call one another. "
            "Let one of them end without calling the next."
        )
        assert len(done.of("chain_execution_end")) == DEEPEST + 1
        assert len(done.of("error_occurred")) == 1

    @pytest.mark.parametrize("step", ["kind: tool, target: t", "kind: agent, target: A"])
    def test_what_is_no_failure_of_the_program_is_never_swallowed(self, tmp_path: Path, step: str) -> None:
        """A rerun that leaves its recording ends, also within an agent and a step that may fail."""

        class LeftTheTape:
            async def call(self, tool: Tool, arguments: dict[str, Any]) -> Any:
                raise DivergenceError("The rerun asked for something else")

        source = f"""
            llm m {{ rules: [ {{ where: role == "user", tool: t }} ] }}
            tool t {{}}
            agent A {{ llm: m, tools: [t] }}
            chain C {{ step s {{ {step}, stop_on_error: false }} }}
        """
        done = run(source, tmp_path, {"input": "x"}, tools=LeftTheTape())

        assert isinstance(done.problem, DivergenceError)
        assert {event.status for event in done.events if event.closes and event.span != "llm_call"} == {"failed"}
        assert len(done.of("error_occurred")) == 1


class TestIf:
    @pytest.mark.parametrize(("given", "result"), [(12, "many"), (7, "some"), (1, "few")])
    def test_one_branch_runs(self, tmp_path: Path, given: int, result: str) -> None:
        """The first whose condition is true, else the last."""
        body = (
            f"if input > 10 {{ {say('a', 'many')} }} elif input > 5 {{ {say('b', 'some')} }} "
            f"else {{ {say('c', 'few')} }}"
        )
        done = steps(tmp_path, body, input=given)

        assert done.result == result
        assert len(done.of("chain_step_start")) == 1

    def test_without_a_true_branch_the_value_stays(self, tmp_path: Path) -> None:
        """What came before is what the next step takes in."""
        assert steps(tmp_path, say("a", "1") + f"if false {{ {say('b', '2')} }}").result == "1"

    def test_a_condition_that_cannot_be_evaluated_is_told(self, tmp_path: Path) -> None:
        """It belongs to the chain and points at the branch."""
        done = steps(tmp_path, f"if nothing > 1 {{ {say('a', 'x')} }}")

        assert str(done.problem).startswith(
            "app.ai:3:1: 'nothing > 1' cannot be evaluated: there is no 'nothing' here. "
            "Known here: input, payload, steps."
        )
        assert done.path(done.only("error_occurred"))[-1] == "chain_execution C"


class TestLoops:
    def test_for_goes_through_a_list(self, tmp_path: Path) -> None:
        """Each round knows its item and its number, and so does the trace."""
        body = f"for x in input {{ {say('a', '{{ x }}{{ loop.index }}/{{ loop.length }}')} }}"
        done = steps(tmp_path, body, input=["p", "q"])

        assert done.result == "q2/2"
        assert [(event.metadata or {})["iteration"] for event in done.of("chain_step_start", "a")] == [1, 2]
        assert [event.outputs for event in done.of("chain_step_end", "a")] == [{"result": "p1/2"}, {"result": "q2/2"}]

    def test_the_variable_of_a_loop_is_forgotten_after_it(self, tmp_path: Path) -> None:
        """It is unknown outside."""
        done = steps(tmp_path, f"for x in input {{ {say('a', '{{ x }}')} }}\n" + say("b", "{{ x }}"), input=[1])

        assert "there is no 'x' here" in str(done.problem)

    def test_for_wants_a_list(self, tmp_path: Path) -> None:
        """A number cannot be gone through."""
        done = steps(tmp_path, f"for x in input {{ {say('a', 'x')} }}", input=3)

        assert str(done.problem).startswith("app.ai:3:1: 'input' is not a list, so nothing can go through it.")

    def test_while_runs_until_its_condition_is_false(self, tmp_path: Path) -> None:
        """The condition sees what the body did."""
        count = "{{ (steps.a.output | default(0)) + 1 }}"
        done = steps(tmp_path, f"while not defined(steps.a) or steps.a.output < 3 {{ {say('a', count)} }}")

        assert done.result == 3
        assert [(event.metadata or {})["iteration"] for event in done.of("chain_step_start", "a")] == [1, 2, 3]

    def test_a_while_that_does_not_end_is_ended(self, tmp_path: Path) -> None:
        """After `max_iterations` rounds it is an error that names the condition."""
        done = steps(tmp_path, f"while true {{ max_iterations: 3\n{say('a', 'x')} }}")

        assert str(done.problem).startswith("app.ai:3:1: 'while true' is still true after 3 rounds. Look at ")
        assert len(done.of("chain_step_end")) == 3


class TestParallel:
    def test_all_run_at_once(self, tmp_path: Path) -> None:
        """Each waits for the other, so that one after the other would never end; the outputs come by name."""
        (tmp_path / "tools.py").write_text(
            "import asyncio\nmet = asyncio.Barrier(2)\n"
            "async def a():\n  await met.wait()\n  return 1\n"
            "async def b():\n  await met.wait()\n  return 2\n"
        )
        body = "parallel { step x { kind: tool, target: a }\nstep y { kind: tool, target: b } }"

        assert steps(tmp_path, body, "tool a {}\ntool b {}").result == {"x": 1, "y": 2}

    def test_branches_begin_with_the_same_value(self, tmp_path: Path) -> None:
        """What came before the block goes into each of its statements."""
        body = say("a", "before") + "parallel { step x { kind: llm, target: m }\nstep y { kind: llm, target: m } }"

        assert steps(tmp_path, body, "llm m {}").result == {"x": "You asked: before", "y": "You asked: before"}

    def test_a_failure_lets_the_others_finish(self, tmp_path: Path) -> None:
        """Then the chain fails with it; no span stays open."""
        (tmp_path / "tools.py").write_text(
            "import asyncio\nfailed = asyncio.Event()\n"
            "async def a():\n  failed.set()\n  raise ValueError('first')\n"
            "async def b():\n  await failed.wait()\n  for _ in range(100): await asyncio.sleep(0)\n  return 2\n"
        )
        body = "parallel { step x { kind: tool, target: a }\nstep y { kind: tool, target: b } }\n" + say("z", "no")
        done = steps(tmp_path, body, "tool a {}\ntool b {}")

        assert str(done.problem) == "The tool 'a' failed: ValueError: first."
        assert (done.only("chain_step_end", "x").status, done.only("chain_step_end", "y").status) == (
            "failed",
            "completed",
        )
        assert done.of("chain_step_start", "z") == []
        assert done.unpaired() == []

    def test_a_failure_that_does_not_stop_is_null(self, tmp_path: Path) -> None:
        """The others' outputs are there."""
        body = "parallel { step x { kind: tool, target: a, stop_on_error: false }\nstep y { kind: tool, target: b } }"
        done = steps(tmp_path, body, 'tool a { fail: "no" }\ntool b { answer: 2 }')

        assert done.result == {"x": None, "y": 2}


def test_a_cancelled_run_ends_its_spans(tmp_path: Path) -> None:
    """Every span that was open ends as cancelled, in every lane, and nothing is an error."""
    (tmp_path / "tools.py").write_text(
        "import asyncio\nbegun = asyncio.Barrier(3)\n"
        "async def wait():\n  await begun.wait()\n  await asyncio.Event().wait()\n"
    )
    made = program(
        """
        tool wait {}
        llm m { rules: [ { tool: wait } ] }
        agent A { llm: m, tools: [wait] }
        chain C { parallel { step x { kind: tool, target: wait }
                             step y { kind: agent, target: A } } }
        """
    )

    async def cancelled(tracer: Any) -> str:
        work = asyncio.ensure_future(Interpreter(made, tracer, tools_dir=tmp_path).run("C", {}))
        while tracer.execution().event_count < 10:
            await asyncio.sleep(0)
        work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            return "cancelled"
        return "went on"

    done = record(cancelled, tmp_path / "t.jsonl")

    assert done.result == "cancelled"
    assert done.unpaired() == []
    assert done.of("error_occurred") == []
    assert {event.status for event in done.of("tool_call_end")} == {"cancelled"}


def statements(depth: int) -> st.SearchStrategy[str]:
    """Random statements whose steps are numbered when they are put together."""
    step = st.sampled_from(
        [
            'step %s { kind: template, template: "t" }',
            "step %s { kind: tool, target: good }",
            "step %s { kind: tool, target: bad }",
            "step %s { kind: tool, target: bad, stop_on_error: false }",
            "step %s { kind: agent, target: A }",
            "step %s { kind: agent, target: Stubborn, continue_on_error: true }",
            "step %s { kind: prompt, target: P }",
            "step %s { kind: chain, target: Inner, continue_on_error: true }",
        ]
    )
    if depth == 0:
        return step
    inner = st.lists(statements(depth - 1), min_size=1, max_size=3).map("\n".join)
    return (
        step
        | inner.map(lambda body: f"parallel {{\n{body}\n}}")
        | inner.map(lambda body: f"for i in [1, 2] {{\n{body}\n}}")
        | inner.map(lambda body: f"if true {{\n{body}\n}}")
    )


WORLD = """
    llm m {
        latency_ms: 1
        rules: [ { where: role == "user", tools: [{ tool: good }, { tool: bad }, { tool: good }] } ]
    }
    llm again { rules: [ { tool: good } ] }
    tool good { answer: 1, delay_ms: 2 }
    tool bad { fail: "bad" }
    agent A { llm: m, tools: [good, bad] }
    agent Stubborn { llm: again, tools: [good], max_turns: 2 }
    prompt P { output: { n: integer }, "x" }
    chain Inner { steps { parallel {
        step p { kind: agent, target: A }
        step q { kind: tool, target: bad }
        step r { kind: agent, target: A }
    } } }
"""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(statements(2), min_size=1, max_size=4).map("\n".join))
def test_whatever_happens_the_trace_is_a_tree(tmp_path: Path, body: str) -> None:
    """Every start has exactly one end, every parent is the right kind of span, and errors are told once."""
    count = iter(range(1000))
    while "%s" in body:
        body = body.replace("%s", f"s{next(count)}", 1)
    done = run(f"{WORLD}\nchain C {{ steps {{\n{body}\n}} }}", tmp_path, {"input": "x"}, entry="C")

    assert done.unpaired() == []
    assert all((event.metadata or {}).get("source") for event in done.events if event.component != "app")
    parents = {
        "chain_step": {"chain_execution"},
        "agent_execution": {"chain_step"},
        "agent_turn": {"agent_execution"},
        "tool_call": {"agent_turn", "chain_step"},
        "llm_call": {"agent_turn", "prompt_execution"},
        "validation": {"prompt_execution"},
        "prompt_execution": {"chain_step"},
        "chain_execution": {"app_load", "chain_step"},
    }
    for event in done.events:
        if event.opens and event.span in parents:
            assert done.parent(event).span in parents[event.span]
    failed_leaves = [
        event
        for event in done.events
        if event.closes and event.status == "failed" and event.span in ("tool_call", "llm_call")
    ]
    stubborn = [event for event in done.of("agent_execution_end", "Stubborn") if event.status == "failed"]
    assert len(done.of("error_occurred")) == len(failed_leaves) + len(stubborn)
