// The recordings of some directories, newest first. Only what has changed since the last look is read again, and only
// the newest are read at all until somebody asks for older ones.

import { lstat, readdir, readlink, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { readSummary, type Summary } from './summary';

/** Where to look, and for which endings. */
export interface Directory {
  path: string;
  endings: readonly string[];
}

/** What was found. */
export interface Listed {
  traces: Summary[];
  /** How many files are older than those that were read. */
  older: number;
}

interface Found {
  path: string;
  size: number;
  changed: number;
}

const AT_ONCE = 8;
const LATEST = 'trace_latest.jsonl';

/** Looks into directories again and again. */
export class Listing {
  private known = new Map<string, { found: Found; summary: Summary | undefined }>();

  /** The newest traces, by when they began; at most `most` files are looked into. */
  async look(directories: readonly Directory[], most: number): Promise<Listed> {
    const files = new Map<string, Found>();
    for (const directory of directories) for (const found of await filesOf(directory)) files.set(found.path, found);
    const newest = [...files.values()].sort((a, b) => b.changed - a.changed || (a.path < b.path ? 1 : -1));
    const chosen = newest.slice(0, most);
    const summaries = await inTurn(chosen, (found) => this.summaryOf(found));
    this.known = new Map(chosen.map((found, place) => [found.path, { found, summary: summaries[place] }]));
    const traces = summaries.filter((summary): summary is Summary => summary !== undefined);
    return { traces: traces.sort((a, b) => beganAt(b) - beganAt(a)), older: newest.length - chosen.length };
  }

  private async summaryOf(found: Found): Promise<Summary | undefined> {
    const known = this.known.get(found.path);
    if (known && known.found.changed === found.changed && known.found.size === found.size) return known.summary;
    return readSummary(found.path).catch(() => undefined); // it has gone, or may not be read
  }
}

/** When a run began, or else when its file was last written. */
export function beganAt(trace: Summary): number {
  return trace.started ?? trace.changed;
}

async function filesOf({ path, endings }: Directory): Promise<Found[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch(() => []);
  const names = entries.filter(
    (entry) =>
      !entry.name.startsWith('.') &&
      endings.some((ending) => entry.name.endsWith(ending)) &&
      (entry.isFile() || (entry.isSymbolicLink() && entry.name !== LATEST)),
  );
  const found = await inTurn(names, async ({ name }) => {
    const file = join(path, name);
    const about = await stat(file).catch(() => undefined);
    // A link to a pipe would hang whoever opens it.
    return about?.isFile() ? { path: file, size: about.size, changed: about.mtimeMs } : undefined;
  });
  return found.filter((each): each is Found => each !== undefined);
}

async function inTurn<T, R>(items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    for (let place = next++; place < items.length; place = next++) results[place] = await work(items[place] as T);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** The files that go with a trace when it is deleted: its index, and the link to the latest that leads to it. */
export async function belongings(trace: string): Promise<string[]> {
  if ((await lstat(trace)).isSymbolicLink()) return [];
  const link = join(dirname(trace), LATEST);
  const target = await readlink(link).catch(() => undefined);
  return [`${trace}.n3ix`, ...(target !== undefined && resolve(dirname(link), target) === trace ? [link] : [])];
}
