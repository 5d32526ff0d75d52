// Draws the ruler with its ticks, the marks below it, and the line where the run rests. Each kind of mark has a shape of
// its own, so that none is told by its colour alone.

import type { TimelineFailure } from '../../adapter/protocol';
import type { Markers } from '../../timeline/messages';
import type { Scale, Tick } from '../../timeline/scale';
import { line } from './paint';
import type { Palette } from './palette';

/** How high the ruler with its marks is. */
export const RULER = 36;
const MARKS = 27;

/** A mark of the ruler: where it is, and what it stands for. */
export type Mark =
  | { kind: 'failure'; at: number; failure: TimelineFailure }
  | { kind: 'stop'; at: number; stop: Markers['stops'][number] }
  | { kind: 'bookmark'; at: number; bookmark: Markers['bookmarks'][number] };

/** What is drawn. */
export interface RulerScene {
  scale: Scale;
  palette: Palette;
  ticks: Tick[];
  marks: Mark[];
  hovered: Mark | undefined;
  /** Where the run rests, and what its handle says. */
  position: { at: number; text: string } | undefined;
  /** Where the pointer drags it to, if it does. */
  scrubbed: number | undefined;
}

/** Draws the ruler. */
export function paintRuler(context: CanvasRenderingContext2D, scene: RulerScene): void {
  const { scale, palette, ticks, marks } = scene;
  context.clearRect(0, 0, scale.width, RULER);
  context.font = `10.5px ${palette.font}`;
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  for (const tick of ticks) {
    const x = Math.round(scale.x(tick.at)) + 0.5;
    context.strokeStyle = palette.line;
    line(context, x, 4, x, 18);
    context.fillStyle = palette.dim;
    context.fillText(tick.label, x + 4, 10);
  }
  context.strokeStyle = palette.line;
  line(context, 0, RULER - 0.5, scale.width, RULER - 0.5);
  for (const mark of marks) {
    const x = scale.x(mark.at);
    if (x >= -8 && x <= scale.width + 8) paintMark(context, palette, mark, x, mark === scene.hovered);
  }
  const at = scene.scrubbed ?? scene.position?.at;
  if (at !== undefined) paintHandle(context, scene, scale.x(at), scene.position?.text ?? '');
}

/** Draws the lines of the ruler through the tracks, and the one where the run rests. */
export function paintLines(
  context: CanvasRenderingContext2D,
  scene: Pick<RulerScene, 'scale' | 'palette' | 'ticks' | 'position' | 'scrubbed'>,
  height: number,
): void {
  const { scale, palette } = scene;
  const at = scene.scrubbed ?? scene.position?.at;
  if (at === undefined) return;
  const x = Math.round(scale.x(at)) + 0.5;
  context.strokeStyle = palette.background;
  context.lineWidth = 3;
  context.globalAlpha = 0.6;
  line(context, x, 0, x, height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.foreground;
  context.lineWidth = palette.isHighContrast ? 2 : 1.25;
  line(context, x, 0, x, height);
}

/** Draws the faint lines of the ruler behind the tracks. */
export function paintGrid(
  context: CanvasRenderingContext2D,
  scene: Pick<RulerScene, 'scale' | 'palette' | 'ticks'>,
  height: number,
): void {
  context.strokeStyle = scene.palette.line;
  context.lineWidth = 1;
  context.globalAlpha = scene.palette.isHighContrast ? 0.3 : 0.45;
  for (const tick of scene.ticks) {
    const x = Math.round(scene.scale.x(tick.at)) + 0.5;
    line(context, x, 0, x, height);
  }
  context.globalAlpha = 1;
}

function paintMark(
  context: CanvasRenderingContext2D,
  palette: Palette,
  mark: Mark,
  x: number,
  isHovered: boolean,
): void {
  const reach = isHovered ? 5.5 : 4;
  context.beginPath();
  if (mark.kind === 'failure') {
    context.moveTo(x, MARKS - reach);
    context.lineTo(x + reach, MARKS + reach - 1);
    context.lineTo(x - reach, MARKS + reach - 1);
    context.closePath();
    context.fillStyle = palette.failure;
  } else if (mark.kind === 'stop') {
    context.arc(x, MARKS, reach, 0, 2 * Math.PI);
    context.fillStyle = palette.breakpoint;
  } else {
    context.moveTo(x - reach, MARKS - reach - 1);
    context.lineTo(x + reach, MARKS - reach - 1);
    context.lineTo(x + reach, MARKS + reach + 1);
    context.lineTo(x, MARKS + 1.5);
    context.lineTo(x - reach, MARKS + reach + 1);
    context.closePath();
    context.fillStyle = palette.bookmark;
  }
  context.fill();
  context.strokeStyle = isHovered ? palette.foreground : palette.background;
  context.lineWidth = 1;
  context.stroke();
}

function paintHandle(context: CanvasRenderingContext2D, scene: RulerScene, x: number, text: string): void {
  const { palette, scale } = scene;
  context.font = `600 10.5px ${palette.font}`;
  const width = Math.ceil(context.measureText(text).width) + 10;
  const begin = Math.min(Math.max(x - width / 2, 1), scale.width - width - 1);
  if (x < -1 || x > scale.width + 1) return;
  context.fillStyle = palette.foreground;
  context.beginPath();
  context.roundRect(begin, 2, width, 15, 3);
  context.fill();
  context.beginPath();
  context.moveTo(x - 4, 17);
  context.lineTo(x + 4, 17);
  context.lineTo(x, 21);
  context.closePath();
  context.fill();
  context.fillRect(Math.round(x), 17, 1, RULER - 17);
  context.fillStyle = palette.background;
  context.fillText(text, begin + 5, 10);
}
