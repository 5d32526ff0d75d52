"""How a prompt is executed: its inputs checked and filled in, the model asked, its answer held against the outputs.

An answer that does not fit goes back to the model together with what is wrong with it, `max_retries` times.
"""

from __future__ import annotations

import json
from typing import Any

from ...events import ProgramError
from .models import Message
from .nodes import Llm, Prompt
from .run import Run, place
from .schema import answer_problems, coerced, json_schema, problems
from .templates import Names, as_text, render
from .values import resolve


class PromptError(ProgramError):
    """A prompt got no answer that fits."""


async def run_prompt(run: Run, prompt: Prompt, arguments: dict[str, Any]) -> Any:
    """The answer to a prompt: a text, or the object that its outputs describe.

    Raises:
        PromptError: The arguments do not fit its inputs, or no answer fits its outputs.
        ProgramError: Its model failed, or a text of it cannot be rendered.
    """
    with run.span("prompt_execution", "prompt", prompt.name, prompt.at, inputs=arguments) as span:
        llm = run.llm(prompt.llm, prompt.at)
        messages = _messages(prompt, llm, prompt_names(prompt, arguments))
        output = await _fitting_answer(run, prompt, llm, messages)
        span.outputs = {"output": output}
    return output


def prompt_names(prompt: Prompt, arguments: dict[str, Any]) -> dict[str, Any]:
    """What a prompt's texts may name: its inputs with defaults and types as declared, and `input`.

    Raises:
        PromptError: An argument is missing, unknown or of another type.
    """
    fields = prompt.inputs
    if not fields:
        return arguments
    declared = {field.name for field in fields}
    if "input" in arguments and "input" not in declared:
        # The only question that a prompt with one input can be meant to answer.
        missing = [field.name for field in fields if field.required and field.name not in arguments]
        if len(missing) == 1:
            arguments = {**arguments, missing[0]: arguments["input"]}
    given = {field.name: coerced(arguments[field.name], field) for field in fields if field.name in arguments}
    others = {name: value for name, value in arguments.items() if name not in declared and name != "input"}
    wrong = problems({**given, **others}, fields, closed=True)
    if wrong:
        raise PromptError(f"The inputs of the prompt '{prompt.name}' do not fit", why="; ".join(wrong))
    defaults = {field.name: resolve(field.default, {}) for field in fields}
    return {**{name: value for name, value in arguments.items() if name == "input"}, **defaults, **given}


def _messages(prompt: Prompt, llm: Llm, names: Names) -> list[Message]:
    system = [render(text, names) for text in (llm.system, prompt.system) if text is not None]
    if prompt.outputs:
        schema = json.dumps(json_schema(prompt.outputs), ensure_ascii=False)
        system.append(f"Answer with one JSON object of this schema and nothing else: {schema}")
    question = render(prompt.template, names) if prompt.template is not None else _listed(prompt, names)
    told = [Message("system", "\n\n".join(system))] if system else []
    return [*told, Message("user", question)]


def _listed(prompt: Prompt, names: Names) -> str:
    """What a prompt without a template asks: its only input, or each with its name."""
    values = {name: names[name] for name in [field.name for field in prompt.inputs] or names}
    if len(values) == 1:
        return as_text(next(iter(values.values())))
    return "\n".join(f"{name}: {as_text(value)}" for name, value in values.items() if value is not None)


async def _fitting_answer(run: Run, prompt: Prompt, llm: Llm, messages: list[Message]) -> Any:
    wrong: list[str] = []
    attempts = 1 + max(prompt.max_retries, 0)
    for attempt in range(1, attempts + 1):
        answer = await run.ask(llm, messages, parameters=prompt.parameters, outputs=prompt.outputs)
        if not prompt.outputs:
            return answer.text
        value, wrong = _validated(run, prompt, answer.text, attempt)
        if not wrong:
            return value
        complaint = f"This answer does not fit: {'; '.join(wrong)}. Answer again with the JSON object and nothing else."
        messages = [*messages, Message("assistant", answer.text), Message("user", complaint)]
    raise PromptError(
        f"The prompt '{prompt.name}' got no fitting answer in {attempts} attempts",
        why="; ".join(wrong),
        try_=f"Say in the prompt what is wanted, or correct its output ({place(prompt.at)}).",
    )


def _validated(run: Run, prompt: Prompt, text: str, attempt: int) -> tuple[Any, list[str]]:
    inputs = {"text": text, "attempt": attempt}
    with run.span("validation", "validation", prompt.name, prompt.at, inputs=inputs) as span:
        value, wrong = answer_problems(text, prompt.outputs)
        span.outputs = {"success": not wrong, "errors": wrong}
        if wrong:
            span.fail("; ".join(wrong))
    return value, wrong
