"""How tables fit into a width."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from namel3ss_dbg.render.pieces import line, text_of
from namel3ss_dbg.render.tables import Column, Table

COLUMNS = (Column("name", right=False, shrinks=True), Column("calls"), Column("p95", needed=1), Column("max", needed=2))


def table(*names: str) -> Table:
    return Table("Tools", COLUMNS, tuple((line(name), line("12"), line("1.24 s"), line("900 ms")) for name in names))


def test_a_table_that_fits_stays_as_it_is() -> None:
    """Nothing is left out without need."""
    whole = table("get_weather")

    assert whole.fit(80) == whole


def test_columns_go_before_names_are_cut() -> None:
    """The one that is needed least first."""
    fitted = table("search_knowledge_base").fit(28)

    assert [column.title for column in fitted.columns] == ["name", "calls", "p95"]
    assert text_of(fitted.rows[0][0]) == "search…e_base"


@given(st.lists(st.text(min_size=1, max_size=50), min_size=1), st.integers(20, 100))
def test_a_fitted_table_is_not_too_wide_and_cuts_no_number(names: list[str], width: int) -> None:
    """Whatever the names are."""
    fitted = table(*names).fit(width)

    assert fitted.width(2, 0) <= width
    assert {text_of(row[1]) for row in fitted.rows} == {"12"}
