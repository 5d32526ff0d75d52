"""What help says about things that are no verbs: places, expressions, and what may stand at the end of a command."""

from __future__ import annotations

from ..timeline.functions import FUNCTIONS
from ..timeline.state import FIELDS, TOTALS

SUBJECTS: dict[str, tuple[str, ...]] = {
    "places": (
        "A place is a text that names a moment; it is the same for every verb.",
        "7  #7  .+3  .-2    a moment, by its number or from here",
        "0  $  -2           the first, the last, counted from the end",
        "@1.5s  @14:03:07   so long after the beginning, by the clock",
        "'crash             a mark",
        "evt_042            an event's id, or its beginning",
        "llm  tool  turn    the next of a kind",
        "llm:2  turn 3      the second model call, the third turn",
        "tool:get_weather   the next of this name; tool:get_weather:2 the second",
        "app.ai:12          a line of source",
        "error  error:-1    where something failed, the last time",
        "tool_failed        a call that failed",
        "slowest llm        what took longest; costliest: what cost most",
        "llm at end         its end instead of its start",
        "Numbers of events count from 0, occurrences from 1. For a breakpoint, a place without a number means all its "
        "events.",
    ),
    "expressions": (
        "An expression is made of names, numbers and texts, and can change nothing.",
        'tokens > 100 and city == "Oslo"',
        'error contains "Timeout" or status == "failed"',
        'messages[0].content =~ "w[ei]"',
        "steps.plan.output | lower | truncate(80)",
        "len(messages) in [1, 2]",
        "Names are the inputs and outputs here, those of the calls around, the newest results of components, and:",
        f"counted up to here: {', '.join(TOTALS)}",
        f"of the event: {', '.join(FIELDS)}",
        f"Functions: {', '.join(sorted(FUNCTIONS))}.",
    ),
    "output": (
        "At the end of any command:",
        "| pager      through the program of 'set pager'",
        "> FILE       into a file; after an expression it must look like one: > out.txt, > ./out",
        "--json       as JSON: one line for programs, indented on a screen",
        "A # at the beginning of a line, or between blanks, starts a comment.",
    ),
}
"""The subjects, in the order in which help names them."""
