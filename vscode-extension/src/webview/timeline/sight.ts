// What is seen: which part of the run, which tracks, and what of that is remembered while the page is away. Drawing is
// done once a frame, whatever has changed.

import type { Moment } from '../../adapter/protocol';
import type { Drawing } from '../../timeline/drawing';
import { type Hit, nearest } from '../../timeline/hit';
import { heightOf, type Row, rowsOf, scrolledTo, seenOf } from '../../timeline/layout';
import type { Mark } from '../../timeline/marks';
import type { Run } from '../../timeline/run';
import { Scale } from '../../timeline/scale';
import { tipOf } from '../../timeline/texts';
import { View } from '../../timeline/view';
import type { Wanted } from './asking';
import type { Frame } from './frame';
import { host, type State } from './host';
import { showTip } from './tips';

/** The part of the run on the screen. */
export class Sight {
  /** What is remembered. */
  readonly state: State = { axis: 'time', colouring: 'component', folded: [], ...host.getState() };
  readonly view = new View(
    this.state.axis,
    () => matchMedia('(prefers-reduced-motion: reduce)').matches,
    () => performance.now(),
  );
  /** The tracks, from top to bottom. */
  rows: readonly Row[] = [];
  width = 0;
  height = 0;
  /** What is under the pointer. */
  pointed: Hit | Mark | undefined;
  private isAwaited = false;

  constructor(
    readonly frame: Frame,
    private readonly run: Run,
    private readonly drawFrame: () => void,
  ) {}

  /** Watch how large it is, and how far it is scrolled. */
  begin(): void {
    const { scroller } = this.frame;
    this.frame.show(this.state.axis, this.state.colouring);
    new ResizeObserver(() => this.measure()).observe(scroller);
    scroller.addEventListener('scroll', () => {
      this.state.top = scroller.scrollTop;
      this.keep();
    });
  }

  /** Something has changed that is drawn. */
  draw(): void {
    if (this.isAwaited) return;
    this.isAwaited = true;
    requestAnimationFrame(() => {
      this.isAwaited = false;
      this.drawFrame();
    });
  }

  /** Remember what is seen, and draw it. */
  keep(part: Partial<State> = {}): void {
    const { view, state } = this;
    const range = view.isWhole ? undefined : view.target;
    Object.assign(state, part, { axis: view.axis, session: this.run.session, range });
    host.setState(state);
    this.frame.show(state.axis, state.colouring);
    this.draw();
  }

  /** A frame is drawn: what moves goes on, and is remembered where it comes to rest. */
  glide(): void {
    if (this.view.drawn()) this.keep();
    if (this.view.isMoving) this.draw();
  }

  /** Where the run rests, on the axis. */
  get place(): number | undefined {
    return this.run.placeOn(this.view.axis);
  }

  /** From places on the axis to pixels. */
  get scale(): Scale {
    return new Scale(this.view.seen, this.width);
  }

  /** The picture of what is seen, unless it is one for the other axis. */
  get drawn(): Drawing | undefined {
    const { drawing } = this.run;
    return drawing?.axis === this.view.axis ? drawing : undefined;
  }

  /** What has to be known to draw it: of the tracks a screen more on each side, so that none is missing while scrolling. */
  get wanted(): Wanted {
    const { view, width, height } = this;
    const top = this.frame.scroller.scrollTop;
    const tracks = seenOf(this.rows, top - height, top + 2 * height).map((row) => row.track.id);
    return { axis: view.axis, range: view.target, width, tracks };
  }

  /** Something is under the pointer, or nothing. */
  point(thing: Hit | Mark | undefined, x = 0, y = 0): void {
    if (thing !== this.pointed) this.draw();
    this.pointed = thing;
    showTip(this.frame.tooltip, thing && tipOf(thing, this.run.drawing?.picture), x, y);
  }

  /** The mark of the ruler at a pixel. */
  markAt(x: number): Mark | undefined {
    return nearest(this.run.marks, (mark) => mark.at, this.scale, x);
  }

  /** The window has another size. */
  measure(): void {
    const { scroller, labels } = this.frame;
    this.width = Math.max(scroller.clientWidth - labels.offsetWidth, 0);
    this.height = scroller.clientHeight;
    this.setRows(this.rows);
    this.draw();
  }

  /** Lay out the tracks that the run has now. */
  arrange(): void {
    this.setRows(rowsOf(this.run.strip?.tracks ?? [], new Set(this.state.folded)));
  }

  /** Fold a track, or unfold it. */
  fold(label: string): void {
    const folded = new Set(this.state.folded);
    if (!folded.delete(label)) folded.add(label);
    this.setFolded([...folded]);
  }

  /** Fold all tracks, or unfold them if they are. */
  foldAll(): void {
    const all = this.rows.filter((row) => row.track.levels > 1).map((row) => row.track.label);
    this.setFolded(all.every((label) => this.state.folded.includes(label)) ? [] : all);
  }

  /** The row of the track that an event is on, if that is known. */
  rowOf(moment: Moment): Row | undefined {
    const track = this.run.trackOf(moment);
    return this.rows.find((row) => row.track.id === track);
  }

  /** Scroll as little as needed to see a row. */
  scrollTo(row: Row): void {
    this.frame.scroller.scrollTop = scrolledTo(row, this.frame.scroller.scrollTop, this.height);
  }

  private setRows(rows: readonly Row[]): void {
    this.rows = rows;
    this.frame.content.style.height = `${Math.max(heightOf(rows), this.height)}px`;
  }

  private setFolded(folded: string[]): void {
    this.state.folded = folded;
    this.arrange();
    // The label that was pressed is gone; the keyboard must not be.
    this.frame.root.focus({ preventScroll: true });
    this.point(undefined);
    this.keep();
  }
}
