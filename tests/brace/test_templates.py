from __future__ import annotations

from typing import Any

import pytest

from namel3ss_dbg.events import ProgramError, SourceError
from namel3ss_dbg.runtimes.brace.nodes import EnvRef, Position, Text
from namel3ss_dbg.runtimes.brace.templates import compile_template, evaluate, render
from namel3ss_dbg.runtimes.brace.values import concealed_in, environment_of, resolve, revealed, shown
from namel3ss_dbg.timeline.expressions import parse
from tests.support.brace import text


def value(raw: str, **names: Any) -> Any:
    return resolve(text(raw), names)


class TestHoles:
    def test_a_hole_alone_keeps_its_type(self) -> None:
        """An object travels through a text that is exactly one hole."""
        assert value("{{ steps.a.output }}", steps={"a": {"output": {"n": [1, 2]}}}) == {"n": [1, 2]}

    @pytest.mark.parametrize(
        ("held", "written"),
        [("x", "x"), (3, "3"), (1.5, "1.5"), (True, "true"), (None, "null"), ({"ä": [1]}, '{"ä": [1]}')],
    )
    def test_within_a_text_values_are_written_as_json(self, held: Any, written: str) -> None:
        """Strings stand as they are within a text, everything else as JSON."""
        assert value("<{{ held }}>", held=held) == f"<{written}>"

    def test_single_braces_are_characters(self) -> None:
        """JSON in a prompt needs no escaping, also when its objects nest."""
        assert value('Answer {"a": {"b": 1}} for {x} and {{ x }}', x=2) == 'Answer {"a": {"b": 1}} for {x} and 2'

    def test_a_string_within_a_hole_may_hold_braces(self) -> None:
        """The two braces that end a hole are not looked for within its strings."""
        assert value("{{ '}}' }}{{ \"it's\" }}!") == "}}it's!"

    def test_filters_and_operators_work(self) -> None:
        """What stands in a hole is the expression language."""
        assert value("{{ name | default('nobody') | upper }} {{ 1 + 2 * 3 }}") == "NOBODY 7"


class TestBlocks:
    TEMPLATE = "{% if n > 2 %}many{% elif n == 2 %}two{% else %}few{% endif %}"

    @pytest.mark.parametrize(("n", "said"), [(3, "many"), (2, "two"), (1, "few")])
    def test_if_takes_the_first_branch_that_is_true(self, n: int, said: str) -> None:
        """One branch of an if is rendered, else the last."""
        assert value(self.TEMPLATE, n=n) == said

    def test_an_if_without_a_true_branch_says_nothing(self) -> None:
        """Without an else nothing remains."""
        assert value("a{% if no %}b{% endif %}c", no=False) == "ac"

    def test_for_goes_through_a_list_and_hides_nothing_else(self) -> None:
        """The variable of a loop is known within it, and so is all around it."""
        assert value("{% for x in xs %}{{ x }}{{ end }}{% endfor %}", xs=[1, 2], end=";") == "1;2;"

    def test_for_goes_through_the_keys_of_an_object(self) -> None:
        """An object gives its keys."""
        assert value("{% for key in o %}{{ key }}={{ o[key] }} {% endfor %}", o={"a": 1, "b": 2}) == "a=1 b=2 "

    def test_a_tag_alone_on_its_line_leaves_no_line(self) -> None:
        """Blocks can be laid out in lines of their own without blank lines in what comes out."""
        assert (
            value("List:\n  {% for x in xs %}\n- {{ x }}\n  {% endfor %}\nend", xs=["a", "b"]) == "List:\n- a\n- b\nend"
        )

    def test_a_hole_alone_on_its_line_leaves_its_line(self) -> None:
        """Only blocks take their line with them."""
        assert value("a\n{{ x }}\nb", x=1) == "a\n1\nb"


class TestErrors:
    def problem(self, raw: str, **names: Any) -> SourceError:
        with pytest.raises(SourceError) as caught:
            render(text(raw, line=3, column=5), names)
        return caught.value

    def test_an_unknown_name_is_told_with_its_place_and_the_known_ones(self) -> None:
        """An unknown name gives file, line, column, and what could have been meant."""
        problem = self.problem("Hello\n  {{ nobody }}", input="x", payload={})

        assert str(problem) == (
            "app.ai:4:6: 'nobody' cannot be evaluated: there is no 'nobody' here. Known here: input, payload."
        )

    def test_a_cut_off_indentation_counts(self) -> None:
        """In a dedented body columns are those of the file."""
        with pytest.raises(SourceError) as caught:
            render(Text("a\n{{ nobody }}", Position("app.ai", 3, 9), indent=8), {})

        assert (caught.value.line, caught.value.column) == (4, 12)

    @pytest.mark.parametrize(
        ("raw", "column", "message"),
        [
            ("ab {{ x", 8, 'This {{ has no closing }}. Write {{ "{{" }} for the characters themselves.'),
            ("{% if x %}a", 16, "A block is not closed: {% endif %} is missing."),
            ("{% for x in xs %}", 22, "A block is not closed: {% endfor %} is missing."),
            (
                "a{% endif %}",
                9,
                "{% endif %} is no tag here. Tags are: if, elif, else, endif, for NAME in LIST, endfor.",
            ),
            ("{{ 1 + }}", 11, "'1 +' cannot be evaluated: it ends where a value is missing."),
            ("{% for y in x %}{% endfor %}", 17, "'x' is not a list, so nothing can go through it."),
        ],
    )
    def test_a_wrong_text_is_told_with_its_place(self, raw: str, column: int, message: str) -> None:
        """What is wrong with a text is said in a sentence that points at it."""
        assert str(self.problem(raw, x=1)) == f"app.ai:3:{column}: {message}"

    def test_a_text_cannot_grow_without_end(self) -> None:
        """Nested loops over long lists end with a sentence, not with the memory."""
        many = list(range(1000))
        nested = "{% for a in xs %}{% for b in xs %}{{ a }}{% endfor %}{% endfor %}"

        assert "grows beyond 1,000,000 characters" in str(self.problem(nested, xs=many))

    def test_blocks_cannot_nest_without_end(self) -> None:
        """Absurd nesting is refused instead of exhausting the stack."""
        assert "nested more than 50 deep" in str(self.problem("{% if x %}" * 5000, x=1))

    def test_a_condition_of_a_statement_is_told_with_the_statement(self) -> None:
        """A bare expression that fails points at the statement that holds it."""
        with pytest.raises(SourceError, match=r"^app\.ai:7:3: .*Known here: input\.$"):
            evaluate(parse("steps.a"), {"input": 1}, Position("app.ai", 7, 3))


def test_a_text_is_compiled_once() -> None:
    """Rendering the same text again does not parse it again."""
    assert compile_template(text("{{ a }}!")) is compile_template(text("{{ a }}!"))


def test_a_template_knows_the_names_it_reads() -> None:
    """Names within branches and loops count, loop variables do not."""
    template = compile_template(text("{{ a }}{% if b %}{% for x in c %}{{ x }}{{ d }}{% endfor %}{% endif %}"))

    assert template.names == {"a", "b", "c", "d"}


class TestEnvironment:
    VALUE = {"key": EnvRef("API_KEY"), "list": [EnvRef("API_KEY"), text("{{ a }}")]}  # noqa: RUF012 — never changed

    def test_a_reference_is_read_at_the_last_moment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What a variable holds when the value is used counts, not what it held when it was resolved."""
        resolved = resolve(self.VALUE, {"a": 1})
        monkeypatch.setenv("API_KEY", "hidden")

        assert revealed(resolved) == {"key": "hidden", "list": ["hidden", 1]}

    def test_a_trace_is_shown_the_name_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What goes to a trace says which variable it is and nothing more."""
        monkeypatch.setenv("API_KEY", "hidden")

        assert shown(resolve(self.VALUE, {"a": 1})) == {"key": "env.API_KEY", "list": ["env.API_KEY", 1]}

    def test_a_missing_variable_is_told(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A variable that is not set is named, with what to type."""
        monkeypatch.delenv("API_KEY", raising=False)

        with pytest.raises(ProgramError) as caught:
            revealed(EnvRef("API_KEY"))

        assert str(caught.value) == (
            "env.API_KEY has no value: the environment variable API_KEY is not set. "
            "Set it before the run: export API_KEY=…"
        )

    def test_a_reference_is_found_wherever_it_is(self) -> None:
        """Whoever must not be given secrets can tell whether a value holds one."""
        assert concealed_in({"a": [1, {"b": EnvRef("X")}]}) == EnvRef("X")
        assert concealed_in({"a": [1, {"b": "env.X"}]}) is None

    def test_only_the_variables_that_texts_name_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Headers may name variables within a text, and see no others."""
        monkeypatch.setenv("TOKEN", "t")
        headers = {"Authorization": text("Bearer {{ env.TOKEN }}"), "Accept": text("*/*")}

        assert environment_of(headers) == {"TOKEN": "t"}
