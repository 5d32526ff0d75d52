// Debug configurations: those that a new launch.json gets, those that can be chosen without one, and what is filled in
// before a session begins.

import { existsSync } from 'node:fs';
import * as path from 'node:path';
import * as vscode from 'vscode';
import { readyPython } from '../adapter/installation';
import { TYPE } from '../session/sessions';
import { latestTrace, pickTrace, recentTraces } from '../traces/choice';
import { type Configuration, completed, complaint, guessed } from './completion';

const RECENT = 5;

/** Registers what fills in debug configurations, and the two commands behind their variables. */
export function registerConfigurations(context: vscode.ExtensionContext): void {
  const initial: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: () => INITIAL.map((each) => ({ ...each })),
    resolveDebugConfiguration: (folder, configuration) => known(folder, configuration),
    resolveDebugConfigurationWithSubstitutedVariables: (folder, configuration) => ready(folder, configuration),
  };
  const dynamic: vscode.DebugConfigurationProvider = { provideDebugConfigurations: (folder) => offered(folder) };
  context.subscriptions.push(
    vscode.debug.registerDebugConfigurationProvider(TYPE, initial),
    vscode.debug.registerDebugConfigurationProvider(
      TYPE,
      dynamic,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
    vscode.commands.registerCommand('namel3ss.pickTrace', () => pickTrace(currentFolder())),
    vscode.commands.registerCommand('namel3ss.latestTrace', () => latestOrSentence(currentFolder())),
  );
}

/** The folder of the active editor, else the first. */
export function currentFolder(): vscode.WorkspaceFolder | undefined {
  const document = vscode.window.activeTextEditor?.document;
  return (document && vscode.workspace.getWorkspaceFolder(document.uri)) ?? vscode.workspace.workspaceFolders?.[0];
}

/** The newest trace, or a sentence about where traces come from. */
export async function latestOrSentence(folder: vscode.WorkspaceFolder | undefined): Promise<string | undefined> {
  const latest = await latestTrace(folder);
  if (!latest) {
    const run = 'Run and Trace This App';
    void vscode.window
      .showInformationMessage('There is no trace here yet. Run an app with tracing to make one.', run)
      .then((chosen) => (chosen === run ? vscode.commands.executeCommand('namel3ss.runAndTrace') : undefined));
  }
  return latest;
}

const INITIAL: readonly vscode.DebugConfiguration[] = [
  { name: 'Replay the latest trace', type: TYPE, request: 'launch', trace: '${command:latestTrace}' },
  { name: 'Pick a trace to replay', type: TYPE, request: 'launch', trace: '${command:pickTrace}' },
  { name: 'Run and trace this app', type: TYPE, request: 'launch', program: '${file}' },
  { name: 'Follow a run', type: TYPE, request: 'attach', trace: '${command:latestTrace}', follow: true },
];

async function offered(folder: vscode.WorkspaceFolder | undefined): Promise<vscode.DebugConfiguration[]> {
  const file = vscode.window.activeTextEditor?.document.uri.fsPath;
  const app = file?.endsWith('.ai') ? guessed({ file }) : undefined;
  const traces = (await recentTraces(folder)).slice(0, RECENT).map((trace) => guessed({ latest: trace }));
  return [app, ...traces].filter((each): each is vscode.DebugConfiguration => each !== undefined);
}

async function known(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  if (configuration.type || configuration.request || configuration.name) return configuration;
  const file = vscode.window.activeTextEditor?.document.uri.fsPath ?? activeCustomFile();
  const guess = guessed({ file, latest: await latestTrace(folder ?? currentFolder()) });
  if (guess) return guess as vscode.DebugConfiguration;
  await latestOrSentence(undefined);
  return undefined;
}

async function ready(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): Promise<vscode.DebugConfiguration | undefined> {
  const complete = completed(configuration, (folder ?? currentFolder())?.uri.fsPath) as vscode.DebugConfiguration;
  const wrong = complaint(complete, existsSync);
  if (wrong) {
    await complain(wrong, complete);
    return undefined;
  }
  if (complete.request === 'attach' && typeof complete.port === 'number') return complete;
  const python = await readyPython(folder ?? currentFolder(), text(complete.python));
  return python && { ...complete, python: python.path };
}

async function complain(sentence: string, configuration: Configuration): Promise<void> {
  const open = 'Open launch.json';
  const pick = 'Pick a Trace';
  const ways = typeof configuration.program === 'string' ? [open] : [pick, open];
  const chosen = await vscode.window.showErrorMessage(sentence, ...ways);
  if (chosen === open) await vscode.commands.executeCommand('workbench.action.debug.configure');
  if (chosen === pick) await vscode.commands.executeCommand('namel3ss.replayTrace');
}

function activeCustomFile(): string | undefined {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && path.extname(input.uri.fsPath) ? input.uri.fsPath : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value ? value : undefined;
}
