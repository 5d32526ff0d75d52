// Walking through a recorded run, forwards and backwards, as the buttons and keys of the editor do it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('flaky_weather', { input: 'Where should the four of us hike on Saturday?' });

test('F5 replays the chosen configuration from its first event', async () => {
  const { page, run, workspace } = bench;
  await n3.pressF5(page);
  await n3.restsAt(page, 0);

  assert.equal((await n3.readPosition(page)).events, run.events.length);
  assert.equal(await n3.readStoppedLine(page), workspace.lineOf('app "Weekend planner"'));
});

test('a breakpoint stops the run on its way forwards and backwards', async () => {
  const { page, run, workspace } = bench;
  const line = workspace.lineOf('step plan');
  const [there, back] = [run.moment('chain_step_start', 'plan'), run.moment('chain_step_end', 'plan')];
  await n3.setBreakpoint(page, line);
  await n3.start(page, 'Replay to the first breakpoint');
  await n3.restsAt(page, there);

  assert.equal(await n3.readStoppedLine(page), line);
  assert.deepEqual(await n3.readBreakpoints(page), [line]);
  await n3.goToMoment(page, run.events.length - 1);
  await n3.press(page, 'Reverse');
  const found = await n3.restsAnywhere(page);
  assert.ok(found === back || found === there, `${found}`);
});

test('step over, into and out move along the calls', async () => {
  const { page, run } = bench;
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await n3.pressTo(page, 'Step Into', 1);
  await n3.pressTo(page, 'Step Into', 2);
  await n3.pressTo(page, 'Step Over', run.moment('chain_step_end', 'forecast'));
  await n3.pressTo(page, 'Step Over', run.moment('chain_step_start', 'plan'));
  await n3.pressTo(page, 'Step Into', run.moment('agent_execution_start', 'Planner'));
  await n3.pressTo(page, 'Step Into', run.moment('agent_turn_start', 'Planner'));
  await n3.pressTo(page, 'Step Out', run.moment('agent_execution_end', 'Planner'));
});
