// Draws the ruler with its ticks, the marks below it, and the line where the run rests. Each kind of mark has a shape of
// its own, so that none is told by its colour alone.

import type { Mark } from '../../timeline/marks';
import type { Scale, Tick } from '../../timeline/scale';
import { line } from './tracks';
import type { Palette } from './palette';

/** How high the ruler with its marks is. */
export const RULER = 36;
const MARKS = 27;

/** What is drawn. */
export interface RulerScene {
  scale: Scale;
  palette: Palette;
  ticks: Tick[];
  marks: readonly Mark[];
  hovered: Mark | undefined;
  /** Where the run rests, or where it is dragged to. */
  at: number | undefined;
  /** What the handle there says. */
  text: string;
}

/** Draws the ruler. */
export function paintRuler(context: CanvasRenderingContext2D, scene: RulerScene): void {
  const { scale, palette, hovered } = scene;
  context.clearRect(0, 0, scale.width, RULER);
  context.font = `10.5px ${palette.font}`;
  context.textBaseline = 'middle';
  context.lineWidth = 1;
  const handle = handleOf(context, scene);
  context.font = `10.5px ${palette.font}`;
  for (const tick of scene.ticks) {
    const x = Math.round(scale.x(tick.at)) + 0.5;
    context.strokeStyle = palette.line;
    line(context, x, 4, x, 18);
    const end = x + 4 + context.measureText(tick.label).width;
    const isCovered = handle && end > handle.begin - 2 && x < handle.end + 2;
    context.fillStyle = palette.dim;
    if (!isCovered && end <= scale.width) context.fillText(tick.label, x + 4, 10);
  }
  context.strokeStyle = palette.line;
  line(context, 0, RULER - 0.5, scale.width, RULER - 0.5);
  for (const mark of scene.marks) {
    const x = scale.x(mark.at);
    const isHovered = mark.moment === hovered?.moment && mark.kind === hovered.kind;
    if (x >= -8 && x <= scale.width + 8) paintMark(context, palette, mark, x, isHovered);
  }
  if (handle) paintHandle(context, scene, handle);
}

/** Draws the line where the run rests, through the tracks. */
export function paintLine(context: CanvasRenderingContext2D, palette: Palette, at: number, height: number): void {
  const x = Math.round(at) + 0.5;
  context.strokeStyle = palette.background;
  context.lineWidth = 3;
  context.globalAlpha = 0.6;
  line(context, x, 0, x, height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.foreground;
  context.lineWidth = palette.isHighContrast ? 2 : 1.25;
  line(context, x, 0, x, height);
}

/** Draws the faint lines of the ruler, behind what is there already. */
export function paintGrid(
  context: CanvasRenderingContext2D,
  scene: Pick<RulerScene, 'scale' | 'palette' | 'ticks'>,
  height: number,
): void {
  context.globalCompositeOperation = 'destination-over';
  context.strokeStyle = scene.palette.line;
  context.lineWidth = 1;
  context.globalAlpha = scene.palette.isHighContrast ? 0.3 : 0.45;
  for (const tick of scene.ticks) {
    const x = Math.round(scene.scale.x(tick.at)) + 0.5;
    line(context, x, 0, x, height);
  }
  context.globalAlpha = 1;
  context.globalCompositeOperation = 'source-over';
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
  } else if (mark.kind === 'breakpoint') {
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

interface Handle {
  x: number;
  begin: number;
  end: number;
}

/** Where the handle is, if it is seen. */
function handleOf(context: CanvasRenderingContext2D, { palette, scale, at, text }: RulerScene): Handle | undefined {
  const x = at === undefined ? -2 : scale.x(at);
  if (x < -1 || x > scale.width + 1) return undefined;
  context.font = `600 10.5px ${palette.font}`;
  const width = Math.ceil(context.measureText(text).width) + 10;
  const begin = Math.min(Math.max(x - width / 2, 1), scale.width - width - 1);
  return { x, begin, end: begin + width };
}

function paintHandle(context: CanvasRenderingContext2D, scene: RulerScene, { x, begin, end }: Handle): void {
  const { palette, text } = scene;
  context.font = `600 10.5px ${palette.font}`;
  context.fillStyle = palette.foreground;
  context.beginPath();
  context.roundRect(begin, 2, end - begin, 15, 3);
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
