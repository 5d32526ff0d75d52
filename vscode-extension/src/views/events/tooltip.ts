// The tooltip of a row: what went in and what came out, short. Everything in it comes from a trace, so nothing is
// allowed to act as Markdown: text is escaped, and a block's fence is longer than any in its content.

import type { EventNode, TraceRecord } from '../../adapter/protocol';
import { harmless, oneLine } from '../../traces/harmless';
import { figures, labelOf } from './looks';

/** How much of a value is shown; the whole of it has a document of its own. */
const MOST_CHARACTERS = 700;
const MOST_LINES = 14;

/** The Markdown of a tooltip: `start` is the event of the row, `end` the one that ends it. */
export function tooltipOf(node: EventNode, start: TraceRecord, end: TraceRecord | undefined): string {
  const failure =
    end?.error ?? start.error ?? text(end?.metadata?.['error_message'] ?? start.metadata?.['error_message']);
  return [
    `**${escaped(labelOf(node))}**${node.status ? ` — ${escaped(oneLine(node.status, 40))}` : ''}`,
    escaped(figures(node)),
    ...(failure ? [`⚠ ${escaped(oneLine(failure, 300))}`] : []),
    ...section('In', start.inputs),
    ...section('Out', (end ?? start).outputs),
  ].join('\n\n');
}

/** A text that Markdown takes for nothing but text. */
export function escaped(plain: string): string {
  return plain.replace(/[\\`*_{}[\]()#+\-.!~|<>&$@:"']/g, '\\$&').replace(/\n/g, ' ');
}

/** Values as a block of JSON, clipped. */
function section(title: string, values: Record<string, unknown> | undefined): string[] {
  if (!values || Object.keys(values).length === 0) return [];
  return [title, fenced(clipped(harmless(JSON.stringify(values, null, 2))))];
}

function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}json\n${code}\n${fence}`;
}

function clipped(code: string): string {
  const lines = code.slice(0, MOST_CHARACTERS).split('\n');
  const shown = lines.slice(0, MOST_LINES).join('\n');
  return shown.length < code.length ? `${shown}…` : shown;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
