// What a person wants of the timeline, by a key or by a button, and how it is done.

import type { Run } from '../../timeline/run';
import { Scale } from '../../timeline/scale';
import { type Wish, wishOf } from '../../timeline/keys';
import type { Asking } from './asking';
import type { Choice } from './choice';
import { host } from './host';
import type { Keyboard } from './keyboard';
import type { Sight } from './sight';
import type { Speech } from './speech';
import type { Travel } from './travel';

/** What takes the run somewhere. */
const LEADS: ReadonlySet<Wish['wish']> = new Set(['step', 'error', 'first', 'last', 'go']);

/** Does what is wished for. */
export class Wishes {
  constructor(
    private readonly run: Run,
    private readonly sight: Sight,
    private readonly travel: Travel,
    private readonly choice: Choice,
    private readonly asking: Asking,
    private readonly keyboard: Keyboard,
    private readonly speech: Speech,
  ) {}

  /** A key was pressed. */
  press(event: KeyboardEvent): void {
    const isControl = event.target instanceof HTMLSelectElement || event.target instanceof HTMLButtonElement;
    if (isControl && (event.key === 'Enter' || event.key === ' ' || event.key.startsWith('Arrow'))) return;
    const wish = wishOf(event);
    if (!wish || !this.run.session) return;
    event.preventDefault();
    event.stopPropagation();
    if (LEADS.has(wish.wish)) this.keyboard.leads();
    this.do(wish);
  }

  /** Do this. */
  do(wish: Wish): void {
    const { run, sight, travel, choice } = this;
    const { view } = sight;
    switch (wish.wish) {
      case 'step':
        return travel.step(wish.by);
      case 'track':
        return this.choose(wish.by);
      case 'zoom':
        view.zoom(wish.factor, this.middle, 'gliding');
        return sight.keep();
      case 'move':
        view.shift(wish.share, 'gliding');
        return sight.keep();
      case 'fit':
        view.see(view.bounds, 'gliding');
        return sight.keep();
      case 'scroll':
        return sight.frame.scroller.scrollBy({ top: wish.pages * sight.height });
      case 'error':
        return host.postMessage({ type: 'error', direction: wish.direction });
      case 'first':
        return travel.goTo(0);
      case 'last':
        return travel.goTo(Math.max((run.position?.events ?? 1) - 1, 0));
      case 'go':
        return choice.bar && travel.goTo(choice.bar.span.moment);
      case 'fold': {
        const row = choice.row ?? sight.rowOf(run.position?.moment ?? -1);
        return row && sight.fold(row.track.label);
      }
      case 'axis':
        return this.changeAxis();
      case 'forget':
        choice.forget();
        travel.letGo();
        return sight.point(undefined);
    }
  }

  /** What stays where it is when one zooms without a pointer. */
  private get middle(): number {
    const { begin, end } = this.sight.view.target;
    const { place } = this.sight;
    return place !== undefined && place >= begin && place <= end ? place : (begin + end) / 2;
  }

  private changeAxis(): void {
    const { run, sight, asking } = this;
    const { view } = sight;
    const axis = view.axis === 'time' ? 'events' : 'time';
    view.grow(run.strip?.events ?? 0, run.strip?.elapsedMs ?? 0);
    view.change(axis, run.placeOn(axis));
    this.choice.forget();
    sight.point(undefined);
    asking.forget();
    asking.wantStrip(axis, sight.width);
    sight.keep();
  }

  /** Choose a call on the track above or below. */
  private choose(by: number): void {
    const { run, sight, choice } = this;
    const { drawing, position } = run;
    if (!drawing) return;
    const here = position && sight.rowOf(position.moment);
    const place = sight.place ?? 0;
    if (!choice.move(by, drawing, sight.rows, here, place)) return;
    const { row, bar } = choice;
    if (!row || !bar) return;
    sight.scrollTo(row);
    sight.view.show(Math.max(bar.begin, Math.min(bar.end, place)));
    sight.keep();
    this.speech.read(choice.show(sight.frame, drawing, new Scale(sight.view.target, sight.width)));
  }
}
