// Above an app: how its last run ended, a link that replays it, and one that runs it again.

import { access } from 'node:fs/promises';
import * as vscode from 'vscode';
import { ago } from '../traces/amounts';
import { pickTrace } from '../traces/choice';
import { beganAt } from '../traces/listing';
import { declarationOf, runsOf } from '../traces/matching';
import { folderOf, recordings } from '../traces/recordings';
import { replay } from '../traces/replay';
import { statusOf, type Summary } from '../traces/summary';
import { title } from '../traces/wording';

const MINUTE_MS = 60_000;

/** Registers the lenses above apps. */
export function registerCodeLens(context: vscode.ExtensionContext): void {
  const lenses = new Lenses();
  context.subscriptions.push(
    lenses,
    vscode.languages.registerCodeLensProvider([{ language: 'namel3ss' }, { pattern: '**/*.ai' }], lenses),
    vscode.commands.registerCommand('namel3ss.traces.pickRun', async (runs: readonly Summary[]) => {
      const path = await pickTrace(undefined, runs);
      if (path !== undefined) await replay(path, appOf(runs.find((run) => run.path === path)));
    }),
  );
}

class Lenses implements vscode.CodeLensProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly subscriptions: vscode.Disposable[];
  /** "2 min ago" grows old while a file stays open. */
  private readonly clock = setInterval(() => {
    if (vscode.window.visibleTextEditors.some(({ document }) => isApp(document))) this.changed.fire();
  }, MINUTE_MS);

  constructor() {
    this.subscriptions = [
      this.changed,
      recordings().onDidChange(() => this.changed.fire()),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration('namel3ss.codeLens')) this.changed.fire();
      }),
    ];
  }

  readonly onDidChangeCodeLenses = this.changed.event;

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    if (!vscode.workspace.getConfiguration('namel3ss', document).get<boolean>('codeLens', true)) return [];
    if (document.uri.scheme !== 'file') return [];
    const { line, app } = declarationOf(document.getText());
    const folder = vscode.workspace.getWorkspaceFolder(document.uri) ?? folderOf(document.uri.fsPath);
    const { traces } = folder ? await recordings().of(folder) : { traces: [] };
    const runs = await runsOf(traces, { path: document.uri.fsPath, app }, exists);
    const range = new vscode.Range(line, 0, line, 0);
    return [...lensesOf(runs), run(document)].map((command) => new vscode.CodeLens(range, command));
  }

  dispose(): void {
    clearInterval(this.clock);
    vscode.Disposable.from(...this.subscriptions).dispose();
  }
}

function lensesOf(runs: readonly Summary[]): vscode.Command[] {
  const newest = runs[0];
  if (!newest) return [];
  const now = Date.now();
  const status = statusOf(newest, now);
  const told = status === 'unknown' ? ago(newest.changed, now) : `${status} ${when(newest, now)}`;
  const last: vscode.Command = {
    command: 'namel3ss.traces.replay',
    title: `Replay last run · ${told.trim()}`,
    tooltip: `Walk through the run of ${title(newest)}, forwards and backwards`,
    arguments: [{ kind: 'trace', trace: newest }],
  };
  if (runs.length === 1) return [last];
  const all = {
    command: 'namel3ss.traces.pickRun',
    title: `${runs.length} runs…`,
    tooltip: 'Choose among the runs of this app',
  };
  return [last, { ...all, arguments: [runs] }];
}

function when(trace: Summary, now: number): string {
  return statusOf(trace, now) === 'running' ? '' : ago(beganAt(trace) + (trace.durationMs ?? 0), now);
}

function run(document: vscode.TextDocument): vscode.Command {
  const tooltip = 'Run this app, record it, then walk through the recording';
  return { command: 'namel3ss.runAndTrace', title: 'Run and trace', tooltip, arguments: [document.uri] };
}

function appOf(trace: Summary | undefined): string | undefined {
  return trace && title(trace);
}

function isApp(document: vscode.TextDocument): boolean {
  return document.languageId === 'namel3ss' || document.fileName.endsWith('.ai');
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
