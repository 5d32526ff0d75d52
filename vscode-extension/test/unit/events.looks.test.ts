import { deepStrictEqual, doesNotMatch, match, strictEqual } from 'node:assert/strict';
import type { EventNode, Position, TraceRecord } from '../../src/adapter/protocol';
import { standing, standingTooltip } from '../../src/session/standing';
import { momentOf } from '../../src/views/eventElement';
import { asked, described, EVERYTHING, parseFilter } from '../../src/views/events/filter';
import { badgeOf, descriptionOf, gapOf, iconOf, labelOf, spoken } from '../../src/views/events/looks';
import { escaped, tooltipOf } from '../../src/views/events/tooltip';

const call: EventNode = {
  moment: 7,
  end: 13,
  label: 'tool get_weather',
  kind: 'tool_call',
  component: 'tool',
  name: 'get_weather',
  status: 'completed',
  lane: 0,
  elapsedMs: 100,
  durationMs: 812,
  tokens: 41,
  cost: 0.0012,
  errors: 0,
  hasChildren: true,
  path: null,
  line: 9,
};
const elsewhere = { rests: undefined, complete: true };
const record = (more: Partial<TraceRecord>): TraceRecord => ({
  event_type: 'tool_call_start',
  event_id: 'evt_1',
  timestamp: 0,
  ...more,
});

describe('a row of the events tree', () => {
  it('says its number, how long it took, and its tokens', () => {
    strictEqual(descriptionOf(call, elsewhere), '#7 · 812 ms · 41 tokens');
    strictEqual(descriptionOf(call, { ...elsewhere, rests: 'end' }), '#13 (end) · 812 ms · 41 tokens');
  });

  it('says of an open call whether it may still end', () => {
    const open = { ...call, end: null, durationMs: 0, tokens: 0 };

    strictEqual(descriptionOf(open, { ...elsewhere, complete: false }), '#7 · open');
    strictEqual(descriptionOf(open, elsewhere), '#7 · never ended');
    strictEqual(iconOf(open, { ...elsewhere, complete: false }).id, 'loading~spin');
    strictEqual(iconOf(open, elsewhere).id, 'debug-disconnect');
  });

  it('shows where the run rests before what failed, and what failed before its kind', () => {
    const failed = { ...call, status: 'failed' };

    strictEqual(iconOf(failed, { ...elsewhere, rests: 'start' }).id, 'debug-stackframe');
    strictEqual(iconOf(failed, elsewhere).id, 'error');
    strictEqual(iconOf(call, elsewhere).id, 'tools');
    strictEqual(iconOf({ ...call, component: 'oracle' }, elsewhere).id, 'circle-small');
  });

  it('is read out in words', () => {
    const failed = { ...call, status: 'failed', errors: 2 };

    strictEqual(
      spoken(failed, { ...elsewhere, rests: 'start' }),
      'tool get_weather, event 7, failed, 812 ms, 41 tokens, 2 failures in it, the run rests here',
    );
  });

  it('has a badge for a bookmark, or for the failures in it', () => {
    strictEqual(badgeOf(call, false), undefined);
    strictEqual(badgeOf({ ...call, errors: 12 }, false)?.badge, '9+');
    strictEqual(badgeOf({ ...call, errors: 12 }, true)?.badge, '★');
  });

  it('never shows a label that turns the line around or breaks it', () => {
    doesNotMatch(labelOf({ ...call, label: 'tool \u202Egpj.exe\nnext' }), /[\u202E\n]/);
  });

  it('says which events are left out', () => {
    strictEqual(gapOf(101, 7950), '#102 to #7949');
    strictEqual(gapOf(101, null), 'from #102 on');
  });
});

describe('a tooltip', () => {
  it('has what went in and what came out', () => {
    const shown = tooltipOf(call, record({ inputs: { city: 'Bergen' } }), record({ outputs: { degrees: 7 } }));

    match(shown, /"city": "Bergen"/);
    match(shown, /"degrees": 7/);
  });

  it('cannot be broken out of by what a trace says', () => {
    const evil = '```\n[click](command:workbench.action.quit) <img src=x>';
    const shown = tooltipOf({ ...call, label: evil }, record({ inputs: { evil }, error: evil }), undefined);
    const [, fence] = /\n(`{3,})json\n/.exec(shown) ?? [];

    strictEqual(fence, '````');
    doesNotMatch(shown.split('````')[0] ?? '', /[^\\]\[click|[^\\]</);
  });

  it('clips what is long', () => {
    const shown = tooltipOf(call, record({ inputs: { text: 'x'.repeat(100_000) } }), undefined);

    strictEqual(shown.length < 2_000, true);
    match(shown, /…/);
  });

  it('escapes every sign that Markdown knows', () => {
    strictEqual(escaped('a_b *c* [d](e)'), 'a\\_b \\*c\\* \\[d\\]\\(e\\)');
  });
});

describe('a filter', () => {
  it('takes kinds of components apart from text', () => {
    deepStrictEqual(parseFilter('LLM tool, weather in Oslo llm'), {
      components: ['llm', 'tool'],
      text: 'weather in Oslo',
    });
    deepStrictEqual(parseFilter('"tool" agent'), { components: ['agent'], text: 'tool' });
    strictEqual(parseFilter('  ""'), undefined);
  });

  it('asks for nothing when nothing is left out', () => {
    deepStrictEqual(asked(EVERYTHING), {});
    deepStrictEqual(asked({ words: 'llm', errorsOnly: true }), {
      filter: { components: ['llm'] },
      errorsOnly: true,
    });
  });

  it('says what is shown, and how much when that is known', () => {
    const left = { failures: 3, whole: true, nothing: false };

    strictEqual(described(EVERYTHING, left), undefined);
    strictEqual(
      described({ words: 'llm tool weather', errorsOnly: false }, left),
      'Only llm, tool, with “weather” in the label, and the calls around it.',
    );
    strictEqual(described({ words: '', errorsOnly: true }, left), 'Errors only: 3 failures.');
    strictEqual(
      described({ words: 'llm', errorsOnly: true }, { ...left, whole: false, failures: 1 }),
      'Errors only: at least 1 failure, among llm.',
    );
    strictEqual(
      described({ words: '', errorsOnly: true }, { failures: 0, whole: false, nothing: false }),
      'Errors only.',
    );
    strictEqual(
      described({ words: '', errorsOnly: true }, { failures: 0, whole: true, nothing: true }),
      'No failure was recorded in this run.',
    );
  });
});

describe('the event that a command was chosen for', () => {
  it('is that of a row, and nothing else', () => {
    strictEqual(momentOf({ moment: 7, node: call }), 7);
    strictEqual(momentOf({ moment: 'seven' }), undefined);
    strictEqual(momentOf(undefined), undefined);
    strictEqual(momentOf({ threadId: 1 }), undefined);
  });
});

describe('the status bar', () => {
  const position: Position = {
    moment: 7,
    events: 54,
    complete: true,
    elapsedMs: 1234,
    atStart: false,
    atEnd: false,
  };

  it('says where the run rests, and the edges', () => {
    strictEqual(standing(position), 'event 7 of 53');
    strictEqual(standing({ ...position, moment: 0, atStart: true }), 'event 0 of 53: beginning');
    strictEqual(standing({ ...position, moment: 53, atEnd: true }), 'event 53 of 53: end of recording');
    strictEqual(standing({ ...position, complete: false }), 'event 7 of ≥ 53');
  });

  it('tells in its tooltip how long after the start that is', () => {
    match(standingTooltip(position, 'Replay'), /^Replay rests 1.23 s after its start\./);
    match(standingTooltip({ ...position, complete: false }, 'Replay'), /still being recorded/);
  });
});
