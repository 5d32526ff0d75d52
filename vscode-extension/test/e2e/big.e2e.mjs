// A step in a trace of 100,000 events beside one in a trace of 100: what it costs in time, requests and bytes.
// Times are printed and not judged, because they belong to the machine; what is asked of the adapter is judged.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as n3 from './bench/index.mjs';

const SIZES = [100, 100_000];
const STEPS = 40;
const bench = n3.useBench('big', {
  traces: [],
  prepare: async (workspace) => {
    writeFileSync(workspace.path('app.ai'), '# what happened lies on these lines\n'.repeat(420));
    for (const size of SIZES) await n3.makeBigTrace(workspace.path(`debug/traces/${size}.jsonl`), size);
    const configurations = SIZES.map((size) => ({
      name: `Replay ${size} events`,
      type: 'namel3ss',
      request: 'launch',
      trace: workspace.path(`debug/traces/${size}.jsonl`),
      logToFile: workspace.path(`${size}.log`),
    }));
    writeFileSync(workspace.path('.vscode/launch.json'), JSON.stringify({ version: '0.2.0', configurations }));
  },
});

const middle = (values, share = 0.5) => values.toSorted((one, other) => one - other)[Math.floor(values.length * share)];

/** Steps so often, and says how long it took from each key to the window that shows where the run rests now. */
async function steps(page) {
  const times = [];
  while (times.length < STEPS) {
    // Measured inside of the page: the way to it and back is not a part of the editor.
    await page.evaluate(() => {
      const shown = () =>
        /event \d+ of/.exec(document.querySelector('.statusbar').textContent.replaceAll('\u00a0', ' '))?.[0];
      const before = shown();
      window.stepTook = undefined;
      const rests = ['.debug-call-stack .stack-frame', '.debug-toolbar .codicon-debug-continue'];
      const look = () => {
        if (shown() !== before && rests.every((css) => document.querySelector(css))) {
          window.stepTook = performance.now() - window.keyPressedAt;
        } else requestAnimationFrame(look);
      };
      look();
    });
    // To and fro, because a small trace ends soon. A key that comes before the editor has seen that the run rests is
    // lost, as a person's is; it is pressed again, and the last one counts.
    await n3.insist(
      'step',
      () => page.keyboard.press(times.length % 2 ? 'Alt+F11' : 'F11'),
      () => page.evaluate(() => window.stepTook),
      { patienceMs: 4000 },
    );
    times.push(await page.evaluate(() => window.stepTook));
  }
  return times;
}

const table = [];
const asked = [];
for (const size of SIZES) {
  test(`steps through ${size} events`, async () => {
    const { page, workspace } = bench;
    await n3.start(page, `Replay ${size} events`);
    await n3.restsAt(page, 0);
    await n3.runCommand(page, 'namel3ss: Show Timeline');
    const frame = await n3.webview(page, 'main.timeline');
    await n3.dataOf(frame, 'main.timeline', 'state', (state) => state === 'ready');
    await n3.openPane(page, 'Events');
    await n3.goToMoment(page, size / 2);
    await n3.focusEditor(page);
    const log = workspace.path(`${size}.log`);
    const before = readFileSync(log, 'utf8').length;
    const times = await steps(page);
    const traffic = readFileSync(log, 'utf8').slice(before);
    table.push({
      events: size,
      'median ms': Math.round(middle(times)),
      'p90 ms': Math.round(middle(times, 0.9)),
      'messages per step': Math.round(traffic.split('\n').length / STEPS),
      'bytes per step': Math.round(traffic.length / STEPS),
    });
    asked.push(traffic.length / STEPS);
  });
}

test('the tree of a long run shows a page of it, and more on request', async () => {
  const { page } = bench;
  await n3.start(page, `Replay ${SIZES[1]} events`);
  await n3.restsAt(page, 0);
  for (const title of ['Variables', 'Watch', 'Call Stack', 'Breakpoints']) await n3.closePane(page, title);
  const isMore = (row) => row.label.startsWith('Show more');
  const rows = await n3.until(
    'page of events',
    () => n3.readTree(page, 'Events'),
    (found) => found.some(isMore),
  );
  assert.ok(rows.length < 2000, `${rows.length} rows`);
  const more = n3.treeRow(page, 'Events', /^Show more/);
  await n3.turnTo(page, 'Events', more);
  await more.locator('.label-name').click();
  await n3.until(
    'second page',
    () => n3.readTree(page, 'Events'),
    (found) => found.length > rows.length,
  );
});

test('what a step asks of the adapter does not grow with the trace', () => {
  console.table(table);
  assert.equal(asked.length, SIZES.length);
  for (const bytes of asked) assert.ok(bytes < 60_000, `${Math.round(bytes)} bytes a step`);
});
