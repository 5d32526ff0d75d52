// What the timeline says: in tooltips, to screen readers, and beside its buttons.

import type { Position, TimelinePicture, TimelineSpan } from '../adapter/protocol';
import { cost, counted, duration, whole } from '../traces/amounts';
import { type Cell, durationOf, isPoint } from './drawing';
import type { Hit } from './hit';
import type { Mark } from './marks';

/** A line of a tooltip: what, and how much. */
export interface Fact {
  name: string;
  value: string;
}

/** What a tooltip says. */
export interface Tooltip {
  title: string;
  component: string;
  isFailed: boolean;
  facts: Fact[];
  /** What can be done. */
  hint: string;
}

/** What there is to say of what is under the pointer. */
export function tipOf(thing: Hit | Mark, picture: TimelinePicture | undefined): Tooltip | undefined {
  if (!picture) return undefined;
  if (thing.kind === 'bar') return spanTooltip(thing.bar.span, picture);
  if (thing.kind === 'cell') return cellTooltip(thing.cell, picture);
  return {
    title: thing.text,
    component: thing.kind,
    isFailed: thing.kind === 'failure',
    facts: [{ name: 'event', value: number(thing.moment) }],
    hint: 'Click to go there.',
  };
}

/** What there is to say of a span. */
export function spanTooltip(span: TimelineSpan, picture: TimelinePicture): Tooltip {
  const facts: Fact[] = [];
  if (isPoint(span))
    facts.push({ name: 'event', value: number(span.moment) }, { name: 'kind', value: spoken(span.kind) });
  else {
    const took = duration(durationOf(span, picture));
    facts.push({ name: 'took', value: span.end === null ? `${took} so far` : took });
    facts.push({
      name: 'events',
      value: span.end === null ? `${number(span.moment)} on` : `${number(span.moment)} to ${number(span.end)}`,
    });
  }
  facts.push({ name: 'began at', value: duration(span.startMs) });
  if (span.tokens) facts.push({ name: 'tokens', value: whole(span.tokens) });
  if (span.cost) facts.push({ name: 'cost', value: cost(span.cost) });
  if (!isPoint(span) || span.status === 'failed') facts.push({ name: 'status', value: span.status });
  return {
    title: span.label,
    component: span.component,
    isFailed: span.status === 'failed',
    facts,
    hint: isPoint(span) ? 'Click to go there.' : 'Click to go there, double-click to zoom in.',
  };
}

/** What there is to say of a cell. */
export function cellTooltip(cell: Cell, picture: TimelinePicture): Tooltip {
  const facts: Fact[] = [
    {
      name: picture.axis === 'time' ? 'between' : 'events',
      value:
        picture.axis === 'time'
          ? `${duration(cell.begin)} and ${duration(cell.end)}`
          : `${number(cell.begin)} to ${number(Math.ceil(cell.end) - 1)}`,
    },
  ];
  if (cell.errors) facts.push({ name: 'failures', value: whole(cell.errors) });
  if (cell.tokens) facts.push({ name: 'tokens', value: whole(cell.tokens) });
  if (cell.cost) facts.push({ name: 'cost', value: cost(cell.cost) });
  return {
    title: `${counted(cell.events, 'event')}, mostly ${cell.component}`,
    component: cell.component,
    isFailed: cell.errors > 0,
    facts,
    hint: 'Too short to be drawn one by one: double-click to zoom in.',
  };
}

/** A tooltip as one sentence. */
export function sentenceOf(tooltip: Tooltip): string {
  return `${tooltip.title}: ${tooltip.facts.map(({ name, value }) => `${name} ${value}`).join(', ')}`;
}

/** Where the run rests, to be read aloud. */
export function positionText(position: Position, picture: TimelinePicture | undefined): string {
  const here = picture?.spans.find((span) => span.moment === position.moment || span.end === position.moment);
  const edge = here && !isPoint(here) ? (here.moment === position.moment ? 'start of ' : 'end of ') : '';
  const where = `Event ${whole(position.moment)} of ${whole(Math.max(position.events - 1, 0))}`;
  const failed = here?.status === 'failed' && here.end === position.moment ? ', failed' : '';
  return `${where}, at ${duration(position.elapsedMs)}${here ? `: ${edge}${here.label}${failed}` : ''}`;
}

/** How much there is in the whole run. */
export function totalsText(totals: TimelinePicture['totals'], isComplete: boolean): string[] {
  const parts = [counted(totals.events, 'event'), duration(totals.elapsedMs)];
  if (totals.tokens) parts.push(`${whole(totals.tokens)} tokens`);
  if (totals.cost) parts.push(cost(totals.cost));
  if (totals.errors) parts.push(counted(totals.errors, 'failure'));
  return isComplete ? parts : [...parts, 'so far'];
}

/** The number of an event, as it is written everywhere. */
export function number(moment: number): string {
  return `#${whole(moment)}`;
}

function spoken(kind: string): string {
  return kind.replaceAll('_', ' ');
}
