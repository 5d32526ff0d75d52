"""The expression language: what it computes, what it refuses, and where it points."""

from __future__ import annotations

import json
import operator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from namel3ss_dbg.events import ExpressionError
from namel3ss_dbg.timeline.expressions import DEEPEST_NESTING, LONGEST_TEXT, NotDefined, parse

VALUES: dict[str, Any] = {
    "tokens": 150,
    "city": "Oslo",
    "error": None,
    "xs": [1, 2, 3],
    "steps": {"analyze": {"output": "please refund me", "score": 0.5, "if": "a keyword"}},
    "inp": 2,
    "nested": {"matches": True},
    "empty": {},
    "huge": 10**400,
    "pairs": {(1, 2): 3},
    "other": 1j,
}


def value_of(text: str, **more: Any) -> Any:
    return parse(text).evaluate({**VALUES, **more}.__getitem__)


def refusal_of(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        value_of(text)
    return caught.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("tokens > 100", True),
        ("tokens >= 150 and city == 'Oslo'", True),
        ('tokens < 100 or steps.analyze.output contains "refund"', True),
        ("tokens == 150 && !(city != 'Oslo') || false", True),
        ("0 < tokens < 100", False),
        ("0 < tokens < 200 == true", False),
        ("not tokens == 150", False),
        ("!error == true", True),
        ("tokens in xs", False),
        ("tokens not  in xs", True),
        ("'slo' in city", True),
        ("'analyze' in steps", True),
        ("xs contains 2.0", True),
        ("error contains 'x'", False),
        ("error matches 'x'", False),
        (r"city matches '^O\w+$'", True),
        ("city =~ 'lo'", True),
        ("1 + 2 * 3 - 4 / 2", 5.0),
        ("-7 % 3", 2),
        ("- - 2", 2),
        ("(1 + 2) * 3", 9),
        ("'a' + 'b'", "ab"),
        ("xs + [4]", [1, 2, 3, 4]),
        ("'-' * 3", "---"),
        ("2 * [0]", [0, 0]),
        ("xs[0] + xs[-1]", 4),
        ("steps['analyze'].score", 0.5),
        ("steps.analyze.if", "a keyword"),
        ("nested.matches", True),
        ("inp", 2),
        ("inp in xs", True),
        ("'many' if tokens > 100 else 'few'", "many"),
        ("1 if false else 2 if false else 3", 3),
        ("error or 'fine'", "fine"),
        ("city and tokens", 150),
        ("[1, 'a', null, [true]]", [1, "a", None, [True]]),
        ("[1, 2,]", [1, 2]),
        ("[]", []),
        ("True and None", None),
        (r'"a\n\"b\" \u00e9 \d"', 'a\n"b" é \\d'),
        ("len(xs) + len(city) + len(steps)", 8),
        ("lower('A') + upper('b') + trim('  c ')", "aBc"),
        ("abs(-2) + min(3, 1, 2) + max(xs)", 6),
        ("min(['b', 'a'])", "a"),
        ("round(1.26, 1)", 1.3),
        ("round(2.6)", 3),
        ("str(1.5) + str(true) + str(null) + str('x')", "1.5truenullx"),
        ("int('12') + int(3.9)", 15),
        ("float('1.5')", 1.5),
        ("defined(tokens) and defined(steps.analyze.score)", True),
        ("defined(nope) or defined(steps.nope.deeper) or defined(xs[7])", False),
        ("nope | default('a')", "a"),
        ("steps.nope.deeper | default(city) | upper", "OSLO"),
        ("error | default('none')", "none"),
        ("false | default(1)", False),
        ("xs | length > 2", True),
        ("-tokens | abs", 150),
        ("xs | join(', ')", "1, 2, 3"),
        ("['a', null] | join", "anull"),
        ("steps.analyze.score | json", "0.5"),
        ("nested | json", '{"matches": true}'),
        ("xs | json", "[1, 2, 3]"),
        ("'abcdef' | truncate(4)", "abc…"),
        ("'abc' | truncate(3)", "abc"),
        ("1.0 == 1", True),
        ("true == 1", False),
        ("[1] == [1.0]", True),
        ("[true] == [1]", False),
        ("steps == steps", True),
        ("'1' == 1", False),
        ("1e2", 100.0),
    ],
)
def test_it_computes(text: str, value: Any) -> None:
    """Each example has the value that a person expects, of the very type."""
    found = value_of(text)

    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "column", "sentence"),
    [
        ("", 0, "there is nothing in it."),
        ("  ", 2, "there is nothing in it."),
        ("tokens >", 8, "it ends where a value is missing."),
        ("(1 + 2", 6, "it ends where a value is missing."),
        ("tokens = 5", 7, "'=' cannot stand here. Write == to compare."),
        ("tokens is 5", 7, "'is' cannot stand here. Write == to compare."),
        ("a & b", 2, "'&' cannot stand here. Write && or and."),
        ("a ? 1 : 2", 2, "'?' cannot stand here. Write: a if condition else b."),
        ("tokens 5", 7, "'5' cannot stand here."),
        ("5abc", 1, "'abc' cannot stand here."),
        ("1_000", 1, "'_000' cannot stand here."),
        ("2 ** 3", 3, "'*' cannot stand here."),
        ("tokensin xs", 9, "'xs' cannot stand here."),
        ('city == "Oslo', 8, 'the text that begins here does not end. Close it with "'),
        ("nope + 1", 0, "there is no 'nope' here."),
        ("1 + nope", 4, "there is no 'nope' here."),
        ("steps.nope", 6, "there is no 'nope' in it. Keys: analyze."),
        ("steps.analyze['nope']", 13, "there is no 'nope' in it. Keys: output, score, if."),
        ("error.message", 6, "null has no 'message'."),
        ("tokens.count", 7, "a number has no 'count'."),
        ("xs[3]", 2, "there is no item 3 in a list of 3 items."),
        ("xs.first", 3, "a list has numbered items, not 'first'. Write a number in brackets: [0]."),
        ("city < 5", 5, "a string and a number have no order. Convert one of them with float or str."),
        ("error > 1", 6, "null and a number have no order. Convert one of them with float or str."),
        ("true < 2", 5, "a boolean and a number have no order. Convert one of them with float or str."),
        ("city + 1", 5, "'+' does not join a string and a number. Convert one of them with str."),
        ("xs - 1", 3, "'-' does not work on a list and a number."),
        ("-city", 0, "a string has no sign."),
        ("1 / 0", 2, "it divides by zero."),
        ("1 % 0", 2, "it divides by zero."),
        ("1e308 * 10", 6, "the number is too large."),
        ("1e999", 0, "the number is too large."),
        ("9" * 5000, 0, "the number is too large."),
        ("'a' * 100001", 4, "the result would be longer than 100,000."),
        ("[['a'] * 1000] * 1000", 15, "the result would be longer than 100,000."),
        ("city in tokens", 5, "a number cannot contain anything."),
        ("5 in city", 2, "a string cannot contain a number. Convert it with str."),
        ("tokens matches '1'", 7, "a number cannot be searched. Convert it with str."),
        (
            "city matches '('",
            5,
            "'(' is not a regular expression, missing ): (.",
        ),
        ("city matches 5", 5, "a number is not a regular expression."),
        ("steps < 5", 6, "an object and a number have no order. Convert one of them with float or str."),
        ("empty.x", 6, "there is no 'x' in it. The object is empty."),
        ("huge / 3", 5, "the number is too large."),
        (
            "pairs | json",
            8,
            "json: the value cannot be written as JSON, keys must be str, int, float, bool or None, not tuple.",
        ),
        ("other.x", 6, "a complex has no 'x'."),
        ("len(tokens)", 0, "len: a number has no length."),
        ("1 + len(1, 2)", 4, "'len' takes 1 value, not 2."),
        ("join()", 0, "'join' takes 1 to 2 values, not 0."),
        ("city | default", 7, "'default' takes 2 values, not 1."),
        ("upper(5)", 0, "upper: it needs a string, not a number. Convert it with str."),
        ("abs('5')", 0, "abs: it needs a number, not a string."),
        ("int('x')", 0, "int: 'x' is not a whole number."),
        ("float('nan')", 0, "float: 'nan' is not a number."),
        ("float([])", 0, "float: a list is not a number."),
        ("max([])", 0, "max: the list is empty."),
        ("join(5)", 0, "join: it joins a list, not a number."),
        ("'a' | truncate(0)", 6, "truncate: it cuts to a whole number of characters, at least 1."),
        ("round(1, 2.5)", 0, "round: it does not work on these numbers."),
        ("__class__", 0, 'a name cannot begin with two underscores. A key can: ["__x"].'),
        ("city.__class__", 5, 'a name cannot begin with two underscores. A key can: ["__x"].'),
    ],
)
def test_it_refuses(text: str, column: int, sentence: str) -> None:
    """Each mistake is a whole sentence that points at the character."""
    refusal = refusal_of(text)

    assert str(refusal) == f"'{text}' cannot be evaluated: {sentence}"
    assert refusal.column == column


@pytest.mark.parametrize(("text", "column"), [("foo(1)", 0), ("city | foo", 7), ("city.upper()", 10)])
def test_functions_are_listed(text: str, column: int) -> None:
    """Whoever calls what is no function is told which there are."""
    refusal = refusal_of(text)

    assert refusal.column == column
    assert refusal.try_.startswith("Functions: abs, default, defined, float,")


def test_what_does_not_exist_has_a_class_of_its_own() -> None:
    """A front end can tell a missing name from a wrong operation."""
    assert isinstance(refusal_of("steps.nope"), NotDefined)
    assert not isinstance(refusal_of("city < 5"), NotDefined)


def test_only_what_does_not_exist_is_defaulted() -> None:
    """A wrong operation before `| default` stays an error."""
    assert refusal_of("(city < 5) | default(1)").column == 6


def test_names_are_the_roots() -> None:
    """The names of an expression are what a lookup will be asked for, at most."""
    assert parse("steps.a.tokens > limit and len(xs[i]) | default(other) and true").names == {
        "steps",
        "limit",
        "xs",
        "i",
        "other",
    }


def test_equality_is_by_text() -> None:
    """Two expressions with one text are equal and hash alike."""
    first, second = parse("a > 1"), parse("a > 1")

    assert first == second
    assert hash(first) == hash(second)
    assert first != parse("a>1")


def test_evaluation_stops_early() -> None:
    """`and`, `or` and `if` do not look at what they do not need."""
    assert value_of("false and nope") is False
    assert value_of("true or nope") is True
    assert value_of("1 if true else nope") == 1
    assert value_of("2 < 1 < nope") is False


def test_the_pointer_is_below_the_character() -> None:
    """The two lines of a pointer show the text and a caret."""
    assert refusal_of("tokens = 5").pointer == "tokens = 5\n       ^"


def test_the_text_is_bounded() -> None:
    """A text of the greatest length parses, one character more is refused without repeating it."""
    assert parse("1" + " " * (LONGEST_TEXT - 1)).evaluate(VALUES.__getitem__) == 1
    refusal = refusal_of("1" * (LONGEST_TEXT + 1))

    assert str(refusal).endswith("cannot be evaluated: it is longer than 10,000 characters.")
    assert len(str(refusal)) < 200


@pytest.mark.parametrize("nested", ["{0}1{1}", "not {0}1{1}", "1 if {0}1{1} else 2"])
@pytest.mark.parametrize(("opening", "closing"), [("1+(", ")"), ("[", "]"), ("not ", ""), ("-", ""), ("len(", ")")])
def test_the_nesting_is_bounded(nested: str, opening: str, closing: str) -> None:
    """What is nested too deeply is a sentence, never a RecursionError."""
    parse(nested.format(opening * (DEEPEST_NESTING - 2), closing * (DEEPEST_NESTING - 2)))
    with pytest.raises(ExpressionError, match="more than 100 operations"):
        parse(nested.format(opening * 1500, closing * 1500))


def test_long_chains_are_flat() -> None:
    """A sum, a path and a list of any length are no nesting."""
    assert parse("+".join(["1"] * 4000)).evaluate(VALUES.__getitem__) == 4000
    assert parse(" and ".join(["true"] * 1000)).evaluate(VALUES.__getitem__) is True
    assert len(parse(f"[{'1,' * 3000}]").evaluate(VALUES.__getitem__)) == 3000
    assert refusal_of("steps" + ".analyze" * 1000).column == 14


def test_deep_values_are_a_sentence() -> None:
    """A value that is nested beyond all measure cannot be compared, and says so."""
    deep: Any = []
    other: Any = []
    for _ in range(100_000):
        deep, other = [deep], [other]
    with pytest.raises(ExpressionError, match="a value is nested too deeply"):
        parse("a == b").evaluate({"a": deep, "b": other}.__getitem__)


def test_results_are_bounded() -> None:
    """Small texts cannot make huge ones by way of lists and `join`."""
    long = "x" * 1_000_000
    for text in ("[s] * 1000", "[s, s, s, s, s, s, s, s, s, s, s] | json", "([1, 2, 3] * 9000) | join(s)"):
        with pytest.raises(ExpressionError, match="the result would be longer"):
            parse(text).evaluate({"s": long}.__getitem__)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
SIMPLE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\b")),  # in a pattern `\b` is the edge of a word, so it stays
    lambda inner: st.lists(inner, max_size=4),
    max_leaves=12,
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)


@given(SIMPLE)
@example("\\d")
@example("\\u0041")
def test_json_text_means_itself(value: Any) -> None:
    """The JSON text of a value without objects evaluates to that value."""
    text = json.dumps(value)

    assert value_of(text) == json.loads(text)


@given(JSON)
def test_a_name_gives_its_value_untouched(value: Any) -> None:
    """What the lookup gives is what an expression is, and it is equal to itself."""
    assert value_of("x", x=value) is value
    assert value_of("x == y", x=value, y=json.loads(json.dumps(value))) is True


@given(
    st.one_of(st.tuples(NUMBERS, NUMBERS), st.tuples(st.text(), st.text())),
    st.sampled_from(["==", "!=", "<", "<=", ">", ">="]),
)
def test_comparisons_are_those_of_python(pair: tuple[Any, Any], sign: str) -> None:
    """Numbers and texts compare as in Python."""
    python = {"==": "eq", "!=": "ne", "<": "lt", "<=": "le", ">": "gt", ">=": "ge"}
    left, right = pair

    assert value_of(f"left {sign} right", left=left, right=right) is getattr(operator, python[sign])(left, right)


FRAGMENTS = [
    *"()[].,|+-*/%<>=!&'\"\\ \n1é",
    *("==", " and ", " not ", " in ", " if ", " else ", "matches", "true", "1e9", "'a'"),
    *("tokens", "city", "steps", ".analyze", "xs", "[0]", "__a", "\ud800", "\x00"),
    *("len(", "| default(", "json", "join"),
]


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=25).map("".join) | st.text())
def test_no_text_breaks_it(text: str) -> None:
    """Any text either has a value or is an ExpressionError that points into it."""
    try:
        value_of(text)
    except ExpressionError as refusal:
        column = refusal.column

        assert column is None or 0 <= column <= len(text)


def test_no_pattern_takes_for_ever() -> None:
    """A search is linear in the text, also with the patterns that are famous for not being so."""
    assert parse("text matches '(x+x+)+y'").evaluate({"text": "x" * 100_000}.__getitem__) is False
