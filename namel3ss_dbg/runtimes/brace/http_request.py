"""Tools that are one HTTP request.

`{{ }}` in the endpoint and the headers may read the arguments and `env`; arguments that the endpoint does not use go
into the query, or into a JSON body when the method has one. Neither address nor headers are ever written to a trace.
"""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.parse
import urllib.request
from typing import Any

import attrs

from ...events import ProgramError
from .nodes import Text, Tool
from .python_code import in_thread
from .templates import as_text, compile_template, render
from .values import environment_of, resolve, revealed

_DEFAULT_TIMEOUT = 30.0
_MOST_BYTES = 10_000_000
_LONGEST_COMPLAINT = 200
_WITHOUT_BODY = ("GET", "HEAD", "DELETE")


@attrs.frozen
class HttpRequest:
    """A request, ready to be sent."""

    tool: Tool
    url: str = attrs.field(repr=False)
    headers: dict[str, str] = attrs.field(repr=False)
    body: bytes | None = attrs.field(repr=False)

    @classmethod
    def of(cls, tool: Tool, arguments: dict[str, Any]) -> HttpRequest:
        """The request that a tool's declaration makes of its arguments.

        Raises:
            ProgramError: The endpoint is not an address.
        """
        endpoint = tool.endpoint or Text("", tool.at)
        arguments = revealed(arguments)
        url = render(endpoint, _quoted({**arguments, "env": environment_of(endpoint)}))
        if not url.lower().startswith(("http://", "https://")):
            raise ProgramError(f"The endpoint of the tool '{tool.name}' does not begin with http:// or https://")
        rest = {key: value for key, value in arguments.items() if key not in compile_template(endpoint).names}
        names = {**arguments, "env": environment_of(tool.headers)}
        headers = {key: as_text(value) for key, value in revealed(resolve(tool.headers, names)).items()}
        if tool.method.upper() in _WITHOUT_BODY:
            return cls(tool, _with_query(url, rest), headers, None)
        return cls(tool, url, {"Content-Type": "application/json", **headers}, json.dumps(rest).encode())


async def send(request: HttpRequest) -> Any:
    """What the server answers: the JSON value, or the text when it is none.

    Raises:
        ProgramError: It cannot be reached, or answers with an error.
    """
    return await in_thread(lambda: _send(request))


def _send(request: HttpRequest) -> Any:
    tool = request.tool
    prepared = urllib.request.Request(  # noqa: S310 — `of` allows http and https only
        request.url, data=request.body, headers=request.headers, method=tool.method.upper()
    )
    try:
        with urllib.request.urlopen(prepared, timeout=tool.timeout or _DEFAULT_TIMEOUT) as answer:  # noqa: S310
            return _read(tool, answer)
    except urllib.error.HTTPError as problem:
        with problem:
            said = _clipped(problem.read(_LONGEST_COMPLAINT * 4).decode("utf-8", "replace"))
        why = f"the server answered {problem.code} {problem.reason}" + (f": {said}" if said else "")
        raise ProgramError(f"The tool '{tool.name}' failed", why=why) from None
    except http.client.InvalidURL:  # its message holds the address
        raise ProgramError(f"The tool '{tool.name}' failed", why="its endpoint is not a valid address") from None
    except (OSError, http.client.HTTPException) as problem:
        reason = getattr(problem, "reason", None) or problem
        raise ProgramError(f"The tool '{tool.name}' failed", why=f"the server cannot be reached ({reason})") from None


def _read(tool: Tool, answer: http.client.HTTPResponse) -> Any:
    content = answer.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ProgramError(f"The tool '{tool.name}' failed", why=f"the answer has more than {_MOST_BYTES:,} bytes")
    text = content.decode(answer.headers.get_content_charset() or "utf-8", "replace")
    try:
        return json.loads(text)
    except ValueError:
        return text


def _with_query(url: str, values: dict[str, Any]) -> str:
    if not values:
        return url
    query = urllib.parse.urlencode({key: as_text(value) for key, value in values.items()})
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _quoted(value: Any) -> Any:
    """A value, or those of an object, as parts of an address."""
    if isinstance(value, dict):
        return {key: _quoted(item) for key, item in value.items()}
    return urllib.parse.quote(as_text(value), safe="")


def _clipped(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _LONGEST_COMPLAINT else f"{text[:_LONGEST_COMPLAINT]}…"
