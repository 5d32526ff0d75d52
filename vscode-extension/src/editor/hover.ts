// Says which expression of an .ai file is under the pointer. The adapter evaluates it; of what it knows nothing, VS Code
// shows nothing.

import * as vscode from 'vscode';
import { TYPE } from '../session/sessions';
import { expressionAt } from './expression';

const LONGEST_FILE = 500_000;

/** Registers what can be pointed at while a run is stopped. */
export function registerHover(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.languages.registerEvaluatableExpressionProvider({ language: 'namel3ss' }, { provideEvaluatableExpression }),
  );
}

function provideEvaluatableExpression(
  document: vscode.TextDocument,
  position: vscode.Position,
): vscode.EvaluatableExpression | undefined {
  if (vscode.debug.activeDebugSession?.type !== TYPE) return undefined;
  const text = document.getText();
  const pointed = text.length > LONGEST_FILE ? undefined : expressionAt(text, document.offsetAt(position));
  if (!pointed) return undefined;
  const range = new vscode.Range(document.positionAt(pointed.start), document.positionAt(pointed.end));
  return new vscode.EvaluatableExpression(range, pointed.expression);
}
