"""What the adapter claims, read off the rows of the registry, and what goes with each claim."""

from __future__ import annotations

from typing import Any

from .registry import ROWS

FILTERS: tuple[dict[str, Any], ...] = (
    {
        "filter": "error",
        "label": "Errors",
        "description": "Stops where an error was first seen.",
        "default": True,
        "conditionDescription": "An expression such as component == 'tool'",
    },
    {
        "filter": "llm",
        "label": "Failed model calls",
        "description": "Stops at the end of a model call that failed.",
        "conditionDescription": "An expression such as tokens_used > 500",
    },
    {
        "filter": "tool",
        "label": "Failed tool calls",
        "description": "Stops at the end of a tool call that failed.",
        "conditionDescription": "An expression such as error contains 'Timeout'",
    },
    {
        "filter": "validation",
        "label": "Failed validations",
        "description": "Stops where the answer of a model did not fit.",
        "conditionDescription": "An expression such as attempt > 1",
    },
    {
        "filter": "retry",
        "label": "Retries",
        "description": "Stops where an answer of a model is tried again.",
        "conditionDescription": "An expression such as attempt > 2",
    },
    {
        "filter": "slow",
        "label": "Slow calls",
        "description": "Stops at the end of any call that took longer than its condition says.",
        "conditionDescription": "Milliseconds such as 2000, or an expression such as duration_ms > 2000",
    },
    {
        "filter": "cost",
        "label": "Costly calls",
        "description": "Stops at the end of any call that cost more than its condition says.",
        "conditionDescription": "Money such as 0.01, or an expression such as tokens_used > 4000",
    },
)
"""Clients read them once, from the answer to `initialize`."""

MODES: tuple[dict[str, Any], ...] = (
    {"mode": "start", "label": "At the start", "description": "Before the call is done.", "appliesTo": ["source"]},
    {"mode": "end", "label": "At the end", "description": "With its outcome.", "appliesTo": ["source"]},
    {"mode": "both", "label": "At both ends", "description": "Before and after.", "appliesTo": ["source"]},
)


def capabilities() -> dict[str, Any]:
    """The body of the answer to `initialize`."""
    claimed: dict[str, Any] = {claim: True for row in ROWS for claim in row.claims}
    return {
        **claimed,
        "exceptionBreakpointFilters": list(FILTERS),
        "breakpointModes": list(MODES),
        "completionTriggerCharacters": [".", "[", ":"],
        "supportedChecksumAlgorithms": ["SHA256"],
        "supportsANSIStyling": True,
    }
