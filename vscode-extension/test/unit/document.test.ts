import assert from 'node:assert/strict';
import type { TraceRecord } from '../../src/adapter/protocol';
import { blocks, comparable, eventTitle, indented, languageOf, NARROWEST, WIDEST } from '../../src/editor/document';

const lines = (...text: string[]): string => text.map((line) => `${line}\n`).join('');

describe('values as blocks of text', () => {
  it('puts well-known keys first and the others in the order of the alphabet', () => {
    assert.equal(
      blocks({ zebra: 1, content: 'x', inputs: {}, role: 'user' }),
      lines('inputs: {}', 'role: user', 'content: x', 'zebra: 1'),
    );
  });

  it('gives the same text whatever order the keys were in', () => {
    assert.equal(blocks({ a: { b: 1, c: [2] }, d: 3 }), blocks({ d: 3, a: { c: [2], b: 1 } }));
  });

  it('lays out lists of objects with a dash each', () => {
    const messages = [
      { role: 'user', content: 'Hello', calls: [] },
      { role: 'assistant', content: ['a', ['b']] },
    ];
    assert.equal(
      blocks({ messages }),
      lines(
        'messages:',
        '  - role: user',
        '    content: Hello',
        '    calls: []',
        '  - role: assistant',
        '    content:',
        '      - a',
        '      - - b',
      ),
    );
  });

  it('tells a text from what it could be taken for', () => {
    const value = { a: '12', b: 12, c: 'true', d: true, e: '', f: null, g: '- x', h: 'a: b', i: 'plain, with a comma' };
    assert.equal(
      blocks(value),
      lines(
        'a: "12"',
        'b: 12',
        'c: "true"',
        'd: true',
        'e: ""',
        'f: null',
        'g: "- x"',
        'h: "a: b"',
        'i: plain, with a comma',
      ),
    );
  });

  it('keeps the lines of a text', () => {
    assert.equal(blocks({ content: 'One\n  two\n\nthree' }), lines('content: |', '  One', '    two', '', '  three'));
  });

  it('breaks a long line after sentences, the rest of it further in', () => {
    const sentence = 'This sentence has about forty characters.';
    assert.equal(
      blocks({ content: `${sentence} ${sentence} ${sentence}` }),
      lines('content: >', `  ${sentence}`, `    ${sentence}`, `    ${sentence}`),
    );
  });

  it('changes one line for one word', () => {
    const text = (word: string) =>
      `${'Here is a sentence. '.repeat(4)}Here is a ${word} one. ${'And another one. '.repeat(9)}`;
    const [before, after] = [blocks({ text: text('short') }), blocks({ text: text('considerably longer') })].map(
      (each) => each.split('\n'),
    );
    assert.ok(before && after && before.length > 10);
    assert.equal(before.filter((line, index) => line !== after[index]).length, 1);
    assert.equal(before.length, after.length);
  });

  it('breaks between words, and a word that is too long anywhere', () => {
    const shown = blocks(['word '.repeat(50).trim(), 'x'.repeat(250)]);
    assert.ok(
      shown.split('\n').every((line) => line.length <= WIDEST + 4),
      shown,
    );
    assert.equal(shown.replace(/[^x]/g, '').length, 250);
    assert.equal(shown.match(/word/g)?.length, 50);
  });

  it('leaves a text enough room wherever it stands', () => {
    const deep = [0, 1, 2, 3].reduce<unknown>((inner, key) => ({ [`key_${key}`]: inner }), 'word '.repeat(200).trim());
    const texts = blocks({ [`a_${'long'.repeat(20)}`]: deep }).match(/ +word.*/g) ?? [];
    assert.ok(texts.length > 1);
    const longest = Math.max(...texts.map((line) => line.trim().length));
    assert.ok(longest <= WIDEST - 10 && longest > NARROWEST, `${longest}`);
  });

  it('opens JSON within a text', () => {
    const content = JSON.stringify({ city: 'Oslo', sky: 'cloudy', more: 'x'.repeat(60) });
    assert.equal(
      blocks({ content }),
      lines('content: !json', '  city: Oslo', `  more: ${'x'.repeat(60)}`, '  sky: cloudy'),
    );
    assert.equal(blocks({ content: '{"city": "Oslo"}' }), lines('content: !json', '  city: Oslo'));
    assert.equal(blocks({ content: '{}' }), lines('content: "{}"'));
    assert.equal(blocks(['[1]']), lines('- !json', '  - 1'));
  });

  it('shows a value that is a text alone', () => {
    assert.equal(blocks('Hello'), 'Hello\n');
    assert.equal(blocks('a\nb'), lines('|', 'a', 'b'));
  });
});

describe('events as documents', () => {
  const event: TraceRecord = {
    event_type: 'llm_call_end',
    event_id: 'evt_2',
    timestamp: 12.5,
    parent_event_id: 'evt_1',
    execution_id: 'exec_1',
    component: 'llm',
    component_name: 'offline',
    outputs: { text: 'Hi' },
    tokens_used: 12,
    error: null,
  };

  it('have a title with their number', () => {
    assert.equal(eventTitle(7, event), '#7 llm_call_end offline');
    assert.equal(eventTitle(0, { ...event, component_name: null }), '#0 llm_call_end llm');
  });

  it('are compared without what differs in any two events', () => {
    assert.equal(
      comparable(event),
      lines(
        'event_type: llm_call_end',
        'component: llm',
        'component_name: offline',
        'outputs:',
        '  text: Hi',
        'tokens_used: 12',
      ),
    );
    assert.equal(
      comparable(event),
      comparable({ ...event, event_id: 'evt_9', timestamp: 99, execution_id: 'exec_2', parent_event_id: null }),
    );
  });
});

describe('whole values', () => {
  it('are indented without touching a number or a text', () => {
    const json = '{"a": [1.0, 12345678901234567890, 1e400, {}], "b": "x: {1, 2}\\" ", "c": [ ]}';
    assert.equal(
      indented(json),
      '{\n  "a": [\n    1.0,\n    12345678901234567890,\n    1e400,\n    {}\n  ],\n  "b": "x: {1, 2}\\" ",\n  "c": []\n}',
    );
  });

  it('mean the same when they are indented', () => {
    const value = { a: [[], {}, [{ b: 'c\n"d"' }]], 'e,f': null, g: [true, -1.5e-7] };
    assert.deepEqual(JSON.parse(indented(JSON.stringify(value))), value);
  });

  it('have the language that they are written in', () => {
    assert.equal(languageOf('{"a": 1}', false), 'json');
    assert.equal(languageOf('[1]', true), 'json');
    assert.equal(languageOf('# Title\n\nText', true), 'markdown');
    assert.equal(languageOf('Points:\n- one\n- two', true), 'markdown');
    assert.equal(languageOf('See [the page](https://example.org).', true), 'markdown');
    assert.equal(languageOf('Just words. - Nothing else.', true), 'plaintext');
    assert.equal(languageOf('Long prose. '.repeat(30), true), 'markdown');
    assert.equal(languageOf('[not json', true), 'plaintext');
    assert.equal(languageOf('12', false), 'json');
  });
});
