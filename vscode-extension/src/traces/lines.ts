// The lines of one trace, found once and kept as numbers: where each begins, how deep it stands, what kind it is. A
// hundred thousand events take two megabytes; what they say is read from the file when it is looked at.
// The file is read in small pieces, so that whoever shares the thread is not kept waiting.

import { open, type FileHandle } from 'node:fs/promises';
import { Nesting } from './nesting';
import { fieldsOf, INVALID, isFailure, isObject, numberOf, recordOf, textOf, timeOf, type Fields } from './record';

/** What events have in common that are of one kind. */
export interface Shape {
  type: string;
  component: string;
  name: string;
  status: string;
}

/** One line: where it is, and what it is. */
export interface Line {
  offset: number;
  length: number;
  depth: number;
  shape: Shape;
}

const PIECE = 256 << 10;
/** Beyond this a line is not parsed, only its beginning is looked at. */
export const LONG = 4 << 20;
const BEGINNING = 64 << 10;
const BEGINNING_KEPT = 512;
const MOST_LINES = 5_000_000;
const MOST_SHAPES = 60_000;
const NAME_AT_MOST = 120;
const OTHER: Shape = { type: 'other', component: '', name: '', status: '' };
const NEWLINE = 10;

/** Finds the lines of a trace. */
export class Lines {
  /** How many events are known so far. */
  count = 0;
  /** Bytes of a last line that was never finished. */
  torn = 0;
  /** Whether there are more lines than are kept. */
  full = false;
  /** When the first event happened, in milliseconds since the epoch. */
  began: number | undefined;
  tokens = 0;
  cost = 0;
  /** The first event of the run, and its last so far. */
  head: Fields | undefined;
  last: Fields | undefined;

  private offsets = new Float64Array(1024);
  private lengths = new Uint32Array(1024);
  private depths = new Uint8Array(1024);
  private shapes = new Uint16Array(1024);
  private readonly named: Shape[] = [];
  private readonly codes = new Map<string, number>();
  private readonly nesting = new Nesting();
  private readonly beginning = Buffer.alloc(BEGINNING_KEPT);
  private isDocument = false;
  private position = 0;
  private started = Buffer.alloc(0);
  private startedLength = 0;

  private constructor(private readonly file: FileHandle) {}

  /** Open a trace; no line is found yet. */
  static async open(path: string): Promise<Lines> {
    return new Lines(await open(path, 'r'));
  }

  /** Let go of the file. */
  async close(): Promise<void> {
    await this.file.close();
  }

  /** How many bytes were read so far. */
  get read(): number {
    return this.position;
  }

  /** How many errors there are so far, each counted where it was first seen. */
  get errors(): number {
    return this.nesting.errors;
  }

  /** Every kind of event so far. */
  get kinds(): readonly Shape[] {
    return this.named;
  }

  /** Read on to the end of the file; `seen` is told after each piece, and answers whether to go on. */
  async find(seen: () => boolean): Promise<void> {
    const piece = Buffer.allocUnsafe(PIECE);
    this.position -= this.startedLength;
    this.started = Buffer.alloc(0);
    this.startedLength = 0;
    this.torn = 0;
    while (!this.full) {
      const { bytesRead } = await this.file.read(piece, 0, PIECE, this.position);
      if (bytesRead === 0) break;
      if (this.position < BEGINNING_KEPT) piece.copy(this.beginning, this.position, 0, bytesRead);
      this.take(piece.subarray(0, bytesRead));
      if (!seen()) return;
    }
    this.finish();
    seen();
  }

  /** Whether the file is still the one whose lines these are, perhaps grown. */
  async isGrowthOf(path: string): Promise<boolean> {
    const now = await open(path, 'r').catch(() => undefined);
    if (!now) return false;
    try {
      const [then, current] = [await this.file.stat(), await now.stat()];
      if (then.ino !== current.ino || then.dev !== current.dev || current.size < this.position) return false;
      const length = Math.min(this.position, this.beginning.length);
      const { buffer } = await now.read(Buffer.alloc(length), 0, length, 0);
      return buffer.equals(this.beginning.subarray(0, length)); // else it was written anew
    } finally {
      await now.close();
    }
  }

  /** Where a line is and what kind it is. */
  at(row: number): Line {
    return {
      offset: this.offsets[row] ?? 0,
      length: this.lengths[row] ?? 0,
      depth: this.depths[row] ?? 0,
      shape: this.shapeAt(row),
    };
  }

  /** What kind of event a line is. */
  shapeAt(row: number): Shape {
    return this.named[this.shapes[row] ?? 0] ?? OTHER;
  }

  /** The text of some lines that follow each other, each at most `most` bytes of its beginning. */
  async text(first: number, count: number, most: number): Promise<string[]> {
    const last = Math.min(first + count, this.count) - 1;
    if (last < first) return [];
    const begin = this.offsets[first] ?? 0;
    const length = (this.offsets[last] ?? 0) + (this.lengths[last] ?? 0) - begin;
    if (length > LONG) {
      const texts: string[] = [];
      for (let row = first; row <= last; row++) texts.push(await this.beginningOf(row, most));
      return texts;
    }
    const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(length), 0, length, begin);
    return Array.from({ length: last - first + 1 }, (_, place) => {
      const from = (this.offsets[first + place] ?? 0) - begin;
      return buffer.toString(
        'utf8',
        from,
        Math.min(from + Math.min(this.lengths[first + place] ?? 0, most), bytesRead),
      );
    });
  }

  private async beginningOf(row: number, most: number): Promise<string> {
    const length = Math.min(this.lengths[row] ?? 0, most);
    const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(length), 0, length, this.offsets[row] ?? 0);
    return buffer.toString('utf8', 0, bytesRead);
  }

  private take(piece: Buffer): void {
    let begin = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0 && !this.full; end = piece.indexOf(NEWLINE, begin)) {
      this.add(piece.subarray(begin, end), this.position + begin);
      begin = end + 1;
    }
    const rest = piece.subarray(begin);
    if (this.started.length < LONG) this.started = Buffer.concat([this.started, rest]);
    this.startedLength += rest.length;
    this.position += piece.length;
  }

  private add(rest: Buffer, at: number): void {
    const length = this.startedLength + rest.length;
    const bytes = this.startedLength > 0 ? Buffer.concat([this.started, rest.subarray(0, LONG)]) : rest;
    if (this.startedLength > 0) this.started = Buffer.alloc(0);
    const offset = at - this.startedLength;
    this.startedLength = 0;
    if (length > LONG) this.keep(offset, length, fieldsOf(bytes.toString('utf8', 0, BEGINNING)));
    else this.parse(bytes.toString('utf8'), offset, length);
  }

  private parse(text: string, offset: number, length: number): void {
    const line = text.trim();
    if (line === '' || (this.isDocument && !line.startsWith('{'))) return;
    if (this.count === 0 && /^\{.*"events"\s*:\s*\[$/.test(line)) {
      this.isDocument = true; // one event on each line, with commas between them
      return;
    }
    this.keep(offset, length, recordOf(this.isDocument ? line.replace(/,$/, '') : line));
  }

  /** A last line without its newline counts when it is a whole event. */
  private finish(): void {
    if (this.startedLength === 0) return;
    const text = this.startedLength <= LONG ? this.started.toString('utf8') : '';
    if (recordOf(text.trim())) {
      this.keep(this.position - this.startedLength, this.startedLength, recordOf(text.trim()));
      this.startedLength = 0;
    } else if (text.trim() !== '' && !this.isDocument) this.torn = this.startedLength;
  }

  private keep(offset: number, length: number, record: Fields | undefined): void {
    if (this.count >= MOST_LINES) {
      this.full = true;
      return;
    }
    if (this.count === this.offsets.length) this.grow();
    const row = this.count++;
    const event = record ?? {};
    const type = textOf(event.event_type) ?? INVALID;
    const name = textOf(event.component_name);
    const metadata = isObject(event.metadata) ? event.metadata : {};
    const depth = this.nesting.depthOf({
      type,
      name,
      id: textOf(event.event_id),
      parent: textOf(event.parent_event_id),
      start: textOf(metadata.start_event_id),
      failed: isFailure(type, event.status),
    });
    this.offsets[row] = offset;
    this.lengths[row] = Math.min(length, 0xffffffff);
    this.depths[row] = Math.min(depth, 255);
    this.shapes[row] = this.code(type, textOf(event.component) ?? '', name ?? '', textOf(event.status) ?? '');
    this.sum(event);
  }

  private sum(event: Fields): void {
    const time = timeOf(event.timestamp);
    this.began ??= time;
    this.tokens += numberOf(event.tokens_used) ?? 0;
    this.cost += numberOf(event.cost_estimate) ?? 0;
    this.head ??= event;
    this.last = event;
  }

  private code(...[type, component, name, status]: [string, string, string, string]): number {
    const [kind, part, called, how] = [type, component, name, status].map((text) => text.slice(0, NAME_AT_MOST));
    const key = JSON.stringify([kind, part, called, how]);
    const known = this.codes.get(key);
    if (known !== undefined) return known;
    if (this.named.length === MOST_SHAPES) this.named.push(OTHER);
    if (this.named.length > MOST_SHAPES) return MOST_SHAPES;
    this.codes.set(key, this.named.length);
    return this.named.push({ type: kind ?? '', component: part ?? '', name: called ?? '', status: how ?? '' }) - 1;
  }

  private grow(): void {
    const length = Math.min(this.offsets.length * 2, MOST_LINES);
    this.offsets = enlarged(this.offsets, new Float64Array(length));
    this.lengths = enlarged(this.lengths, new Uint32Array(length));
    this.depths = enlarged(this.depths, new Uint8Array(length));
    this.shapes = enlarged(this.shapes, new Uint16Array(length));
  }
}

function enlarged<T extends Float64Array | Uint32Array | Uint16Array | Uint8Array>(old: T, fresh: T): T {
  fresh.set(old);
  return fresh;
}
