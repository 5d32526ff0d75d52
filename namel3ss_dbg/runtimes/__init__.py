"""Floor 3, runtimes: what can execute a `.ai` program, chosen by looking into the file."""

from .registry import Language, Runtime, load

__all__ = ["Language", "Runtime", "load"]
