"""`namel3ss.debugging.config`: what a workspace and the environment say about tracing."""

from __future__ import annotations

from namel3ss_dbg.trace.settings import DebugConfiguration
from namel3ss_dbg.trace.workspace import DebugConfigManager, get_debug_config_manager

__all__ = ["DebugConfigManager", "DebugConfiguration", "get_debug_config_manager"]
