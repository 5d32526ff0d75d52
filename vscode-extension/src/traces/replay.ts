// Starts the replay of a recording, at its beginning or at one of its events.

import { basename } from 'node:path';
import * as vscode from 'vscode';
import { folderOf } from './recordings';

/** Replay a trace; with a moment, go there as soon as the run rests for the first time. */
export async function replay(trace: string, app?: string, moment?: number): Promise<void> {
  const name = `Replay ${app ?? basename(trace)}`;
  const configuration = { type: 'namel3ss', request: 'launch', name, trace };
  const first = moment === undefined ? undefined : goAtFirstStop(name, moment);
  const started = await vscode.debug.startDebugging(folderOf(trace), configuration);
  if (!started) first?.dispose();
}

function goAtFirstStop(name: string, moment: number): vscode.Disposable {
  const waiting = vscode.Disposable.from(
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event }) => {
      if (session.type !== 'namel3ss' || session.configuration.name !== name || event !== 'n3/position') return;
      waiting.dispose();
      session
        .customRequest('n3/goToEvent', { moment })
        .then(undefined, (refusal: Error) => void vscode.window.showWarningMessage(refusal.message));
    }),
    vscode.debug.onDidTerminateDebugSession((session) => {
      if (session.configuration.name === name) waiting.dispose();
    }),
  );
  return waiting;
}
