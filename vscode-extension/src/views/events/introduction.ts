// VS Code folds every view that joins the debug side bar. Ours is unfolded when somebody replays for the first time,
// and then stays as people leave it.

import * as vscode from 'vscode';
import type { Sessions } from '../../session/sessions';

const DONE = 'namel3ss.eventsIntroduced';

/** Unfolds a view, without taking the keyboard, when the first replay of this user begins. */
export function introduce(view: string, context: vscode.ExtensionContext, sessions: Sessions): void {
  if (context.globalState.get(DONE)) return;
  const once = sessions.onDidChangeActive((model) => {
    if (!model) return;
    once.dispose();
    void context.globalState.update(DONE, true);
    void vscode.commands.executeCommand(`${view}.focus`, { preserveFocus: true });
  });
  context.subscriptions.push(once);
}
