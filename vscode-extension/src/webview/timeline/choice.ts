// The call that the keyboard has chosen: up and down go from track to track, near to where the run rests.

import type { Bar, Drawing } from '../../timeline/drawing';
import { barOf } from '../../timeline/drawing';
import { chosenIn } from '../../timeline/hit';
import { levelTop, type Row } from '../../timeline/layout';
import type { Scale } from '../../timeline/scale';
import { sentenceOf, spanTooltip } from '../../timeline/texts';
import type { Frame } from './frame';
import { showTip } from './tips';

/** What was chosen. */
export class Choice {
  row: Row | undefined;
  bar: Bar | undefined;

  /** Nothing is chosen any more. */
  forget(): void {
    this.row = this.bar = undefined;
  }

  /** Another picture has come: the same call in it, if it is there. */
  renew(drawing: Drawing): void {
    const moment = this.bar?.span.moment;
    const span = moment === undefined ? undefined : drawing.picture.spans.find((each) => each.moment === moment);
    this.bar = span && barOf(span, drawing.picture);
    if (!this.bar) this.forget();
  }

  /** Go up or down to the next track that has a call; whether there is one. */
  move(by: number, drawing: Drawing, rows: readonly Row[], here: Row | undefined, place: number): boolean {
    const from = this.row ?? here;
    let index = from ? rows.findIndex((row) => row.track.id === from.track.id) : by > 0 ? -1 : rows.length;
    for (index += by; rows[index]; index += by) {
      const row = rows[index];
      const bar = row && chosenIn(drawing, row, place);
      if (row && bar) {
        this.row = row;
        this.bar = bar;
        return true;
      }
    }
    return false;
  }

  /** Show what was chosen; returns what to read aloud. */
  show(frame: Frame, drawing: Drawing, scale: Scale): string {
    const { row, bar } = this;
    if (!row || !bar) return '';
    const tip = { ...spanTooltip(bar.span, drawing.picture), hint: 'Enter goes there.' };
    const box = frame.body.getBoundingClientRect();
    const x = Math.min(Math.max(scale.x(bar.begin), 0), scale.width - 20);
    const y = levelTop(row, bar.span.depth) - frame.scroller.scrollTop;
    showTip(frame.tooltip, tip, box.left + x, box.top + y + 10);
    return `${row.track.label}. ${sentenceOf(tip)}. Enter goes there.`;
  }
}
