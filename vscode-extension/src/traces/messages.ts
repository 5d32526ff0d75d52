// What the trace editor and its page say to each other. The page asks for what is in view and for one event; the host
// has the file, and never sends the whole of it.

import type { Filter } from './filter';
import type { Row } from './row';
import type { Status } from './summary';

/** What the head of the editor says of a run. */
export interface Head {
  app: string;
  file: string;
  program: string;
  status: Status;
  /** How it ended, in words. */
  said: string;
  error: string;
  started: string;
  facts: { name: string; value: string }[];
}

/** How many lines there are, and how far they are known. */
export interface Count {
  events: number;
  /** How many the filter lets through. */
  shown: number;
  /** How far reading or searching has come, from 0 to 1. */
  progress: number;
  torn: number;
  full: boolean;
  components: string[];
}

/** From the host to the page. */
export type ToPage =
  | { type: 'head'; head: Head }
  | { type: 'count'; count: Count }
  /** Other lines, or another filter: what was sent before counts no more. `place` is where the kept event is now. */
  | { type: 'reset'; generation: number }
  | { type: 'rows'; generation: number; first: number; rows: Row[] }
  /** Where an event is among those shown; when it is not, where it would be. */
  | { type: 'place'; generation: number; row: number; place: number; isThere: boolean }
  | { type: 'event'; row: number; text: string; bytes: number; isCut: boolean }
  | { type: 'problem'; sentence: string };

/** From the page to the host. */
export type ToHost =
  | { type: 'ready'; filter: Filter }
  | { type: 'rows'; generation: number; first: number; count: number }
  | { type: 'event'; row: number }
  | { type: 'filter'; filter: Filter }
  | { type: 'place'; row: number }
  | { type: 'replay' }
  | { type: 'replayFrom'; row: number }
  | { type: 'openAsText' }
  | { type: 'openSource'; row: number }
  | { type: 'copy'; row: number };
