// The traces in the debug side bar: every recording of the folder with when it was, how it ended, how long it took and
// what it cost; one click looks at it, the button beside it replays it.

import { rm } from 'node:fs/promises';
import { relative } from 'node:path';
import * as vscode from 'vscode';
import { cost, counted, duration, moment, size, whole } from '../traces/amounts';
import { pickTrace, placeOf, SIGNS } from '../traces/choice';
import { belongings, beganAt } from '../traces/listing';
import { recordings, traceDirectory } from '../traces/recordings';
import { replay } from '../traces/replay';
import { statusOf, type Summary } from '../traces/summary';
import { description, SAID, title } from '../traces/wording';

/** The view type of the trace editor. */
const EDITOR = 'namel3ss.trace';

type Element =
  | { kind: 'folder'; folder: vscode.WorkspaceFolder }
  | { kind: 'trace'; trace: Summary }
  | { kind: 'older'; folder: vscode.WorkspaceFolder; count: number };

/** Registers the tree of traces and its commands. */
export function registerTraces(context: vscode.ExtensionContext): void {
  const tree = new TracesTree();
  const view = vscode.window.createTreeView('namel3ss.traces', { treeDataProvider: tree, showCollapseAll: false });
  const add = (name: string, run: (chosen?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`namel3ss.traces.${name}`, run);
  const onTrace = (name: string, run: (path: string, trace?: Summary) => unknown): vscode.Disposable =>
    add(name, async (chosen) => {
      const path = pathOf(chosen ?? view.selection[0]) ?? (await pickTrace());
      if (path !== undefined) await run(path, traceOf(chosen));
    });
  context.subscriptions.push(
    recordings(),
    tree,
    view,
    add('refresh', () => recordings().refresh()),
    add('chooseFolder', chooseFolder),
    add('showOlder', (chosen) => {
      if (isElement(chosen) && chosen.kind === 'older') recordings().showOlder(chosen.folder);
    }),
    onTrace('replay', (path, trace) => replay(path, trace && title(trace))),
    onTrace('open', (path) => vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), EDITOR)),
    onTrace('openAsText', (path) =>
      vscode.commands.executeCommand('vscode.openWith', vscode.Uri.file(path), 'default'),
    ),
    onTrace('reveal', reveal),
    onTrace('delete', remove),
  );
}

class TracesTree implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscription = recordings().onDidChange(() => this.changed.fire());
  readonly onDidChangeTreeData = this.changed.event;

  async getChildren(element?: Element): Promise<Element[]> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (element) return element.kind === 'folder' ? rowsOf(element.folder) : [];
    if (folders.length === 1 && folders[0]) return rowsOf(folders[0]);
    const listed = await Promise.all(folders.map((folder) => recordings().of(folder)));
    // Folders without traces are left out; when there are none at all, the view says what to do.
    return folders.filter((_, place) => listed[place]?.traces.length).map((folder) => ({ kind: 'folder', folder }));
  }

  getTreeItem(element: Element): vscode.TreeItem {
    if (element.kind === 'trace') return traceItem(element.trace);
    if (element.kind === 'folder') {
      const item = new vscode.TreeItem(element.folder.name, vscode.TreeItemCollapsibleState.Expanded);
      item.id = element.folder.uri.toString();
      item.iconPath = vscode.ThemeIcon.Folder;
      item.resourceUri = element.folder.uri;
      return item;
    }
    const item = new vscode.TreeItem(`Show Older Traces (${counted(element.count, 'file')})`);
    item.iconPath = new vscode.ThemeIcon('ellipsis');
    item.command = { command: 'namel3ss.traces.showOlder', title: 'Show Older Traces', arguments: [element] };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, element: Element): vscode.TreeItem {
    if (element.kind === 'trace') item.tooltip = tooltip(element.trace);
    return item;
  }

  dispose(): void {
    this.subscription.dispose();
    this.changed.dispose();
  }
}

async function rowsOf(folder: vscode.WorkspaceFolder): Promise<Element[]> {
  const { traces, older } = await recordings().of(folder);
  const rows: Element[] = traces.map((trace) => ({ kind: 'trace', trace }));
  return older > 0 ? [...rows, { kind: 'older', folder, count: older }] : rows;
}

function traceItem(trace: Summary): vscode.TreeItem {
  const now = Date.now();
  const status = statusOf(trace, now);
  const { icon, colour } = SIGNS[status];
  const item = new vscode.TreeItem(title(trace));
  item.id = trace.path;
  item.description = description(trace, now);
  item.iconPath = new vscode.ThemeIcon(icon, colour === undefined ? undefined : new vscode.ThemeColor(colour));
  item.contextValue = 'trace';
  item.accessibilityInformation = { label: `${title(trace)}, ${SAID[status]}, ${item.description}`, role: 'treeitem' };
  item.command = {
    command: 'namel3ss.traces.open',
    title: 'Open Trace',
    arguments: [{ kind: 'trace', trace } satisfies Element],
  };
  return item;
}

function tooltip(trace: Summary): vscode.MarkdownString {
  const now = Date.now();
  const facts: [string, string | undefined][] = [
    ['Began', `${moment(beganAt(trace), 0)}`],
    ['Duration', trace.durationMs === undefined ? undefined : duration(trace.durationMs)],
    ['Events', trace.events === undefined ? undefined : whole(trace.events)],
    ['Tokens', trace.tokens === undefined ? undefined : whole(trace.tokens)],
    ['Cost', trace.cost === undefined ? undefined : cost(trace.cost)],
    ['Program', trace.program === undefined ? undefined : placeOf(trace.program)],
    ['File', `${placeOf(trace.path)}, ${size(trace.size)}`],
  ];
  const text = new vscode.MarkdownString(undefined, true);
  text.isTrusted = false;
  const { icon } = SIGNS[statusOf(trace, now)];
  text.appendMarkdown(`$(${icon.replace('~spin', '')}) **`).appendText(title(trace));
  text.appendMarkdown('** ').appendText(SAID[statusOf(trace, now)]).appendMarkdown('\n\n');
  if (trace.error) text.appendCodeblock(trace.error.split('\n').slice(0, 6).join('\n').slice(0, 600), 'text');
  for (const [name, value] of facts) {
    if (value !== undefined) text.appendMarkdown(`${name}: `).appendText(value).appendMarkdown('  \n');
  }
  return text;
}

async function reveal(path: string): Promise<void> {
  const uri = vscode.Uri.file(path);
  const inside = vscode.workspace.getWorkspaceFolder(uri);
  await vscode.commands.executeCommand(inside ? 'revealInExplorer' : 'revealFileInOS', uri);
}

async function remove(path: string, trace?: Summary): Promise<void> {
  const what = trace ? `the trace of ${title(trace)}, ${description(trace, Date.now())}` : `the trace ${placeOf(path)}`;
  const uri = vscode.Uri.file(path);
  // Where the files are on another machine there is no trash; that is not asked for in two questions.
  const hasTrash = vscode.env.remoteName === undefined;
  const forGood = 'There is no trash here: it will be gone for good.';
  const detail = `${placeOf(path)}${hasTrash ? '' : `\n\n${forGood}`}`;
  if (!(await isSure(`Do you want to delete ${what}?`, detail))) return;
  const others = await belongings(path).catch(() => []);
  try {
    await vscode.workspace.fs.delete(uri, { useTrash: hasTrash });
  } catch (problem) {
    if (!hasTrash || !(await isSure(`Do you want to delete ${what} all the same?`, forGood))) throw problem;
    await vscode.workspace.fs.delete(uri);
  }
  for (const other of others) await rm(other, { force: true });
  recordings().refresh();
}

async function isSure(question: string, detail: string): Promise<boolean> {
  const yes = 'Delete';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, yes)) === yes;
}

async function chooseFolder(): Promise<void> {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const folder = folders.length > 1 ? await vscode.window.showWorkspaceFolderPick() : folders[0];
  if (!folder) {
    if (folders.length === 0)
      void vscode.window.showInformationMessage(
        'No folder is open. Open the folder of your app, then choose its traces.',
      );
    return;
  }
  const chosen = await vscode.window.showOpenDialog({
    title: 'Choose the folder of traces',
    openLabel: 'Choose',
    canSelectFiles: false,
    canSelectFolders: true,
    defaultUri: vscode.Uri.file(traceDirectory(folder)),
  });
  const path = chosen?.[0]?.fsPath;
  if (path === undefined) return;
  const inside = relative(folder.uri.fsPath, path).replaceAll('\\', '/');
  const isInside = !inside.startsWith('..') && vscode.workspace.getWorkspaceFolder(vscode.Uri.file(path)) === folder;
  const target = folders.length > 1 ? vscode.ConfigurationTarget.WorkspaceFolder : vscode.ConfigurationTarget.Workspace;
  await vscode.workspace
    .getConfiguration('namel3ss', folder)
    .update('tracesDirectory', isInside ? inside || '.' : path, target);
}

/** The trace that a command is about: a row of the tree, a file of the explorer, or a path. */
function pathOf(chosen: unknown): string | undefined {
  if (typeof chosen === 'string') return chosen;
  if (chosen instanceof vscode.Uri) return chosen.fsPath;
  return traceOf(chosen)?.path;
}

function traceOf(chosen: unknown): Summary | undefined {
  return isElement(chosen) && chosen.kind === 'trace' ? chosen.trace : undefined;
}

function isElement(chosen: unknown): chosen is Element {
  return typeof chosen === 'object' && chosen !== null && 'kind' in chosen;
}
