// Which lines of a trace a person wants to see. Kinds and failures are known without reading; for words the file is
// searched as it stands, piece by piece, and what was found so far can be shown before the end is reached.

import type { Lines, Shape } from './lines';
import { isFailure } from './record';

/** What a person is looking for. */
export interface Filter {
  text: string;
  component: string;
  errorsOnly: boolean;
}

/** Everything. */
export const EVERYTHING: Filter = { text: '', component: '', errorsOnly: false };

const AT_ONCE = 400;
const SEARCHED_AT_MOST = 1 << 20;

/** The lines, in order, that a filter lets through; they become more while the search goes on. */
export class Selection {
  /** How many lines have been looked at. */
  looked = 0;
  private rows = new Uint32Array(1024);
  private found = 0;
  private readonly needles: string[];
  private readonly wanted = new Map<Shape, boolean>();

  constructor(
    private readonly lines: Lines,
    readonly filter: Filter,
  ) {
    this.needles = needlesOf(filter.text);
  }

  /** Whether everything is let through; then lines are their own places. */
  get isAll(): boolean {
    return this.needles.length === 0 && !this.filter.errorsOnly && this.filter.component === '';
  }

  /** How many lines were let through so far. */
  get count(): number {
    return this.isAll ? this.lines.count : this.found;
  }

  /** The line at a place of the selection. */
  rowAt(place: number): number {
    return this.isAll ? place : (this.rows[place] ?? 0);
  }

  /** The place of a line, or of the next one after it. */
  placeOf(row: number): number {
    if (this.isAll) return Math.min(row, this.count - 1);
    let [low, high] = [0, this.found];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.rows[middle] ?? 0) < row) low = middle + 1;
      else high = middle;
    }
    return Math.min(low, this.found - 1);
  }

  /** Look at the lines that were not looked at yet; `seen` is told now and then, and answers whether to go on. */
  async search(seen: () => boolean): Promise<void> {
    while (!this.isAll && this.looked < this.lines.count) {
      const first = this.looked;
      const count = Math.min(this.needles.length > 0 ? AT_ONCE : 100_000, this.lines.count - first);
      const texts = this.needles.length > 0 ? await this.lines.text(first, count, SEARCHED_AT_MOST) : undefined;
      for (let row = first; row < first + count; row++)
        if (this.wants(row) && (!texts || this.has(texts[row - first] ?? ''))) this.add(row);
      this.looked = first + count;
      if (!seen()) return;
    }
  }

  private wants(row: number): boolean {
    const shape = this.lines.shapeAt(row);
    let wanted = this.wanted.get(shape);
    if (wanted === undefined) {
      const { component, errorsOnly } = this.filter;
      wanted =
        (component === '' || shape.component === component) && (!errorsOnly || isFailure(shape.type, shape.status));
      this.wanted.set(shape, wanted);
    }
    return wanted;
  }

  private has(text: string): boolean {
    const low = text.toLowerCase();
    return this.needles.some((needle) => low.includes(needle));
  }

  private add(row: number): void {
    if (this.found === this.rows.length) {
      const rows = new Uint32Array(this.rows.length * 2);
      rows.set(this.rows);
      this.rows = rows;
    }
    this.rows[this.found++] = row;
  }
}

/** The ways in which a text may be written in a line of JSON: plain, with quotes escaped, with all else escaped. */
function needlesOf(text: string): string[] {
  const low = text.trim().toLowerCase();
  if (low === '') return [];
  const quoted = JSON.stringify(low).slice(1, -1);
  const ascii = quoted.replace(/[\u0080-\uffff]/g, (each) => `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return [...new Set([low, quoted, ascii])];
}
