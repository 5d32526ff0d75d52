// Two events side by side. The usual question is what changed since the last time: a call is held against the event of
// the same kind and component before it, unless a person says otherwise.

import * as vscode from 'vscode';
import type { MarksBody, Moment, WholeEvent } from '../adapter/protocol';
import type { SessionModel } from '../session/model';
import { comparable, eventTitle } from './document';
import type { Texts } from './texts';

interface Choice extends vscode.QuickPickItem {
  /** An event, or a place in the words of the terminal debugger. */
  at: { moment: Moment } | { place: string };
}

/** Shows what differs between an event and the one of its kind before it. */
export async function compareWithPrevious(texts: Texts, model: SessionModel, moment: Moment): Promise<void> {
  const after = await model.request<WholeEvent>('n3/event', { moment });
  const before = await previousOf(model, after);
  if (before) {
    await show(texts, model, before, after);
  } else {
    const which = eventTitle(moment, after.event);
    void vscode.window.showInformationMessage(
      `${which} is the first of its kind. There is nothing to compare it with.`,
    );
  }
}

/** Asks for two events, and shows what differs between them. */
export async function compareEvents(texts: Texts, model: SessionModel): Promise<void> {
  const here = await model.request<WholeEvent>('n3/event', {});
  const one = await choose(model, 'Which event is to be compared? (1 of 2)', [choice(here, 'where the run rests')]);
  if (!one) return;
  const previous = await previousOf(model, one);
  const offered = [
    ...(previous ? [choice(previous, 'the one of its kind before')] : []),
    ...(here.moment === one.moment ? [] : [choice(here, 'where the run rests')]),
  ];
  const other = await choose(
    model,
    `What is ${eventTitle(one.moment, one.event)} to be compared with? (2 of 2)`,
    offered,
  );
  if (!other) return;
  const [before, after] = one.moment < other.moment ? [one, other] : [other, one];
  await show(texts, model, before, after);
}

async function previousOf(model: SessionModel, event: WholeEvent): Promise<WholeEvent | undefined> {
  const moment = event.previousLike ?? undefined;
  return moment === undefined ? undefined : model.request<WholeEvent>('n3/event', { moment });
}

async function show(texts: Texts, model: SessionModel, before: WholeEvent, after: WholeEvent): Promise<void> {
  const document = ({ moment, event }: WholeEvent) =>
    texts.add(eventTitle(moment, event), ['comparison', model.id, moment], comparable(event), 'yaml');
  const [left, right] = [await document(before), await document(after)];
  const title = `#${before.moment} ↔ ${eventTitle(after.moment, after.event)}`;
  await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
}

function choice({ moment, event }: WholeEvent, description: string): Choice {
  return { label: eventTitle(moment, event), description, at: { moment } };
}

/** An event of a list, or one that a person names: by its number or by any place. */
async function choose(model: SessionModel, title: string, offered: readonly Choice[]): Promise<WholeEvent | undefined> {
  const { marks } = await model.request<MarksBody>('n3/marks');
  const bookmarks = marks.map(({ name, moment }): Choice => {
    return { label: `$(bookmark) ${name}`, description: `#${moment}`, at: { moment } };
  });
  const chosen = await pick(title, [...offered, ...bookmarks]);
  return chosen && model.request<WholeEvent>('n3/event', chosen.at);
}

function pick(title: string, items: readonly Choice[]): Promise<Choice | undefined> {
  const input = vscode.window.createQuickPick<Choice>();
  input.title = title;
  input.placeholder = 'Choose, or name an event: 7, llm:2, agent:Helper, app.ai:12';
  input.items = items;
  input.onDidChangeValue((text) => {
    const place = text.trim();
    const typed: Choice = { label: place, description: 'this place', alwaysShow: true, at: { place } };
    input.items = place ? [typed, ...items] : items;
  });
  return new Promise((done) => {
    input.onDidAccept(() => {
      done(input.activeItems[0]);
      input.hide();
    });
    input.onDidHide(() => {
      done(undefined);
      input.dispose();
    });
    input.show();
  });
}
