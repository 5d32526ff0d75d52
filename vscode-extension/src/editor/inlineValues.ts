// What happened on the lines of the call stack, written behind them while a run is stopped: how long a call took, what
// it cost, what it said. The adapter says it all in one answer per file and stop, however often the editor scrolls.

import * as vscode from 'vscode';
import type { InlineBody } from '../adapter/protocol';
import { TYPE } from '../session/sessions';

/** Registers the texts behind lines. */
export function registerInlineValues(context: vscode.ExtensionContext): void {
  const values = new InlineValues();
  context.subscriptions.push(
    vscode.languages.registerInlineValuesProvider({ language: 'namel3ss' }, values),
    vscode.debug.onDidReceiveDebugSessionCustomEvent(({ event }) => {
      if (event === 'n3/position') values.forget();
    }),
    // Also when the run stays and what it shows has changed: the editor then asks for the stack again.
    vscode.debug.onDidChangeActiveStackItem(() => values.forget()),
  );
}

class InlineValues implements vscode.InlineValuesProvider {
  private readonly answers = new Map<string, Promise<InlineBody>>();

  forget(): void {
    this.answers.clear();
  }

  async provideInlineValues(
    document: vscode.TextDocument,
    viewPort: vscode.Range,
    _context: vscode.InlineValueContext,
    token: vscode.CancellationToken,
  ): Promise<vscode.InlineValue[]> {
    const session = vscode.debug.activeStackItem?.session ?? vscode.debug.activeDebugSession;
    const wanted = vscode.workspace.getConfiguration('namel3ss', document).get<boolean>('inlineValues', true);
    if (session?.type !== TYPE || !wanted) return [];
    const answer = await this.ask(session, document.uri.fsPath);
    if (token.isCancellationRequested) return [];
    return answer.lines
      .map(({ line, text }) => ({ line: line - 1, text }))
      .filter(({ line }) => line >= viewPort.start.line && line <= viewPort.end.line && line < document.lineCount)
      .map(({ line, text }) => new vscode.InlineValueText(document.lineAt(line).range, text));
  }

  private ask(session: vscode.DebugSession, path: string): Promise<InlineBody> {
    const key = `${session.id} ${path}`;
    const known = this.answers.get(key);
    if (known) return known;
    const answer = Promise.resolve(session.customRequest('n3/inline', { path }) as Thenable<InlineBody>).catch(() => {
      this.answers.delete(key); // the run moved on, or ended, while it was asked
      return { lines: [] };
    });
    this.answers.set(key, answer);
    return answer;
  }
}
