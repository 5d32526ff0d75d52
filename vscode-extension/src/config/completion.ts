// What a debug configuration lacks and the adapter needs: absolute paths, our events, and a sentence about what cannot be.

import * as path from 'node:path';

/** A debug configuration as it is passed around by VS Code. */
export type Configuration = Record<string, unknown>;

/** What there is to be replayed or run when nothing was said. */
export interface Surroundings {
  /** The file of the active editor. */
  file?: string | undefined;
  /** The newest recording of the folder. */
  latest?: string | undefined;
}

const PATHS = ['trace', 'program', 'cwd', 'logToFile'] as const;

/** A configuration for F5 without any: run the app that is open, walk the trace that is open, or the newest one. */
export function guessed({ file, latest }: Surroundings): Configuration | undefined {
  const base = { type: 'namel3ss', request: 'launch' };
  if (file?.endsWith('.ai')) return { ...base, name: `Run and trace ${path.basename(file)}`, program: file };
  if (file?.endsWith('.jsonl')) return { ...base, name: `Replay ${path.basename(file)}`, trace: file };
  if (latest) return { ...base, name: `Replay ${path.basename(latest)}`, trace: latest };
  return undefined;
}

/** The configuration as the adapter takes it: relative paths count from the folder. */
export function completed(configuration: Configuration, folder?: string): Configuration {
  const complete: Configuration = { ...configuration, positionEvents: true };
  for (const key of PATHS) {
    const value = complete[key];
    if (typeof value === 'string' && value && folder && !path.isAbsolute(value) && !value.startsWith('~')) {
      complete[key] = path.join(folder, value);
    }
  }
  const roots = complete.sourceRoot ?? folder; // traces are seldom beside the programs that they tell of
  if (folder && (typeof roots === 'string' || Array.isArray(roots))) {
    complete.sourceRoot = (Array.isArray(roots) ? roots : [roots]).map((root) =>
      typeof root === 'string' && !path.isAbsolute(root) && !root.startsWith('~') ? path.join(folder, root) : root,
    );
  }
  if (complete.cwd === undefined && folder && complete.program !== undefined) complete.cwd = folder;
  return complete;
}

/** What about a configuration cannot be, as a sentence; nothing if it may be tried. */
export function complaint(configuration: Configuration, exists: (file: string) => boolean): string | undefined {
  const { request, trace, program, port } = configuration;
  if (request === 'attach' && typeof port === 'number') return undefined;
  if (typeof trace !== 'string' && typeof program !== 'string') {
    return "This configuration says nothing to debug: name a recording with 'trace', or an app with 'program'.";
  }
  if (request === 'attach' && typeof trace !== 'string') {
    return "To attach, name the 'trace' that is being written, or the 'port' of a debug adapter that is running.";
  }
  if (typeof program === 'string' && !exists(program)) return `There is no app ${program}.`;
  if (typeof program !== 'string' && typeof trace === 'string' && !exists(trace) && configuration.follow !== true) {
    return `There is no trace ${trace}.`;
  }
  return undefined;
}
