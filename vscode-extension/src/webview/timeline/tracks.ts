// Draws the tracks: a bar for each call, lighter blocks where there are too many to be drawn one by one, and what is
// wrong with them. Fills are pale, so that the text on them is the theme's own.

import { type Bar, type Cell, type Drawing, durationOf, isPoint } from '../../timeline/drawing';
import type { Hit } from '../../timeline/hit';
import { LEVEL, levelTop, type Row } from '../../timeline/layout';
import type { Mark } from '../../timeline/marks';
import type { Scale } from '../../timeline/scale';
import type { Colouring, Palette } from './palette';

const BAR = LEVEL - 3;
const RADIUS = 3;
const NAMED_PX = 26;
const TEXT = 11;
/** What the colour says as well, and so what a label without room does without. */
const KIND = /^(agent|chain|llm|prompt|step|tool|validation) (?=.)/;

/** What is drawn, and how. */
export interface Scene {
  drawing: Drawing;
  scale: Scale;
  rows: Row[];
  /** How far down it is scrolled. */
  top: number;
  height: number;
  palette: Palette;
  colouring: Colouring;
  /** Where the run rests. */
  moment: number;
  /** What is under the pointer. */
  pointed: Hit | Mark | undefined;
  chosen: Bar | undefined;
  hatch: CanvasPattern | null;
}

/** Draws the tracks that are seen. */
export function paintTracks(context: CanvasRenderingContext2D, scene: Scene): void {
  const { rows, scale, palette, top, height } = scene;
  context.clearRect(0, 0, scale.width, height);
  context.font = `${TEXT}px ${palette.font}`;
  context.textBaseline = 'middle';
  for (const row of rows) {
    context.save();
    context.translate(0, -top);
    paintRow(context, scene, row);
    context.restore();
  }
}

function paintRow(context: CanvasRenderingContext2D, scene: Scene, row: Row): void {
  const { drawing, scale, palette } = scene;
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  context.globalAlpha = palette.isHighContrast ? 1 : 0.6;
  line(context, 0, row.top + row.height - 0.5, scale.width, row.top + row.height - 0.5);
  context.globalAlpha = 1;
  const strand = drawing.strands.get(row.track.id);
  if (!strand) return;
  for (const cell of strand.cells) {
    if (scale.x(cell.end) < 0 || scale.x(cell.begin) > scale.width) continue;
    paintCell(context, scene, row, cell);
  }
  for (const bar of strand.bars) {
    const [begin, end] = [scale.x(bar.begin), scale.x(bar.end)];
    if (end < -RADIUS || begin > scale.width + RADIUS) continue;
    if (isPoint(bar.span)) paintPoint(context, scene, row, bar);
    else paintBar(context, scene, row, bar);
  }
  if (row.isFolded) for (const bar of strand.bars) if (!bar.span.depth) paintLabel(context, scene, row, bar);
}

function paintCell(context: CanvasRenderingContext2D, scene: Scene, row: Row, cell: Cell): void {
  const { scale, palette } = scene;
  const y = levelTop(row, cell.depth);
  const x = scale.x(cell.begin);
  const width = Math.max(scale.x(cell.end) - x, 1);
  context.fillStyle = colourOf(scene, cell.component);
  context.globalAlpha = cellAlpha(scene, cell);
  context.fillRect(x, y + 1, width, BAR - 2);
  if (cell.errors) {
    context.globalAlpha = 1;
    context.fillStyle = palette.failure;
    context.fillRect(x, y + BAR - 3, Math.max(width, 2), 3);
  }
  context.globalAlpha = 1;
  if (isPointed(scene, cell)) {
    context.strokeStyle = palette.focus;
    context.strokeRect(x + 0.5, y + 1.5, Math.max(width - 1, 1), BAR - 3);
  }
}

function cellAlpha(scene: Scene, cell: Cell): number {
  const { drawing, colouring } = scene;
  const { most } = drawing;
  if (colouring === 'tokens') return shade(cell.tokens, most.tokens);
  if (colouring === 'cost') return shade(cell.cost, most.cost);
  if (colouring === 'duration') return 0.14;
  return (scene.palette.isHighContrast ? 0.4 : 0.18) + 0.42 * Math.sqrt(cell.events / most.events);
}

function paintBar(context: CanvasRenderingContext2D, scene: Scene, row: Row, bar: Bar): void {
  const { scale, palette, moment } = scene;
  const { span } = bar;
  const isOpen = span.end === null;
  const y = levelTop(row, span.depth) + (row.isFolded ? Math.min(span.depth, 3) : 0);
  const height = row.isFolded ? BAR - 2 * Math.min(span.depth, 3) : BAR;
  // Far outside of the canvas nothing is drawn, and a path of a million pixels is slow.
  const x = Math.max(scale.x(bar.begin), -50) + 0.5;
  const width = Math.max(Math.min(scale.x(bar.end), scale.width + 50) - x - 0.5, 1.5);
  const isHere = span.moment <= moment && (span.end === null || span.end >= moment);
  const colour = colourOf(scene, span.component);
  const isFailed = span.status === 'failed';
  const radius = Math.min(RADIUS, width / 2);
  context.beginPath();
  context.roundRect(x, y, width, height, isOpen ? [radius, 0, 0, radius] : radius);
  if (palette.isHighContrast) context.globalAlpha = isHere ? 0.35 : scene.colouring === 'component' ? 0 : 0.3;
  else context.globalAlpha = barAlpha(scene, bar, isHere);
  context.fillStyle = colour;
  context.fill();
  context.globalAlpha = 1;
  if (isFailed && scene.hatch && width > 4) {
    context.save();
    context.globalAlpha = palette.isHighContrast ? 0.7 : 0.4;
    context.fillStyle = scene.hatch;
    context.fill();
    context.restore();
  }
  if (width > 3) {
    context.strokeStyle = colour;
    context.lineWidth = 1;
    context.globalAlpha = palette.isHighContrast || isHere ? 1 : 0.55;
    if (isOpen) context.setLineDash([4, 3]);
    context.stroke();
    context.setLineDash([]);
    context.globalAlpha = 1;
  }
  if (isFailed) {
    context.fillStyle = palette.failure;
    const edge = Math.min(3, width);
    context.beginPath();
    context.roundRect(x + width - edge, y, edge, height, [0, radius, radius, 0]);
    context.fill();
  }
  if (!row.isFolded) paintLabel(context, scene, row, bar);
  const isOutlined = scene.chosen?.span.moment === span.moment || isPointed(scene, bar);
  if (isOutlined) {
    context.strokeStyle = scene.chosen?.span.moment === span.moment ? palette.focus : palette.foreground;
    context.lineWidth = scene.chosen?.span.moment === span.moment ? 2 : 1;
    context.beginPath();
    context.roundRect(x - 0.5, y - 0.5, width + 1, height + 1, radius);
    context.stroke();
  }
}

/** The label of a bar stays in sight as long as the bar does. */
function paintLabel(context: CanvasRenderingContext2D, scene: Scene, row: Row, bar: Bar): void {
  const { scale, palette } = scene;
  const begin = Math.max(scale.x(bar.begin), 0) + 5;
  const room = Math.min(scale.x(bar.end), scale.width) - begin - 4;
  if (room < NAMED_PX) return;
  const text = fitted(context, bar.span.label, room);
  if (!text) return;
  context.fillStyle = palette.foreground;
  context.fillText(text, begin, levelTop(row, bar.span.depth) + BAR / 2 + 0.5);
}

const widths = new Map<string, number>();

/** The text, or as much of it as there is room for. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  const widthOf = (part: string): number => {
    const key = `${context.font}|${part}`;
    let width = widths.get(key);
    if (width === undefined) {
      if (widths.size > 5_000) widths.clear();
      width = context.measureText(part).width;
      widths.set(key, width);
    }
    return width;
  };
  if (widthOf(text) <= room) return text;
  const name = text.replace(KIND, '');
  const whole = widthOf(name);
  if (whole <= room) return name;
  const letters = Math.floor((name.length * (room - widthOf('…'))) / whole);
  return letters < 3 ? '' : `${name.slice(0, letters).trimEnd()}…`;
}

function paintPoint(context: CanvasRenderingContext2D, scene: Scene, row: Row, bar: Bar): void {
  const { scale, palette } = scene;
  const y = levelTop(row, bar.span.depth) + BAR / 2;
  const x = scale.x((bar.begin + bar.end) / 2);
  const isFailed = bar.span.status === 'failed' || bar.span.component === 'error';
  const isOutlined = scene.chosen?.span.moment === bar.span.moment || isPointed(scene, bar);
  const reach = isOutlined ? 5.5 : 4.5;
  context.beginPath();
  context.moveTo(x, y - reach);
  context.lineTo(x + reach, y);
  context.lineTo(x, y + reach);
  context.lineTo(x - reach, y);
  context.closePath();
  context.fillStyle = isFailed ? palette.failure : colourOf(scene, bar.span.component);
  context.globalAlpha = palette.isHighContrast && !isFailed ? 0 : 0.85;
  context.fill();
  context.globalAlpha = 1;
  context.strokeStyle = isOutlined ? palette.focus : isFailed ? palette.failure : colourOf(scene, bar.span.component);
  context.lineWidth = isOutlined ? 2 : 1;
  context.stroke();
  const room = scale.x(bar.end) - scale.x(bar.begin);
  if (room > 90) {
    const text = fitted(context, bar.span.label, room / 2 - 14);
    context.fillStyle = palette.dim;
    context.fillText(text, x + 9, y + 0.5);
  }
}

function isPointed({ pointed }: Scene, thing: Bar | Cell): boolean {
  if (pointed?.kind === 'bar') return pointed.bar === thing;
  return pointed?.kind === 'cell' && pointed.cell === thing;
}

function colourOf(scene: Scene, component: string): string {
  return scene.colouring === 'component' ? scene.palette.of(component) : scene.palette.heat;
}

function barAlpha(scene: Scene, bar: Bar, isHere: boolean): number {
  const { colouring, drawing } = scene;
  const { most, picture } = drawing;
  if (colouring === 'component') return isHere ? 0.46 : 0.24;
  const [value, top] =
    colouring === 'tokens'
      ? [bar.span.tokens, most.tokens]
      : colouring === 'cost'
        ? [bar.span.cost, most.cost]
        : [durationOf(bar.span, picture), most.durationMs];
  return shade(value, top);
}

/** Little is pale and much is strong; in between by orders of magnitude, because that is how amounts differ. */
function shade(value: number, most: number): number {
  if (value <= 0 || most <= 0) return 0.05;
  return 0.12 + 0.63 * Math.max(1 + Math.log10(Math.min(value / most, 1)) / 3, 0);
}

/** Draws a line. */
export function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}

/** The hatch of what has failed. */
export function hatchOf(context: CanvasRenderingContext2D, colour: string): CanvasPattern | null {
  const tile = document.createElement('canvas');
  tile.width = tile.height = 6;
  const pen = tile.getContext('2d');
  if (!pen) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = 1.2;
  for (const shift of [-6, 0, 6]) {
    pen.beginPath();
    pen.moveTo(shift, 6);
    pen.lineTo(shift + 6, 0);
    pen.stroke();
  }
  return context.createPattern(tile, 'repeat');
}
