// The recordings of each workspace folder: those in its trace directory, and those at its top, where the command line
// leaves them. Whoever lists them is told when they have changed.

import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve } from 'node:path';
import * as vscode from 'vscode';
import { Listing, type Directory, type Listed } from './listing';
import { statusOf } from './summary';

/** How many recordings are read of a folder, until older ones are asked for. */
export const PAGE = 200;

const SETTLED_MS = 400;
const RUNNING_MS = 5_000;
const TRACES = ['.jsonl', '.json'];

let shared: Recordings | undefined;

/** The recordings of this window. */
export function recordings(): Recordings {
  return (shared ??= new Recordings());
}

/** Lists and watches recordings. */
export class Recordings implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly listings = new Map<string, Listing>();
  private readonly pages = new Map<string, number>();
  private readonly kept = new Map<string, Promise<Listed>>();
  private watchers: vscode.Disposable[] = [];
  private readonly subscriptions: vscode.Disposable[];
  private pending: NodeJS.Timeout | undefined;
  private running: NodeJS.Timeout | undefined;

  constructor() {
    this.subscriptions = [
      this.changed,
      vscode.workspace.onDidChangeWorkspaceFolders(() => this.watch()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('namel3ss.tracesDirectory')) this.watch();
      }),
    ];
    this.watch();
  }

  /** Fires when recordings may have come, grown or gone. */
  readonly onDidChange = this.changed.event;

  /** The recordings of a folder, newest first. */
  of(folder: vscode.WorkspaceFolder): Promise<Listed> {
    const key = folder.uri.toString();
    let listed = this.kept.get(key);
    if (!listed) {
      listed = this.look(folder);
      this.kept.set(key, listed);
    }
    return listed;
  }

  /** Read older recordings of a folder, too. */
  showOlder(folder: vscode.WorkspaceFolder): void {
    const key = folder.uri.toString();
    this.pages.set(key, (this.pages.get(key) ?? 1) + 1);
    this.refresh();
  }

  /** Look again. */
  refresh(): void {
    this.kept.clear();
    this.changed.fire();
  }

  dispose(): void {
    clearTimeout(this.pending);
    clearTimeout(this.running);
    vscode.Disposable.from(...this.subscriptions, ...this.watchers).dispose();
    if (shared === this) shared = undefined;
  }

  private async look(folder: vscode.WorkspaceFolder): Promise<Listed> {
    const key = folder.uri.toString();
    const listing = this.listings.get(key) ?? new Listing();
    this.listings.set(key, listing);
    const listed = await listing.look(directoriesOf(folder), PAGE * (this.pages.get(key) ?? 1));
    // A run that is killed writes nothing more: only looking again tells.
    if (listed.traces.some((trace) => statusOf(trace, Date.now()) === 'running')) {
      this.running ??= setTimeout(() => {
        this.running = undefined;
        this.refresh();
      }, RUNNING_MS);
    }
    return listed;
  }

  private watch(): void {
    vscode.Disposable.from(...this.watchers).dispose();
    this.watchers = (vscode.workspace.workspaceFolders ?? []).flatMap((folder) =>
      patternsOf(folder).flatMap((pattern) => {
        const watcher = vscode.workspace.createFileSystemWatcher(pattern);
        const touched = (): void => this.touched();
        return [watcher, watcher.onDidCreate(touched), watcher.onDidChange(touched), watcher.onDidDelete(touched)];
      }),
    );
    this.refresh();
  }

  private touched(): void {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      this.refresh();
    }, SETTLED_MS);
  }
}

/** Where the traces of a folder are by its settings. */
export function traceDirectory(folder: vscode.WorkspaceFolder): string {
  const said = vscode.workspace.getConfiguration('namel3ss', folder).get<string>('tracesDirectory', '').trim();
  const path = said.replace('${workspaceFolder}', folder.uri.fsPath).replace(/^~(?=$|[\\/])/, homedir());
  return resolve(folder.uri.fsPath, path || '.');
}

function directoriesOf(folder: vscode.WorkspaceFolder): Directory[] {
  const [top, traces] = [folder.uri.fsPath, traceDirectory(folder)];
  const atTop = { path: top, endings: traces === top ? TRACES : TRACES.slice(0, 1) };
  return traces === top ? [atTop] : [{ path: traces, endings: TRACES }, atTop];
}

function patternsOf(folder: vscode.WorkspaceFolder): vscode.RelativePattern[] {
  const traces = traceDirectory(folder);
  const inside = relative(folder.uri.fsPath, traces).replaceAll('\\', '/');
  const top = new vscode.RelativePattern(folder, '*.jsonl');
  if (inside === '') return [top, new vscode.RelativePattern(folder, '*.json')];
  if (inside.startsWith('..') || isAbsolute(inside))
    return [top, new vscode.RelativePattern(vscode.Uri.file(traces), '*.{jsonl,json}')];
  // The directory itself, too: when it is deleted as a whole, its files are not told of one by one.
  return [
    top,
    new vscode.RelativePattern(folder, inside),
    new vscode.RelativePattern(folder, `${inside}/*.{jsonl,json}`),
  ];
}

/** The folder whose recordings hold a trace, else the one that it lies in. */
export function folderOf(trace: string): vscode.WorkspaceFolder | undefined {
  const folders = vscode.workspace.workspaceFolders ?? [];
  const within = (directory: string): boolean => !relative(directory, trace).startsWith('..');
  return (
    folders.find(
      (folder) => join(traceDirectory(folder), '.') !== folder.uri.fsPath && within(traceDirectory(folder)),
    ) ??
    vscode.workspace.getWorkspaceFolder(vscode.Uri.file(trace)) ??
    folders[0]
  );
}
