"""What one step of a chain does, by its kind, and what it takes in when the program does not say.

A step without `inputs` goes on with what the step before it gave, the first one with the chain's own input.
"""

from __future__ import annotations

from typing import Any

from ...events import ProgramError
from .agents import question_text, run_agent
from .models import Message
from .nodes import Step, Tool
from .prompts import prompt_names, run_prompt
from .run import Run, place
from .templates import Names, as_text, compile_template
from .values import concealed_in, resolve


async def perform(run: Run, step: Step, inputs: dict[str, Any], names: Names) -> Any:
    """The output of a step of any kind but `chain`.

    Args:
        run: The execution that this is part of.
        step: What to do.
        inputs: What it takes in, resolved.
        names: What a template within the step may name besides its inputs.
    """
    match step.kind:
        case "tool":
            return await run.call(run.program.tools[step.target], inputs)
        case "python":
            return await run.call(Tool(name=step.target, at=step.at, python=step.target), inputs)
        case "agent":
            question, context = question_of(inputs)
            return await run_agent(run, run.program.agents[step.target], question, context)
        case "prompt":
            return await run_prompt(run, run.program.prompts[step.target], inputs)
        case "llm":
            return await _ask(run, step, inputs)
        case _:
            return _filled_in(run, step, inputs, names)


def inputs_of(run: Run, step: Step, current: Any, names: Names) -> dict[str, Any]:
    """What a step takes in: what it says, else what came before it.

    Raises:
        ProgramError: A text in them cannot be rendered, or a value of the environment would be written to the trace.
    """
    if step.inputs:
        return _without_secrets(step, resolve(step.inputs, names))
    match step.kind:
        case "template" | "python":
            return {}
        case "tool":
            return _tool_inputs(run.program.tools[step.target], current)
    return {"input": current}


def question_of(inputs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    """What is asked, and the context: `input`, else the only entry, else all of them as context of no question."""
    if "input" in inputs:
        return inputs["input"], {key: value for key, value in inputs.items() if key != "input"}
    if len(inputs) == 1:
        return next(iter(inputs.values())), {}
    return "", inputs


def _tool_inputs(tool: Tool, current: Any) -> dict[str, Any]:
    """An object becomes the arguments; another value that of the only parameter, or of the only required one."""
    if isinstance(current, dict):
        return current
    required = [field for field in tool.parameters if field.required]
    for fields in (tool.parameters, required):
        if len(fields) == 1:
            return {fields[0].name: current}
    return {}


async def _ask(run: Run, step: Step, inputs: dict[str, Any]) -> str:
    llm = run.llm(step.target, step.target_at)
    system = [as_text(text) for text in (resolve(llm.system, {}), inputs.get("system")) if text]
    question = question_of({key: value for key, value in inputs.items() if key != "system"})
    told = [Message("system", "\n\n".join(system))] if system else []
    return (await run.ask(llm, [*told, Message("user", question_text(*question))])).text


def _filled_in(run: Run, step: Step, inputs: dict[str, Any], names: Names) -> Any:
    """The step's own text, or that of the prompt it names, filled in."""
    if step.template is not None:
        return compile_template(step.template).value({**names, **inputs})
    prompt = run.program.prompts[step.target]
    if prompt.template is None:
        raise ProgramError(f"The prompt '{prompt.name}' has no template", why=f"{place(step.at)} wants to fill it in")
    return compile_template(prompt.template).value(prompt_names(prompt, inputs))


def _without_secrets(step: Step, inputs: dict[str, Any]) -> dict[str, Any]:
    reference = concealed_in(inputs)
    if reference is None or step.kind in ("tool", "python"):
        return inputs
    raise ProgramError(
        f"env.{reference.name} cannot go into the {step.kind} '{step.target}'",
        why="what goes in there is written to the trace",
        try_="Give it to a tool, in its arguments or headers.",
    )
