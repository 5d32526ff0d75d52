"""Floor 0, the words: the event, its vocabulary, moments, filters and errors."""

from .errors import (
    DebugError,
    DivergenceError,
    ExpectationError,
    ExpressionError,
    PlaceError,
    ProgramError,
    SettingsError,
    SourceError,
    TraceError,
    UsageError,
)
from .event import FIELDS, Payload, Status, TraceEvent, TraceEventType, closes, opens, span_of
from .filters import TraceFilter
from .moments import BACKWARD, BEGINNING, FORWARD, Direction, Mark, Moment, Reason, Stop

__all__ = [
    "BACKWARD",
    "BEGINNING",
    "FIELDS",
    "FORWARD",
    "DebugError",
    "Direction",
    "DivergenceError",
    "ExpectationError",
    "ExpressionError",
    "Mark",
    "Moment",
    "Payload",
    "PlaceError",
    "ProgramError",
    "Reason",
    "SettingsError",
    "SourceError",
    "Status",
    "Stop",
    "TraceError",
    "TraceEvent",
    "TraceEventType",
    "TraceFilter",
    "UsageError",
    "closes",
    "opens",
    "span_of",
]
