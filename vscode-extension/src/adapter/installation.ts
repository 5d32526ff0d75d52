// The way out when no Python can run the adapter: what is wrong, the command that mends it, and nothing done unasked.

import * as vscode from 'vscode';
import { PROTOCOL } from './protocol';
import { type Greeting, greet } from './handshake';
import { type Interpreter, findPython } from './python';

/** What is installed. */
export const PACKAGE = 'namel3ss-dbg';

const greeted = new Map<string, Greeting>();

/** A Python that has the adapter; a sentence with ways out is shown where there is none. */
export async function readyPython(
  folder: vscode.WorkspaceFolder | undefined,
  wish: string | undefined,
): Promise<Interpreter | undefined> {
  const python = await findPython(folder, wish);
  if (!python) {
    await offer('No Python was found. The debugger runs in Python 3.11 or newer.', [selectPython()]);
    return undefined;
  }
  const greeting = greeted.get(python.path) ?? (await greet(python.path, PROTOCOL));
  if (greeting.kind === 'ready') {
    greeted.set(python.path, greeting);
    return python;
  }
  await offer(complaint(greeting, python), waysOut(greeting, python));
  return undefined;
}

/** What is remembered of interpreters counts no more: an adapter has ended by itself. */
export function forgetPythons(): void {
  greeted.clear();
}

/** The command that installs the package, as a person would type it. */
export function installCommand(python: string): string {
  const quoted = /[\s&()'"]/.test(python) ? `"${python}"` : python;
  const call = process.platform === 'win32' && quoted !== python ? `& ${quoted}` : quoted;
  return `${call} -m pip install --upgrade ${PACKAGE}`;
}

/** Opens a terminal with the command that installs the package; `run` presses Enter as well. */
export async function installInTerminal(python: string, { run }: { run: boolean }): Promise<void> {
  const terminal = vscode.window.createTerminal({ name: 'namel3ss: install' });
  terminal.show();
  terminal.sendText(installCommand(python), run);
}

/** Lets a person choose an interpreter, and keeps it in the settings. */
export async function choosePython(): Promise<void> {
  const found = await findPython(vscode.workspace.workspaceFolders?.[0]);
  const current = vscode.workspace.getConfiguration('namel3ss').get<string>('pythonPath');
  const answer = await vscode.window.showInputBox({
    title: 'Python interpreter for the namel3ss debugger',
    prompt: `A path. Empty: find one${found && !current ? ` (now ${found.path}, from ${found.source})` : ''}.`,
    value: current || found?.path,
  });
  if (answer === undefined) return;
  const target = vscode.workspace.workspaceFolders
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  await vscode.workspace.getConfiguration('namel3ss').update('pythonPath', answer.trim() || undefined, target);
}

function complaint(greeting: Greeting, python: Interpreter): string {
  const where = `${python.path} (from ${python.source})`;
  switch (greeting.kind) {
    case 'missing':
      return `The debugger's Python package is not installed in ${where}. Install it with: ${installCommand(python.path)}`;
    case 'old':
      return `${PACKAGE} ${greeting.version} in ${where} is older than this extension needs. Update it with: ${installCommand(python.path)}`;
    case 'new':
      return `${PACKAGE} ${greeting.version} in ${where} is newer than this extension understands. Update the extension.`;
    case 'python':
      return `${where} is Python ${greeting.version}; the debugger needs 3.11 or newer. Select another interpreter.`;
    default:
      return `${where} could not run the debug adapter. ${greeting.kind === 'broken' ? greeting.why : ''}`.trim();
  }
}

interface WayOut {
  title: string;
  go: () => Promise<void>;
}

function waysOut(greeting: Greeting, python: Interpreter): WayOut[] {
  const mend = greeting.kind === 'missing' || greeting.kind === 'old';
  const install: WayOut[] = mend
    ? [{ title: 'Install in a Terminal', go: () => installInTerminal(python.path, { run: true }) }]
    : [];
  return [...install, selectPython()];
}

function selectPython(): WayOut {
  return { title: 'Select Interpreter', go: choosePython };
}

async function offer(sentence: string, ways: readonly WayOut[]): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(sentence, ...ways.map((way) => way.title));
  await ways.find((way) => way.title === chosen)?.go();
}
