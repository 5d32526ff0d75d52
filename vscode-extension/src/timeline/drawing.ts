// A picture from the adapter, arranged for drawing: the spans of each track by depth, and for each cell which component
// most of it is. Everything has a place on the axis that the picture was made for.

import type { Axis, Moment, TimelinePicture, TimelineSpan } from '../adapter/protocol';

/** A span on the axis. */
export interface Bar {
  span: TimelineSpan;
  begin: number;
  end: number;
}

/** What is in one cell of a depth of a track. */
export interface Cell {
  track: number;
  depth: number;
  begin: number;
  end: number;
  /** Of most of its events. */
  component: string;
  events: number;
  errors: number;
  tokens: number;
  cost: number;
}

/** What is drawn of one track. */
export interface Strand {
  bars: Bar[];
  cells: Cell[];
}

/** A picture, arranged. */
export interface Drawing {
  axis: Axis;
  picture: TimelinePicture;
  strands: Map<number, Strand>;
  /** What the most of anything is, to draw everything else in proportion. */
  most: { events: number; tokens: number; cost: number; durationMs: number };
  /** Known events in order of their places: what is nearest to a place is found among them. */
  places: { at: number; moment: Moment }[];
}

/** Where an event is on the axis: in the middle of its slot, or at its time. */
export function placeOf(axis: Axis, moment: Moment, ms: number): number {
  return axis === 'time' ? ms : moment + 0.5;
}

/** Where a span is on the axis: its slots from the first to the last, or from its time to the other. */
export function barOf(span: TimelineSpan, picture: TimelinePicture): Bar {
  const begin = picture.axis === 'time' ? span.startMs : span.moment;
  const end = picture.axis === 'time' ? (span.endMs ?? picture.elapsedMs) : (span.end ?? picture.events - 1) + 1;
  return { span, begin, end };
}

/** Whether it is a single event. */
export function isPoint(span: TimelineSpan): boolean {
  return span.end === span.moment;
}

/** Arranges a picture. */
export function arranged(picture: TimelinePicture): Drawing {
  const strands = new Map<number, Strand>();
  const strand = (track: number): Strand => {
    const found = strands.get(track) ?? { bars: [], cells: [] };
    strands.set(track, found);
    return found;
  };
  const most = { events: 1, tokens: 0, cost: 0, durationMs: 0 };
  for (const span of picture.spans) {
    strand(span.track).bars.push(barOf(span, picture));
    if (span.kind === 'app_load') continue;
    most.tokens = Math.max(most.tokens, span.tokens);
    most.cost = Math.max(most.cost, span.cost);
    most.durationMs = Math.max(most.durationMs, durationOf(span, picture));
  }
  for (const cell of cellsOf(picture)) {
    strand(cell.track).cells.push(cell);
    most.events = Math.max(most.events, cell.events);
    most.tokens = Math.max(most.tokens, cell.tokens);
    most.cost = Math.max(most.cost, cell.cost);
  }
  // Outer ones first: what is inside is drawn over them where levels are folded into one.
  for (const { bars } of strands.values()) bars.sort((one, other) => one.span.depth - other.span.depth);
  return { axis: picture.axis, picture, strands, most, places: placesOf(picture) };
}

/** How long a span took, or has been open. */
export function durationOf(span: TimelineSpan, picture: TimelinePicture): number {
  return (span.endMs ?? picture.elapsedMs) - span.startMs;
}

function cellsOf(picture: TimelinePicture): Cell[] {
  const { size, bands } = picture.cells;
  const found = new Map<string, Cell & { most: number }>();
  for (const band of bands) {
    band.at.forEach((number, index) => {
      const events = band.events[index] ?? 0;
      const key = `${band.track} ${band.depth} ${number}`;
      const begin = picture.begin + number * size;
      const cell = found.get(key) ?? {
        track: band.track,
        depth: band.depth,
        begin,
        end: Math.min(begin + size, picture.end),
        component: band.component,
        events: 0,
        errors: 0,
        tokens: 0,
        cost: 0,
        most: 0,
      };
      found.set(key, cell);
      if (events > cell.most) Object.assign(cell, { most: events, component: band.component });
      cell.events += events;
      cell.errors += band.errors?.[index] ?? 0;
      cell.tokens += band.tokens?.[index] ?? 0;
      cell.cost += band.cost?.[index] ?? 0;
    });
  }
  return [...found.values()];
}

function placesOf(picture: TimelinePicture): Drawing['places'] {
  const found = new Map<Moment, number>();
  const add = (moment: Moment, ms: number): void => {
    found.set(moment, placeOf(picture.axis, moment, ms));
  };
  for (const bucket of picture.buckets) if (bucket.to >= bucket.from) add(bucket.from, bucket.elapsedMs);
  for (const span of picture.spans) {
    add(span.moment, span.startMs);
    if (span.end !== null && span.endMs !== null) add(span.end, span.endMs);
  }
  for (const failure of picture.failures) add(failure.moment, failure.ms);
  return [...found].map(([moment, at]) => ({ at, moment })).sort((one, other) => one.moment - other.moment);
}

/** The event nearest to a place: exactly on the axis of events, else of those that the picture knows. */
export function momentAt(drawing: Drawing, at: number): Moment {
  const last = Math.max(drawing.picture.events - 1, 0);
  if (drawing.axis === 'events') return Math.min(Math.max(Math.floor(at), 0), last);
  const { places } = drawing;
  const low = firstFrom(places, 'at', at);
  const [before, after] = [places[low - 1], places[low]];
  if (!before || !after) return (before ?? after)?.moment ?? 0;
  return at - before.at < after.at - at ? before.moment : after.moment;
}

/** When an event happened, as exactly as the picture knows. */
export function timeOf(moment: Moment, places: Drawing['places']): number | undefined {
  return places[firstFrom(places, 'moment', moment)]?.at;
}

/** Which of the places is the first that is not before a value. */
function firstFrom(places: Drawing['places'], what: 'at' | 'moment', value: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle]?.[what] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
