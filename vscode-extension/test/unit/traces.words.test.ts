import assert from 'node:assert/strict';
import { ago, cost, duration, moment, size, whole } from '../../src/traces/amounts';
import { harmless, oneLine } from '../../src/traces/harmless';
import { declarationOf, runsOf } from '../../src/traces/matching';
import { fieldsOf, numberOf, timeOf } from '../../src/traces/record';
import { rowOf, saidBy } from '../../src/traces/row';
import type { Summary } from '../../src/traces/summary';

describe('amounts', () => {
  it('are as long as a person needs', () => {
    assert.deepEqual([0, 0.0316, 4.24, 850.4, 999.7, 1234, 12_345, 65_000, 3_725_000].map(duration), [
      '0 ms',
      '0.03 ms',
      '4.2 ms',
      '850 ms',
      '1 s',
      '1.23 s',
      '12.3 s',
      '1 min 5 s',
      '1 h 2 min',
    ]);
    assert.deepEqual([0, 0.00003, 0.0087, 0.2, 1.128, 12345].map(cost), [
      '$0.00',
      '< $0.0001',
      '$0.0087',
      '$0.20',
      '$1.13',
      '$12,345',
    ]);
    assert.deepEqual([1, 999, 1500, 31_458, 56_403_694].map(size), ['1 byte', '999 bytes', '1.5 kB', '31 kB', '56 MB']);
    assert.equal(whole(1234567), '1,234,567');
  });

  it('name moments from where one stands', () => {
    const now = new Date(2025, 10, 24, 12, 30).getTime();

    assert.equal(moment(new Date(2025, 10, 24, 9, 5).getTime(), now), '09:05');
    assert.equal(moment(new Date(2025, 0, 3, 9, 5).getTime(), now), '3 Jan 09:05');
    assert.equal(moment(new Date(2023, 0, 3, 9, 5).getTime(), now), '3 Jan 2023 09:05');
    assert.deepEqual(
      [-5_000, 20_000, 130_000, 7_300_000, 90_000_000, 400_000_000].map((past) => ago(now - past, now)),
      ['just now', 'just now', '2 min ago', '2 h ago', 'yesterday', '4 days ago'],
    );
    assert.equal(ago(new Date(2024, 1, 3).getTime(), now), 'on 3 Feb 2024');
  });
});

describe('text of a trace', () => {
  it('cannot speak to a terminal, turn its direction, or hide', () => {
    const text = 'a\x1b[31mb\u202ec\u2066d\u200be\x07f\u{e0041}g\ud800h';

    assert.equal(harmless(text), 'a\\e[31mb\\u202ec\\u2066d\\u200be\\x07f\\u{e0041}g\\ud800h');
  });

  it('keeps its line breaks, its languages and its emoji', () => {
    const text = 'один\n\tשלום 👩‍👩‍👧 16 °C\r\nend';

    assert.equal(harmless(text), 'один\n\tשלום 👩‍👩‍👧 16 °C\nend');
  });

  it('fits on a line', () => {
    assert.equal(oneLine('  one\n\n   two\tthree '), 'one two three');
    assert.equal(oneLine('x'.repeat(1000), 10), `${'x'.repeat(9)}…`);
    assert.equal(oneLine('😀'.repeat(20), 10).endsWith('…'), true);
  });
});

describe('a record', () => {
  it('says what stands before the place where it was cut off', () => {
    const fields = fieldsOf(
      '{"event_type": "llm\\u005fcall", "n": -1.5, "inputs": {"a": "}\\"]", "b": [1]}, "ok": true, "text": "cut',
    );

    assert.deepEqual({ ...fields }, { event_type: 'llm_call', n: -1.5, ok: true });
  });

  for (const text of [
    '',
    '{',
    '{"',
    '{"a',
    '{"a"',
    '{"a":',
    '{"a": {',
    '{"a" 1',
    '{]',
    '{"a": "\\',
    '[{"a": 1}]',
    '{'.repeat(100_000),
  ])
    it(`that is ${JSON.stringify(text.slice(0, 12))} says nothing, and ends`, () => {
      assert.equal(Object.keys(fieldsOf(text)).filter((key) => key !== 'a').length, 0);
    });

  it('has numbers and times that are finite', () => {
    assert.deepEqual(
      [numberOf('3.5'), numberOf('x'), numberOf(''), numberOf(Infinity), numberOf(true)],
      [3.5, undefined, undefined, undefined, undefined],
    );
    assert.deepEqual([timeOf(2), timeOf('2.5'), timeOf(1e20), timeOf({})], [2000, 2500, undefined, undefined]);
  });

  it('is told by its error, its answer, its question, or its values', () => {
    assert.equal(saidBy({ error: 'E: x', outputs: { response: 'no' } }), 'E: x');
    assert.equal(saidBy({ outputs: { response: 'Hi\nthere' }, inputs: { input: 'Hello' } }), 'Hi there');
    assert.equal(saidBy({ outputs: {}, inputs: { messages: [{ content: 'old' }, { content: 'new' }] } }), 'new');
    assert.equal(saidBy({ inputs: { city: 'Oslo', days: [1, 2], none: null } }), 'city: Oslo, days: [1,2]');
    assert.equal(saidBy({ inputs: 'text', outputs: [1] }), '');
  });

  it('becomes a row, even when its end was not read', () => {
    const shape = { type: 'llm_call_start', component: 'llm', name: 'offline', status: 'started' };
    const text = '{"event_type":"llm_call_start","timestamp":2.5,"inputs":{"prompt":"Where shall we';

    const row = rowOf(7, { offset: 0, length: 9e6, depth: 2, shape }, text, 1000);

    assert.deepEqual(
      [row.row, row.depth, row.edge, row.kind, row.name, row.elapsedMs, row.said],
      [7, 2, 'start', 'llm call', 'offline', 1500, '"prompt":"Where shall we'],
    );
  });
});

describe('the runs of a program', () => {
  const trace = (path: string, program?: string, app = 'App'): Summary => ({ path, size: 1, changed: 1, app, program });
  const nowhere = (): Promise<boolean> => Promise.resolve(false);

  it('are those of its very file', async () => {
    const traces = [trace('1', '/a/app.ai'), trace('2', '/b/app.ai'), trace('3')];

    const runs = await runsOf(traces, { path: '/a/app.ai' }, () => Promise.resolve(true));

    assert.deepEqual(
      runs.map((run) => run.path),
      ['1'],
    );
  });

  it('may be named as seen from where it ran', async () => {
    const traces = [trace('/a/debug/traces/1', 'app.ai'), trace('/a/2', './app.ai'), trace('/a/3', 'b/app.ai')];

    const runs = await runsOf(traces, { path: '/a/app.ai' }, () => Promise.resolve(true));

    assert.deepEqual(
      runs.map((run) => run.path),
      ['/a/debug/traces/1', '/a/2'],
    );
  });

  it('may come from another machine, when file and app have the same names', async () => {
    const traces = [trace('1', '/ci/app.ai'), trace('2', 'C:\\ci\\app.ai'), trace('3', '/ci/app.ai', 'Other')];

    const runs = await runsOf(traces, { path: '/a/app.ai', app: 'App' }, nowhere);

    assert.deepEqual(
      runs.map((run) => run.path),
      ['1', '2'],
    );
  });

  it('stand above the declaration of the app, which is no text or comment', () => {
    assert.deepEqual(declarationOf('# app "No"\n\n  app "Week \\"end\\"" {\n'), { line: 2, app: 'Week \\"end\\"' });
    assert.deepEqual(declarationOf('prompt P {\n"""\napp "In a text"\n"""\n}\r\napp "Real"'), { line: 5, app: 'Real' });
    assert.deepEqual(declarationOf('agent A { }'), { line: 0 });
  });
});
