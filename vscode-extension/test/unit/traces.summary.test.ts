import assert from 'node:assert/strict';
import { appendFile, mkdtemp, mkdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { belongings, Listing } from '../../src/traces/listing';
import { readSummary, statusOf, type Summary } from '../../src/traces/summary';
import { description, title } from '../../src/traces/wording';

const BEGAN = 1764374400.5;
const start = (more: object = {}): string =>
  JSON.stringify({
    event_type: 'app_load_start',
    event_id: 'evt_1',
    timestamp: BEGAN,
    component: 'app',
    component_name: 'Weather',
    metadata: { trace_version: 1, program: '/apps/weather/app.ai', pid: 4242 },
    ...more,
  });
const end = (more: object = {}): string =>
  JSON.stringify({
    event_type: 'app_load_end',
    event_id: 'evt_9',
    timestamp: BEGAN + 1.2,
    outputs: { execution_summary: { events: 9, tokens_used: 603, cost_estimate: 0.0087 } },
    duration_ms: 1200,
    status: 'completed',
    ...more,
  });
const point = (timestamp: number): string =>
  JSON.stringify({ event_type: 'performance_marker', event_id: 'p', timestamp });

describe('the summary of a trace', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'traces-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const written = async (content: string | Buffer, name = 'trace.jsonl'): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const summary = async (content: string | Buffer): Promise<Summary | undefined> => readSummary(await written(content));

  it('is read from the first and the last line', async () => {
    const path = await written(`${start()}\n${point(BEGAN + 1)}\n${end()}\n`);

    const { size, changed, ...rest } = (await readSummary(path)) as Summary;

    assert.ok(size > 300 && changed > 0);
    assert.deepEqual(rest, {
      path,
      app: 'Weather',
      program: '/apps/weather/app.ai',
      started: BEGAN * 1000,
      pid: 4242,
      ended: 'completed',
      durationMs: 1200,
      events: 9,
      tokens: 603,
      cost: 0.0087,
      error: undefined,
    });
  });

  it('says how a run ended that failed or was cancelled', async () => {
    const failed = await summary(`${start()}\n${end({ status: 'failed', error: 'ValueError: no city' })}\n`);
    const cancelled = await summary(`${start()}\n${end({ status: 'cancelled' })}\n`);

    assert.deepEqual([failed?.ended, failed?.error, cancelled?.ended], ['failed', 'ValueError: no city', 'cancelled']);
  });

  it('takes a last line without its newline when it is whole', async () => {
    assert.equal((await summary(`${start()}\n${end()}`))?.ended, 'completed');
  });

  it('passes over a last line that was cut off, and over blank lines', async () => {
    const torn = await summary(`${start()}\n${point(BEGAN + 2)}\n${end().slice(0, 60)}`);
    const blank = await summary(`\n${start()}\n${end()}\n\n\n`);

    assert.deepEqual([torn?.ended, torn?.durationMs], [undefined, 2000]);
    assert.equal(blank?.ended, 'completed');
  });

  it('reads a JSON document with an event on each line', async () => {
    const document = `{"trace_version": 1, "events": [\n${start()},\n${point(BEGAN)},\n${end()}\n]}\n`;

    const found = await readSummary(await written(document, 'trace.json'));

    assert.deepEqual([found?.app, found?.ended, found?.tokens], ['Weather', 'completed', 603]);
  });

  it('reads first and last lines of hundreds of kilobytes', async () => {
    const long = 'x'.repeat(200_000);
    const found = await summary(
      `${start({ inputs: { long } })}\n${end({ outputs: { result: long, execution_summary: { tokens_used: 7 } } })}\n`,
    );

    assert.deepEqual([found?.app, found?.ended, found?.tokens], ['Weather', 'completed', 7]);
  });

  it('does not read lines of megabytes, and says what is known', async () => {
    const long = 'x'.repeat(5_000_000);
    const found = await summary(`${start({ inputs: { long } })}\n${end({ outputs: { result: long } })}\n`);

    assert.deepEqual([found?.app, found?.started, found?.ended], ['Weather', BEGAN * 1000, 'unknown']);
  });

  it('reads an ISO date, and survives times that are none', async () => {
    const dated = await summary(`${start({ timestamp: '2025-11-29T00:00:00Z' })}\n`);
    const wild = await summary(`${start({ timestamp: 1e300 })}\n${end({ duration_ms: -5, timestamp: 'soon' })}\n`);

    assert.equal(dated?.started, Date.UTC(2025, 10, 29));
    assert.deepEqual([wild?.started, wild?.durationMs], [undefined, undefined]);
  });

  for (const [what, content] of Object.entries({
    'is empty': '',
    'holds other records': '{"id": 1, "text": "hello"}\n{"id": 2}\n',
    'holds arrays': '[1, 2]\n[3]\n',
    'holds events of something else': '{"event_type": 7}\n',
    'holds no JSON': 'once upon a time\n'.repeat(2000),
    'is binary': Buffer.alloc(70_000, 0xff),
    'is one endless line': '{'.repeat(600_000),
    'is nested without end': `${'['.repeat(100_000)}\n`,
  }))
    it(`is not there for a file that ${what}`, async () => {
      assert.equal(await summary(content), undefined);
    });

  it('is not fooled by names that objects have anyway', async () => {
    const found = await summary(
      '{"__proto__": {"event_type": "app_load_start"}, "event_type": "x", "event_id": "1", "metadata": [], "component_name": {}}\n',
    );

    assert.deepEqual([found?.app, found?.program], ['trace.jsonl', undefined]);
  });

  it('tells a run that goes on from one that crashed', () => {
    const run = { path: '', size: 1, changed: 5_000_000, app: '', pid: 7, started: 4_000_000, durationMs: 1_000_000 };
    const at = (idle: number, alive: boolean, more: object = {}): string =>
      statusOf({ ...run, ...more }, 5_000_000 + idle, () => alive);

    assert.deepEqual(
      [at(5_000, false), at(60_000, true), at(60_000, false), at(3_600_000, true), at(60_000, true, { started: 0 })],
      ['running', 'running', 'crashed', 'crashed', 'crashed'],
    );
  });

  it('is told in a line, with the date when it was not today', () => {
    const started = new Date(2025, 10, 24, 12, 4).getTime();
    const trace: Summary = {
      path: '',
      size: 1,
      changed: started,
      app: 'A\u202eB\n',
      started,
      ended: 'completed',
      durationMs: 1200,
      tokens: 603,
      cost: 0.0087,
    };

    assert.equal(description(trace, started + 60_000), '12:04 · 1.2 s · 603 tokens · $0.0087');
    assert.equal(
      description({ ...trace, ended: 'failed', cost: 0 }, started + 86_400_000),
      '24 Nov 12:04 · failed · 1.2 s · 603 tokens',
    );
    assert.equal(title(trace), 'A\\u202eB');
  });
});

describe('the list of traces', () => {
  let folder: string;
  const DAY = 86_400;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'traces-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const add = async (name: string, day: number): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, `${start({ timestamp: day * DAY, component_name: name })}\n${end()}\n`);
    await utimes(path, day * DAY, day * DAY);
    return path;
  };
  const look = async (listing: Listing, most = 100): Promise<string> => {
    const { traces, older } = await listing.look([{ path: folder, endings: ['.jsonl', '.json'] }], most);
    return [...traces.map((trace) => trace.app), older].join(' ');
  };

  it('has the newest first, and nothing that is no trace', async () => {
    await add('old.jsonl', 100);
    const newest = await add('new.jsonl', 300);
    await add('document.json', 200);
    await add('notes.txt', 400);
    await add('.hidden.jsonl', 400);
    await writeFile(join(folder, 'foreign.jsonl'), '{"a": 1}\n');
    await mkdir(join(folder, 'folder.jsonl'));
    await symlink(newest, join(folder, 'trace_latest.jsonl'));
    await symlink(join(folder, 'nowhere'), join(folder, 'broken.jsonl'));
    await symlink('/dev/zero', join(folder, 'endless.jsonl'));

    assert.equal(await look(new Listing()), 'new.jsonl document.json old.jsonl 0');
  });

  it('looks into the newest files only', async () => {
    for (let day = 1; day <= 30; day++) await add(`${day}.jsonl`, day);

    assert.equal(await look(new Listing(), 3), '30.jsonl 29.jsonl 28.jsonl 27');
  });

  it('reads a file again when it has changed, and forgets it when it has gone', async () => {
    const listing = new Listing();
    const one = await add('one.jsonl', 1);
    const look1 = await look(listing);
    await writeFile(one, `${start({ component_name: 'Another' })}\n`);
    const look2 = await look(listing);
    await appendFile(one, `${end()}\n`);
    const { traces } = await listing.look([{ path: folder, endings: ['.jsonl'] }], 9);
    await rm(one);

    assert.deepEqual(
      [look1, look2, traces[0]?.ended, await look(listing)],
      ['one.jsonl 0', 'Another 0', 'completed', '0'],
    );
  });

  it('is empty for a directory that is not there', async () => {
    const listed = await new Listing().look([{ path: join(folder, 'no'), endings: ['.jsonl'] }], 9);

    assert.deepEqual(listed, { traces: [], older: 0 });
  });

  it('knows what goes with a trace when it is deleted', async () => {
    const [one, two] = [await add('one.jsonl', 1), await add('two.jsonl', 2)];
    const link = join(folder, 'trace_latest.jsonl');
    await symlink('two.jsonl', link);

    assert.deepEqual(await belongings(one), [`${one}.n3ix`]);
    assert.deepEqual(await belongings(two), [`${two}.n3ix`, link]);
    assert.deepEqual(await belongings(link), []);
  });
});
