// What one recording is, read from its first and last lines alone: a trace of any size is summed up by reading a few
// kilobytes. How far a run without an end has come is judged when somebody looks, since it changes by itself.

import { open, stat, type FileHandle } from 'node:fs/promises';
import { fieldsOf, isObject, numberOf, recordOf, textOf, timeOf, type Fields } from './record';

/** How a run ended, if it has. */
export type Status = 'completed' | 'failed' | 'cancelled' | 'crashed' | 'running' | 'unknown';

/** A recording, as lists show it. */
export interface Summary {
  path: string;
  /** Bytes. */
  size: number;
  /** When the file was last written, in milliseconds since the epoch. */
  changed: number;
  /** The name of the app; the file's when the trace does not say. */
  app: string;
  /** The program that ran. */
  program?: string;
  /** When the run began, in milliseconds since the epoch. */
  started?: number;
  /** What the record of its end says; absent without one. */
  ended?: 'completed' | 'failed' | 'cancelled' | 'unknown';
  durationMs?: number;
  events?: number;
  tokens?: number;
  cost?: number;
  error?: string;
  /** The process that wrote it. */
  pid?: number;
}

const FIRST = 8 << 10;
const FIRST_AT_MOST = 256 << 10;
const LAST = [16 << 10, 256 << 10, 4 << 20];
const LINES_TRIED = 5;
const JUST_WRITTEN_MS = 15_000;
const LATELY_WRITTEN_MS = 600_000;

/** Sum a trace up; undefined when the file is none. */
export async function readSummary(path: string): Promise<Summary | undefined> {
  const { size, mtimeMs } = await stat(path);
  if (size === 0) return undefined;
  const file = await open(path, 'r');
  try {
    const head = await firstEvent(file, size);
    if (!head) return undefined;
    return summed(
      { path, size, changed: mtimeMs, app: path.split(/[\\/]/).at(-1) ?? path },
      head,
      await last(file, size),
    );
  } finally {
    await file.close();
  }
}

/** How a run stands now. A run without an end has crashed, unless something is still writing. */
export function statusOf(trace: Summary, now: number, isAlive: (pid: number) => boolean = hasProcess): Status {
  if (trace.ended) return trace.ended;
  const idle = now - trace.changed;
  if (idle < JUST_WRITTEN_MS) return 'running';
  // A process's number means nothing for long, and nothing beside a copy: it bridges the pause of a long model call.
  const isCopy = trace.changed - ((trace.started ?? 0) + (trace.durationMs ?? 0)) > LATELY_WRITTEN_MS;
  const mayWrite = idle < LATELY_WRITTEN_MS && !isCopy && trace.pid !== undefined;
  return mayWrite && isAlive(trace.pid ?? 0) ? 'running' : 'crashed';
}

function hasProcess(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** Sum a trace up from its first event and its last. */
export function summed(summary: Summary, head: Fields, end: Fields | 'too long' | undefined): Summary {
  const metadata = isObject(head.metadata) ? head.metadata : {};
  summary.app = textOf(head.component_name) ?? summary.app;
  summary.program = textOf(metadata.program);
  summary.started = timeOf(head.timestamp);
  const pid = numberOf(metadata.pid);
  if (pid !== undefined && Number.isInteger(pid) && pid > 0 && pid < 2 ** 31) summary.pid = pid;
  if (end === 'too long') return { ...summary, ended: 'unknown' };
  if (!end) return summary;
  const finished = timeOf(end.timestamp);
  if (finished !== undefined && summary.started !== undefined && finished >= summary.started)
    summary.durationMs = finished - summary.started;
  if (end.event_type !== 'app_load_end') return summary;
  const outputs = isObject(end.outputs) ? end.outputs : {};
  const told = isObject(outputs.execution_summary) ? outputs.execution_summary : {};
  const status = end.status;
  return {
    ...summary,
    ended: status === 'completed' || status === 'failed' || status === 'cancelled' ? status : 'unknown',
    durationMs: positive(end.duration_ms) ?? summary.durationMs,
    events: positive(told.events ?? told.total_events),
    tokens: positive(told.tokens_used),
    cost: positive(told.cost_estimate),
    error: textOf(end.error),
  };
}

function positive(value: unknown): number | undefined {
  const number = numberOf(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

async function firstEvent(file: FileHandle, size: number): Promise<Fields | undefined> {
  let text = await read(file, 0, FIRST);
  if (!text.includes('\n') && size > FIRST) text = await read(file, 0, FIRST_AT_MOST);
  const lines = text.replace(/^\ufeff/, '').split('\n');
  const isCut = lines.length === 1 && size > FIRST_AT_MOST;
  for (const line of lines.slice(0, LINES_TRIED)) {
    const record = isCut ? fieldsOf(line) : recordOf(eventIn(line));
    if (record && typeof record.event_type === 'string' && (record.event_id ?? record.timestamp ?? null) !== null)
      return record;
  }
  return undefined;
}

async function last(file: FileHandle, size: number): Promise<Fields | 'too long' | undefined> {
  for (const length of LAST) {
    const begin = Math.max(size - length, 0);
    const lines = (await read(file, begin, size - begin)).split('\n');
    if (begin > 0) lines.shift(); // its beginning was not read
    const records = lines.slice(-LINES_TRIED).reverse().map(eventIn);
    for (const line of records) {
      const record = recordOf(line);
      if (record) return record;
    }
    if (begin === 0) return undefined;
  }
  return 'too long';
}

/** The event on a line of a JSON document, which has a comma after it. */
function eventIn(line: string): string {
  return line.trim().replace(/,$/, '');
}

async function read(file: FileHandle, position: number, length: number): Promise<string> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  return buffer.toString('utf8', 0, bytesRead);
}
