"""Python functions beside an app: found, loaded once, and called without holding up the rest.

An app's modules are its own: while one is loaded its folder goes before everything else, and afterwards nothing of it
remains on `sys.path` or in `sys.modules`, nor a byte-code file in the folder. So two apps with a `tools.py` each do
not meet, and every run begins with fresh modules.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import importlib
import inspect
import pkgutil
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from ...events import ProgramError
from .nodes import Position
from .source import did_you_mean

Function = Callable[..., Any]


class PythonCode:
    """The Python modules of one app, for one run."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._modules: dict[str, ModuleType] = {}

    def function(self, path: str, at: Position) -> Function:
        """The function that `module:function`, declared at `at`, names.

        Raises:
            ProgramError: There is no such module or function, or the module cannot be loaded.
        """
        module_name, _, name = path.partition(":")
        module = self._module(module_name, at)
        found = getattr(module, name, None)
        if callable(found):
            return found  # type: ignore[no-any-return]  # callable() says no more than that
        functions = [key for key, value in vars(module).items() if inspect.isroutine(value) and key[0] != "_"]
        raise ProgramError(
            f"There is no function '{name}' in {_where(module, module_name)}",
            why=f"{at.file}:{at.line} asks for it",
            try_=did_you_mean(name, functions) or f"Write def {name}(…) there.",
        )

    def _module(self, name: str, at: Position) -> ModuleType:
        if name not in self._modules:
            self._modules[name] = self._load(name, at)
        return self._modules[name]

    def _load(self, name: str, at: Position) -> ModuleType:
        try:
            with _first_in_line(self._folder, name.partition(".")[0]):
                return importlib.import_module(name)
        except ModuleNotFoundError as problem:
            if problem.name is None or not f"{name}.".startswith(f"{problem.name}."):
                raise _unloadable(name, problem) from problem
            file = self._folder / f"{name.replace('.', '/')}.py"
            raise ProgramError(
                f"There is no Python module '{name}'",
                why=f"{at.file}:{at.line} asks for it, but neither {file} nor an installed module is there",
                try_='Write that file, or bind the tool otherwise: python: "module:function".',
            ) from problem
        except Exception as problem:  # a module's own top-level code may raise anything
            raise _unloadable(name, problem) from problem


async def call_function(function: Function, arguments: dict[str, Any]) -> Any:
    """What the function returns: a coroutine function is awaited, another one runs in a thread of its own."""
    if inspect.iscoroutinefunction(function):
        return await function(**arguments)
    result = await in_thread(lambda: function(**arguments))
    return await result if inspect.isawaitable(result) else result


async def in_thread(function: Callable[[], Any]) -> Any:
    """What the function returns, run in a thread that sees this task's context variables.

    Unlike those of `asyncio.to_thread`, the thread is a daemon: a tool that hangs after its timeout must not keep the
    program from ending, and any number of calls may run at once.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()
    context = contextvars.copy_context()

    def settle(result: Any, problem: BaseException | None) -> None:
        if future.done():
            return
        if problem is None:
            future.set_result(result)
        else:
            future.set_exception(problem)

    def work() -> None:
        result: Any = None
        problem: BaseException | None = None
        try:
            result = context.run(function)
        except (StopIteration, SystemExit) as error:  # a future refuses the one, the other would end the debugger
            problem = RuntimeError(f"{type(error).__name__}: {error}")
        except BaseException as error:  # it belongs to whoever waits, whatever it is
            problem = error
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, problem)

    threading.Thread(target=work, name="tool", daemon=True).start()
    return await future


@contextlib.contextmanager
def _first_in_line(folder: Path, wanted: str) -> Iterator[None]:
    """Let imports look into `folder` first; forget afterwards what they found there.

    Of the modules that are named like one of Python's own, only the wanted one counts: the others may be what an
    installed module means.
    """
    beside = {module.name for module in pkgutil.iter_modules([str(folder)])}
    own = beside - (sys.stdlib_module_names - {wanted})
    hidden = _taken_out(own)
    writes_byte_code, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        sys.path_importer_cache.pop(str(folder), None)
        sys.dont_write_bytecode = writes_byte_code
        _taken_out(own)
        sys.modules.update(hidden)


def _taken_out(roots: set[str]) -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in roots]
    return {name: sys.modules.pop(name) for name in names}


def _unloadable(name: str, problem: Exception) -> ProgramError:
    frames = traceback.extract_tb(problem.__traceback__)
    place = f" ({frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    if isinstance(problem, SyntaxError):
        place = f" ({problem.filename}:{problem.lineno})"
    message = problem.msg if isinstance(problem, SyntaxError) else str(problem)
    return ProgramError(
        f"The Python module '{name}' cannot be loaded", why=f"{type(problem).__name__}: {message}{place}"
    )


def _where(module: ModuleType, name: str) -> str:
    return Path(module.__file__).name if module.__file__ else f"the module '{name}'"
