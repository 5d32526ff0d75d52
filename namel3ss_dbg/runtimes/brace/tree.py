"""The shape of a program file before anyone asks what it means: blocks of entries, and values.

`reader` makes these from tokens; `declarations` and `chains` make nodes from them.
"""

from __future__ import annotations

import attrs

from .tokens import Token

DECLARATIONS = ("app", "llm", "model", "memory", "prompt", "tool", "agent", "chain")
"""The words that declarations begin with."""
STATEMENTS = ("step", "steps", "if", "for", "while", "parallel")
"""The words that stand in chains."""


@attrs.frozen
class Plain:
    """A number, true, false or null."""

    token: Token
    value: bool | int | float | None


@attrs.frozen
class Quoted:
    """A text in quotes."""

    token: Token


@attrs.frozen
class Word:
    """A bare word or a dotted path: `planner`, `steps.analyze.output`, `env.KEY`."""

    token: Token
    path: str


@attrs.frozen
class Phrase:
    """Anything longer that is no list or object: a type such as `list[string] = []`, or an expression."""

    token: Token
    tokens: tuple[Token, ...]
    text: str
    """As it stands in the file."""


@attrs.frozen
class ListOf:
    """`[a, b]`, or items with dashes."""

    token: Token
    items: tuple[Node, ...]


@attrs.frozen
class ObjectOf:
    """`{ key: value }`."""

    token: Token
    pairs: tuple[Pair, ...]


Node = Plain | Quoted | Word | Phrase | ListOf | ObjectOf


@attrs.frozen
class Pair:
    """`key: value`."""

    key: str
    token: Token
    value: Node


@attrs.frozen
class Block:
    """A declaration or step with what stands in its braces: `agent "A" { … }`, `steps { … }`."""

    word: str
    token: Token
    name: str | None = None
    name_token: Token | None = None
    entries: tuple[Entry, ...] = ()
    extras: tuple[Pair, ...] = ()
    """What stands between the name and the brace: `using "gpt"`, `effect pure`."""

    @property
    def title(self) -> str:
        """How a sentence calls it: `agent 'A'`, `this step`."""
        return f"this {self.word}" if self.name is None else f"{self.word} '{self.name}'"


@attrs.frozen
class Choice:
    """`if … { } elif … { } else { }`; the last branch has no condition when it is `else`."""

    token: Token
    branches: tuple[Loop, ...]


@attrs.frozen
class Loop:
    """A body under a condition: of `if`, `elif`, `else`, `while`, or of `for` with its variable."""

    word: str
    token: Token
    condition: Phrase | None
    entries: tuple[Entry, ...]
    variable: str | None = None


@attrs.frozen
class Call:
    """`WeatherBot.ask("…")`."""

    token: Token
    target: str
    argument: Node


@attrs.frozen
class Import:
    """`import a.b as c`, or `import "a/b.ai"`."""

    token: Token
    name: str
    alias: str | None = None


Entry = Pair | Quoted | Block | Choice | Loop
TopLevel = Block | Call | Import | Pair
