// Draws the strip of the whole run: how much there was and of what, where it failed, and which part is seen below.

import type { TimelinePicture } from '../../adapter/protocol';
import type { Range } from '../../timeline/scale';
import { Scale } from '../../timeline/scale';
import { line } from './tracks';
import type { Palette } from './palette';

/** How high the strip is. */
export const STRIP = 32;
const ORDER = ['app', 'chain', 'agent', 'prompt', 'llm', 'tool', 'memory', 'validation', 'error'];

/** What is drawn. */
export interface StripScene {
  picture: TimelinePicture;
  whole: Range;
  seen: Range;
  width: number;
  position: number | undefined;
  palette: Palette;
}

/** Draws the strip. */
export function paintStrip(context: CanvasRenderingContext2D, scene: StripScene): void {
  const { picture, whole, seen, width, palette } = scene;
  const scale = new Scale(whole, width);
  context.clearRect(0, 0, width, STRIP);
  const most = Math.max(...picture.buckets.map((bucket) => bucket.to - bucket.from + 1), 1);
  picture.buckets.forEach((bucket, index) => {
    const events = bucket.to - bucket.from + 1;
    if (events <= 0) return;
    const x = scale.x(picture.begin + index * picture.size);
    const wide = Math.max(scale.x(picture.begin + (index + 1) * picture.size) - x, 1);
    // Equal numbers of events are in equal widths there; what differs is of what they are.
    const height = (STRIP - 8) * (picture.axis === 'time' ? 0.12 + 0.88 * Math.sqrt(events / most) : 1);
    let y = STRIP - 4;
    for (const [component, count] of ordered(bucket.components)) {
      const part = (height * count) / events;
      context.fillStyle = palette.of(component);
      context.globalAlpha = palette.isHighContrast ? 0.9 : 0.55;
      context.fillRect(x, y - part, wide + 0.25, part);
      y -= part;
    }
    context.globalAlpha = 1;
    if (bucket.errors) {
      context.fillStyle = palette.failure;
      context.fillRect(x - 0.5, 0, Math.max(wide, 2), 4);
    }
  });
  const [begin, end] = [Math.max(scale.x(seen.begin), 0), Math.min(scale.x(seen.end), width)];
  context.fillStyle = palette.background;
  context.globalAlpha = 0.62;
  context.fillRect(0, 0, begin, STRIP);
  context.fillRect(end, 0, width - end, STRIP);
  context.globalAlpha = 1;
  context.strokeStyle = palette.focus;
  context.lineWidth = palette.isHighContrast ? 2 : 1.5;
  context.beginPath();
  context.roundRect(begin + 1, 1, Math.max(end - begin - 2, 3), STRIP - 2, 3);
  context.stroke();
  if (scene.position !== undefined) {
    const x = Math.round(scale.x(scene.position)) + 0.5;
    context.strokeStyle = palette.foreground;
    context.lineWidth = 1.5;
    line(context, x, 1, x, STRIP - 1);
  }
}

function ordered(components: Record<string, number>): [string, number][] {
  const place = (component: string): number => (ORDER.indexOf(component) + ORDER.length + 1) % (ORDER.length + 1);
  return Object.entries(components).sort(([one], [other]) => place(one) - place(other));
}
