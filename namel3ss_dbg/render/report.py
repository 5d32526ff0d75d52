"""What an analysis says, as tables for people and as lines for other programs.

A screen shows what matters first and says how much more there is; the plain lines and the JSON object hold everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from ..analysis import Report
from ..analysis.errors import ErrorSeen
from .formats import (
    format_bytes,
    format_cost,
    format_count,
    format_mb,
    format_ms,
    format_time,
)
from .performance import calls_without_price, performance_tables
from .pieces import UNICODE, Line, Signs, Style, line, shortened
from .records import PARTS, Part, records
from .tables import Block

_MOST_ROWS = 12
_MOST_ERRORS = 20
_MOST_NAMES = 8
_SPARKS = "▁▂▃▄▅▆▇█"
_STATUS_STYLE: dict[str, Style] = {"finished": "good", "running": "warning", "cancelled": "warning"}


@attrs.frozen
class ReportView:
    """A report, or some parts of it."""

    report: Report
    parts: Sequence[Part] = PARTS
    signs: Signs = UNICODE

    def plain(self) -> Iterator[str]:
        """One fact to a line: what it is about, then `key=value`."""
        return records(self.report, self.parts)

    def screen(self, width: int) -> Iterator[Block]:
        """The parts below one another, with an empty line between them."""
        if "summary" in self.parts:
            yield from (shortened(text, width, self.signs.cut) for text in self._summary())
        if "performance" in self.parts:
            for table in performance_tables(self.report.performance, self.signs):
                yield ()
                yield table
        if "errors" in self.parts:
            yield ()
            yield from (shortened(text, width, self.signs.cut) for text in self._errors())

    def _summary(self) -> Iterator[Line]:
        summary, signs = self.report.summary, self.signs
        yield line(
            (summary.app or self.report.trace.path or "run", "title"),
            "  ",
            (summary.status, _STATUS_STYLE.get(summary.status, "error")),
            (f"  {format_ms(summary.duration_ms)}", "time"),
            (f"  {summary.execution_id}" if summary.execution_id else "", "dim"),
            (f"  {format_time(summary.started_at)}" if summary.started_at > 0 else "", "dim"),
        )
        cost = format_cost(summary.cost, summary.unpriced_calls, signs.at_least)
        used = f"   {_many(summary.tokens, 'token')}   {'cost ' if cost == 'unknown' else ''}{cost}"
        yield line(
            f"  {_many(summary.events, 'event')}   {_many(summary.spans, 'call')}   {_many(summary.lanes, 'lane')}",
            (f"   {signs.failed} {_many(summary.errors, 'error')}" if summary.errors else "", "error"),
            (used if summary.tokens or summary.cost else "", "number"),
        )
        for label in ("agents", "chains", "prompts", "tools", "models"):
            yield from _fact(label, _listed(getattr(summary, label)))
        yield from self._answers()
        yield from _fact("memory", self._memory())
        cpu = self.report.resource_usage.cpu
        if cpu is not None:
            percent = f"  ({cpu.cpu_percent:.0f} % of one core)" if cpu.cpu_percent is not None else ""
            yield from _fact("cpu", f"{format_ms(cpu.cpu_s * 1000.0)}{percent}")
        yield from self._warnings()

    def _answers(self) -> Iterator[Line]:
        """How the models answered, where there is more to say than tokens and money."""
        models, tokens = self.report.performance.llm_performance, self.report.resource_usage.tokens
        if models.streamed_calls:
            mean, slow = format_ms(models.first_token_mean_ms), format_ms(models.first_token_p95_ms)
            calls = _many(models.streamed_calls, "call")
            yield from _fact("streamed", f"{calls}   first token after {mean}   p95 {slow}")
        if tokens.failed_attempts:
            yield from _fact("retried", f"{_many(tokens.failed_attempts, 'token')} in failed attempts")

    def _memory(self) -> str:
        usage = self.report.resource_usage
        if usage.memory is None:
            return ""
        memory, signs = usage.memory, self.signs
        sparks = _sparks([bucket.max_mb for bucket in usage.memory_over_time]) if signs is UNICODE else ""
        change = f"{format_mb(memory.start_mb)} {signs.arrow} {format_mb(memory.end_mb)}"
        return f"{change}   at most {format_mb(memory.max_mb)} at #{memory.max_at}   {sparks}".rstrip()

    def _warnings(self) -> Iterator[Line]:
        summary, signs = self.report.summary, self.signs
        missing = summary.missing
        if summary.status == "crashed":
            lost = f"; the last {missing.ms_at_most:.0f} ms may be missing" if missing.ms_at_most else ""
            yield line((f"  {signs.failed} no end record: the program was killed, or still runs{lost}", "error"))
        elif missing.events_at_most:
            yield line((f"  {signs.failed} {missing.events_at_most} events of this run are not in the trace", "error"))
        if summary.unpriced_calls:
            models = self.report.performance.llm_performance.by_model.items()
            names = _listed([name for name, model in models if model.unpriced_calls])
            said = f"{calls_without_price(summary.unpriced_calls)}{f': {names}' if names else ''}"
            yield line((f"  {signs.point} {said}", "warning"))
        if summary.unfinished_spans:
            yield line((f"  {signs.failed} {summary.unfinished_spans} calls have no end", "warning"))
        if summary.invalid_lines:
            yield line((f"  {signs.failed} {summary.invalid_lines} lines are no events", "warning"))
        if summary.torn_bytes:
            yield line((f"  {signs.failed} the last line is torn ({format_bytes(summary.torn_bytes)})", "warning"))
        if summary.executions > 1:
            yield line((f"  {signs.point} the trace holds {summary.executions} runs", "warning"))

    def _errors(self) -> Iterator[Line]:
        errors, signs = self.report.errors, self.signs
        if not errors.total_errors:
            yield line(("No errors", "good"))
        else:
            handled = f", {errors.handled_errors} of them handled" if errors.handled_errors else ""
            yield line((f"{_many(errors.total_errors, 'error')}{handled}", "title"))
            for error_type, count in errors.error_categories.items():
                yield line(f"  {count:>5}  ", (error_type, "error"))
            yield ()
            yield from map(self._error, errors.errors[:_MOST_ERRORS])
            yield from _more(len(errors.errors) - _MOST_ERRORS, "errors: inspect --errors-only shows all", signs)
        if errors.retries:
            yield ()
            yield line(("Retries", "title"))
            for retry in errors.retries[:_MOST_ROWS]:
                ended = f"{retry.succeeded} of {retry.retries} ended well"
                yield line(
                    f"  {retry.retries:>5}  ",
                    (f"{retry.event_type} ", "kind"),
                    (retry.name, "name"),
                    (f"  {ended}", "dim"),
                )
            yield from _more(len(errors.retries) - _MOST_ROWS, "names", signs)
        if errors.unfinished_spans:
            yield ()
            yield line(("Calls without an end", "title"))
            for span in errors.unfinished_spans[:_MOST_ROWS]:
                yield line(
                    (f"  {f'#{span.event_index}':<7}", "place"), (f"{span.event_type} ", "kind"), (span.name, "name")
                )
            yield from _more(self.report.summary.unfinished_spans - _MOST_ROWS, "calls", signs)

    def _error(self, error: ErrorSeen) -> Line:
        own = f"{error.component} {error.name}"
        around = [frame for frame in error.path if frame != own and not frame.startswith("app ")]
        return line(
            (f"  {f'#{error.event_index}':<7}", "place"),
            (f"{error.component} ", "kind"),
            (error.name, "name"),
            (f"  {self.signs.failed} {error.error_type}", "error"),
            (" handled" if error.handled else "", "good"),
            f"  {error.message}" if error.message else "",
            (f"  in {f' {self.signs.inside} '.join(around[-3:])}" if around else "", "dim"),
        )


def _many(count: int, what: str) -> str:
    return f"{format_count(count)} {what}" if count == 1 else f"{format_count(count)} {what}s"


def _fact(label: str, text: str) -> Iterator[Line]:
    if text:
        yield line((f"  {label:<9}", "key"), text)


def _more(count: int, what: str, signs: Signs) -> Iterator[Line]:
    if count > 0:
        yield line((f"  {signs.cut} {count} more {what}", "dim"))


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return ", ".join(names[:_MOST_NAMES]) + more


def _sparks(values: Sequence[float]) -> str:
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    steps = len(_SPARKS) - 1
    return "".join(_SPARKS[round((value - low) / ((high - low) or 1.0) * steps)] for value in values)
