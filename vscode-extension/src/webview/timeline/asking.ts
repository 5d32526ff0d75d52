// Asks for what is to be drawn: one request at a time, and none for what is there already.

import type { Axis, TimelineArguments, TimelinePicture } from '../../adapter/protocol';
import { argumentsOf, type Grid, gridOf, type Range } from '../../timeline/scale';

const MOST_SPANS = 1_500;
const MOST_STRIP = 400;

interface Wanted {
  axis: Axis;
  range: Range;
  width: number;
  tracks: number[] | undefined;
}

/** What was asked for; the strip of the whole run is a request of its own. */
type Asked = { what: 'range'; grid: Grid; tracks: number[] | undefined; axis: Axis } | { what: 'strip'; axis: Axis };

/** The requests of the page. */
export class Asking {
  private number = 0;
  private inFlight: (Asked & { number: number }) | undefined;
  private wanted: Wanted | undefined;
  private wantsStrip: { axis: Axis; width: number } | undefined;
  private has: (Asked & { what: 'range' }) | undefined;

  constructor(
    private readonly send: (number: number, args: TimelineArguments) => void,
    private readonly take: (picture: TimelinePicture, what: 'range' | 'strip') => void,
  ) {}

  /** Forget all that is known: another session, or a run that has changed. */
  forget(): void {
    this.has = this.wanted = this.wantsStrip = this.inFlight = undefined;
    this.number += 1;
  }

  /** What is there is old: the run has grown. */
  renew(): void {
    this.has = undefined;
  }

  /** This is to be seen now. */
  want(axis: Axis, range: Range, width: number, tracks: number[] | undefined): void {
    this.wanted = { axis, range, width, tracks };
    this.work();
  }

  /** The strip is to be seen. */
  wantStrip(axis: Axis, width: number): void {
    this.wantsStrip = { axis, width };
    this.work();
  }

  /** An answer has come. */
  answered(number: number, picture: TimelinePicture | undefined): void {
    const asked = this.inFlight;
    if (asked?.number !== number) return;
    this.inFlight = undefined;
    if (picture) {
      if (asked.what === 'range') this.has = asked;
      this.take(picture, asked.what);
    }
    this.work();
  }

  private work(): void {
    if (this.inFlight) return;
    const range = this.nextRange();
    if (range) {
      const args = { ...argumentsOf(range.grid, range.axis), tracks: range.tracks, most: MOST_SPANS };
      return this.ask(range, args);
    }
    if (this.wantsStrip) {
      const { axis, width } = this.wantsStrip;
      this.wantsStrip = undefined;
      this.ask({ what: 'strip', axis }, { axis, tracks: [], buckets: Math.min(Math.max(width >> 1, 1), MOST_STRIP) });
    }
  }

  private ask(asked: Asked, args: TimelineArguments): void {
    this.number += 1;
    this.inFlight = { ...asked, number: this.number };
    this.send(this.number, args);
  }

  private nextRange(): (Asked & { what: 'range' }) | undefined {
    const { wanted, has } = this;
    if (!wanted) return undefined;
    const grid = gridOf(wanted.range, wanted.width, wanted.axis);
    const covers =
      has?.axis === wanted.axis &&
      has.grid.size === grid.size &&
      has.grid.begin <= Math.max(wanted.range.begin, 0) &&
      has.grid.begin + has.grid.size * has.grid.buckets >= wanted.range.end &&
      (has.tracks === undefined || (wanted.tracks?.every((track) => has.tracks?.includes(track)) ?? false));
    if (covers) {
      this.wanted = undefined;
      return undefined;
    }
    this.wanted = undefined;
    return { what: 'range', grid, tracks: wanted.tracks, axis: wanted.axis };
  }
}
