"""Damages program texts, as a person's typing or a broken tool might."""

from __future__ import annotations

from random import Random

FRAGMENTS = (
    *"{}[]()\"'`:,.;=+-*/%|?!<>#$@\\\n\t ",
    *('"""', "'''", "//", "/*", "*/", "{{", "}}", "{%", "\\u00", "\x00", "\ud800", "\ufeff", "\r\n", "é", "🙂"),
    *(" agent A {", "chain c {", "step s {", "if x {", "else:", "for x in", "while", "steps:", "- ", "import a.b"),
    *("rules: [", "memory", "list[", "enum[", "string", "= 5", "1_000", "env.X", "true", "null", "0x1F", "kind: agent"),
)


def mutated(text: str, random: Random, *, times: int = 1) -> str:
    """The text with some damage done to it."""
    for _ in range(times):
        begin = random.randrange(len(text) + 1)
        end = min(len(text), begin + random.choice((0, 1, 1, 2, 8, 60)))
        piece = text[begin:end]
        match random.randrange(6):
            case 0:
                text = text[:begin] + text[end:]
            case 1:
                text = text[:end] + piece + text[end:]
            case 2:
                text = text[:begin] + random.choice(FRAGMENTS) + text[end:]
            case 3:
                text = text[:begin] + random.choice(FRAGMENTS) + text[begin:]
            case 4:
                other = random.randrange(len(text) + 1)
                text = text[:other] + piece + text[other:]
            case _:
                text = text[:begin] + piece[::-1] + text[end:]
    return text
