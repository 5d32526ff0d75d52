"""What can be typed next, in a menu with what each means here; the dialogue knows, from the index."""

from __future__ import annotations

from collections.abc import Iterator

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from ..commands.dialogue import Dialogue


class DialogueCompleter(Completer):
    """Completes the prompt's line."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterator[Completion]:
        """The menu for what stands before the cursor."""
        before = document.text_before_cursor
        if not before.strip() and not complete_event.completion_requested:
            return  # an empty line is left in peace
        for each in self._dialogue.complete(before):
            yield Completion(each.text, each.start - len(before), display_meta=_meaning(each.meaning, each.count))


def _meaning(meaning: str, count: int | None) -> str:
    events = "" if count is None else "1 event" if count == 1 else f"{count:,} events"
    return "  ".join(filter(None, (meaning, events)))
