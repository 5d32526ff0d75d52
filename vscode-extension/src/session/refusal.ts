// What a person asked a replay for and could not have, in a sentence: the adapter's own, which says why and what to do.

import * as vscode from 'vscode';
import type { SessionModel } from './model';
import type { Sessions } from './sessions';

/** Why something could not be done. */
export function sentenceOf(problem: unknown): string {
  return problem instanceof Error ? problem.message : String(problem);
}

/** Waits for what was asked for, and shows why it could not be done. */
export async function showingRefusal(done: Promise<unknown> | undefined): Promise<void> {
  try {
    await done;
  } catch (problem) {
    void vscode.window.showInformationMessage(sentenceOf(problem));
  }
}

/** Does something with the replay that the views show; that there is none is said as well. */
export async function withReplay(sessions: Sessions, run: (model: SessionModel) => Promise<unknown>): Promise<void> {
  const model = sessions.active;
  if (model) await showingRefusal(run(model));
  else void vscode.window.showInformationMessage('No run is being replayed. Start one with F5.');
}
