"""The brace language: what its texts mean, where each thing stands, and that nothing is read wrongly or dropped."""

from __future__ import annotations

import os
import time
from pathlib import Path
from random import Random
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.events import ProgramError, SourceError
from namel3ss_dbg.runtimes.brace.check import check, steps_in
from namel3ss_dbg.runtimes.brace.nodes import (
    EnvRef,
    Field,
    For,
    If,
    Parallel,
    Position,
    Program,
    Step,
    Text,
    While,
)
from namel3ss_dbg.runtimes.brace.parser import parse_program
from namel3ss_dbg.runtimes.brace.source import LARGEST, SeveralMistakes
from tests.support.mutations import mutated

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.ai"))
FAULTY = sorted((Path(__file__).parent / "errors").glob("*.ai"))


def parsed(text: str) -> Program:
    return parse_program("app.ai", text)


def plain(value: Any) -> Any:
    """A value of a program with its texts as strings."""
    match value:
        case Text():
            return value.raw
        case list():
            return [plain(item) for item in value]
        case dict():
            return {key: plain(item) for key, item in value.items()}
    return value


def values(text: str) -> Any:
    """What the entries in the braces of an app say."""
    return plain(parsed(f'app "A" {{ {text} }}').app.settings)


def mistake(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        parsed(text)
    return caught.value


def step_of(text: str) -> Step:
    (step,) = parsed(f"chain c {{ step s {{ {text} }} }}").chains["c"].body
    assert isinstance(step, Step)
    return step


def inputs_of(text: str) -> tuple[Field, ...]:
    return parsed(f"prompt p {{ {text} }}").prompts["p"].inputs


# Values and entries


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("0.7", 0.7),
        ("1e3", 1000.0),
        ("-1.5e-2", -0.015),
        ("true", True),
        ("False", False),
        ("null", None),
        ("None", None),
        ("word", "word"),
        ("agent", "agent"),
        ("été", "été"),
        ("a.b.c", "a.b.c"),
        ("env.KEY", EnvRef("KEY")),
        ('"a b"', "a b"),
        ("'it is \"so\"'", 'it is "so"'),
        (r'"\n\t\r\"\'\\\{\}"', "\n\t\r\"'\\{}"),
        (r'"\q\u0041\ud83d\ude42"', "qA🙂"),
        ('""', ""),
        ('"# no // comment /* at all */"', "# no // comment /* at all */"),
        ('"""raw \\n {{x}}\n  "two" """', 'raw \\n {{x}}\n  "two" '),
        ("'''it's\n'''", "it's\n"),
        ("[]", []),
        ("[1, 'a', b, [true],]", [1, "a", "b", [True]]),
        ("[\n  1\n  2, # two\n  // three\n  3\n]", [1, 2, 3]),
        ("[\n  { a: 1 }\n  { a: 2 },\n]", [{"a": 1}, {"a": 2}]),
        ("{ a: 1 b: 2, c: { d: 3 }\n e: 4, }", {"a": 1, "b": 2, "c": {"d": 3}, "e": 4}),
        ("{ agent: 1, from: 2, 'two words': 3, if: 4 }", {"agent": 1, "from": 2, "two words": 3, "if": 4}),
        ("{}", {}),
        ("\n  - a\n  - 'b c'\n  - -3\n", ["a", "b c", -3]),
        ('\n    "below"', "below"),
    ],
)
def test_values(text: str, value: Any) -> None:
    """Every way to write a value means what it says."""
    assert values(f"key: {text}") == {"key": value}


def test_entries_are_separated_by_anything() -> None:
    """Newlines, commas and blanks separate entries alike."""
    expected = {"alpha": 1, "beta": "x", "gamma": [2]}

    assert values("alpha: 1\nbeta: x\ngamma: [2]") == expected
    assert values("alpha: 1, beta: x, gamma: [2],") == expected
    assert values("alpha: 1 beta: x gamma: [2]") == expected
    assert values("alpha : 1, 'beta':x\n\n gamma:[2]") == expected


def test_words_and_texts_are_keys() -> None:
    """Any word, also one of the language, and any text can be a key."""
    assert values("agent: 1 if: 2 'two words': 3") == {"agent": 1, "if": 2, "two words": 3}


@pytest.mark.parametrize(
    "comment", ["# text", "#text", "#", "## text", "# ====", "// text", "//", "/* text */", "/* two\nlines */", "# 🙂"]
)
def test_comments_stand_anywhere(comment: str) -> None:
    """Every kind of comment may stand between any two things."""
    lines = ["", 'app "A"', "{", "key:", "[", "1", ",", "2", "]", "}", ""]
    app = parsed(f"\n{comment}\n".join(lines)).app

    assert (app.name, app.settings) == ("A", {"key": [1, 2]})


def test_line_ends_and_byte_order_mark() -> None:
    """A file from Windows means the same, at the same places."""
    text = 'agent A {\n    goal: """\n    Be\n    brief\n    """\n}\n'
    windows = "\ufeff" + text.replace("\n", "\r\n")

    assert parsed(windows) == parsed(text)


def test_an_empty_program_is_a_program() -> None:
    """A file of comments declares nothing and is named for itself."""
    program = parse_program("lib/empty.ai", "# nothing\n")

    assert (program.app.name, program.path) == ("empty", "lib/empty.ai")
    assert not any([program.agents, program.chains, program.asks])


# Declarations


@pytest.mark.parametrize("name", ["Writer", '"Writer"', "'two words'", "agent", "if", "été", "x1"])
def test_names_are_bare_or_quoted(name: str) -> None:
    """Every word is a bare name, every text a quoted one."""
    program = parsed(f"agent {name} {{ }}\ntool {name} {{ }}\nchain {name} {{ }}")

    assert list(program.agents) == list(program.tools) == list(program.chains) == [name.strip("\"'")]


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ('app "A"', {}),
        ('app "A".', {}),
        ("app A { }", {}),
        (
            'app "A" connects to postgres "DB" { version: 2 }',
            {"connects_to": "postgres", "database": "DB", "version": 2},
        ),
        ('language_version: "0.1.0"\nmodule a.b\napp "A"', {"language_version": "0.1.0", "module": "a.b"}),
    ],
)
def test_apps(text: str, settings: dict[str, Any]) -> None:
    """Every form of an app names the program, at any place in it."""
    app = parsed(f"agent X {{ }}\n{text}\nagent Y {{ }}").app

    assert (app.name, plain(app.settings)) == ("A", settings)


def test_declarations_in_an_app() -> None:
    """What is declared in an app's braces is declared."""
    program = parsed('app "A" { start: c agent B { } chain c { } }')

    assert (program.app.start, list(program.agents), list(program.chains)) == ("c", ["B"], ["c"])


def test_models() -> None:
    """Parameters go to the provider, everything else stays a setting."""
    text = """
    llm a { provider: "openai", model: gpt, temperature: 0.5, max_length: 9, parameters: { top_p: 1 }, base_url: "x" }
    model "b" using openai { system: "Be brief." }
    llm c { }
    """
    first, second, third = parsed(text).llms.values()

    assert (first.provider, first.model) == ("openai", "gpt")
    assert first.parameters == {"temperature": 0.5, "max_tokens": 9, "top_p": 1}
    assert plain(first.settings) == {"base_url": "x"}
    assert second.provider == "openai"
    assert second.system is not None
    assert second.system.raw == "Be brief."
    assert third.provider == "offline"


def test_rules() -> None:
    """A rule says when it answers and what."""
    text = r"""
    llm m { rules: [
        { when: "weather in (\\w+)", tool: "get_weather", arguments: { city: "Oslo" } }
        { when: "\d+ \bno\b", answer: "x", delay_ms: 300, times: 1, where: call > 1 and agent == "A" }
        { tools: [{ tool: a }, { tool: b, arguments: { c: 1 } }], where: "len(messages) > 2" }
        { answer: { label: "a" }, malformed: true, where: true }
        { fail: "429 rate limited", where: "{{ not tools }}", when: '''\d''' }
    ], system: brief }
    """
    tool, pattern, several, answer, fail = parsed(text).llms["m"].rules

    assert (tool.when, tool.tool, plain(tool.arguments)) == (r"weather in (\w+)", "get_weather", {"city": "Oslo"})
    assert (pattern.when, pattern.delay_ms, pattern.times) == (r"\d+ \bno\b", 300.0, 1)
    assert pattern.where is not None
    assert pattern.where.text == 'call > 1 and agent == "A"'
    assert several.calls == (("a", {}), ("b", {"c": 1}))
    assert several.where is not None
    assert several.where.text == "len(messages) > 2"
    assert (plain(answer.answer), answer.malformed) == ({"label": "a"}, True)
    assert (fail.fail, fail.when) == ("429 rate limited", r"\d")
    assert fail.where is not None
    assert fail.where.text == "not tools"


def test_memories() -> None:
    """A memory has its policy under three names, its size too, and standard values for the rest."""
    text = "memory { type: summary, summarizer: m } memory w { kind: conversation_window, max_items: 3, scope: user }"
    unnamed, window = parsed(text).memories.values()

    assert (unnamed.name, unnamed.policy, unnamed.summarizer) == ("memory", "summary", "m")
    assert (window.policy, window.window_size, window.summary_recent_window) == ("conversation_window", 3, 6)
    assert plain(window.settings) == {"scope": "user"}


def test_agents() -> None:
    """An agent's prompt goes by four names; its memory is a policy, a name, or its own."""
    text = """
    agent A { prompt: "p", tools: [t, "u"], memory: summary, max_turns: 2, temperature: 0, mood: good }
    agent B { instructions: helpful, llm_name: m, memory: notes }
    agent C { system_prompt: "x", memory: { policy: none } }
    agent D using gpt { system: "x" tools: t }
    """
    a, b, c, d = parsed(text).agents.values()

    assert (plain(a.system), a.tools, a.max_turns, a.parameters) == ("p", ("t", "u"), 2, {"temperature": 0})
    assert a.memory is not None
    assert (a.memory.name, a.memory.policy) == ("A", "summary")
    assert plain(a.settings) == {"mood": "good"}
    assert (b.system, b.system_prompt_ref, b.llm, b.memory_ref) == (None, "helpful", "m", "notes")
    assert (b.memory, b.max_turns) == (None, 10)
    assert c.memory is not None
    assert (c.memory.name, c.memory.policy) == ("C", "none")
    assert (d.llm, d.tools) == ("gpt", ("t",))


@pytest.mark.parametrize(
    "text",
    [
        "prompt p { input: string, template: 'Do {{input}}' }",
        "prompt p { input: string\n'Do {{input}}' }",
        'prompt p { input: "string", user: """Do {{input}}""" }',
        "prompt p { args: { input: string } content: 'Do {{input}}' }",
        "prompt p { inputs: [{ name: input, type: string }] 'Do {{input}}' }",
        "prompt p { input: text\n'Do {{input}}' }",
        "prompt p { inputs: [{ input: string }] 'Do {{input}}' }",
        "prompt p { variables: [input] 'Do {{input}}' }",
        "prompt p { variables: ['input'] 'Do {{input}}' }",
        "prompt p { args: { type: object, properties: { input: { type: text } }, required: [input] }, 'Do {{input}}' }",
    ],
)
def test_prompts(text: str) -> None:
    """All ways to write a prompt with one text as its input mean the same."""
    prompt = parsed(text).prompts["p"]

    assert prompt.inputs == (Field("input", "string"),)
    assert plain(prompt.template) == "Do {{input}}"
    assert (prompt.outputs, prompt.parameters, prompt.settings) == ((), {}, {})


def test_prompts_use_models() -> None:
    """A prompt names its model in the head, or in its block."""
    heads = ["prompt p using model 'm' { }", "prompt p using m { }", "prompt p { using model 'm': 'Hello' }"]
    entries = ["prompt p { llm: m }", "prompt p { model: 'm' }", "prompt p { using model 'm' }"]
    for text in heads + entries:
        assert parsed(text).prompts["p"].llm == "m"


def test_prompt_entries() -> None:
    """Types that stand in the block are inputs, parameters go to the model, the rest is kept."""
    text = 'prompt p { city: string role: "user" temperature: 1 max_retries: 0, "x", days: int = 2 }'
    prompt = parsed(text).prompts["p"]

    assert prompt.inputs == (Field("city", "string"), Field("days", "integer", required=False, default=2))
    assert (prompt.parameters, plain(prompt.settings), prompt.max_retries) == ({"temperature": 1}, {"role": "user"}, 0)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("string", Field("x", "string")),
        ("int", Field("x", "integer")),
        ("float", Field("x", "number")),
        ("boolean", Field("x", "boolean")),
        ("json", Field("x", "object")),
        ("any", Field("x", "any")),
        ("list", Field("x", "list")),
        ("list[string]", Field("x", "list", items=Field("", "string"))),
        ("list[list[int]]", Field("x", "list", items=Field("", "list", items=Field("", "integer")))),
        ("[string]", Field("x", "list", items=Field("", "string"))),
        ("string?", Field("x", "string", required=False)),
        ("list[string?]?", Field("x", "list", required=False, items=Field("", "string", required=False))),
        ("int = 5", Field("x", "integer", required=False, default=5)),
        ("int = -5", Field("x", "integer", required=False, default=-5)),
        ("bool = true", Field("x", "boolean", required=False, default=True)),
        ("list[int] = [1, 2]", Field("x", "list", required=False, default=[1, 2], items=Field("", "integer"))),
        ("list = []", Field("x", "list", required=False, default=[])),
        ("string | int", Field("x", "any")),
        ("int | float", Field("x", "number")),
        ("string | null", Field("x", "string", required=False)),
        ('enum["a", "b"]', Field("x", "string", choices=("a", "b"))),
        ("enum[1, 2,]", Field("x", "integer", choices=(1, 2))),
        ("enum[true, false]", Field("x", "boolean", choices=(True, False))),
        ("enum[null, -1]", Field("x", "any", choices=(None, -1))),
        ("{ enum: [{ a: 1 }] }", Field("x", "any", choices=({"a": 1},))),
        ("enum[a, 1]", Field("x", "any", choices=("a", 1))),
        ('"a" | "b"', Field("x", "string", choices=("a", "b"))),
        ('{ type: "string", required: false }', Field("x", "string", required=False)),
        ("{ type: int, default: 3, description: 'd' }", Field("x", "integer", False, 3, description="d")),
        ("{ type: string, enum: [a, b] }", Field("x", "string", choices=("a", "b"))),
        ("{ enum: [1.5, 2] }", Field("x", "number", choices=(1.5, 2))),
        ("{ type: array, items: { type: integer } }", Field("x", "list", items=Field("", "integer"))),
        ("{ y: string }", Field("x", "object", fields=(Field("y", "string"),))),
        (
            "{ type: string, other: int }",
            Field("x", "object", fields=(Field("type", "string"), Field("other", "integer"))),
        ),
        ("{ type: object, properties: { y: int } }", Field("x", "object", fields=(Field("y", "integer"),))),
        (
            "{ type: object, properties: { y: int, z: int }, required: [y] }",
            Field("x", "object", fields=(Field("y", "integer"), Field("z", "integer", required=False))),
        ),
        (
            "{ type: object, fields: { y: int }, required: false, additionalProperties: false }",
            Field("x", "object", required=False, fields=(Field("y", "integer"),)),
        ),
        ("[{ y: int }]", Field("x", "list", items=Field("", "object", fields=(Field("y", "integer"),)))),
        ('"list[string]?"', Field("x", "list", required=False, items=Field("", "string"))),
    ],
)
def test_types(text: str, field: Field) -> None:
    """Every way to write a type describes the same kind of value."""
    assert inputs_of(f"input: {{ x: {text}, other: string }} 'b'") == (field, Field("other", "string"))
    assert inputs_of(f"input: {{\n x: {text}\n other: string\n }} 'b'") == (field, Field("other", "string"))


def test_a_default_text_knows_its_place() -> None:
    """A default that is a text is one like any other."""
    (field,) = inputs_of("x: string = 'a {{b}}'")

    assert field.default == Text("a {{b}}", Position("app.ai", 1, 25))


def test_outputs() -> None:
    """One plain type of text is no shape; any other single type is one property."""
    assert (
        parsed("prompt p { output: string 'x': int }" if False else "prompt p { output: string }").prompts["p"].outputs
        == ()
    )
    assert parsed("prompt p { output_schema: number }").prompts["p"].outputs == (Field("output_schema", "number"),)
    assert parsed("prompt p { outputs: { a: int } }").prompts["p"].outputs == (Field("a", "integer"),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", {"type": "python", "python": None}),
        ('python: "m:f", timeout: 2', {"type": "python", "python": "m:f", "timeout": 2.0}),
        ('implementation: { type: "python", function: "m:f" }', {"type": "python", "python": "m:f"}),
        ('endpoint: "http://x", method: post', {"type": "http", "method": "POST"}),
        ('type: http, url: "http://x", headers: { a: "b" }', {"type": "http", "method": "GET"}),
        ('implementation: { type: http, endpoint: "http://x", method: PUT }', {"type": "http", "method": "PUT"}),
        ("answer: { a: 1 }", {"type": "canned", "answer": {"a": 1}, "has_answer": True}),
        ("answer: null", {"type": "canned", "answer": None, "has_answer": True}),
        ("returns: 5, delay_ms: 10", {"type": "canned", "answer": 5, "delay_ms": 10.0}),
        ("returns: string", {"type": "python", "has_answer": False, "answer": None}),
        ('fail: "closed"', {"type": "canned", "fail": "closed", "has_answer": False}),
        ("rate_limit_per_minute: 3", {"type": "python", "metadata": {"rate_limit_per_minute": 3}}),
    ],
)
def test_tools(text: str, expected: dict[str, Any]) -> None:
    """What a tool says decides how it is reached."""
    tool = parsed(f"tool t {{ {text} }}").tools["t"]

    assert {name: getattr(tool, name) for name in expected} == expected


def test_tool_parameters() -> None:
    """Words of the language are names of parameters like any other."""
    tool = parsed((Path(__file__).parent / "programs/tool_app.ai").read_text()).tools["search_database"]

    assert [field.name for field in tool.parameters] == ["query", "filter", "from", "model", "index"]


# Chains


@pytest.mark.parametrize(
    "text",
    [
        'chain "c" { step "s" { kind: "prompt" target: "p" } }',
        "chain c { step s { kind: prompt, target: p } }",
        "chain c { steps { step s { kind: prompt\n target: p } } }",
        "define chain c effect pure { step s { kind: prompt target: p } }",
        "chain c { steps: [{ name: s, kind: prompt, target: p }] }",
        'chain c {\n steps:\n  - step "s":\n      kind: prompt\n      target: p\n}',
        "chain c {\n step s:\n  kind: prompt\n  target: p\n}",
        "chain c { steps {\n\tstep s\n\t{\n\tkind: prompt\n\ttarget: p } } }",
    ],
)
def test_chains(text: str) -> None:
    """All ways to write a chain of one step mean the same."""
    (step,) = parsed(text).chains["c"].body

    assert isinstance(step, Step)
    assert (step.name, step.kind, step.target, step.inputs, step.stop_on_error) == ("s", "prompt", "p", {}, True)


def test_short_and_unnamed_steps_are_named_for_their_target() -> None:
    """A step without a name gets one that is unique in its chain."""
    chain = parsed('chain c { steps: ["prompt:p", "tool:t", "prompt:p"] step { kind: agent target: p } }').chains["c"]

    assert [step.name for step in steps_in(chain.body)] == ["p", "t", "p_2", "p_3"]


def test_step_inputs() -> None:
    """What a step is given goes by many names; a path and a variable stand for what is there."""
    for key in ("inputs", "input", "options", "arguments", "args", "with"):
        assert plain(step_of(f"kind: tool target: t {key}: {{ a: 1 }}").inputs) == {"a": 1}
    assert plain(step_of('kind: tool target: t input: "{{ x }}"').inputs) == {"input": "{{ x }}"}
    text = "inputs: { a: steps.x.output, b: input, c: word, d: [payload, env.X], e: 'input' }"
    assert plain(step_of(f"kind: tool target: t {text}").inputs) == {
        "a": "{{ steps.x.output }}",
        "b": "{{ input }}",
        "c": "word",
        "d": ["{{ payload }}", EnvRef("X")],
        "e": "input",
    }


def test_the_variable_of_a_loop_is_an_input() -> None:
    """Inside its loop, and only there, the variable's word stands for its value."""
    step = "{ kind: tool target: t inputs: { item: part } }"
    chain = parsed(f"chain c {{ for part in xs {{ step a {step} }} step b {step} }}").chains["c"]

    assert [plain(step.inputs) for step in steps_in(chain.body)] == [{"item": "{{ part }}"}, {"item": "part"}]


def test_step_entries() -> None:
    """A step says whether its errors stop the chain, and keeps what it does not know."""
    assert step_of("kind: tool target: t stop_on_error: false").stop_on_error is False
    assert step_of("kind: tool target: t continue_on_error: true").stop_on_error is False
    assert plain(step_of("kind: tool target: t evaluation: { guardrail: g }").settings) == {
        "evaluation": {"guardrail": "g"}
    }
    for text in ("kind: template, template: 'Hi'", "kind: template, 'Hi'", 'kind: template\n"""\nHi\n"""'):
        assert plain(step_of(text).template) == "Hi"


BRANCHES_IN_BRACES = """
chain c {
    if a.b > 1 { step one { kind: tool target: t } }
    elif "x" in c { step two { kind: tool target: t } }
    else if not d { step three { kind: tool target: t } }
    else {
        for x in [1, 2] { step four { kind: tool target: t } }
    }
    while (e
        or f) { max_iterations: 3 step five { kind: tool target: t } }
    parallel { step six { kind: tool target: t } step seven { kind: tool target: t } }
    step eight { kind: tool target: t }
}
"""
BRANCHES_BY_INDENTATION = """
chain c {
    if a.b > 1:
        step one { kind: tool target: t }
    elif "x" in c:
        step two { kind: tool target: t }
    else if not d:
        step "three":
            kind: tool
            target: t
    else:
        for x in [1, 2]:
            step four { kind: tool target: t }
    while (e
        or f):
        max_iterations: 3
        step five { kind: tool target: t }
    parallel:
        step six { kind: tool target: t }
        step seven { kind: tool target: t }
    step eight { kind: tool target: t }
}
"""


@pytest.mark.parametrize("text", [BRANCHES_IN_BRACES, BRANCHES_BY_INDENTATION])
def test_control_flow(text: str) -> None:
    """Branches, loops and parallel steps have their bodies in braces, or indented below a colon."""
    branches, loop, parallel, last = parsed(text).chains["c"].body

    assert isinstance(branches, If)
    assert [branch.condition.text for branch in branches.branches] == ["a.b > 1", '"x" in c', "not d"]
    assert [step.name for branch in branches.branches for step in steps_in(branch.body)] == ["one", "two", "three"]
    (inner,) = branches.otherwise
    assert isinstance(inner, For)
    assert (inner.variable, inner.items.text, len(inner.body)) == ("x", "[1, 2]", 1)
    assert isinstance(loop, While)
    assert (loop.condition.text.split(), loop.max_iterations, len(loop.body)) == (["(e", "or", "f)"], 3, 1)
    assert isinstance(parallel, Parallel)
    assert [step.name for step in steps_in(parallel.body)] == ["six", "seven"]
    assert isinstance(last, Step)


def test_an_else_belongs_to_the_if_of_its_column() -> None:
    """By indentation an `else` is not taken by an inner `if`."""
    step = "{ kind: tool target: t }"
    text = f"chain c {{\n if a:\n  if b:\n   step x {step}\n else:\n  step y {step}\n}}"
    (outer,) = parsed(text).chains["c"].body

    assert isinstance(outer, If)
    assert [step.name for step in steps_in(outer.otherwise)] == ["y"]


def test_comments_stand_in_conditions() -> None:
    """A comment inside a condition is none of it, and what follows it keeps its place."""
    (choice,) = parsed("chain c { if (a // why\n or /* not */ b) { } }").chains["c"].body
    assert isinstance(choice, If)

    assert choice.branches[0].condition.names == {"a", "b"}
    wrong = mistake("chain c { if (a // why\n or /* not */ =) { } }")
    assert (wrong.line, wrong.column) == (2, 15)


def test_branches_may_share_a_step_name() -> None:
    """Only one branch runs, so its step may be called what the other's is."""
    step = "{ kind: tool target: t }"
    chain = parsed(f"chain c {{ if a {{ step x {step} }} else {{ step x {step} }} step y {step} }}").chains["c"]

    assert [step.name for step in steps_in(chain.body)] == ["x", "x", "y"]


def test_chain_entries() -> None:
    """A chain names its input and what it returns, and keeps what it does not know."""
    chain = parsed('chain c { input_key: question output: "{{ steps.a.output }}" description: d timeout: 3 }').chains[
        "c"
    ]

    assert chain.output is not None
    assert (chain.input_key, chain.output.text) == ("question", "steps.a.output")
    assert plain(chain.settings) == {"description": "d", "timeout": 3}


def test_asks() -> None:
    """A call at the top level is something to run, with any value."""
    first, second = parsed('agent A { }\nA.ask("x {{y}}")\nA.run({ input: 1, }, )').asks

    assert (first.target, plain(first.input), first.at) == ("A", "x {{y}}", Position("app.ai", 2, 1))
    assert second.input == {"input": 1}


# Files


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    "wanted", ["import lib.weather", 'import "lib/weather.ai"', "import lib.weather as w", "import shop.weather"]
)
def test_imports(tmp_path: Path, wanted: str) -> None:
    """An import is found by its path, or by the name that its file gives itself, and only once."""
    write(
        tmp_path,
        {
            "app.ai": f"{wanted}\n{wanted}\nagent A {{ tools: [lookup] }}\nimport other",
            "lib/weather.ai": "module shop.weather\nimport other\ntool lookup { answer: 1 }",
            "other.ai": 'import lib.weather\napp "Other"',
            "broken.ai": "this is never read",
        },
    )
    program = parse_program("app.ai")
    check(program)

    assert list(program.tools) == ["lookup"]
    assert program.tools["lookup"].at == Position("lib/weather.ai", 3, 1)
    assert list(program.sources) == ["app.ai", "lib/weather.ai", "other.ai"]
    assert (program.app.name, program.app.settings) == ("Other", {})


def test_import_aliases(tmp_path: Path) -> None:
    """A name may be written with the alias of its import."""
    write(
        tmp_path,
        {
            "app.ai": "import lib as l\nagent A { tools: [l.lookup], llm: l.m }\n"
            "chain c { step s { kind: tool target: l.lookup } }",
            "lib.ai": "tool lookup { answer: 1 }\nllm m { }",
        },
    )
    program = parse_program("app.ai")
    check(program)

    assert (program.agents["A"].tools, program.agents["A"].llm) == (("lookup",), "m")


def test_an_import_of_any_length_is_a_sentence() -> None:
    """A name that no file could have is not found, like any other."""
    problem = mistake(f'import "{"x" * 5000}"')

    assert str(problem).startswith("app.ai:1:1: There is no module 'xxx")
    assert len(str(problem)) < 500


def test_imports_stay_below_the_program(tmp_path: Path) -> None:
    """Neither dots nor links lead out of the program's folder."""
    write(tmp_path, {"secret.ai": "agent S { }", "inner/app.ai": 'import "../secret.ai"', "inner/b.ai": "import link"})
    (tmp_path / "inner/link.ai").symlink_to(tmp_path / "secret.ai")
    for name, line in (("inner/app.ai", 1), ("inner/b.ai", 1)):
        with pytest.raises(SourceError, match="lies outside the program's folder") as caught:
            parse_program(name)
        assert caught.value.line == line


def test_mistakes_of_imports_name_their_file(tmp_path: Path) -> None:
    """A mistake in an imported file points into that file."""
    write(tmp_path, {"app.ai": "import lib\nagent A { }", "lib.ai": "tool t {\n oops\n}"})
    with pytest.raises(SourceError) as caught:
        parse_program("app.ai")

    assert (caught.value.file, caught.value.line, caught.value.source) == ("lib.ai", 2, " oops")


def test_long_lines_of_imports(tmp_path: Path) -> None:
    """Many files that import one another are no recursion."""
    files = {f"m{number}.ai": f"import m{number + 1}\nagent A{number} {{ }}" for number in range(400)}
    write(tmp_path, {**files, "m400.ai": ""})

    assert len(parse_program("m0.ai").agents) == 400


def test_paths_are_shown_from_where_the_person_stands(tmp_path: Path) -> None:
    """An absolute path below the current folder is shown without it."""
    write(tmp_path, {"apps/a.ai": "agent A { }"})

    assert parse_program(tmp_path / "apps/a.ai").agents["A"].at.file == "apps/a.ai"


def test_missing_files_are_sentences(tmp_path: Path) -> None:
    """A file that is none, or cannot be, is one sentence."""
    (tmp_path / "folder").mkdir()
    with pytest.raises(ProgramError, match=r"^There is no program 'nope\.ai': no such file"):
        parse_program("nope.ai")
    with pytest.raises(ProgramError, match=r"^'folder' is a folder, not a program\."):
        parse_program("folder")


def test_unreadable_imports_are_pointed_at(tmp_path: Path) -> None:
    """An import that is no program text at all is a mistake in its own file."""
    write(tmp_path, {"app.ai": "import lib\nagent A { goal }"})
    (tmp_path / "lib.ai").write_bytes(b"agent B { }\n\xff")
    with pytest.raises(SeveralMistakes) as caught:
        parse_program("app.ai")

    assert [(each.file, each.line) for each in caught.value.mistakes] == [("app.ai", 2), ("lib.ai", 2)]


@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="the superuser may read everything")
def test_forbidden_files_are_sentences(tmp_path: Path) -> None:
    """A file that may not be read is one sentence, for an import at the place that wants it."""
    write(tmp_path, {"app.ai": "\nimport lib", "lib.ai": ""})
    (tmp_path / "lib.ai").chmod(0)
    with pytest.raises(ProgramError, match=r"^'lib\.ai' cannot be read: Permission denied\.$"):
        parse_program("lib.ai")
    with pytest.raises(SourceError, match=r"^app\.ai:2:1: The import 'lib' cannot be read: 'lib\.ai' cannot be read"):
        parse_program("app.ai")


def test_other_encodings_are_a_mistake(tmp_path: Path) -> None:
    """A byte that is no UTF-8 is pointed at."""
    (tmp_path / "latin.ai").write_bytes('agent A {\r\n  goal: "é'.encode() + "é".encode("latin-1") + b'"\r\n}')
    with pytest.raises(SourceError, match="This is not UTF-8 text") as caught:
        parse_program("latin.ai")

    assert (caught.value.line, caught.value.column) == (2, 11)


def test_numbers_of_any_length_are_a_sentence() -> None:
    """Digits beyond all measure are no number, like any other text that is none."""
    assert "is not a number" in str(mistake(f"app A {{ x: {'9' * 5000} }}"))


@pytest.mark.parametrize("text", ["\x00", 'agent A { goal: "\ud800" }', "# \udfff"])
def test_what_is_no_text_is_a_mistake(text: str) -> None:
    """Zero bytes and halves of characters are refused wherever they stand."""
    assert "Save the file as UTF-8 text." in str(mistake(text))


def test_huge_files_are_a_sentence(tmp_path: Path) -> None:
    """A file beyond all measure is refused without being read to its end."""
    assert "larger than" in str(mistake("#" * (LARGEST + 1)))
    with (tmp_path / "huge.ai").open("wb") as file:
        file.truncate(10_000_000_000)
    began = time.process_time()
    with pytest.raises(SourceError, match="larger than"):
        parse_program("huge.ai")
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "text",
    [
        "agent A { a: " + "{ b: " * 1000,
        "agent A { a: " + "[" * 1000 + "]" * 1000 + "}",
        "chain c " + "{ if x " * 1000 + "}" * 1000,
        "chain c {\n" + "".join(" " * depth + "if x:\n" for depth in range(1, 1000)) + "}",
        "app A " + "{ app A " * 1000,
        "tool t { x: " + "- " * 1000 + "}",
        "prompt p { x: " + "list[" * 1000 + "string" + "]" * 1000 + "}",
        'prompt p { input: { x: "' + "list[" * 1000 + '" } }',
        "chain c { if " + "(" * 3000 + ")" * 3000 + " { } }",
        "chain c { if " + "not " * 2000 + "x { } }",
        "{" * 100_000,
        "[" * 100_000,
        '"' * 100_001,
        "/*" * 100_000,
        "agent A { " * 10_000,
        "a." * 50_000,
        "agent A { tools: ["
        + ", ".join(f"t{number}" for number in range(20_000))
        + "] }\nchain c { "
        + "".join(f"step s{number} {{ kind: tool target: x{number} }}\n" for number in range(5000))
        + "}",
        "\n".join(f"import m{number}" for number in range(10_000)),
        "prompt p { input: [" + ", ".join(["x"] * 100_000) + "] }",
        "prompt p { x: " + "string | " * 50_000 + "}",
        "chain c { steps: [" + '"tool:t", ' * 50_000 + "] }",
        "import " + "a." * 50_000,
    ],
)
def test_bombs_are_sentences(text: str) -> None:
    """What is nested or repeated without measure is a mistake like any other, found in moments."""
    began = time.process_time()
    with pytest.raises(ProgramError) as caught:
        check(parsed(text))

    assert isinstance(caught.value, SourceError | SeveralMistakes)
    assert time.process_time() - began < 5


# Mistakes


@pytest.mark.parametrize("path", FAULTY, ids=lambda path: path.stem)
def test_mistakes_are_shown(path: Path) -> None:
    """Each faulty program says what is wrong, where, and what to write; `N3DBG_ACCEPT=1` rewrites the texts."""
    with pytest.raises(ProgramError) as caught:
        check(parse_program(path.name, path.read_text(encoding="utf-8")))
    shown = f"{caught.value}\n"
    expected = path.with_suffix(".expected")
    if os.environ.get("N3DBG_ACCEPT") == "1":
        expected.write_text(shown, encoding="utf-8")

    assert expected.read_text(encoding="utf-8") == shown


def test_several_mistakes_are_told_at_once() -> None:
    """A wrong declaration does not hide what is wrong with the next one."""
    with pytest.raises(SeveralMistakes) as caught:
        parsed("agent A { goal }\nagent B { }\ntool t { type: x }\nagent C { max_turns: no }\nagent D {")

    assert [each.line for each in caught.value.mistakes] == [1, 3, 4, 5]
    assert str(caught.value).endswith("4 mistakes in 'app.ai'.")


def test_mistakes_are_not_endless() -> None:
    """A file that is no program at all is not told about word by word."""
    with pytest.raises(SeveralMistakes) as caught:
        parsed("\n".join(f"agent {number}" for number in range(1000)))

    assert len(caught.value.mistakes) == 10


# Places


NAMES = st.from_regex(r"[a-z_][a-z0-9_]{0,8}", fullmatch=True) | st.sampled_from(["agent", "if", "step", "é"])
FILLERS = st.sampled_from(["", "\n", "  ", "\t", "# note 🙂\n", "// note {\n", "/* a\n } b */ ", "\n\n   "])
KINDS = ["agent", "tool", "prompt", "llm", "memory", "chain"]
COLLECTIONS = {"memory": "memories"}


@st.composite
def programs(draw: st.DrawFn) -> str:
    names = draw(st.lists(NAMES, min_size=1, max_size=6, unique=True))
    parts = [draw(FILLERS)]
    for name in names:
        kind = draw(st.sampled_from(KINDS))
        shown = draw(st.sampled_from([name, f'"{name}"', f"'{name}'"]))
        steps = "".join(
            f"{draw(FILLERS)} step s{number} {{{draw(FILLERS)} kind: tool{draw(FILLERS)} target: 'x'{draw(FILLERS)} }}"
            for number in range(draw(st.integers(0, 3)) if kind == "chain" else 0)
        )
        body = f"goal: {draw(st.sampled_from(['', '  ']))}'x {name}'{draw(FILLERS)}\n" if kind == "agent" else ""
        parts += [kind, " ", shown, draw(FILLERS), "{", draw(FILLERS), body, steps, "}", "\n", draw(FILLERS)]
    return "".join(parts)


@given(programs(), st.booleans())
def test_everything_stands_where_its_text_is(text: str, windows: bool) -> None:
    """Each declaration, step, target and text of any program is found in its file at the place it names."""
    program = parsed("\ufeff" + text.replace("\n", "\r\n") if windows else text)
    lines = text.split("\n")

    def at(position: Position) -> str:
        return lines[position.line - 1][position.column - 1 :]

    for kind in KINDS:
        for name, node in getattr(program, COLLECTIONS.get(kind, f"{kind}s")).items():
            assert at(node.at).startswith(kind)
            assert name in at(node.at)
    for agent in program.agents.values():
        assert agent.goal is not None
        assert at(agent.goal.at).startswith(f"x {agent.name}'")
    for chain in program.chains.values():
        for step in steps_in(chain.body):
            assert at(step.at).startswith(f"step {step.name}")
            assert at(step.target_at).startswith("'x'")


@pytest.mark.parametrize(
    "body",
    [
        "one\n two",
        "  one\n      two\n\n    three",
        "\n\n    one\n      two\n  ",
        "\n\tone\n\t\ttwo",
        " \n ",
        "",
    ],
)
def test_the_lines_of_a_body_keep_their_places(body: str) -> None:
    """What is cut off a triple-quoted body is known: every line of the text is found at its column in the file."""
    text = f'prompt p {{\n  """{body}"""\n}}'
    template = parsed(text).prompts["p"].template
    assert template is not None
    lines = text.split("\n")
    for number, line in enumerate(template.raw.split("\n")):
        shown = lines[template.at.line - 1 + number]
        column = template.indent if number else template.at.column - 1

        assert shown[column:].startswith(line) or not line.strip()
    assert template.raw == template.raw.strip("\n")


def test_the_places_of_names_are_known() -> None:
    """Where a declaration names another one is known to the column."""
    agent = parsed("agent A {\n  llm: m\n  tools: [t,\n    'u']\n}").agents["A"]

    assert agent.places == {
        "m": Position("app.ai", 2, 8),
        "t": Position("app.ai", 3, 11),
        "u": Position("app.ai", 4, 5),
    }


# Anything at all


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: path.stem)
def test_the_programs_are_right(path: Path) -> None:
    """The seed's example, its three apps and a program with everything in it have no mistakes."""
    program = parse_program(path.name, path.read_text(encoding="utf-8"))
    check(program)

    assert program.agents


def test_it_reads_a_large_program_quickly() -> None:
    """A program of 200 lines is read within 50 milliseconds."""
    step = "step s{0} {{\n kind: prompt\n target: 'p'\n inputs: {{ a: 1, b: '{{{{ x }}}}' }}\n}}\n"
    text = f"prompt p {{ 'x' }}\nchain c {{\n{''.join(step.format(number) for number in range(40))}}}"
    assert text.count("\n") > 200
    parsed(text)
    durations = []
    for _ in range(5):
        began = time.perf_counter()
        parsed(text)
        durations.append(time.perf_counter() - began)

    assert min(durations) < 0.05


@given(st.sampled_from(PROGRAMS), st.integers(0, 2**32), st.integers(1, 8))
def test_no_damage_breaks_it(path: Path, seed: int, times: int) -> None:
    """A damaged program is either still one, or its mistakes are told; nothing else ever happens."""
    text = mutated(path.read_text(encoding="utf-8"), Random(seed), times=times)  # noqa: S311 - not for secrets
    read_or_refused(text)


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    """Neither does a text that never was a program."""
    read_or_refused(text)


def read_or_refused(text: str) -> None:
    try:
        program = parsed(text)
        check(program)
    except ProgramError as problem:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        for each in getattr(problem, "mistakes", (problem,)):
            assert isinstance(each, SourceError)
            assert 1 <= each.line <= len(lines)
            assert 1 <= each.column <= len(lines[each.line - 1]) + 1
    else:
        assert attrs.evolve(program) == program
