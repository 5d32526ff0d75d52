// What is drawn at the right edge of rows: bookmarks, and how many failures there are in a call. VS Code asks for it by
// the name of a row, and only for rows that are in sight.

import * as vscode from 'vscode';
import type { EventNode, MarksBody, Moment } from '../../adapter/protocol';
import type { SessionModel } from '../../session/model';
import { badgeOf, hasFailed } from './looks';

const SCHEME = 'namel3ss-event';

/** The decorations of the rows of one session. */
export class Decorations implements vscode.FileDecorationProvider, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<vscode.Uri[] | undefined>();
  private readonly registered = vscode.window.registerFileDecorationProvider(this);
  private model: SessionModel | undefined;
  private marks: ReadonlySet<Moment> = new Set();

  /** `at` is what is known of an event of the session that is shown. */
  constructor(private readonly at: (moment: Moment) => EventNode | undefined) {}

  get onDidChangeFileDecorations(): vscode.Event<vscode.Uri[] | undefined> {
    return this.changed.event;
  }

  dispose(): void {
    this.registered.dispose();
    this.changed.dispose();
  }

  /** Read the bookmarks of a session anew. */
  async read(model: SessionModel | undefined): Promise<void> {
    if (model !== this.model) this.marks = new Set();
    this.model = model;
    if (!model?.position) return;
    try {
      const { marks } = await model.request<MarksBody>('n3/marks');
      if (model !== this.model) return;
      this.marks = new Set(marks.map((mark) => mark.moment));
      this.changed.fire(undefined);
    } catch {
      // Without an answer there are no bookmarks to draw.
    }
  }

  /** Something about these events is new. */
  renew(moments: Moment[]): void {
    this.changed.fire(moments.map((moment) => this.nameOf(moment)));
  }

  /** The name by which VS Code asks for the decoration of a row. */
  nameOf(moment: Moment): vscode.Uri {
    return vscode.Uri.from({ scheme: SCHEME, path: `/${this.model?.id}/${moment}` });
  }

  provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
    const [, session, moment] = uri.path.split('/');
    if (uri.scheme !== SCHEME || session !== this.model?.id) return undefined;
    const node = this.at(Number(moment));
    if (!node) return undefined;
    const badge = badgeOf(node, this.marks.has(node.moment));
    const colour = hasFailed(node) ? new vscode.ThemeColor('list.errorForeground') : undefined;
    return badge || colour ? new vscode.FileDecoration(badge?.badge, badge?.tooltip, colour) : undefined;
  }
}
