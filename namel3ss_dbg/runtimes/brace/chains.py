"""From blocks to nodes: chains with their steps and what decides which of them run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import cast, get_args

import attrs

from ...events import SourceError
from .fields import Fields, kind_of, value_of, word_of
from .nodes import Branch, Chain, For, If, Parallel, Position, Statement, Step, StepKind, Text, Value, While
from .source import Source, did_you_mean, one_of
from .tokens import Token, prose_of, text_of
from .tree import Block, Choice, Entry, ListOf, Loop, Node, ObjectOf, Pair, Quoted, Word

KINDS = get_args(StepKind)

_INPUTS = ("inputs", "input", "options", "arguments", "args", "with")
_CONDITIONS = ("if", "when", "condition")


def chain_of(source: Source, block: Block) -> Chain:
    """`chain Name { steps { … } }`."""
    pairs = [entry for entry in [*block.extras, *block.entries] if isinstance(entry, Pair)]
    fields = Fields(source, block.title, block.token, pairs)
    listed = fields.take("steps")
    names = _Names(source)
    body = [
        *(_listed_steps(source, listed, names) if listed else ()),
        *_statements(source, (entry for entry in block.entries if not isinstance(entry, Pair)), names),
    ]
    return Chain(
        name=block.name or "",
        at=source.place(block.token),
        input_key=fields.string("input_key") or "input",
        body=tuple(body),
        output=fields.expression("output", "returns", "result"),
        settings=fields.rest(),
    )


@attrs.define
class _Names:
    """The names in one chain: of its steps, and of the values that steps can be given."""

    source: Source
    taken: set[str] = attrs.field(factory=set)
    """Step names; those of two branches of one `if` may be equal, since only one of them runs."""
    made: Counter[str] = attrs.field(factory=Counter)
    """How many names were made from each wish."""
    variables: frozenset[str] = frozenset({"input", "payload"})
    """Words that stand for a value when they are an input: `inputs: { text: input }`."""

    def add(self, name: str, token: Token) -> str:
        """Take a name that is written down."""
        if name in self.taken:
            raise self.source.mistake(f"There are two steps '{name}'", token, try_="Give one of them another name.")
        self.taken.add(name)
        return name

    def make(self, wish: str) -> str:
        """Take a name for a step that has none."""
        name = wish
        while name in self.taken:
            self.made[wish] += 1
            name = f"{wish}_{self.made[wish] + 1}"
        self.taken.add(name)
        return name


def _statements(source: Source, entries: Iterable[Entry], names: _Names) -> Iterator[Statement]:
    for entry in entries:
        match entry:
            case Block("step"):
                yield _step(source, entry, names)
            case Block("steps"):
                yield from _statements(source, entry.entries, names)
            case Block("parallel", token):
                body = tuple(_statements(source, entry.entries, names))
                yield Parallel(at=source.place(token), body=body)
            case Choice():
                yield _if(source, entry, names)
            case Loop("for"):
                yield _for(source, entry, names)
            case Loop():
                yield _while(source, entry, names)
            case Pair(key, token):
                raise source.mistake(f"'{key}' cannot stand among steps", token, try_="Write it in a step.")
            case _:
                raise source.mistake(f"A step is expected here, not {entry.token}", entry.token)


def _if(source: Source, choice: Choice, names: _Names) -> If:
    before, after = set(names.taken), set(names.taken)
    branches: list[Branch] = []
    otherwise: tuple[Statement, ...] = ()
    for loop in choice.branches:
        names.taken = set(before)
        body = tuple(_statements(source, loop.entries, names))
        after |= names.taken
        if loop.condition is None:
            otherwise = body
        else:
            condition = source.expression(loop.condition.text, loop.condition.token.start)
            branches.append(Branch(condition=condition, at=source.place(loop.token), body=body))
    names.taken = after
    return If(at=source.place(choice.token), branches=tuple(branches), otherwise=otherwise)


def _for(source: Source, loop: Loop, names: _Names) -> For:
    assert loop.condition is not None  # noqa: S101 - the reader makes no `for` without a list
    variable, outside = loop.variable or "", names.variables
    names.variables |= {variable}
    body = tuple(_statements(source, loop.entries, names))
    names.variables = outside
    items = source.expression(loop.condition.text, loop.condition.token.start)
    return For(at=source.place(loop.token), variable=variable, items=items, body=body)


def _while(source: Source, loop: Loop, names: _Names) -> While:
    assert loop.condition is not None  # noqa: S101 - the reader makes no `while` without a condition
    pairs = [entry for entry in loop.entries if isinstance(entry, Pair)]
    fields = Fields(source, "this while", loop.token, pairs)
    limit = fields.whole("max_iterations", least=1)
    fields.close()
    statement = While(
        at=source.place(loop.token),
        condition=source.expression(loop.condition.text, loop.condition.token.start),
        body=tuple(_statements(source, (entry for entry in loop.entries if not isinstance(entry, Pair)), names)),
    )
    return attrs.evolve(statement, max_iterations=limit) if limit else statement


# Steps


def _step(source: Source, block: Block, names: _Names) -> Step:
    texts = [entry for entry in block.entries if isinstance(entry, Quoted)]
    pairs = [entry for entry in block.entries if isinstance(entry, Pair)]
    fields = Fields(source, block.title, block.token, pairs)
    named = fields.take("name") if block.name is None else None
    name = word_of(source, named.value) if named else block.name
    if named and name is None:
        raise fields.unfit(named, "a text", named.value)
    step = _step_from(fields, texts, names)
    if name is None:
        return attrs.evolve(step, name=names.make(step.target or step.kind))
    at = named.value.token if named else block.name_token or block.token
    return attrs.evolve(step, name=names.add(name, at))


def _step_from(fields: Fields, texts: list[Quoted], names: _Names) -> Step:
    source = fields.source
    kind = _kind(fields)
    template = fields.text("template", "text")
    if texts and (template or len(texts) > 1):
        raise fields.mistake(f"{fields.subject} has two texts", texts[-1].token)
    if texts:
        template = prose_of(source, texts[0].token)
    if template and kind != "template":
        raise fields.mistake(f"{fields.subject} has a text, but is of kind {kind}", try_='Write kind: "template".')
    target, target_at = _target(fields, kind, template)
    _refuse_condition(fields)
    return Step(
        name="",
        at=source.place(fields.token),
        kind=kind,
        target=target,
        target_at=target_at,
        inputs=_inputs(fields, names),
        template=template,
        stop_on_error=_stops(fields),
        settings=fields.rest(),
    )


def _kind(fields: Fields) -> StepKind:
    pair = fields.take("kind", "type")
    if pair is None:
        raise fields.mistake(f"{fields.subject} has no kind", try_=f"Write kind: followed by {one_of(KINDS)}.")
    word = word_of(fields.source, pair.value)
    if word is None:
        raise fields.unfit(pair, "the word for a kind", pair.value)
    if word not in KINDS:
        raise _no_kind(fields.source, word, pair.value.token)
    return cast("StepKind", word)


def _no_kind(source: Source, word: str, token: Token) -> SourceError:
    known = did_you_mean(word, KINDS) or f"Kinds are {one_of(KINDS)}."
    return source.mistake(f"'{word}' is not a kind of step", token, try_=known)


def _target(fields: Fields, kind: StepKind, template: Text | None) -> tuple[str, Position]:
    name = fields.name("target")
    if name is not None:
        return name, fields.places[name]
    if template is None:
        raise fields.mistake(f"{fields.subject} has no target", try_=f'Write target: "…", the name of the {kind}.')
    return "", fields.source.place(fields.token)


def _inputs(fields: Fields, names: _Names) -> dict[str, Value]:
    """What the step is given; anything but an object is its `input`."""
    pair = fields.take(*_INPUTS)
    if pair is None:
        return {}
    if not isinstance(pair.value, ObjectOf):
        return {"input": _given(pair.value, names)}
    return {each.key: _given(each.value, names) for each in pair.value.pairs}


def _given(node: Node, names: _Names) -> Value:
    """A value of the inputs, where a variable or a path such as `steps.a.output` stands for what is there."""
    match node:
        case Word(token, path) if (path in names.variables or "." in path) and not path.startswith("env."):
            return Text(f"{{{{ {path} }}}}", names.source.place(token), escaped=True)
        case ListOf(_, items):
            return [_given(item, names) for item in items]
        case ObjectOf(_, pairs):
            return {pair.key: _given(pair.value, names) for pair in pairs}
    return value_of(names.source, node)


def _stops(fields: Fields) -> bool:
    stop, go_on = fields.flag("stop_on_error"), fields.flag("continue_on_error")
    if stop is not None and go_on is not None:
        raise fields.mistake(f"'stop_on_error' and 'continue_on_error' both stand in {fields.title}")
    return not go_on if stop is None else stop


def _refuse_condition(fields: Fields) -> None:
    """A condition among a step's entries would be kept and never looked at."""
    for pair in fields.remaining():
        if pair.key in _CONDITIONS:
            raise fields.mistake(
                f"'{pair.key}' decides nothing inside a step", pair.token, try_="Write if … { step … { … } }"
            )


# Steps in a list


def _listed_steps(source: Source, pair: Pair, names: _Names) -> Iterator[Step]:
    """`steps: ["prompt:p", "tool:t"]`, or `steps: [{ kind: …, target: … }]`."""
    if not isinstance(pair.value, ListOf):
        raise source.mistake(f"'steps' needs a list or a block, not {kind_of(pair.value)}", pair.value.token)
    for item in pair.value.items:
        match item:
            case Quoted(token):
                yield _short_step(source, token, names)
            case ObjectOf(token, pairs):
                yield _step(source, Block("step", token, entries=tuple(pairs)), names)
            case _:
                raise source.mistake(
                    f"A step is expected in the list, not {kind_of(item)}", item.token, try_='Write "kind:target".'
                )


def _short_step(source: Source, token: Token, names: _Names) -> Step:
    text = text_of(source, token).raw
    kind, colon, target = text.partition(":")
    if not colon or not target:
        raise source.mistake(f"The step '{text}' has no kind", token, try_='Write "kind:target".')
    if kind not in KINDS:
        raise _no_kind(source, kind, token)
    at = source.place(token)
    return Step(name=names.make(target), at=at, kind=cast("StepKind", kind), target=target, target_at=at)
