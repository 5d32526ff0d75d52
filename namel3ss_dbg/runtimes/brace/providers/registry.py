"""Which provider makes the models of a name: the offline one, the services, then what other packages bring.

Another package brings a provider under the entry point group `namel3ss_dbg.models`: its name is what a program says as
`provider`, its value a function from the declared `Llm` to a `Model`. When that raises a `ProgramError`, the program is
not run.
"""

from __future__ import annotations

import asyncio
import time
from importlib.metadata import entry_points

from ...extensions import loaded
from ..deadline import Clock
from ..models import Model, Models, Provider
from ..nodes import Llm
from ..offline import OfflineModel
from .anthropic_messages import AnthropicModel
from .attempts import Sleep
from .connection import Connection, package
from .openai_chat import OpenAIModel
from .remote import RemoteModel
from .services import SERVICES, Service, service_named

GROUP = "namel3ss_dbg.models"


def standard_models(sleep: Sleep = asyncio.sleep, clock: Clock = time.monotonic) -> Models:
    """The models that this version brings, and those of other packages.

    Args:
        sleep: How the offline model waits, and what waits before it asks a server again.
        clock: By which attempts are measured.
    """

    def provider_of(service: Service) -> Provider:
        return lambda llm: _model_of(llm, service, sleep, clock)

    def other(name: str) -> Provider | None:
        service = service_named(name)
        return provider_of(service) if service is not None else _installed(name)

    offline: dict[str, Provider] = {"offline": lambda llm: OfflineModel(llm, sleep)}
    return Models({**offline, **{name: provider_of(service) for name, service in SERVICES.items()}}, other)


def _model_of(llm: Llm, service: Service, sleep: Sleep, clock: Clock) -> Model:
    connection = Connection.of(llm, service)
    kind: type[RemoteModel]
    kind, sdk = (AnthropicModel, "anthropic") if service.protocol == "anthropic" else (OpenAIModel, "openai")
    return kind(connection, package(llm, service, sdk), sleep, clock)


def _installed(name: str) -> Provider | None:
    """The provider that another package brings."""
    for point in entry_points(group=GROUP):
        if point.name.lower() == name:
            found: Provider = loaded(point, "provider")
            return found
    return None
