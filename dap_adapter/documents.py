"""Values as documents: whole, however long, and with what they look like."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import attrs
import msgspec

from . import asked
from .errors import Problem, Refused

if TYPE_CHECKING:
    from .adapter import Adapter

_MARKDOWN = re.compile(
    r"^(#{1,6} \S|```|~~~|\s{0,3}[-*+] \S|\s{0,3}\d{1,3}[.)] \S|> |\|.*\|\s*$)|\*\*\S|\]\(\S+\)", re.MULTILINE
)
_MOST_LOOKED_AT = 20_000


@attrs.frozen(eq=False)
class Document:
    """A value as a text of its own."""

    value: Any

    @property
    def media_type(self) -> str:
        """What it looks like, and so how it is to be shown."""
        if not isinstance(self.value, str) or _is_json(self.value):
            return "application/json"
        return "text/markdown" if _MARKDOWN.search(self.value[:_MOST_LOOKED_AT]) else "text/plain"

    def text(self) -> str:
        """All of it."""
        if isinstance(self.value, str):
            return self.value
        return json.dumps(self.value, ensure_ascii=False, indent=2, default=repr)


def _is_json(text: str) -> bool:
    """Whether a text is an object or a list."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeEncodeError, RecursionError):
        return False
    return True


def value(adapter: Adapter, arguments: dict[str, Any]) -> dict[str, Any]:
    """A value of an event, whole."""
    moment = asked.moment(adapter, arguments)
    path = arguments.get("path", [])
    if not isinstance(path, list):
        raise Refused(Problem.BAD_ARGUMENTS, "a list is needed for 'path'")
    found: Any = adapter.run.timeline[moment].to_dict()
    for number, key in enumerate(path):
        if not _has(found, key):
            where = "".join(f"[{json.dumps(each, ensure_ascii=False)}]" for each in path[: number + 1])
            raise Refused(Problem.NO_VARIABLES, f"Event #{moment} has no {where}.")
        found = found[key]
    document = Document(found)
    return {"moment": moment, "text": document.text(), "mediaType": document.media_type}


def _has(value: Any, key: object) -> bool:
    if isinstance(value, list):
        return isinstance(key, int) and not isinstance(key, bool) and 0 <= key < len(value)
    return isinstance(value, dict) and isinstance(key, str) and key in value
