// The timeline in the panel: it follows the stop and leads it, by pointer and by keyboard.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('two_reviewers', { viewport: { width: 1500, height: 1000 } });
const ROOT = 'main.timeline';
let frame;

beforeEach(async () => {
  const { page } = bench;
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await n3.runCommand(page, 'namel3ss: Show Timeline');
  frame = await n3.webview(page, ROOT);
  await n3.dataOf(frame, ROOT, 'state', (state) => state === 'ready');
  await n3.dataOf(frame, ROOT, 'moment', (moment) => moment === '0');
});

const shows = (name, wanted) => n3.dataOf(frame, ROOT, name, (value) => value === String(wanted));

test('it shows all of the run, with a track for each agent', async () => {
  const { run } = bench;
  await shows('events', run.events.length);
  for (const agent of ['SecurityReviewer', 'ProductReviewer', 'Judge']) {
    await n3.until(`track of ${agent}`, async () => {
      await frame.locator('.scroller').evaluate((element) => element.scrollBy(0, 20));
      return (await frame.locator('.labels').innerText()).includes(agent);
    });
  }
  assert.ok(Number(await n3.dataOf(frame, ROOT, 'tracks')) >= 3);
  assert.ok(Number(await n3.dataOf(frame, ROOT, 'spans')) > 10);
});

test('it follows the stop', async () => {
  const { page } = bench;
  await n3.pressTo(page, 'Step Into', 1);
  await shows('moment', 1);
  await n3.goToMoment(page, 30);
  await shows('moment', 30);
  assert.match(await frame.locator(ROOT).getAttribute('aria-valuetext'), /30/);
});

test('a click on a call leads the run there', async () => {
  const { page } = bench;
  const body = frame.locator('canvas.body');
  const box = await body.boundingBox();
  const found = await n3.until('call under the pointer', async () => {
    for (const share of [0.2, 0.35, 0.5, 0.65, 0.8]) {
      for (let y = 8; y < box.height; y += 9) {
        await page.mouse.move(box.x + box.width * share, box.y + y);
        const text = await frame.locator(ROOT).getAttribute('data-hover');
        if (text && /SecurityReviewer|ProductReviewer/.test(text))
          return { x: box.x + box.width * share, y: box.y + y };
      }
    }
    return undefined;
  });
  await page.mouse.click(found.x, found.y);
  const moment = await n3.until(
    'other event',
    async () => (await n3.readPosition(page)).moment,
    (at) => at > 0,
  );
  await shows('moment', moment);
});

test('keys step from event to event, and to the edges', async () => {
  const { run } = bench;
  await frame.locator(ROOT).focus();
  for (const [key, moment] of [
    ['ArrowRight', 1],
    ['ArrowRight', 2],
    ['ArrowLeft', 1],
    ['End', run.events.length - 1],
    ['Home', 0],
  ]) {
    // At every stop the editor takes the keyboard, and the timeline takes it back, unless it is very late.
    await n3.insist(
      `event ${moment}`,
      async () => {
        await n3
          .until('keyboard', () => frame.evaluate(() => document.hasFocus()), Boolean, 3_000)
          .catch(() => frame.locator(ROOT).focus());
        await bench.page.keyboard.press(key);
      },
      async () => (await frame.locator(ROOT).getAttribute('data-moment')) === String(moment),
    );
  }
});

test('it zooms in and shows all again', async () => {
  const { page } = bench;
  await shows('events', bench.run.events.length);
  const before = Number(await n3.dataOf(frame, ROOT, 'to'));
  await frame.locator(ROOT).focus();
  await page.keyboard.press('+');
  const narrower = (value) => Number(value) < before;
  await n3.dataOf(frame, ROOT, 'to', narrower);
  await page.keyboard.press('0');
  await n3.dataOf(frame, ROOT, 'to', (value) => Number(value) === before);
});

test('it is a sentence and a button while nothing is replayed', async () => {
  const { page } = bench;
  await n3.stopDebugging(page);
  await shows('state', 'empty');
  assert.match(await frame.locator('.empty').innerText(), /No run is being replayed/);
});
