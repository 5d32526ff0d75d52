// What is under the pointer: a span, a cell, or a mark. What is narrow has some room around it, so that it can be hit.

import type { Drawing, Bar, Cell } from './drawing';
import { levelAt, type Row } from './layout';
import type { Scale } from './scale';

/** Something that was hit. */
export type Hit = { kind: 'bar'; bar: Bar } | { kind: 'cell'; cell: Cell };

const REACH_PX = 3;

/** What of a row is at a point; the innermost that is there. */
export function hitAt(drawing: Drawing, row: Row, scale: Scale, x: number, y: number): Hit | undefined {
  const strand = drawing.strands.get(row.track.id);
  if (!strand) return undefined;
  const level = levelAt(row, y);
  const isThere = (depth: number): boolean =>
    row.isFolded || (level === row.levels - 1 ? depth >= level : depth === level);
  let best: Bar | undefined;
  let nearest = Number.POSITIVE_INFINITY;
  for (const bar of strand.bars) {
    if (!isThere(bar.span.depth)) continue;
    const away = Math.max(scale.x(bar.begin) - x, x - Math.max(scale.x(bar.end), scale.x(bar.begin) + 1), 0);
    const isNarrower = !best || bar.end - bar.begin <= best.end - best.begin;
    if (away <= REACH_PX && (away < nearest || (away === nearest && isNarrower))) [best, nearest] = [bar, away];
  }
  if (best && nearest === 0) return { kind: 'bar', bar: best };
  const at = scale.at(x);
  const cell = strand.cells.find((each) => isThere(each.depth) && at >= each.begin && at < each.end);
  if (cell) return { kind: 'cell', cell };
  return best ? { kind: 'bar', bar: best } : undefined;
}

/** Of things in order of their places, the one nearest to a pixel, within reach. */
export function nearest<T>(
  things: readonly T[],
  placeOf: (thing: T) => number,
  scale: Scale,
  x: number,
): T | undefined {
  let best: T | undefined;
  let least = REACH_PX * 2;
  for (const thing of things) {
    const away = Math.abs(scale.x(placeOf(thing)) - x);
    if (away <= least) [best, least] = [thing, away];
  }
  return best;
}

/** The span of a row that the keyboard chooses: the innermost around a place, or else the nearest. */
export function chosenIn(drawing: Drawing, row: Row, at: number): Bar | undefined {
  let best: Bar | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const bar of drawing.strands.get(row.track.id)?.bars ?? []) {
    const away = Math.max(bar.begin - at, at - bar.end, 0);
    if (away < least || (away === least && bar.span.depth >= (best?.span.depth ?? 0))) [best, least] = [bar, away];
  }
  return best;
}
