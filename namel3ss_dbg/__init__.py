"""A time-travel debugger for AI programs."""

__version__ = "0.1.0"
