"""From blocks to nodes: app, llm, memory, prompt, tool and agent. Chains are in `chains`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, Literal, cast, get_args

import attrs

from ...timeline.expressions import unescaped
from .fields import Fields, fields_of, kind_of, pairs_of, value_of, word_of
from .nodes import Agent, App, Field, Llm, Memory, MemoryPolicy, Prompt, Rule, Text, Tool, Value
from .signatures import field_of, is_type, signature_of
from .source import Source, one_of
from .tokens import prose_of, quotes_of
from .tree import Block, ListOf, ObjectOf, Pair, Quoted, Word

POLICIES = get_args(MemoryPolicy)

_TOOL_TYPES = {"python": "python", "function": "python", "http": "http", "rest": "http", "canned": "canned"}


def name_of(block: Block) -> str:
    """The name of a declaration; only an app and a memory may have none."""
    return block.name if block.name is not None else block.word


def app_of(source: Source, block: Block, pairs: list[Pair]) -> App:
    """`app "Name" { start: … }`, without the declarations in it."""
    fields = Fields(source, block.title, block.token, pairs)
    start = fields.name("start", "entry")
    name = block.name or fields.string("name") or "app"
    return App(name=name, at=source.place(block.token), start=start, settings=fields.rest(), places=fields.places)


# Models


def llm_of(source: Source, block: Block) -> Llm:
    """`llm "name" { … }`, `model "name" using provider { … }`."""
    fields = fields_of(source, block)
    return Llm(
        name=name_of(block),
        at=source.place(block.token),
        provider=fields.string("provider", "using") or "offline",
        model=fields.string("model") or "",
        system=fields.text("system", "system_prompt"),
        parameters=fields.parameters(),
        rules=tuple(_rule_of(rule) for rule in fields.objects("rules")),
        settings=fields.rest(),
    )


def _rule_of(fields: Fields) -> Rule:
    calls = tuple(_call_of(call) for call in fields.objects("calls", "tools"))
    answer = fields.take("answer")
    rule = Rule(
        at=fields.source.place(fields.token),
        when=_pattern_of(fields),
        where=fields.expression("where"),
        answer=value_of(fields.source, answer.value) if answer else None,
        tool=fields.name("tool"),
        arguments=fields.object("arguments", "args"),
        calls=calls,
        delay_ms=fields.number("delay_ms") or 0.0,
        fail=fields.string("fail"),
        malformed=bool(fields.flag("malformed")),
        times=fields.whole("times", least=1),
    )
    fields.close()
    if answer is None and rule.tool is None and not calls and rule.fail is None:
        raise fields.mistake("This rule answers nothing", try_='Write answer: "…", tool: "…" or fail: "…".')
    if (answer is not None) + (rule.tool is not None) + bool(calls) + (rule.fail is not None) > 1:
        raise fields.mistake("This rule answers in two ways", try_="Keep one of answer, tool, tools and fail.")
    if rule.arguments and rule.tool is None:
        raise fields.mistake("This rule has arguments but no tool", try_='Write tool: "…".')
    return rule


def _call_of(fields: Fields) -> tuple[str, dict[str, Value]]:
    tool = fields.name("tool", "name")
    arguments = fields.object("arguments", "args")
    fields.close()
    if tool is None:
        raise fields.mistake("This tool call names no tool", try_='Write { tool: "…", arguments: { … } }.')
    return tool, arguments


def _pattern_of(fields: Fields) -> str | None:
    """A rule's regular expression; an escape that means nothing in a text keeps its backslash here."""
    pair = fields.take("when")
    if pair is None:
        return None
    if not isinstance(pair.value, Quoted):
        raise fields.mistake(f"'when' needs a text in quotes, not {kind_of(pair.value)}", pair.value.token)
    token = pair.value.token
    pattern = token.text[3:-3] if quotes_of(token) == 3 else unescaped(token.text[1:-1])
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as problem:
        raise fields.mistake(f"'{pattern}' is not a regular expression, {problem}", token) from None
    return pattern


# Memory


def memory_of(source: Source, block: Block) -> Memory:
    """`memory "name" { policy: … }`."""
    return _memory(fields_of(source, block), name_of(block))


def _memory(fields: Fields, name: str) -> Memory:
    policy = fields.take("policy", "type", "kind")
    standard = Memory(name=name, at=fields.source.place(fields.token))
    memory = attrs.evolve(
        standard,
        policy=_policy_of(fields, policy) if policy else standard.policy,
        window_size=_or(fields.whole("window_size", "capacity", "max_items", least=1), standard.window_size),
        max_tokens=fields.whole("max_tokens", least=1),
        summarizer=fields.name("summarizer"),
        max_summary_tokens=_or(fields.whole("max_summary_tokens", least=1), standard.max_summary_tokens),
        summary_trigger_messages=_or(
            fields.whole("summary_trigger_messages", least=1), standard.summary_trigger_messages
        ),
        summary_trigger_tokens=fields.whole("summary_trigger_tokens", least=1),
        summary_recent_window=_or(fields.whole("summary_recent_window"), standard.summary_recent_window),
        places=fields.places,
    )
    return attrs.evolve(memory, settings=fields.rest())


def _policy_of(fields: Fields, pair: Pair) -> MemoryPolicy:
    word = word_of(fields.source, pair.value)
    if word is None:
        raise fields.unfit(pair, "the word for a policy", pair.value)
    if word not in POLICIES:
        known = f"Policies are {one_of(POLICIES)}."
        raise fields.mistake(f"'{word}' is not a way to remember", pair.value.token, try_=known)
    return cast("MemoryPolicy", word)


def _or(value: int | None, standard: int) -> int:
    return standard if value is None else value


# Prompts


def prompt_of(source: Source, block: Block) -> Prompt:
    """`prompt "name" { … }`, its body a `template:` or a bare text."""
    bodies = [entry for entry in block.entries if isinstance(entry, Quoted)]
    others = [entry for entry in [*block.extras, *block.entries] if not isinstance(entry, Quoted)]
    fields = Fields(source, block.title, block.token, pairs_of(source, block.title, others))
    template = fields.text("template", "user", "content")
    if bodies and (template or len(bodies) > 1):
        raise fields.mistake(f"{fields.subject} has two texts", bodies[-1].token)
    prompt = Prompt(
        name=name_of(block),
        at=source.place(block.token),
        llm=fields.name("llm", "model", "using"),
        system=fields.text("system"),
        template=prose_of(source, bodies[0].token) if bodies else template,
        inputs=_signature(fields, "input", "inputs", "args", "arguments"),
        outputs=_outputs_of(fields),
        max_retries=_or(fields.whole("max_retries"), 2),
        parameters=fields.parameters(),
        places=fields.places,
    )
    prompt = attrs.evolve(prompt, inputs=(*prompt.inputs, *_signature(fields, "variables")))
    inputs = (*prompt.inputs, *_direct_inputs(fields, {field.name for field in prompt.inputs}))
    return attrs.evolve(prompt, inputs=inputs, settings=fields.rest())


def _direct_inputs(fields: Fields, known: set[str]) -> Iterator[Field]:
    """Lines such as `city: string` that stand in the block itself."""
    for pair in fields.remaining():
        if is_type(fields.source, pair.value):
            if pair.key in known:
                raise fields.mistake(f"'{pair.key}' is declared twice in {fields.title}", pair.token)
            fields.take(pair.key)
            yield field_of(fields.source, pair)


def _signature(fields: Fields, *keys: str) -> tuple[Field, ...]:
    pair = fields.take(*keys)
    if pair is None:
        return ()
    found = signature_of(fields.source, pair)
    ((name, count),) = Counter(field.name for field in found).most_common(1) or [("", 0)]
    if count > 1:
        raise fields.mistake(f"'{name}' stands twice in '{pair.key}'", pair.token, try_="Remove one of them.")
    return found


def _outputs_of(fields: Fields) -> tuple[Field, ...]:
    """The properties of the answer; a single type text means no shape at all."""
    pair = fields.take("output", "outputs", "output_schema")
    if pair is None:
        return ()
    outputs = signature_of(fields.source, pair)
    if isinstance(pair.value, ObjectOf | ListOf):
        return outputs
    if outputs[0].type == "string" and not outputs[0].choices:
        return ()
    if outputs[0].type == "object":
        raise fields.mistake(
            f"'{pair.key}' does not say which properties the object has",
            pair.value.token,
            try_=f"Write {pair.key}: {{ name: string }}",
        )
    return outputs


# Tools


def tool_of(source: Source, block: Block) -> Tool:
    """`tool "name" { … }`: Python code, an HTTP request, or an answer that is written down."""
    fields = fields_of(source, block)
    implementation = fields.take("implementation")
    inner = fields.inner(implementation, implementation.value) if implementation else None
    answer = _answer_of(fields)
    tool = Tool(
        name=name_of(block),
        at=source.place(block.token),
        description=fields.string("description") or "",
        parameters=_signature(fields, "parameters", "input_schema", "input", "inputs", "args", "arguments"),
        answer=value_of(source, answer.value) if answer else None,
        has_answer=answer is not None,
        fail=fields.string("fail"),
        delay_ms=fields.number("delay_ms") or 0.0,
        **_implementation_of(fields, inner),
    )
    tool = attrs.evolve(tool, type=_tool_type(fields, inner, tool))
    if inner:
        inner.close()
    return attrs.evolve(tool, metadata=fields.rest())


def _answer_of(fields: Fields) -> Pair | None:
    """What a canned tool answers; `returns:` with a type only describes the tool and stays in its metadata."""
    answer = fields.take("answer")
    described = any(pair.key == "returns" and is_type(fields.source, pair.value) for pair in fields.remaining())
    returns = None if described else fields.take("returns")
    if answer and returns:
        raise fields.mistake(f"'answer' and 'returns' mean the same in {fields.title}", returns.token)
    return answer or returns


def _implementation_of(fields: Fields, inner: Fields | None) -> dict[str, Any]:
    """How the tool is reached, said directly or under `implementation:`."""
    found: dict[str, Any] = {}
    for each in filter(None, (fields, inner)):
        said = {
            "python": each.string("python", "function") if each is inner else each.string("python"),
            "endpoint": each.text("endpoint", "url"),
            "method": _method_of(each),
            "headers": each.object("headers") or None,
            "timeout": each.number("timeout", "timeout_seconds"),
        }
        for key, value in said.items():
            if value is not None and key in found:
                raise each.mistake(f"'{key}' of {fields.title} stands here, and in the tool itself")
            if value is not None:
                found[key] = value
    return found


def _method_of(fields: Fields) -> str | None:
    method = fields.string("method")
    if method is not None and not method.isalpha():
        raise fields.mistake(f"'{method}' is not a method of HTTP", try_="Write GET, POST, PUT, PATCH or DELETE.")
    return method.upper() if method else None


def _tool_type(fields: Fields, inner: Fields | None, tool: Tool) -> Literal["python", "http", "canned"]:
    canned = tool.has_answer or tool.fail is not None
    ways = {"python": tool.python is not None, "http": tool.endpoint is not None, "canned": canned}
    chosen = [way for way, is_there in ways.items() if is_there]
    if len(chosen) > 1:
        raise fields.mistake(f"{fields.subject} is both {one_of(chosen).replace(' or ', ' and ')}", try_="Keep one.")
    pair = (inner and inner.take("type")) or fields.take("type")
    said = _said_type(fields, pair) if pair else None
    if said and chosen and said != chosen[0]:
        raise fields.mistake(f"{fields.subject} is of type {said}, but what it says is {chosen[0]}")
    kind = said or (chosen[0] if chosen else "canned" if tool.delay_ms else "python")
    if kind == "http" and tool.endpoint is None:
        raise fields.mistake(f"{fields.subject} has no endpoint", try_='Write endpoint: "https://…".')
    return cast("Literal['python', 'http', 'canned']", kind)


def _said_type(fields: Fields, pair: Pair) -> str:
    word = word_of(fields.source, pair.value)
    if word is None:
        raise fields.unfit(pair, "the word for a type", pair.value)
    if word not in _TOOL_TYPES:
        known = "Types are python, http or canned."
        raise fields.mistake(f"'{word}' is not a type of tool", pair.value.token, try_=known)
    return _TOOL_TYPES[word]


# Agents


def agent_of(source: Source, block: Block) -> Agent:
    """`agent Name { … }`."""
    fields = fields_of(source, block)
    system, system_prompt_ref = _system_of(fields)
    memory, memory_ref = _memory_of_agent(fields, name_of(block))
    return Agent(
        name=name_of(block),
        at=source.place(block.token),
        llm=fields.name("llm", "llm_name", "model", "using"),
        system=system,
        system_prompt_ref=system_prompt_ref,
        goal=fields.text("goal"),
        tools=fields.names("tools"),
        memory=memory,
        memory_ref=memory_ref,
        max_turns=_or(fields.whole("max_turns", least=1), 10),
        parameters=fields.parameters(),
        settings=fields.rest(),
        places=fields.places,
    )


def _system_of(fields: Fields) -> tuple[Text | None, str | None]:
    """The agent's own words, or the name of the prompt that has them."""
    pair = fields.take("system", "system_prompt", "prompt", "instructions")
    if pair is None:
        return None, None
    match pair.value:
        case Quoted(token):
            return prose_of(fields.source, token), None
        case Word(token, path):
            fields.places[path] = fields.source.place(token)
            return None, path
    raise fields.unfit(pair, "a text or the name of a prompt", pair.value)


def _memory_of_agent(fields: Fields, agent: str) -> tuple[Memory | None, str | None]:
    """The agent's own memory, or the name of a declared one."""
    pair = fields.take("memory")
    if pair is None:
        return None, None
    if isinstance(pair.value, ObjectOf):
        memory = _memory(fields.inner(pair, pair.value), agent)
        fields.places.update(memory.places)
        return memory, None
    name = word_of(fields.source, pair.value)
    if name is None:
        raise fields.unfit(pair, "a policy, a name or an object", pair.value)
    if name in POLICIES:
        policy = cast("MemoryPolicy", name)
        return Memory(name=agent, at=fields.source.place(pair.value.token), policy=policy), None
    fields.places[name] = fields.source.place(pair.value.token)
    return None, name
