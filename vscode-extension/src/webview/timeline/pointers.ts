// What the pointer does on the tracks, on the ruler and on the strip: a click goes to an event, a drag moves what is
// seen, and a drag on the ruler takes the run along.

import { hitAt, type Hit } from '../../timeline/hit';
import type { Drawing } from '../../timeline/drawing';
import { isPoint, momentAt } from '../../timeline/drawing';
import { heightOf, type Row, rowAt } from '../../timeline/layout';
import { type Range, Scale } from '../../timeline/scale';
import type { View } from '../../timeline/view';
import type { Moment } from '../../adapter/protocol';
import type { Frame } from './frame';
import type { Mark } from './ruler';

/** What the pointer can see and do. */
export interface Stage {
  readonly frame: Frame;
  readonly view: View;
  readonly width: number;
  readonly height: number;
  readonly rows: readonly Row[];
  readonly drawing: Drawing | undefined;
  /** Where the run rests, on the axis. */
  readonly place: number | undefined;
  goTo(moment: Moment): void;
  /** Drag the run to a place; nothing when it is let go. */
  scrub(at: number | undefined): void;
  /** Something is under the pointer, or nothing. */
  point(thing: Hit | Mark | undefined, x: number, y: number): void;
  markAt(x: number): Mark | undefined;
  /** What is seen has changed. */
  changed(): void;
}

const DRAG_PX = 4;
const GRIP_PX = 3;
const EDGE_PX = 5;
const MARKS_PX = 20;
const WHEEL = 0.0016;
const PINCH = 0.01;
const PINCH_PX = 12;

/** Listens to the pointer everywhere. */
export function listen(stage: Stage): void {
  listenToTracks(stage);
  listenToRuler(stage);
  listenToStrip(stage);
  stage.frame.root.addEventListener('wheel', (event) => wheel(stage, event), { passive: false });
}

function scaleOf(stage: Stage): Scale {
  return new Scale(stage.view.seen, stage.width);
}

function hitOf(stage: Stage, x: number, y: number): Hit | undefined {
  const { drawing, rows, view } = stage;
  const down = y + stage.frame.scroller.scrollTop;
  const row = rowAt(rows, down);
  return drawing?.axis === view.axis && row ? hitAt(drawing, row, scaleOf(stage), x, down) : undefined;
}

function wheel(stage: Stage, event: WheelEvent): void {
  const { view, frame } = stage;
  if (!stage.drawing || !(event.target instanceof HTMLCanvasElement)) return;
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const [across, down] = [event.deltaX * unit, event.deltaY * unit];
  const scale = scaleOf(stage);
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    // A pinch comes as a wheel with small steps.
    const strength = Math.abs(down) < PINCH_PX ? PINCH : WHEEL;
    const x = event.clientX - frame.body.getBoundingClientRect().left;
    view.zoom(Math.exp(down * strength), scale.at(x), 'at once');
  } else {
    const isAcross = event.shiftKey || Math.abs(across) > Math.abs(down);
    if (!isAcross && event.target === frame.body && heightOf(stage.rows) > stage.height) return;
    event.preventDefault();
    view.moveFrom(view.seen, (isAcross && across ? across : down) / scale.perUnit);
  }
  stage.point(undefined, 0, 0);
  stage.changed();
}

function listenToTracks(stage: Stage): void {
  const { frame, view } = stage;
  const { body } = frame;
  let held: { x: number; y: number; top: number; range: Range; what: 'click' | 'pan' | 'scrub' } | undefined;
  body.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    frame.root.focus({ preventScroll: true });
    body.setPointerCapture(event.pointerId);
    view.hold();
    const { place } = stage;
    const isOnLine = place !== undefined && Math.abs(scaleOf(stage).x(place) - event.offsetX) <= GRIP_PX;
    const what = isOnLine && !hitOf(stage, event.offsetX, event.offsetY) ? 'scrub' : 'click';
    held = { x: event.clientX, y: event.clientY, top: frame.scroller.scrollTop, range: view.seen, what };
  });
  body.addEventListener('pointermove', (event) => {
    if (!held) {
      const hit = hitOf(stage, event.offsetX, event.offsetY);
      body.classList.toggle('pointed', hit !== undefined);
      return stage.point(hit, event.clientX, event.clientY);
    }
    if (held.what === 'scrub') return stage.scrub(scaleOf(stage).at(event.offsetX));
    const [across, down] = [event.clientX - held.x, event.clientY - held.y];
    if (held.what === 'click' && Math.hypot(across, down) < DRAG_PX) return;
    held.what = 'pan';
    body.classList.add('held');
    stage.point(undefined, 0, 0);
    frame.scroller.scrollTop = held.top - down;
    view.moveFrom(held.range, -across / new Scale(held.range, stage.width).perUnit);
    stage.changed();
  });
  const release = (event: PointerEvent): void => {
    if (held?.what === 'click' && event.type === 'pointerup') click(stage, event);
    if (held?.what === 'scrub') stage.scrub(undefined);
    body.classList.remove('held');
    held = undefined;
  };
  body.addEventListener('pointerup', release);
  body.addEventListener('pointercancel', release);
  body.addEventListener('pointerleave', () => stage.point(undefined, 0, 0));
  body.addEventListener('dblclick', (event) => {
    const hit = hitOf(stage, event.offsetX, event.offsetY);
    if (hit?.kind === 'bar' && !isPoint(hit.bar.span)) view.frame(hit.bar.begin, hit.bar.end);
    else if (hit?.kind === 'cell') view.frame(hit.cell.begin, hit.cell.end);
    else view.zoom(1 / 2.5, scaleOf(stage).at(event.offsetX), 'gliding');
    stage.changed();
  });
}

function click(stage: Stage, event: PointerEvent): void {
  const hit = hitOf(stage, event.offsetX, event.offsetY);
  if (hit?.kind === 'bar') stage.goTo(hit.bar.span.moment);
  else if (stage.drawing) stage.goTo(momentAt(stage.drawing, scaleOf(stage).at(event.offsetX)));
}

function listenToRuler(stage: Stage): void {
  const { ruler, root } = stage.frame;
  let isHeld = false;
  ruler.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !stage.drawing) return;
    root.focus({ preventScroll: true });
    stage.view.hold();
    const mark = event.offsetY < MARKS_PX ? undefined : stage.markAt(event.offsetX);
    if (mark) return stage.goTo(mark.moment);
    isHeld = true;
    ruler.setPointerCapture(event.pointerId);
    stage.scrub(scaleOf(stage).at(event.offsetX));
  });
  ruler.addEventListener('pointermove', (event) => {
    if (isHeld) return stage.scrub(scaleOf(stage).at(event.offsetX));
    const mark = event.offsetY < MARKS_PX ? undefined : stage.markAt(event.offsetX);
    ruler.classList.toggle('pointed', mark !== undefined);
    stage.point(mark, event.clientX, event.clientY);
  });
  const release = (): void => {
    if (isHeld) stage.scrub(undefined);
    isHeld = false;
  };
  ruler.addEventListener('pointerup', release);
  ruler.addEventListener('pointercancel', release);
  ruler.addEventListener('pointerleave', () => stage.point(undefined, 0, 0));
}

function listenToStrip(stage: Stage): void {
  const { view } = stage;
  const { strip, root } = stage.frame;
  let held: { at: number; range: Range; edge: 'begin' | 'end' | undefined } | undefined;
  const scale = (): Scale => new Scale(view.bounds, stage.width);
  const edgeOf = (x: number): 'begin' | 'end' | undefined => {
    if (Math.abs(scale().x(view.seen.begin) - x) < EDGE_PX) return 'begin';
    return Math.abs(scale().x(view.seen.end) - x) < EDGE_PX ? 'end' : undefined;
  };
  strip.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !stage.drawing) return;
    root.focus({ preventScroll: true });
    strip.setPointerCapture(event.pointerId);
    view.hold();
    const at = scale().at(event.offsetX);
    const edge = edgeOf(event.offsetX);
    const { begin, end } = view.seen;
    if (!edge && !view.isWhole && (at < begin || at > end)) {
      view.see({ begin: at - (end - begin) / 2, end: at + (end - begin) / 2 });
      stage.changed();
    }
    held = { at, range: view.seen, edge };
  });
  strip.addEventListener('pointermove', (event) => {
    if (!held) {
      strip.style.cursor = edgeOf(event.offsetX) ? 'ew-resize' : view.isWhole ? 'default' : 'grab';
      return;
    }
    const at = scale().at(event.offsetX);
    const { begin, end } = held.range;
    if (held.edge === 'begin') view.see({ begin: Math.min(at, end), end });
    else if (held.edge === 'end') view.see({ begin, end: Math.max(at, begin) });
    else view.moveFrom(held.range, at - held.at);
    stage.changed();
  });
  const release = (): void => {
    held = undefined;
  };
  strip.addEventListener('pointerup', release);
  strip.addEventListener('pointercancel', release);
  strip.addEventListener('dblclick', () => {
    view.see(view.bounds, 'gliding');
    stage.changed();
  });
}
