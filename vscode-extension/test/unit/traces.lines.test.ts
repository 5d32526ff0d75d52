import assert from 'node:assert/strict';
import { appendFile, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EVERYTHING, Selection } from '../../src/traces/filter';
import { Lines } from '../../src/traces/lines';
import { Nesting } from '../../src/traces/nesting';
import { centred, heightOf, inView, scrollTo, topOf } from '../../src/webview/trace/window';

const always = (): boolean => true;

describe('the lines of a trace', () => {
  let folder: string;
  let path: string;
  let open: Lines[];
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'lines-'));
    path = join(folder, 'trace.jsonl');
    open = [];
  });
  afterEach(async () => {
    await Promise.all(open.map((lines) => lines.close()));
    await rm(folder, { recursive: true });
  });

  const event = (type: string, more: object = {}): string => JSON.stringify({ event_type: type, ...more });
  const found = async (content: string): Promise<Lines> => {
    await writeFile(path, content);
    const lines = await Lines.open(path);
    open.push(lines);
    await lines.find(always);
    return lines;
  };
  const types = (lines: Lines): string[] => Array.from({ length: lines.count }, (_, row) => lines.shapeAt(row).type);

  it('keep their numbers: blank lines are none, lines that are no events are', async () => {
    const lines = await found(`\n${event('a')}\n\n   \nno event\n[1]\n${event('b')}\n`);

    assert.deepEqual(types(lines), ['a', 'invalid_line', 'invalid_line', 'b']);
    assert.deepEqual(await lines.text(1, 2, 100), ['no event', '[1]']);
  });

  it('may be longer than a piece of the file, and many', async () => {
    const long = 'é'.repeat(300_000);
    const many = Array.from({ length: 3000 }, (_, row) => event(`t${row % 7}`, { row, pad: 'x'.repeat(row % 400) }));
    const lines = await found([event('first'), event('long', { long }), ...many, ''].join('\n'));

    assert.equal(lines.count, 3002);
    assert.equal(JSON.parse((await lines.text(1, 1, 1e7))[0] ?? '').long, long);
    assert.deepEqual(JSON.parse((await lines.text(2500, 1, 1e7))[0] ?? '').row, 2498);
    assert.equal((await lines.text(0, 4, 10))[1]?.length, 10);
  });

  it('of megabytes are known by their beginning', async () => {
    const lines = await found(
      `${event('start')}\n${event('huge', { component: 'llm', long: 'x'.repeat(6e6) })}\n${event('end')}\n`,
    );

    assert.deepEqual(types(lines), ['start', 'huge', 'end']);
    assert.equal(lines.shapeAt(1).component, 'llm');
    assert.deepEqual(
      (await lines.text(0, 3, 30)).map((text) => text.length),
      [22, 30, 20],
    );
  });

  it('that were cut off at the end are no events until they are whole', async () => {
    const lines = await found(`${event('a')}\n${event('b').slice(0, 9)}`);
    const [count, torn] = [lines.count, lines.torn];
    await appendFile(path, `${event('b').slice(9)}\n${event('c')}`);
    await lines.find(always);
    const grown = types(lines);
    await appendFile(path, `\n${event('d')}\n`);
    await lines.find(always);

    assert.deepEqual([count, torn, grown, types(lines), lines.torn], [1, 9, ['a', 'b', 'c'], ['a', 'b', 'c', 'd'], 0]);
  });

  it('are read again only when the file is another', async () => {
    const lines = await found(`${event('a')}\n`);
    const same = await lines.isGrowthOf(path);
    await appendFile(path, `${event('b')}\n`);
    const grown = await lines.isGrowthOf(path);
    await writeFile(path, `${event('x')}\n${event('y')}\n${event('z')}\n`);
    const anew = await lines.isGrowthOf(path);
    await rename(path, join(folder, 'old'));
    const gone = await lines.isGrowthOf(path);

    assert.deepEqual([same, grown, anew, gone], [true, true, false, false]);
  });

  it('of a JSON document are its events', async () => {
    const lines = await found(`{"trace_version": 1, "events": [\n${event('a')},\n${event('b')}\n]}\n`);

    assert.deepEqual([types(lines), lines.torn], [['a', 'b'], 0]);
  });

  it('stop being looked for when nobody wants them', async () => {
    await writeFile(path, `${event('a', { pad: 'x'.repeat(1000) })}\n`.repeat(2000));
    const lines = await Lines.open(path);
    open.push(lines);
    await lines.find(() => false);
    const some = lines.count;
    await lines.find(always);

    assert.ok(some > 0 && some < 2000, `${some} lines after one piece`);
    assert.equal(lines.count, 2000);
  });

  it('are summed up as they are read', async () => {
    const lines = await found(
      `${event('llm_call_end', { timestamp: 5, tokens_used: 40, cost_estimate: 0.5 })}\n` +
        `${event('error_occurred', { tokens_used: 'many' })}\n${event('tool_call_end', { status: 'failed', tokens_used: 2 })}\n`,
    );

    assert.deepEqual([lines.began, lines.tokens, lines.cost, lines.errors], [5000, 42, 0.5, 2]);
  });

  it('are filtered by kind, by failure and by words, whatever their case and quotes', async () => {
    const lines = await found(
      [
        event('tool_call_start', { component: 'tool', inputs: { city: 'Bergen' } }),
        event('tool_call_end', { component: 'tool', status: 'failed', error: 'no "Oslo" here' }),
        event('llm_call_end', { component: 'llm', outputs: { text: 'bergen' } }),
        '{"event_type": "llm_call_end", "component": "llm", "outputs": {"text": "K\\u00f8benhavn"}}',
        '',
      ].join('\n'),
    );
    const selected = async (part: object): Promise<number[]> => {
      const selection = new Selection(lines, { ...EVERYTHING, ...part });
      await selection.search(always);
      return Array.from({ length: selection.count }, (_, place) => selection.rowAt(place));
    };

    assert.deepEqual(await selected({}), [0, 1, 2, 3]);
    assert.deepEqual(await selected({ component: 'tool' }), [0, 1]);
    assert.deepEqual(await selected({ errorsOnly: true }), [1]);
    assert.deepEqual(await selected({ text: ' BERGEN ' }), [0, 2]);
    assert.deepEqual(await selected({ text: 'bergen', component: 'llm' }), [2]);
    assert.deepEqual(await selected({ text: 'no "Oslo"' }), [1]);
    assert.deepEqual(await selected({ text: 'københavn' }), [3]);
    assert.deepEqual(await selected({ text: 'nowhere' }), []);
  });

  it('have a place among those that were selected', async () => {
    const lines = await found(
      Array.from({ length: 50 }, (_, row) => event(row % 5 ? 'a' : 'error_occurred')).join('\n'),
    );
    const errors = new Selection(lines, { ...EVERYTHING, errorsOnly: true });
    await errors.search(always);

    assert.deepEqual(
      [0, 7, 10, 49].map((row) => errors.placeOf(row)),
      [0, 2, 2, 9],
    );
    assert.equal(new Selection(lines, EVERYTHING).placeOf(33), 33);
  });
});

describe('how deep events are nested', () => {
  type Said = [type: string, id?: string, parent?: string, name?: string, start?: string];
  const depths = (...said: Said[]): string => {
    const nesting = new Nesting();
    return said
      .map(([type, id, parent, name, start]) => nesting.depthOf({ type, id, parent, name, start, failed: false }))
      .join(' ');
  };

  it('tells where an error was first seen from where it was passed on', () => {
    const nesting = new Nesting();
    const say = (type: string, id: string, parent: string | undefined, failed = false): number =>
      nesting.depthOf({ type, id, parent, name: undefined, start: undefined, failed });
    say('app_start', '1', undefined);
    say('turn_start', '2', '1');
    say('tool_start', '3', '2');
    say('error_occurred', '4', '3', true);
    say('tool_end', '5', '3', true);
    say('turn_end', '6', '2', true);
    say('turn_start', '7', '1');
    say('turn_end', '8', '7', true);
    say('app_end', '9', '1', true);

    assert.equal(nesting.errors, 2);
  });

  it('comes from the parent, and of an end from its own start', () => {
    assert.equal(
      depths(
        ['app_start', '1'],
        ['call_start', '2', '1'],
        ['note', '3', '2'],
        ['call_end', '4', '2'],
        ['app_end', '5', '1'],
      ),
      '0 1 2 1 0',
    );
  });

  it('does not mind that calls interleave', () => {
    assert.equal(
      depths(
        ['app_start', '1'],
        ['a_start', '2', '1'],
        ['b_start', '3', '1'],
        ['note', '4', '2'],
        ['a_end', '5', '2'],
        ['note', '6', '3'],
        ['b_end', '7', '3'],
      ),
      '0 1 1 2 1 2 1',
    );
  });

  it('is found for ends that repeat the parent of their start', () => {
    assert.equal(
      depths(
        ['a_start', '1'],
        ['a_start', '2', '1', 'X'],
        ['a_start', '3', '2', 'X'],
        ['a_end', '4', '2', 'X', '3'],
        ['b_start', '5', '1', 'Y'],
        ['b_end', '6', '1', 'Y'],
        ['a_end', '7', '1', 'X', '2'],
      ),
      '0 1 2 2 1 1 1',
    );
  });

  it('goes by order where nothing names a parent', () => {
    assert.equal(
      depths(['a_start'], ['b_start'], ['note'], ['b_end'], ['a_end'], ['a_end'], ['note']),
      '0 1 2 1 0 0 0',
    );
  });

  it('is none for parents that nobody knows', () => {
    assert.equal(depths(['a_start', '1', 'gone'], ['note', '2', 'gone'], ['b_end', '3', 'gone']), '0 0 0');
  });
});

describe('the rows in view', () => {
  const list = (rows: number) => ({ rows, rowHeight: 20, viewHeight: 100 });

  it('are those at the place of the scroll bar', () => {
    assert.deepEqual(inView(list(1000), 50), { first: 2, count: 6, top: 40 });
    assert.deepEqual(inView(list(3), 0), { first: 0, count: 3, top: 0 });
    assert.deepEqual(inView(list(0), 0), { first: 0, count: 0, top: 0 });
  });

  it('reach from the first to the last of millions, in a list that can be drawn', () => {
    const millions = list(5_000_000);
    const height = heightOf(millions);
    const end = inView(millions, height - 100);

    assert.ok(height <= 16_000_000);
    assert.equal(inView(millions, 0).first, 0);
    assert.equal(end.first + end.count, 5_000_000);
    assert.ok(end.top + end.count * 20 <= height + 21);
  });

  it('are scrolled to by as little as possible', () => {
    for (const rows of [1000, 5_000_000]) {
      const many = list(rows);
      for (const row of [0, 1, rows >> 1, rows - 1]) {
        const top = scrollTo(many, row, 0);
        const { first, count } = inView(many, top);

        assert.ok(first <= row && row < first + count, `${row} of ${rows} is in view`);
        assert.ok(inView(many, centred(many, row)).first <= row);
      }
    }
    assert.equal(inView(list(1000), topOf(list(1000), 7)).first, 7);
    assert.equal(scrollTo(list(1000), 3, 40), 40);
    assert.equal(scrollTo(list(1000), 1, 40), 20);
  });
});
