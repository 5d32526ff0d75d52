"""Floor 5, commands: the language in which people speak to a session, the same for every front end."""

from .dialogue import Dialogue
from .reply import NeedsEditor, NeedsFrontEnd, NeedsYes, Quit, Reply
from .settings import SETTINGS, Setting, Settings
from .table import Command, CommandTable, Completion
from .verbs import TABLE

__all__ = [
    "SETTINGS",
    "TABLE",
    "Command",
    "CommandTable",
    "Completion",
    "Dialogue",
    "NeedsEditor",
    "NeedsFrontEnd",
    "NeedsYes",
    "Quit",
    "Reply",
    "Setting",
    "Settings",
]
