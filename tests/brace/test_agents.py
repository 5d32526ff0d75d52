from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from namel3ss_dbg.runtimes.brace.agents import AgentError
from namel3ss_dbg.runtimes.brace.models import ModelAnswer, ModelError, Models
from tests.support.brace import ScriptedModel, run

WEATHER = """
    llm m {
        rules: [
            { where: role == "user", when: "weather in (\\w+)", tool: look, arguments: { city: "{{ match[1] }}" } }
            { where: role == "tool", when: "Error", answer: "I do not know." }
            { where: role == "tool", answer: "It is {{ prompt }}." }
        ]
    }
    tool look { python: "tools:look", parameters: { city: string } }
    agent A {
        llm: m
        prompt: "You help."
        tools: [look]
        max_turns: 3
    }
"""
TOOLS = """
def look(city):
    if city == "Atlantis":
        raise LookupError("no such city")
    return {"city": city, "celsius": 4}
"""


@pytest.fixture
def app(tmp_path: Path) -> Path:
    """A folder with the tools of the app."""
    (tmp_path / "tools.py").write_text(TOOLS)
    return tmp_path


class TestTurns:
    def test_an_answer_without_a_wish_is_the_response(self, app: Path) -> None:
        """One turn, one call of the model."""
        done = run(WEATHER, app, {"input": "Hello"})

        assert done.result == "You asked: Hello"
        assert done.types() == [
            "agent_execution_start",
            "agent_turn_start",
            "llm_call_start",
            "llm_call_end",
            "agent_turn_end",
            "agent_execution_end",
        ]
        assert done.only("agent_execution_end").outputs == {"response": "You asked: Hello", "turns": 1}

    def test_a_tools_result_goes_back_to_the_model(self, app: Path) -> None:
        """The next turn's question is what the tool said, and all of it is in the trace."""
        done = run(WEATHER, app, {"input": "The weather in Oslo?"})

        assert done.result == 'It is {"city": "Oslo", "celsius": 4}.'
        start, end = done.only("tool_call_start", "look"), done.only("tool_call_end", "look")
        assert (start.inputs, end.outputs) == ({"city": "Oslo"}, {"result": {"city": "Oslo", "celsius": 4}})
        assert (start.metadata or {})["call_id"] == "call_m_1"
        assert done.path(start) == ["app_load test", "agent_execution A", "agent_turn A"]
        second = done.of("llm_call_start")[1].inputs or {}
        assert [message["role"] for message in second["messages"]] == ["system", "user", "assistant", "tool"]
        assert second["messages"][3] == {
            "role": "tool",
            "content": '{"city": "Oslo", "celsius": 4}',
            "tool": "look",
            "call_id": "call_m_1",
        }

    def test_turns_are_numbered_and_say_what_they_were_asked(self, app: Path) -> None:
        """A turn knows its number at both ends, its question, and what came out."""
        done = run(WEATHER, app, {"input": "The weather in Oslo?"})
        starts, ends = done.of("agent_turn_start"), done.of("agent_turn_end")

        assert [event.inputs for event in starts] == [
            {"turn": 1, "input": "The weather in Oslo?"},
            {"turn": 2, "input": '{"city": "Oslo", "celsius": 4}'},
        ]
        assert [(event.metadata or {})["turn"] for event in starts + ends] == [1, 2, 1, 2]
        assert [sorted(event.outputs or {}) for event in ends] == [["response", "tool_calls"], ["response"]]

    def test_a_tool_that_fails_is_told_to_the_model(self, app: Path) -> None:
        """The agent goes on; the failure is in the trace once, with where it was raised."""
        done = run(WEATHER, app, {"input": "The weather in Atlantis?"})

        assert done.result == "I do not know."
        error = done.only("error_occurred")
        assert (error.component, error.component_name, error.error) == ("tool", "look", "LookupError: no such city")
        assert (error.metadata or {})["raised_at"] == "tools.py:4 in look"
        assert done.only("tool_call_end").status == "failed"
        assert {event.status for event in done.of("agent_turn_end")} == {"completed"}
        assert (done.of("agent_turn_start")[1].inputs or {})["input"] == (
            "Error: The tool 'look' failed: LookupError: no such city."
        )

    def test_wrong_arguments_are_told_to_the_model(self, app: Path) -> None:
        """A call that does not fit the parameters never reaches the function."""
        source = WEATHER.replace('city: "{{ match[1] }}"', "town: 3")
        done = run(source, app, {"input": "The weather in Oslo?"})

        assert done.result == "I do not know."
        assert done.only("error_occurred").error == (
            "ToolError: The arguments do not fit the tool 'look': $.city is missing; $.town is not known; known: city."
        )

    def test_max_turns_ends_an_agent(self, tmp_path: Path) -> None:
        """The last turn that still wishes for a tool is an error of the agent, told once."""
        done = run(
            """
            llm m { rules: [ { tool: again } ] }
            tool again { answer: 1 }
            agent A { llm: m, tools: [again], max_turns: 2 }
            """,
            tmp_path,
            {"input": "x"},
        )

        assert isinstance(done.problem, AgentError)
        assert str(done.problem) == (
            "The agent 'A' did not finish in 2 turns: its last turn still asked for again. "
            "Look at why its model keeps asking, or raise max_turns (app.ai:4)."
        )
        error = done.only("error_occurred")
        assert (error.component, error.component_name) == ("agent", "A")
        assert done.path(error) == ["app_load test", "agent_execution A"]
        assert done.only("agent_execution_end").status == "failed"
        assert len(done.of("agent_turn_end")) == 2

    def test_a_failing_model_fails_the_agent(self, tmp_path: Path) -> None:
        """The error is told where it was first seen, and every span above ends as failed."""
        done = run('llm m { rules: [ { fail: "overloaded" } ] }\nagent A { llm: m }', tmp_path, {"input": "x"})

        assert isinstance(done.problem, ModelError)
        assert done.path(done.only("error_occurred"))[-1] == "llm_call offline"
        assert [event.error for event in done.events if event.closes and event.component != "app"] == (
            ["ModelError: The llm 'm' failed: overloaded."] * 3
        )

    def test_an_unexpected_error_of_a_model_is_told_as_a_sentence(self, tmp_path: Path) -> None:
        """Whatever a provider raises, its own type is in the trace and a sentence reaches the person."""
        model = ScriptedModel([ConnectionResetError("peer")])
        done = run(
            'llm m { provider: "x" }\nagent A {}', tmp_path, {"input": "x"}, models=Models({"x": lambda _: model})
        )

        assert str(done.problem) == "The llm 'm' failed: ConnectionResetError: peer."
        assert done.only("error_occurred").error == "ConnectionResetError: peer"

    def test_a_slow_model_is_given_up_on(self, tmp_path: Path) -> None:
        """The llm's timeout ends the call."""

        async def never(_: float) -> None:
            await asyncio.Event().wait()

        source = "llm m { timeout: 0.01, latency_ms: 1 }\nagent A {}"
        done = run(source, tmp_path, {"input": "x"}, sleep=never)

        assert str(done.problem) == "The llm 'm' took too long: its timeout is 0.01 s."
        assert done.only("llm_call_end").status == "failed"


class TestTools:
    SEVERAL = """
        llm m { rules: [
            { where: role == "user", tools: [{ tool: a }, { tool: b }, { tool: c }] }
            { answer: "{{ messages | json }}" }
        ] }
        tool a { python: "tools:a" }
        tool b { python: "tools:b" }
        tool c { fail: "broken" }
        agent A { llm: m, tools: [a, b, c] }
    """

    def test_tools_of_one_turn_run_at_once(self, tmp_path: Path) -> None:
        """Each waits for the other, so they can only end when both run; a failing one stops none."""
        (tmp_path / "tools.py").write_text(
            "import threading\nmet = threading.Barrier(2, timeout=30)\n"
            "def a(): return met.wait() >= 0\n"
            "def b(): return met.wait() >= 0\n"
        )
        done = run(self.SEVERAL, tmp_path, {"input": "x"})

        assert {event.component_name: event.status for event in done.of("tool_call_end")} == {
            "a": "completed",
            "b": "completed",
            "c": "failed",
        }
        assert {done.path(event)[-1] for event in done.of("tool_call_start")} == {"agent_turn A"}
        assert done.unpaired() == []

    def test_results_keep_the_order_of_the_wishes(self, tmp_path: Path) -> None:
        """Whoever ends first, the model reads the results in the order in which it asked."""
        (tmp_path / "tools.py").write_text(
            "import asyncio\ndone = asyncio.Event()\n"
            "async def a():\n  await done.wait()\n  return 'A'\n"
            "async def b():\n  done.set()\n  return 'B'\n"
        )
        done = run(self.SEVERAL, tmp_path, {"input": "x"})
        messages = (done.of("llm_call_start")[1].inputs or {})["messages"]

        assert [message["content"] for message in messages if message["role"] == "tool"] == [
            "A",
            "B",
            "Error: The tool 'c' failed: broken.",
        ]

    def test_a_tool_that_the_agent_does_not_have_is_told(self, tmp_path: Path) -> None:
        """A made-up name is an error that goes back to the model."""
        source = """
            llm m { rules: [ { where: role == "user", tool: secret }, { answer: "{{ prompt }}" } ] }
            tool secret { answer: 1 }
            tool open { answer: 2 }
            agent A { llm: m, tools: [open] }
        """
        done = run(source, tmp_path, {"input": "x"})

        assert done.result == "Error: The tool 'secret' failed: the agent 'A' has no such tool; its tools: open."
        assert done.only("tool_call_end", "secret").status == "failed"


class TestWords:
    def asked(self, source: str, tmp_path: Path, arguments: dict[str, object], **how: object) -> list[tuple[str, str]]:
        done = run(source, tmp_path, arguments, **how)  # type: ignore[arg-type]
        inputs = done.only("llm_call_start").inputs or {}
        return [(message["role"], message["content"]) for message in inputs["messages"]]

    def test_system_texts_are_put_together(self, tmp_path: Path) -> None:
        """The llm's text, the agent's and its goal make one system message; they may name the context."""
        source = (
            'llm m { system: "Be short." }\nagent A { prompt: "You help {{ name }}.", goal: "Answer {{ input }}." }'
        )

        assert self.asked(source, tmp_path, {"input": "q", "name": "Ada"}) == [
            ("system", "Be short.\n\nYou help Ada.\n\nGoal: Answer q."),
            ("user", "q\nname: Ada"),
        ]

    def test_the_text_of_a_prompt_may_be_the_system_text(self, tmp_path: Path) -> None:
        """A bare word names a prompt block."""
        source = 'prompt Role { "You are a pirate." }\nagent A { prompt: Role }'

        assert self.asked(source, tmp_path, {"input": "q"}, entry="A")[0] == ("system", "You are a pirate.")

    def test_a_single_entry_is_the_question(self, tmp_path: Path) -> None:
        """Without `input` the only argument is what is asked."""
        assert self.asked("agent A {}", tmp_path, {"city": "Oslo"}) == [("user", "Oslo")]

    def test_parameters_of_the_agent_go_before_those_of_the_llm(self, tmp_path: Path) -> None:
        """What the model is told about temperature and length is in the trace."""
        source = "llm m { temperature: 0.1, top_p: 0.5 }\nagent A { temperature: 0.9 }"
        inputs = run(source, tmp_path, {"input": "q"}).only("llm_call_start").inputs or {}

        assert (inputs["temperature"], inputs["top_p"]) == (0.9, 0.5)


class TestMemory:
    TWICE = """
        llm m {}
        agent A { llm: m, memory: POLICY }
        chain C { steps {
            step one { kind: agent, target: A, inputs: "first" }
            step two { kind: agent, target: A, inputs: "second" }
        } }
    """

    def sent(self, policy: str, tmp_path: Path) -> list[int]:
        done = run(self.TWICE.replace("POLICY", policy), tmp_path)
        return [len((event.inputs or {})["messages"]) for event in done.of("llm_call_start")]

    def test_without_a_memory_each_execution_begins_afresh(self, tmp_path: Path) -> None:
        """The second question does not know the first."""
        assert self.sent("none", tmp_path) == [1, 1]

    def test_with_a_memory_the_conversation_goes_on(self, tmp_path: Path) -> None:
        """Question and answer are sent along with the next question."""
        assert self.sent("full_history", tmp_path) == [1, 3]

    def test_a_window_limits_what_is_sent(self, tmp_path: Path) -> None:
        """The oldest messages are not sent any more; an answer never without its question."""
        assert self.sent("{ policy: conversation_window, window_size: 3 }", tmp_path) == [1, 3]
        assert self.sent("{ policy: conversation_window, window_size: 2 }", tmp_path) == [1, 1]

    def test_a_summary_is_asked_of_the_model(self, tmp_path: Path) -> None:
        """Summarising is a call of the model within the turn that made it necessary."""
        source = self.TWICE.replace(
            "POLICY",
            "{ policy: summary, summary_trigger_messages: 2, summary_recent_window: 1, max_summary_tokens: 9 }",
        )
        done = run(source, tmp_path)
        event = done.only("memory_summarization", "A")

        assert done.path(event)[-2:] == ["agent_execution A", "agent_turn A"]
        asked = done.of("llm_call_start")[1].inputs or {}
        assert asked["max_tokens"] == 9
        assert asked["messages"][1]["content"] == "user: first\nassistant: You asked: first"
        assert (event.outputs or {})["summary"] == "You asked: user: first"

    def test_an_agent_with_a_memory_does_one_thing_after_the_other(self, tmp_path: Path) -> None:
        """Two executions at once do not answer into each other's questions."""
        source = """
            llm m { latency_ms: 1 }
            agent A { llm: m, memory: full_history }
            chain C { parallel {
                step one { kind: agent, target: A, inputs: "first" }
                step two { kind: agent, target: A, inputs: "second" }
            } }
        """
        done = run(source, tmp_path)
        turns = [(event.event_type, done.path(event)[2]) for event in done.events if event.span == "agent_turn"]

        assert turns == [
            ("agent_turn_start", "chain_step one"),
            ("agent_turn_end", "chain_step one"),
            ("agent_turn_start", "chain_step two"),
            ("agent_turn_end", "chain_step two"),
        ]


def test_tokens_and_cost_are_on_the_end_of_a_call(tmp_path: Path) -> None:
    """What a call used is said where it ends, by the prices of its llm."""
    done = run("llm m { cost_per_1k_tokens: 2 }\nagent A {}", tmp_path, {"input": "x" * 40})
    end = done.only("llm_call_end")

    assert (end.tokens_used, end.cost_estimate) == (27, 0.054)
    assert (end.outputs or {})["prompt_tokens"] == 14


def test_a_secret_parameter_reaches_the_model_and_no_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The provider reads what the variable holds; the trace says which variable it was."""
    monkeypatch.setenv("PIN", "hidden-4711")
    model = ScriptedModel([ModelAnswer(text="Ahoy")])
    source = 'llm m { provider: "parrot", parameters: { account: env.PIN } }\nagent A {}'
    done = run(source, tmp_path, {"input": "x"}, models=Models({"parrot": lambda _: model}))

    assert model.asked[0].parameters == {"account": "hidden-4711"}
    assert (done.only("llm_call_start").inputs or {})["account"] == "env.PIN"
    assert not any(b"hidden" in path.read_bytes() for path in tmp_path.glob("trace*"))


def test_the_answer_of_another_provider_is_recorded_alike(tmp_path: Path) -> None:
    """The name of the provider is the component's name; the declared name stands in inputs and metadata."""
    model = ScriptedModel([ModelAnswer(text="Ahoy", prompt_tokens=5, completion_tokens=1)])
    source = 'llm m { provider: "parrot", model: "p-1" }\nagent A {}'
    done = run(source, tmp_path, {"input": "x"}, models=Models({"parrot": lambda _: model}))
    start, end = done.only("llm_call_start", "parrot"), done.only("llm_call_end", "parrot")

    assert ((start.inputs or {})["llm"], (start.inputs or {})["model"], (end.metadata or {})["llm"]) == (
        "m",
        "p-1",
        "m",
    )
    assert (done.result, end.tokens_used, model.asked[0].agent) == ("Ahoy", 6, "A")
