// What stops a run: errors that were recorded, breakpoints with conditions, places with names, values that change.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('flaky_weather', { input: 'Where should the four of us hike on Saturday?' });

/** Replays from the first event. */
async function replay(page) {
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
}

test('a recorded error is shown as an exception at its line', async () => {
  const { page, run } = bench;
  const error = run.moment('error_occurred', 'get_forecast');
  await replay(page);
  await n3.pressTo(page, 'Continue', error);

  const box = await n3.until('exception box', () => page.locator('.exception-widget').innerText());
  assert.match(box, /weather station of Bergen did not answer/);
  await n3.stopsOnLine(page, run.line(error));
});

test('buttons lead to the next error and to the one before', async () => {
  const { page, run } = bench;
  const [first, second] = run.moments('error_occurred');
  await replay(page);
  await n3.pressTo(page, 'Next Error', first);
  await n3.pressTo(page, 'Next Error', second);
  await n3.pressTo(page, 'Previous Error', first);
});

test('a condition lets the visits pass that it does not hold for', async () => {
  const { page, run, workspace } = bench;
  const line = workspace.lineOf('tool get_forecast');
  const wanted = run.events.findIndex(
    (event) => event.event_type === 'tool_call_start' && event.inputs.city === 'Trondheim',
  );
  await n3.setSpecialBreakpoint(page, line, 'condition', "inputs.city == 'Trondheim'");
  await n3.until('sign in the margin', async () => (await n3.readConditionalBreakpoints(page)).includes(line));
  await n3.start(page, 'Replay to the first breakpoint');
  await n3.restsAt(page, wanted);
});

test('a log point writes to the console and stops nothing', async () => {
  const { page, run, workspace } = bench;
  await n3.setSpecialBreakpoint(page, workspace.lineOf('step letter'), 'log', 'the letter: {status}');
  const was = await n3.withFilter(page, 'Errors', false, async () => {
    await replay(page);
    await n3.pressTo(page, 'Continue', run.events.length - 1);
  });
  assert.equal(was, true);
  await n3.openConsole(page, { clear: false });
  await n3.waitForConsole(page, 'the letter: ');
});

test('a place with a name stops the run', async () => {
  const { page, run } = bench;
  await replay(page);
  await n3.addFunctionBreakpoint(page, 'tool:find_train');
  await n3.withFilter(page, 'Errors', false, () =>
    n3.pressTo(page, 'Continue', run.moment('tool_call_start', 'find_train')),
  );
});

test('a value that changed is found backwards', async () => {
  const { page, run } = bench;
  await replay(page);
  await n3.goToMoment(page, run.events.length - 1);
  await n3.expandVariable(page, 'State');
  await n3.contextMenu(page, await n3.variableRow(page, 'find_train'), 'Break on Value Change');
  await n3.pressTo(page, 'Reverse', run.moment('tool_call_end', 'find_train'));
});
