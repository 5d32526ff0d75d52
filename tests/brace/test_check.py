"""Whether the declarations of a program fit together, before anything runs."""

from __future__ import annotations

import pytest

from namel3ss_dbg.events import ProgramError, SourceError
from namel3ss_dbg.runtimes.brace.check import check
from namel3ss_dbg.runtimes.brace.parser import parse_program
from namel3ss_dbg.runtimes.brace.source import SeveralMistakes

DECLARED = """
llm model_one { }
memory notes { policy: none }
prompt greet { "Hello" }
tool lookup { answer: 1 }
agent Writer { }
chain main { }
"""


def checked(text: str) -> None:
    check(parse_program("app.ai", DECLARED + text))


def refused(text: str) -> SourceError:
    with pytest.raises(SourceError) as caught:
        checked(text)
    return caught.value


@pytest.mark.parametrize(
    "text",
    [
        "agent A { llm: model_one, tools: [lookup], memory: notes, system: greet }",
        "agent A { memory: { policy: summary, summarizer: model_one } }",
        "memory m { summarizer: model_one }",
        "prompt p { model: model_one }",
        "llm m { rules: [{ tool: lookup }, { tools: [{ tool: lookup }] }] }",
        'app "A" { start: main }',
        'app "A" { start: Writer }',
        'app "A" { start: greet }',
        'Writer.ask("x")\nmain.run("x")\ngreet.ask("x")',
        "chain c { step s { kind: agent target: Writer } }",
        "chain c { step s { kind: prompt target: greet } step t { kind: template target: greet } }",
        "chain c { step s { kind: llm target: model_one } step t { kind: tool target: lookup } }",
        "chain c { step s { kind: chain target: main } step t { kind: chain target: main } }",
        "chain c { step s { kind: template, 'Hi' } }",
        "chain c { step s { kind: python target: 'a.b:f' } step t { kind: python target: a.f } }",
    ],
)
def test_what_is_declared_can_be_used(text: str) -> None:
    """Every kind of declaration can be named where it fits, before or after it stands."""
    checked(text)


@pytest.mark.parametrize(
    ("text", "column", "what", "advice"),
    [
        ("agent A { llm: model_on }", 16, "no llm 'model_on'", "Did you mean 'model_one'?"),
        ("agent A { tools: [lookup, look] }", 27, "no tool 'look'", "Did you mean 'lookup'?"),
        ("agent A { memory: zzz }", 19, "no memory 'zzz'", "Declared: notes."),
        ("agent A { prompt: greeting }", 19, "no prompt 'greeting'", "Did you mean 'greet'? Put a text in quotes."),
        ("agent A { memory: { summarizer: zzz } }", 33, "no llm 'zzz'", "Declared: model_one."),
        ("memory m { summarizer: zzz }", 24, "no llm 'zzz'", "Declared: model_one."),
        ("prompt p { model: zzz }", 19, "no llm 'zzz'", "Declared: model_one."),
        ("llm m { rules: [{ tool: zzz }] }", 17, "no tool 'zzz'", "Declared: lookup."),
        ("llm m { rules: [{ tools: [{ tool: zzz }] }] }", 17, "no tool 'zzz'", "Declared: lookup."),
        ("chain c { step s { kind: agent target: lookup } }", 40, "no agent 'lookup'", "Declared: Writer."),
        ("chain c { step s { kind: prompt target: 'zzz' } }", 41, "no prompt 'zzz'", "Declared: greet."),
        ("chain c { step s { kind: template target: zzz } }", 43, "no prompt 'zzz'", "Declared: greet."),
        ("chain c { step s { kind: llm target: zzz } }", 38, "no llm 'zzz'", "Declared: model_one."),
        ("chain c { if x { step s { kind: tool target: z } } }", 46, "no tool 'z'", "Declared: lookup."),
        ("chain c { if x { } else { step s { kind: tool target: z } } }", 55, "no tool 'z'", "Declared: lookup."),
        ("chain c { for x in y { step s { kind: tool target: z } } }", 52, "no tool 'z'", "Declared: lookup."),
        ("chain c { parallel { step s { kind: tool target: z } } }", 50, "no tool 'z'", "Declared: lookup."),
        ("chain c { while x { step s { kind: chain target: mine } } }", 50, "no chain 'mine'", "Did you mean 'main'?"),
    ],
)
def test_what_is_not_declared_is_pointed_at(text: str, column: int, what: str, advice: str) -> None:
    """A name that means nothing is told where it stands, with what was probably meant."""
    problem = refused(text)

    assert (problem.line, problem.column, problem.what, problem.try_) == (8, column, f"There is {what}", advice)
    assert problem.source == text


@pytest.mark.parametrize(
    ("text", "column", "what", "advice"),
    [
        (
            "app A { start: man }",
            16,
            "The app starts 'man', which is no chain, agent or prompt",
            "Did you mean 'main'?",
        ),
        ("Writr.ask('')", 1, "'Writr' is no chain, agent or prompt that could be asked", "Did you mean 'Writer'?"),
        (
            "lookup.ask('')",
            1,
            "'lookup' is no chain, agent or prompt that could be asked",
            "Declared: main, Writer, greet.",
        ),
        (
            "chain c { step s { kind: python target: 'a b' } }",
            41,
            "'a b' names no Python function",
            'Write target: "module:function".',
        ),
    ],
)
def test_what_cannot_run_is_pointed_at(text: str, column: int, what: str, advice: str) -> None:
    """So is what should run and cannot."""
    problem = refused(text)

    assert (problem.line, problem.column, problem.what, problem.try_) == (8, column, what, advice)


def test_nothing_declared_is_said() -> None:
    """When there is nothing of the kind at all, that is the answer."""
    with pytest.raises(SourceError, match="None is declared"):
        check(parse_program("app.ai", "agent A { tools: [x] }"))


@pytest.mark.parametrize(
    ("text", "circle"),
    [
        ("chain a { step s { kind: chain target: a } }", "a → a"),
        ("chain a { step s { kind: chain target: b } } chain b { step s { kind: chain target: a } }", "a → b → a"),
        (
            "chain z { step s { kind: chain target: a } } chain a { if x { step s { kind: chain target: b } } }"
            " chain b { while x { step s { kind: chain target: a } } }",
            "a → b → a",
        ),
    ],
)
def test_chains_do_not_run_themselves(text: str, circle: str) -> None:
    """A circle of chains is shown as a whole, once."""
    assert refused(text).what.endswith(f"runs itself: {circle}")


def test_long_lines_of_chains_are_no_circle() -> None:
    """Chains that run one another, however many, are no recursion; what several run is no circle."""
    many = "".join(f"chain c{n} {{ step s {{ kind: chain target: c{n + 1} }} }}\n" for n in range(2000))
    checked(f"{many}chain c2000 {{ }}")
    checked("chain a { step s { kind: chain target: b } step t { kind: chain target: c } }"
            "chain b { step s { kind: chain target: c } } chain c { }")  # fmt: skip


def test_all_mistakes_are_told_at_once() -> None:
    """Everything that does not fit is told in one go, each at its place."""
    with pytest.raises(SeveralMistakes) as caught:
        checked("agent A { llm: x, tools: [y] }\nchain c { step s { kind: agent target: z } }")

    assert [(each.line, each.column) for each in caught.value.mistakes] == [(8, 16), (8, 27), (9, 40)]
    assert isinstance(caught.value, ProgramError)
