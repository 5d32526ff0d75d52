// The commands that start replays and move through them. Each asks the adapter; none knows where a run would stop.

import * as path from 'node:path';
import * as vscode from 'vscode';
import { choosePython, installInTerminal } from './adapter/installation';
import type { MarksBody, WholeEvent } from './adapter/protocol';
import { findPython } from './adapter/python';
import { currentFolder, latestOrSentence } from './config/provider';
import { eventChosen } from './editor/chosenEvent';
import type { SessionModel } from './session/model';
import { withReplay } from './session/refusal';
import { type Sessions, TYPE } from './session/sessions';
import { pickTrace } from './traces/choice';
import { replay } from './traces/replay';

const ISSUES = 'https://github.com/namel3ss-dbg/namel3ss-dbg/issues/new';

/** Registers the commands. */
export function registerCommands(
  context: vscode.ExtensionContext,
  sessions: Sessions,
  log: vscode.LogOutputChannel,
): void {
  const add = (name: string, run: (...args: never[]) => unknown): void => {
    context.subscriptions.push(vscode.commands.registerCommand(`namel3ss.${name}`, run));
  };
  const move = (name: string, command: string, args: object = {}): void =>
    add(name, () => withReplay(sessions, (model) => model.request(command, args)));

  const at = (chosen: readonly unknown[], run: (model: SessionModel, moment: number) => Promise<void>): Promise<void> =>
    withReplay(sessions, async (model) => run(model, await eventChosen(model, chosen)));

  add('replayLatest', async () => replayed(await latestOrSentence(currentFolder())));
  add('replayTrace', async (uri?: vscode.Uri) => replayed(uri?.fsPath ?? (await pickTrace(currentFolder()))));
  add('followTrace', async () => follow(await pickTrace(currentFolder())));
  add('runAndTrace', (uri?: vscode.Uri) => runAndTrace(uri));

  move('reverseStepInto', 'n3/reverseStepIn');
  move('reverseStepOut', 'n3/reverseStepOut');
  move('previousError', 'n3/to', { place: 'error', direction: 'backward' });
  move('nextError', 'n3/to', { place: 'error', direction: 'forward' });
  move('firstEvent', 'n3/goToEvent', { moment: 0 });
  move('lastEvent', 'n3/goToEvent', { place: '$' });
  add('previousEvent', () => withReplay(sessions, (model) => model.request('stepBack', oneEvent())));
  add('nextEvent', () => withReplay(sessions, (model) => model.request('next', oneEvent())));
  add('goToEvent', () => withReplay(sessions, goToEvent));
  add('toggleBookmark', (...chosen: unknown[]) => at(chosen, toggleBookmark));
  add('goToBookmark', () => withReplay(sessions, goToBookmark));
  add('breakOnEvent', (...chosen: unknown[]) => at(chosen, breakOnEvent));

  add('showTimeline', () => vscode.commands.executeCommand('namel3ss.timeline.focus'));
  add('installPackage', install);
  add('selectPython', choosePython);
  add('showLog', () => log.show());
  add('reportIssue', () => vscode.env.openExternal(vscode.Uri.parse(ISSUES)));
}

async function replayed(trace: string | undefined): Promise<void> {
  if (trace) await replay(trace);
}

async function follow(trace: string | undefined): Promise<void> {
  if (trace) await begin({ name: `Follow ${path.basename(trace)}`, request: 'attach', trace, follow: true }, trace);
}

async function runAndTrace(uri: vscode.Uri | undefined): Promise<void> {
  const active = vscode.window.activeTextEditor?.document;
  const file = uri ?? (active?.languageId === 'namel3ss' ? active.uri : await chooseApp());
  if (!file) return;
  await vscode.workspace.openTextDocument(file).then((document) => document.save());
  await begin({ name: `Run ${path.basename(file.fsPath)}`, request: 'launch', program: file.fsPath }, file.fsPath);
}

async function begin(configuration: Omit<vscode.DebugConfiguration, 'type'>, file: string): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(file)) ?? currentFolder();
  await vscode.debug.startDebugging(folder, { type: TYPE, ...configuration } as vscode.DebugConfiguration);
}

async function chooseApp(): Promise<vscode.Uri | undefined> {
  const apps = await vscode.workspace.findFiles('**/*.ai', '**/{node_modules,.venv,venv}/**', 200);
  if (apps.length === 0) {
    void vscode.window.showInformationMessage('There is no .ai file in this folder. Open one to run and trace it.');
    return undefined;
  }
  if (apps.length === 1) return apps[0];
  const items = apps.map((uri) => ({ label: vscode.workspace.asRelativePath(uri), uri }));
  return (await vscode.window.showQuickPick(items, { title: 'Which app is to be run and traced?' }))?.uri;
}

async function goToEvent(model: SessionModel): Promise<void> {
  const place = await vscode.window.showInputBox({
    title: 'Go to an event',
    prompt:
      'A number (7), an occurrence (llm:2, agent:Helper), a line (app.ai:12), a time (@1.5s), a word (error, slowest llm)',
    value: model.position ? String(model.position.moment) : '',
  });
  if (place?.trim()) await model.request('n3/goToEvent', { place: place.trim() });
}

/** One event, whatever its thread; but the adapter wants to hear of a thread that there is. */
function oneEvent(): object {
  return { threadId: vscode.debug.activeStackItem?.threadId ?? 1, granularity: 'instruction' };
}

async function toggleBookmark(model: SessionModel, moment: number): Promise<void> {
  const { marks } = await model.request<MarksBody>('n3/marks');
  const remove = marks.some((mark) => mark.moment === moment);
  await model.request('n3/mark', remove ? { moment, remove } : { moment });
}

async function goToBookmark(model: SessionModel): Promise<void> {
  const { marks } = await model.request<MarksBody>('n3/marks');
  if (marks.length === 0) {
    void vscode.window.showInformationMessage('There are no bookmarks. Set one with "Toggle Bookmark".');
    return;
  }
  const items = marks.map(({ name, moment }) => ({ label: name, description: `event ${moment}`, moment }));
  const chosen = await vscode.window.showQuickPick(items, { title: 'Go to a bookmark' });
  if (chosen) await model.goTo(chosen.moment);
}

async function breakOnEvent(model: SessionModel, moment: number): Promise<void> {
  const { event } = await model.request<WholeEvent>('n3/event', { moment });
  const place = event.component_name ? `${event.component}:${event.component_name}` : event.event_type;
  vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint(place)]);
}

async function install(): Promise<void> {
  const python = await findPython(currentFolder());
  if (python) await installInTerminal(python.path, { run: false });
  else void vscode.window.showErrorMessage('No Python was found. Install Python 3.11 or newer first.');
}
