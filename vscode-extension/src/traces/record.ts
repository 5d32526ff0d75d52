// What is read of one line of a trace. Lines are other people's: nothing about their shape is taken for granted, and a
// line that was cut off, or is too long to be parsed, still says what stands at its beginning.

/** A JSON object that was read from a line. */
export type Fields = Record<string, unknown>;

/** The event type that stands for a line that is no event, so that every line keeps its number. */
export const INVALID = 'invalid_line';

/** The event on a line; undefined when it is none. */
export function recordOf(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a value is an event: an object that says what happened. */
export function isRecord(value: unknown): value is Fields {
  return isObject(value) && typeof value.event_type === 'string';
}

/** Whether a value is an object with fields. */
export function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text, or undefined. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number, also one in quotes; or undefined. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

/** A timestamp in milliseconds since the epoch: from seconds, or from an ISO 8601 date. */
export function timeOf(value: unknown): number | undefined {
  const seconds = numberOf(value);
  const time = seconds === undefined ? (typeof value === 'string' ? Date.parse(value) : NaN) : seconds * 1000;
  return Math.abs(time) <= 8.64e15 ? time : undefined;
}

/** Whether an event says that something failed. */
export function isFailure(type: string, status: unknown): boolean {
  return type === 'error_occurred' || (type.endsWith('_end') && status === 'failed');
}

/** The plain values among the fields of an object whose text may end in the middle. */
export function fieldsOf(text: string): Fields {
  const fields: Fields = Object.create(null) as Fields;
  let at = text.indexOf('{') + 1;
  if (at === 0) return fields;
  for (;;) {
    while (at < text.length && ' \t\r\n,'.includes(text.charAt(at))) at++;
    const afterKey = text.charAt(at) === '"' ? endOfString(text, at) : -1;
    const colon = afterKey < 0 ? -1 : text.indexOf(':', afterKey);
    if (colon < 0) return fields;
    const key = scalar(text.slice(at, afterKey));
    at = colon + 1;
    while (' \t\r\n'.includes(text.charAt(at)) && at < text.length) at++;
    const end = endOfValue(text, at);
    if (end < 0) return fields;
    const value = '{['.includes(text.charAt(at)) ? undefined : scalar(text.slice(at, end));
    if (typeof key === 'string' && value !== undefined) fields[key] = value;
    at = end;
  }
}

function scalar(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function endOfString(text: string, begin: number): number {
  for (let at = begin + 1; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '\\') at++;
    else if (character === '"') return at + 1;
  }
  return -1;
}

function endOfValue(text: string, begin: number): number {
  let depth = 0;
  for (let at = begin; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === '"') {
      at = endOfString(text, at) - 1;
      if (at < 0) return -1;
      if (depth === 0) return at + 1;
    } else if ('{['.includes(character)) depth++;
    else if ('}]'.includes(character)) {
      if (depth === 0) return at;
      depth--;
      if (depth === 0) return at + 1;
    } else if (character === ',' && depth === 0) return at;
  }
  return -1;
}
