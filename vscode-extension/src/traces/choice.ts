// Which trace is meant when none was named: the newest, or the one that a person picks.

import { relative } from 'node:path';
import * as vscode from 'vscode';
import { beganAt } from './listing';
import { folderOf, recordings } from './recordings';
import { statusOf, type Status, type Summary } from './summary';
import { description, title } from './wording';

/** The sign of how a run ended, by the name of an icon. */
export const SIGNS: Record<Status, { icon: string; colour?: string }> = {
  completed: { icon: 'pass', colour: 'testing.iconPassed' },
  failed: { icon: 'error', colour: 'testing.iconFailed' },
  cancelled: { icon: 'circle-slash', colour: 'testing.iconSkipped' },
  crashed: { icon: 'warning', colour: 'list.warningForeground' },
  running: { icon: 'sync~spin' },
  unknown: { icon: 'question' },
};

interface Choice extends vscode.QuickPickItem {
  path?: string;
}

/** The newest trace of a folder; without one, of all folders. */
export async function latestTrace(folder?: vscode.WorkspaceFolder): Promise<string | undefined> {
  return (await recentTraces(folder))[0];
}

/** The traces of a folder, newest first, as they are now; without one, of all folders. */
export async function recentTraces(folder?: vscode.WorkspaceFolder): Promise<string[]> {
  recordings().refresh();
  return (await tracesOf(folder)).map((trace) => trace.path);
}

/** The trace that a person picks, from a folder's or from all; undefined when they think better of it. */
export async function pickTrace(
  folder?: vscode.WorkspaceFolder,
  among?: readonly Summary[],
): Promise<string | undefined> {
  const traces: Promise<readonly Summary[]> = among ? Promise.resolve(among) : tracesOf(folder);
  const choice = await vscode.window.showQuickPick<Choice>(traces.then(choices), {
    title: 'Replay a trace',
    placeHolder: 'Newest first. Type to search by app, time or file.',
    matchOnDescription: true,
    matchOnDetail: true,
  });
  return choice && (choice.path ?? browse(folder));
}

async function tracesOf(folder?: vscode.WorkspaceFolder): Promise<Summary[]> {
  const folders = folder ? [folder] : (vscode.workspace.workspaceFolders ?? []);
  const listed = await Promise.all(folders.map((each) => recordings().of(each)));
  const traces = listed.flatMap((each) => each.traces);
  return folders.length > 1 ? traces.sort((a, b) => beganAt(b) - beganAt(a)) : traces;
}

function choices(traces: readonly Summary[]): Choice[] {
  const now = Date.now();
  const items: Choice[] = traces.map((trace) => ({
    label: `$(${SIGNS[statusOf(trace, now)].icon}) ${title(trace).replaceAll('$(', '$\u2060(')}`,
    description: description(trace, now),
    detail: placeOf(trace.path),
    path: trace.path,
  }));
  const separator: Choice[] = items.length > 0 ? [{ label: '', kind: vscode.QuickPickItemKind.Separator }] : [];
  return [...items, ...separator, { label: '$(folder-opened) Browse…', description: 'a trace that is somewhere else' }];
}

/** A path, relative to its folder when it lies in one. */
export function placeOf(path: string): string {
  const folder = folderOf(path);
  const inside = folder && relative(folder.uri.fsPath, path);
  return inside && !inside.startsWith('..') ? inside : path;
}

async function browse(folder?: vscode.WorkspaceFolder): Promise<string | undefined> {
  const start = folder ?? vscode.workspace.workspaceFolders?.[0];
  const chosen = await vscode.window.showOpenDialog({
    title: 'Choose a trace to replay',
    openLabel: 'Replay',
    filters: { Traces: ['jsonl', 'json'], 'All files': ['*'] },
    ...(start ? { defaultUri: start.uri } : {}),
  });
  return chosen?.[0]?.fsPath;
}
