import { deepStrictEqual, strictEqual } from 'node:assert/strict';
import type { EventNode } from '../../src/adapter/protocol';
import { PAGE, Pages } from '../../src/views/events/pages';
import { node } from './eventNodes';

const single = (moment: number, end: number | null = moment): EventNode => node(moment, { end });
const from = (first: number, last: number): EventNode[] =>
  Array.from({ length: last - first + 1 }, (_, index) => single(first + index));
const short = (pages: Pages): (number | string)[] =>
  pages.rows().map((row) => ('moment' in row ? row.moment : `${row.after + 1}-${row.before ?? ''}`));

describe('the pages of a call', () => {
  it('say nothing before anything was asked', () => {
    const pages = new Pages(-1);

    strictEqual(pages.isEmpty, true);
    deepStrictEqual(pages.rows(), []);
  });

  it('end in a gap while there is more', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: from(0, 2), more: true, after: 2 });

    deepStrictEqual(short(pages), [0, 1, 2, '3-']);
    strictEqual(pages.isWhole, false);
  });

  it('have a gap on both sides of a stretch that was followed to', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: from(0, 1), more: true, after: 1 });
    pages.add(69, { children: from(70, 71), more: true, after: 71 }, true);

    deepStrictEqual(short(pages), [0, 1, '2-70', 70, 71, '72-']);
    strictEqual(pages.covers(70), true);
    strictEqual(pages.covers(72), false);
  });

  it('become one stretch where they touch, and whole when nothing is left between them', () => {
    const pages = new Pages(4);
    pages.add(4, { children: from(5, 6), more: true, after: 6 });
    pages.add(8, { children: from(9, 10), more: false }, true);
    pages.add(6, { children: from(7, 8), more: true, after: 8 });

    deepStrictEqual(short(pages), [5, 6, 7, 8, 9, 10]);
    strictEqual(pages.isWhole, true);
  });

  it('keep one stretch at most that was only followed to', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: from(0, 0), more: true, after: 0 });
    pages.add(499, { children: from(500, 501), more: true, after: 501 }, true);
    pages.add(899, { children: from(900, 901), more: true, after: 901 }, true);

    deepStrictEqual(short(pages), [0, '1-900', 900, 901, '902-']);
  });

  it('do not grow without end by following, and say where they were cut', () => {
    const pages = new Pages(-1);
    for (let after = -1; after < 3_000; after += PAGE)
      pages.add(after, { children: from(after + 1, after + PAGE), more: true, after: after + PAGE }, true);

    strictEqual(pages.nodes().length <= 1_000, true);
    strictEqual(pages.covers(2_900), true);
    strictEqual(pages.covers(10), false);
    strictEqual(short(pages)[0], `0-${pages.nodes()[0]?.moment}`);
  });

  it('go on from a stretch that ends just before, and otherwise show some neighbours before', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: from(0, 99), more: true, after: 99 });

    strictEqual(pages.askFor(150), 99);
    strictEqual(pages.askFor(5_000), 4_969);
    strictEqual(pages.askFor(5_000, 0), 4_999);
    strictEqual(new Pages(4_990).askFor(5_000), 4_990);
  });

  it('take an empty page, of which all is filtered out, as an answer', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: [], more: true, after: 4_000 });

    deepStrictEqual(short(pages), ['4001-']);
    strictEqual(pages.covers(3_999), true);
  });

  it('ask again for what was open and for what came after, when the run has grown', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: [single(0), single(1, null), single(4)], more: false });

    deepStrictEqual(pages.stale(), [{ after: 0, count: 2 + PAGE }]);

    pages.add(0, { children: [single(1, 9), single(4), single(10)], more: true, after: 10 });

    deepStrictEqual(short(pages), [0, 1, 4, 10, '11-']);
    strictEqual(pages.nodes()[1]?.end, 9);
    deepStrictEqual(pages.stale(), []);
  });

  it('stay whole at their end when a page before it is asked again', () => {
    const pages = new Pages(-1);
    pages.add(-1, { children: from(0, 9), more: false });
    pages.add(2, { children: from(3, 4), more: true, after: 4 });

    strictEqual(pages.isWhole, true);
  });
});
