// Where the run is taken to: by a click, by dragging the line where it rests, or from event to event. The line is drawn
// where it leads before the run is there.

import type { Moment } from '../../adapter/protocol';
import { momentAt, timeOf } from '../../timeline/drawing';
import type { Run } from '../../timeline/run';
import { number } from '../../timeline/texts';
import { duration } from '../../traces/amounts';
import { Delay } from './delay';
import { host } from './host';
import type { Keyboard } from './keyboard';
import type { Sight } from './sight';

const STEPS_MS = 200;

/** The journey of a run on the timeline. */
export class Travel {
  private readonly pause = new Delay(STEPS_MS);
  private scrubbed: number | undefined;
  /** Where quick presses of an arrow key have led, while the run is still on its way. */
  private stepping: Moment | undefined;
  /** Where the run was last sent, as long as it is not there. */
  private sent: Moment | undefined;

  constructor(
    private readonly run: Run,
    private readonly sight: Sight,
    private readonly keyboard: Keyboard,
  ) {}

  /** Go to an event. */
  goTo(moment: Moment): void {
    if (!this.run.position || this.leadsTo(moment)) return;
    this.sent = moment;
    host.postMessage({ type: 'goTo', moment });
  }

  /** Drag the run to a place; nothing when it is let go. */
  scrub(at: number | undefined): void {
    const { drawing } = this.run;
    this.scrubbed = at === undefined ? undefined : Math.min(Math.max(at, 0), this.sight.view.bounds.end);
    if (this.scrubbed !== undefined && drawing) this.goTo(momentAt(drawing, this.scrubbed));
    else this.follow();
    this.sight.draw();
  }

  /** It is not dragged any more, wherever it is. */
  letGo(): void {
    this.scrubbed = undefined;
  }

  /** It is another run, or none. */
  forget(): void {
    this.scrubbed = this.stepping = this.sent = undefined;
  }

  /** Step on: at once, and then when the key has been let go, for each stop makes the editor look at everything. */
  step(by: number): void {
    const { position } = this.run;
    if (!position) return;
    const isFirst = this.stepping === undefined;
    this.stepping = Math.min(Math.max((this.stepping ?? position.moment) + by, 0), position.events - 1);
    if (isFirst) this.goTo(this.stepping);
    this.pause.start(() => this.arrive());
    this.sight.draw();
  }

  /** See where the run rests, and move as little as that needs. */
  follow(): void {
    const { run, sight } = this;
    const { place } = sight;
    if (run.position?.moment === this.sent) this.sent = undefined;
    if (place === undefined || !run.position || !run.strip || this.scrubbed !== undefined) return;
    sight.view.show(place);
    const row = sight.rowOf(run.position.moment);
    if (row) sight.scrollTo(row);
  }

  /** Where the line is drawn. */
  get place(): number | undefined {
    return this.scrubbed ?? this.steppingPlace ?? this.sight.place;
  }

  /** What its handle says. */
  get text(): string {
    const { position, drawing } = this.run;
    if (this.scrubbed !== undefined && drawing) return number(momentAt(drawing, this.scrubbed));
    if (this.stepping !== undefined && this.stepping !== position?.moment) return number(this.stepping);
    return position ? `${number(position.moment)} · ${duration(position.elapsedMs)}` : '';
  }

  private get steppingPlace(): number | undefined {
    const { stepping } = this;
    const { position, drawing } = this.run;
    if (stepping === undefined || stepping === position?.moment || !drawing) return undefined;
    return this.sight.view.axis === 'events' ? stepping + 0.5 : timeOf(stepping, drawing.places);
  }

  /** Whether the run rests there, and was sent nowhere else. */
  private leadsTo(moment: Moment): boolean {
    return moment === this.run.position?.moment && (this.sent === undefined || this.sent === moment);
  }

  private arrive(): void {
    const wanted = this.stepping;
    this.stepping = undefined;
    if (wanted === undefined || this.leadsTo(wanted)) return;
    this.keyboard.leads();
    this.goTo(wanted);
  }
}
