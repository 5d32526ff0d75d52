"""How a chain is executed: its steps in order, with `if`, `for`, `while` and `parallel`.

What a step gives is the `output` of `steps.<name>` for whatever comes later, and what the next step takes in when it
says nothing else. The statements of a `parallel` all begin with the same value and give an object of their outputs.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from ...events import ProgramError
from .nodes import Chain, For, If, Parallel, Statement, Step, While
from .run import Run, together
from .steps import inputs_of, perform
from .templates import evaluate, items_of, mistake
from .values import shown

DEEPEST = 32
"""How deep chains may call chains."""


async def run_chain(run: Run, chain: Chain, arguments: dict[str, Any], *, depth: int = 1) -> Any:
    """What a chain returns: its `output`, else what its last step gave.

    Args:
        run: The execution that this is part of.
        chain: What to execute.
        arguments: The value at its `input_key`, or at `input`, is its input, by default an empty text; the rest is
            its payload.
        depth: How many chains are being executed inside one another, this one counted.

    Raises:
        ProgramError: A step failed that stops the chain, or the chain itself is wrong.
    """
    key = chain.input_key
    given = arguments.get(key, arguments.get("input", ""))
    payload = {name: value for name, value in arguments.items() if name not in (key, "input")}
    with run.span("chain_execution", "chain", chain.name, chain.at, inputs={key: given, **payload}) as span:
        if depth > DEEPEST:
            raise ProgramError(
                f"The chain '{chain.name}' is called too deeply",
                why=f"more than {DEEPEST} chains call one another",
                try_="Let one of them end without calling the next.",
            )
        result = await _ChainExecution(run, chain, given, payload, depth).result()
        span.outputs = {"result": result}
    return result


@attrs.define
class _Strand:
    """What one strand of a chain carries along: the newest output, and its loop variables."""

    current: Any
    variables: dict[str, Any] = attrs.field(factory=dict)

    def with_variables(self, **variables: Any) -> _Strand:
        return _Strand(self.current, {**self.variables, **variables})


@attrs.define
class _ChainExecution:
    run: Run
    chain: Chain
    input: Any
    payload: dict[str, Any]
    depth: int
    steps: dict[str, dict[str, Any]] = attrs.field(factory=dict, init=False)
    """What happened so far, as expressions see it."""

    async def result(self) -> Any:
        strand = _Strand(self.input)
        await self._all(self.chain.body, strand)
        if self.chain.output is not None:
            return evaluate(self.chain.output, self._names(strand), self.chain.at)
        return strand.current

    def _names(self, strand: _Strand) -> dict[str, Any]:
        return {"input": self.input, "payload": self.payload, "steps": self.steps, **strand.variables}

    async def _all(self, statements: Sequence[Statement], strand: _Strand) -> None:
        for statement in statements:
            await self._execute(statement, strand)

    async def _execute(self, statement: Statement, strand: _Strand) -> None:
        match statement:
            case Step():
                strand.current = await self._step(statement, strand)
            case If():
                await self._if(statement, strand)
            case For():
                await self._for(statement, strand)
            case While():
                await self._while(statement, strand)
            case _:
                await self._parallel(statement, strand)

    async def _if(self, statement: If, strand: _Strand) -> None:
        names = self._names(strand)
        for branch in statement.branches:
            if evaluate(branch.condition, names, branch.at):
                return await self._all(branch.body, strand)
        return await self._all(statement.otherwise, strand)

    async def _for(self, statement: For, strand: _Strand) -> None:
        value = evaluate(statement.items, self._names(strand), statement.at)
        items = items_of(value, statement.items, statement.at)
        for number, item in enumerate(items, 1):
            loop = {"index": number, "length": len(items)}
            await self._round(statement.body, strand, **{"loop": loop, statement.variable: item})

    async def _while(self, statement: While, strand: _Strand) -> None:
        rounds = 0
        while evaluate(statement.condition, self._names(strand), statement.at):
            rounds += 1
            if rounds > statement.max_iterations:
                raise mistake(
                    f"'while {statement.condition.text}' is still true after {statement.max_iterations} rounds",
                    statement.at,
                    "Look at what its body should change, or raise max_iterations.",
                )
            await self._round(statement.body, strand, loop={"index": rounds})

    async def _round(self, body: Sequence[Statement], strand: _Strand, **variables: Any) -> None:
        inner = strand.with_variables(**variables)
        await self._all(body, inner)
        strand.current = inner.current

    async def _parallel(self, statement: Parallel, strand: _Strand) -> None:
        lanes = [(inner, strand.with_variables()) for inner in statement.body]
        await together(*(self._execute(inner, lane) for inner, lane in lanes))
        strand.current = {inner.name: lane.current for inner, lane in lanes if isinstance(inner, Step)}

    async def _step(self, step: Step, strand: _Strand) -> Any:
        names = self._names(strand)
        inputs, problem = self._inputs(step, strand.current, names)
        told = {"kind": step.kind, "target": step.target, "inputs": shown(inputs)}
        about = {"chain": self.chain.name}
        if "loop" in strand.variables:
            about["iteration"] = strand.variables["loop"]["index"]
        try:
            with self.run.span("chain_step", "chain", step.name, step.at, inputs=told, metadata=about) as span:
                if problem is not None:
                    raise problem
                output = await self._output(step, inputs, names)
                span.outputs = {"result": output}
        except ProgramError as error:
            self._note(step, inputs, None, "failed", str(error))
            if step.stop_on_error:
                raise
            return None
        self._note(step, inputs, output, "completed", None)
        return output

    def _inputs(self, step: Step, current: Any, names: dict[str, Any]) -> tuple[dict[str, Any], ProgramError | None]:
        """What the step takes in, or why that cannot be said: an error that belongs into the step's own span."""
        try:
            return inputs_of(self.run, step, current, names), None
        except ProgramError as problem:
            return {}, problem

    async def _output(self, step: Step, inputs: dict[str, Any], names: dict[str, Any]) -> Any:
        if step.kind == "chain":
            return await run_chain(self.run, self.run.program.chains[step.target], inputs, depth=self.depth + 1)
        return await perform(self.run, step, inputs, names)

    def _note(self, step: Step, inputs: dict[str, Any], output: Any, status: str, error: str | None) -> None:
        self.steps[step.name] = {
            "output": output,
            "result": output,
            "status": status,
            "inputs": shown(inputs),
            "error": error,
        }
