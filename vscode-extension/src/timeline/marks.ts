// What is marked on the ruler: failures, and where breakpoints and bookmarks are.

import type { Moment } from '../adapter/protocol';
import { type Drawing, placeOf, timeOf } from './drawing';
import type { Markers } from './messages';

/** A mark of the ruler: where it is, and what it stands for. */
export interface Mark {
  kind: 'failure' | 'breakpoint' | 'bookmark';
  moment: Moment;
  at: number;
  /** In the words of its tooltip. */
  text: string;
}

/** What is to be marked on the ruler of a drawing. */
export function marksOf(drawing: Drawing, markers: Markers): Mark[] {
  const { axis, places, picture } = drawing;
  const failures = picture.failures.map(({ moment, ms, events }): Mark => {
    const text = events > 1 ? `${events} failures, the first` : 'failure';
    return { kind: 'failure', moment, at: placeOf(axis, moment, ms), text };
  });
  const marks = [
    ...markers.stops.map(
      ({ moment, kind, label }) => ({ kind: 'breakpoint', moment, text: `${kind} ${label}` }) as const,
    ),
    ...markers.bookmarks.map(({ moment, name }) => ({ kind: 'bookmark', moment, text: `bookmark ${name}` }) as const),
  ].map((mark): Mark | undefined => {
    const at = axis === 'events' ? mark.moment + 0.5 : timeOf(mark.moment, places);
    return at === undefined ? undefined : { ...mark, at };
  });
  return [...failures, ...marks.filter((mark) => mark !== undefined)];
}
