"""A time-travel debugger for AI programs."""
