// The folders that are opened: an example of the repository with its launch configurations and fresh traces.
import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const REPOSITORY = fileURLToPath(new URL('../../../../', import.meta.url));
const TEMPLATE = fileURLToPath(new URL('../../workspace', import.meta.url));
const run = promisify(execFile);

/** The Python that has the package under test. */
export const PYTHON = process.env.N3_PYTHON ?? path.join(REPOSITORY, '.venv/bin/python');

/** Runs Python in the repository, or in another folder. */
export const python = (args, cwd = REPOSITORY) =>
  run(PYTHON, args, { cwd, env: { ...process.env, PYTHONPATH: REPOSITORY }, maxBuffer: 1 << 26 });

/** Makes a folder of an example and a recording of it; `remove` takes it away again. */
export async function makeWorkspace(example, { input, traces = ['debug/traces/run.jsonl'] } = {}) {
  const top = mkdtempSync(path.join(tmpdir(), 'n3-app-'));
  const folder = path.join(top, example.replaceAll('_', '-'));
  cpSync(TEMPLATE, folder, { recursive: true });
  if (existsSync(path.join(REPOSITORY, 'examples', example))) {
    for (const name of ['app.ai', 'tools.py']) {
      cpSync(path.join(REPOSITORY, 'examples', example, name), path.join(folder, name));
    }
  }
  for (const trace of traces) await record(folder, trace, input);
  return {
    folder,
    path: (name) => path.join(folder, name),
    read: (name) => readFileSync(path.join(folder, name), 'utf8'),
    lineOf: (text) => lineOf(readFileSync(path.join(folder, 'app.ai'), 'utf8'), text),
    run: (trace = traces[0]) => new Recording(path.join(folder, trace)),
    remove: () => rmSync(top, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }),
  };
}

/** Records the app of a folder. */
export async function record(folder, trace, input) {
  mkdirSync(path.dirname(path.join(folder, trace)), { recursive: true });
  const told = input === undefined ? [] : ['--run-args', JSON.stringify({ input })];
  await python(['-m', 'namel3ss_dbg', 'debug', 'trace', 'app.ai', '-o', trace, ...told], folder);
}

/** Writes a trace of so many events, the same bytes each time, and a program that its lines lie in. */
export async function makeBigTrace(file, events) {
  mkdirSync(path.dirname(file), { recursive: true });
  const program =
    'import sys, pathlib; from benchmarks.traces import write_trace; write_trace(pathlib.Path(sys.argv[1]), int(sys.argv[2]))';
  await python(['-c', program, file, String(events)]);
}

function lineOf(source, text) {
  const index = source.split('\n').findIndex((line) => line.includes(text));
  if (index < 0) throw new Error(`there is no line with ${text}`);
  return index + 1;
}

/** What was recorded, so that a test says what it expects in terms of the run and not in numbers. */
export class Recording {
  constructor(file) {
    this.file = file;
    this.events = readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
  }

  /** The moment of the n-th event of this type and component's name. */
  moment(type, name, nth = 1) {
    let left = nth;
    const found = this.events.findIndex(
      (event) => event.event_type === type && (name === undefined || event.component_name === name) && --left === 0,
    );
    if (found < 0) throw new Error(`nothing like ${type} ${name ?? ''} ${nth} was recorded`);
    return found;
  }

  /** All moments of events of this type. */
  moments(type) {
    return this.events.flatMap((event, moment) => (event.event_type === type ? [moment] : []));
  }

  /** The line that an event comes from. */
  line(moment) {
    return this.events[moment].metadata?.source?.line;
  }
}
