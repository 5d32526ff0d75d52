"""What a generator yielded, kept until its end event tells of it: the text that came in pieces, or the first items.

Of a stream that never ends only the beginning is kept, as much as an event could hold.
"""

from __future__ import annotations

from typing import Any

from .shapes import Usage, text_of, usage_of

_MOST_CHARACTERS = 65_536
_MOST_ITEMS = 100


class Pieces:
    """The items of one generator."""

    def __init__(self) -> None:
        self.count = 0
        self._texts: list[str] = []
        self._characters = 0
        self._items: list[Any] = []
        self._usage: Usage | None = None
        """What the last item that spoke of it said was used: providers say it once, at the end."""

    def add(self, item: Any) -> None:
        """Take note of the next item."""
        self.count += 1
        text = text_of(item)
        if text is not None:
            self._characters += len(text)
            if self._characters <= _MOST_CHARACTERS + len(text):
                self._texts.append(text[:_MOST_CHARACTERS])
        elif len(self._items) < _MOST_ITEMS:
            self._items.append(item)
        usage = usage_of(item)
        if usage.tokens is not None:
            self._usage = usage

    def result(self) -> dict[str, Any]:
        """All of them in one, in the shape of an answer."""
        result: dict[str, Any] = {}
        if self._texts or not self._items:
            result["text"] = "".join(self._texts)
        if self._items:
            result["items"] = list(self._items)
        result["pieces"] = self.count
        if self._characters > _MOST_CHARACTERS:
            result["characters"] = self._characters
        if self._usage is not None:
            result["usage"] = self._usage
        return result
