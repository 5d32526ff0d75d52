// Where things are on the axis and on the screen: zooming, moving, ticks, and which range to ask the adapter for.
// Ranges to ask for begin at multiples of buckets whose sizes are powers of two, so that what is drawn stays where it
// is while one moves, and nothing flickers.

import type { Axis, TimelineArguments } from '../adapter/protocol';
import { whole } from '../traces/amounts';

/** A part of the axis: numbers of events, or milliseconds; the end is not in it. */
export interface Range {
  begin: number;
  end: number;
}

/** A line of the ruler with its label. */
export interface Tick {
  at: number;
  label: string;
}

/** A range in buckets. */
export interface Grid {
  begin: number;
  size: number;
  buckets: number;
}

/** How narrow a range can be made, on each axis. */
export const NARROWEST: Record<Axis, number> = { events: 4, time: 0.02 };

const MARGIN = 0.015;
const TICK_PX = 84;
const BUCKET_PX = 2;
const MOST_BUCKETS = 2_000;
const AROUND = 0.5;

/** Shows a range of the axis on so many pixels. */
export class Scale {
  constructor(
    readonly range: Range,
    readonly width: number,
  ) {}

  /** How many pixels one unit of the axis takes. */
  get perUnit(): number {
    return this.width / Math.max(this.range.end - this.range.begin, Number.MIN_VALUE);
  }

  /** The pixel of a place on the axis. */
  x(at: number): number {
    return (at - this.range.begin) * this.perUnit;
  }

  /** The place on the axis of a pixel. */
  at(x: number): number {
    return this.range.begin + x / this.perUnit;
  }
}

/** The whole axis of a run, with a little air at both ends. */
export function wholeOf(axis: Axis, events: number, elapsedMs: number): Range {
  const length = Math.max(axis === 'time' ? elapsedMs : events, NARROWEST[axis]);
  return { begin: -length * MARGIN, end: length * (1 + MARGIN) };
}

/** The range moved into its bounds, and no wider than they are. */
export function kept(range: Range, bounds: Range, axis: Axis): Range {
  const most = bounds.end - bounds.begin;
  const length = Math.min(Math.max(range.end - range.begin, NARROWEST[axis]), most);
  const begin = Math.min(Math.max(range.begin, bounds.begin), bounds.end - length);
  return { begin, end: begin + length };
}

/** The range `factor` times as wide; `around` stays where it is on the screen. */
export function zoomed(range: Range, factor: number, around: number, bounds: Range, axis: Axis): Range {
  const length = Math.min(Math.max((range.end - range.begin) * factor, NARROWEST[axis]), bounds.end - bounds.begin);
  const share = (around - range.begin) / (range.end - range.begin);
  return kept({ begin: around - share * length, end: around + (1 - share) * length }, bounds, axis);
}

/** The range moved by so much. */
export function moved(range: Range, by: number, bounds: Range, axis: Axis): Range {
  return kept({ begin: range.begin + by, end: range.end + by }, bounds, axis);
}

/** The range moved as little as needed for a place to be in it, and not at its edge. */
export function showing(range: Range, at: number, bounds: Range, axis: Axis): Range {
  const length = range.end - range.begin;
  const edge = length * 0.04;
  if (at >= range.begin + edge && at <= range.end - edge) return range;
  if (at >= range.begin && at <= range.end && (at - bounds.begin < edge || bounds.end - at < edge)) return range;
  return kept({ begin: at - length * 0.35, end: at + length * 0.65 }, bounds, axis);
}

/** Ticks a comfortable way apart, at multiples of 1, 2 or 5, or of what clocks count in. */
export function ticks(range: Range, width: number, axis: Axis): Tick[] {
  const length = range.end - range.begin;
  const least = (length * TICK_PX) / Math.max(width, 1);
  const step = axis === 'time' ? timeStep(least) : Math.max(step125(least), 1);
  const found: Tick[] = [];
  const most = Math.ceil(width / TICK_PX) + 2;
  for (let n = Math.max(Math.ceil(range.begin / step - 1e-9), 0); found.length < most; n++) {
    const at = n * step;
    if (at > range.end) break;
    found.push({ at, label: axis === 'time' ? timeLabel(at, step) : whole(at) });
  }
  return found;
}

/** The smallest of 1, 2, 5, 10, 20, 50 ... that is not less. */
export function step125(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(least, 1e-9)) + 1e-9);
  const share = least / power;
  return power * (share <= 1 + 1e-9 ? 1 : share <= 2 + 1e-9 ? 2 : share <= 5 + 1e-9 ? 5 : 10);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const CLOCK_STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12, 24].map((n) => n * HOUR),
];

function timeStep(least: number): number {
  if (least <= 500) return step125(least);
  return CLOCK_STEPS.find((step) => step >= least) ?? 24 * HOUR * step125(least / (24 * HOUR));
}

/** A time of the ruler, as exact as its steps are. */
export function timeLabel(ms: number, step: number): string {
  if (ms >= MINUTE || (step >= MINUTE && ms > 0)) {
    const seconds = Math.floor(ms / SECOND + 1e-9);
    const clock = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, '0'));
    const hours = Math.floor(seconds / 3600);
    const fraction = step < SECOND ? (ms / SECOND - seconds).toFixed(decimals(step / SECOND)).slice(1) : '';
    return hours ? `${hours}:${clock.join(':')}${fraction}` : `${Number(clock[0])}:${clock[1]}${fraction}`;
  }
  if (step >= SECOND || ms >= SECOND) return `${(ms / SECOND).toFixed(decimals(step / SECOND))} s`;
  if (step >= 1 || ms >= 1) return `${ms.toFixed(decimals(step))} ms`;
  return ms === 0 ? '0' : `${(ms * 1_000).toFixed(decimals(step * 1_000))} µs`;
}

function decimals(step: number): number {
  return step >= 1 ? 0 : Math.min(Math.ceil(-Math.log10(step) - 1e-9), 6);
}

/** The buckets to ask for: the range and half of it on each side, in buckets of two to four pixels. */
export function gridOf(range: Range, width: number, axis: Axis): Grid {
  const length = range.end - range.begin;
  const unit = axis === 'time' ? 0.001 : 1;
  let size = unit;
  while (size * Math.max(width, 1) < length * BUCKET_PX) size *= 2;
  while ((length * (1 + 2 * AROUND)) / size + 2 > MOST_BUCKETS) size *= 2;
  const begin = Math.max(Math.floor((range.begin - length * AROUND) / size) * size, 0);
  const buckets = Math.max(Math.ceil((range.end + length * AROUND - begin) / size), 1);
  return { begin, size, buckets: Math.min(buckets, MOST_BUCKETS) };
}

/** A grid as what the adapter is asked. */
export function argumentsOf(grid: Grid, axis: Axis): TimelineArguments {
  const end = grid.begin + grid.size * grid.buckets;
  return axis === 'time'
    ? { axis, fromMs: rounded(grid.begin), toMs: rounded(end - 0.001), buckets: grid.buckets }
    : { axis, from: grid.begin, to: end - 1, buckets: grid.buckets };
}

function rounded(ms: number): number {
  return Math.round(ms * 1_000) / 1_000;
}
