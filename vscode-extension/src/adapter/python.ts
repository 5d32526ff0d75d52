// Which Python runs the debug adapter: the nearest wish wins, and nothing of another extension is needed.
// Folder environments and settings of a folder count only where the folder is trusted: they are programs to be run.

import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import * as path from 'node:path';
import * as vscode from 'vscode';

const PYTHON_EXTENSION = 'ms-python.python';
const IN_ENVIRONMENT = process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python'];
const ON_PATH = process.platform === 'win32' ? ['python.exe', 'py.exe'] : ['python3', 'python'];

interface PythonApi {
  environments?: {
    getActiveEnvironmentPath?(resource?: vscode.Uri): { path?: string } | undefined;
    resolveEnvironment?(environment: unknown): Promise<{ executable?: { uri?: vscode.Uri } } | undefined>;
  };
}

/** Where an interpreter came from, for messages. */
export interface Interpreter {
  path: string;
  source: string;
}

/** The interpreter for a folder: `wish` first, then settings, the Python extension, `.venv`, and the path. */
export async function findPython(folder?: vscode.WorkspaceFolder, wish?: string): Promise<Interpreter | undefined> {
  if (wish) return { path: expanded(wish, folder), source: "'python' in the debug configuration" };
  const setting = vscode.workspace.getConfiguration('namel3ss', folder).get<string>('pythonPath');
  if (setting) return { path: expanded(setting, folder), source: 'the setting namel3ss.pythonPath' };
  const chosen = await chosenInPythonExtension(folder);
  if (chosen) return { path: chosen, source: 'the Python extension' };
  if (folder && vscode.workspace.isTrusted) {
    for (const name of ['.venv', 'venv']) {
      const candidate = path.join(folder.uri.fsPath, name, ...IN_ENVIRONMENT);
      if (await isExecutable(candidate)) return { path: candidate, source: `${name} of the folder` };
    }
  }
  for (const directory of (process.env.PATH ?? '').split(path.delimiter)) {
    for (const name of ON_PATH) {
      const candidate = path.join(directory, name);
      if (path.isAbsolute(directory) && (await isExecutable(candidate))) return { path: candidate, source: 'the path' };
    }
  }
  return undefined;
}

/** The path of the interpreter for a folder. */
export async function pythonFor(folder?: vscode.WorkspaceFolder): Promise<string | undefined> {
  return (await findPython(folder))?.path;
}

function expanded(text: string, folder?: vscode.WorkspaceFolder): string {
  const root = folder?.uri.fsPath;
  const named = root ? text.replaceAll('${workspaceFolder}', root) : text;
  const home = named.replace(/^~(?=[/\\])/, process.env.HOME ?? process.env.USERPROFILE ?? '~');
  return root && /[/\\]/.test(home) && !path.isAbsolute(home) ? path.join(root, home) : home;
}

async function chosenInPythonExtension(folder?: vscode.WorkspaceFolder): Promise<string | undefined> {
  const extension = vscode.extensions.getExtension<PythonApi>(PYTHON_EXTENSION);
  if (!extension) return undefined;
  try {
    const { environments } = extension.isActive ? extension.exports : await extension.activate();
    const active = environments?.getActiveEnvironmentPath?.(folder?.uri);
    const resolved = active && (await environments?.resolveEnvironment?.(active));
    return resolved?.executable?.uri?.fsPath;
  } catch {
    return undefined; // another extension's trouble is no reason to find no Python at all
  }
}

async function isExecutable(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
