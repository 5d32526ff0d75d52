// The page: what it knows of the run, what is drawn of it, and what a person wants. Drawing is done once a frame,
// whatever has changed.

import type { Moment, Position, TimelinePicture } from '../../adapter/protocol';
import { arranged, type Drawing, momentAt, placeOf, timeOf } from '../../timeline/drawing';
import { type Hit, nearest } from '../../timeline/hit';
import { type Wish, wishOf } from '../../timeline/keys';
import { heightOf, type Row, rowsOf, scrolledTo, seenOf } from '../../timeline/layout';
import type { Markers, ToPage } from '../../timeline/messages';
import { Scale, ticks } from '../../timeline/scale';
import { number, positionText, sentenceOf, tipOf, totalsText } from '../../timeline/texts';
import { View } from '../../timeline/view';
import { duration } from '../../traces/amounts';
import { Asking } from './asking';
import { contextOf } from './canvas';
import { Choice } from './choice';
import { Frame } from './frame';
import { host, type State } from './host';
import { Keyboard } from './keyboard';
import { Labels } from './labels';
import { hatchOf, paintTracks } from './paint';
import { type Palette, paletteOf, watchTheme } from './palette';
import { listen, type Stage } from './pointers';
import { type Mark, marksOf, paintGrid, paintLine, paintRuler, RULER } from './ruler';
import { paintStrip, STRIP } from './strip';
import { showTip } from './tips';

const SAYS_MS = 250;
const SEEKS_MS = 150;
const LOOKS_AGAIN_MS = 80;
const FORGETS_MS = 6_000;
const STEPS_MS = 200;
const ZOOM = 1.6;
/** What takes the run somewhere. */
const LEADS: ReadonlySet<Wish['wish']> = new Set(['step', 'error', 'first', 'last', 'go']);

/** The page of the timeline. */
export class Page implements Stage {
  private readonly state: State = { axis: 'time', colouring: 'component', folded: [], ...host.getState() };
  readonly view = new View(
    this.state.axis,
    () => matchMedia('(prefers-reduced-motion: reduce)').matches,
    () => performance.now(),
  );
  readonly frame = new Frame({
    zoomIn: () => this.do({ wish: 'zoom', factor: 1 / ZOOM }),
    zoomOut: () => this.do({ wish: 'zoom', factor: ZOOM }),
    fit: () => this.do({ wish: 'fit' }),
    axis: (axis) => axis !== this.view.axis && this.do({ wish: 'axis' }),
    colouring: (colouring) => this.keep({ colouring }),
    fold: () => this.foldAll(),
    error: (direction) => this.do({ wish: 'error', direction }),
    start: () => host.postMessage({ type: 'start' }),
  });
  rows: Row[] = [];
  drawing: Drawing | undefined;
  width = 0;
  height = 0;
  private readonly labels = new Labels(this.frame.labels, (label) => this.fold(label));
  private readonly choice = new Choice();
  private readonly asking = new Asking(
    (id, args) => host.postMessage({ type: 'look', number: id, arguments: args }),
    (picture, what) => {
      if (what === 'strip') this.takeStrip(picture);
      else if (what === 'part') this.take(picture);
      else this.takePlace(picture.position);
    },
  );
  private readonly keyboard = new Keyboard(
    this.frame.root,
    () => host.postMessage({ type: 'focus' }),
    () => this.draw(),
  );
  private palette: Palette = paletteOf(document.body);
  private session: string | undefined;
  private position: Position | undefined;
  private markers: Markers = { stops: [], bookmarks: [] };
  private strip: TimelinePicture | undefined;
  /** Where the run rested when that was last asked for. */
  private found: TimelinePicture['position'] | undefined;
  private marks: Mark[] = [];
  private hatch: CanvasPattern | null | undefined;
  private pointed: Hit | Mark | undefined;
  private scrubbed: number | undefined;
  /** Where quick presses of an arrow key have led, while the run is still on its way. */
  private stepping: Moment | undefined;
  private isAwaited = false;
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>();

  /** Listen to everything, and say that the page is there. */
  begin(): void {
    const { frame } = this;
    frame.show(this.state.axis, this.state.colouring);
    frame.showEmpty(true);
    new ResizeObserver(() => this.measure()).observe(frame.scroller);
    watchTheme(() => {
      this.palette = paletteOf(document.body);
      this.hatch = undefined;
      this.draw();
    });
    frame.scroller.addEventListener('scroll', () => {
      this.state.top = frame.scroller.scrollTop;
      this.changed();
    });
    frame.root.addEventListener('keydown', (event) => this.key(event));
    listen(this);
    host.postMessage({ type: 'ready' });
  }

  /** What the extension says. */
  hear(message: ToPage): void {
    switch (message.type) {
      case 'nothing':
        return this.leaveSession();
      case 'session':
        return this.enter(message.id, message.name);
      case 'again':
        return this.startOver();
      case 'position':
        return this.move(message.position);
      case 'picture':
        return this.asking.answered(message.number, message.picture);
      case 'refused':
        this.say(message.sentence);
        return this.asking.answered(message.number, undefined);
      case 'markers':
        return this.mark(message.markers);
      case 'said':
        return this.say(message.sentence);
    }
  }

  // What there is.

  private enter(id: string, name: string): void {
    if (this.session === id) return;
    this.leaveSession();
    this.session = id;
    this.frame.root.setAttribute('aria-label', `Timeline of ${name}`);
    this.frame.showEmpty(false);
    this.frame.totals.textContent = 'Waiting for the run to rest …';
    if (this.state.session === id) this.view.reset(this.state.range);
    this.measure();
  }

  /** The run is another one from now on, in the same session. */
  private startOver(): void {
    this.asking.forget();
    this.position = this.drawing = this.strip = this.found = undefined;
    this.mark({ stops: [], bookmarks: [] });
  }

  private leaveSession(): void {
    this.asking.forget();
    this.session = this.scrubbed = this.stepping = undefined;
    this.position = this.drawing = this.strip = this.found = undefined;
    this.markers = { stops: [], bookmarks: [] };
    this.marks = [];
    this.view.reset();
    this.choice.forget();
    this.setRows([]);
    this.point(undefined, 0, 0);
    this.labels.show([], undefined, undefined);
    this.frame.showEmpty(true);
    this.draw();
  }

  private move(position: Position): void {
    const before = this.position;
    this.position = position;
    if (!this.strip) this.asking.wantStrip(this.view.axis, this.width);
    else if (position.events !== this.strip.events) this.lookAgain();
    this.keyboard.rests();
    if (before?.moment !== position.moment) {
      this.choice.forget();
      this.follow();
      // Which track it is on is asked for only where one stays, and only if that was not drawn.
      this.later('seek', SEEKS_MS, () => {
        if (!this.rowOf(position.moment)) this.asking.seek(this.view.axis, position.moment);
      });
      this.later('live', SAYS_MS, () => {
        this.frame.live.textContent = positionText(position, this.drawing?.picture);
      });
    }
    this.draw();
  }

  private takeStrip(picture: TimelinePicture): void {
    if (picture.axis !== this.view.axis) return;
    const isFirst = !this.strip;
    if (picture.events !== this.strip?.events) this.asking.renew();
    this.strip = picture;
    this.view.grow(picture.events, picture.elapsedMs);
    this.setRows(rowsOf(picture.tracks, new Set(this.state.folded)));
    this.frame.totals.textContent = totalsText(picture.totals, picture.complete).join(' · ');
    if (isFirst && this.state.session === this.session && this.state.top)
      this.frame.scroller.scrollTop = this.state.top;
    if (isFirst) this.follow();
    if (!picture.complete && picture.events !== this.position?.events) this.lookAgain();
    this.draw();
  }

  private takePlace(found: TimelinePicture['position']): void {
    this.found = found;
    this.follow();
    this.draw();
  }

  private take(picture: TimelinePicture): void {
    if (picture.axis !== this.view.axis) return;
    this.drawing = arranged(picture);
    this.mark(this.markers);
    this.choice.renew(this.drawing);
    this.pointed = undefined;
    this.draw();
  }

  private mark(markers: Markers): void {
    this.markers = markers;
    this.marks = this.drawing ? marksOf(this.drawing, markers) : [];
    this.draw();
  }

  /** The run has grown: look again, soon. */
  private lookAgain(): void {
    if (this.timers.has('look')) return;
    this.later('look', LOOKS_AGAIN_MS, () => this.asking.wantStrip(this.view.axis, this.width));
  }

  private say(sentence: string): void {
    this.frame.message.textContent = sentence;
    this.later('say', FORGETS_MS, () => (this.frame.message.textContent = ''));
  }

  private later(what: string, ms: number, act: () => void): void {
    clearTimeout(this.timers.get(what));
    const timer = setTimeout(() => {
      this.timers.delete(what);
      act();
    }, ms);
    this.timers.set(what, timer);
  }

  private keep(part: Partial<State> = {}): void {
    const range = this.view.isWhole ? undefined : this.view.target;
    Object.assign(this.state, part, { axis: this.view.axis, session: this.session, range });
    host.setState(this.state);
    this.frame.show(this.state.axis, this.state.colouring);
    this.draw();
  }

  // What is seen.

  get place(): number | undefined {
    const { position } = this;
    if (!position) return undefined;
    return placeOf(this.view.axis, position.moment, this.told(position.moment)?.ms ?? position.elapsedMs);
  }

  /** What a picture has told of where an event is. */
  private told(moment: Moment | undefined): TimelinePicture['position'] | undefined {
    const pictures = [this.found, this.drawing?.picture.position, this.strip?.position];
    return pictures.find((each) => each?.moment === moment);
  }

  changed(): void {
    this.keep();
  }

  point(thing: Hit | Mark | undefined, x: number, y: number): void {
    if (thing !== this.pointed) this.draw();
    this.pointed = thing;
    showTip(this.frame.tooltip, thing && tipOf(thing, this.drawing?.picture), x, y);
  }

  markAt(x: number): Mark | undefined {
    return nearest(this.marks, (mark) => mark.at, new Scale(this.view.seen, this.width), x);
  }

  private measure(): void {
    const { scroller, labels } = this.frame;
    this.width = Math.max(scroller.clientWidth - labels.offsetWidth, 0);
    this.height = scroller.clientHeight;
    this.setRows(this.rows);
    this.draw();
  }

  private setRows(rows: Row[]): void {
    this.rows = rows;
    this.frame.content.style.height = `${Math.max(heightOf(rows), this.height)}px`;
  }

  private fold(label: string): void {
    const folded = new Set(this.state.folded);
    if (!folded.delete(label)) folded.add(label);
    this.setFolded([...folded]);
  }

  private foldAll(): void {
    const all = this.rows.filter((row) => row.track.levels > 1).map((row) => row.track.label);
    this.setFolded(all.every((label) => this.state.folded.includes(label)) ? [] : all);
  }

  private setFolded(folded: string[]): void {
    this.setRows(rowsOf(this.strip?.tracks ?? [], new Set(folded)));
    // The label that was pressed is gone; the keyboard must not be.
    this.frame.root.focus({ preventScroll: true });
    this.point(undefined, 0, 0);
    this.keep({ folded });
  }

  /** See where the run rests, and move as little as that needs. */
  private follow(): void {
    const { place, position } = this;
    if (place === undefined || !position || !this.strip || this.scrubbed !== undefined) return;
    this.view.show(place);
    const row = this.rowOf(position.moment);
    if (row) this.scrollTo(row);
  }

  /** The row of the track that an event is on, if that is known. */
  private rowOf(moment: Moment): Row | undefined {
    const span = this.drawing?.picture.spans.find((each) => each.moment === moment || each.end === moment);
    const track = span?.track ?? this.told(moment)?.track;
    return this.rows.find((row) => row.track.id === track);
  }

  private scrollTo(row: Row): void {
    this.frame.scroller.scrollTop = scrolledTo(row, this.frame.scroller.scrollTop, this.height);
  }

  // Drawing.

  private draw(): void {
    if (this.isAwaited) return;
    this.isAwaited = true;
    requestAnimationFrame(() => {
      this.isAwaited = false;
      this.paint();
    });
  }

  private paint(): void {
    const { view, frame, palette, drawing, width, height } = this;
    if (view.drawn()) this.keep();
    if (view.isMoving) this.draw();
    this.tell();
    if (!this.session || !width) return;
    const top = frame.scroller.scrollTop;
    const rows = seenOf(this.rows, top, top + height);
    // A screen more on each side, so that nothing is missing while one scrolls.
    const tracks = seenOf(this.rows, top - height, top + 2 * height).map((row) => row.track.id);
    if (this.strip) this.asking.want({ axis: view.axis, range: view.target, width, tracks });
    const { place, position } = this;
    const scale = new Scale(view.seen, width);
    const at = this.scrubbed ?? this.steppingPlace ?? place;
    const lines = ticks(view.seen, width, view.axis);
    const isRight = drawing?.axis === view.axis;
    const marks = isRight ? this.marks : [];
    const hovered = this.pointed && 'at' in this.pointed ? this.pointed : undefined;
    const text = this.handleText(position);
    paintRuler(contextOf(frame.ruler, width, RULER), {
      scale,
      palette,
      ticks: lines,
      marks,
      hovered,
      at,
      text,
    });
    const body = contextOf(frame.body, width, height);
    if (isRight) {
      paintTracks(body, {
        drawing,
        scale,
        rows,
        top,
        height,
        palette,
        colouring: this.state.colouring,
        moment: position?.moment ?? -1,
        pointed: this.pointed,
        chosen: this.choice.bar,
        hatch: (this.hatch ??= hatchOf(body, palette.failure)),
      });
    } else body.clearRect(0, 0, width, height);
    paintGrid(body, { scale, palette, ticks: lines }, height);
    if (at !== undefined) paintLine(body, palette, scale.x(at), height);
    this.labels.show(rows, position && this.rowOf(position.moment)?.track.id, this.choice.row?.track.id);
    if (this.strip?.axis === view.axis)
      paintStrip(contextOf(frame.strip, width, STRIP), {
        picture: this.strip,
        whole: view.bounds,
        seen: view.seen,
        width,
        position: at,
        palette,
      });
  }

  /** Where an arrow key that is held has led to. */
  private get steppingPlace(): number | undefined {
    const { stepping, position, drawing, view } = this;
    if (stepping === undefined || stepping === position?.moment || !drawing) return undefined;
    return view.axis === 'events' ? stepping + 0.5 : timeOf(stepping, drawing.places);
  }

  private handleText(position: Position | undefined): string {
    if (this.scrubbed !== undefined && this.drawing) return number(momentAt(this.drawing, this.scrubbed));
    if (this.stepping !== undefined && this.stepping !== position?.moment) return number(this.stepping);
    return position ? `${number(position.moment)} · ${duration(position.elapsedMs)}` : '';
  }

  /** What is drawn, for those who cannot see it. */
  private tell(): void {
    const { root } = this.frame;
    const { position, drawing, view, pointed } = this;
    const tip = pointed && tipOf(pointed, drawing?.picture);
    const said: Record<string, string | number | undefined> = {
      state: !this.session ? 'empty' : drawing ? 'ready' : 'loading',
      axis: view.axis,
      colouring: this.state.colouring,
      moment: position?.moment,
      events: this.strip?.events,
      complete: this.strip && String(this.strip.complete),
      from: this.strip && view.target.begin,
      to: this.strip && view.target.end,
      tracks: this.rows.length,
      spans: drawing?.picture.spans.length,
      errors: this.strip?.totals.errors,
      stops: this.markers.stops.length,
      bookmarks: this.markers.bookmarks.length,
      hover: tip && sentenceOf(tip),
      chosen: this.choice.bar?.span.moment,
      keyboard: this.keyboard.isWatching ? 'led' : document.hasFocus() ? 'here' : 'away',
    };
    for (const [name, value] of Object.entries(said)) {
      if (value === undefined) delete root.dataset[name];
      else if (root.dataset[name] !== String(value)) root.dataset[name] = String(value);
    }
    const text = position ? positionText(position, drawing?.picture) : 'No run is being replayed.';
    if (root.getAttribute('aria-valuetext') !== text) root.setAttribute('aria-valuetext', text);
  }

  // What a person wants.

  goTo(moment: Moment): void {
    if (this.position && moment !== this.position.moment) host.postMessage({ type: 'goTo', moment });
  }

  scrub(at: number | undefined): void {
    const { drawing, view } = this;
    this.scrubbed = at === undefined ? undefined : Math.min(Math.max(at, 0), view.bounds.end);
    if (this.scrubbed !== undefined && drawing) this.goTo(momentAt(drawing, this.scrubbed));
    else this.follow();
    this.draw();
  }

  private key(event: KeyboardEvent): void {
    const isControl = event.target instanceof HTMLSelectElement || event.target instanceof HTMLButtonElement;
    if (isControl && (event.key === 'Enter' || event.key === ' ' || event.key.startsWith('Arrow'))) return;
    const wish = wishOf(event);
    if (!wish || !this.session) return;
    event.preventDefault();
    event.stopPropagation();
    if (LEADS.has(wish.wish)) this.keyboard.leads();
    this.do(wish);
  }

  private do(wish: Wish): void {
    const { view, position } = this;
    switch (wish.wish) {
      case 'step':
        return this.step(wish.by);
      case 'track':
        return this.choose(wish.by);
      case 'zoom':
        view.zoom(wish.factor, this.middle, 'gliding');
        return this.keep();
      case 'move':
        view.shift(wish.share, 'gliding');
        return this.keep();
      case 'fit':
        view.see(view.bounds, 'gliding');
        return this.keep();
      case 'scroll':
        return this.frame.scroller.scrollBy({ top: wish.pages * this.height });
      case 'error':
        return host.postMessage({ type: 'error', direction: wish.direction });
      case 'first':
        return this.goTo(0);
      case 'last':
        return this.goTo(Math.max((position?.events ?? 1) - 1, 0));
      case 'go':
        return this.choice.bar && this.goTo(this.choice.bar.span.moment);
      case 'fold': {
        const row = this.choice.row ?? this.rowOf(position?.moment ?? -1);
        return row && this.fold(row.track.label);
      }
      case 'axis':
        return this.changeAxis();
      case 'forget':
        this.choice.forget();
        this.scrubbed = undefined;
        return this.point(undefined, 0, 0);
    }
  }

  /** What stays where it is when one zooms without a pointer. */
  private get middle(): number {
    const { begin, end } = this.view.target;
    const { place } = this;
    return place !== undefined && place >= begin && place <= end ? place : (begin + end) / 2;
  }

  private changeAxis(): void {
    const { view, position } = this;
    const axis = view.axis === 'time' ? 'events' : 'time';
    const { events = 0, elapsedMs = 0 } = this.strip ?? {};
    const told = this.told(position?.moment);
    view.grow(events, elapsedMs);
    view.change(axis, position && placeOf(axis, position.moment, told?.ms ?? position.elapsedMs));
    this.choice.forget();
    this.point(undefined, 0, 0);
    this.asking.forget();
    this.asking.wantStrip(axis, this.width);
    this.keep();
  }

  /** Step on: at once, and then when the key has been let go, for each stop makes the editor look at everything. */
  private step(by: number): void {
    const { position } = this;
    if (!position) return;
    const isFirst = this.stepping === undefined;
    this.stepping = Math.min(Math.max((this.stepping ?? position.moment) + by, 0), position.events - 1);
    if (isFirst) this.goTo(this.stepping);
    this.later('step', STEPS_MS, () => {
      const wanted = this.stepping;
      this.stepping = undefined;
      if (wanted === undefined || wanted === this.position?.moment) return;
      this.keyboard.leads();
      this.goTo(wanted);
    });
    this.draw();
  }

  /** Choose a call on the track above or below. */
  private choose(by: number): void {
    const { drawing, choice } = this;
    if (!drawing) return;
    const here = this.position && this.rowOf(this.position.moment);
    if (!choice.move(by, drawing, this.rows, here, this.place ?? 0)) return;
    const { row, bar } = choice;
    if (!row || !bar) return;
    this.scrollTo(row);
    this.view.show(Math.max(bar.begin, Math.min(bar.end, this.place ?? 0)));
    this.keep();
    this.frame.live.textContent = choice.show(this.frame, drawing, new Scale(this.view.target, this.width));
  }
}
