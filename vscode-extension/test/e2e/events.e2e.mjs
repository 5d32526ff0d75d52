// The tree of events in the debug side bar: it follows the stop, leads it, and can be narrowed.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('flaky_weather', { input: 'Where should the four of us hike on Saturday?' });

beforeEach(async () => {
  const { page } = bench;
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  for (const title of ['Variables', 'Watch', 'Call Stack', 'Breakpoints']) await n3.closePane(page, title);
  await n3.openPane(page, 'Events');
});

const selected = async (page) => (await n3.readTree(page, 'Events')).find((row) => row.selected);

test('the tree opens up to where the run rests', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('tool_call_start', 'find_train'));
  const row = await n3.until(
    'row of the tool',
    () => selected(page),
    (found) => found?.label.includes('find_train'),
  );
  assert.ok(row.level > 3, 'inside of chain, step, agent and turn');
});

test('a click on a row travels there', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('tool_call_start', 'find_train'));
  await n3.until('row of the tool', async () => (await selected(page))?.label.includes('find_train'));
  const row = n3.treeRow(page, 'Events', /forecast/);
  await row.locator('.label-name').click();
  const moment = run.moment('chain_step_start', 'forecast');
  await n3.until(
    'stop at the row',
    async () => (await n3.readPosition(page)).moment,
    (found) => found === moment,
  );
});

test('words narrow the tree, and it says to what', async () => {
  const { page } = bench;
  await n3.paneAction(page, 'Events', 'Filter Events');
  await n3.answer(page, 'tool');
  await n3.until('sentence', async () => (await n3.pane(page, 'Events').innerText()).includes('Only tool'));
  await n3.paneAction(page, 'Events', 'Clear Filter');
  await n3.until('whole tree', async () => !(await n3.pane(page, 'Events').innerText()).includes('Only tool'));
});

test('errors only leaves what led to errors', async () => {
  const { page } = bench;
  await n3.paneAction(page, 'Events', 'Show Errors Only');
  const failures = bench.run.moments('error_occurred').length;
  await n3.until('sentence', async () =>
    (await n3.pane(page, 'Events').innerText()).includes(`Errors only: ${failures} failures`),
  );
  await n3.paneAction(page, 'Events', 'Show All Events');
  await n3.until('whole tree', async () => !(await n3.pane(page, 'Events').innerText()).includes('Errors only'));
});
