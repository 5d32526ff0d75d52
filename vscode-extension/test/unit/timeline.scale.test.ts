import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import {
  argumentsOf,
  gridOf,
  kept,
  moved,
  type Range,
  Scale,
  showing,
  step125,
  ticks,
  timeLabel,
  wholeOf,
  zoomed,
} from '../../src/timeline/scale';

const BOUNDS: Range = { begin: 0, end: 1000 };

describe('the scale of the timeline', () => {
  it('puts places on pixels and pixels on places', () => {
    const scale = new Scale({ begin: 100, end: 300 }, 400);

    strictEqual(scale.x(100), 0);
    strictEqual(scale.x(200), 200);
    strictEqual(scale.at(scale.x(123.25)), 123.25);
  });

  it('shows the whole run with air at both ends, and an empty one as well', () => {
    const whole = wholeOf('events', 1000, 0);

    ok(whole.begin < 0 && whole.end > 1000 && whole.end < 1050);
    ok(wholeOf('time', 0, 0).end > 0);
  });

  it('keeps what is around the pointer where it is while it zooms', () => {
    const range = { begin: 200, end: 600 };
    for (const factor of [0.5, 0.1, 1.7]) {
      const closer = zoomed(range, factor, 300, BOUNDS, 'events');

      const [before, after] = [new Scale(range, 800).x(300), new Scale(closer, 800).x(300)];
      ok(Math.abs(before - after) < 1e-6 || closer.begin === BOUNDS.begin || closer.end === BOUNDS.end);
    }
  });

  it('never leaves its bounds, and is never narrower than makes sense', () => {
    deepStrictEqual(moved({ begin: 0, end: 100 }, -50, BOUNDS, 'events'), { begin: 0, end: 100 });
    deepStrictEqual(moved({ begin: 900, end: 1000 }, 50, BOUNDS, 'events'), { begin: 900, end: 1000 });
    deepStrictEqual(kept({ begin: -500, end: 5000 }, BOUNDS, 'events'), BOUNDS);
    const narrow = zoomed({ begin: 10, end: 15 }, 1e-9, 12, BOUNDS, 'events');
    strictEqual(narrow.end - narrow.begin, 4);
    ok(narrow.begin <= 12 && narrow.end >= 12);
  });

  it('moves only as far as is needed to show a place', () => {
    const range = { begin: 400, end: 500 };

    strictEqual(showing(range, 450, BOUNDS, 'events'), range);
    const right = showing(range, 700, BOUNDS, 'events');
    ok(right.begin < 700 && right.end > 700);
    strictEqual(right.end - right.begin, 100);
    deepStrictEqual(showing(range, 0, BOUNDS, 'events'), { begin: 0, end: 100 });
    const atEdge = { begin: 0, end: 100 };
    strictEqual(showing(atEdge, 0, BOUNDS, 'events'), atEdge);
  });
});

describe('the ticks of the timeline', () => {
  it('are at multiples of 1, 2 or 5, and a comfortable way apart', () => {
    deepStrictEqual([0.9, 1, 1.5, 3, 7, 14, 49, 51].map(step125), [1, 1, 2, 5, 10, 20, 50, 100]);
    for (const length of [5, 55, 1_234, 100_000, 1_000_000]) {
      const range = { begin: 0, end: length };
      const found = ticks(range, 1000, 'events');
      const [first, second] = found.map((tick) => new Scale(range, 1000).x(tick.at));
      ok(found.length >= 2 && found.length <= 13, `${found.length} ticks for ${length}`);
      ok((second ?? 0) - (first ?? 0) >= 80, `${length}`);
    }
  });

  it('number events in whole numbers with their thousands apart', () => {
    deepStrictEqual(
      ticks({ begin: -0.1, end: 5.1 }, 1100, 'events').map((tick) => tick.label),
      ['0', '1', '2', '3', '4', '5'],
    );
    deepStrictEqual(
      ticks({ begin: 30_000, end: 90_000 }, 500, 'events').map((tick) => tick.label),
      ['40,000', '60,000', '80,000'],
    );
  });

  it('tell times as clocks do, as exactly as they are apart', () => {
    const labels = (begin: number, end: number): string[] =>
      ticks({ begin, end }, 500, 'time').map((tick) => tick.label);

    deepStrictEqual(labels(0, 230), ['0 ms', '50 ms', '100 ms', '150 ms', '200 ms']);
    deepStrictEqual(labels(0, 2_300), ['0 ms', '500 ms', '1.0 s', '1.5 s', '2.0 s']);
    deepStrictEqual(labels(0, 110_000), ['0 s', '30 s', '1:00', '1:30']);
    deepStrictEqual(labels(3_600_000, 3_600_000 * 6), [
      '1:00:00',
      '2:00:00',
      '3:00:00',
      '4:00:00',
      '5:00:00',
      '6:00:00',
    ]);
    strictEqual(timeLabel(847_500, 500), '14:07.5');
    strictEqual(timeLabel(0.25, 0.05), '250 µs');
    strictEqual(timeLabel(399.985, 0.005), '399.985 ms');
  });
});

describe('what the timeline asks for', () => {
  it('is what is seen and something on both sides, in buckets that stay where they are', () => {
    const one = gridOf({ begin: 50_000, end: 60_000 }, 1000, 'events');
    const other = gridOf({ begin: 50_123, end: 60_123 }, 1000, 'events');

    strictEqual(one.size, other.size);
    strictEqual(one.begin % one.size, 0);
    strictEqual(other.begin % one.size, 0);
    ok(one.begin <= 50_000 && one.begin + one.size * one.buckets >= 60_000);
    ok(one.size / (10_000 / 1000) >= 2 && one.size / (10_000 / 1000) < 4, 'two to four pixels');
  });

  it('is never more than the adapter gives', () => {
    for (const width of [0, 300, 1200, 5000])
      for (const axis of ['events', 'time'] as const)
        for (const length of [0.02, 4, 1e3, 1e9]) {
          const grid = gridOf({ begin: 0, end: length }, width, axis);

          ok(grid.buckets >= 1 && grid.buckets <= 2_000, `${width} ${length}`);
          ok(grid.begin >= 0 && grid.begin + grid.size * grid.buckets >= length);
        }
  });

  it('says the range of the axis, and that its buckets keep their size', () => {
    deepStrictEqual(argumentsOf({ begin: 64, size: 8, buckets: 10 }, 'events'), {
      axis: 'events',
      from: 64,
      to: 143,
      buckets: 10,
    });
    deepStrictEqual(argumentsOf({ begin: 1.024, size: 0.512, buckets: 4 }, 'time'), {
      axis: 'time',
      fromMs: 1.024,
      toMs: 3.071,
      buckets: 4,
    });
  });
});
