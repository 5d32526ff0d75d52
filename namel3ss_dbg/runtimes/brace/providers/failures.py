"""What can come back in place of an answer, as sentences; and whether it may be otherwise the next time.

Both packages raise errors of the same names, so one translation serves both. A server's own words are repeated where
they help, never where they may hold a key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import attrs

from .connection import Connection
from .proxies import proxy_of

_TOO_LONG = re.compile(
    r"context[_ ](length|window|size)|maximum context|prompt is too long|too many (input )?tokens|exceed.{0,40}context",
    re.IGNORECASE,
)
_NO_MODEL = re.compile(r"model|deployment|endpoints", re.IGNORECASE)
_PASSING = {408, 409, 425, 429}
_BROKE_OFF = 200


@attrs.define(kw_only=True)
class Failure(Exception):
    """Why an attempt gave no answer."""

    why: str
    try_: str = ""
    status: int | None = None
    """Of HTTP."""
    may_pass: bool = False
    """Whether another attempt may go better."""
    wait_s: float | None = None
    """How long the server wants to be left alone."""


def failure_of(problem: Exception, sdk: Any, connection: Connection) -> Failure | None:
    """What an error of a package means; None when it is none of theirs."""
    if isinstance(problem, Failure):
        return problem
    if isinstance(problem, sdk.APIStatusError):
        return _of_status(problem.status_code, problem.body, connection, _wait(problem.response.headers))
    if isinstance(problem, sdk.APITimeoutError):
        return Failure(why=f"{connection.service.title} did not answer in time", may_pass=True)
    if isinstance(problem, sdk.APIConnectionError):
        return _of_connection(problem, connection)
    if isinstance(problem, sdk.APIError):  # within a stream, an error is a piece like any other
        return failure_told(problem.body, connection)
    if isinstance(problem, json.JSONDecodeError | UnicodeDecodeError):
        return Failure(why=f"what {connection.service.title} sent is not JSON", may_pass=True)
    if any(kind.__module__.startswith(("httpx", "httpcore")) for kind in type(problem).__mro__):
        return _of_connection(problem, connection)
    return None


def failure_told(error: Any, connection: Connection) -> Failure:
    """What an error means that came as an answer, or as a piece of one; some servers say the status in it."""
    code = error.get("code") if isinstance(error, dict) else None
    status = code if isinstance(code, int) and 400 <= code < 600 else _BROKE_OFF
    return _of_status(status, error, connection, None)


def _of_status(status: int, body: Any, connection: Connection, wait_s: float | None) -> Failure:
    service, model = connection.service, connection.llm.model
    said = connection.quoted(_said(body))
    told = f": {said}" if said else ""
    kind = _kind(body)

    def fatal(why: str, try_: str = "") -> Failure:
        return Failure(why=f"{why}{told}", try_=try_, status=status)

    def passing(why: str) -> Failure:
        return Failure(why=f"{why}{told}", status=status, may_pass=True, wait_s=wait_s)

    if status == 401:
        return Failure(why=_unknown_key(connection), try_=_check_key(connection), status=status)
    if status == 403:
        return fatal(f"{service.title} does not allow this", _check_key(connection))
    if status == 404:
        return fatal(*_missing(said, connection))
    if status in (400, 413, 422) and _TOO_LONG.search(f"{kind} {said}"):
        advice = "Let the agent's memory keep less: policy: conversation_window."
        return fatal(f"the conversation is longer than {model} can read", advice)
    if status in (400, 422) and "response_format" in said:
        advice = f'Write structured_output: "instructions" ({connection.place}).'
        return fatal(f"{model} cannot be asked for an object like this", advice)
    if status == 402 or "insufficient_quota" in kind:
        return fatal(f"what was paid for at {service.title} is used up")
    if status == 429:
        return passing(f"the rate limit of {service.title} is reached")
    if status == 529 or "overloaded_error" in kind:
        return passing(f"{service.title} is overloaded")
    if status >= 500 or status in _PASSING:
        return passing(f"{service.title} failed with {status}")
    if status < 300:  # an error within a stream that had begun well
        return passing(f"{service.title} broke off")
    return fatal(f"{service.title} refuses the request with {status}")


def _missing(said: str, connection: Connection) -> tuple[str, str]:
    """What is not there, and what to do: the model, or anything at all at this address."""
    service, model = connection.service, connection.llm.model
    if _NO_MODEL.search(said) or model in said:
        fetch = service.fetch.format(model=model) or f"Correct model or base_url ({connection.place})."
        return f"{service.title} has no model '{model}' at {connection.shown_address}", fetch
    return f"{connection.shown_address} is not where {service.title} answers", correct_address(connection)


def correct_address(connection: Connection) -> str:
    """The advice when what answers is something else."""
    hint = "; it often ends in /v1" if connection.service.protocol == "openai" else ""
    return f"Correct base_url ({connection.place}){hint}."


def _of_connection(problem: Exception, connection: Connection) -> Failure:
    service = connection.service
    reasons = " ".join(f"{type(cause).__name__} {cause}" for cause in _causes(problem))
    if "CERTIFICATE_VERIFY_FAILED" in reasons:
        why = f"the certificate of {connection.shown_address} is not trusted"
        return Failure(why=why, try_="Let SSL_CERT_FILE name the certificates to trust.")
    if "[SSL" in reasons:
        why = f"no secure connection to {connection.shown_address} can be made"
        return Failure(why=why, try_=f"If it speaks plain HTTP, write http:// in base_url ({connection.place}).")
    if "DecodingError" in reasons:
        return Failure(why=f"what {service.title} sent cannot be unpacked", may_pass=True)
    if "RemoteProtocolError" in reasons or "ReadError" in reasons:
        return Failure(why=f"the connection to {connection.shown_address} broke off", may_pass=True)
    proxy = proxy_of(connection.address)
    if proxy is not None:
        why = f"the proxy {proxy.shown}, which {proxy.variable} names, does not lead to {connection.shown_address}"
        advice = f"Check {proxy.variable}, or let NO_PROXY name {urlsplit(connection.address).hostname}."
        return Failure(why=why, try_=advice, may_pass=True)
    start = service.start.format(model=connection.llm.model)
    return Failure(
        why=f"nothing answers at {connection.shown_address}",
        try_=start or f"Check the network, and base_url ({connection.place}).",
        may_pass=True,
    )


def _unknown_key(connection: Connection) -> str:
    if not connection.key:
        return f"{connection.service.title} wants a key"
    return f"{connection.service.title} does not accept the key"


def _check_key(connection: Connection) -> str:
    if not connection.key:
        return f"Write api_key: env.NAME ({connection.place})."
    return f"Check what {connection.key_variable} holds."


def _said(body: Any) -> str:
    """The server's own words, wherever its kind of server puts them."""
    for key in ("error", "message", "detail"):
        if isinstance(body, dict) and body.get(key):
            body = body[key]
    if isinstance(body, str):
        return "" if body.lstrip().startswith("<") else body
    return json.dumps(body, ensure_ascii=False) if body else ""


def _kind(body: Any) -> str:
    """What kind of error the server calls it: `requests rate_limit_exceeded`."""
    error = body.get("error", body) if isinstance(body, dict) else None
    return f"{error.get('type') or ''} {error.get('code') or ''}" if isinstance(error, dict) else ""


def _wait(headers: Any) -> float | None:
    """The seconds that a server asks to wait, in any of the three ways to say it."""
    try:
        if "retry-after-ms" in headers:
            return float(headers["retry-after-ms"]) / 1000
        said = headers.get("retry-after")
        if said is None:
            return None
        if re.fullmatch(r"\d+(\.\d+)?", said.strip()):
            return float(said)
        return max((parsedate_to_datetime(said) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _causes(problem: BaseException | None) -> Iterator[BaseException]:
    while problem is not None:
        yield problem
        problem = problem.__cause__ or problem.__context__
