"""The OpenTelemetry SDK: spans as JSON lines in a file, exported one by one or in batches, and its spans that are off.

It is spared what it need not do: payloads are given as attributes as they are, and the queue of the batch processor is
long enough that no span is dropped.
"""

from __future__ import annotations

from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, ConsoleSpanExporter, SimpleSpanProcessor, SpanExporter
from opentelemetry.trace import NoOpTracerProvider, Tracer

from ..bench import Bench
from ..crash import lose, pace, rest
from ..work import calls

_QUEUE = 1 << 20


def _exporter(path: str) -> SpanExporter:
    return ConsoleSpanExporter(
        out=open(path, "a", encoding="utf-8"),  # noqa: PTH123
        formatter=lambda span: span.to_json(indent=None) + "\n",
    )


def _record(bench: Bench, tracer: Tracer, processor: SpanProcessor) -> None:
    work = calls(bench.spans)
    with bench.timed(bench.spans):
        for name, asked, answered in work:
            with tracer.start_as_current_span(name, attributes=asked) as span:
                span.set_attributes(answered)
        processor.force_flush()


def _spans(bench: Bench, processor: SpanProcessor) -> None:
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(processor)
    _record(bench, provider.get_tracer("bench"), processor)


def simple(bench: Bench) -> None:
    """What `emit.spans` does, each span exported when it ends."""
    _spans(bench, SimpleSpanProcessor(_exporter(f"{bench.scratch}/otel.jsonl")))


def batch(bench: Bench) -> None:
    """What `emit.spans` does, spans exported in batches by a thread."""
    _spans(bench, BatchSpanProcessor(_exporter(f"{bench.scratch}/otel.jsonl"), max_queue_size=_QUEUE))


def off(bench: Bench) -> None:
    """Spans of a tracer that does nothing."""
    tracer, work = NoOpTracerProvider().get_tracer("bench"), calls(bench.spans)
    with bench.timed(bench.spans):
        for name, asked, answered in work:
            with tracer.start_as_current_span(name, attributes=asked) as span:
                span.set_attributes(answered)


def crash(bench: Bench) -> None:
    """How many spans a killed program loses that exports in batches, as the SDK does by default."""
    lose(bench, "peers.otel.victim", lambda line: line.startswith("{"))


def victim(path: str) -> None:
    """Records until it is killed."""
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(_exporter(path)))
    tracer = provider.get_tracer("bench")
    for name, asked, answered in pace():
        with tracer.start_as_current_span(name, attributes=asked) as span:
            rest()
            span.set_attributes(answered)
