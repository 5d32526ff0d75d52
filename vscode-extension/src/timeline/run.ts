// What the timeline knows of the run: where it rests, the pictures that were made of it, and what is marked on it.

import type { Axis, Moment, Position, TimelinePicture } from '../adapter/protocol';
import { arranged, type Drawing, placeOf } from './drawing';
import { type Mark, marksOf } from './marks';
import type { Markers } from './messages';

type Place = TimelinePicture['position'];

const UNMARKED: Markers = { stops: [], bookmarks: [] };

/** The run of one session, as far as it is known. */
export class Run {
  /** The session that replays it. */
  session: string | undefined;
  /** Where it rests. */
  position: Position | undefined;
  /** The picture of all of it. */
  strip: TimelinePicture | undefined;
  private picture: Drawing | undefined;
  private marked = UNMARKED;
  private found: Place | undefined;
  private placed: Mark[] = [];

  /** The picture of the part that is seen. */
  get drawing(): Drawing | undefined {
    return this.picture;
  }

  /** Where breakpoints would stop, and the bookmarks. */
  get markers(): Markers {
    return this.marked;
  }

  /** What is marked in the picture. */
  get marks(): readonly Mark[] {
    return this.placed;
  }

  /** Nothing is known of it any more. */
  forget(): void {
    this.position = this.strip = this.picture = this.found = undefined;
    this.mark(UNMARKED);
  }

  /** A picture of a part has come. */
  draw(picture: TimelinePicture): Drawing {
    this.picture = arranged(picture);
    this.mark(this.marked);
    return this.picture;
  }

  /** Other things are marked from now on. */
  mark(markers: Markers): void {
    this.marked = markers;
    this.placed = this.picture ? marksOf(this.picture, markers) : [];
  }

  /** It was asked for where the run rests, and this is where. */
  find(place: Place): void {
    this.found = place;
  }

  /** Where it rests on an axis. */
  placeOn(axis: Axis): number | undefined {
    const { position } = this;
    return position && placeOf(axis, position.moment, this.told(position.moment)?.ms ?? position.elapsedMs);
  }

  /** The track that an event is on, if a picture has told it. */
  trackOf(moment: Moment): number | undefined {
    const span = this.picture?.picture.spans.find((each) => each.moment === moment || each.end === moment);
    return span?.track ?? this.told(moment)?.track;
  }

  private told(moment: Moment): Place | undefined {
    const places = [this.found, this.picture?.picture.position, this.strip?.position];
    return places.find((place) => place?.moment === moment);
  }
}
