// How a row of the events tree looks and how it is read out. Icons tell the kinds of components apart, in the colours
// of the timeline; where the run rests, what failed and what is still open come before that.

import type { EventNode } from '../../adapter/protocol';
import { oneLine } from '../../traces/harmless';
import { cost, counted, duration } from '../../traces/amounts';

/** An icon of the editor's, and a colour of the theme's. */
export interface Icon {
  id: string;
  colour: string | undefined;
}

/** What the look of a row depends on besides its event. */
export interface Circumstances {
  /** The run rests at the event, or at the end of the call. */
  rests: 'start' | 'end' | undefined;
  /** No more events are coming: what is open now was never ended. */
  complete: boolean;
}

const COMPONENTS: Record<string, Icon> = {
  app: { id: 'home', colour: undefined },
  agent: { id: 'hubot', colour: 'charts.purple' },
  chain: { id: 'list-tree', colour: 'terminal.ansiCyan' },
  llm: { id: 'sparkle', colour: 'charts.blue' },
  memory: { id: 'database', colour: 'charts.yellow' },
  prompt: { id: 'comment', colour: 'charts.orange' },
  tool: { id: 'tools', colour: 'charts.green' },
  validation: { id: 'checklist', colour: 'terminal.ansiMagenta' },
};
const KINDS: Record<string, Icon> = {
  agent_turn: { id: 'comment-discussion', colour: 'charts.purple' },
  chain_step: { id: 'arrow-right', colour: 'terminal.ansiCyan' },
  performance_marker: { id: 'pulse', colour: undefined },
};
const OTHER: Icon = { id: 'circle-small', colour: undefined };
const RESTS: Icon = { id: 'debug-stackframe', colour: 'debugIcon.breakpointCurrentStackframeForeground' };
const FAILED: Icon = { id: 'error', colour: 'list.errorForeground' };
const OPEN: Icon = { id: 'loading~spin', colour: 'charts.yellow' };
const NEVER_ENDED: Icon = { id: 'debug-disconnect', colour: 'charts.yellow' };

/** What stands in the row. */
export function labelOf(node: EventNode): string {
  return oneLine(node.label, 120) || node.kind;
}

/** What stands behind it, dimmed: "#7 · 812 ms · 41 tokens". */
export function descriptionOf(node: EventNode, { rests, complete }: Circumstances): string {
  return [
    rests === 'end' ? `#${node.end} (end)` : `#${node.moment}`,
    node.end === null ? (complete ? 'never ended' : 'open') : undefined,
    took(node),
    node.tokens ? counted(node.tokens, 'token') : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** The icon of a row. */
export function iconOf(node: EventNode, { rests, complete }: Circumstances): Icon {
  if (rests) return RESTS;
  if (hasFailed(node)) return FAILED;
  if (node.end === null) return complete ? NEVER_ENDED : OPEN;
  return KINDS[node.kind] ?? COMPONENTS[node.component] ?? OTHER;
}

/** What a screen reader says of a row. */
export function spoken(node: EventNode, { rests, complete }: Circumstances): string {
  const errors = node.errors ?? 0;
  return [
    labelOf(node),
    `event ${node.moment}`,
    hasFailed(node) ? 'failed' : undefined,
    node.end === null ? (complete ? 'never ended' : 'open') : undefined,
    took(node),
    node.tokens ? counted(node.tokens, 'token') : undefined,
    errors > 0 && node.hasChildren ? `${counted(errors, 'failure')} in it` : undefined,
    rests && (rests === 'end' ? 'the run rests at its end' : 'the run rests here'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** What is drawn at the right edge of a row: a bookmark, or how many failures there are in a call. */
export function badgeOf(node: EventNode, bookmarked: boolean): { badge: string; tooltip: string } | undefined {
  const errors = node.errors ?? 0;
  if (bookmarked) return { badge: '★', tooltip: 'bookmarked' };
  if (errors === 0 || !node.hasChildren) return undefined;
  return { badge: errors > 9 ? '9+' : String(errors), tooltip: `${counted(errors, 'failure')} in it` };
}

/** Whether an event is a failure. */
export function hasFailed(node: EventNode): boolean {
  return node.status === 'failed' || node.kind === 'error_occurred';
}

/** The figures of a call in one line, for its tooltip. */
export function figures(node: EventNode): string {
  const range = node.end === null || node.end === node.moment ? `#${node.moment}` : `#${node.moment} to #${node.end}`;
  return [
    `event ${range}`,
    `${duration(node.elapsedMs)} after the start`,
    took(node) && `took ${took(node)}`,
    node.tokens ? counted(node.tokens, 'token') : undefined,
    node.cost ? cost(node.cost) : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

function took({ end, durationMs }: EventNode): string | undefined {
  return end === null || durationMs === null ? undefined : duration(durationMs);
}

/** What stands in a row for events that were not asked for yet: "#102 to #7949". */
export function gapOf(after: number, before: number | null): string {
  return before === null ? `from #${after + 1} on` : `#${after + 1} to #${before - 1}`;
}
