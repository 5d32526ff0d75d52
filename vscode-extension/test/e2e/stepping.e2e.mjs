// Walking through a recorded run, forwards and backwards, as the buttons and keys of the editor do it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('two_reviewers');
const buttons = async (page, ...presses) => {
  for (const [label, moment] of presses) await n3.pressTo(page, label, moment);
};

test('F5 replays the chosen configuration from its first event', async () => {
  const { page, run } = bench;
  await n3.pressF5(page);
  await n3.restsAt(page, 0);

  assert.equal((await n3.readPosition(page)).last, run.events.length - 1);
  assert.match((await n3.readPosition(page)).text, /beginning/);
  await n3.until('frame of the app', async () => /Two reviewers/.test((await n3.readCallStack(page))[0]?.name));
});

test('a breakpoint stops the run on its way forwards and on its way backwards', async () => {
  const { page, run, workspace } = bench;
  const line = workspace.lineOf('step verdict');
  await n3.setBreakpoint(page, line);
  await n3.start(page, 'Replay to the first breakpoint');
  await n3.restsAt(page, run.moment('chain_step_start', 'verdict'));

  await n3.stopsOnLine(page, line);
  await n3.goToMoment(page, run.events.length - 1);
  await n3.press(page, 'Reverse');
  await n3.until(
    'stop at the breakpoint',
    async () => (await n3.readPosition(page)).moment,
    (moment) => [run.moment('chain_step_start', 'verdict'), run.moment('chain_step_end', 'verdict')].includes(moment),
  );
  await n3.stopsOnLine(page, line);
});

test('step over, into and out follow the calls', async () => {
  const { page, run } = bench;
  const at = (type, name, nth) => run.moment(type, name, nth);
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await buttons(
    page,
    ['Step Into', at('chain_execution_start', 'Review')],
    ['Step Into', at('chain_step_start', 'change')],
    ['Step Over', at('chain_step_end', 'change')],
  );
  await n3.goToMoment(page, at('chain_step_start', 'verdict'));
  await buttons(
    page,
    ['Step Into', at('agent_execution_start', 'Judge')],
    ['Step Into', at('agent_turn_start', 'Judge')],
    ['Step Over', at('agent_turn_end', 'Judge')],
    ['Step Over', at('agent_turn_start', 'Judge', 2)],
    ['Step Out', at('agent_execution_end', 'Judge')],
  );
});

test('step back, reverse into and reverse out follow them the other way', async () => {
  const { page, run } = bench;
  const at = (type, name, nth) => run.moment(type, name, nth);
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await n3.goToMoment(page, at('chain_step_end', 'verdict'));
  await buttons(
    page,
    ['Reverse Step Into', at('agent_execution_end', 'Judge')],
    ['Reverse Step Into', at('agent_turn_end', 'Judge', 2)],
    ['Step Back', at('agent_turn_start', 'Judge', 2)],
    ['Step Back', at('agent_turn_end', 'Judge')],
    ['Reverse Step Out', at('agent_execution_start', 'Judge')],
    ['Reverse Step Out', at('chain_step_start', 'verdict')],
  );
});

test('at the edges of the recording the run stays, and says so', async () => {
  const { page, run } = bench;
  const last = run.events.length - 1;
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await n3.press(page, 'Step Back');
  await n3.restsAt(page, 0);
  assert.match((await n3.readPosition(page)).text, /beginning/);

  await n3.pressTo(page, 'Continue', last);
  assert.match((await n3.readPosition(page)).text, /end of recording/);
  await n3.press(page, 'Continue');
  await n3.restsAt(page, last);
  await n3.pressTo(page, 'Reverse', 0);
  assert.match((await n3.readPosition(page)).text, /beginning/);
});

test('the call stack is the calls that are open, and its frames lead to their lines', async () => {
  const { page, run, workspace } = bench;
  const moment = run.moment('tool_call_start', 'merge');
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await n3.goToMoment(page, moment);
  const frames = await n3.until(
    'call stack',
    () => n3.readCallStack(page),
    (found) => found.length >= 5,
  );

  const lines = frames.map((frame) => frame.line);
  assert.equal(frames[0].line, run.line(moment));
  for (const text of ['agent Judge', 'step verdict', 'chain Review']) {
    assert.ok(lines.includes(workspace.lineOf(text)), `${text} is not in ${lines}`);
  }
  await n3.callStackRow(page, /verdict/).click();
  await n3.until('line of the caller', async () => (await n3.activeLine(page)) === workspace.lineOf('step verdict'));
});

test('agents that work at the same time are threads', async () => {
  const { page, run } = bench;
  const moment = run.moment('tool_call_start', 'run_tests');
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await n3.goToMoment(page, moment);
  const threads = await n3.until(
    'two threads',
    () => n3.readThreads(page),
    (found) => found.length >= 2,
  );

  const names = threads.map((thread) => thread.name).join(' | ');
  assert.match(names, /SecurityReviewer|security/);
  assert.match(names, /ProductReviewer|product/);
});
