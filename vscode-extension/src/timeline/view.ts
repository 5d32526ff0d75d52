// Which part of the run is seen, and how it gets from one to another. A view of the whole run stays one when the run
// grows or the axis changes; any other keeps what it shows.

import type { Axis } from '../adapter/protocol';
import { kept, moved, type Range, showing, wholeOf, zoomed } from './scale';

const MOVES_MS = 140;
const ALMOST = 1 - 1e-9;

/** A view of a run. */
export class View {
  private known = { events: 0, elapsedMs: 0 };
  private range: Range | undefined;
  private motion: { from: Range; to: Range; since: number } | undefined;

  constructor(
    private shown: Axis,
    private readonly isStill: () => boolean,
    private readonly now: () => number,
  ) {}

  /** What it is as wide as. */
  get axis(): Axis {
    return this.shown;
  }

  /** All that can be seen. */
  get bounds(): Range {
    return wholeOf(this.shown, this.known.events, this.known.elapsedMs);
  }

  /** What is seen now. */
  get seen(): Range {
    return this.motion ? this.between(this.motion) : (this.range ?? this.bounds);
  }

  /** What is seen when it has come to rest. */
  get target(): Range {
    return this.motion?.to ?? this.range ?? this.bounds;
  }

  /** Whether all of the run is seen. */
  get isWhole(): boolean {
    return this.range === undefined;
  }

  /** Whether it is on its way. */
  get isMoving(): boolean {
    return this.motion !== undefined;
  }

  /** The run is this long. */
  grow(events: number, elapsedMs: number): void {
    this.known = { events, elapsedMs };
    if (this.range) this.range = kept(this.range, this.bounds, this.shown);
  }

  /** Another run, or the same one again from its beginning, or where one had left it. */
  reset(range?: Range): void {
    this.range = range;
    this.motion = undefined;
  }

  /** See this, at once or gliding there. */
  see(range: Range, how: 'at once' | 'gliding' = 'at once'): void {
    const { bounds } = this;
    const from = this.seen;
    const to = kept(range, bounds, this.shown);
    const isWhole = to.end - to.begin >= (bounds.end - bounds.begin) * ALMOST;
    this.range = isWhole ? undefined : to;
    this.motion = how === 'gliding' && !this.isStill() ? { from, to, since: this.now() } : undefined;
  }

  /** Nothing moves any more. */
  hold(): void {
    const { seen, motion } = this;
    if (motion) this.see(seen);
  }

  /** A frame was drawn; whether it has come to rest with it. */
  drawn(): boolean {
    if (!this.motion || this.now() - this.motion.since < MOVES_MS) return false;
    this.motion = undefined;
    return true;
  }

  /** See it `factor` times as wide. */
  zoom(factor: number, around: number, how: 'at once' | 'gliding'): void {
    this.see(zoomed(this.target, factor, around, this.bounds, this.shown), how);
  }

  /** Move by a share of what is seen. */
  shift(share: number, how: 'at once' | 'gliding'): void {
    const { begin, end } = this.target;
    this.see(moved(this.target, share * (end - begin), this.bounds, this.shown), how);
  }

  /** Move another range by so much, and see that. */
  moveFrom(range: Range, by: number): void {
    this.see(moved(range, by, this.bounds, this.shown));
  }

  /** See a part of it with some air around. */
  frame(begin: number, end: number): void {
    const air = (end - begin) * 0.06;
    this.see({ begin: begin - air, end: end + air }, 'gliding');
  }

  /** Move as little as needed to see a place. */
  show(place: number): void {
    const target = showing(this.target, place, this.bounds, this.shown);
    if (target !== this.target) this.see(target, 'gliding');
  }

  /** Be as wide as something else: the same share of the run is seen, around a place on the new axis. */
  change(axis: Axis, place: number | undefined): void {
    const share = (this.target.end - this.target.begin) / (this.bounds.end - this.bounds.begin);
    const wasWhole = this.isWhole;
    this.shown = axis;
    this.reset();
    if (wasWhole || place === undefined) return;
    const length = (this.bounds.end - this.bounds.begin) * share;
    this.see({ begin: place - length / 2, end: place + length / 2 });
  }

  private between({ from, to, since }: { from: Range; to: Range; since: number }): Range {
    const share = Math.min(Math.max((this.now() - since) / MOVES_MS, 0), 1);
    const eased = 1 - (1 - share) ** 3;
    return {
      begin: from.begin + (to.begin - from.begin) * eased,
      end: from.end + (to.end - from.end) * eased,
    };
  }
}
