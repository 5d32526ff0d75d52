"""Commands from files, pipes and `-c`: one to a line, without a prompt, up to the first mistake.

Nothing here loads prompt-toolkit, which takes longer than most scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import TextIO

from ..commands.arguments import commands_in
from ..commands.dialogue import Dialogue
from ..commands.reply import NeedsFrontEnd, NeedsYes, Quit, Reply
from ..events import DebugError, UsageError
from ..render.console import Painter
from ..render.pieces import harmless_lines
from .delivery import deliver

_MISTAKE = 1


def obey(
    dialogue: Dialogue,
    lines: Iterable[str],
    painter: Painter,
    *,
    out: TextIO,
    err: TextIO,
    keep_going: bool = False,
    echo: bool = False,
    yes: bool = False,
    name: str = "",
) -> int:
    """Do what a script says; the exit code: 0, 5 for an `expect` that was false, 1 for a mistake.

    `name` is where the lines come from, for the messages. Whoever closes `out` early makes this raise BrokenPipeError,
    as `print` does.
    """
    code = 0
    for number, text in commands_in(lines, dialogue.wants_more):
        if echo:
            out.write(f"{dialogue.prompt}{text}\n")
        try:
            _deliver(partial(run_whole, dialogue, text), painter, out, yes=yes)
        except Quit:
            break
        except DebugError as problem:
            out.flush()
            sentence = harmless_lines(str(problem))
            err.write(f"{name}:{number}: {sentence}\n" if name else f"{sentence}\n")
            code = code or (_MISTAKE if problem.exit_code == UsageError.exit_code else problem.exit_code)
            if not keep_going:
                break
    out.flush()
    return code


def run_whole(dialogue: Dialogue, text: str) -> Reply:
    """Do a command of which no more lines will come.

    Raises:
        UsageError: It lacks its last ones.
    """
    if dialogue.wants_more(text):
        first = text.splitlines()[0]
        raise UsageError(f"'{first}' goes on beyond the end", try_="Close its bracket, or write 'end'.")
    return dialogue.run(text)


def _deliver(act: Callable[[], Reply], painter: Painter, out: TextIO, *, yes: bool) -> None:
    try:
        deliver(act(), painter, out)
    except NeedsYes as asked:
        if not yes:
            raise UsageError(asked.refusal) from None
        _deliver(asked.proceed, painter, out, yes=True)
    except NeedsFrontEnd as asked:
        raise UsageError(asked.refusal) from None
