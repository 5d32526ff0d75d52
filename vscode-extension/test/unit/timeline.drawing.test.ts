import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { arranged, momentAt } from '../../src/timeline/drawing';
import { chosenIn, hitAt, nearest } from '../../src/timeline/hit';
import {
  heightOf,
  LEVEL,
  levelAt,
  levelTop,
  PADDING,
  rowAt,
  rowsOf,
  scrolledTo,
  seenOf,
} from '../../src/timeline/layout';
import { Scale } from '../../src/timeline/scale';
import { cellTooltip, positionText, sentenceOf, spanTooltip, totalsText } from '../../src/timeline/texts';
import { picture, span, track } from './timelinePictures';

describe('the tracks of the timeline', () => {
  const tracks = [track(0, 'app', 2), track(7, 'Ben', 0), track(3, 'Ann', 4)];

  it('are one below the other, as high as they are deep; those without events are left out', () => {
    const rows = rowsOf(tracks, new Set());

    deepStrictEqual(
      rows.map((row) => [row.track.label, row.top, row.height]),
      [
        ['app', 0, 2 * LEVEL + 2 * PADDING],
        ['Ann', 2 * LEVEL + 2 * PADDING, 4 * LEVEL + 2 * PADDING],
      ],
    );
    strictEqual(heightOf(rows), 6 * LEVEL + 4 * PADDING);
  });

  it('take one line when they are folded', () => {
    const [, ann] = rowsOf(tracks, new Set(['Ann', 'nobody']));

    strictEqual(ann?.levels, 1);
    ok(ann.isFolded);
    strictEqual(levelTop(ann, 3), ann.top + PADDING);
  });

  it('are found by their heights', () => {
    const rows = rowsOf(tracks, new Set());
    const ann = rows[1];
    ok(ann);

    strictEqual(rowAt(rows, ann.top)?.track.label, 'Ann');
    strictEqual(rowAt(rows, ann.top - 1)?.track.label, 'app');
    strictEqual(rowAt(rows, 1e6), undefined);
    strictEqual(levelAt(ann, levelTop(ann, 2) + 1), 2);
    strictEqual(levelAt(ann, ann.top + ann.height - 1), 3);
    deepStrictEqual(
      seenOf(rows, ann.top + 1, ann.top + 5).map((row) => row.track.label),
      ['Ann'],
    );
  });

  it('are scrolled to as little as possible', () => {
    const ann = rowsOf(tracks, new Set())[1];
    ok(ann);

    strictEqual(scrolledTo(ann, 0, 500), 0);
    strictEqual(scrolledTo(ann, 60, 500), ann.top);
    strictEqual(scrolledTo(ann, 0, 100), ann.top + ann.height - 100);
  });
});

describe('a picture of the timeline', () => {
  it('puts spans from their first slots to their last ones, and open ones to the end', () => {
    const drawing = arranged(picture({ spans: [span(4, 9, 0), span(20, null, 1), span(30, 30, 2)] }));

    deepStrictEqual(
      drawing.strands.get(1)?.bars.map((bar) => [bar.begin, bar.end]),
      [
        [4, 10],
        [20, 100],
        [30, 31],
      ],
    );
  });

  it('puts them at their times on the other axis', () => {
    const drawing = arranged(picture({ axis: 'time', spans: [span(4, 9, 0), span(20, null, 1)] }));

    deepStrictEqual(
      drawing.strands.get(1)?.bars.map((bar) => [bar.begin, bar.end]),
      [
        [40, 90],
        [200, 990],
      ],
    );
  });

  it('makes one cell of all components at one place, in the name of the commonest', () => {
    const bands = [
      { track: 1, depth: 2, component: 'llm', at: [0, 3], events: [4, 1], tokens: [50, 0] },
      { track: 1, depth: 2, component: 'tool', at: [3, 9], events: [5, 2], errors: [2, 0] },
    ];
    const cells = arranged(picture({ cells: { size: 10, bands } })).strands.get(1)?.cells;

    deepStrictEqual(
      cells?.map((cell) => [cell.begin, cell.end, cell.component, cell.events, cell.errors, cell.tokens]),
      [
        [0, 10, 'llm', 4, 0, 50],
        [30, 40, 'tool', 6, 2, 0],
        [90, 100, 'tool', 2, 0, 0],
      ],
    );
  });

  it('knows which event is nearest to a place', () => {
    const byEvents = arranged(picture({}));
    deepStrictEqual(
      [-5, 3.2, 3.9, 1e9].map((at) => momentAt(byEvents, at)),
      [0, 3, 3, 99],
    );
    const bucket = { components: {}, errors: 0, tokens: 0, depth: 0 };
    const buckets = [
      { ...bucket, from: 0, to: 49, elapsedMs: 0 },
      { ...bucket, from: 50, to: 49, elapsedMs: 300 },
      { ...bucket, from: 50, to: 99, elapsedMs: 500 },
    ];
    const byTime = arranged(picture({ axis: 'time', buckets, spans: [span(4, 9, 0)] }));

    deepStrictEqual(
      [-1, 19, 21, 60, 80, 291, 299, 9999].map((at) => momentAt(byTime, at)),
      [0, 0, 4, 4, 9, 9, 50, 50],
    );
  });
});

describe('what is under the pointer', () => {
  const bands = [{ track: 1, depth: 2, component: 'llm', at: [5], events: [4] }];
  const drawing = arranged(
    picture({ spans: [span(0, 49, 0), span(10, 19, 1), span(60, 60, 1)], cells: { size: 10, bands } }),
  );
  const [row] = rowsOf(drawing.picture.tracks, new Set());
  const scale = new Scale({ begin: 0, end: 100 }, 1000);
  const at = (x: number, depth: number): string | undefined => {
    ok(row);
    const hit = hitAt(drawing, row, scale, x, levelTop(row, depth) + 5);
    return hit?.kind === 'bar' ? hit.bar.span.label : hit?.cell.component;
  };

  it('is the span at that level, or the cell, or nothing', () => {
    strictEqual(at(150, 0), 'span 0');
    strictEqual(at(150, 1), 'span 10');
    strictEqual(at(250, 1), undefined);
    strictEqual(at(550, 2), 'llm');
    strictEqual(at(650, 2), undefined);
  });

  it('is what is narrow, also from near by', () => {
    strictEqual(at(597.5, 1), 'span 60');
    strictEqual(at(590, 1), undefined);
  });

  it('is the innermost of a folded track', () => {
    const [folded] = rowsOf(drawing.picture.tracks, new Set(['Ann']));
    ok(folded);
    const hit = hitAt(drawing, folded, scale, 150, folded.top + 8);

    strictEqual(hit?.kind === 'bar' && hit.bar.span.moment, 10);
  });

  it('is the nearest mark within reach', () => {
    const marks = [{ at: 10 }, { at: 10.4 }, { at: 90 }];

    strictEqual(
      nearest(marks, (mark) => mark.at, scale, 105),
      marks[1],
    );
    strictEqual(
      nearest(marks, (mark) => mark.at, scale, 120),
      undefined,
    );
  });

  it('is chosen by the keyboard as the innermost call around a place, or else the nearest', () => {
    ok(row);

    strictEqual(chosenIn(drawing, row, 15)?.span.moment, 10);
    strictEqual(chosenIn(drawing, row, 90)?.span.moment, 60);
    strictEqual(chosenIn(drawing, { ...row, track: track(9, 'Ben', 1) }, 15), undefined);
  });
});

describe('what the timeline says', () => {
  it('of a call, how long it took and what it used', () => {
    const call = span(10, 19, 1, { tokens: 1234, cost: 0.0105, status: 'failed', label: 'llm small' });

    strictEqual(
      sentenceOf(spanTooltip(call, picture({}))),
      'llm small: took 90 ms, events #10 to #19, began at 100 ms, tokens 1,234, cost $0.0105, status failed',
    );
  });

  it('of a call that is open, how long it has been', () => {
    strictEqual(
      sentenceOf(spanTooltip(span(90, null, 0), picture({}))),
      'span 90: took 90 ms so far, events #90 on, began at 900 ms, status running',
    );
  });

  it('of a single event and of a cell', () => {
    const point = span(60, 60, 1, { kind: 'memory_operation', label: 'memory Ann' });
    strictEqual(
      sentenceOf(spanTooltip(point, picture({}))),
      'memory Ann: event #60, kind memory operation, began at 600 ms',
    );
    const cell = {
      track: 1,
      depth: 0,
      begin: 30,
      end: 40,
      component: 'llm',
      events: 6,
      errors: 1,
      tokens: 70,
      cost: 0,
    };
    strictEqual(
      sentenceOf(cellTooltip(cell, picture({}))),
      '6 events, mostly llm: events #30 to #39, failures 1, tokens 70',
    );
  });

  it('of where the run rests', () => {
    const position = { moment: 19, events: 100, complete: true, elapsedMs: 190, atStart: false, atEnd: false };
    const failed = span(10, 19, 1, { label: 'tool x', status: 'failed' });

    strictEqual(positionText(position, undefined), 'Event 19 of 99, at 190 ms');
    strictEqual(
      positionText(position, picture({ spans: [failed] })),
      'Event 19 of 99, at 190 ms: end of tool x, failed',
    );
  });

  it('of how much there is', () => {
    const totals = { events: 1, errors: 2, tokens: 1000, cost: 1.5, elapsedMs: 2500 };

    deepStrictEqual(totalsText(totals, false), ['1 event', '2.5 s', '1,000 tokens', '$1.50', '2 failures', 'so far']);
  });
});
