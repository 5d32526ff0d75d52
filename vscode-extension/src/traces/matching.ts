// Which recordings are of which program. A trace names the file that ran by its path; one that was made elsewhere is
// known by the file's name and the app's.

import { basename } from 'node:path';
import type { Summary } from './summary';

const WINDOWS = process.platform === 'win32';
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
      const ran = normal(trace.program);
      if (ran === here) return true;
      const isAlike = basename(ran) === basename(here) && program.app !== undefined && trace.app === program.app;
      return isAlike && !(await exists(trace.program));
    }),
  );
  return traces.filter((_, place) => runs[place]);
}

function normal(path: string): string {
  const slashes = path.replaceAll('\\', '/');
  return WINDOWS ? slashes.toLowerCase() : slashes;
}
