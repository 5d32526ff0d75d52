"""The proxy between here and a service, as the environment names one.

The packages follow the environment, too, but break where it is wrong, and ask even a server on this very machine
through a proxy. So it is looked at before, and what cannot be used is told.
"""

from __future__ import annotations

import os
from importlib.util import find_spec
from ipaddress import ip_address
from urllib.parse import urlsplit

import attrs

_SCHEMES = ("http", "https", "all")
_SOCKS = ("socks5", "socks5h")


@attrs.frozen
class Proxy:
    """Who passes requests on."""

    variable: str
    """The environment variable that names it."""
    address: str = attrs.field(repr=False)

    @property
    def shown(self) -> str:
        """The address without what may be secret in it."""
        scheme, host = self._parts
        return f"{scheme}://{host.rpartition('@')[2]}"

    @property
    def trouble(self) -> tuple[str, str] | None:
        """Why no request can go this way, and what to do; None when one can."""
        scheme, host = self._parts
        if not host or scheme not in ("http", "https", *_SOCKS):
            return (
                f"what {self.variable} holds is no proxy",
                f"Write {self.variable}=http://HOST:PORT, or unset {self.variable}.",
            )
        if scheme in _SOCKS and find_spec("socksio") is None:
            return (
                f"the proxy of {self.variable} is asked by the package socksio, which is not installed",
                f"Install it: pip install socksio, or unset {self.variable}.",
            )
        return None

    @property
    def _parts(self) -> tuple[str, str]:
        parts = urlsplit(self.address if "://" in self.address else f"http://{self.address}")
        return parts.scheme, parts.netloc


def is_here(address: str) -> bool:
    """Whether an address is on this machine."""
    host = urlsplit(address).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def proxies() -> dict[str, Proxy]:
    """The proxies that the environment names, by the scheme that they are for; `all` stands for every scheme."""
    found: dict[str, Proxy] = {}
    for scheme in _SCHEMES:
        for variable in (f"{scheme}_proxy", f"{scheme}_PROXY".upper()):
            if scheme not in found and os.environ.get(variable):
                found[scheme] = Proxy(variable, os.environ[variable])
    return found


def proxy_of(address: str) -> Proxy | None:
    """The proxy through which an address is asked; None when it is asked directly."""
    parts, known = urlsplit(address), proxies()
    host = (parts.hostname or "").lower()
    exempt = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    for name in (name.strip().lower().lstrip(".") for name in exempt.split(",")):
        if name == "*" or (name and (host == name or host.endswith(f".{name}"))):
            return None
    return None if is_here(address) else known.get(parts.scheme.lower()) or known.get("all")
