// Events as the adapter answers `n3/children`.
import type { EventNode } from '../../src/adapter/protocol';

/** A single event; what a test is about is given. */
export function node(moment: number, given: Partial<EventNode> = {}): EventNode {
  return {
    moment,
    end: moment,
    label: `event ${moment}`,
    kind: 'tool_call',
    component: 'tool',
    name: null,
    status: 'completed',
    lane: 0,
    elapsedMs: moment,
    durationMs: 1,
    tokens: 0,
    cost: 0,
    errors: 0,
    hasChildren: false,
    path: null,
    line: 1,
    ...given,
  };
}
