// What the page says in words: what the adapter has refused, where the run rests, and what is drawn, for those who
// cannot see it.

import type { Run } from '../../timeline/run';
import { positionText, sentenceOf, tipOf } from '../../timeline/texts';
import type { Choice } from './choice';
import { Delay } from './delay';
import type { Keyboard } from './keyboard';
import type { Sight } from './sight';

const SAYS_MS = 250;
const FORGETS_MS = 6_000;

/** What is told of one timeline. */
export class Speech {
  private readonly pause = new Delay(SAYS_MS);
  private readonly memory = new Delay(FORGETS_MS);

  constructor(
    private readonly run: Run,
    private readonly sight: Sight,
    private readonly choice: Choice,
    private readonly keyboard: Keyboard,
  ) {}

  /** Show a sentence for a while. */
  say(sentence: string): void {
    const { message } = this.sight.frame;
    message.textContent = sentence;
    this.memory.start(() => (message.textContent = ''));
  }

  /** Read something aloud. */
  read(text: string): void {
    this.sight.frame.live.textContent = text;
  }

  /** Read aloud where the run rests, once it stays there. */
  readPosition(): void {
    const { run } = this;
    this.pause.start(() => run.position && this.read(positionText(run.position, run.drawing?.picture)));
  }

  /** Tell what is drawn. */
  describe(): void {
    const { root } = this.sight.frame;
    const { position, drawing } = this.run;
    for (const [name, value] of Object.entries(this.facts())) {
      if (value === undefined) delete root.dataset[name];
      else if (root.dataset[name] !== String(value)) root.dataset[name] = String(value);
    }
    const text = position ? positionText(position, drawing?.picture) : 'No run is being replayed.';
    if (root.getAttribute('aria-valuetext') !== text) root.setAttribute('aria-valuetext', text);
  }

  private facts(): Record<string, string | number | undefined> {
    const { session, position, strip, drawing, markers } = this.run;
    const { view, state, rows, pointed } = this.sight;
    const tip = pointed && tipOf(pointed, drawing?.picture);
    return {
      state: !session ? 'empty' : drawing ? 'ready' : 'loading',
      axis: view.axis,
      colouring: state.colouring,
      moment: position?.moment,
      events: strip?.events,
      complete: strip && String(strip.complete),
      from: strip && view.target.begin,
      to: strip && view.target.end,
      tracks: rows.length,
      spans: drawing?.picture.spans.length,
      errors: strip?.totals.errors,
      stops: markers.stops.length,
      bookmarks: markers.bookmarks.length,
      hover: tip && sentenceOf(tip),
      chosen: this.choice.bar?.span.moment,
      keyboard: this.keyboard.isWatching ? 'led' : document.hasFocus() ? 'here' : 'away',
    };
  }
}
