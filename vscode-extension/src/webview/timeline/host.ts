// The line to the extension host, and what the page remembers when it is taken down and put up again.

import type { Axis } from '../../adapter/protocol';
import type { ToHost } from '../../timeline/messages';
import type { Range } from '../../timeline/scale';
import type { Colouring } from './palette';

/** What is remembered. */
export interface State {
  axis: Axis;
  colouring: Colouring;
  /** The labels of the tracks that are folded. */
  folded: string[];
  /** Whose range and place it is. */
  session?: string;
  /** What was seen; nothing for all of the run. */
  range?: Range;
  /** How far down it was scrolled. */
  top?: number;
}

interface Host {
  postMessage(message: ToHost): void;
  getState(): Partial<State> | undefined;
  setState(state: State): void;
}

declare function acquireVsCodeApi(): Host;

/** The extension host. */
export const host = acquireVsCodeApi();
