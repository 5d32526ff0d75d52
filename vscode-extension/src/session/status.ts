// Where the run rests, at the bottom of the window; and the two context keys that grey out our buttons at the edges of
// a recording, where VS Code's own ones cannot be.

import * as vscode from 'vscode';
import type { SessionModel } from './model';
import type { Sessions } from './sessions';
import { standing, standingTooltip } from './standing';

/** Shows where the active replay rests, and the timeline when a replay comes to its first stop. */
export function registerStatus(context: vscode.ExtensionContext, sessions: Sessions): void {
  const status = new Status();
  context.subscriptions.push(
    status,
    sessions.onDidChangeActive((model) => status.show(model)),
  );
  status.show(sessions.active);
}

class Status implements vscode.Disposable {
  private readonly item = vscode.window.createStatusBarItem('namel3ss.position', vscode.StatusBarAlignment.Left, 40);
  private readonly keys = new Map<string, boolean>();
  private readonly seen = new WeakSet<SessionModel>();
  private listening: { dispose(): void } | undefined;

  constructor() {
    this.item.name = 'namel3ss: Event';
    this.item.command = 'namel3ss.goToEvent';
  }

  show(model: SessionModel | undefined): void {
    this.listening?.dispose();
    this.listening = model?.onDidChange((change) => {
      if (change === 'position') this.draw(model);
    });
    this.draw(model);
  }

  dispose(): void {
    this.listening?.dispose();
    this.item.dispose();
  }

  private draw(model: SessionModel | undefined): void {
    const position = model?.position;
    this.set('namel3ss.replaying', model !== undefined);
    this.set('namel3ss.atStart', position?.atStart ?? false);
    this.set('namel3ss.atEnd', position?.atEnd ?? false);
    if (!model || !position) {
      this.item.hide();
      return;
    }
    const text = standing(position);
    this.item.text = `$(history) ${text}`;
    this.item.tooltip = standingTooltip(position, model.name);
    this.item.accessibilityInformation = { label: `The run rests at ${text}`, role: 'button' };
    this.item.show();
    if (!this.seen.has(model)) {
      this.seen.add(model);
      openTimeline();
    }
  }

  /** Every change of a context key makes VS Code look at all menus again. */
  private set(key: string, value: boolean): void {
    if ((this.keys.get(key) ?? false) === value) return;
    this.keys.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }
}

/** Brings the timeline up if the setting says so; the keyboard stays where it is. */
function openTimeline(): void {
  const when = vscode.workspace.getConfiguration('namel3ss').get<string>('openTimeline');
  if (when === 'onStart') void vscode.commands.executeCommand('namel3ss.timeline.focus', { preserveFocus: true });
}
