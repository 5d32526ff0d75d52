"""Starts the adapter: on the standard streams, on a loopback port, or on a socket in the file system."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from types import FrameType

from .registry import part
from .server import FileLog, private_streams, serve_pipe, serve_port, serve_streams


def main(words: list[str] | None = None) -> int:
    """Serve as the command line says."""
    parser = argparse.ArgumentParser("dap_adapter", description="A debug adapter for AI programs and their recordings.")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--port", type=int, help="serve sessions on this port of 127.0.0.1; 0 chooses one")
    where.add_argument("--pipe", type=Path, help="serve sessions on a socket at this path")
    parser.add_argument("--log", type=Path, help="write every message to this file, secrets masked")
    parser.add_argument("--version", action="store_true", help="say which adapter this is")
    options = parser.parse_args(words)
    if options.port is not None and not 0 <= options.port <= 65_535:
        parser.error("--port: a port is a number from 0 to 65535")
    if options.version:
        sys.stdout.write(f"{part('versions').version_line()}\n")
        return 0
    signal.signal(signal.SIGTERM, _end)
    file = None
    try:
        if options.log is not None:
            file = os.fdopen(os.open(options.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600), "a", encoding="utf-8")
        log = FileLog(file)
        if options.port is not None:
            serve_port(options.port, log, sys.stdout)
        elif options.pipe is not None:
            serve_pipe(options.pipe, log, sys.stdout)
        else:
            serve_streams(*private_streams(), log)
    except OSError as problem:
        sys.stderr.write(f"Error: {problem.strerror or problem}: {problem.filename or options.port or 'the log'}\n")
        return 2
    except KeyboardInterrupt:
        return 130
    finally:
        if file is not None:
            file.close()
    return 0


def _end(number: int, frame: FrameType | None) -> None:
    sys.exit(0)


def _leave(code: int) -> None:
    """End without waiting for threads that are held in a read that never returns."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    _leave(main())
