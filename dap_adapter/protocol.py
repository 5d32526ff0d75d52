"""Types of the Debug Adapter Protocol 1.71, as far as they are used here.

Written by `python -m dap_adapter.generate` from the official schema; not to be edited.
It is as long as what is used of the protocol, and one file because it has one source and one writer.
"""
# fmt: off
# ruff: noqa: E501

from __future__ import annotations

from typing import Any, Literal

from attrs import define

ChecksumAlgorithm = Literal["MD5", "SHA1", "SHA256", "timestamp"]
CompletionItemType = Literal["method", "function", "constructor", "field", "variable", "class", "interface", "module", "property", "unit", "value", "enum", "keyword", "snippet", "text", "color", "file", "reference", "customcolor"]
DataBreakpointAccessType = Literal["read", "write", "readWrite"]
ExceptionBreakMode = Literal["never", "always", "unhandled", "userUnhandled"]
SteppingGranularity = Literal["statement", "line", "instruction"]


@define(frozen=True, kw_only=True)
class Breakpoint:
    """Information about a breakpoint created in `setBreakpoints`, `setFunctionBreakpoints`, …"""

    id: int | None = None
    verified: bool
    message: str | None = None
    source: Source | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    instruction_reference: str | None = None
    offset: int | None = None
    reason: Literal["pending", "failed"] | None = None


@define(frozen=True, kw_only=True)
class BreakpointBody:
    """Body of `breakpoint`."""

    reason: str
    breakpoint: Breakpoint


@define(frozen=True, kw_only=True)
class BreakpointLocation:
    """Properties of a breakpoint location returned from the `breakpointLocations` request."""

    line: int
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


@define(frozen=True, kw_only=True)
class BreakpointLocationsArguments:
    """Arguments for `breakpointLocations` request."""

    source: Source
    line: int
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


@define(frozen=True, kw_only=True)
class BreakpointLocationsBody:
    """Body of `breakpointLocations`."""

    breakpoints: list[BreakpointLocation]


@define(frozen=True, kw_only=True)
class CancelArguments:
    """Arguments for `cancel` request."""

    request_id: int | None = None
    progress_id: str | None = None


@define(frozen=True, kw_only=True)
class Checksum:
    """The checksum of an item calculated by the specified algorithm."""

    algorithm: ChecksumAlgorithm
    checksum: str


@define(frozen=True, kw_only=True)
class CompletionItem:
    """`CompletionItems` are the suggestions returned from the `completions` request."""

    label: str
    text: str | None = None
    sort_text: str | None = None
    detail: str | None = None
    type: CompletionItemType | None = None
    start: int | None = None
    length: int | None = None
    selection_start: int | None = None
    selection_length: int | None = None


@define(frozen=True, kw_only=True)
class CompletionsArguments:
    """Arguments for `completions` request."""

    frame_id: int | None = None
    text: str
    column: int
    line: int | None = None


@define(frozen=True, kw_only=True)
class CompletionsBody:
    """Body of `completions`."""

    targets: list[CompletionItem]


@define(frozen=True, kw_only=True)
class ConfigurationDoneArguments:
    """Arguments for `configurationDone` request."""


@define(frozen=True, kw_only=True)
class ContinueArguments:
    """Arguments for `continue` request."""

    thread_id: int
    single_thread: bool | None = None


@define(frozen=True, kw_only=True)
class ContinueBody:
    """Body of `continue`."""

    all_threads_continued: bool | None = None


@define(frozen=True, kw_only=True)
class ContinuedBody:
    """Body of `continued`."""

    thread_id: int
    all_threads_continued: bool | None = None


@define(frozen=True, kw_only=True)
class DataBreakpoint:
    """Properties of a data breakpoint passed to the `setDataBreakpoints` request."""

    data_id: str
    access_type: DataBreakpointAccessType | None = None
    condition: str | None = None
    hit_condition: str | None = None


@define(frozen=True, kw_only=True)
class DataBreakpointInfoArguments:
    """Arguments for `dataBreakpointInfo` request."""

    variables_reference: int | None = None
    name: str
    frame_id: int | None = None
    bytes: int | None = None
    as_address: bool | None = None
    mode: str | None = None


@define(frozen=True, kw_only=True)
class DataBreakpointInfoBody:
    """Body of `dataBreakpointInfo`."""

    data_id: str | None
    description: str
    access_types: list[DataBreakpointAccessType] | None = None
    can_persist: bool | None = None


@define(frozen=True, kw_only=True)
class DisconnectArguments:
    """Arguments for `disconnect` request."""

    restart: bool | None = None
    terminate_debuggee: bool | None = None
    suspend_debuggee: bool | None = None


@define(frozen=True, kw_only=True)
class EvaluateArguments:
    """Arguments for `evaluate` request."""

    expression: str
    frame_id: int | None = None
    line: int | None = None
    column: int | None = None
    source: Source | None = None
    context: str | None = None
    format: ValueFormat | None = None


@define(frozen=True, kw_only=True)
class EvaluateBody:
    """Body of `evaluate`."""

    result: str
    type: str | None = None
    presentation_hint: VariablePresentationHint | None = None
    variables_reference: int
    named_variables: int | None = None
    indexed_variables: int | None = None
    memory_reference: str | None = None
    value_location_reference: int | None = None


@define(frozen=True, kw_only=True)
class ExceptionDetails:
    """Detailed information about an exception that has occurred."""

    message: str | None = None
    type_name: str | None = None
    full_type_name: str | None = None
    evaluate_name: str | None = None
    stack_trace: str | None = None
    inner_exception: list[ExceptionDetails] | None = None


@define(frozen=True, kw_only=True)
class ExceptionFilterOptions:
    """An `ExceptionFilterOptions` is used to specify an exception filter together with a condition for …"""

    filter_id: str
    condition: str | None = None
    mode: str | None = None


@define(frozen=True, kw_only=True)
class ExceptionInfoArguments:
    """Arguments for `exceptionInfo` request."""

    thread_id: int


@define(frozen=True, kw_only=True)
class ExceptionInfoBody:
    """Body of `exceptionInfo`."""

    exception_id: str
    description: str | None = None
    break_mode: ExceptionBreakMode
    details: ExceptionDetails | None = None


@define(frozen=True, kw_only=True)
class ExceptionOptions:
    """An `ExceptionOptions` assigns configuration options to a set of exceptions."""

    path: list[ExceptionPathSegment] | None = None
    break_mode: ExceptionBreakMode


@define(frozen=True, kw_only=True)
class ExceptionPathSegment:
    """An `ExceptionPathSegment` represents a segment in a path that is used to match leafs or nodes in a …"""

    negate: bool | None = None
    names: list[str]


@define(frozen=True, kw_only=True)
class ExitedBody:
    """Body of `exited`."""

    exit_code: int


@define(frozen=True, kw_only=True)
class FunctionBreakpoint:
    """Properties of a breakpoint passed to the `setFunctionBreakpoints` request."""

    name: str
    condition: str | None = None
    hit_condition: str | None = None


@define(frozen=True, kw_only=True)
class GotoArguments:
    """Arguments for `goto` request."""

    thread_id: int
    target_id: int


@define(frozen=True, kw_only=True)
class GotoTarget:
    """A `GotoTarget` describes a code location that can be used as a target in the `goto` request."""

    id: int
    label: str
    line: int
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None
    instruction_pointer_reference: str | None = None


@define(frozen=True, kw_only=True)
class GotoTargetsArguments:
    """Arguments for `gotoTargets` request."""

    source: Source
    line: int
    column: int | None = None


@define(frozen=True, kw_only=True)
class GotoTargetsBody:
    """Body of `gotoTargets`."""

    targets: list[GotoTarget]


@define(frozen=True, kw_only=True)
class InvalidatedBody:
    """Body of `invalidated`."""

    areas: list[str] | None = None
    thread_id: int | None = None
    stack_frame_id: int | None = None


@define(frozen=True, kw_only=True)
class LoadedSourceBody:
    """Body of `loadedSource`."""

    reason: Literal["new", "changed", "removed"]
    source: Source


@define(frozen=True, kw_only=True)
class LoadedSourcesArguments:
    """Arguments for `loadedSources` request."""


@define(frozen=True, kw_only=True)
class LoadedSourcesBody:
    """Body of `loadedSources`."""

    sources: list[Source]


@define(frozen=True, kw_only=True)
class LocationsArguments:
    """Arguments for `locations` request."""

    location_reference: int


@define(frozen=True, kw_only=True)
class LocationsBody:
    """Body of `locations`."""

    source: Source
    line: int
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


@define(frozen=True, kw_only=True)
class NextArguments:
    """Arguments for `next` request."""

    thread_id: int
    single_thread: bool | None = None
    granularity: SteppingGranularity | None = None


@define(frozen=True, kw_only=True)
class OutputBody:
    """Body of `output`."""

    category: str | None = None
    output: str
    group: Literal["start", "startCollapsed", "end"] | None = None
    variables_reference: int | None = None
    source: Source | None = None
    line: int | None = None
    column: int | None = None
    data: Any = None
    location_reference: int | None = None


@define(frozen=True, kw_only=True)
class PauseArguments:
    """Arguments for `pause` request."""

    thread_id: int


@define(frozen=True, kw_only=True)
class ProcessBody:
    """Body of `process`."""

    name: str
    system_process_id: int | None = None
    is_local_process: bool | None = None
    start_method: Literal["launch", "attach", "attachForSuspendedLaunch"] | None = None
    pointer_size: int | None = None


@define(frozen=True, kw_only=True)
class ProgressEndBody:
    """Body of `progressEnd`."""

    progress_id: str
    message: str | None = None


@define(frozen=True, kw_only=True)
class ProgressStartBody:
    """Body of `progressStart`."""

    progress_id: str
    title: str
    request_id: int | None = None
    cancellable: bool | None = None
    message: str | None = None
    percentage: float | None = None


@define(frozen=True, kw_only=True)
class ProgressUpdateBody:
    """Body of `progressUpdate`."""

    progress_id: str
    message: str | None = None
    percentage: float | None = None


@define(frozen=True, kw_only=True)
class RestartArguments:
    """Arguments for `restart` request."""

    arguments: Any = None


@define(frozen=True, kw_only=True)
class RestartFrameArguments:
    """Arguments for `restartFrame` request."""

    frame_id: int


@define(frozen=True, kw_only=True)
class ReverseContinueArguments:
    """Arguments for `reverseContinue` request."""

    thread_id: int
    single_thread: bool | None = None


@define(frozen=True, kw_only=True)
class RunInTerminalRequestArguments:
    """Arguments for `runInTerminal` request."""

    kind: Literal["integrated", "external"] | None = None
    title: str | None = None
    cwd: str
    args: list[str]
    env: dict[str, str | None] | None = None
    args_can_be_interpreted_by_shell: bool | None = None


@define(frozen=True, kw_only=True)
class Scope:
    """A `Scope` is a named container for variables. Optionally a scope can map to a source or a range …"""

    name: str
    presentation_hint: str | None = None
    variables_reference: int
    named_variables: int | None = None
    indexed_variables: int | None = None
    expensive: bool
    source: Source | None = None
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


@define(frozen=True, kw_only=True)
class ScopesArguments:
    """Arguments for `scopes` request."""

    frame_id: int


@define(frozen=True, kw_only=True)
class ScopesBody:
    """Body of `scopes`."""

    scopes: list[Scope]


@define(frozen=True, kw_only=True)
class SetBreakpointsArguments:
    """Arguments for `setBreakpoints` request."""

    source: Source
    breakpoints: list[SourceBreakpoint] | None = None
    lines: list[int] | None = None
    source_modified: bool | None = None


@define(frozen=True, kw_only=True)
class SetBreakpointsBody:
    """Body of `setBreakpoints`."""

    breakpoints: list[Breakpoint]


@define(frozen=True, kw_only=True)
class SetDataBreakpointsArguments:
    """Arguments for `setDataBreakpoints` request."""

    breakpoints: list[DataBreakpoint]


@define(frozen=True, kw_only=True)
class SetDataBreakpointsBody:
    """Body of `setDataBreakpoints`."""

    breakpoints: list[Breakpoint]


@define(frozen=True, kw_only=True)
class SetExceptionBreakpointsArguments:
    """Arguments for `setExceptionBreakpoints` request."""

    filters: list[str]
    filter_options: list[ExceptionFilterOptions] | None = None
    exception_options: list[ExceptionOptions] | None = None


@define(frozen=True, kw_only=True)
class SetExceptionBreakpointsBody:
    """Body of `setExceptionBreakpoints`."""

    breakpoints: list[Breakpoint] | None = None


@define(frozen=True, kw_only=True)
class SetExpressionArguments:
    """Arguments for `setExpression` request."""

    expression: str
    value: str
    frame_id: int | None = None
    format: ValueFormat | None = None


@define(frozen=True, kw_only=True)
class SetExpressionBody:
    """Body of `setExpression`."""

    value: str
    type: str | None = None
    presentation_hint: VariablePresentationHint | None = None
    variables_reference: int | None = None
    named_variables: int | None = None
    indexed_variables: int | None = None
    memory_reference: str | None = None
    value_location_reference: int | None = None


@define(frozen=True, kw_only=True)
class SetFunctionBreakpointsArguments:
    """Arguments for `setFunctionBreakpoints` request."""

    breakpoints: list[FunctionBreakpoint]


@define(frozen=True, kw_only=True)
class SetFunctionBreakpointsBody:
    """Body of `setFunctionBreakpoints`."""

    breakpoints: list[Breakpoint]


@define(frozen=True, kw_only=True)
class SetVariableArguments:
    """Arguments for `setVariable` request."""

    variables_reference: int
    name: str
    value: str
    format: ValueFormat | None = None


@define(frozen=True, kw_only=True)
class SetVariableBody:
    """Body of `setVariable`."""

    value: str
    type: str | None = None
    variables_reference: int | None = None
    named_variables: int | None = None
    indexed_variables: int | None = None
    memory_reference: str | None = None
    value_location_reference: int | None = None


@define(frozen=True, kw_only=True)
class Source:
    """A `Source` is a descriptor for source code."""

    name: str | None = None
    path: str | None = None
    source_reference: int | None = None
    presentation_hint: Literal["normal", "emphasize", "deemphasize"] | None = None
    origin: str | None = None
    sources: list[Source] | None = None
    adapter_data: Any = None
    checksums: list[Checksum] | None = None


@define(frozen=True, kw_only=True)
class SourceArguments:
    """Arguments for `source` request."""

    source: Source | None = None
    source_reference: int


@define(frozen=True, kw_only=True)
class SourceBody:
    """Body of `source`."""

    content: str
    mime_type: str | None = None


@define(frozen=True, kw_only=True)
class SourceBreakpoint:
    """Properties of a breakpoint or logpoint passed to the `setBreakpoints` request."""

    line: int
    column: int | None = None
    condition: str | None = None
    hit_condition: str | None = None
    log_message: str | None = None
    mode: str | None = None


@define(frozen=True, kw_only=True)
class StackFrame:
    """A Stackframe contains the source location."""

    id: int
    name: str
    source: Source | None = None
    line: int
    column: int
    end_line: int | None = None
    end_column: int | None = None
    can_restart: bool | None = None
    instruction_pointer_reference: str | None = None
    module_id: int | str | None = None
    presentation_hint: Literal["normal", "label", "subtle"] | None = None


@define(frozen=True, kw_only=True)
class StackFrameFormat:
    """Provides formatting information for a stack frame."""

    hex: bool | None = None
    parameters: bool | None = None
    parameter_types: bool | None = None
    parameter_names: bool | None = None
    parameter_values: bool | None = None
    line: bool | None = None
    module: bool | None = None
    include_all: bool | None = None


@define(frozen=True, kw_only=True)
class StackTraceArguments:
    """Arguments for `stackTrace` request."""

    thread_id: int
    start_frame: int | None = None
    levels: int | None = None
    format: StackFrameFormat | None = None


@define(frozen=True, kw_only=True)
class StackTraceBody:
    """Body of `stackTrace`."""

    stack_frames: list[StackFrame]
    total_frames: int | None = None


@define(frozen=True, kw_only=True)
class StartDebuggingRequestArguments:
    """Arguments for `startDebugging` request."""

    configuration: dict[str, Any]
    output_presentation: Literal["separate", "mergeWithParent"] | None = None
    request: Literal["launch", "attach"]


@define(frozen=True, kw_only=True)
class StepBackArguments:
    """Arguments for `stepBack` request."""

    thread_id: int
    single_thread: bool | None = None
    granularity: SteppingGranularity | None = None


@define(frozen=True, kw_only=True)
class StepInArguments:
    """Arguments for `stepIn` request."""

    thread_id: int
    single_thread: bool | None = None
    target_id: int | None = None
    granularity: SteppingGranularity | None = None


@define(frozen=True, kw_only=True)
class StepInTarget:
    """A `StepInTarget` can be used in the `stepIn` request and determines into which single target the …"""

    id: int
    label: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    end_column: int | None = None


@define(frozen=True, kw_only=True)
class StepInTargetsArguments:
    """Arguments for `stepInTargets` request."""

    frame_id: int


@define(frozen=True, kw_only=True)
class StepInTargetsBody:
    """Body of `stepInTargets`."""

    targets: list[StepInTarget]


@define(frozen=True, kw_only=True)
class StepOutArguments:
    """Arguments for `stepOut` request."""

    thread_id: int
    single_thread: bool | None = None
    granularity: SteppingGranularity | None = None


@define(frozen=True, kw_only=True)
class StoppedBody:
    """Body of `stopped`."""

    reason: str
    description: str | None = None
    thread_id: int | None = None
    preserve_focus_hint: bool | None = None
    text: str | None = None
    all_threads_stopped: bool | None = None
    hit_breakpoint_ids: list[int] | None = None


@define(frozen=True, kw_only=True)
class TerminateArguments:
    """Arguments for `terminate` request."""

    restart: bool | None = None


@define(frozen=True, kw_only=True)
class Thread:
    """A Thread"""

    id: int
    name: str


@define(frozen=True, kw_only=True)
class ThreadBody:
    """Body of `thread`."""

    reason: str
    thread_id: int


@define(frozen=True, kw_only=True)
class ThreadsBody:
    """Body of `threads`."""

    threads: list[Thread]


@define(frozen=True, kw_only=True)
class ValueFormat:
    """Provides formatting information for a value."""

    hex: bool | None = None


@define(frozen=True, kw_only=True)
class Variable:
    """A Variable is a name/value pair."""

    name: str
    value: str
    type: str | None = None
    presentation_hint: VariablePresentationHint | None = None
    evaluate_name: str | None = None
    variables_reference: int
    named_variables: int | None = None
    indexed_variables: int | None = None
    memory_reference: str | None = None
    declaration_location_reference: int | None = None
    value_location_reference: int | None = None


@define(frozen=True, kw_only=True)
class VariablePresentationHint:
    """Properties of a variable that can be used to determine how to render the variable in the UI."""

    kind: str | None = None
    attributes: list[str] | None = None
    visibility: str | None = None
    lazy: bool | None = None


@define(frozen=True, kw_only=True)
class VariablesArguments:
    """Arguments for `variables` request."""

    variables_reference: int
    filter: Literal["indexed", "named"] | None = None
    start: int | None = None
    count: int | None = None
    format: ValueFormat | None = None


@define(frozen=True, kw_only=True)
class VariablesBody:
    """Body of `variables`."""

    variables: list[Variable]


ARGUMENTS: dict[str, type] = {
    "breakpointLocations": BreakpointLocationsArguments,
    "cancel": CancelArguments,
    "completions": CompletionsArguments,
    "configurationDone": ConfigurationDoneArguments,
    "continue": ContinueArguments,
    "dataBreakpointInfo": DataBreakpointInfoArguments,
    "disconnect": DisconnectArguments,
    "evaluate": EvaluateArguments,
    "exceptionInfo": ExceptionInfoArguments,
    "goto": GotoArguments,
    "gotoTargets": GotoTargetsArguments,
    "loadedSources": LoadedSourcesArguments,
    "locations": LocationsArguments,
    "next": NextArguments,
    "pause": PauseArguments,
    "restart": RestartArguments,
    "restartFrame": RestartFrameArguments,
    "reverseContinue": ReverseContinueArguments,
    "scopes": ScopesArguments,
    "setBreakpoints": SetBreakpointsArguments,
    "setDataBreakpoints": SetDataBreakpointsArguments,
    "setExceptionBreakpoints": SetExceptionBreakpointsArguments,
    "setExpression": SetExpressionArguments,
    "setFunctionBreakpoints": SetFunctionBreakpointsArguments,
    "setVariable": SetVariableArguments,
    "source": SourceArguments,
    "stackTrace": StackTraceArguments,
    "stepBack": StepBackArguments,
    "stepIn": StepInArguments,
    "stepInTargets": StepInTargetsArguments,
    "stepOut": StepOutArguments,
    "terminate": TerminateArguments,
    "variables": VariablesArguments,
}
"""By request."""

WIRE_NAMES: dict[str, dict[str, str]] = {
    "Breakpoint": {"end_line": "endLine", "end_column": "endColumn", "instruction_reference": "instructionReference"},
    "BreakpointLocation": {"end_line": "endLine", "end_column": "endColumn"},
    "BreakpointLocationsArguments": {"end_line": "endLine", "end_column": "endColumn"},
    "CancelArguments": {"request_id": "requestId", "progress_id": "progressId"},
    "CompletionItem": {"sort_text": "sortText", "selection_start": "selectionStart", "selection_length": "selectionLength"},
    "CompletionsArguments": {"frame_id": "frameId"},
    "ContinueArguments": {"thread_id": "threadId", "single_thread": "singleThread"},
    "ContinueBody": {"all_threads_continued": "allThreadsContinued"},
    "ContinuedBody": {"thread_id": "threadId", "all_threads_continued": "allThreadsContinued"},
    "DataBreakpoint": {"data_id": "dataId", "access_type": "accessType", "hit_condition": "hitCondition"},
    "DataBreakpointInfoArguments": {"variables_reference": "variablesReference", "frame_id": "frameId", "as_address": "asAddress"},
    "DataBreakpointInfoBody": {"data_id": "dataId", "access_types": "accessTypes", "can_persist": "canPersist"},
    "DisconnectArguments": {"terminate_debuggee": "terminateDebuggee", "suspend_debuggee": "suspendDebuggee"},
    "EvaluateArguments": {"frame_id": "frameId"},
    "EvaluateBody": {"presentation_hint": "presentationHint", "variables_reference": "variablesReference", "named_variables": "namedVariables", "indexed_variables": "indexedVariables", "memory_reference": "memoryReference", "value_location_reference": "valueLocationReference"},
    "ExceptionDetails": {"type_name": "typeName", "full_type_name": "fullTypeName", "evaluate_name": "evaluateName", "stack_trace": "stackTrace", "inner_exception": "innerException"},
    "ExceptionFilterOptions": {"filter_id": "filterId"},
    "ExceptionInfoArguments": {"thread_id": "threadId"},
    "ExceptionInfoBody": {"exception_id": "exceptionId", "break_mode": "breakMode"},
    "ExceptionOptions": {"break_mode": "breakMode"},
    "ExitedBody": {"exit_code": "exitCode"},
    "FunctionBreakpoint": {"hit_condition": "hitCondition"},
    "GotoArguments": {"thread_id": "threadId", "target_id": "targetId"},
    "GotoTarget": {"end_line": "endLine", "end_column": "endColumn", "instruction_pointer_reference": "instructionPointerReference"},
    "InvalidatedBody": {"thread_id": "threadId", "stack_frame_id": "stackFrameId"},
    "LocationsArguments": {"location_reference": "locationReference"},
    "LocationsBody": {"end_line": "endLine", "end_column": "endColumn"},
    "NextArguments": {"thread_id": "threadId", "single_thread": "singleThread"},
    "OutputBody": {"variables_reference": "variablesReference", "location_reference": "locationReference"},
    "PauseArguments": {"thread_id": "threadId"},
    "ProcessBody": {"system_process_id": "systemProcessId", "is_local_process": "isLocalProcess", "start_method": "startMethod", "pointer_size": "pointerSize"},
    "ProgressEndBody": {"progress_id": "progressId"},
    "ProgressStartBody": {"progress_id": "progressId", "request_id": "requestId"},
    "ProgressUpdateBody": {"progress_id": "progressId"},
    "RestartFrameArguments": {"frame_id": "frameId"},
    "ReverseContinueArguments": {"thread_id": "threadId", "single_thread": "singleThread"},
    "RunInTerminalRequestArguments": {"args_can_be_interpreted_by_shell": "argsCanBeInterpretedByShell"},
    "Scope": {"presentation_hint": "presentationHint", "variables_reference": "variablesReference", "named_variables": "namedVariables", "indexed_variables": "indexedVariables", "end_line": "endLine", "end_column": "endColumn"},
    "ScopesArguments": {"frame_id": "frameId"},
    "SetBreakpointsArguments": {"source_modified": "sourceModified"},
    "SetExceptionBreakpointsArguments": {"filter_options": "filterOptions", "exception_options": "exceptionOptions"},
    "SetExpressionArguments": {"frame_id": "frameId"},
    "SetExpressionBody": {"presentation_hint": "presentationHint", "variables_reference": "variablesReference", "named_variables": "namedVariables", "indexed_variables": "indexedVariables", "memory_reference": "memoryReference", "value_location_reference": "valueLocationReference"},
    "SetVariableArguments": {"variables_reference": "variablesReference"},
    "SetVariableBody": {"variables_reference": "variablesReference", "named_variables": "namedVariables", "indexed_variables": "indexedVariables", "memory_reference": "memoryReference", "value_location_reference": "valueLocationReference"},
    "Source": {"source_reference": "sourceReference", "presentation_hint": "presentationHint", "adapter_data": "adapterData"},
    "SourceArguments": {"source_reference": "sourceReference"},
    "SourceBody": {"mime_type": "mimeType"},
    "SourceBreakpoint": {"hit_condition": "hitCondition", "log_message": "logMessage"},
    "StackFrame": {"end_line": "endLine", "end_column": "endColumn", "can_restart": "canRestart", "instruction_pointer_reference": "instructionPointerReference", "module_id": "moduleId", "presentation_hint": "presentationHint"},
    "StackFrameFormat": {"parameter_types": "parameterTypes", "parameter_names": "parameterNames", "parameter_values": "parameterValues", "include_all": "includeAll"},
    "StackTraceArguments": {"thread_id": "threadId", "start_frame": "startFrame"},
    "StackTraceBody": {"stack_frames": "stackFrames", "total_frames": "totalFrames"},
    "StartDebuggingRequestArguments": {"output_presentation": "outputPresentation"},
    "StepBackArguments": {"thread_id": "threadId", "single_thread": "singleThread"},
    "StepInArguments": {"thread_id": "threadId", "single_thread": "singleThread", "target_id": "targetId"},
    "StepInTarget": {"end_line": "endLine", "end_column": "endColumn"},
    "StepInTargetsArguments": {"frame_id": "frameId"},
    "StepOutArguments": {"thread_id": "threadId", "single_thread": "singleThread"},
    "StoppedBody": {"thread_id": "threadId", "preserve_focus_hint": "preserveFocusHint", "all_threads_stopped": "allThreadsStopped", "hit_breakpoint_ids": "hitBreakpointIds"},
    "ThreadBody": {"thread_id": "threadId"},
    "Variable": {"presentation_hint": "presentationHint", "evaluate_name": "evaluateName", "variables_reference": "variablesReference", "named_variables": "namedVariables", "indexed_variables": "indexedVariables", "memory_reference": "memoryReference", "declaration_location_reference": "declarationLocationReference", "value_location_reference": "valueLocationReference"},
    "VariablesArguments": {"variables_reference": "variablesReference"},
}
"""By class: how the protocol writes its attributes."""
