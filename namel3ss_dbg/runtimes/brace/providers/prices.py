"""What an answer costs by the public lists of the services, where `genai-prices` is installed.

A price that is not known is said to be unknown, never taken for nothing. A model on a machine of one's own is free.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

import attrs

from ..models import ModelAnswer
from .connection import Connection


@attrs.frozen
class Price:
    """What an answer costs, and who says so."""

    cost: float | None
    """US dollars."""
    source: str
    """As a trace's `price` holds it."""


def price_list() -> Any:
    """The package that knows the lists; None when it is not installed."""
    try:
        return import_module("genai_prices")
    except ImportError:
        return None


def price_of(connection: Connection, model: str, answer: ModelAnswer, *, written_tokens: int = 0) -> Price:
    """What an answer of a model costs.

    Args:
        connection: Where it comes from.
        model: Which model the server says it was.
        answer: Its tokens.
        written_tokens: How many of the prompt's tokens the server was paid to remember.
    """
    if connection.has_prices:
        return Price(None, "declared")
    service = connection.service
    if service.is_local:
        return Price(0.0, "local")
    prices = price_list()
    if prices is None:
        return Price(None, "unknown: genai-prices is not installed")
    usage = prices.Usage(
        input_tokens=answer.prompt_tokens,
        cache_read_tokens=answer.cached_tokens or None,
        cache_write_tokens=written_tokens or None,
        output_tokens=answer.completion_tokens,
    )
    where = {"provider_id": service.prices} if service.prices else {"provider_api_url": connection.shown_address}
    for name in dict.fromkeys((model, connection.llm.model)):
        try:
            found = prices.calc_price(usage, name, **where)
        except (LookupError, ValueError):
            continue
        return Price(round(float(found.total_price), 9), "genai-prices")
    return Price(None, f"unknown: no list has the model '{model}'")
