// One event as a row of a list: what it is, when, how long, and the beginning of what was said.

import { oneLine } from './harmless';
import type { Line } from './lines';
import { fieldsOf, INVALID, isFailure, isObject, numberOf, recordOf, textOf, timeOf, type Fields } from './record';

/** What a list shows of an event. */
export interface Row {
  /** The number of the event, counted from 0. */
  row: number;
  depth: number;
  /** Whether it begins a call, ends one, or stands alone. */
  edge: 'start' | 'end' | 'point';
  /** What happened, without the edge: "llm call". */
  kind: string;
  component: string;
  name: string;
  failed: boolean;
  status: string;
  /** The beginning of what went in or came out. */
  said: string;
  elapsedMs?: number;
  durationMs?: number;
  tokens?: number;
}

const SAID_AT_MOST = 240;
const TELLING = [
  'response',
  'result',
  'output',
  'content',
  'text',
  'summary',
  'input',
  'user_input',
  'prompt',
  'value',
];

/** The row of an event, from the beginning of its line. */
export function rowOf(row: number, line: Line, text: string, began: number | undefined): Row {
  const { type, component, name, status } = line.shape;
  const event = recordOf(text.trim().replace(/,$/, '')) ?? fieldsOf(text);
  const span = /^(.*)_(start|end)$/.exec(type);
  const time = timeOf(event.timestamp);
  return {
    row,
    depth: line.depth,
    edge: span ? (span[2] as 'start' | 'end') : 'point',
    kind: oneLine((span?.[1] ?? type).replaceAll('_', ' '), 60),
    component: oneLine(component, 40),
    name: oneLine(modelOf(event) ?? name, 80),
    failed: isFailure(type, status),
    status,
    said: type === INVALID ? oneLine(text, SAID_AT_MOST) : saidBy(event) || cutOff(text, line.length),
    elapsedMs: time !== undefined && began !== undefined ? time - began : undefined,
    durationMs: numberOf(event.duration_ms),
    tokens: numberOf(event.tokens_used),
  };
}

/** The name of the model that a call is made to, which says more than its provider's. */
export function modelOf(event: Fields): string | undefined {
  return event.component === 'llm' && isObject(event.metadata) ? textOf(event.metadata.llm) : undefined;
}

/** What an event says, on one line: its error, its answer or its question, else its values. */
export function saidBy(event: Fields): string {
  const error = textOf(event.error);
  if (error !== undefined) return oneLine(error, SAID_AT_MOST);
  for (const payload of [event.outputs, event.inputs]) {
    if (!isObject(payload) || Object.keys(payload).length === 0) continue;
    const told = TELLING.map((key) => textOf(payload[key])).find((each) => each !== undefined) ?? lastMessage(payload);
    return oneLine(told ?? listed(payload), SAID_AT_MOST);
  }
  return '';
}

/** What can be seen of a payload whose end was not read. */
function cutOff(text: string, length: number): string {
  const payload = text.length < length ? /"(?:inputs|outputs)"\s*:\s*\{(?=\s*")/.exec(text) : null;
  return payload ? oneLine(text.slice(payload.index + payload[0].length, payload.index + 1000), SAID_AT_MOST) : '';
}

function lastMessage(payload: Fields): string | undefined {
  const messages: unknown = payload.messages;
  const newest: unknown = Array.isArray(messages) ? messages.at(-1) : undefined;
  return isObject(newest) ? textOf(newest.content) : undefined;
}

function listed(payload: Fields): string {
  return Object.entries(payload)
    .filter(([, value]) => value !== null && value !== '')
    .slice(0, 12)
    .map(([key, value]) => `${key}: ${short(value)}`)
    .join(', ');
}

function short(value: unknown): string {
  if (typeof value === 'string') return value.slice(0, SAID_AT_MOST);
  if (Array.isArray(value) && value.length > 8) return `[${value.length} values]`;
  try {
    return JSON.stringify(value).slice(0, SAID_AT_MOST);
  } catch {
    return '…'; // nested deeper than the stack
  }
}
