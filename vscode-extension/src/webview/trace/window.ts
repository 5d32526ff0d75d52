// Which rows of a long list are in view. A browser does not draw lists that are tens of millions of pixels high; beyond
// that the scroll bar moves over several rows at a time, and keys still move by one.

/** A list as it is drawn. */
export interface List {
  rows: number;
  rowHeight: number;
  viewHeight: number;
}

/** The rows that are in view. */
export interface InView {
  first: number;
  count: number;
  /** Where the first of them is drawn. */
  top: number;
}

const HIGHEST = 16_000_000;

/** How high the whole list is drawn. */
export function heightOf({ rows, rowHeight }: List): number {
  return Math.min(rows * rowHeight, HIGHEST);
}

/** The rows that are in view at a place of the scroll bar. */
export function inView(list: List, scrollTop: number): InView {
  const { rows, rowHeight, viewHeight } = list;
  const at = Math.max(scrollTop, 0) * scaleOf(list);
  const first = Math.max(Math.min(Math.floor(at / rowHeight), rows - 1), 0);
  const count = Math.max(Math.min(Math.ceil(viewHeight / rowHeight) + 1, rows - first), 0);
  return { first, count, top: scrollTop - (at - first * rowHeight) };
}

/** Where the scroll bar has to be for a row to be in view, moving it as little as possible. */
export function scrollTo(list: List, row: number, scrollTop: number): number {
  const { rowHeight, viewHeight } = list;
  const scale = scaleOf(list);
  const at = scrollTop * scale;
  const top = row * rowHeight;
  if (top < at) return top / scale;
  if (top + rowHeight > at + viewHeight) return (top + rowHeight - viewHeight) / scale;
  return scrollTop;
}

/** Where the scroll bar has to be for a row to be the first in view. */
export function topOf(list: List, row: number): number {
  return (row * list.rowHeight) / scaleOf(list);
}

/** Where the scroll bar has to be for a row to be in the middle. */
export function centred(list: List, row: number): number {
  return Math.max((row * list.rowHeight - (list.viewHeight - list.rowHeight) / 2) / scaleOf(list), 0);
}

function scaleOf(list: List): number {
  const whole = list.rows * list.rowHeight;
  const drawn = heightOf(list);
  return drawn < whole && drawn > list.viewHeight ? (whole - list.viewHeight) / (drawn - list.viewHeight) : 1;
}
