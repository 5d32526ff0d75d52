"""Puts a recorded call around a function of any kind, and leaves its kind as it was.

A coroutine function stays one and so does a generator function, since callers ask. Of those the call lasts until what
they return is used up: a generator that is never iterated was never called. Between two steps of a generator the code
that iterates is not inside the call.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import functools
import inspect
import weakref
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from types import AsyncGeneratorType, CodeType, CoroutineType, GeneratorType, MethodType
from typing import Any, cast

from .calls import Begin, Call, Part
from .shapes import look

MARK = "__namel3ss_hook__"
"""The attribute by which a wrapped function says what kind of span it records."""

_Function = Callable[..., Any]
_INNER = {MethodType: "__func__", functools.partial: "func"}


def wrapped(function: _Function, begin: Begin, kind: str) -> _Function:
    """`around`, with the name and signature of the function too."""
    wrapper: Any = around(function, begin)
    wrapper.__dict__.update(look(function, "__dict__") or {})
    for name in functools.WRAPPER_ASSIGNMENTS:
        with contextlib.suppress(AttributeError, TypeError):  # something callable that has no name, or an odd one
            setattr(wrapper, name, getattr(function, name))
    wrapper.__wrapped__ = function
    setattr(wrapper, MARK, kind)
    return cast("_Function", wrapper)


def around(function: _Function, begin: Begin) -> _Function:
    """A function of the same kind, with `begin` asked at each call."""
    flags = _flags(function)
    if flags & inspect.CO_ASYNC_GENERATOR:
        return _around_async_generator(function, begin)
    if flags & inspect.CO_COROUTINE:
        return _around_coroutine(function, begin)
    if flags & inspect.CO_GENERATOR:
        return _around_generator(function, begin)
    return _around_function(function, begin)


def _flags(function: Any) -> int:
    """What the code of a function says that it is; nothing for an object that merely looks like one, as mocks do."""
    while (inner := _INNER.get(type(function))) is not None:
        function = getattr(function, inner)
    code = look(function, "__code__")
    return code.co_flags if type(code) is CodeType else 0


def _around_function(function: _Function, begin: Begin) -> _Function:
    def traced(*args: Any, **kwargs: Any) -> Any:
        call = begin(args, kwargs)
        if call is None:
            return function(*args, **kwargs)
        try:
            result = function(*call.args, **call.kwargs)
        except BaseException as problem:
            call.fail(problem)
            call.end()
            raise
        later = _LATER.get(type(result))
        if later is None and issubclass(type(result), asyncio.Future | concurrent.futures.Future):
            later = _when_done
        if later is not None and isinstance(call, Call):
            return later(result, call)
        call.succeed(result)
        call.end()
        return call.result(result)

    return traced


def _around_coroutine(function: _Function, begin: Begin) -> _Function:
    async def traced(*args: Any, **kwargs: Any) -> Any:
        call = begin(args, kwargs)
        if call is None:
            return await function(*args, **kwargs)
        try:
            result = await function(*call.args, **call.kwargs)
            call.succeed(result)
        except BaseException as problem:
            call.fail(problem)
            raise
        finally:
            call.end()
        return call.result(result)

    return traced


def _around_generator(function: _Function, begin: Begin) -> _Function:
    def traced(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
        call = begin(args, kwargs)
        if call is None:
            return (yield from function(*args, **kwargs))
        call.leave()
        return (yield from _steps(function(*call.args, **call.kwargs), call))

    return traced


def _around_async_generator(function: _Function, begin: Begin) -> _Function:
    # There is no `yield from` for these: the steps stand here, so that a caller waits on one generator and not on two.
    async def traced(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
        call = begin(args, kwargs) or Part(None, function, args, kwargs)
        call.leave()
        generator = function(*call.args, **call.kwargs)
        step: Callable[[], Any] = generator.__anext__
        try:
            while True:
                with call.within():
                    try:
                        item = await step()
                    except StopAsyncIteration:
                        call.succeed(None)
                        return
                call.saw(item)
                try:
                    sent = yield item
                except GeneratorExit:
                    with call.within():
                        await generator.aclose()
                    raise
                except BaseException as thrown:
                    step = functools.partial(generator.athrow, thrown)
                else:
                    step = functools.partial(generator.asend, sent)
        except BaseException as problem:
            with call.within():
                call.fail(problem)
            raise
        finally:
            call.end()

    return traced


def _steps(generator: Generator[Any, Any, Any], call: Call | Part) -> Generator[Any, Any, Any]:
    """The items of a generator, each made inside the call."""
    step: Callable[[], Any] = functools.partial(next, generator)
    try:
        while True:
            with call.within():
                try:
                    item = step()
                except StopIteration as stop:
                    call.succeed(stop.value)
                    return stop.value
            call.saw(item)
            try:
                sent = yield item
            except GeneratorExit:
                with call.within():
                    generator.close()
                raise
            except BaseException as thrown:
                step = functools.partial(generator.throw, thrown)
            else:
                step = functools.partial(generator.send, sent)
    except BaseException as problem:
        with call.within():
            call.fail(problem)
        raise
    finally:
        call.end()


def _async_steps(generator: AsyncGenerator[Any, Any], call: Call) -> Any:
    return _around_async_generator(lambda *_, **__: generator, lambda args, kwargs: call)()


async def _awaited(coroutine: Coroutine[Any, Any, Any], call: Call) -> Any:
    with call.within():
        try:
            result = await coroutine
            call.succeed(result)
        except BaseException as problem:
            call.fail(problem)
            raise
        finally:
            call.end()
    return result


def _later(around: Callable[[Any, Call], Any]) -> Callable[[Any, Call], Any]:
    """For what a plain function returns and somebody else uses up: the call goes on until then, or until it is gone."""

    def later(result: Any, call: Call) -> Any:
        call.leave()
        outer = around(result, call)
        weakref.finalize(outer, call.end).atexit = False
        return outer

    return later


def _when_done(future: Any, call: Call) -> Any:
    call.leave()

    def done(_: Any) -> None:
        with call.within():
            try:
                call.succeed(future.result())
            except BaseException as problem:
                call.fail(problem)
            call.end()

    future.add_done_callback(done)
    return future


_LATER: dict[type, Callable[[Any, Call], Any]] = {
    CoroutineType: _later(_awaited),
    GeneratorType: _later(_steps),
    AsyncGeneratorType: _later(_async_steps),
}
