"""Floor 5, commands: the table of verbs that every front end reads."""

from .table import Command, CommandTable, Quit
from .verbs import TABLE, stop_view

__all__ = ["TABLE", "Command", "CommandTable", "Quit", "stop_view"]
