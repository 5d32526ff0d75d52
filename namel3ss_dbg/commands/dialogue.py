"""One person's conversation with a session: lines go in, pictures come out.

The same dialogue serves a prompt, scripts, pipes and an editor's console; it never prints, and it has no rule about
where a motion stops.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs

from ..events import DebugError, ExpectationError, Stop, UsageError
from ..render.words import Words
from ..timeline.cursor import Interrupted
from ..timeline.session import DebugSession
from .arguments import Ending, Order, is_open, split_ending, split_order, without_comment
from .completion import complete
from .desk import Desk
from .reply import NeedsFrontEnd, NeedsYes, Quit, Reply, joined, said
from .settings import Settings
from .table import AnyCommand, AnyTable, Completion
from .verbs import TABLE

_MOST_ROUNDS = 10_000
_MOST_ALIASES = 10
_PARAMETER = re.compile(r"%(\d|\*)")


class Dialogue(Desk):
    """Understands lines."""

    def __init__(self, session: DebugSession, settings: Settings | None = None) -> None:
        super().__init__(session, settings)
        self._depth = 0
        self._orders: dict[int, tuple[str, ...]] = {}
        """The commands of breakpoints, also of one that goes away as it stops."""

    @property
    def table(self) -> AnyTable:
        """The verbs that are understood now."""
        return self.python.table if self.python is not None else TABLE

    @property
    def prompt(self) -> str:
        """What stands before a line."""
        return "(py) " if self.python is not None else "(n3) "

    # Lines

    def run(self, text: str) -> Reply:
        """Do what a line says, then what a breakpoint orders that it stopped at; comments and empty lines say nothing.

        Raises:
            DebugError: It cannot be done; the sentence says why.
            Quit: The person wants to leave.
            NeedsFrontEnd: It needs a yes, or an editor.
        """
        prompt = self.prompt
        try:
            with self._attentive():
                reply = self._obeyed(self._once(text))
        except DebugError as problem:
            self._write_down(prompt, text, [str(problem)])
            raise
        except NeedsYes as needs:
            proceed = needs.proceed
            raise NeedsYes(needs.question, lambda: self._written_down(prompt, text, proceed())) from None
        return self._written_down(prompt, text, reply)

    def repeat(self) -> Reply:
        """Do the last motion again, as Enter on an empty line does; without one there is nothing to do."""
        return self.run(self.last_motion) if self.last_motion is not None else Reply()

    def first_stop(self, stop: Stop | None = None) -> Reply:
        """The view of where one rests before anything was said; it needs nothing that was not read."""
        moment = self.moment
        return self.rest(stop or Stop(moment, "entry" if moment >= 0 else "beginning"))

    def interrupt(self) -> None:
        """End the motion or the long look that is going on, from another thread or a signal."""
        if self.python is not None:
            self.python.interrupt()
        self.session.cursor.interrupt()

    def close(self) -> None:
        """End what goes on beside the conversation: the call of a tool that is walked through."""
        if self.python is not None:
            self.python.leave()

    def wants_more(self, text: str) -> bool:
        """Whether a command goes on in the next line: a JSON bracket is open, or `commands` lacks its `end`."""
        try:
            block = self.table.find(split_order(text).word).block if text.strip() else ""
        except DebugError:
            return False
        if block == "end":
            return text.rstrip().rpartition("\n")[2].strip() != "end"
        return block == "json" and is_open(text)

    def complete(self, text: str) -> list[Completion]:
        """What could be typed next, given a line up to the cursor."""
        return complete(self, text)

    # One command

    def _once(self, text: str) -> Reply:
        """Do one command."""
        order = self._unaliased(split_order(text if "\n" in text else without_comment(text)))
        if not order.word:
            return Reply()
        table = self.table
        command: AnyCommand = table.find(order.word)
        ending = split_ending(order.rest, free_text=command.free_text)
        talker = self.python if self.python is not None else self
        self._orders = {each.number: each.commands for each in self.session.breakpoints if each.commands}
        if ending.file is not None:
            self._spare(ending.file, lambda: self._after_yes(lambda: command.run(talker, ending.rest), ending))
        reply = self._dressed(lambda: command.run(talker, ending.rest), ending)
        if command.repeats and self.table is table:
            self.last_motion = f"{order.word} {ending.rest}".rstrip()
        return reply

    def _dressed(self, do: Callable[[], Reply], ending: Ending) -> Reply:
        """The reply as the end of the line wants it."""
        try:
            reply = do()
        except Interrupted:
            if self.reading:
                raise
            return said(f"Interrupted; still at {self.named(self.moment)}.")
        except NeedsYes as needs:
            proceed = needs.proceed
            raise NeedsYes(needs.question, lambda: self._after_yes(proceed, ending)) from None
        reply = reply.as_json() if ending.json else reply
        pager = self.settings.pager if ending.pager else reply.pager
        return attrs.evolve(reply, pager=pager, file=ending.file or reply.file)

    def _spare(self, path: Path, proceed: Callable[[], Reply]) -> None:
        """Never write over the recording, and over another file only after a yes."""
        if not path.exists():
            return
        if self.session.path is not None and path.samefile(self.session.path):
            raise UsageError(f"'{path}' is the trace itself", why="the recording is never changed")
        raise NeedsYes(f"Write over '{path}'?", proceed)

    def _after_yes(self, proceed: Callable[[], Reply], ending: Ending) -> Reply:
        with self._attentive():
            return self._dressed(proceed, ending)

    def _unaliased(self, order: Order) -> Order:
        for _ in range(_MOST_ALIASES):
            text = self.aliases.get(order.word) if order.word not in self.table else None
            if text is None:
                return order
            order = split_order(_filled_in(text, order.rest))
        raise UsageError(f"The alias '{order.word}' leads in a circle", try_=f"'unalias {order.word}' removes it.")

    # What a breakpoint orders

    def _obeyed(self, reply: Reply) -> Reply:
        """A reply with those of the commands of the breakpoint that it stopped at; a motion among them ends them."""
        replies = [reply]
        for _ in range(_MOST_ROUNDS):
            orders = self._ordered_at(replies[-1].stop)
            if orders[:1] == ("silent",):
                replies[-1] = attrs.evolve(replies[-1], views=())
                orders = orders[1:]
            if not self._done(orders, replies):
                break
        return attrs.evolve(reply, views=joined(replies).views, stop=joined(replies).stop)

    def _done(self, orders: tuple[str, ...], replies: list[Reply]) -> bool:
        """Do some orders, adding to the replies; whether one of them was a motion."""
        for order in orders:
            try:
                replies.append(self._ordered(order))
            except Quit as leaving:
                raise Quit(joined([*replies, leaving.reply])) from None
            if replies[-1].stop is not None:
                return True
        return False

    def _ordered_at(self, stop: Stop | None) -> tuple[str, ...]:
        return self._orders.get(stop.breakpoint, ()) if stop is not None and stop.breakpoint is not None else ()

    def _ordered(self, text: str) -> Reply:
        try:
            return self._once(text).settled()
        except ExpectationError:
            raise
        except (DebugError, NeedsFrontEnd) as problem:
            why = problem.refusal if isinstance(problem, NeedsFrontEnd) else problem
            return Reply((Words((f"{text}: {why}",), "error"),))

    # Around a command

    @contextlib.contextmanager
    def _attentive(self) -> Iterator[None]:
        """Let long work tell its progress and be interrupted."""
        if not self._depth:
            self.check = self.session.timeline.check = self.session.cursor.looking()
        self._depth += 1
        try:
            yield
        finally:
            self._depth -= 1
            if not self._depth:
                self.session.timeline.check = None

    def _written_down(self, prompt: str, text: str, reply: Reply) -> Reply:
        self._write_down(prompt, text, reply.lines())
        return reply

    def _write_down(self, prompt: str, text: str, lines: list[str]) -> None:
        if not self._depth:
            self.transcript.add(prompt, text, lines)


def _filled_in(alias: str, rest: str) -> str:
    """An alias with what was typed after it, in place of %1, %2, %* or at the end."""
    words = rest.split()
    if not _PARAMETER.search(alias):
        return f"{alias} {rest}".rstrip()

    def word(found: re.Match[str]) -> str:
        if found[1] == "*":
            return rest
        number = int(found[1])
        if not 1 <= number <= len(words):
            raise UsageError(f"The alias needs {number} words after it", why=f"it says '{alias}'")
        return words[number - 1]

    return _PARAMETER.sub(word, alias)
