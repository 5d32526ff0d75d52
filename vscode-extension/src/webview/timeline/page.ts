// The page: what its parts are, and what becomes of what the extension host tells it.

import type { Position, TimelinePicture } from '../../adapter/protocol';
import { ZOOM } from '../../timeline/keys';
import type { Markers, ToPage } from '../../timeline/messages';
import { Run } from '../../timeline/run';
import { totalsText } from '../../timeline/texts';
import { Asking } from './asking';
import { Choice } from './choice';
import { Delay } from './delay';
import { Frame } from './frame';
import { host } from './host';
import { Keyboard } from './keyboard';
import { Painting } from './painting';
import { listen } from './pointers';
import { Sight } from './sight';
import { Speech } from './speech';
import { Travel } from './travel';
import { Wishes } from './wishes';

const SEEKS_MS = 150;
const LOOKS_AGAIN_MS = 80;

/** The page of the timeline. */
export class Page {
  private readonly run = new Run();
  private readonly frame: Frame = new Frame({
    zoomIn: () => this.wishes.do({ wish: 'zoom', factor: 1 / ZOOM }),
    zoomOut: () => this.wishes.do({ wish: 'zoom', factor: ZOOM }),
    fit: () => this.wishes.do({ wish: 'fit' }),
    axis: (axis) => axis !== this.sight.view.axis && this.wishes.do({ wish: 'axis' }),
    colouring: (colouring) => this.sight.keep({ colouring }),
    fold: () => this.sight.foldAll(),
    error: (direction) => this.wishes.do({ wish: 'error', direction }),
    start: () => host.postMessage({ type: 'start' }),
  });
  private readonly sight: Sight = new Sight(this.frame, this.run, () => this.draw());
  private readonly choice = new Choice();
  private readonly asking = new Asking(
    (id, args) => host.postMessage({ type: 'look', number: id, arguments: args }),
    (picture, what) => {
      if (what === 'strip') this.takeStrip(picture);
      else if (what === 'part') this.takePart(picture);
      else this.takePlace(picture);
    },
  );
  private readonly keyboard = new Keyboard(
    this.frame.root,
    () => host.postMessage({ type: 'focus' }),
    () => this.sight.draw(),
  );
  private readonly travel = new Travel(this.run, this.sight, this.keyboard);
  private readonly painting = new Painting(this.run, this.sight, this.travel, this.choice);
  private readonly speech = new Speech(this.run, this.sight, this.choice, this.keyboard);
  private readonly wishes = new Wishes(
    this.run,
    this.sight,
    this.travel,
    this.choice,
    this.asking,
    this.keyboard,
    this.speech,
  );
  private readonly seeking = new Delay(SEEKS_MS);
  private readonly growing = new Delay(LOOKS_AGAIN_MS);

  /** Listen to everything, and say that the page is there. */
  begin(): void {
    const { frame, run, sight, travel } = this;
    frame.showEmpty(true);
    sight.begin();
    frame.root.addEventListener('keydown', (event) => this.wishes.press(event));
    listen({ run, sight, travel });
    host.postMessage({ type: 'ready' });
  }

  /** What the extension says. */
  hear(message: ToPage): void {
    switch (message.type) {
      case 'nothing':
        return this.leaveSession();
      case 'session':
        return this.enter(message.id, message.name);
      case 'again':
        return this.startOver();
      case 'position':
        return this.move(message.position);
      case 'picture':
        return this.asking.answered(message.number, message.picture);
      case 'refused':
        this.speech.say(message.sentence);
        return this.asking.answered(message.number, undefined);
      case 'markers':
        return this.mark(message.markers);
      case 'said':
        return this.speech.say(message.sentence);
    }
  }

  private draw(): void {
    const { run, sight } = this;
    sight.glide();
    this.speech.describe();
    if (!run.session || !sight.width) return;
    if (run.strip) this.asking.want(sight.wanted);
    this.painting.paint();
  }

  // Sessions.

  private enter(id: string, name: string): void {
    const { run, sight, frame } = this;
    if (run.session === id) return;
    this.leaveSession();
    run.session = id;
    frame.root.setAttribute('aria-label', `Timeline of ${name}`);
    frame.showEmpty(false);
    frame.totals.textContent = 'Waiting for the run to rest …';
    if (sight.state.session === id) sight.view.reset(sight.state.range);
    sight.measure();
  }

  /** The run is another one from now on, in the same session. */
  private startOver(): void {
    this.asking.forget();
    this.run.forget();
    this.sight.draw();
  }

  private leaveSession(): void {
    const { run, sight } = this;
    this.asking.forget();
    run.session = undefined;
    run.forget();
    this.travel.forget();
    sight.view.reset();
    this.choice.forget();
    sight.arrange();
    sight.point(undefined);
    this.painting.clear();
    this.frame.showEmpty(true);
    sight.draw();
  }

  // The run.

  private move(position: Position): void {
    const { run, sight, asking } = this;
    const before = run.position;
    run.position = position;
    if (!run.strip) asking.wantStrip(sight.view.axis, sight.width);
    else if (position.events !== run.strip.events) this.lookAgain();
    this.keyboard.rests();
    if (before?.moment !== position.moment) {
      this.choice.forget();
      this.travel.follow();
      // Which track it is on is asked for only where one stays, and only if that was not drawn.
      this.seeking.start(() => {
        if (!sight.rowOf(position.moment)) asking.seek(sight.view.axis, position.moment);
      });
      this.speech.readPosition();
    }
    sight.draw();
  }

  private mark(markers: Markers): void {
    this.run.mark(markers);
    this.sight.draw();
  }

  /** The run has grown: look again, soon. */
  private lookAgain(): void {
    const { sight } = this;
    if (!this.growing.isRunning) this.growing.start(() => this.asking.wantStrip(sight.view.axis, sight.width));
  }

  // Pictures.

  private takeStrip(picture: TimelinePicture): void {
    const { run, sight } = this;
    if (picture.axis !== sight.view.axis) return;
    const isFirst = !run.strip;
    if (picture.events !== run.strip?.events) this.asking.renew();
    run.strip = picture;
    sight.view.grow(picture.events, picture.elapsedMs);
    sight.arrange();
    this.frame.totals.textContent = totalsText(picture.totals, picture.complete).join(' · ');
    if (isFirst && sight.state.session === run.session && sight.state.top)
      this.frame.scroller.scrollTop = sight.state.top;
    if (isFirst) this.travel.follow();
    if (!picture.complete && picture.events !== run.position?.events) this.lookAgain();
    sight.draw();
  }

  private takePart(picture: TimelinePicture): void {
    const { run, sight } = this;
    if (picture.axis !== sight.view.axis) return;
    this.choice.renew(run.draw(picture));
    sight.pointed = undefined;
    sight.draw();
  }

  private takePlace(picture: TimelinePicture): void {
    this.run.find(picture.position);
    this.travel.follow();
    this.sight.draw();
  }
}
