// Looking at where a run rests: variables, values behind lines and under the pointer, the console, and other visits.
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('flaky_weather', { input: 'Where should the four of us hike on Saturday?' });

beforeEach(async () => {
  await n3.start(bench.page, 'Replay');
  await n3.restsAt(bench.page, 0);
});

test('variables are sorted by what they are to the event', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('tool_call_end', 'find_train'));
  await n3.until(
    'scopes',
    () => n3.readScopes(page),
    (found) => ['Inputs', 'Outputs', 'State', 'Metrics'].every((scope) => found.includes(scope)),
  );
  await n3.expandVariable(page, 'Outputs');
  const shown = await n3.until('answer of the tool', async () =>
    (await n3.readVariables(page)).filter((row) => row.scope === 'Outputs'),
  );
  assert.ok(shown.length > 0);
  await n3.expandVariable(page, 'result');
  assert.match(await n3.variable(page, 'result.departs'), /08:25/);
});

test('behind the line where the run rests stands what the event came to', async () => {
  const { page, run } = bench;
  const moment = run.moment('llm_call_end', undefined, 2);
  await n3.goToMoment(page, moment);
  const text = await n3.until('inline value', () => n3.readInlineValue(page, run.line(moment)));
  assert.match(text, /ms/);
  assert.match(text, new RegExp(String(run.events[moment].tokens_used)));
});

test('the pointer shows what an expression of the program came to', async () => {
  const { page, run, workspace } = bench;
  await n3.goToMoment(page, run.moment('chain_step_end', 'plan'));
  const text = await n3.hover(page, workspace.lineOf('agent Planner'), 'Planner');
  assert.match(text, /Bergen/);
});

test('the console evaluates expressions and knows the words of the terminal debugger', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('tool_call_end', 'find_train'));
  assert.match((await n3.evaluate(page, 'frame.event.component_name')).join('\n'), /find_train/);
  assert.match((await n3.evaluate(page, '.where')).join('\n'), /find_train/);
  await n3.goToMoment(page, run.moment('llm_call_start', undefined, 2));
  assert.match((await n3.evaluate(page, '.messages')).join('\n'), /weather stations/);
});

test('.why leads from a value to where it came from', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('tool_call_end', 'find_train'));
  const said = (await n3.evaluate(page, '.why result')).join('\n');
  assert.doesNotMatch(said, /not a command|cannot/i);
  assert.match(said, /find_train|tool/);
});

test('a line that was visited often asks which visit is meant', async () => {
  const { page, run, workspace } = bench;
  const line = workspace.lineOf('agent Forecaster');
  await n3.goToLine(page, line);
  await n3.runCommand(page, 'Debug: Jump to Cursor');
  const visits = await n3.until(
    'choice of visits',
    () => n3.quickPicks(page),
    (found) => found.length > 1 && found.every((text) => text.startsWith('visit')),
  );
  assert.ok(visits.length >= 3, visits.join(' | '));
  const before = (await n3.readPosition(page)).moment;
  await n3.pick(page, visits.at(-1));
  const moment = await n3.until(
    'other event',
    async () => (await n3.readPosition(page)).moment,
    (found) => found !== before,
  );
  assert.equal(run.line(moment), line);
});

test('a whole value opens as a document', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('llm_call_end', undefined, 3));
  await n3.expandVariable(page, 'Outputs');
  const row = await n3.variableRow(page, 'text');
  await n3.contextMenu(page, row, 'Open Whole Value');
  await n3.until('document', async () => (await n3.visibleText(page)).includes('Bergen 21 °C and sunny'));
});

test('an event of the call stack opens as a document', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('llm_call_start', undefined, 2));
  await n3.contextMenu(page, n3.callStackRow(page, /forecast_model/), 'Open Event');
  await n3.until('document', async () => (await n3.visibleText(page)).includes('"event_type"'));
});

test('an event is compared with the one before it of its kind', async () => {
  const { page, run } = bench;
  await n3.goToMoment(page, run.moment('llm_call_start', undefined, 2));
  await n3.variable(page, 'messages', (value) => value.includes('(') && !value.startsWith('(2)'));
  await n3.contextMenu(page, await n3.variableRow(page, 'messages'), 'Compare with Previous Event');
  await page.locator('.monaco-diff-editor').waitFor();
  await n3.until('what is new', async () => (await page.locator('.monaco-diff-editor .line-insert').count()) > 0);
});
