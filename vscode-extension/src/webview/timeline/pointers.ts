// What the pointer does on the tracks, on the ruler and on the strip: a click goes to an event, a drag moves what is
// seen, and a drag on the ruler takes the run along.

import { isPoint, momentAt } from '../../timeline/drawing';
import { type Hit, hitAt } from '../../timeline/hit';
import { heightOf, rowAt } from '../../timeline/layout';
import type { Run } from '../../timeline/run';
import { type Range, Scale } from '../../timeline/scale';
import type { Sight } from './sight';
import type { Travel } from './travel';

/** What the pointer acts on. */
export interface Stage {
  readonly run: Run;
  readonly sight: Sight;
  readonly travel: Travel;
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
  stage.sight.frame.root.addEventListener('wheel', (event) => wheel(stage, event), { passive: false });
}

function hitOf(sight: Sight, x: number, y: number): Hit | undefined {
  const down = y + sight.frame.scroller.scrollTop;
  const row = rowAt(sight.rows, down);
  return sight.drawn && row ? hitAt(sight.drawn, row, sight.scale, x, down) : undefined;
}

function wheel({ run, sight }: Stage, event: WheelEvent): void {
  const { view, frame } = sight;
  if (!run.drawing || !(event.target instanceof HTMLCanvasElement)) return;
  const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
  const [across, down] = [event.deltaX * unit, event.deltaY * unit];
  const { scale } = sight;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    // A pinch comes as a wheel with small steps.
    const strength = Math.abs(down) < PINCH_PX ? PINCH : WHEEL;
    const x = event.clientX - frame.body.getBoundingClientRect().left;
    view.zoom(Math.exp(down * strength), scale.at(x), 'at once');
  } else {
    const isAcross = event.shiftKey || Math.abs(across) > Math.abs(down);
    if (!isAcross && event.target === frame.body && heightOf(sight.rows) > sight.height) return;
    event.preventDefault();
    view.moveFrom(view.seen, (isAcross && across ? across : down) / scale.perUnit);
  }
  sight.point(undefined);
  sight.keep();
}

function listenToTracks(stage: Stage): void {
  const { sight, travel } = stage;
  const { frame, view } = sight;
  const { body } = frame;
  let held: { x: number; y: number; top: number; range: Range; what: 'click' | 'pan' | 'scrub' } | undefined;
  body.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    frame.root.focus({ preventScroll: true });
    body.setPointerCapture(event.pointerId);
    view.hold();
    const { place } = sight;
    const isOnLine = place !== undefined && Math.abs(sight.scale.x(place) - event.offsetX) <= GRIP_PX;
    const what = isOnLine && !hitOf(sight, event.offsetX, event.offsetY) ? 'scrub' : 'click';
    held = { x: event.clientX, y: event.clientY, top: frame.scroller.scrollTop, range: view.seen, what };
  });
  body.addEventListener('pointermove', (event) => {
    if (!held) {
      const hit = hitOf(sight, event.offsetX, event.offsetY);
      body.classList.toggle('pointed', hit !== undefined);
      return sight.point(hit, event.clientX, event.clientY);
    }
    if (held.what === 'scrub') return travel.scrub(sight.scale.at(event.offsetX));
    const [across, down] = [event.clientX - held.x, event.clientY - held.y];
    if (held.what === 'click' && Math.hypot(across, down) < DRAG_PX) return;
    held.what = 'pan';
    body.classList.add('held');
    sight.point(undefined);
    frame.scroller.scrollTop = held.top - down;
    view.moveFrom(held.range, -across / new Scale(held.range, sight.width).perUnit);
    sight.keep();
  });
  const release = (event: PointerEvent): void => {
    if (held?.what === 'click' && event.type === 'pointerup') click(stage, event);
    if (held?.what === 'scrub') travel.scrub(undefined);
    body.classList.remove('held');
    held = undefined;
  };
  body.addEventListener('pointerup', release);
  body.addEventListener('pointercancel', release);
  body.addEventListener('pointerleave', () => sight.point(undefined));
  body.addEventListener('dblclick', (event) => {
    const hit = hitOf(sight, event.offsetX, event.offsetY);
    if (hit?.kind === 'bar' && !isPoint(hit.bar.span)) view.frame(hit.bar.begin, hit.bar.end);
    else if (hit?.kind === 'cell') view.frame(hit.cell.begin, hit.cell.end);
    else view.zoom(1 / 2.5, sight.scale.at(event.offsetX), 'gliding');
    sight.keep();
  });
}

function click({ run, sight, travel }: Stage, event: PointerEvent): void {
  const hit = hitOf(sight, event.offsetX, event.offsetY);
  if (hit?.kind === 'bar') travel.goTo(hit.bar.span.moment);
  else if (run.drawing) travel.goTo(momentAt(run.drawing, sight.scale.at(event.offsetX)));
}

function listenToRuler({ run, sight, travel }: Stage): void {
  const { ruler, root } = sight.frame;
  let isHeld = false;
  ruler.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !run.drawing) return;
    root.focus({ preventScroll: true });
    sight.view.hold();
    const mark = event.offsetY < MARKS_PX ? undefined : sight.markAt(event.offsetX);
    if (mark) return travel.goTo(mark.moment);
    isHeld = true;
    ruler.setPointerCapture(event.pointerId);
    travel.scrub(sight.scale.at(event.offsetX));
  });
  ruler.addEventListener('pointermove', (event) => {
    if (isHeld) return travel.scrub(sight.scale.at(event.offsetX));
    const mark = event.offsetY < MARKS_PX ? undefined : sight.markAt(event.offsetX);
    ruler.classList.toggle('pointed', mark !== undefined);
    sight.point(mark, event.clientX, event.clientY);
  });
  const release = (): void => {
    if (isHeld) travel.scrub(undefined);
    isHeld = false;
  };
  ruler.addEventListener('pointerup', release);
  ruler.addEventListener('pointercancel', release);
  ruler.addEventListener('pointerleave', () => sight.point(undefined));
}

function listenToStrip({ run, sight }: Stage): void {
  const { view } = sight;
  const { strip, root } = sight.frame;
  let held: { at: number; range: Range; edge: 'begin' | 'end' | undefined } | undefined;
  const scale = (): Scale => new Scale(view.bounds, sight.width);
  const edgeOf = (x: number): 'begin' | 'end' | undefined => {
    if (Math.abs(scale().x(view.seen.begin) - x) < EDGE_PX) return 'begin';
    return Math.abs(scale().x(view.seen.end) - x) < EDGE_PX ? 'end' : undefined;
  };
  strip.addEventListener('pointerdown', (event) => {
    if (event.button !== 0 || !run.drawing) return;
    root.focus({ preventScroll: true });
    strip.setPointerCapture(event.pointerId);
    view.hold();
    const at = scale().at(event.offsetX);
    const edge = edgeOf(event.offsetX);
    const { begin, end } = view.seen;
    if (!edge && !view.isWhole && (at < begin || at > end)) {
      view.see({ begin: at - (end - begin) / 2, end: at + (end - begin) / 2 });
      sight.keep();
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
    sight.keep();
  });
  const release = (): void => {
    held = undefined;
  };
  strip.addEventListener('pointerup', release);
  strip.addEventListener('pointercancel', release);
  strip.addEventListener('dblclick', () => {
    view.see(view.bounds, 'gliding');
    sight.keep();
  });
}
