// Runs in words: the same in the tree, the pick list, the lenses and the editor.

import { cost, counted, duration, moment } from './amounts';
import { oneLine } from './harmless';
import { beganAt } from './listing';
import { statusOf, type Status, type Summary } from './summary';

/** What a list says about a run beside its name: "12:04 · 1.2 s · 603 tokens · $0.0087". */
export function description(trace: Summary, now: number): string {
  const status = statusOf(trace, now);
  return [
    moment(beganAt(trace), now),
    status === 'completed' || status === 'unknown' ? undefined : status,
    trace.durationMs ? duration(trace.durationMs) : undefined,
    trace.tokens ? counted(trace.tokens, 'token') : undefined,
    trace.cost ? cost(trace.cost) : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** The name of a run's app, safe to show. */
export function title(trace: Summary): string {
  return oneLine(trace.app, 80) || 'run without a name';
}

/** How a run ended, in a sentence's words. */
export const SAID: Record<Status, string> = {
  completed: 'completed',
  failed: 'failed',
  cancelled: 'was cancelled',
  crashed: 'has no end: it crashed or was stopped',
  running: 'is still running',
  unknown: 'does not say how it ended',
};
