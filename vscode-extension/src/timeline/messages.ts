// What the timeline's page and its side in the extension host tell each other.

import type { Moment, Position, StopsBody, TimelineArguments, TimelinePicture } from '../adapter/protocol';

/** What is marked on the timeline. */
export interface Markers {
  stops: StopsBody['moments'];
  bookmarks: { name: string; moment: Moment }[];
}

/** From the page. */
export type ToHost =
  | { type: 'ready' }
  | { type: 'look'; number: number; arguments: TimelineArguments }
  | { type: 'goTo'; moment: Moment }
  | { type: 'error'; direction: 'forward' | 'backward' }
  | { type: 'start' }
  /** The editor has taken the keyboard at a stop that the timeline has led to. */
  | { type: 'focus' };

/** To the page. */
export type ToPage =
  | { type: 'nothing' }
  | { type: 'session'; id: string; name: string }
  /** The session has begun anew. */
  | { type: 'again' }
  | { type: 'position'; position: Position }
  | { type: 'picture'; number: number; picture: TimelinePicture }
  | { type: 'refused'; number: number; sentence: string }
  | { type: 'markers'; markers: Markers }
  | { type: 'said'; sentence: string };
