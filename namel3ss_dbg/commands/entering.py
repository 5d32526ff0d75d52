"""The verb `py`, which leads into a tool that is written in Python."""

from __future__ import annotations

from .arguments import nothing_after
from .desk import Desk
from .reply import Reply
from .table import AnyCommand, Command


def _py(desk: Desk, rest: str) -> Reply:
    nothing_after("py", rest)
    from .python import enter  # the languages and asyncio, which it needs, would double the time of every start

    return enter(desk)


ROW: AnyCommand = Command(
    "py",
    _py,
    "looking",
    "",
    "Walk through the Python of the tool that is called here.",
    details="It asks first, because tools act on the world. Then step, next, print and so on mean Python, until the "
    "call ends or 'quit py'; the result is compared with the recorded one.",
    examples=("to tool get_forecast\npy",),
)
"""The verb."""
