"""Keys of a program's models: they stand in the environment, and are refused when they stand in the program itself, for
a program is shared, shown and committed.
"""

from __future__ import annotations

import os
import re

from ...events import ProgramError
from .nodes import EnvRef, Llm, Program

SHORTEST_SECRET = 6
"""What is shorter is a secret to nobody, and stands in many words."""

_SECRET_HEADER = re.compile(r"auth|key|token|secret|cookie|password", re.IGNORECASE)


def refuse_written_keys(llm: Llm) -> None:
    """Make sure that no secret stands in the program itself; no message shows the line, for it holds the secret.

    Raises:
        ProgramError: One does.
    """
    place = f"{llm.at.file}:{llm.at.line}"
    if llm.settings.get("api_key") is not None and not isinstance(llm.settings["api_key"], EnvRef):
        raise ProgramError(
            f"The llm '{llm.name}' has its key in the program",
            why=f"api_key at {place} is no reference to the environment",
            try_="Put the key into an environment variable and write api_key: env.NAME, or leave api_key out.",
        )
    headers = llm.settings.get("headers")
    for name, value in headers.items() if isinstance(headers, dict) else ():
        if _SECRET_HEADER.search(name) and not isinstance(value, EnvRef):
            raise ProgramError(
                f"The llm '{llm.name}' has a secret in the program",
                why=f"the header '{name}' at {place} is no reference to the environment",
                try_=f"Put it into an environment variable and write {{ {name}: env.NAME }}.",
            )


def keys_of(program: Program) -> set[str]:
    """What the variables hold that a program names as the keys of its models, or in headers that hold secrets."""
    named = [llm.settings.get("api_key") for llm in program.llms.values()]
    for llm in program.llms.values():
        headers = llm.settings.get("headers")
        held_in = headers.items() if isinstance(headers, dict) else ()
        named += [value for name, value in held_in if _SECRET_HEADER.search(name)]
    held = [os.environ.get(reference.name, "").strip() for reference in named if isinstance(reference, EnvRef)]
    return {key for key in held if len(key) >= SHORTEST_SECRET}
