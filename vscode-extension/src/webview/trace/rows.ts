// The list of events: as many rows as fit, drawn again with other events while one scrolls. Rows that are not there yet
// are asked for, one range at a time.

import type { Row } from '../../traces/row';
import { duration, whole } from '../../traces/amounts';
import { known } from './details';
import { element, sign, signPath } from './elements';
import { centred, heightOf, inView, scrollTo, topOf, type List } from './window';

const ROW_HEIGHT = 24;
const AHEAD = 30;
const KEPT = 4_000;
const DEEPEST_INDENT = 16;

/** What a list of events asks of the rest of the page. */
export interface Asked {
  rows(first: number, count: number): void;
  /** An event was chosen. */
  chosen(row: Row): void;
  /** The person moves; what the page wanted to bring into view matters no more. */
  moved(): void;
}

interface Drawn {
  root: HTMLElement;
  number: HTMLElement;
  time: HTMLElement;
  tree: HTMLElement;
  path: SVGPathElement;
  name: HTMLElement;
  kind: HTMLElement;
  said: HTMLElement;
  took: HTMLElement;
  tokens: HTMLElement;
}

/** Draws the events. */
export class Rows {
  /** The place of the chosen event among those shown; -1 without one. */
  place = -1;
  readonly root = element('div', 'rows', [], {
    role: 'grid',
    tabindex: 0,
    'aria-label': 'Events',
    'aria-readonly': 'true',
  });
  private readonly space = element('div', 'space', [], { role: 'presentation' });
  private readonly canvas = element('div', 'canvas', [], { role: 'rowgroup' });
  private readonly empty = element('p', 'empty', [], { role: 'status' });
  private readonly drawn: Drawn[] = [];
  private readonly known = new Map<number, Row>();
  private count = 0;
  private asked: { first: number; last: number } | undefined;
  private frame = 0;
  private wanted: number | undefined;

  constructor(private readonly ask: Asked) {
    this.space.append(this.canvas);
    this.root.append(headings(), this.space, this.empty);
    this.root.addEventListener('scroll', () => this.later());
    this.root.addEventListener('keydown', (event) => this.press(event));
    this.root.addEventListener('mousedown', (event) => this.click(event));
    new ResizeObserver(() => this.later()).observe(this.root);
  }

  /** The chosen event, if it has come. */
  get chosen(): Row | undefined {
    return this.known.get(this.place);
  }

  /** Where the list is scrolled to, as a place. */
  get top(): number {
    return inView(this.list, this.root.scrollTop).first;
  }

  /** There are so many events now; a sentence is shown when there are none. */
  set(count: number, sentence: string): void {
    const wasAtEnd = this.count > 0 && this.root.scrollTop > 0 && this.isAtEnd;
    this.count = count;
    this.root.setAttribute('aria-rowcount', String(count + 1));
    this.space.style.height = `${heightOf(this.list)}px`;
    this.empty.textContent = count === 0 ? sentence : '';
    if (this.wanted !== undefined && this.wanted < count) {
      this.root.scrollTop = topOf(this.list, this.wanted);
      this.wanted = undefined;
    } else if (wasAtEnd) this.root.scrollTop = this.root.scrollHeight;
    this.later();
  }

  /** Other events: what is known of the old ones counts no more. */
  reset(): void {
    this.known.clear();
    this.asked = undefined;
    this.place = -1;
    this.root.scrollTop = 0;
    this.later();
  }

  /** Some events have come. */
  take(first: number, rows: readonly Row[]): void {
    if (this.known.size > KEPT) this.forget();
    rows.forEach((row, index) => this.known.set(first + index, row));
    this.asked = undefined;
    const place = this.place;
    if (place >= first && place < first + rows.length) this.tell();
    this.draw();
  }

  /** Choose the event at a place, and bring it into view. */
  choose(place: number, where: 'near' | 'middle' = 'near'): void {
    if (this.count === 0) return;
    this.place = Math.max(Math.min(place, this.count - 1), 0);
    this.wanted = undefined;
    const { list, root } = this;
    const now = root.scrollTop;
    const near = scrollTo(list, this.place, now);
    root.scrollTop = where === 'middle' && near !== now ? centred(list, this.place) : near;
    this.draw();
    this.tell();
  }

  /** Bring a place into view without choosing it. */
  show(place: number): void {
    this.root.scrollTop = centred(this.list, place);
    this.later();
  }

  /** Scroll to a place as soon as it is there. */
  scrollWhenThere(place: number): void {
    this.wanted = place;
  }

  private get list(): List {
    return { rows: this.count, rowHeight: ROW_HEIGHT, viewHeight: this.root.clientHeight - ROW_HEIGHT };
  }

  private get isAtEnd(): boolean {
    return this.root.scrollTop + this.root.clientHeight >= this.root.scrollHeight - 2;
  }

  private tell(): void {
    const row = this.chosen;
    if (row) this.ask.chosen(row);
  }

  private later(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { first, count, top } = inView(this.list, this.root.scrollTop);
    this.canvas.style.transform = `translateY(${top}px)`;
    while (this.drawn.length < count) this.drawn.push(this.add());
    let missing = false;
    this.drawn.forEach((drawn, index) => {
      const place = first + index;
      const isShown = index < count;
      drawn.root.hidden = !isShown;
      if (!isShown) return;
      const row = this.known.get(place);
      missing ||= !row;
      fill(drawn, place, row, place === this.place);
    });
    const active = this.place >= first && this.place < first + count ? `row-${this.place}` : '';
    if (active) this.root.setAttribute('aria-activedescendant', active);
    else this.root.removeAttribute('aria-activedescendant');
    this.root.dataset.first = String(first);
    if (missing) this.request(first, count);
    else if (this.place >= 0 && !this.known.has(this.place)) this.request(this.place, 1);
  }

  private request(first: number, count: number): void {
    if (this.asked) return; // what is missing still is asked for when the answer has come
    const from = Math.max(first - AHEAD, 0);
    const last = Math.min(first + count + AHEAD, this.count);
    if (last <= from) return;
    this.asked = { first: from, last };
    this.ask.rows(from, last - from);
  }

  private forget(): void {
    const here = this.top;
    for (const place of this.known.keys())
      if (Math.abs(place - here) > KEPT / 4 && place !== this.place) this.known.delete(place);
  }

  private add(): Drawn {
    const cell = (name: string): HTMLElement => element('span', name, [], { role: 'gridcell' });
    const icon = sign('');
    const [name, kind, said] = [element('span', 'name'), element('span', 'kind'), element('span', 'said')];
    const [number, time, tree, took, tokens] = [
      cell('number'),
      cell('time'),
      cell('tree'),
      cell('took'),
      cell('tokens'),
    ];
    tree.append(icon, name, kind, said);
    const root = element('div', 'row', [number, time, tree, took, tokens], { role: 'row' });
    this.canvas.append(root);
    return { root, number, time, tree, path: icon.firstChild as SVGPathElement, name, kind, said, took, tokens };
  }

  private click(event: MouseEvent): void {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('.row') : null;
    if (!row || event.button !== 0) return;
    this.ask.moved();
    this.choose(Number(row.dataset.place));
  }

  private press(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(Math.floor(this.root.clientHeight / ROW_HEIGHT) - 1, 1);
    const here = this.place < 0 ? this.top - (event.key === 'ArrowDown' ? 1 : 0) : this.place;
    const to: Record<string, number> = {
      ArrowDown: here + 1,
      ArrowUp: here - 1,
      PageDown: here + page,
      PageUp: here - page,
      Home: 0,
      End: this.count - 1,
    };
    const place = to[event.key];
    if (place === undefined) return;
    event.preventDefault();
    this.ask.moved();
    this.choose(place);
  }
}

function headings(): HTMLElement {
  const cell = (name: string, title: string): HTMLElement => element('span', name, title, { role: 'columnheader' });
  return element(
    'div',
    'headings',
    [
      cell('number', '#'),
      cell('time', 'Seconds'),
      cell('tree', 'Event'),
      cell('took', 'Duration'),
      cell('tokens', 'Tokens'),
    ],
    { role: 'row', 'aria-rowindex': 1 },
  );
}

function fill(drawn: Drawn, place: number, row: Row | undefined, isChosen: boolean): void {
  const { root } = drawn;
  root.id = `row-${place}`;
  root.dataset.place = String(place);
  root.setAttribute('aria-rowindex', String(place + 2)); // the headings are the first row
  root.setAttribute('aria-selected', String(isChosen));
  root.className = `row ${row ? `component-${known(row.component)} ${row.edge}` : 'waiting'}${row?.failed ? ' failed' : ''}`;
  drawn.number.textContent = row ? String(row.row) : '';
  drawn.time.textContent = row?.elapsedMs === undefined ? '' : clock(row.elapsedMs);
  drawn.tree.style.setProperty('--depth', String(Math.min(row?.depth ?? 0, DEEPEST_INDENT)));
  drawn.path.setAttribute('d', signPath(row?.component ?? ''));
  drawn.name.textContent = row ? row.name || row.kind : '';
  drawn.kind.textContent = row ? `${row.name ? row.kind : ''}${edgeWord(row)}` : '';
  drawn.said.textContent = row?.said ?? '';
  drawn.took.textContent = row?.durationMs === undefined ? '' : duration(row.durationMs);
  drawn.tokens.textContent = row?.tokens ? whole(row.tokens) : '';
}

function edgeWord(row: Row): string {
  if (row.edge !== 'end') return '';
  return row.status && row.status !== 'completed' ? ` ${row.status}` : ' end';
}

/** A time since the beginning, so written that times stand under each other. */
function clock(ms: number): string {
  if (Math.abs(ms) < 60_000) return `${(ms / 1000).toFixed(3)}`;
  const seconds = Math.abs(ms) / 1000;
  const rest = (seconds % 60).toFixed(1).padStart(4, '0');
  const minutes = Math.floor(seconds / 60);
  const said =
    minutes < 60
      ? `${minutes}:${rest}`
      : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, '0')}:${rest}`;
  return ms < 0 ? `-${said}` : said;
}
