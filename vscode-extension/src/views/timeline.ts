// The timeline of the run, in the panel. Its page asks for the range that it shows and this side passes that on to the
// adapter; the whole trace is never sent. It follows the stop by small position events, and leads it by a click.

import * as vscode from 'vscode';
import type { MarksBody, Moment, StopsBody, TimelineArguments, TimelinePicture } from '../adapter/protocol';
import { Latest } from '../session/latest';
import type { SessionModel, Subscription } from '../session/model';
import { sentenceOf } from '../session/refusal';
import type { Sessions } from '../session/sessions';
import { standing } from '../session/standing';
import type { Markers, ToHost, ToPage } from '../timeline/messages';
import { fillPage } from './webviewPage';

const VIEW = 'namel3ss.timeline';
const MOST_MARKED = 500;
const MOST_PAGES = 20;

/** Registers the view of the timeline. */
export function registerTimeline(context: vscode.ExtensionContext, sessions: Sessions): void {
  const provider = new TimelineProvider(sessions, context.extensionUri);
  context.subscriptions.push(provider, vscode.window.registerWebviewViewProvider(VIEW, provider));
}

class TimelineProvider implements vscode.WebviewViewProvider, vscode.Disposable {
  private page: TimelinePage | undefined;

  constructor(
    private readonly sessions: Sessions,
    private readonly root: vscode.Uri,
  ) {}

  resolveWebviewView(view: vscode.WebviewView): void {
    this.page?.dispose();
    const page = new TimelinePage(view, this.sessions, this.root);
    this.page = page;
    view.onDidDispose(() => page.dispose());
  }

  dispose(): void {
    this.page?.dispose();
  }
}

/** One page that shows the timeline. */
class TimelinePage {
  private readonly subscriptions: vscode.Disposable[];
  private readonly travel = new Latest<Moment>((moment) => this.telling((model) => model.goTo(moment)));
  private readonly marking = new Latest<SessionModel>((model) => this.sendMarkers(model));
  private model: SessionModel | undefined;
  private listening: Subscription | undefined;
  private marked = 0;

  constructor(
    private readonly view: vscode.WebviewView,
    sessions: Sessions,
    root: vscode.Uri,
  ) {
    const { webview } = view;
    this.subscriptions = [
      webview.onDidReceiveMessage((message: ToHost) => this.hear(message, sessions)),
      sessions.onDidChangeActive((model) => this.show(model)),
      view.onDidChangeVisibility(() => this.sendPosition()),
      sessions.onDidRestart((model) => model === this.model && this.send({ type: 'again' })),
    ];
    fillPage(webview, root, 'timeline', 'Timeline of a run');
  }

  dispose(): void {
    this.listening?.dispose();
    this.travel.forget();
    vscode.Disposable.from(...this.subscriptions).dispose();
  }

  private hear(message: ToHost, sessions: Sessions): void {
    switch (message.type) {
      case 'ready':
        return this.show(sessions.active);
      case 'look':
        return void this.look(message.number, message.arguments);
      case 'goTo':
        return void this.travel.want(message.moment);
      case 'error':
        return void this.telling((model) =>
          model.request('n3/to', { place: 'error', direction: message.direction }).then(() => undefined),
        );
      case 'focus':
        // With the setting off the editor takes nothing, and then it was a person who went elsewhere.
        if (vscode.workspace.getConfiguration('debug').get('focusEditorOnBreak')) this.view.show(false);
        return;
      case 'start':
        return void vscode.commands.executeCommand('namel3ss.replayLatest');
    }
  }

  private show(model: SessionModel | undefined): void {
    this.listening?.dispose();
    this.travel.forget();
    this.model = model;
    this.listening = model?.onDidChange((change) => {
      if (change === 'position') this.sendPosition();
      else if (change !== 'ended') void this.marking.want(model);
    });
    if (!model) {
      this.view.description = undefined;
      return this.send({ type: 'nothing' });
    }
    this.send({ type: 'session', id: model.id, name: model.name });
    this.sendPosition();
    if (model.position) void this.marking.want(model);
  }

  private sendPosition(): void {
    const { model } = this;
    if (!model?.position) return;
    const { position } = model;
    this.view.description = standing(position);
    this.send({ type: 'position', position });
    // What is marked beyond the end of what was known is known once the run has grown.
    if (this.marked !== position.events) void this.marking.want(model);
  }

  private async look(number: number, args: TimelineArguments): Promise<void> {
    const { model } = this;
    if (!model) return;
    try {
      const picture = await model.request<TimelinePicture>('n3/timeline', args);
      if (model === this.model) this.send({ type: 'picture', number, picture });
    } catch (problem) {
      if (model === this.model) this.send({ type: 'refused', number, sentence: sentenceOf(problem) });
    }
  }

  private async sendMarkers(model: SessionModel): Promise<void> {
    this.marked = model.position?.events ?? 0;
    const markers: Markers = { stops: await stopsOf(model), bookmarks: await bookmarksOf(model) };
    if (model === this.model) this.send({ type: 'markers', markers });
  }

  /** Does something with the session, and shows why it cannot be done. */
  private async telling(act: (model: SessionModel) => Promise<void>): Promise<void> {
    const { model } = this;
    if (!model) return;
    try {
      await act(model);
    } catch (problem) {
      if (model === this.model && !model.ended) this.send({ type: 'said', sentence: sentenceOf(problem) });
    }
  }

  private send(message: ToPage): void {
    void this.view.webview.postMessage(message);
  }
}

/** Where the breakpoints would stop; an adapter that cannot say so yet has none to be drawn. */
async function stopsOf(model: SessionModel): Promise<Markers['stops']> {
  const found: Markers['stops'] = [];
  let from: Moment = 0;
  try {
    for (let page = 0; page < MOST_PAGES && found.length < MOST_MARKED; page++) {
      const body = await model.request<StopsBody>('n3/stops', { from, most: MOST_MARKED - found.length });
      found.push(...body.moments);
      if (!body.more) break;
      from = body.to + 1;
    }
  } catch {
    return found;
  }
  return found;
}

async function bookmarksOf(model: SessionModel): Promise<Markers['bookmarks']> {
  try {
    return (await model.request<MarksBody>('n3/marks')).marks;
  } catch {
    return [];
  }
}
