// Whole values and events as documents of their own: what the Variables view has no room for.

import * as vscode from 'vscode';
import type { Moment, WholeEvent } from '../adapter/protocol';
import type { SessionModel } from '../session/model';
import { withReplay } from '../session/refusal';
import type { Sessions } from '../session/sessions';
import { eventChosen, shownFrame, wholeValue } from './chosenEvent';
import { compareEvents, compareWithPrevious } from './comparison';
import { eventDocument, eventTitle, indented, languageOf } from './document';
import { SCHEME, Texts } from './texts';

/** What VS Code gives a command of the Variables view's menu. */
interface VariableArgument {
  variable: { name: string; value: string; evaluateName?: string };
}

/** Registers the documents, and the commands that open and compare them. */
export function registerOpenValue(context: vscode.ExtensionContext, sessions: Sessions): void {
  const texts = new Texts();
  const add = (
    name: string,
    run: (model: SessionModel, chosen: readonly unknown[]) => Promise<void>,
  ): vscode.Disposable =>
    vscode.commands.registerCommand(`namel3ss.${name}`, (...chosen: unknown[]) =>
      withReplay(sessions, (model) => run(model, chosen)),
    );
  context.subscriptions.push(
    texts,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, texts),
    add('openValue', (model, chosen) => openValue(texts, model, chosen)),
    add('openEvent', async (model, chosen) => openEvent(texts, model, await eventChosen(model, chosen))),
    add('compareWithPrevious', async (model, chosen) =>
      compareWithPrevious(texts, model, await eventChosen(model, chosen)),
    ),
    add('compareEvents', (model) => compareEvents(texts, model)),
  );
}

async function openValue(texts: Texts, model: SessionModel, chosen: readonly unknown[]): Promise<void> {
  const { variable } = chosen.find(isVariableArgument) ?? {};
  if (!variable) {
    void vscode.window.showInformationMessage('Choose "Open Whole Value" in the menu of a variable.');
    return;
  }
  const frameId = shownFrame();
  const name = variable.evaluateName;
  const text = name === undefined ? variable.value : await wholeValue(model, name, frameId);
  const isText = variable.value.startsWith('"');
  const language = languageOf(text, isText);
  const moment = model.position?.moment ?? 0;
  const uri = await texts.add(
    `#${moment} ${name ?? variable.name}`,
    [model.id, moment, frameId, name ?? variable.name],
    isText ? text : indented(text),
    language,
  );
  await vscode.window.showTextDocument(uri);
}

async function openEvent(texts: Texts, model: SessionModel, moment: Moment): Promise<void> {
  const { event } = await model.request<WholeEvent>('n3/event', { moment });
  const uri = await texts.add(eventTitle(moment, event), [model.id, moment], eventDocument(event), 'json');
  await vscode.window.showTextDocument(uri);
}

function isVariableArgument(value: unknown): value is VariableArgument {
  return typeof value === 'object' && value !== null && 'variable' in value && typeof value.variable === 'object';
}
