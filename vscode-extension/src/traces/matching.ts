// Which recordings are of which program. A trace names the file that ran by its path, which may be relative to where it
// was run; one that was made elsewhere is known by the file's name and the app's.

import { basename, dirname, isAbsolute, resolve } from 'node:path';
import type { Summary } from './summary';

const WINDOWS = process.platform === 'win32';
const LEVELS = 4;
const QUOTES = '"""';

/** A program as it stands in the editor. */
export interface Program {
  path: string;
  /** The name of its app; absent when it declares none. */
  app?: string;
}

/** The line, counted from 0, on which a program declares its app, and the app's name. */
export function declarationOf(text: string): { line: number; app?: string } {
  let isText = false;
  for (const [line, content] of text.split(/\r?\n/).entries()) {
    const app = isText ? undefined : /^\s*app\s+"((?:[^"\\]|\\.){0,200})"/.exec(content)?.[1];
    if (app !== undefined) return { line, app };
    if (content.split(QUOTES).length % 2 === 0) isText = !isText;
  }
  return { line: 0 };
}

/** The runs of a program. */
export async function runsOf(
  traces: readonly Summary[],
  program: Program,
  exists: (path: string) => Promise<boolean>,
): Promise<Summary[]> {
  const here = normal(program.path);
  const runs = await Promise.all(
    traces.map(async (trace) => {
      if (trace.program === undefined) return false;
      const places = placesOf(trace.program, trace.path);
      if (places.some((place) => normal(place) === here)) return true;
      const isAlike = basename(normal(trace.program)) === basename(here) && trace.app === program.app;
      return isAlike && !(await Promise.all(places.map(exists))).includes(true);
    }),
  );
  return traces.filter((_, place) => runs[place]);
}

/** Where a file that a trace names may be: a relative path is sought from where the trace lies upwards. */
export function placesOf(file: string, trace: string): string[] {
  if (isAbsolute(file) || /^[a-z]:[\\/]/i.test(file)) return [file];
  return Array.from({ length: LEVELS }, (_, level) => resolve(dirname(trace), '../'.repeat(level), file));
}

function normal(path: string): string {
  const slashes = path.replaceAll('\\', '/');
  return WINDOWS ? slashes.toLowerCase() : slashes;
}
