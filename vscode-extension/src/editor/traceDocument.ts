// An open trace, as the editors that show it share it: its lines, found bit by bit, and found again when the file on
// disk has changed.

import { stat } from 'node:fs/promises';
import { basename, dirname, extname } from 'node:path';
import * as vscode from 'vscode';
import { Lines } from '../traces/lines';

/** What has happened to the lines: there are more, or they are others. */
export type Growth = 'more' | 'others' | 'gone';

const SETTLED_MS = 250;
const TOLD_EVERY_MS = 60;

/** A trace that is open in editors. */
export class TraceDocument implements vscode.CustomDocument {
  /** Whether all of the file was read. */
  complete = false;
  /** Bytes of the file. */
  size = 0;
  /** When the file was last written, in milliseconds since the epoch. */
  changedAt = 0;
  private readonly changed = new vscode.EventEmitter<Growth>();
  private readonly watcher: vscode.FileSystemWatcher;
  private pending: NodeJS.Timeout | undefined;
  private finding: Promise<void> = Promise.resolve();
  private isDisposed = false;

  private constructor(
    readonly uri: vscode.Uri,
    /** The lines so far. */
    public lines: Lines,
  ) {
    const path = uri.fsPath;
    // Not by its name, which may hold characters that mean something in a pattern.
    const pattern = new vscode.RelativePattern(vscode.Uri.file(dirname(path)), `*${extname(path)}`);
    this.watcher = vscode.workspace.createFileSystemWatcher(pattern);
    const touched = (touch: vscode.Uri): void => {
      if (basename(touch.fsPath) === basename(path)) this.touched();
    };
    this.watcher.onDidChange(touched);
    this.watcher.onDidCreate(touched);
    this.watcher.onDidDelete(touched);
    this.find();
  }

  /** Open a trace. */
  static async open(uri: vscode.Uri): Promise<TraceDocument> {
    if (uri.scheme !== 'file') throw new Error('Only a trace on disk can be shown like this. Open it as text instead.');
    return new TraceDocument(uri, await Lines.open(uri.fsPath));
  }

  /** Fires when lines were found, or the file was replaced. */
  readonly onDidChange = this.changed.event;

  dispose(): void {
    this.isDisposed = true;
    clearTimeout(this.pending);
    this.watcher.dispose();
    this.changed.dispose();
    void this.finding.then(() => this.lines.close());
  }

  private touched(): void {
    this.pending ??= setTimeout(() => {
      this.pending = undefined;
      void this.look();
    }, SETTLED_MS);
  }

  /** The file has changed: it has grown, was replaced, or is gone. */
  private async look(): Promise<void> {
    const isGrowth = await this.lines.isGrowthOf(this.uri.fsPath);
    if (this.isDisposed) return;
    if (isGrowth) return this.find();
    const fresh = await Lines.open(this.uri.fsPath).catch(() => undefined);
    if (this.isDisposed) return void fresh?.close();
    if (!fresh) return this.changed.fire('gone');
    const old = this.lines;
    this.lines = fresh;
    void this.finding.then(() => old.close());
    this.changed.fire('others');
    this.find();
  }

  private find(): void {
    const lines = this.lines;
    this.complete = false;
    let told = 0;
    const seen = (): boolean => {
      if (this.isDisposed || lines !== this.lines) return false;
      if (lines.count > 0 && Date.now() - told >= TOLD_EVERY_MS) {
        told = Date.now();
        this.changed.fire('more');
      }
      return true;
    };
    this.finding = this.finding
      .then(async () => {
        const about = await stat(this.uri.fsPath);
        this.size = about.size;
        this.changedAt = about.mtimeMs;
        await lines.find(seen);
      })
      .then(
        () => this.found(lines),
        () => this.found(lines), // it went away while it was read; the watcher tells of that
      );
  }

  private found(lines: Lines): void {
    if (this.isDisposed || lines !== this.lines) return;
    this.complete = true;
    this.changed.fire('more');
  }
}
