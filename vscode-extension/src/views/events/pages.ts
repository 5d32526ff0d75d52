// What is known of the events directly in a call: stretches without a gap, each from one or several pages.
// Following a stop far away puts a stretch in the middle, so that a tree of 100,000 events never holds them all.

import type { ChildrenPage, EventNode, Moment } from '../../adapter/protocol';

/** How many events a page has. */
export const PAGE = 100;

/** How many events before the one that is followed are asked for as well. */
const BEFORE = 30;

/** How long a stretch may grow by following, and what is then left of it. */
const MOST = 1_000;
const KEPT = 500;

/** Neighbours: all that there is after one moment, up to another. */
interface Stretch {
  after: Moment;
  /** Infinity when nothing comes after it. */
  to: Moment;
  nodes: EventNode[];
  /** Nobody has asked for it: it is there because the run rested in it. */
  followed: boolean;
}

/** Events that were not asked for yet. */
export interface Gap {
  after: Moment;
  /** The first event that is known again; null when none is. */
  before: Moment | null;
}

/** What to ask again, because it may have changed. */
export interface Again {
  after: Moment;
  count: number;
}

/** The known part of a call's children. */
export class Pages {
  private stretches: Stretch[] = [];

  /** `parent` is the moment of the call, -1 for what is in none. */
  constructor(private readonly parent: Moment) {}

  /** Whether nothing was asked for yet. */
  get isEmpty(): boolean {
    return this.stretches.length === 0;
  }

  /** Whether the first ones are known. */
  get hasBeginning(): boolean {
    return this.stretches[0]?.after === this.parent;
  }

  /** Whether all of it is known. */
  get isWhole(): boolean {
    return this.hasBeginning && this.stretches.length === 1 && this.stretches[0]?.to === Infinity;
  }

  /** Whether it is known what there is at a moment. */
  covers(moment: Moment): boolean {
    return this.stretches.some((each) => each.after < moment && moment <= each.to);
  }

  /** The known children, in their order. */
  nodes(): EventNode[] {
    return this.stretches.flatMap((each) => each.nodes);
  }

  /** The known children and the gaps between them. */
  rows(): (EventNode | Gap)[] {
    const rows: (EventNode | Gap)[] = [];
    let known = this.parent;
    for (const each of this.stretches) {
      if (each.after > known) rows.push({ after: known, before: each.nodes[0]?.moment ?? each.after + 1 });
      rows.push(...each.nodes);
      known = each.to;
    }
    if (known !== Infinity && !this.isEmpty) rows.push({ after: known, before: null });
    return rows;
  }

  /** After which moment to ask in order to see `moment`, and its neighbours up to `before` events before it. */
  askFor(moment: Moment, before = BEFORE): Moment {
    const near = [this.parent, ...this.stretches.map((each) => each.to)].filter(
      (edge) => edge < moment && moment - edge <= PAGE,
    );
    return near.length > 0 ? Math.max(...near) : Math.max(moment - 1 - before, this.parent);
  }

  /** Take in a page that was asked for after a moment. */
  add(after: Moment, page: Pick<ChildrenPage, 'children' | 'more' | 'after'>, followed = false): void {
    const to = page.more ? (page.after ?? page.children.at(-1)?.moment ?? after) : Infinity;
    let grown: Stretch = { after, to, nodes: page.children, followed };
    const apart: Stretch[] = [];
    for (const each of this.stretches) {
      if (each.to < grown.after || each.after > grown.to) apart.push(each);
      else grown = joined(each, grown);
    }
    if (followed && grown.nodes.length > MOST) grown = shortened(grown, page.children[0]?.moment ?? after);
    this.stretches = [...apart.filter((each) => !(grown.followed && each.followed)), grown].sort(
      (a, b) => a.after - b.after,
    );
  }

  /** What may have changed when the run has grown: calls that were open, and what comes at the end. */
  stale(): Again[] {
    return this.stretches.flatMap(({ after, to, nodes }) => {
      const open = nodes.findIndex((node) => node.end === null);
      const growing = to === Infinity;
      if (open >= 0) {
        const first = nodes[open]?.moment ?? after;
        return [{ after: first - 1, count: Math.min(nodes.length - open + (growing ? PAGE : 0), MOST) }];
      }
      return growing ? [{ after: nodes.at(-1)?.moment ?? after, count: PAGE }] : [];
    });
  }
}

/** Two stretches that touch, as one; what was asked last is right where both say something. */
function joined(old: Stretch, fresh: Stretch): Stretch {
  const outside = old.nodes.filter((node) => node.moment <= fresh.after || node.moment > fresh.to);
  return {
    after: Math.min(old.after, fresh.after),
    to:
      old.to === Infinity && fresh.to >= (old.nodes.at(-1)?.moment ?? old.after)
        ? fresh.to
        : Math.max(old.to, fresh.to),
    nodes: [...outside, ...fresh.nodes].sort((a, b) => a.moment - b.moment),
    followed: old.followed && fresh.followed,
  };
}

/** What of a stretch is near a moment. */
function shortened(stretch: Stretch, near: Moment): Stretch {
  const { nodes } = stretch;
  const at = nodes.findIndex((node) => node.moment >= near);
  const from = Math.min(Math.max(at - KEPT / 2, 0), nodes.length - KEPT);
  const kept = nodes.slice(from, from + KEPT);
  return {
    ...stretch,
    after: from === 0 ? stretch.after : (nodes[from - 1]?.moment ?? stretch.after),
    to: from + KEPT >= nodes.length ? stretch.to : (kept.at(-1)?.moment ?? stretch.to),
    nodes: kept,
  };
}
