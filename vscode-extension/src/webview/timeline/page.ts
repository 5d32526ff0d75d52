// The page: it keeps which part of the run is seen, draws it, asks for what it has not got, and passes on where a person
// wants to go. Drawing is done once a frame, whatever has changed.

import type { Axis, Moment, Position, TimelinePicture } from '../../adapter/protocol';
import { arranged, type Bar, barOf, type Cell, type Drawing, isPoint, momentAt, placeOf } from '../../timeline/drawing';
import { chosenIn, hitAt, nearest } from '../../timeline/hit';
import { wishOf, type Wish } from '../../timeline/keys';
import { heightOf, levelTop, type Row, rowAt, rowsOf, scrolledTo, seenOf } from '../../timeline/layout';
import type { Markers, ToHost, ToPage } from '../../timeline/messages';
import { kept, moved, type Range, Scale, showing, ticks, wholeOf, zoomed } from '../../timeline/scale';
import { cellTooltip, number, positionText, sentenceOf, spanTooltip, totalsText, type Tooltip } from '../../timeline/texts';
import { duration } from '../../traces/amounts';
import { Asking } from './asking';
import { Frame } from './frame';
import { Labels } from './labels';
import { hatchOf, paintTracks } from './paint';
import { type Colouring, type Palette, paletteOf } from './palette';
import { type Mark, paintGrid, paintLines, paintRuler, RULER } from './ruler';
import { paintStrip, STRIP } from './strip';
import { showTip } from './tips';

interface State {
  axis: Axis;
  colouring: Colouring;
  folded: string[];
  session?: string;
  range?: Range;
  top?: number;
}

interface Host {
  postMessage(message: ToHost): void;
  getState(): State | undefined;
  setState(state: State): void;
}

declare function acquireVsCodeApi(): Host;

const MOVES_MS = 140;
const SAYS_MS = 250;
const LOOKS_AGAIN_MS = 120;
const DRAG_PX = 4;
const WHEEL = 0.0016;
const FORGETS_MS = 6_000;

/** The page of the timeline. */
export class Page {
  private readonly host = acquireVsCodeApi();
  private readonly state: State = {
    axis: 'time',
    colouring: 'component',
    folded: [],
    ...this.host.getState(),
  };
  private readonly frame = new Frame({
    zoomIn: () => this.zoom(1 / 1.6),
    zoomOut: () => this.zoom(1.6),
    fit: () => this.fit(),
    axis: (axis) => this.changeAxis(axis),
    colouring: (colouring) => this.keep({ colouring }),
    fold: () => this.foldAll(),
    error: (direction) => this.host.postMessage({ type: 'error', direction }),
    start: () => this.host.postMessage({ type: 'start' }),
  });
  private readonly labels = new Labels(this.frame.labels, (label) => this.fold(label));
  private readonly asking = new Asking(
    (id, args) => this.host.postMessage({ type: 'look', number: id, arguments: args }),
    (picture, what) => this.take(picture, what),
  );
  private palette: Palette = paletteOf(document.body);
  private session: string | undefined;
  private position: Position | undefined;
  private markers: Markers = { stops: [], bookmarks: [] };
  private drawing: Drawing | undefined;
  private strip: TimelinePicture | undefined;
  private rows: Row[] = [];
  private range: Range | undefined;
  private isWhole = true;
  private marks: Mark[] = [];
  private hovered: Bar | Cell | undefined;
  private hoveredMark: Mark | undefined;
  private chosen: { row: Row; bar: Bar } | undefined;
  private scrubbed: number | undefined;
  private width = 0;
  private height = 0;
  private isAwaited = false;
  private motion: { from: Range; to: Range; since: number } | undefined;
  private saying: ReturnType<typeof setTimeout> | undefined;
  private looking: ReturnType<typeof setTimeout> | undefined;
  private forgetting: ReturnType<typeof setTimeout> | undefined;

  /** Listen to everything, and say that the page is there. */
  begin(): void {
    const { frame } = this;
    frame.show(this.state.axis, this.state.colouring);
    frame.showEmpty(true);
    new ResizeObserver(() => this.measure()).observe(frame.scroller);
    const themes = new MutationObserver(() => {
      this.palette = paletteOf(document.body);
      this.draw();
    });
    themes.observe(document.body, { attributes: true, attributeFilter: ['class', 'style'] });
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'style'] });
    matchMedia('(forced-colors: active)').addEventListener('change', () => {
      this.palette = paletteOf(document.body);
      this.draw();
    });
    frame.scroller.addEventListener('scroll', () => {
      this.state.top = frame.scroller.scrollTop;
      this.leave();
      this.draw();
    });
    frame.root.addEventListener('keydown', (event) => this.key(event));
    frame.root.addEventListener('wheel', (event) => this.wheel(event), { passive: false });
    this.listenToBody(frame.body);
    this.listenToRuler(frame.ruler);
    this.listenToStrip(frame.strip);
    this.host.postMessage({ type: 'ready' });
  }

  /** What the extension says. */
  hear(message: ToPage): void {
    switch (message.type) {
      case 'nothing':
        return this.leaveSession();
      case 'session':
        return this.enter(message.id, message.name);
      case 'position':
        return this.moved(message.position);
      case 'picture':
        return this.asking.answered(message.number, message.picture);
      case 'refused':
        this.say(message.sentence);
        return this.asking.answered(message.number, undefined);
      case 'markers':
        this.markers = message.markers;
        return this.draw();
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
    this.frame.totals.textContent = 'Reading the run …';
    if (this.state.session === id && this.state.range) {
      this.range = this.state.range;
      this.isWhole = false;
    }
    this.measure();
  }

  private leaveSession(): void {
    this.asking.forget();
    this.session = this.position = this.drawing = this.strip = this.range = this.motion = undefined;
    this.markers = { stops: [], bookmarks: [] };
    this.rows = [];
    this.marks = [];
    this.isWhole = true;
    this.leave();
    this.chosen = undefined;
    this.labels.show([], undefined, undefined);
    this.frame.showEmpty(true);
    this.draw();
  }

  private moved(position: Position): void {
    const before = this.position;
    this.position = position;
    this.scrubbed = undefined;
    if (!before || position.events !== (this.drawing?.picture.events ?? position.events)) this.lookAgain();
    if (before?.moment !== position.moment) {
      this.chosen = undefined;
      this.follow();
      clearTimeout(this.saying);
      this.saying = setTimeout(() => {
        this.frame.live.textContent = positionText(position, this.drawing?.picture);
      }, SAYS_MS);
    }
    this.draw();
  }

  private take(picture: TimelinePicture, what: 'range' | 'strip'): void {
    if (what === 'strip') {
      if (picture.axis === this.state.axis) this.strip = picture;
      return this.draw();
    }
    if (picture.axis !== this.state.axis) return;
    const isFirst = !this.drawing;
    const bounds = wholeOf(picture.axis, picture.events, picture.elapsedMs);
    const hasGrown = picture.events !== this.drawing?.picture.events || this.drawing.axis !== picture.axis;
    this.drawing = arranged(picture);
    this.rows = rowsOf(picture.tracks, new Set(this.state.folded));
    this.range = this.isWhole || !this.range ? bounds : kept(this.range, bounds, picture.axis);
    this.frame.content.style.height = `${Math.max(heightOf(this.rows), this.height)}px`;
    if (hasGrown || !this.strip) this.asking.wantStrip(this.state.axis, this.width);
    if (isFirst) {
      if (this.state.session === this.session && this.state.top) this.frame.scroller.scrollTop = this.state.top;
      this.follow();
    }
    if (!picture.complete) this.lookAgain();
    if (this.chosen) {
      const { bar } = this.chosen;
      const span = picture.spans.find((each) => each.moment === bar.span.moment);
      this.chosen = span && { ...this.chosen, bar: barOf(span, picture) };
    }
    this.hovered = undefined;
    this.draw();
  }

  /** Ask for what is seen again, soon: the run has grown. */
  private lookAgain(): void {
    if (this.looking !== undefined) return;
    this.looking = setTimeout(() => {
      this.looking = undefined;
      this.asking.renew();
      this.draw();
    }, LOOKS_AGAIN_MS);
  }

  private say(sentence: string): void {
    this.frame.message.textContent = sentence;
    clearTimeout(this.forgetting);
    this.forgetting = setTimeout(() => {
      this.frame.message.textContent = '';
    }, FORGETS_MS);
  }

  private keep(part: Partial<State>): void {
    Object.assign(this.state, part, { session: this.session, range: this.isWhole ? undefined : this.range });
    this.host.setState(this.state);
    this.frame.show(this.state.axis, this.state.colouring);
    this.draw();
  }

  // What is seen.

  private get bounds(): Range {
    const picture = this.drawing?.picture;
    return wholeOf(this.state.axis, picture?.events ?? this.position?.events ?? 0, picture?.elapsedMs ?? 0);
  }

  private get seen(): Range {
    return this.range ?? this.bounds;
  }

  private get scale(): Scale {
    return new Scale(this.seen, this.width);
  }

  private get place(): number | undefined {
    const { position, drawing } = this;
    if (!position) return undefined;
    const told = drawing?.picture.position;
    const ms = told?.moment === position.moment ? told.ms : position.elapsedMs;
    return placeOf(this.state.axis, position.moment, ms);
  }

  private measure(): void {
    const { scroller, labels } = this.frame;
    this.width = Math.max(scroller.clientWidth - labels.offsetWidth, 0);
    this.height = scroller.clientHeight;
    this.frame.content.style.height = `${Math.max(heightOf(this.rows), this.height)}px`;
    this.draw();
  }

  private see(range: Range, isMoving = false): void {
    const { bounds } = this;
    const to = kept(range, bounds, this.state.axis);
    this.isWhole = to.end - to.begin >= (bounds.end - bounds.begin) * (1 - 1e-9);
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
    if (isMoving && !isStill) this.motion = { from: this.seen, to, since: performance.now() };
    else {
      this.motion = undefined;
      this.range = to;
    }
    this.keep({});
  }

  private get target(): Range {
    return this.motion?.to ?? this.seen;
  }

  private zoom(factor: number, around?: number, isMoving = true): void {
    const { target, place } = this;
    const middle = (target.begin + target.end) / 2;
    const about = around ?? (place !== undefined && place >= target.begin && place <= target.end ? place : middle);
    this.see(zoomed(target, factor, about, this.bounds, this.state.axis), isMoving);
  }

  private fit(): void {
    this.see(this.bounds, true);
  }

  private zoomTo(begin: number, end: number): void {
    const air = (end - begin) * 0.06;
    this.see({ begin: begin - air, end: end + air }, true);
  }

  private changeAxis(axis: Axis): void {
    if (axis === this.state.axis) return;
    const middle = this.place;
    const share = (this.seen.end - this.seen.begin) / Math.max(this.bounds.end - this.bounds.begin, 1e-9);
    const wasWhole = this.isWhole;
    this.state.axis = axis;
    this.strip = undefined;
    this.motion = undefined;
    this.chosen = undefined;
    this.leave();
    this.asking.forget();
    const { bounds } = this;
    const length = (bounds.end - bounds.begin) * share;
    const place = this.place ?? middle;
    // The same share of the run is seen, with the place where it rests in it.
    this.range =
      wasWhole || place === undefined
        ? undefined
        : kept({ begin: place - length / 2, end: place + length / 2 }, bounds, axis);
    this.isWhole = this.range === undefined;
    this.keep({ axis });
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
    this.rows = rowsOf(this.drawing?.picture.tracks ?? [], new Set(folded));
    this.frame.content.style.height = `${Math.max(heightOf(this.rows), this.height)}px`;
    this.leave();
    this.keep({ folded });
  }

  /** Show where the run rests: move as little as that needs. */
  private follow(): void {
    const { place, drawing, position } = this;
    if (place === undefined || !drawing || !position) return;
    const target = showing(this.target, place, this.bounds, this.state.axis);
    if (target !== this.target) this.see(target, true);
    const row = this.rowOf(position.moment);
    if (row) this.scrollTo(row);
  }

  /** The row of the track on which an event is, if it is drawn by itself. */
  private rowOf(moment: Moment): Row | undefined {
    const told = this.drawing?.picture.position;
    const span = this.drawing?.picture.spans.find((each) => each.moment === moment || each.end === moment);
    const track = span?.track ?? (told?.moment === moment ? told.track : undefined);
    return this.rows.find((row) => row.track.id === track);
  }

  private scrollTo(row: Row): void {
    this.frame.scroller.scrollTop = scrolledTo(row, this.frame.scroller.scrollTop, this.height);
  }

  // Drawing.

  private draw(): void {
    if (this.isAwaited) return;
    this.isAwaited = true;
    requestAnimationFrame((now) => {
      this.isAwaited = false;
      this.paint(now);
    });
  }

  private advance(now: number): void {
    const { motion } = this;
    if (!motion) return;
    const share = Math.min(Math.max((now - motion.since) / MOVES_MS, 0), 1);
    const eased = 1 - (1 - share) ** 3;
    this.range = {
      begin: motion.from.begin + (motion.to.begin - motion.from.begin) * eased,
      end: motion.from.end + (motion.to.end - motion.from.end) * eased,
    };
    if (share === 1) {
      this.motion = undefined;
      this.keep({});
    }
    this.draw();
  }

  private paint(now: number): void {
    this.advance(now);
    this.tellDom();
    if (!this.session || !this.width) return;
    const { drawing, palette, scale, frame } = this;
    const top = frame.scroller.scrollTop;
    const rows = seenOf(this.rows, top, top + this.height);
    this.ask(top);
    const place = this.place;
    const shared = {
      scale,
      palette,
      ticks: ticks(this.seen, this.width, this.state.axis),
      position: place === undefined ? undefined : { at: place, text: this.handleText },
      scrubbed: this.scrubbed,
    };
    this.marks = this.marksOf(drawing);
    const ruler = contextOf(frame.ruler, this.width, RULER);
    paintRuler(ruler, { ...shared, marks: this.marks, hovered: this.hoveredMark });
    const body = contextOf(frame.body, this.width, this.height);
    if (drawing && drawing.axis === this.state.axis) {
      paintTracks(body, {
        drawing,
        scale,
        rows,
        top,
        height: this.height,
        palette,
        colouring: this.state.colouring,
        moment: this.position?.moment ?? -1,
        hovered: this.hovered,
        chosen: this.chosen?.bar,
        hatch: hatchOf(body, palette.failure),
      });
      body.globalCompositeOperation = 'destination-over';
      paintGrid(body, shared, this.height);
      body.globalCompositeOperation = 'source-over';
      paintLines(body, shared, this.height);
      this.frame.totals.textContent = totalsText(this.strip?.totals ?? drawing.picture.totals, drawing.picture.complete).join(' · ');
    }
    this.labels.show(rows, this.rowOf(this.position?.moment ?? -1)?.track.id, this.chosen?.row.track.id);
    if (this.strip)
      paintStrip(contextOf(frame.strip, this.width, STRIP), {
        picture: this.strip,
        whole: this.bounds,
        seen: this.seen,
        width: this.width,
        position: place,
        palette,
      });
  }

  private get handleText(): string {
    const { position } = this;
    if (!position) return '';
    if (this.scrubbed !== undefined && this.drawing) return number(momentAt(this.drawing, this.scrubbed));
    return `${number(position.moment)} · ${duration(position.elapsedMs)}`;
  }

  private ask(top: number): void {
    const seen = seenOf(this.rows, top - this.height, top + 2 * this.height).map((row) => row.track.id);
    this.asking.want(this.state.axis, this.target, this.width, this.rows.length ? seen : undefined);
  }

  private marksOf(drawing: Drawing | undefined): Mark[] {
    if (!drawing) return [];
    const { axis } = this.state;
    const timeOf = (moment: Moment): number | undefined => {
      if (axis === 'events') return moment + 0.5;
      return drawing.places.find((place) => place.moment >= moment)?.at;
    };
    const found: Mark[] = drawing.picture.failures.map((failure) => ({
      kind: 'failure',
      at: placeOf(axis, failure.moment, failure.ms),
      failure,
    }));
    for (const stop of this.markers.stops) {
      const at = timeOf(stop.moment);
      if (at !== undefined) found.push({ kind: 'stop', at, stop });
    }
    for (const bookmark of this.markers.bookmarks) {
      const at = timeOf(bookmark.moment);
      if (at !== undefined) found.push({ kind: 'bookmark', at, bookmark });
    }
    return found;
  }

  /** What is drawn, for those who cannot see it. */
  private tellDom(): void {
    const { root } = this.frame;
    const { position, drawing } = this;
    const said: Record<string, string | number | undefined> = {
      state: !this.session ? 'empty' : drawing ? 'ready' : 'loading',
      axis: this.state.axis,
      colouring: this.state.colouring,
      moment: position?.moment,
      events: drawing?.picture.events,
      complete: drawing && String(drawing.picture.complete),
      from: drawing && this.seen.begin,
      to: drawing && this.seen.end,
      tracks: this.rows.length,
      spans: drawing?.picture.spans.length,
      errors: drawing?.picture.totals.errors,
      stops: this.markers.stops.length,
      bookmarks: this.markers.bookmarks.length,
      hover: this.hovered && this.sentenceOfHovered,
      chosen: this.chosen?.bar.span.moment,
    };
    for (const [name, value] of Object.entries(said)) {
      if (value === undefined) delete root.dataset[name];
      else if (root.dataset[name] !== String(value)) root.dataset[name] = String(value);
    }
    root.setAttribute('aria-valuetext', position ? positionText(position, drawing?.picture) : 'No run is being replayed.');
  }

  private get sentenceOfHovered(): string {
    const tip = this.tipOf(this.hovered);
    return tip ? sentenceOf(tip) : '';
  }

  private tipOf(thing: Bar | Cell | undefined): Tooltip | undefined {
    const picture = this.drawing?.picture;
    if (!thing || !picture) return undefined;
    return 'span' in thing ? spanTooltip(thing.span, picture) : cellTooltip(thing, picture);
  }

  // Going places.

  private goTo(moment: Moment): void {
    if (this.position && moment !== this.position.moment) this.host.postMessage({ type: 'goTo', moment });
    else this.scrubbed = undefined;
    this.draw();
  }

  private step(by: number): void {
    const { position } = this;
    if (!position) return;
    const last = position.events - 1;
    const wanted = Math.min(Math.max((this.stepping ?? position.moment) + by, 0), last);
    this.stepping = wanted;
    clearTimeout(this.steppingEnds);
    this.steppingEnds = setTimeout(() => (this.stepping = undefined), 400);
    this.goTo(wanted);
  }

  private stepping: Moment | undefined;
  private steppingEnds: ReturnType<typeof setTimeout> | undefined;

  /** Choose a call on the track above or below. */
  private choose(by: number): void {
    const { drawing, rows } = this;
    if (!drawing || !rows.length) return;
    const here = this.chosen?.row ?? this.rowOf(this.position?.moment ?? -1);
    const at = this.chosen ? (this.chosen.bar.begin + this.chosen.bar.end) / 2 : (this.place ?? 0);
    let index = here ? rows.findIndex((row) => row.track.id === here.track.id) : by > 0 ? -1 : rows.length;
    let bar: Bar | undefined;
    let row: Row | undefined;
    do {
      index += by;
      row = rows[index];
      bar = row && chosenIn(drawing, row, at);
    } while (row && !bar);
    if (!row || !bar) return;
    this.chosen = { row, bar };
    this.scrollTo(row);
    const target = showing(this.target, Math.max(bar.begin, Math.min(bar.end, at)), this.bounds, this.state.axis);
    if (target !== this.target) this.see(target, true);
    this.showChosen();
    this.draw();
  }

  private showChosen(): void {
    const { chosen } = this;
    const tip = this.tipOf(chosen?.bar);
    if (!chosen || !tip) return;
    const box = this.frame.body.getBoundingClientRect();
    const scale = new Scale(this.target, this.width);
    const x = Math.min(Math.max(scale.x(chosen.bar.begin), 0), this.width - 20);
    const y = levelTop(chosen.row, chosen.bar.span.depth) - this.frame.scroller.scrollTop;
    showTip(this.frame.tooltip, { ...tip, hint: 'Enter goes there.' }, box.left + x, box.top + y + 12);
    this.frame.live.textContent = `${chosen.row.track.label}. ${sentenceOf(tip)}. Enter goes there.`;
  }

  private key(event: KeyboardEvent): void {
    const isOnControl = event.target instanceof HTMLSelectElement || event.target instanceof HTMLButtonElement;
    if (isOnControl && ['Enter', ' ', 'ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight'].includes(event.key)) return;
    const wish = wishOf(event);
    if (!wish || !this.session) return;
    event.preventDefault();
    event.stopPropagation();
    this.do(wish);
  }

  private do(wish: Wish): void {
    const { position } = this;
    switch (wish.wish) {
      case 'step':
        return this.step(wish.by);
      case 'track':
        return this.choose(wish.by);
      case 'zoom':
        return this.zoom(wish.factor);
      case 'move':
        return this.see(
          moved(this.target, wish.share * (this.target.end - this.target.begin), this.bounds, this.state.axis),
          true,
        );
      case 'scroll':
        return this.frame.scroller.scrollBy({ top: wish.pages * this.height });
      case 'error':
        return this.host.postMessage({ type: 'error', direction: wish.direction });
      case 'fit':
        return this.fit();
      case 'first':
        return this.goTo(0);
      case 'last':
        return this.goTo(Math.max((position?.events ?? 1) - 1, 0));
      case 'go':
        if (this.chosen) this.goTo(this.chosen.bar.span.moment);
        return this.leave();
      case 'fold': {
        const row = this.chosen?.row ?? this.rowOf(position?.moment ?? -1);
        return row && this.fold(row.track.label);
      }
      case 'axis':
        return this.changeAxis(this.state.axis === 'time' ? 'events' : 'time');
      case 'forget':
        this.chosen = this.scrubbed = undefined;
        return this.leave();
    }
  }

  // The pointer.

  private wheel(event: WheelEvent): void {
    if (!this.session || !(event.target instanceof HTMLCanvasElement)) return;
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const [across, down] = [event.deltaX * unit, event.deltaY * unit];
    const x = event.clientX - this.frame.body.getBoundingClientRect().left;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      // A pinch comes as a wheel with small steps.
      const strength = Math.abs(down) < 12 ? WHEEL * 6 : WHEEL;
      return this.zoom(Math.exp(down * strength), this.scale.at(x), false);
    }
    const isAcross = event.shiftKey || Math.abs(across) > Math.abs(down);
    const canScroll = event.target === this.frame.body && heightOf(this.rows) > this.height;
    if (!isAcross && canScroll) return;
    event.preventDefault();
    const by = isAcross && across ? across : down;
    this.leave();
    this.see(moved(this.seen, by / this.scale.perUnit, this.bounds, this.state.axis));
  }

  private listenToBody(body: HTMLCanvasElement): void {
    let held: { x: number; y: number; top: number; range: Range; what: 'click' | 'pan' | 'scrub' } | undefined;
    body.addEventListener('pointerdown', (event) => {
      if (event.button !== 0) return;
      this.frame.root.focus({ preventScroll: true });
      body.setPointerCapture(event.pointerId);
      const place = this.place;
      const isOnCursor = place !== undefined && Math.abs(this.scale.x(place) - event.offsetX) <= 3;
      held = {
        x: event.clientX,
        y: event.clientY,
        top: this.frame.scroller.scrollTop,
        range: this.seen,
        what: isOnCursor && !this.hitAt(event.offsetX, event.offsetY) ? 'scrub' : 'click',
      };
      this.motion = undefined;
    });
    body.addEventListener('pointermove', (event) => {
      if (!held) return this.hover(event);
      const [across, down] = [event.clientX - held.x, event.clientY - held.y];
      if (held.what === 'scrub') return this.scrub(event.offsetX);
      if (held.what === 'click' && Math.hypot(across, down) < DRAG_PX) return;
      held.what = 'pan';
      body.classList.add('held');
      this.leave();
      this.frame.scroller.scrollTop = held.top - down;
      this.see(moved(held.range, -across / new Scale(held.range, this.width).perUnit, this.bounds, this.state.axis));
    });
    const let_go = (event: PointerEvent): void => {
      if (held?.what === 'click' && event.type === 'pointerup') this.click(event);
      body.classList.remove('held');
      held = undefined;
    };
    body.addEventListener('pointerup', let_go);
    body.addEventListener('pointercancel', let_go);
    body.addEventListener('pointerleave', () => this.leave());
    body.addEventListener('dblclick', (event) => {
      const hit = this.hitAt(event.offsetX, event.offsetY);
      if (hit?.kind === 'bar' && !isPoint(hit.bar.span)) this.zoomTo(hit.bar.begin, hit.bar.end);
      else if (hit?.kind === 'cell') this.zoomTo(hit.cell.begin, hit.cell.end);
      else this.zoom(1 / 2.5, this.scale.at(event.offsetX));
    });
  }

  private hitAt(x: number, y: number): ReturnType<typeof hitAt> {
    const { drawing } = this;
    const down = y + this.frame.scroller.scrollTop;
    const row = rowAt(this.rows, down);
    return drawing && drawing.axis === this.state.axis && row ? hitAt(drawing, row, this.scale, x, down) : undefined;
  }

  private hover(event: PointerEvent): void {
    const hit = this.hitAt(event.offsetX, event.offsetY);
    const thing = hit?.kind === 'bar' ? hit.bar : hit?.cell;
    if (thing !== this.hovered) {
      this.hovered = thing;
      this.draw();
    }
    this.frame.body.classList.toggle('pointed', hit !== undefined);
    showTip(this.frame.tooltip, this.tipOf(thing), event.clientX, event.clientY);
  }

  private leave(): void {
    if (this.hovered || this.hoveredMark) this.draw();
    this.hovered = this.hoveredMark = undefined;
    showTip(this.frame.tooltip, undefined);
  }

  private click(event: PointerEvent): void {
    const hit = this.hitAt(event.offsetX, event.offsetY);
    if (!this.drawing) return;
    if (hit?.kind === 'bar') this.goTo(hit.bar.span.moment);
    else this.goTo(momentAt(this.drawing, this.scale.at(event.offsetX)));
  }

  private scrub(x: number): void {
    if (!this.drawing) return;
    const at = Math.min(Math.max(this.scale.at(x), 0), this.bounds.end);
    this.scrubbed = at;
    this.goTo(momentAt(this.drawing, at));
    if (this.scrubbed === undefined) this.scrubbed = at;
  }

  private listenToRuler(ruler: HTMLCanvasElement): void {
    let isHeld = false;
    ruler.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !this.drawing) return;
      this.frame.root.focus({ preventScroll: true });
      const mark = this.markAt(event);
      if (mark) return this.goTo(momentOf(mark));
      isHeld = true;
      ruler.setPointerCapture(event.pointerId);
      this.scrub(event.offsetX);
    });
    ruler.addEventListener('pointermove', (event) => {
      if (isHeld) return this.scrub(event.offsetX);
      const mark = this.markAt(event);
      if (mark !== this.hoveredMark) this.draw();
      this.hoveredMark = mark;
      showTip(this.frame.tooltip, mark && markTooltip(mark), event.clientX, event.clientY);
    });
    const let_go = (): void => {
      isHeld = false;
      this.scrubbed = undefined;
      this.draw();
    };
    ruler.addEventListener('pointerup', let_go);
    ruler.addEventListener('pointercancel', let_go);
    ruler.addEventListener('pointerleave', () => this.leave());
  }

  private markAt(event: PointerEvent): Mark | undefined {
    if (event.offsetY < 20) return undefined;
    return nearest(this.marks, (mark) => mark.at, this.scale, event.offsetX);
  }

  private listenToStrip(strip: HTMLCanvasElement): void {
    let held: { at: number; range: Range; edge: 'begin' | 'end' | undefined } | undefined;
    const at = (event: PointerEvent): number => new Scale(this.bounds, this.width).at(event.offsetX);
    const edgeOf = (event: PointerEvent): 'begin' | 'end' | undefined => {
      const scale = new Scale(this.bounds, this.width);
      if (Math.abs(scale.x(this.seen.begin) - event.offsetX) < 5) return 'begin';
      return Math.abs(scale.x(this.seen.end) - event.offsetX) < 5 ? 'end' : undefined;
    };
    strip.addEventListener('pointerdown', (event) => {
      if (event.button !== 0 || !this.drawing) return;
      this.frame.root.focus({ preventScroll: true });
      strip.setPointerCapture(event.pointerId);
      const place = at(event);
      const edge = edgeOf(event);
      if (!edge && !this.isWhole && (place < this.seen.begin || place > this.seen.end)) {
        const length = this.seen.end - this.seen.begin;
        this.see({ begin: place - length / 2, end: place + length / 2 });
      }
      held = { at: place, range: this.seen, edge };
    });
    strip.addEventListener('pointermove', (event) => {
      if (!held) {
        strip.style.cursor = edgeOf(event) ? 'ew-resize' : this.isWhole ? 'default' : 'grab';
        return;
      }
      const place = at(event);
      if (held.edge === 'begin') this.see({ begin: Math.min(place, held.range.end), end: held.range.end });
      else if (held.edge === 'end') this.see({ begin: held.range.begin, end: Math.max(place, held.range.begin) });
      else this.see(moved(held.range, place - held.at, this.bounds, this.state.axis));
    });
    const let_go = (): void => {
      held = undefined;
    };
    strip.addEventListener('pointerup', let_go);
    strip.addEventListener('pointercancel', let_go);
    strip.addEventListener('dblclick', () => this.fit());
  }
}

function momentOf(mark: Mark): Moment {
  if (mark.kind === 'failure') return mark.failure.moment;
  return mark.kind === 'stop' ? mark.stop.moment : mark.bookmark.moment;
}

function markTooltip(mark: Mark): Tooltip {
  const facts = [{ name: 'event', value: number(momentOf(mark)) }];
  const hint = 'Click to go there.';
  if (mark.kind === 'failure') {
    const title = mark.failure.events > 1 ? `${mark.failure.events} failures, the first` : 'failure';
    return { title, component: 'error', isFailed: true, facts, hint };
  }
  if (mark.kind === 'stop')
    return { title: `${mark.stop.kind} ${mark.stop.label}`, component: 'stop', isFailed: false, facts, hint };
  return { title: `bookmark ${mark.bookmark.name}`, component: 'bookmark', isFailed: false, facts, hint };
}

/** A canvas as large as it is shown, in the pixels of the screen. */
function contextOf(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D {
  const ratio = devicePixelRatio || 1;
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== wide || canvas.height !== high) {
    canvas.width = wide;
    canvas.height = high;
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This view needs a canvas.');
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  return context;
}
