"""How a declared llm reaches its service: address, key, headers; and everything that keeps it from doing so.

Made before the program runs, so that a missing key is told then. The key is read from the environment only; it is in no
trace, no message and no `repr`, and where a server repeats it, it is struck out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any, cast, get_args
from urllib.parse import urlsplit, urlunsplit

import attrs

from ..models import ModelError, has_prices, number_setting
from ..nodes import EnvRef, Llm, Text, Value
from ..source import did_you_mean, one_of
from ..values import resolve, revealed
from ..written_keys import SHORTEST_SECRET, refuse_written_keys
from .proxies import is_here, proxies
from .services import Service, Structured

SETTINGS = {
    "base_url",
    "api_key",
    "headers",
    "timeout",
    "max_retries",
    "structured_output",
    "cost_per_1k_tokens",
    "cost_per_1k_prompt_tokens",
    "cost_per_1k_completion_tokens",
    "description",
    "metadata",
}
"""What an llm of any service may set, besides its parameters."""
_MORE_SETTINGS = {"openai": {"organization", "project"}, "azure": {"api_version"}, "anthropic": set[str]()}
_NO_PARAMETERS = {"model", "messages", "tools", "system", "n"}
_STRUCK_OUT = "•••"
_LONGEST_SAID = 300


@attrs.frozen(kw_only=True)
class Connection:
    """The way to a service."""

    llm: Llm
    service: Service
    address: str = attrs.field(repr=False)
    key: str = attrs.field(repr=False)
    """Empty when the service needs none."""
    key_variable: str
    """Where the key comes from."""
    headers: dict[str, str] = attrs.field(repr=False)
    secrets: tuple[str, ...] = attrs.field(repr=False)
    """What nobody may see, the longest first: the key, what headers have from the environment, the password."""
    max_retries: int
    structured: Structured
    options: dict[str, str]
    """organization, project or api_version."""

    @classmethod
    def of(cls, llm: Llm, service: Service) -> Connection:
        """The way that a declaration and the environment describe.

        Raises:
            ProgramError: Something is missing, unknown or wrong.
        """
        refuse_written_keys(llm)
        _refuse_unknown(llm, service)
        if not llm.model:
            raise _unaskable(llm, "it names no model", f'Write model: "…" at {_place(llm)}.')
        refuse_parameters(llm, service, llm.parameters)
        for price in filter(lambda key: key.startswith("cost_"), llm.settings):
            number_setting(llm, price)
        number_setting(llm, "timeout")
        address = _address(llm, service)
        if service.protocol == "anthropic" or not (is_here(address) and urlsplit(address).scheme == "http"):
            # The packages make ready for all proxies at once, whichever they will need; Anthropic's in any case.
            _refuse_proxies(llm)
        settings = {key: _setting(llm, key) for key in (*_MORE_SETTINGS[service.protocol], "structured_output")}
        key, variable = _key(llm, service)
        return cls(
            llm=llm,
            service=service,
            address=address,
            key=key,
            key_variable=variable,
            headers=_headers(llm),
            secrets=_secrets(llm, key, address),
            max_retries=_retries(llm),
            structured=_structured(llm, settings.pop("structured_output")) or service.structured,
            options={key: value for key, value in settings.items() if value is not None},
        )

    @property
    def shown_address(self) -> str:
        """The address without what may be secret in it."""
        parts = urlsplit(self.address)
        host = parts.netloc.rpartition("@")[2]
        return urlunsplit((parts.scheme, host, parts.path.rstrip("/"), "", ""))

    @property
    def has_prices(self) -> bool:
        """Whether the declaration says what an answer costs."""
        return has_prices(self.llm)

    def struck_out(self, text: str) -> str:
        """A text of the server without the secrets that were sent to it."""
        for secret in self.secrets:
            text = text.replace(secret, _STRUCK_OUT)
        return text

    def quoted(self, said: str) -> str:
        """What a server said, as a sentence can hold it: on one line, not too long, without secrets."""
        said = " ".join(self.struck_out(said).split())
        return said if len(said) <= _LONGEST_SAID else f"{said[:_LONGEST_SAID]}…"

    def error(self, why: str, try_: str = "") -> ModelError:
        """The error of a call that got no answer."""
        return ModelError(f"The llm '{self.llm.name}' got no answer", why=why, try_=try_)

    @property
    def place(self) -> str:
        """Where the llm is declared: `app.ai:3`."""
        return _place(self.llm)


def refuse_parameters(llm: Llm, service: Service, parameters: Mapping[str, Value]) -> None:
    """Make sure that a service can be told these parameters.

    Raises:
        ModelError: One is unknown to it, or is no parameter.
    """
    if not isinstance(parameters.get("stream", False), bool):
        raise _unaskable(llm, f"its stream is neither true nor false ({_place(llm)})")
    for name in parameters:
        if name in service.lacks:
            raise _unaskable(llm, f"{service.title} knows no parameter '{name}'", f"Remove it ({_place(llm)}).")
        if name in _NO_PARAMETERS:
            raise _unaskable(llm, f"'{name}' is no parameter", f"The program says it elsewhere ({_place(llm)}).")


def package(llm: Llm, service: Service, name: str) -> Any:
    """The package that speaks a service's protocol.

    Raises:
        ModelError: It is not installed, or cannot be imported.
    """
    try:
        return import_module(name)
    except ImportError as problem:
        if problem.name == name:
            why = f"{service.title} is asked by the package {name}, which is not installed"
            raise _unaskable(llm, why, f"Install it: pip install 'namel3ss-dbg[{name}]'") from None
        raise _unaskable(llm, f"the package {name} cannot be imported, {problem}", f"Reinstall {name}.") from problem


def _refuse_unknown(llm: Llm, service: Service) -> None:
    known = SETTINGS | _MORE_SETTINGS[service.protocol]
    if llm.rules:
        raise _unaskable(llm, f"{service.title} knows no rules", 'Remove them, or write provider: "offline".')
    for name in llm.settings:
        if name not in known:
            close = did_you_mean(name, known) or f"It may say {one_of(sorted(known))}."
            why = f"{service.title} knows no setting '{name}' ({_place(llm)})"
            raise _unaskable(llm, why, f"{close} What goes to the model itself stands in parameters: {{ … }}.")


def _key(llm: Llm, service: Service) -> tuple[str, str]:
    reference = llm.settings.get("api_key")
    variable = reference.name if isinstance(reference, EnvRef) else service.key_variable
    key = os.environ.get(variable, "").strip() if variable else ""
    if not key and (service.needs_key or reference is not None):
        raise _unaskable(
            llm,
            f"the environment variable {variable}, which holds its key, is not set",
            f'Set it before the run: export {variable}=… Without a key, write provider: "offline" ({_place(llm)}).',
        )
    if not key.isascii() or not key.isprintable():
        raise _unaskable(llm, f"what {variable} holds is no key: it has characters that no key has")
    return key, variable


def _address(llm: Llm, service: Service) -> str:
    said = _setting(llm, "base_url")
    variable = service.address_variable
    address = (said or (os.environ.get(variable) if variable else None) or service.address).strip()
    if not address:
        also = f" or set {variable}" if variable else ""
        raise _unaskable(llm, "it has no base_url", f'Write base_url: "https://…"{also} ({_place(llm)}).')
    if not address.lower().startswith(("http://", "https://")) or not urlsplit(address).hostname:
        raise _unaskable(llm, "its base_url is no address that begins with http:// or https://", f"See {_place(llm)}.")
    return _completed(address, service)


def _completed(address: str, service: Service) -> str:
    """An address as the packages want it, which add to it what is asked for: people copy more of it, or less."""
    parts = urlsplit(address)
    path = parts.path.rstrip("/")
    if service.protocol == "anthropic":
        path = path.removesuffix("/messages").removesuffix("/v1")
    else:
        path = path.removesuffix("/chat/completions")
    return urlunsplit(parts._replace(path=path or urlsplit(service.address).path))


def _refuse_proxies(llm: Llm) -> None:
    for proxy in proxies().values():
        if proxy.trouble is not None:
            raise _unaskable(llm, *proxy.trouble)


def _headers(llm: Llm) -> dict[str, str]:
    headers = llm.settings.get("headers", {})
    if not isinstance(headers, dict):
        raise _unaskable(llm, "its headers are no object", 'Write headers: { "X-Team": "search" }.')
    return {name: str(value) for name, value in revealed(resolve(headers, {})).items()}


def _secrets(llm: Llm, key: str, address: str) -> tuple[str, ...]:
    headers = [value for value in llm.settings.get("headers", {}).values() if isinstance(value, EnvRef)]
    secrets = [key, *map(str, revealed(headers)), urlsplit(address).password or ""]
    return tuple(sorted((secret for secret in secrets if len(secret) >= SHORTEST_SECRET), key=len, reverse=True))


def _retries(llm: Llm) -> int:
    number = number_setting(llm, "max_retries")
    if number is None:
        return 2
    if number < 0 or number % 1:
        raise _unaskable(llm, f"its max_retries is {number:g}, not a whole number from 0 upwards")
    return int(number)


def _structured(llm: Llm, said: str | None) -> Structured | None:
    known = get_args(Structured)
    if said is not None and said not in known:
        raise _unaskable(llm, f"its structured_output is '{said}'", f"It may be {one_of(known)}.")
    return cast("Structured | None", said)


def _setting(llm: Llm, name: str) -> str | None:
    value: Value = llm.settings.get(name)
    if value is None:
        return None
    if not isinstance(value, str | Text | EnvRef):
        raise _unaskable(llm, f"its {name} is no text ({_place(llm)})")
    return str(revealed(resolve(value, {})))


def _unaskable(llm: Llm, why: str, try_: str = "") -> ModelError:
    return ModelError(f"The llm '{llm.name}' cannot be asked", why=why, try_=try_)


def _place(llm: Llm) -> str:
    return f"{llm.at.file}:{llm.at.line}"
