"""The services whose models can be asked: where each is, where its key comes from, and what is odd about it.

All but Anthropic speak the protocol of OpenAI's chat completions; one that is not here is `openai_compatible` with a
`base_url`, which can replace every address.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import attrs

Structured = Literal["json_schema", "json_object", "tool", "instructions"]
"""How an object is asked for: by its schema, as any JSON, as the arguments of a tool, or only in words."""


@attrs.frozen(kw_only=True)
class Service:
    """Who answers for a provider's name."""

    name: str
    title: str
    """As sentences call it."""
    address: str = ""
    """The `base_url` when neither the program nor the environment says one; empty when one must be said."""
    address_variable: str = ""
    """The environment variable that may hold another address."""
    key_variable: str = ""
    """The environment variable that holds the key."""
    needs_key: bool = True
    protocol: Literal["openai", "azure", "anthropic"] = "openai"
    structured: Structured = "json_schema"
    names: Mapping[str, str] = attrs.field(factory=dict)
    """What it calls a parameter that others call otherwise."""
    lacks: tuple[str, ...] = ()
    """Parameters that it refuses."""
    counts_streams: bool = True
    """Whether it must be asked to count the tokens of a stream, and understands that."""
    wants_reasoning: bool = False
    """Whether what the model thought aloud must be sent back with its tool calls."""
    prices: str = ""
    """Its name in the list of prices."""
    is_local: bool = False
    """Whether it runs on a machine of one's own, and costs nothing per token."""
    start: str = ""
    """How to start it, when nothing answers."""
    fetch: str = ""
    """How to get a model that it does not have."""

    @property
    def language(self) -> str:
        """What it speaks, as sentences call it."""
        return "Anthropic's protocol" if self.protocol == "anthropic" else "the protocol of OpenAI"


_COMPLETION = {"max_tokens": "max_completion_tokens"}

_SERVICES = (
    Service(
        name="openai",
        title="OpenAI",
        address="https://api.openai.com/v1",
        address_variable="OPENAI_BASE_URL",
        key_variable="OPENAI_API_KEY",
        names=_COMPLETION,
        lacks=("top_k",),
        prices="openai",
    ),
    Service(
        name="azure",
        title="Azure",
        address_variable="AZURE_OPENAI_ENDPOINT",
        key_variable="AZURE_OPENAI_API_KEY",
        protocol="azure",
        names=_COMPLETION,
        lacks=("top_k",),
        prices="azure",
    ),
    Service(
        name="anthropic",
        title="Anthropic",
        address="https://api.anthropic.com",
        address_variable="ANTHROPIC_BASE_URL",
        key_variable="ANTHROPIC_API_KEY",
        protocol="anthropic",
        structured="tool",
        lacks=("seed", "frequency_penalty", "presence_penalty"),
        prices="anthropic",
    ),
    Service(
        name="gemini",
        title="Gemini",
        address="https://generativelanguage.googleapis.com/v1beta/openai",
        key_variable="GEMINI_API_KEY",
        prices="google",
    ),
    Service(
        name="mistral",
        title="Mistral",
        address="https://api.mistral.ai/v1",
        key_variable="MISTRAL_API_KEY",
        names={"seed": "random_seed"},
        counts_streams=False,
        prices="mistral",
    ),
    Service(
        name="groq",
        title="Groq",
        address="https://api.groq.com/openai/v1",
        key_variable="GROQ_API_KEY",
        structured="json_object",
        names=_COMPLETION,
        lacks=("top_k",),
        prices="groq",
    ),
    Service(
        name="deepseek",
        title="DeepSeek",
        address="https://api.deepseek.com",
        key_variable="DEEPSEEK_API_KEY",
        structured="json_object",
        wants_reasoning=True,
        prices="deepseek",
    ),
    Service(
        name="openrouter",
        title="OpenRouter",
        address="https://openrouter.ai/api/v1",
        key_variable="OPENROUTER_API_KEY",
        prices="openrouter",
    ),
    Service(
        name="together",
        title="Together",
        address="https://api.together.xyz/v1",
        key_variable="TOGETHER_API_KEY",
        prices="together",
    ),
    Service(
        name="fireworks",
        title="Fireworks",
        address="https://api.fireworks.ai/inference/v1",
        key_variable="FIREWORKS_API_KEY",
        prices="fireworks",
    ),
    Service(
        name="xai",
        title="xAI",
        address="https://api.x.ai/v1",
        key_variable="XAI_API_KEY",
        names=_COMPLETION,
        prices="x-ai",
    ),
    Service(
        name="perplexity",
        title="Perplexity",
        address="https://api.perplexity.ai",
        key_variable="PERPLEXITY_API_KEY",
        prices="perplexity",
    ),
    Service(
        name="cerebras",
        title="Cerebras",
        address="https://api.cerebras.ai/v1",
        key_variable="CEREBRAS_API_KEY",
        names=_COMPLETION,
        prices="cerebras",
    ),
    Service(
        name="ollama",
        title="Ollama",
        address="http://localhost:11434/v1",
        needs_key=False,
        is_local=True,
        start="Is Ollama running? Start it: ollama serve.",
        fetch="Fetch it: ollama pull {model}.",
    ),
    Service(
        name="vllm",
        title="vLLM",
        address="http://localhost:8000/v1",
        key_variable="VLLM_API_KEY",
        needs_key=False,
        is_local=True,
        start="Is vLLM running? Start it: vllm serve {model}.",
        fetch="Start it with that model: vllm serve {model}.",
    ),
    Service(
        name="lm_studio",
        title="LM Studio",
        address="http://localhost:1234/v1",
        needs_key=False,
        is_local=True,
        start="Is LM Studio's server running? Start it: lms server start.",
        fetch="Load it: lms load {model}.",
    ),
    Service(
        name="llama_cpp",
        title="llama.cpp",
        address="http://localhost:8080/v1",
        needs_key=False,
        is_local=True,
        start="Is llama.cpp's server running? Start it: llama-server.",
    ),
    Service(name="openai_compatible", title="The server", needs_key=False, structured="instructions"),
)

SERVICES: Mapping[str, Service] = {service.name: service for service in _SERVICES}
"""By the name that a program says as `provider`."""

_ALSO_CALLED = {
    "azure_openai": "azure",
    "claude": "anthropic",
    "google": "gemini",
    "grok": "xai",
    "llamacpp": "llama_cpp",
    "lmstudio": "lm_studio",
    "mistralai": "mistral",
    "together_ai": "together",
}


def service_named(provider: str) -> Service | None:
    """The service that a program means, in letters of either case: `LM Studio` is `lm_studio`."""
    name = provider.lower().replace("-", "_").replace(" ", "_").replace(".", "_")
    return SERVICES.get(_ALSO_CALLED.get(name, name))
