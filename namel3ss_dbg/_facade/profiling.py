"""`namel3ss.debugging.profiling`: how long parts of a program take, and how much memory they use."""

from __future__ import annotations

from namel3ss_dbg.recording.profiling import (
    DebugProfiler,
    Measurement,
    MemoryTracker,
    Profile,
    ProfileStatistics,
    get_debug_profiler,
    profile_debug_execution,
)

__all__ = [
    "DebugProfiler",
    "Measurement",
    "MemoryTracker",
    "Profile",
    "ProfileStatistics",
    "get_debug_profiler",
    "profile_debug_execution",
]
