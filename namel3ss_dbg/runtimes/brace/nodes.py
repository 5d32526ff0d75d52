"""What a brace program says, as values: one class per declaration, each knowing where it stands.

The parser makes these, `check` holds them against each other, the interpreter executes them. Nothing here computes.
"""

from __future__ import annotations

from typing import Any, Literal

import attrs

from ...timeline.expressions import Expression

StepKind = Literal["agent", "prompt", "llm", "tool", "chain", "template", "python"]
ValueType = Literal["string", "integer", "number", "boolean", "list", "object", "any"]
MemoryPolicy = Literal["none", "conversation_window", "full_history", "summary"]


@attrs.frozen
class Position:
    """A place in a source file."""

    file: str
    """The path as the program was named, relative to where the person stands when it can be."""
    line: int
    """Counted from 1."""
    column: int
    """Counted from 1."""

    def to_dict(self) -> dict[str, Any]:
        """As an event's `metadata["source"]` holds it."""
        return {"file": self.file, "line": self.line, "column": self.column}


@attrs.frozen
class EnvRef:
    """`env.NAME`: read when used, never written to a trace."""

    name: str


@attrs.frozen
class Text:
    """A string of the source that may hold `{{ }}` and `{% %}`; `at` is where its first character stands."""

    raw: str
    at: Position
    escaped: bool = False
    """Whether escapes were resolved, so that columns inside are only approximate."""
    indent: int = 0
    """Columns that were cut off before every line but the first: the indentation of a triple-quoted body."""


Value = Any
"""None, bool, int, float, `Text`, `EnvRef`, a list of values, or a dict of names to values."""


@attrs.frozen
class Field:
    """One named, typed value: an input of a prompt or tool, or a property of an output."""

    name: str
    type: ValueType = "any"
    required: bool = True
    default: Value = None
    choices: tuple[Any, ...] = ()
    """The allowed values of an `enum[…]`; empty allows all."""
    items: Field | None = None
    """The element of a `list[T]`."""
    fields: tuple[Field, ...] = ()
    """The properties of an object."""
    description: str = ""


@attrs.frozen(kw_only=True)
class App:
    """`app "Name" { start: "chain" }`; a program without one is named for its file."""

    name: str
    at: Position
    start: str | None = None
    settings: dict[str, Value] = attrs.field(factory=dict)
    places: dict[str, Position] = attrs.field(factory=dict, eq=False, repr=False)
    """Where the names of other declarations that it uses stand, by name."""


@attrs.frozen(kw_only=True)
class Rule:
    """One answer of the offline model: `{ when: "weather", answer: "Sunny." }`."""

    at: Position
    when: str | None = None
    """A regular expression looked for in the newest message; None matches always."""
    where: Expression | None = None
    """A further condition over `prompt`, `messages`, `call` (the how-manieth call of this model), `tools`, `agent`."""
    answer: Value = None
    """What the model says: a `Text`, or an object or list that is given as JSON text."""
    tool: str | None = None
    """The tool that the model asks for instead of saying something."""
    arguments: dict[str, Value] = attrs.field(factory=dict)
    calls: tuple[tuple[str, dict[str, Value]], ...] = ()
    """Several tool calls at once, name and arguments each (`tools: [{ tool: …, arguments: … }]`)."""
    delay_ms: float = 0.0
    fail: str | None = None
    """The error that the call fails with."""
    malformed: bool = False
    """Whether the answer arrives cut off in its middle, as a broken stream gives it."""
    times: int | None = None
    """How often this rule may answer; None is without limit."""


@attrs.frozen(kw_only=True)
class Llm:
    """`llm "name" { provider: … }` or `model`."""

    name: str
    at: Position
    provider: str = "offline"
    model: str = ""
    system: Text | None = None
    parameters: dict[str, Value] = attrs.field(factory=dict)
    """temperature, max_tokens, top_p, stop_sequences, … as they go to the provider."""
    rules: tuple[Rule, ...] = ()
    """What the offline model answers (`rules: [ … ]`), the first that matches."""
    settings: dict[str, Value] = attrs.field(factory=dict)
    """Everything else: base_url, timeout, tokens_per_second, latency_ms, cost_per_1k_tokens, …"""


@attrs.frozen(kw_only=True)
class Memory:
    """`memory "name" { … }`, or an agent's own."""

    name: str
    at: Position
    policy: MemoryPolicy = "full_history"
    window_size: int = 20
    """Messages that a conversation window keeps."""
    max_tokens: int | None = None
    summarizer: str | None = None
    """The llm that summarises; None takes the agent's own."""
    max_summary_tokens: int = 256
    summary_trigger_messages: int = 20
    summary_trigger_tokens: int | None = None
    summary_recent_window: int = 6
    settings: dict[str, Value] = attrs.field(factory=dict)
    """Everything else: description, scope, …"""
    places: dict[str, Position] = attrs.field(factory=dict, eq=False, repr=False)
    """Where the names of other declarations that it uses stand, by name."""


@attrs.frozen(kw_only=True)
class Prompt:
    """`prompt "name" { … }`."""

    name: str
    at: Position
    llm: str | None = None
    system: Text | None = None
    template: Text | None = None
    inputs: tuple[Field, ...] = ()
    outputs: tuple[Field, ...] = ()
    """Empty: the answer is text. Otherwise it must be a JSON object of this shape."""
    parameters: dict[str, Value] = attrs.field(factory=dict)
    max_retries: int = 2
    """How often an answer that does not fit `outputs` is asked for again."""
    settings: dict[str, Value] = attrs.field(factory=dict)
    """Everything else: description, role, …"""
    places: dict[str, Position] = attrs.field(factory=dict, eq=False, repr=False)
    """Where the names of other declarations that it uses stand, by name."""


@attrs.frozen(kw_only=True)
class Tool:
    """`tool "name" { … }`."""

    name: str
    at: Position
    description: str = ""
    type: Literal["python", "http", "canned"] = "python"
    parameters: tuple[Field, ...] = ()
    python: str | None = None
    """`module:function`; None looks for the function of the tool's name in `tools.py` beside the app."""
    endpoint: Text | None = None
    method: str = "GET"
    headers: dict[str, Value] = attrs.field(factory=dict)
    timeout: float | None = None
    """Seconds."""
    answer: Value = None
    """What a canned tool answers."""
    has_answer: bool = False
    fail: str | None = None
    """The error that a canned tool fails with."""
    delay_ms: float = 0.0
    metadata: dict[str, Value] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Agent:
    """`agent Name { … }`."""

    name: str
    at: Position
    llm: str | None = None
    system: Text | None = None
    system_prompt_ref: str | None = None
    """The prompt block whose text is the system prompt, when a bare word named one."""
    goal: Text | None = None
    tools: tuple[str, ...] = ()
    memory: Memory | None = None
    memory_ref: str | None = None
    """The declared memory that it uses."""
    max_turns: int = 10
    parameters: dict[str, Value] = attrs.field(factory=dict)
    settings: dict[str, Value] = attrs.field(factory=dict)
    places: dict[str, Position] = attrs.field(factory=dict, eq=False, repr=False)
    """Where the names of other declarations that it uses stand, by name."""


@attrs.frozen(kw_only=True)
class Step:
    """`step name { kind: "agent" target: "MyAgent" … }`."""

    name: str
    at: Position
    kind: StepKind
    target: str
    target_at: Position
    inputs: dict[str, Value] = attrs.field(factory=dict)
    template: Text | None = None
    """The text of a template step, when it stands in the step itself."""
    stop_on_error: bool = True
    settings: dict[str, Value] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Branch:
    """One `if` or `elif` with its body."""

    condition: Expression
    at: Position
    body: tuple[Statement, ...]


@attrs.frozen(kw_only=True)
class If:
    """`if … { } elif … { } else { }`."""

    at: Position
    branches: tuple[Branch, ...]
    otherwise: tuple[Statement, ...] = ()


@attrs.frozen(kw_only=True)
class For:
    """`for x in expression { }`."""

    at: Position
    variable: str
    items: Expression
    body: tuple[Statement, ...]


@attrs.frozen(kw_only=True)
class While:
    """`while condition { }`."""

    at: Position
    condition: Expression
    body: tuple[Statement, ...]
    max_iterations: int = 1000


@attrs.frozen(kw_only=True)
class Parallel:
    """`parallel { step a { … } step b { … } }`: all at once; ends when the last one has."""

    at: Position
    body: tuple[Statement, ...]


Statement = Step | If | For | While | Parallel


@attrs.frozen(kw_only=True)
class Chain:
    """`chain Name { steps { … } }`."""

    name: str
    at: Position
    input_key: str = "input"
    body: tuple[Statement, ...] = ()
    output: Expression | None = None
    """What the chain returns; None returns the last step's output."""
    settings: dict[str, Value] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Ask:
    """A call at the top level, `WeatherBot.ask("…")`: run when nothing else says what runs."""

    at: Position
    target: str
    input: Value


@attrs.frozen(kw_only=True)
class Program:
    """All that one file and what it imports declare, by name."""

    path: str
    app: App
    llms: dict[str, Llm] = attrs.field(factory=dict)
    memories: dict[str, Memory] = attrs.field(factory=dict)
    prompts: dict[str, Prompt] = attrs.field(factory=dict)
    tools: dict[str, Tool] = attrs.field(factory=dict)
    agents: dict[str, Agent] = attrs.field(factory=dict)
    chains: dict[str, Chain] = attrs.field(factory=dict)
    asks: tuple[Ask, ...] = ()
    sources: dict[str, str] = attrs.field(factory=dict)
    """The text of every file read, by path."""
