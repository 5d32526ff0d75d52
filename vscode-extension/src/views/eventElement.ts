// What a command gets when it was chosen for an event: in the events tree, or for a frame of the call stack.

import type { EventNode, Moment } from '../adapter/protocol';

/** A row of the events tree: a call, or a single event. */
export interface EventElement {
  readonly moment: Moment;
  readonly node: EventNode;
}

/** The event that a command was chosen for; nothing when it was not chosen for one. */
export function momentOf(element: unknown): Moment | undefined {
  if (typeof element !== 'object' || element === null || !('moment' in element)) return undefined;
  return Number.isSafeInteger(element.moment) ? (element.moment as Moment) : undefined;
}
