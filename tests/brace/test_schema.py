from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.runtimes.brace.nodes import EnvRef, Field
from namel3ss_dbg.runtimes.brace.offline import example_of
from namel3ss_dbg.runtimes.brace.schema import answer_problems, coerced, extract_json, json_schema, problems

TICKET = (
    Field("title", "string"),
    Field("priority", "string", choices=("low", "high")),
    Field("score", "number", required=False),
    Field("tags", "list", items=Field("tag", "string"), required=False),
    Field("owner", "object", fields=(Field("id", "integer"),), required=False),
)


class TestProblems:
    def test_a_value_that_fits_has_none(self) -> None:
        """Optional values may be missing or null."""
        value = {"title": "t", "priority": "low", "score": None, "tags": ["a"], "owner": {"id": 1}, "more": 1}

        assert problems(value, TICKET) == []

    def test_all_problems_are_told_at_once_with_their_paths(self) -> None:
        """A model can mend everything in one go."""
        value = {"priority": "urgent", "score": "9", "tags": ["a", 2], "owner": {"id": True}}

        assert problems(value, TICKET) == [
            "$.title is missing",
            '$.priority must be one of "low", "high", not the string "urgent"',
            '$.score must be a number, not the string "9"',
            "$.tags[1] must be a string, not the number 2",
            "$.owner.id must be an integer, not the boolean true",
        ]

    def test_a_closed_object_refuses_unknown_names(self) -> None:
        """An argument that no parameter takes is told, with what was probably meant."""
        wrong = problems({"titel": "x", "title": "t", "priority": "low"}, TICKET, closed=True)

        assert wrong == [
            "$.titel is not known; known: title, priority, score, tags, owner. Did you mean 'title'?",
        ]

    @pytest.mark.parametrize(("value", "told"), [([], "a list of 0"), (None, "null"), ("x", 'the string "x"')])
    def test_something_else_than_an_object_is_told(self, value: Any, told: str) -> None:
        """The value as a whole has the path $."""
        assert problems(value, TICKET) == [f"$ must be an object, not {told}"]

    def test_whole_floats_are_integers_and_booleans_are_not(self) -> None:
        """JSON does not tell 3 from 3.0; true is no number."""
        count = (Field("n", "integer"),)

        assert problems({"n": 3.0}, count) == []
        assert problems({"n": 3.5}, count) == ["$.n must be an integer, not the number 3.5"]
        assert problems({"n": True}, (Field("n", "number"),)) == ["$.n must be a number, not the boolean true"]

    def test_a_default_stands_in_for_a_missing_value(self) -> None:
        """A value with a default is never missing."""
        assert problems({}, (Field("n", "integer", default=1),)) == []

    def test_a_reference_to_the_environment_fits_everywhere(self) -> None:
        """What a variable holds is not looked at to check an argument."""
        assert problems({"n": EnvRef("X")}, (Field("n", "integer"),)) == []


class TestExtraction:
    @pytest.mark.parametrize(
        "answer",
        [
            '{"a": {"b": 1}}',
            '```json\n{"a": {"b": 1}}\n```',
            'Here you are: {"a": {"b": 1}} — good luck!',
            'For {x} it is\n{"a": {"b": 1}}',
        ],
    )
    def test_json_is_found_within_an_answer(self, answer: str) -> None:
        """Code fences and prose around an object do no harm."""
        assert extract_json(answer) == {"a": {"b": 1}}

    @pytest.mark.parametrize(
        ("answer", "why"),
        [
            ("Sorry, no.", '$ is not JSON: there is no object in the string "Sorry, no."'),
            ('{"a": ', "$ is not JSON: Expecting value at line 1, column 7"),
            ('{"a":' * 50_000, "$ is not JSON: it is nested too deeply"),
        ],
    )
    def test_an_answer_without_json_is_told(self, answer: str, why: str) -> None:
        """A cut off object is told with the place at which it is cut off."""
        assert answer_problems(answer, TICKET) == (None, [why])

    def test_a_wall_of_braces_is_given_up_on(self) -> None:
        """An answer of many thousand braces is refused quickly."""
        with pytest.raises(ValueError, match="line 1"):
            extract_json("{" * 50_000)


def test_the_schema_says_what_is_checked() -> None:
    """A model is told the shape that its answer is held against."""
    assert json_schema(TICKET) == {
        "type": "object",
        "properties": {
            "title": {"type": "string"},
            "priority": {"type": "string", "enum": ["low", "high"]},
            "score": {"type": "number"},
            "tags": {"type": "array", "items": {"type": "string"}},
            "owner": {
                "type": "object",
                "properties": {"id": {"type": "integer"}},
                "required": ["id"],
                "additionalProperties": False,
            },
        },
        "required": ["title", "priority"],
        "additionalProperties": False,
    }


def test_the_schema_tells_what_a_value_is_for() -> None:
    """Descriptions go to the model; a value of any type has none."""
    fields = (Field("x", "any", description="Whatever you like"), Field("n", "integer", default=1))

    assert json_schema(fields)["properties"] == {"x": {"description": "Whatever you like"}, "n": {"type": "integer"}}
    assert json_schema(fields)["required"] == ["x"]


@pytest.mark.parametrize(
    ("given_text", "kind", "value"),
    [
        ("3", "integer", 3),
        ("2.5", "number", 2.5),
        ("True", "boolean", True),
        ("[1]", "list", [1]),
        ('{"a": 1}', "object", {"a": 1}),
        ("3", "string", "3"),
        ("three", "integer", "three"),
        ("2.5", "integer", "2.5"),
    ],
)
def test_a_text_is_read_as_the_type_that_is_wanted(given_text: str, kind: Any, value: Any) -> None:
    """A text that says a value without doubt is that value; another one stays a text."""
    assert coerced(given_text, Field("x", kind)) == value


def several(of: st.SearchStrategy[Field]) -> st.SearchStrategy[tuple[Field, ...]]:
    return st.lists(of, max_size=4, unique_by=lambda field: field.name).map(tuple)


simple = st.builds(
    Field,
    name=st.from_regex(r"[a-z]{1,6}", fullmatch=True),
    type=st.sampled_from(["string", "integer", "number", "boolean", "list", "object"]),
)
enums = st.builds(Field, name=st.just("e"), type=st.just("string"), choices=st.just(("a", "b", "c")))
nested = st.recursive(
    simple | enums,
    lambda inner: (
        st.builds(Field, name=st.just("o"), type=st.just("object"), fields=several(inner))
        | st.builds(Field, name=st.just("l"), type=st.just("list"), items=inner)
    ),
    max_leaves=6,
)


@given(several(nested), st.text())
def test_the_offline_example_of_a_shape_fits_it(fields: tuple[Field, ...], asked: str) -> None:
    """Whatever shape is asked for, the offline model's own answer fits, and is the same every time."""
    example = example_of(fields, asked)

    assert problems(example, fields, closed=True) == []
    assert example_of(fields, asked) == example
