// Where a run rests, in the words of the status bar. The last event is counted as the stop's own text counts it.

import type { Position } from '../adapter/protocol';
import { duration } from '../traces/amounts';

/** What the status bar says: "event 7 of 53"; a run that still grows has "≥" before what is known of it. */
export function standing({ moment, events, complete, atStart, atEnd }: Position): string {
  const last = Math.max(events - 1, 0);
  const where = `event ${moment} of ${complete ? '' : '≥ '}${last}`;
  if (atEnd) return `${where}: end of recording`;
  return atStart ? `${where}: beginning` : where;
}

/** What its tooltip adds. */
export function standingTooltip(position: Position, name: string): string {
  const still = position.complete ? '' : ' The run is still being recorded.';
  return `${name} rests ${duration(position.elapsedMs)} after its start.${still} Click to go to another event.`;
}
