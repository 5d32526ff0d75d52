// Asks for what is to be drawn: one request at a time, and none for what is there already. The strip of the whole run
// comes first: it tells how long the run is, and which tracks there are.

import type { Axis, Moment, TimelineArguments, TimelinePicture } from '../../adapter/protocol';
import { argumentsOf, type Grid, gridOf, type Range } from '../../timeline/scale';

const MOST_SPANS = 1_500;
const MOST_STRIP = 400;

/** What is to be seen. */
export interface Wanted {
  axis: Axis;
  range: Range;
  width: number;
  tracks: number[];
}

interface Part {
  axis: Axis;
  grid: Grid;
  tracks: ReadonlySet<number>;
}

/** The requests of the page. */
export class Asking {
  private number = 0;
  private inFlight: { number: number; part: Part | 'strip' | 'where' } | undefined;
  private wanted: Wanted | undefined;
  private strip: { axis: Axis; width: number } | undefined;
  private sought: { axis: Axis; moment: Moment } | undefined;
  private has: Part | undefined;

  constructor(
    private readonly send: (number: number, args: TimelineArguments) => void,
    private readonly take: (picture: TimelinePicture, what: 'part' | 'strip' | 'where') => void,
  ) {}

  /** Forget all: another session, or another axis. */
  forget(): void {
    this.has = this.wanted = this.strip = this.sought = this.inFlight = undefined;
  }

  /** What is there is old: the run has grown. */
  renew(): void {
    this.has = undefined;
  }

  /** This is to be seen now. */
  want(wanted: Wanted): void {
    this.wanted = wanted;
    this.work();
  }

  /** The strip is to be seen, or seen anew. */
  wantStrip(axis: Axis, width: number): void {
    this.strip = { axis, width };
    this.work();
  }

  /** It is to be known which track an event is on. */
  seek(axis: Axis, moment: Moment): void {
    this.sought = { axis, moment };
    this.work();
  }

  /** An answer has come, or a refusal. */
  answered(number: number, picture: TimelinePicture | undefined): void {
    const asked = this.inFlight;
    if (asked?.number !== number) return;
    this.inFlight = undefined;
    if (picture) {
      if (typeof asked.part !== 'string') this.has = asked.part;
      this.take(picture, typeof asked.part === 'string' ? asked.part : 'part');
    }
    this.work();
  }

  private work(): void {
    if (this.inFlight) return;
    if (this.strip) {
      const { axis, width } = this.strip;
      this.strip = undefined;
      return this.ask('strip', { axis, tracks: [], buckets: Math.min(Math.max(width >> 1, 1), MOST_STRIP) });
    }
    const part = this.missing();
    this.wanted = undefined;
    if (part)
      return this.ask(part, { ...argumentsOf(part.grid, part.axis), tracks: [...part.tracks], most: MOST_SPANS });
    if (this.sought) {
      const { moment } = this.sought;
      this.sought = undefined;
      this.ask('where', { from: moment, to: moment, buckets: 1, tracks: [], most: 1 });
    }
  }

  private ask(part: Part | 'strip' | 'where', args: TimelineArguments): void {
    this.number += 1;
    this.inFlight = { number: this.number, part };
    this.send(this.number, args);
  }

  /** What has to be asked for to see what is wanted, if anything. */
  private missing(): Part | undefined {
    const { wanted, has } = this;
    if (!wanted) return undefined;
    const { axis, range } = wanted;
    const grid = gridOf(range, wanted.width, axis);
    const isThere =
      has?.axis === axis &&
      has.grid.size === grid.size &&
      has.grid.begin <= Math.max(range.begin, 0) &&
      has.grid.begin + has.grid.size * has.grid.buckets >= range.end &&
      wanted.tracks.every((track) => has.tracks.has(track));
    return isThere ? undefined : { axis, grid, tracks: new Set(wanted.tracks) };
  }
}
