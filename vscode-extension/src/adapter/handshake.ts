// Whether a Python can run the debug adapter that this extension needs; asked before a session is begun, because a
// process that ends at once leaves the person with nothing but its exit code.

import { execFile } from 'node:child_process';

/** What a Python said when it was asked for the adapter. */
export type Greeting =
  | { kind: 'ready'; version: string; protocol: number }
  | { kind: 'old' | 'new'; version: string; protocol: number }
  | { kind: 'missing' }
  | { kind: 'python'; version: string }
  | { kind: 'broken'; why: string };

const PATIENCE_MS = 20_000;
const LEAST_PYTHON = [3, 11] as const;
const VERSION = /(\d+\.\d+\.\d+\S*)\D+?protocol (\d+)/;

/** How the adapter is called: `-P` keeps modules of the folder that happen to be there from being taken for ours. */
export const ADAPTER = ['-P', '-m', 'dap_adapter'] as const;

/** Ask an interpreter for the adapter's version. */
export async function greet(python: string, needed: number): Promise<Greeting> {
  const { code, out, error } = await run(python, [...ADAPTER, '--version']);
  const greeting = understood(code, out, error, needed);
  return greeting.kind === 'missing' || greeting.kind === 'broken' ? ((await tooOld(python)) ?? greeting) : greeting;
}

/** The package cannot be installed into a Python that is too old; better said before anyone tries. */
async function tooOld(python: string): Promise<Greeting | undefined> {
  const { out } = await run(python, ['-c', 'import sys; print("%d.%d.%d" % sys.version_info[:3])']);
  const match = /^(\d+)\.(\d+)\.\d+$/.exec(out.trim());
  if (!match) return undefined;
  const [major, minor] = [Number(match[1]), Number(match[2])];
  const enough = major > LEAST_PYTHON[0] || (major === LEAST_PYTHON[0] && minor >= LEAST_PYTHON[1]);
  return enough ? undefined : { kind: 'python', version: match[0] };
}

/** What an answer means; `code` is the exit code, or the system's word for why nothing was started. */
export function understood(code: number | string, out: string, error: string, needed: number): Greeting {
  const match = VERSION.exec(out);
  if (code === 0 && match) {
    const [, version = ''] = match;
    const protocol = Number(match[2]);
    return { kind: protocol === needed ? 'ready' : protocol < needed ? 'old' : 'new', version, protocol };
  }
  if (/No module named '?dap_adapter/.test(error)) return { kind: 'missing' };
  if (code === 'ENOENT') return { kind: 'broken', why: 'There is no such program.' };
  if (code === 'EACCES') return { kind: 'broken', why: 'It may not be executed.' };
  const last = error.trim().split('\n').at(-1) ?? '';
  return { kind: 'broken', why: last || `It ended with ${code}.` };
}

function run(python: string, args: readonly string[]): Promise<{ code: number | string; out: string; error: string }> {
  return new Promise((done) => {
    execFile(python, args, { timeout: PATIENCE_MS, windowsHide: true }, (problem, out, error) => {
      done({ code: problem ? (problem.code ?? 'a signal') : 0, out, error });
    });
  });
}
