// What is known of one debug session: where it rests, and a line to its adapter.
// It imports nothing of VS Code, so that what follows from a message is tested without an editor.

import type { Moment, Position } from '../adapter/protocol';

/** What of a session has changed. */
export type Change = 'position' | 'breakpoints' | 'bookmarks' | 'ended';

/** How a model speaks to its adapter. */
export type Ask = (command: string, args?: object) => Thenable<unknown>;

/** Something that is given back. */
export interface Subscription {
  dispose(): void;
}

/** One replay, as the views see it. */
export class SessionModel {
  private readonly listeners = new Set<(change: Change) => void>();
  private where: Position | undefined;
  private over = false;

  constructor(
    readonly id: string,
    readonly name: string,
    private readonly ask: Ask,
  ) {}

  /** Where the run rests; nothing before its first stop. */
  get position(): Position | undefined {
    return this.where;
  }

  /** Whether the session is over; then no request is answered any more. */
  get ended(): boolean {
    return this.over;
  }

  /** Ask the adapter; the refusal's sentence is the error's message. */
  async request<T>(command: string, args: object = {}): Promise<T> {
    return (await this.ask(command, args)) as T;
  }

  /** Travel to an event. */
  async goTo(moment: Moment): Promise<void> {
    await this.request('n3/goToEvent', { moment });
  }

  /** Be told of changes until the subscription is given back. */
  onDidChange(listener: (change: Change) => void): Subscription {
    this.listeners.add(listener);
    return { dispose: () => void this.listeners.delete(listener) };
  }

  /** The adapter has said where the run rests. */
  moved(position: Position): void {
    this.where = position;
    this.tell('position');
  }

  /** Something that markers are drawn for has changed. */
  changed(change: 'breakpoints' | 'bookmarks'): void {
    this.tell(change);
  }

  /** The session is over. */
  end(): void {
    if (!this.over) {
      this.over = true;
      this.tell('ended');
    }
  }

  private tell(change: Change): void {
    for (const listener of [...this.listeners]) listener(change);
  }
}
