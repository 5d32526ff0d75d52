"""Floor 4, readings: what a trace says about a run's time, errors, resources and cost."""

from .analyzer import TraceAnalyzer
from .report import SCHEMA_VERSION, Report, analyze, to_json

__all__ = ["SCHEMA_VERSION", "Report", "TraceAnalyzer", "analyze", "to_json"]
