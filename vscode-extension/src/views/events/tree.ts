// The events of one run as a tree that is read by the page. It knows which rows are there, asks the adapter for
// others, and finds the way to the row where the run rests. One request is enough for a stop whose row is not known
// yet, as long as the pages on its way are there.

import type { ChildrenPage, EventNode, Moment, Position } from '../../adapter/protocol';
import type { EventElement } from '../eventElement';
import { asked, isNarrowed, type Left, type Narrowing } from './filter';
import { type Again, PAGE, Pages } from './pages';

/** How the tree asks the adapter. */
export type Request = <T>(command: string, args: object) => Promise<T>;

const OUTSIDE: Moment = -1;
/** How often a page that turned out empty, because all of it is filtered out, is gone on with: about a second. */
const PATIENCE = 30;
/** How many calls a narrowed tree opens by itself. */
const OPENED = 40;

/** A call or a single event. */
export class Row implements EventElement {
  /** Its children, from when they are first asked for. */
  pages: Pages | undefined;

  constructor(
    public node: EventNode,
    readonly parent: Row | undefined,
    /** Whether it is open when it is first shown. */
    readonly opened: boolean,
  ) {}

  get moment(): Moment {
    return this.node.moment;
  }
}

/** The row that stands for events that were not asked for yet. */
export class MoreRow {
  constructor(
    readonly parent: Row | undefined,
    readonly after: Moment,
    readonly before: Moment | null,
  ) {}
}

/** What the tree consists of. */
export type Element = Row | MoreRow;

/** Where the children of something have changed: a row, or the outermost level. */
export type Place = Row | undefined;

/** Where a stop is in the tree. */
export interface Found {
  /** The stop's own row; that of a call around it when its own is filtered out; nothing when all of them are. */
  row: Row | undefined;
  /** Where children came or went while looking for it. */
  changed: Place[];
}

/** The events of one run. */
export class EventTree {
  private readonly top = new Pages(OUTSIDE);
  private readonly rows = new Map<Moment, Row>();
  private readonly ends = new Map<Moment, Row>();
  private readonly loading = new Map<Place, Promise<void>>();
  private opened = 0;

  constructor(
    private readonly request: Request,
    readonly narrowing: Narrowing,
    /** How much of the run it was last asked for. */
    public known: Pick<Position, 'events' | 'complete'>,
  ) {}

  /** Whether there is more of the run by now. */
  isBehind({ events, complete }: Position): boolean {
    return events > this.known.events || complete !== this.known.complete;
  }

  /** The row of an event, or of the call that ends with it, if it is known. */
  at(moment: Moment): Row | undefined {
    return this.rows.get(moment) ?? this.ends.get(moment);
  }

  /** What is left of the run, as far as it is known. */
  get left(): Left {
    const nodes = this.top.nodes();
    return {
      failures: nodes.reduce((sum, node) => sum + (node.errors ?? 0), 0),
      whole: this.top.isWhole,
      nothing: this.top.isWhole && nodes.length === 0,
    };
  }

  /**
   * What is in a call, or outermost; the first page of it is asked for when nothing is known. Where one looks first, it
   * is asked for even if following has already shown what is further on.
   */
  async children(parent: Place): Promise<Element[]> {
    const isLookedAtFirst = !parent || parent.opened || isNarrowed(this.narrowing);
    const pages = this.pagesOf(parent);
    if (pages.isEmpty || (isLookedAtFirst && !pages.hasBeginning)) await this.first(parent);
    return this.pagesOf(parent)
      .rows()
      .map((row) => ('moment' in row ? this.row(row, parent) : new MoreRow(parent, row.after, row.before)));
  }

  /** Ask for a page of what a row stands for. */
  async more({ parent, after }: MoreRow): Promise<void> {
    this.take(parent, after, await this.page(parent?.moment, after, PAGE), false);
  }

  /** The way to the row where the run rests, asking for what is not known of it. */
  async find(moment: Moment): Promise<Found> {
    const known = this.at(moment);
    if (known) return { row: known, changed: [] };
    const { path } = await this.request<{ path: EventNode[] }>('n3/path', { moment });
    const way = path.map((node) => node.moment);
    const last = path.at(-1);
    if (last?.moment !== moment && last?.end !== moment) way.push(moment);
    return this.walk(way);
  }

  /** The run has grown: ask again for what was open, and for what came after it. */
  async grow(position: Position): Promise<Place[]> {
    this.known = position;
    const open = [...this.rows.values()].filter((row) => row.pages && row.node.end === null);
    const changed: Place[] = [];
    for (const place of this.top.isEmpty ? [] : [undefined, ...open]) {
      const pages = this.pagesOf(place);
      const before = pages.nodes().length;
      for (const { after, count } of pages.stale()) await this.refresh(place, { after, count }, changed);
      if (pages.nodes().length !== before) changed.push(place);
    }
    return [...new Set(changed)];
  }

  private async refresh(place: Place, { after, count }: Again, changed: Place[]): Promise<void> {
    const page = await this.page(place?.moment, after, count, after + 1);
    const old = page.children.map((node) => this.rows.get(node.moment));
    const differs = page.children.map((node, index) => old[index] && !alike(old[index].node, node));
    this.take(place, after, page, false);
    changed.push(...old.filter((row, index) => row && differs[index]));
  }

  private async walk(way: Moment[]): Promise<Found> {
    // All levels at once; but of what is filtered out nothing further in needs to be asked for.
    const step = (depth: number) => this.missing(way[depth - 1], way[depth] as Moment);
    const ahead = isNarrowed(this.narrowing) ? undefined : await Promise.all(way.map((_, depth) => step(depth)));
    const changed: Place[] = [];
    let row: Row | undefined;
    for (const [depth, moment] of way.entries()) {
      const missing = ahead ? ahead[depth] : await step(depth);
      if (missing) {
        this.take(row, missing.after, missing.page, missing.followed);
        changed.push(row);
      }
      const node = this.pagesOf(row)
        .nodes()
        .find((each) => each.moment === moment);
      if (!node) break;
      row = this.row(node, row);
    }
    return { row, changed };
  }

  /** The page that a child is on, if it was not asked for yet. */
  private async missing(
    parent: Moment | undefined,
    moment: Moment,
  ): Promise<{ after: Moment; page: ChildrenPage; followed: boolean } | undefined> {
    const pages = parent === undefined ? this.top : (this.rows.get(parent)?.pages ?? new Pages(parent));
    if (pages.covers(moment)) return undefined;
    // To look at what a filter leaves out costs time: then the page begins with the event itself, unless it is near.
    const after = isNarrowed(this.narrowing) ? pages.askFor(moment, 0) : pages.askFor(moment);
    const page = await this.page(parent, after, PAGE, moment);
    return { after, page, followed: after !== (parent ?? OUTSIDE) };
  }

  private async first(parent: Place): Promise<void> {
    const loading = this.loading.get(parent) ?? this.firstPage(parent);
    this.loading.set(parent, loading);
    try {
      await loading;
    } finally {
      this.loading.delete(parent);
    }
  }

  private async firstPage(parent: Place): Promise<void> {
    const after = parent?.moment ?? OUTSIDE;
    this.take(parent, after, await this.page(parent?.moment, after, PAGE), false);
  }

  /** A page, and as many further ones as it takes until it has rows, or reaches as far as `until`. */
  private async page(
    parent: Moment | undefined,
    after: Moment,
    count: number,
    until = Infinity,
  ): Promise<ChildrenPage> {
    const place = parent === undefined ? {} : { parent };
    let page: ChildrenPage;
    let reached = after;
    let tries = 0;
    do {
      const from = reached > (parent ?? OUTSIDE) ? { after: reached } : {};
      const args = { ...place, ...from, count, ...asked(this.narrowing) };
      page = await this.request<ChildrenPage>('n3/children', args);
      reached = page.after ?? Infinity;
    } while (page.children.length === 0 && page.more && reached < until && ++tries < PATIENCE);
    return page;
  }

  private take(parent: Place, after: Moment, page: ChildrenPage, followed: boolean): void {
    const pages = this.pagesOf(parent);
    const before = pages.nodes();
    pages.add(after, page, followed);
    const kept = new Set(pages.nodes().map((node) => node.moment));
    for (const node of before) if (!kept.has(node.moment)) this.forget(node.moment);
    for (const node of page.children) {
      const row = this.rows.get(node.moment);
      if (row) this.know(row, node);
    }
  }

  private row(node: EventNode, parent: Place): Row {
    const known = this.rows.get(node.moment);
    if (known) return known;
    const alone = parent === undefined && this.top.isWhole && this.top.nodes().length === 1;
    const opened = node.hasChildren && (alone || (isNarrowed(this.narrowing) && this.opened++ < OPENED));
    const row = new Row(node, parent, opened);
    this.rows.set(node.moment, row);
    this.know(row, node);
    return row;
  }

  private know(row: Row, node: EventNode): void {
    row.node = node;
    if (node.end !== null && node.end !== node.moment) this.ends.set(node.end, row);
  }

  private forget(moment: Moment): void {
    const row = this.rows.get(moment);
    if (!row) return;
    this.rows.delete(moment);
    if (row.node.end !== null) this.ends.delete(row.node.end);
    for (const node of row.pages?.nodes() ?? []) this.forget(node.moment);
  }

  private pagesOf(place: Place): Pages {
    if (!place) return this.top;
    place.pages ??= new Pages(place.moment);
    return place.pages;
  }
}

/** Whether two pictures of a call look the same. */
function alike(one: EventNode, other: EventNode): boolean {
  return (
    one.end === other.end &&
    one.status === other.status &&
    one.hasChildren === other.hasChildren &&
    one.errors === other.errors &&
    one.label === other.label &&
    one.tokens === other.tokens
  );
}
