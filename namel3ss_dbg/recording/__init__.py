"""Floor 3, recording: the tracer, its runs and spans."""

from .execution import Execution, Listener
from .span import Span, describe
from .tracer import ExecutionTracer

ExecutionContext = Execution
"""The seed's word for what `start_execution_trace` returns."""

__all__ = ["Execution", "ExecutionContext", "ExecutionTracer", "Listener", "Span", "describe"]
