// Values as documents to read and to compare. A difference is found line by line, so a long text is laid out as a block
// of lines that break after sentences: a word that was put in moves one line and leaves the others where they were.
// It looks like YAML because that reads well and an editor colours it; nothing reads it back.

import type { Moment, TraceRecord } from '../adapter/protocol';

/** The language that a document is shown in. */
export type Language = 'json' | 'markdown' | 'plaintext';

/** Characters that a line has, as far as indentation leaves a text enough of them. */
export const WIDEST = 80;

/** Characters that a line of a text may have however far in it stands. */
export const NARROWEST = 48;

const INDENT = '  ';
const FIRST = [
  'event_type',
  'component',
  'component_name',
  'status',
  'error',
  'inputs',
  'outputs',
  'metadata',
  'role',
  'name',
  'content',
  'text',
  'result',
  'output',
  'response',
];
// Measurements differ nearly always; an editor shows the first difference, which should be one of words.
const LAST = ['duration_ms', 'tokens_used', 'cost_estimate', 'memory_usage_mb'];
// Two events never share these, so they would only say that the two are not one.
const IDENTITY = new Set(['event_id', 'parent_event_id', 'execution_id', 'timestamp']);
const MARKDOWN = /^#{1,6} \S|^```|^[ \t]*[-*] \S.*\n[ \t]*[-*] \S|\*\*\S.*?\S\*\*|\[[^\]\n]+\]\([^)\s]+\)|^\|.*\|$/m;
const LOOKED_AT = 5_000;
// Prose in long lines is shown as Markdown too, because VS Code wraps that.
const LONGEST_LINE = 200;
const RANKS = new Map([
  ...FIRST.map((key, index): [string, number] => [key, index - FIRST.length]),
  ...LAST.map((key, index): [string, number] => [key, index + 1]),
]);
const READS_AS_ANOTHER = /^(?:null|true|false|[-+.\d].*|[-?:,[\]{}#&*!|>'"%@`~ ].*)$|: |:$| #|\s$/;

/** What an event is called in titles: `#7 llm_call_end offline`. */
export function eventTitle(moment: Moment, event: TraceRecord): string {
  return [`#${moment}`, event.event_type, event.component_name ?? event.component].filter(Boolean).join(' ');
}

/** An event as JSON, as it stands in the trace but one key to a line. */
export function eventDocument(event: TraceRecord): string {
  return `${JSON.stringify(event, null, 2)}\n`;
}

/** An event for comparison: blocks of text, without what is different in any two events. */
export function comparable(event: TraceRecord): string {
  const told = Object.entries(event).filter(([key, value]) => !IDENTITY.has(key) && value !== null);
  return blocks(Object.fromEntries(told));
}

/** A value as blocks of lines, its keys in an order that does not depend on the value. */
export function blocks(value: unknown): string {
  return `${laidOut(value, '').join('\n')}\n`;
}

/** The language that a whole value is best read in; a text may be written in any, other values are JSON. */
export function languageOf(text: string, isText: boolean): Language {
  if (!isText || isJson(text)) return 'json';
  return MARKDOWN.test(text.slice(0, LOOKED_AT)) || text.split('\n').some((line) => line.length > LONGEST_LINE)
    ? 'markdown'
    : 'plaintext';
}

/** JSON with one key to a line. Numbers stay as they are written, which parsing them would not promise. */
export function indented(json: string): string {
  let depth = 0;
  const line = () => `\n${INDENT.repeat(depth)}`;
  return json.replace(
    /("(?:[^"\\]|\\.)*")|\s+|([{[])\s*([}\]])?|([}\]])|(,)|(:)/g,
    (_, text?: string, open?: string, empty?: string, close?: string, comma?: string, colon?: string) => {
      if (text !== undefined) return text;
      if (open !== undefined) {
        if (empty !== undefined) return open + empty;
        depth += 1;
        return open + line();
      }
      if (close !== undefined) {
        depth = Math.max(depth - 1, 0);
        return line() + close;
      }
      if (comma !== undefined) return comma + line();
      return colon !== undefined ? ': ' : '';
    },
  );
}

function laidOut(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.length ? value.flatMap((each) => item(each, indent)) : [`${indent}[]`];
  }
  if (isObject(value)) {
    const keys = Object.keys(value).sort(byRank);
    return keys.length ? keys.flatMap((key) => member(key, value[key], indent)) : [`${indent}{}`];
  }
  const [head, ...rest] = scalar(value, indent);
  return [indent + head, ...rest];
}

function member(key: string, value: unknown, indent: string): string[] {
  const name = indent + (READS_AS_ANOTHER.test(key) || key === '' ? JSON.stringify(key) : key);
  const parsed = typeof value === 'string' ? quotedJson(value) : undefined;
  if (parsed !== undefined) return [`${name}: !json`, ...laidOut(parsed, indent + INDENT)];
  if (isFilled(value)) return [`${name}:`, ...laidOut(value, indent + INDENT)];
  const [head, ...rest] = scalar(value, indent + INDENT);
  return [`${name}: ${head}`, ...rest];
}

/** An item of a list; its first line begins with a dash in place of the indentation. */
function item(value: unknown, indent: string): string[] {
  const parsed = typeof value === 'string' ? quotedJson(value) : undefined;
  if (parsed !== undefined) return [`${indent}- !json`, ...laidOut(parsed, indent + INDENT)];
  const [head = '', ...rest] = isFilled(value)
    ? laidOut(value, indent + INDENT)
    : scalar(value, indent + INDENT).map((line, index) => (index ? line : indent + INDENT + line));
  return [`${indent}- ${head.slice(indent.length + INDENT.length)}`, ...rest];
}

/** A text, number or constant: what follows its key, and the lines below that. */
function scalar(value: unknown, indent: string): [string, ...string[]] {
  if (Array.isArray(value)) return ['[]'];
  if (isObject(value)) return ['{}'];
  if (typeof value !== 'string') return [String(value)];
  if (value === '') return ['""'];
  const width = Math.max(WIDEST - indent.length, NARROWEST);
  if (!value.includes('\n') && value.length <= width) {
    return [READS_AS_ANOTHER.test(value) ? JSON.stringify(value) : value];
  }
  const lines = value.split('\n').map((line) => broken(line, width));
  const mark = lines.some((parts) => parts.length > 1) ? '>' : '|';
  // A line that goes on from the one above it stands further in, so that it is not taken for one of the text's own.
  const laid = lines.flatMap((parts) => parts.map((part, index) => (index ? INDENT : '') + part));
  return [mark, ...laid.map((line) => (line === '' ? '' : indent + line))];
}

/** One line of a text as several: after sentences, and where those are long, between words. */
function broken(line: string, width: number): string[] {
  if (line.length <= width) return [line];
  return line.split(/(?<=[.!?;])\s+(?=\S)/).flatMap((sentence) => wrapped(sentence, width));
}

function wrapped(sentence: string, width: number): string[] {
  const lines: string[] = [];
  let rest = sentence;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > 0 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(space > 0 ? end + 1 : end);
  }
  return [...lines, rest];
}

function byRank(one: string, other: string): number {
  const [first, second] = [RANKS.get(one) ?? 0, RANKS.get(other) ?? 0];
  return first - second || (one < other ? -1 : 1);
}

/** What a text says that is JSON itself, such as the answer of a tool among the messages to a model. */
function quotedJson(text: string): unknown {
  if (text.length <= 2 || !isJson(text)) return undefined;
  return JSON.parse(text);
}

function isJson(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a value takes lines of its own. */
function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0;
}
