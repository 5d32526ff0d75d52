// A trace as something to look at: the editor "Trace of a run" for .jsonl files. The page shows what is in view; this
// side has the lines and answers what the page asks for. Nothing is ever written.

import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import * as vscode from 'vscode';
import { cost, duration, moment, size, whole } from '../traces/amounts';
import { placeOf } from '../traces/choice';
import { EVERYTHING, Selection, type Filter } from '../traces/filter';
import { LONG } from '../traces/lines';
import { placesOf } from '../traces/matching';
import type { Count, Head, ToHost, ToPage } from '../traces/messages';
import { isObject, numberOf, recordOf, textOf } from '../traces/record';
import { replay } from '../traces/replay';
import { rowOf, type Row } from '../traces/row';
import { statusOf, summed, type Summary } from '../traces/summary';
import { SAID, title } from '../traces/wording';
import { fillPage } from '../views/webviewPage';
import { TraceDocument } from './traceDocument';

const ROW_READ = 128 << 10;
const ROWS_AT_MOST = 400;
const EVENT_SENT = 2 << 20;

/** Registers the editor. */
export function registerTraceEditor(context: vscode.ExtensionContext): void {
  const provider: vscode.CustomReadonlyEditorProvider<TraceDocument> = {
    openCustomDocument: (uri) => TraceDocument.open(uri),
    resolveCustomEditor: (document, panel) => {
      new TracePage(document, panel, context.extensionUri);
    },
  };
  context.subscriptions.push(
    vscode.window.registerCustomEditorProvider('namel3ss.trace', provider, {
      supportsMultipleEditorsPerDocument: true,
    }),
  );
}

/** One page that shows a trace. */
class TracePage {
  private selection: Selection;
  private generation = 0;
  private searching: Promise<void> = Promise.resolve();
  private isDisposed = false;
  private isReady = false;

  constructor(
    private readonly document: TraceDocument,
    private readonly panel: vscode.WebviewPanel,
    root: vscode.Uri,
  ) {
    this.selection = new Selection(document.lines, EVERYTHING);
    const { webview } = panel;
    const subscriptions = [
      webview.onDidReceiveMessage((message: ToHost) => void this.hear(message).catch((problem) => this.fail(problem))),
      document.onDidChange((growth) => {
        if (growth === 'gone') this.fail('The file is gone. What was read of it is still shown.');
        else if (growth === 'others') this.select(this.selection.filter);
        else this.grown();
      }),
    ];
    panel.onDidDispose(() => {
      this.isDisposed = true;
      vscode.Disposable.from(...subscriptions).dispose();
    });
    fillPage(webview, root, 'trace', 'Trace of a run');
  }

  private async hear(message: ToHost): Promise<void> {
    const { lines, uri } = this.document;
    switch (message.type) {
      case 'ready':
        this.isReady = true;
        return this.select(filterOf(message.filter));
      case 'filter':
        return this.select(filterOf(message.filter));
      case 'rows':
        return this.sendRows(message.generation, message.first, message.count);
      case 'place': {
        const { selection, generation } = this;
        const { row } = message;
        const place = selection.placeOf(row);
        return this.send({ type: 'place', generation, row, place, isThere: selection.rowAt(place) === row });
      }
      case 'event':
        return this.sendEvent(message.row);
      case 'replay':
        return replay(uri.fsPath, this.name());
      case 'replayFrom':
        return replay(uri.fsPath, this.name(), message.row);
      case 'openAsText':
        return void (await vscode.commands.executeCommand('vscode.openWith', uri, 'default'));
      case 'copy': {
        const [line = ''] = await lines.text(message.row, 1, LONG);
        const record = recordOf(line.trim().replace(/,$/, ''));
        return vscode.env.clipboard.writeText(record ? JSON.stringify(record, undefined, 2) : line);
      }
      case 'openSource':
        return this.openSource(message.row);
    }
  }

  private select(filter: Filter): void {
    this.selection = new Selection(this.document.lines, filter);
    this.generation++;
    this.send({ type: 'reset', generation: this.generation });
    this.grown();
  }

  /** Lines were found: say so, and look for what the filter wants among them. */
  private grown(): void {
    if (!this.isReady) return;
    const { selection } = this;
    this.tell();
    if (selection.isAll || selection.looked >= this.document.lines.count) return;
    let told = 0;
    const seen = (): boolean => {
      if (this.isDisposed || selection !== this.selection) return false;
      if (Date.now() - told > 100) {
        told = Date.now();
        this.tell();
      }
      return true;
    };
    this.searching = this.searching
      .then(() => selection.search(seen))
      .then(
        () => selection === this.selection && this.tell(),
        (problem: unknown) => this.fail(problem),
      )
      .then(() => undefined);
  }

  private tell(): void {
    const { document, selection } = this;
    const { lines } = document;
    const read = document.complete ? 1 : Math.min(lines.read / Math.max(document.size, 1), 0.999);
    const searched = selection.isAll || lines.count === 0 ? 1 : selection.looked / lines.count;
    const count: Count = {
      events: lines.count,
      shown: selection.count,
      progress: Math.min(read, searched),
      torn: document.complete ? lines.torn : 0,
      full: lines.full,
      components: [...new Set(lines.kinds.map((kind) => kind.component))].filter(Boolean).sort().slice(0, 100),
    };
    this.send({ type: 'head', head: this.head() });
    this.send({ type: 'count', count });
  }

  private head(): Head {
    const { document } = this;
    const { lines } = document;
    const summary = this.summary();
    const status = document.complete ? statusOf(summary, Date.now()) : 'unknown';
    const facts = [
      { name: 'Duration', value: summary.durationMs === undefined ? '–' : duration(summary.durationMs) },
      { name: 'Events', value: whole(lines.count) },
      { name: 'Errors', value: whole(lines.errors) },
      { name: 'Tokens', value: whole(summary.tokens ?? 0) },
      { name: 'Cost', value: cost(summary.cost ?? 0) },
      { name: 'Size', value: size(document.size) },
    ];
    return {
      app: title(summary),
      file: placeOf(document.uri.fsPath),
      program: summary.program === undefined ? '' : placeOf(summary.program),
      status,
      said: document.complete ? SAID[status] : 'is being read',
      error: summary.error ?? '',
      started: summary.started === undefined ? '' : moment(summary.started, Date.now()),
      facts,
    };
  }

  /** The run as its lines so far tell it; sums of its calls where it has no end that tells. */
  private summary(): Summary {
    const { lines, uri, size: bytes, changedAt } = this.document;
    const file = { path: uri.fsPath, size: bytes, changed: changedAt, app: basename(uri.fsPath) };
    const summary = summed(file, lines.head ?? {}, lines.last);
    return { ...summary, tokens: summary.tokens ?? lines.tokens, cost: summary.cost ?? lines.cost };
  }

  private name(): string {
    return title(this.summary());
  }

  private async sendRows(generation: number, first: number, count: number): Promise<void> {
    const { selection } = this;
    const { lines } = this.document;
    if (generation !== this.generation) return;
    const last = Math.min(first + Math.min(count, ROWS_AT_MOST), selection.count);
    const rows: Row[] = [];
    // Lines that follow each other are read at once.
    for (let place = Math.max(first, 0); place < last;) {
      const row = selection.rowAt(place);
      let length = 1;
      while (place + length < last && selection.rowAt(place + length) === row + length) length++;
      const texts = await lines.text(row, length, ROW_READ);
      texts.forEach((text, index) => rows.push(rowOf(row + index, lines.at(row + index), text, lines.began)));
      place += length;
    }
    if (generation === this.generation) this.send({ type: 'rows', generation, first: Math.max(first, 0), rows });
  }

  private async sendEvent(row: number): Promise<void> {
    const { lines } = this.document;
    if (!(row >= 0 && row < lines.count)) return;
    const { length } = lines.at(row);
    const [text = ''] = await lines.text(row, 1, EVENT_SENT);
    this.send({ type: 'event', row, text: text.trim().replace(/,$/, ''), bytes: length, isCut: length > EVENT_SENT });
  }

  /** Show where in the program an event comes from. Only programs are opened: the path is the trace's word alone. */
  private async openSource(row: number): Promise<void> {
    const [text = ''] = await this.document.lines.text(row, 1, LONG);
    const record = recordOf(text.trim().replace(/,$/, ''));
    const source = isObject(record?.metadata) && isObject(record.metadata.source) ? record.metadata.source : {};
    const file = textOf(source.file) ?? '';
    const [program = ''] = file.endsWith('.ai') && !/^[\\/]{2}/.test(file) ? await this.existing(file) : [];
    if (program === '') {
      const why = file === '' ? 'The event does not say where it comes from.' : `${file} is not on this machine.`;
      return void vscode.window.showInformationMessage(`The program cannot be shown. ${why}`);
    }
    const line = Math.max((numberOf(source.line) ?? 1) - 1, 0);
    const column = Math.max((numberOf(source.column) ?? 1) - 1, 0);
    await vscode.window.showTextDocument(vscode.Uri.file(program), {
      selection: new vscode.Range(line, column, line, column),
      viewColumn: vscode.ViewColumn.Beside,
    });
  }

  private async existing(file: string): Promise<string[]> {
    const places = placesOf(file, this.document.uri.fsPath);
    const found = await Promise.all(
      places.map((place) =>
        stat(place).then(
          (about) => about.isFile(),
          () => false,
        ),
      ),
    );
    return places.filter((_, place) => found[place]);
  }

  private send(message: ToPage): void {
    if (!this.isDisposed) void this.panel.webview.postMessage(message);
  }

  private fail(problem: unknown): void {
    const sentence = problem instanceof Error ? `The trace cannot be read: ${problem.message}` : String(problem);
    this.send({ type: 'problem', sentence });
  }
}

function filterOf(filter: Filter): Filter {
  return {
    text: String(filter.text).slice(0, 1000),
    component: String(filter.component),
    errorsOnly: filter.errorsOnly === true,
  };
}
