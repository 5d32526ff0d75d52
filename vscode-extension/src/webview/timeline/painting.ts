// What is drawn in a frame: the strip, the ruler, and the tracks with their labels, all of the same moment.

import { seenOf } from '../../timeline/layout';
import type { Run } from '../../timeline/run';
import type { Scale, Tick } from '../../timeline/scale';
import { ticks } from '../../timeline/scale';
import { contextOf } from './canvas';
import type { Choice } from './choice';
import { Labels } from './labels';
import { hatchOf, paintTracks } from './tracks';
import { type Palette, paletteOf, watchTheme } from './palette';
import { paintGrid, paintLine, paintRuler, RULER } from './ruler';
import type { Sight } from './sight';
import { paintStrip, STRIP } from './strip';
import type { Travel } from './travel';

/** What all parts are drawn by. */
interface Common {
  scale: Scale;
  palette: Palette;
  ticks: Tick[];
  /** Where the line is that the run rests at, or is taken to. */
  at: number | undefined;
}

/** Draws the timeline. */
export class Painting {
  private palette: Palette = paletteOf(document.body);
  private hatch: CanvasPattern | null | undefined;
  private readonly labels: Labels;

  constructor(
    private readonly run: Run,
    private readonly sight: Sight,
    private readonly travel: Travel,
    private readonly choice: Choice,
  ) {
    this.labels = new Labels(sight.frame.labels, (label) => sight.fold(label));
    watchTheme(() => {
      this.palette = paletteOf(document.body);
      this.hatch = undefined;
      sight.draw();
    });
  }

  /** Draw all that is seen now. */
  paint(): void {
    const { sight, palette } = this;
    const { view, scale } = sight;
    const common = { scale, palette, ticks: ticks(view.seen, sight.width, view.axis), at: this.travel.place };
    this.paintRuler(common);
    this.paintBody(common);
    this.paintStrip(common);
  }

  /** Nothing is there to be drawn any more. */
  clear(): void {
    this.labels.show([], undefined, undefined);
  }

  private paintRuler(common: Common): void {
    const { pointed, drawn, width, frame } = this.sight;
    paintRuler(contextOf(frame.ruler, width, RULER), {
      ...common,
      marks: drawn ? this.run.marks : [],
      hovered: pointed && 'at' in pointed ? pointed : undefined,
      text: this.travel.text,
    });
  }

  private paintBody(common: Common): void {
    const { sight, choice } = this;
    const { drawn, pointed, width, height, frame } = sight;
    const { position } = this.run;
    const { palette, scale, at } = common;
    const top = frame.scroller.scrollTop;
    const rows = seenOf(sight.rows, top, top + height);
    const body = contextOf(frame.body, width, height);
    if (drawn) {
      this.hatch ??= hatchOf(body, palette.failure);
      paintTracks(body, {
        drawing: drawn,
        scale,
        rows,
        top,
        height,
        palette,
        colouring: sight.state.colouring,
        moment: position?.moment ?? -1,
        pointed,
        chosen: choice.bar,
        hatch: this.hatch,
      });
    } else body.clearRect(0, 0, width, height);
    paintGrid(body, common, height);
    if (at !== undefined) paintLine(body, palette, scale.x(at), height);
    this.labels.show(rows, position && sight.rowOf(position.moment)?.track.id, choice.row?.track.id);
  }

  private paintStrip({ palette, at }: Common): void {
    const { view, width, frame } = this.sight;
    const { strip } = this.run;
    if (strip?.axis !== view.axis) return;
    paintStrip(contextOf(frame.strip, width, STRIP), {
      picture: strip,
      whole: view.bounds,
      seen: view.seen,
      width,
      position: at,
      palette,
    });
  }
}
