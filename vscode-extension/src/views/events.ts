// The events of the run, as a tree beside the call stack. It follows the stop (its row is opened up and selected, the
// keyboard stays where it is) and leads it (a click on a row travels there).
// Steps may come faster than a tree can be drawn: only the newest stop is followed, one at a time.

import * as vscode from 'vscode';
import type { WholeEvent } from '../adapter/protocol';
import { Latest } from '../session/latest';
import type { SessionModel } from '../session/model';
import { sentenceOf, showingRefusal } from '../session/refusal';
import type { Sessions } from '../session/sessions';
import { momentOf } from './eventElement';
import { Decorations } from './events/decorations';
import { asked, COMPONENTS, described, EVERYTHING, isNarrowed, type Narrowing } from './events/filter';
import { introduce } from './events/introduction';
import { eventItem, moreItem } from './events/items';
import type { Circumstances } from './events/looks';
import { tooltipOf } from './events/tooltip';
import { type Element, EventTree, MoreRow, type Place, type Row } from './events/tree';

const VIEW = 'namel3ss.events';
/** How long a run that grows is left to grow before the tree asks what is new. */
const GROWTH_MS = 700;

/** Registers the view of events and its commands. */
export function registerEvents(context: vscode.ExtensionContext, sessions: Sessions): void {
  const events = new EventsView(sessions);
  introduce(VIEW, context, sessions);
  const add = (name: string, run: (element?: unknown) => unknown): vscode.Disposable =>
    vscode.commands.registerCommand(`namel3ss.events.${name}`, run);
  context.subscriptions.push(
    events,
    add('goTo', (element) => events.goTo(element)),
    add('showMore', (element) => events.showMore(element)),
    add('filter', () => events.askForFilter()),
    add('clearFilter', () => events.narrow({ words: '' })),
    add('errorsOnly', () => events.narrow({ errorsOnly: true })),
    add('allEvents', () => events.narrow({ errorsOnly: false })),
  );
}

class EventsView implements vscode.TreeDataProvider<Element>, vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<Element | Element[] | undefined>();
  private readonly decorations = new Decorations((moment) => this.tree?.at(moment)?.node);
  private readonly trees = new WeakMap<SessionModel, EventTree>();
  private readonly view: vscode.TreeView<Element>;
  private readonly subscriptions: vscode.Disposable[];
  private narrowing: Narrowing = EVERYTHING;
  private model: SessionModel | undefined;
  private listening: { dispose(): void } | undefined;
  /** The row that is drawn as the one where the run rests. */
  private here: Row | undefined;
  private readonly following = new Latest(() => this.follow());
  private growth: NodeJS.Timeout | undefined;

  constructor(sessions: Sessions) {
    this.view = vscode.window.createTreeView(VIEW, { treeDataProvider: this, showCollapseAll: true });
    this.subscriptions = [
      this.view,
      this.changed,
      this.decorations,
      this.view.onDidChangeVisibility(() => void this.following.want()),
      sessions.onDidChangeActive((model) => this.show(model)),
      sessions.onDidRestart((model) => this.startOver(model)),
    ];
    this.show(sessions.active);
  }

  get onDidChangeTreeData(): vscode.Event<Element | Element[] | undefined> {
    return this.changed.event;
  }

  dispose(): void {
    clearTimeout(this.growth);
    this.listening?.dispose();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  // What VS Code asks for.

  async getChildren(element?: Element): Promise<Element[]> {
    const tree = this.tree;
    if (!tree || element instanceof MoreRow) return [];
    try {
      const children = await tree.children(element);
      if (tree === this.tree) this.describe();
      return children;
    } catch (problem) {
      // A session that ends takes its answers with it; there is nobody to tell then.
      if (this.model && !this.model.ended) this.say(sentenceOf(problem));
      return [];
    }
  }

  getParent(element: Element): Element | undefined {
    return element.parent;
  }

  getTreeItem(element: Element): vscode.TreeItem {
    if (element instanceof MoreRow)
      return moreItem(element, this.idOf(`${element.parent?.moment ?? ''}+${element.after}`));
    const item = eventItem(element, this.idOf(String(element.moment)), this.circumstances(element));
    item.resourceUri = this.decorations.nameOf(element.moment);
    return item;
  }

  async resolveTreeItem(item: vscode.TreeItem, element: Element): Promise<vscode.TreeItem> {
    const { model } = this;
    if (element instanceof MoreRow || !model) return item;
    const { moment, end } = element.node;
    const ask = async (each: number) => (await model.request<WholeEvent>('n3/event', { moment: each })).event;
    const [first, last] = await Promise.all([ask(moment), end === null || end === moment ? undefined : ask(end)]);
    item.tooltip = new vscode.MarkdownString(tooltipOf(element.node, first, last));
    return item;
  }

  // What people do.

  async goTo(element: unknown): Promise<void> {
    const moment = momentOf(element);
    if (moment !== undefined) await showingRefusal(this.model?.goTo(moment));
  }

  async showMore(element: unknown): Promise<void> {
    const { tree } = this;
    if (!(element instanceof MoreRow) || !tree) return;
    await showingRefusal(tree.more(element));
    if (tree === this.tree) this.refresh([element.parent]);
  }

  async askForFilter(): Promise<void> {
    const words = await vscode.window.showInputBox({
      title: 'Filter events',
      prompt: `Kinds of components (${COMPONENTS.join(', ')}), or text of the label, or both: tool weather`,
      value: this.narrowing.words,
    });
    if (words !== undefined) this.narrow({ words: words.trim() });
  }

  narrow(change: Partial<Narrowing>): void {
    this.narrowing = { ...this.narrowing, ...change };
    const filtered = isNarrowed({ ...this.narrowing, errorsOnly: false });
    void vscode.commands.executeCommand('setContext', 'namel3ss.eventsFiltered', filtered);
    void vscode.commands.executeCommand('setContext', 'namel3ss.errorsOnly', this.narrowing.errorsOnly);
    this.present();
  }

  // What the session says.

  private get tree(): EventTree | undefined {
    return this.model && this.trees.get(this.model);
  }

  private show(model: SessionModel | undefined): void {
    this.listening?.dispose();
    this.model = model;
    this.listening = model?.onDidChange((change) => {
      if (change === 'position') this.moved();
      else if (change === 'bookmarks') void this.decorations.read(model);
    });
    void this.decorations.read(model);
    this.present();
  }

  /** Draws the tree of the session from its beginning: another session, another filter. */
  private present(): void {
    const { model } = this;
    if (model?.position && this.tree?.narrowing !== this.narrowing) {
      const request = <T>(command: string, args: object): Promise<T> => model.request(command, args);
      this.trees.set(model, new EventTree(request, this.narrowing, model.position));
    }
    this.here = undefined;
    this.describe();
    this.refresh([undefined]);
    void this.following.want();
    this.lookForMore();
  }

  private startOver(model: SessionModel): void {
    this.trees.delete(model);
    if (model === this.model) this.refresh([undefined]);
  }

  private moved(): void {
    if (this.tree) {
      void this.following.want();
      this.lookForMore();
    } else {
      this.present();
      void this.decorations.read(this.model);
    }
  }

  /** A run that is followed tells of every growth; the tree asks for it after a while. */
  private lookForMore(): void {
    const position = this.model?.position;
    if (position && this.tree?.isBehind(position)) this.growth ??= setTimeout(() => void this.grow(), GROWTH_MS);
  }

  private async grow(): Promise<void> {
    const { tree, model } = this;
    try {
      if (!tree || !model?.position) return;
      const ended = model.position.complete && !tree.known.complete;
      const changed = await tree.grow(model.position);
      if (tree !== this.tree) return;
      this.refresh(ended ? [undefined] : changed);
      this.decorations.renew(changed.filter((row) => row !== undefined).map((row) => row.moment));
    } catch {
      // The session has ended, or the next growth asks again.
    } finally {
      this.growth = undefined;
    }
    this.lookForMore();
  }

  // Following.

  private async follow(): Promise<void> {
    const { tree, model, here } = this;
    if (!tree || !model?.position || !this.view.visible) return;
    try {
      const { row, changed } = await tree.find(model.position.moment);
      if (tree !== this.tree) return;
      this.here = row;
      this.refresh(changed);
      if (row) await this.reveal(row);
      this.refresh([here, row].filter((each) => each !== undefined));
    } catch {
      // The run went on, or the session has ended, before there was an answer: the next stop is followed again.
    }
  }

  private async reveal(row: Row): Promise<void> {
    for (const last of [false, true]) {
      try {
        await this.view.reveal(row, { select: true, focus: false });
        if (last || this.view.selection[0] === row) return;
      } catch {
        if (last) return;
      }
      // VS Code was just reading the old children of the call: it has the new ones after another look.
      this.refresh([row.parent]);
    }
  }

  // Drawing.

  private refresh(places: Place[]): void {
    if (places.includes(undefined)) this.changed.fire(undefined);
    else if (places.length > 0) this.changed.fire(places as Row[]);
  }

  private describe(): void {
    const { model, tree } = this;
    if (!model) this.say('No run is being replayed. Start one with F5.');
    else if (!tree) this.say('The events are shown when the run first stops.');
    else this.say(described(this.narrowing, tree.left));
  }

  /** Saying the same again would hold back the next change of the tree: VS Code gathers both for a while. */
  private say(message: string | undefined): void {
    if (this.view.message !== (message ?? '')) this.view.message = message ?? '';
  }

  private circumstances(row: Row): Circumstances {
    const { moment, complete } = this.model?.position ?? { moment: -1, complete: true };
    return {
      rests: moment === row.moment ? 'start' : moment === row.node.end ? 'end' : undefined,
      complete,
    };
  }

  /** Rows of a filtered tree are others: VS Code remembers what was open of each. */
  private idOf(name: string): string {
    return `${this.model?.id}/${JSON.stringify(asked(this.narrowing))}/${name}`;
  }
}
