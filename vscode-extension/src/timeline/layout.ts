// Where tracks are on the screen: one below the other, each as high as calls are nested in it, or folded to one line.

import type { TimelineTrack } from '../adapter/protocol';

/** How high a level is, with the gap below it. */
export const LEVEL = 18;
/** The gap above and below the levels of a track. */
export const PADDING = 4;
const MOST_LEVELS = 16;

/** A track on the screen. */
export interface Row {
  track: TimelineTrack;
  top: number;
  height: number;
  /** How many of its levels are shown. */
  levels: number;
  isFolded: boolean;
}

/** All tracks that have anything, from top to bottom. */
export function rowsOf(tracks: readonly TimelineTrack[], folded: ReadonlySet<string>): Row[] {
  let top = 0;
  return tracks
    .filter((track) => track.levels > 0)
    .map((track) => {
      const isFolded = folded.has(track.label) && track.levels > 1;
      const levels = isFolded ? 1 : Math.min(track.levels, MOST_LEVELS);
      const row = { track, top, height: levels * LEVEL + 2 * PADDING, levels, isFolded };
      top += row.height;
      return row;
    });
}

/** How high all of them are. */
export function heightOf(rows: readonly Row[]): number {
  const last = rows.at(-1);
  return last ? last.top + last.height : 0;
}

/** Those that are seen between two heights. */
export function seenOf(rows: readonly Row[], top: number, bottom: number): Row[] {
  return rows.filter((row) => row.top + row.height > top && row.top < bottom);
}

/** The row at a height, if any is there. */
export function rowAt(rows: readonly Row[], y: number): Row | undefined {
  return rows.find((row) => y >= row.top && y < row.top + row.height);
}

/** The level of a row at a height. */
export function levelAt(row: Row, y: number): number {
  return Math.min(Math.max(Math.floor((y - row.top - PADDING) / LEVEL), 0), row.levels - 1);
}

/** The height at which a level of a row begins; what is deeper than is shown is at the last one. */
export function levelTop(row: Row, level: number): number {
  return row.top + PADDING + Math.min(level, row.levels - 1) * LEVEL;
}

/** Where to scroll so that a row is seen: as little as possible. */
export function scrolledTo(row: Row, top: number, height: number): number {
  if (row.top < top || row.height > height) return row.top;
  return row.top + row.height > top + height ? row.top + row.height - height : top;
}
