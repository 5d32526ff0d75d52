// The replays that are open, and the one the views show: the active debug session, if it is one of ours.
// A Python session that a replay opened for a tool belongs to its replay: the views stay with that.

import * as vscode from 'vscode';
import type { Position } from '../adapter/protocol';
import { SessionModel } from './model';

/** The debug type of this extension. */
export const TYPE = 'namel3ss';

/** Every open replay. */
export class Sessions implements vscode.Disposable {
  private readonly models = new Map<string, SessionModel>();
  private readonly switched = new vscode.EventEmitter<SessionModel | undefined>();
  private readonly restarted = new vscode.EventEmitter<SessionModel>();
  private readonly subscriptions: vscode.Disposable[];
  private shown: SessionModel | undefined;

  constructor() {
    this.subscriptions = [
      this.switched,
      this.restarted,
      vscode.debug.onDidStartDebugSession((session) => this.begin(session)),
      vscode.debug.onDidTerminateDebugSession((session) => this.finish(session)),
      vscode.debug.onDidChangeActiveDebugSession(() => this.show()),
      vscode.debug.onDidReceiveDebugSessionCustomEvent(({ session, event, body }) => {
        if (event === 'n3/position') this.begin(session)?.moved(body as Position);
        if (event === 'n3/marks') this.of(session)?.changed('bookmarks');
      }),
      vscode.debug.onDidChangeBreakpoints(() => this.models.forEach((model) => model.changed('breakpoints'))),
      vscode.debug.registerDebugAdapterTrackerFactory(TYPE, {
        createDebugAdapterTracker: (session) => ({
          onDidSendMessage: (message: { type?: string; command?: string }) => {
            if (message.type === 'response' && message.command === 'restart') this.restart(session);
          },
        }),
      }),
    ];
  }

  /** Fires with the replay that the views are to show, or with nothing. */
  readonly onDidChangeActive = this.switched.event;

  /** Fires with a replay that has begun anew. */
  readonly onDidRestart = this.restarted.event;

  /** The replay that the views show. */
  get active(): SessionModel | undefined {
    return this.shown;
  }

  /** The model of a debug session, if it is one of ours. */
  of(session: vscode.DebugSession | undefined): SessionModel | undefined {
    for (let each = session; each; each = each.parentSession) {
      const model = this.models.get(each.id);
      if (model) return model;
    }
    return undefined;
  }

  dispose(): void {
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private begin(session: vscode.DebugSession): SessionModel | undefined {
    if (session.type !== TYPE) return undefined;
    let model = this.models.get(session.id);
    if (!model) {
      model = new SessionModel(session.id, session.name, (command, args) => session.customRequest(command, args));
      this.models.set(session.id, model);
    }
    this.show();
    return model;
  }

  private restart(session: vscode.DebugSession): void {
    const model = this.of(session);
    if (model) this.restarted.fire(model);
  }

  private finish(session: vscode.DebugSession): void {
    this.models.get(session.id)?.end();
    this.models.delete(session.id);
    this.show();
  }

  private show(): void {
    const active = this.of(vscode.debug.activeDebugSession) ?? [...this.models.values()].at(-1);
    if (active !== this.shown) {
      this.shown = active;
      this.switched.fire(active);
    }
  }
}
