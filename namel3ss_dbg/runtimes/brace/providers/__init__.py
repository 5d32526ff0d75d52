"""Real models: the services that speak the protocol of OpenAI, Anthropic's, and whatever other packages bring."""

from .registry import GROUP, standard_models

__all__ = ["GROUP", "standard_models"]
