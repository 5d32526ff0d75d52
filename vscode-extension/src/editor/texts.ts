// Read-only documents with what a run held at one moment. A text is kept when it is opened, not looked up when it is
// shown, so that a tab says the same after the run has moved on, or has ended.

import * as vscode from 'vscode';

/** The scheme of these documents. */
export const SCHEME = 'namel3ss-value';

const MOST_KEPT = 64_000_000;
// VS Code shows no document to its extensions that is larger than 50 MB.
const LONGEST = 40_000_000;
const GONE = 'This was shown from a replay that is not open any more. Replay the trace and open it again.\n';

/** Gives VS Code the texts of documents that were opened; the oldest are forgotten when there are too many. */
export class Texts implements vscode.TextDocumentContentProvider {
  private readonly texts = new Map<string, string>();
  private readonly renewed = new vscode.EventEmitter<vscode.Uri>();
  private kept = 0;

  readonly onDidChange = this.renewed.event;

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.texts.get(uri.toString()) ?? GONE;
  }

  /** Keep a text; `key` tells it from others of the same title. */
  async add(title: string, key: readonly unknown[], text: string, language: string): Promise<vscode.Uri> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${title.replaceAll('/', '∕')}`, query: JSON.stringify(key) });
    const name = uri.toString();
    this.forget(name);
    const shown = text.length > LONGEST ? `${text.slice(0, LONGEST)}\n… and ${text.length - LONGEST} characters` : text;
    this.texts.set(name, shown);
    this.kept += shown.length;
    for (const oldest of this.texts.keys()) {
      if (this.kept <= MOST_KEPT || oldest === name) break;
      this.forget(oldest);
    }
    this.renewed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.languages.setTextDocumentLanguage(document, language);
    return uri;
  }

  dispose(): void {
    this.renewed.dispose();
    this.texts.clear();
  }

  private forget(name: string): void {
    this.kept -= this.texts.get(name)?.length ?? 0;
    this.texts.delete(name);
  }
}
