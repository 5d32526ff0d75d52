"""The expression language: conditions of breakpoints, watches, `print EXPR`, and what stands in `{{ }}` in `.ai` files.

    tokens > 100 and steps.analyze.output contains "refund"
    inputs.city | default("nowhere") | upper

Values are JSON values and names come from a lookup, so an expression can read what it is given and do nothing else.
It is parsed once into nested closures; evaluating one then costs about as much as a few Python calls.
"""

from __future__ import annotations

import functools
import re
from typing import Any

import attrs
from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args

from ..events import ExpressionError
from .functions import FUNCTIONS, Lookup, Run
from .operators import ARITHMETIC, COMPARISONS, Absent, Fault, clipped, compiled, member, signed

LONGEST_TEXT = 10_000
"""Characters that an expression may have."""
DEEPEST_NESTING = 100
"""How many operations may stand inside one another."""

_CONSTANTS = {"true": True, "True": True, "false": False, "False": False, "null": None, "None": None}
_ESCAPES = {"f": "\f", "n": "\n", "t": "\t", "r": "\r", '"': '"', "'": "'", "\\": "\\"}
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ADVICE = {
    "=": "Write == to compare.",
    "&": "Write && or and.",
    "is": "Write == to compare.",
    "$": "Write the name without it.",
    "{": "Objects cannot be written here.",
    "?": "Write: a if condition else b.",
}


class NotDefined(ExpressionError):
    """An expression names something that does not exist."""


@attrs.frozen
class Expression:
    """A parsed expression; two with the same text are equal."""

    text: str
    names: frozenset[str] = attrs.field(eq=False)
    """The root names it reads: `{"steps"}` for `steps.analyze.output`."""
    _run: Run = attrs.field(eq=False, repr=False)

    def evaluate(self, lookup: Lookup) -> Any:
        """The value, with the root names as `lookup` gives them.

        Raises:
            NotDefined: A name, key or item does not exist.
            ExpressionError: The values do not allow the operation.
        """
        try:
            return self._run(lookup)
        except Fault as fault:
            raise _error(self.text, fault) from None
        except RecursionError:
            raise ExpressionError(self.text, why="a value is nested too deeply") from None


@functools.lru_cache(maxsize=1024)
def parse(text: str) -> Expression:
    """The expression that a text says.

    Raises:
        ExpressionError: The text is none; points at the character.
    """
    if len(text) > LONGEST_TEXT:
        raise ExpressionError(clipped(text, 60), why=f"it is longer than {LONGEST_TEXT:,} characters")
    try:
        term = _grammar().parse(text)
    except Fault as fault:
        raise _error(text, fault) from None
    except UnexpectedInput as problem:
        raise _error(text, _misreading(text, problem)) from None
    assert isinstance(term, Term)  # noqa: S101 - the transformer makes nothing else
    return Expression(text, term.names, term.run)


@functools.cache
def _grammar() -> Lark:
    return Lark.open("expressions.lark", rel_to=__file__, parser="lalr", transformer=_Terms(), maybe_placeholders=False)


def _error(text: str, fault: Fault) -> ExpressionError:
    kind = NotDefined if isinstance(fault, Absent) else ExpressionError
    return kind(text, why=fault.why, column=fault.column, try_=fault.try_)


def _misreading(text: str, problem: UnexpectedInput) -> Fault:
    """What the parser stumbled over, in a person's words."""
    if isinstance(problem, UnexpectedToken) and problem.token.type == "$END":
        return Fault("it ends where a value is missing" if text.strip() else "there is nothing in it", column=len(text))
    column = problem.pos_in_stream or 0
    found = problem.token if isinstance(problem, UnexpectedToken) else text[column]
    if found in "\"'" and isinstance(problem, UnexpectedCharacters):
        return Fault("the text that begins here does not end", column=column, try_=f"Close it with {found}")
    if found == "(":
        return Fault("only a function can be called", column=column, try_=_function_list())
    return Fault(f"'{clipped(found, 40)}' cannot stand here", column=column, try_=_ADVICE.get(found, ""))


def _function_list() -> str:
    return f"Functions: {', '.join(FUNCTIONS)}."


@attrs.frozen
class Term:
    """A part of an expression, ready to evaluate."""

    run: Run
    depth: int = 1
    """How many terms stand inside one another."""
    names: frozenset[str] = frozenset()
    literal: str | None = None
    """The text, when the term is just that."""


def _term(run: Run, *parts: Term) -> Term:
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > DEEPEST_NESTING:
        raise Fault(f"more than {DEEPEST_NESTING} operations stand inside one another", column=0)
    return Term(run, depth, frozenset[str]().union(*(part.names for part in parts)))


def _constant(value: Any) -> Term:
    return Term(lambda lookup: value)


@attrs.frozen
class _Access:
    """`.name` or `[key]`."""

    key: Term
    column: int


@attrs.frozen
class _Filter:
    """`| name(arguments)`."""

    name: Token
    arguments: tuple[Term, ...]


class _Terms(Transformer[Token, Term]):
    """Makes terms bottom up while the parser reads, one method per rule of the grammar."""

    @v_args(inline=True)
    def number(self, token: Token) -> Term:
        try:
            value = int(token) if token.isdecimal() else float(token)
        except ValueError:
            value = float("inf")
        if value == float("inf"):
            raise Fault("the number is too large", column=_column(token))
        return _constant(value)

    @v_args(inline=True)
    def string(self, token: Token) -> Term:
        text = unescaped(token[1:-1])
        return Term(lambda lookup: text, literal=text)

    @v_args(inline=True)
    def name(self, token: Token) -> Term:
        name, column = _plain(token), _column(token)
        if name in _CONSTANTS:
            return _constant(_CONSTANTS[name])

        def run(lookup: Lookup) -> Any:
            try:
                return lookup(name)
            except KeyError:
                raise Absent(f"there is no '{name}' here", column=column) from None

        return Term(run, names=frozenset({name}))

    def items(self, parts: list[Term]) -> Term:
        runs = [part.run for part in parts]
        return _term(lambda lookup: [run(lookup) for run in runs], *parts)

    @v_args(inline=True)
    def attribute(self, token: Token) -> _Access:
        return _Access(_constant(_plain(token)), _column(token))

    @v_args(inline=True)
    def index(self, opening: Token, key: Term, closing: Token) -> _Access:
        return _Access(key, _column(opening))

    def path(self, parts: list[Any]) -> Term:
        root, *accesses = parts
        first = root.run
        steps = [(access.key.run, access.column) for access in accesses]

        def run(lookup: Lookup) -> Any:
            value = first(lookup)
            for key, column in steps:
                try:
                    value = member(value, key(lookup))
                except Fault as fault:
                    raise fault.at(column) from None
            return value

        return _term(run, root, *(access.key for access in accesses))

    def call(self, parts: list[Any]) -> Term:
        name, *arguments = parts
        return _call(name, arguments)

    def filter(self, parts: list[Any]) -> _Filter:
        name, *arguments = parts
        return _Filter(name, tuple(arguments))

    def filtered(self, parts: list[Any]) -> Term:
        value, *filters = parts
        for each in filters:
            value = _call(each.name, [value, *each.arguments])
        return value  # type: ignore[no-any-return]

    @v_args(inline=True)
    def signed(self, sign: Token, operand: Term) -> Term:
        inner, column = operand.run, _column(sign)

        def run(lookup: Lookup) -> Any:
            try:
                return signed(sign, inner(lookup))
            except Fault as fault:
                raise fault.at(column) from None

        return _term(run, operand)

    def product(self, parts: list[Any]) -> Term:
        first, *rest = parts
        operations = [
            (ARITHMETIC[sign], operand.run, _column(sign)) for sign, operand in zip(rest[::2], rest[1::2], strict=True)
        ]
        start = first.run

        def run(lookup: Lookup) -> Any:
            value = start(lookup)
            for operate, operand, column in operations:
                try:
                    value = operate(value, operand(lookup))
                except Fault as fault:
                    raise fault.at(column) from None
            return value

        return _term(run, first, *rest[1::2])

    sum = product

    def comparison(self, parts: list[Any]) -> Term:
        """One comparison, or a chain as in `0 < x < 10`."""
        operands, signs = parts[::2], parts[1::2]
        pairs = [_compare(sign, *operands[at : at + 2]) for at, sign in enumerate(signs)]
        run = pairs[0] if len(pairs) == 1 else lambda lookup: all(pair(lookup) for pair in pairs)
        return _term(run, *operands)

    @v_args(inline=True)
    def negation(self, operand: Term) -> Term:
        inner = operand.run
        return _term(lambda lookup: not inner(lookup), operand)

    def conjunction(self, parts: list[Term]) -> Term:
        return _first_that(parts, truth=False)

    def disjunction(self, parts: list[Term]) -> Term:
        return _first_that(parts, truth=True)

    @v_args(inline=True)
    def choice(self, chosen: Term, condition: Term, otherwise: Term) -> Term:
        yes, test, no = chosen.run, condition.run, otherwise.run
        return _term(lambda lookup: yes(lookup) if test(lookup) else no(lookup), chosen, condition, otherwise)


def _column(token: Token) -> int:
    return token.start_pos or 0


def _plain(token: Token) -> str:
    if token.startswith("__"):
        raise Fault("a name cannot begin with two underscores", column=_column(token), try_='A key can: ["__x"].')
    return str(token)


def unescaped(text: str) -> str:
    r"""The text with its escapes resolved; others stay: `"\d+"` is a pattern for digits, `"\bno\b"` for a word."""
    if "\\" not in text:
        return text
    resolved = _ESCAPE.sub(_resolved, text)
    return resolved.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")  # joins halves of a pair


def _resolved(escape: re.Match[str]) -> str:
    code, letter = escape.groups()
    return chr(int(code, 16)) if code else _ESCAPES.get(letter, escape.group())


def _compare(sign: Token, left: Term, right: Term) -> Run:
    first, second, column = left.run, right.run, _column(sign)
    word = " ".join(sign.split())
    operate = COMPARISONS[word]
    if word in ("matches", "=~") and right.literal is not None:
        try:
            compiled(right.literal)
        except Fault as fault:
            raise fault.at(column) from None

    def run(lookup: Lookup) -> bool:
        try:
            return operate(first(lookup), second(lookup))
        except Fault as fault:
            raise fault.at(column) from None

    return run


def _first_that(parts: list[Term], *, truth: bool) -> Term:
    """The first value that is true (or false), else the last one: what `or` and `and` give."""
    *runs, last = [part.run for part in parts]

    def run(lookup: Lookup) -> Any:
        for each in runs:
            value = each(lookup)
            if bool(value) is truth:
                return value
        return last(lookup)

    return _term(run, *parts)


def _call(name: Token, arguments: list[Term]) -> Term:
    column = _column(name)
    function = FUNCTIONS.get(name)
    if function is None:
        raise Fault(f"there is no function '{name}'", column=column, try_=_function_list())
    if not function.least <= len(arguments) <= function.most:
        count = f"{function.least}" if function.least == function.most else f"{function.least} to {function.most}"
        plural = "value" if count == "1" else "values"
        raise Fault(f"'{name}' takes {count} {plural}, not {len(arguments)}", column=column)
    apply, runs = function.apply, [argument.run for argument in arguments]
    if function.lazy:
        return _term(apply(*runs), *arguments)

    def run(lookup: Lookup) -> Any:
        values = [each(lookup) for each in runs]
        try:
            return apply(*values)
        except Fault as fault:
            fault.why = f"{name}: {fault.why}"
            raise fault.at(column) from None

    return _term(run, *arguments)
