import { deepStrictEqual, ok, strictEqual } from 'node:assert';
import { wishOf } from '../../src/timeline/keys';
import { View } from '../../src/timeline/view';

function viewOf(events: number, elapsedMs: number, isStill = true): { view: View; tick(ms: number): void } {
  let now = 0;
  const view = new View(
    'events',
    () => isStill,
    () => now,
  );
  view.grow(events, elapsedMs);
  return { view, tick: (ms) => (now += ms) };
}

describe('the view of a run', () => {
  it('shows all of it, also when it grows', () => {
    const { view } = viewOf(100, 1000);
    ok(view.isWhole);
    view.grow(200, 2000);

    ok(view.isWhole && view.seen.end > 200);
  });

  it('keeps what it shows of a run that grows', () => {
    const { view } = viewOf(100, 1000);
    view.see({ begin: 20, end: 40 });
    view.grow(5000, 2000);

    deepStrictEqual(view.seen, { begin: 20, end: 40 });
    ok(!view.isWhole);
  });

  it('glides, and has come to rest after a while', () => {
    const { view, tick } = viewOf(100, 1000, false);
    view.see({ begin: 20, end: 40 }, 'gliding');
    ok(view.isMoving && view.seen.end > 90);
    deepStrictEqual(view.target, { begin: 20, end: 40 });
    tick(70);
    ok(view.seen.begin > 5 && view.seen.end < 90 && !view.drawn());
    tick(100);

    deepStrictEqual(view.seen, { begin: 20, end: 40 });
    ok(view.drawn() && !view.isMoving);
  });

  it('does not glide for those who want no motion', () => {
    const { view } = viewOf(100, 1000, true);
    view.see({ begin: 20, end: 40 }, 'gliding');

    ok(!view.isMoving);
    deepStrictEqual(view.seen, { begin: 20, end: 40 });
  });

  it('is held where it is by a pointer', () => {
    const { view, tick } = viewOf(100, 1000, false);
    view.see({ begin: 20, end: 40 }, 'gliding');
    tick(50);
    const { seen } = view;
    view.hold();
    tick(500);

    deepStrictEqual(view.seen, seen);
  });

  it('shows the same share of the run on the other axis, around where it rests', () => {
    const { view } = viewOf(100, 1000);
    view.see({ begin: 10, end: 30 });
    view.change('time', 700);

    strictEqual(view.axis, 'time');
    const { begin, end } = view.seen;
    ok(begin < 700 && end > 700);
    ok(Math.abs(end - begin - 200) < 1e-6);
  });

  it('moves only when it has to, to show a place', () => {
    const { view } = viewOf(1000, 1000);
    view.see({ begin: 100, end: 200 });
    view.show(150);
    deepStrictEqual(view.seen, { begin: 100, end: 200 });
    view.show(600);

    ok(view.seen.begin < 600 && view.seen.end > 600);
  });
});

describe('the keys of the timeline', () => {
  const press = { shiftKey: false, ctrlKey: false, altKey: false, metaKey: false };

  it('step, zoom and travel', () => {
    deepStrictEqual(wishOf({ ...press, key: 'ArrowRight' }), { wish: 'step', by: 1 });
    deepStrictEqual(wishOf({ ...press, key: '[' }), { wish: 'error', direction: 'backward' });
    deepStrictEqual(wishOf({ ...press, key: '+', shiftKey: true }), wishOf({ ...press, key: '=' }));
    deepStrictEqual(wishOf({ ...press, key: 'ArrowRight', shiftKey: true }), { wish: 'move', share: 0.2 });
  });

  it("leave VS Code's own alone", () => {
    for (const held of ['ctrlKey', 'altKey', 'metaKey'] as const)
      strictEqual(wishOf({ ...press, key: 'Home', [held]: true }), undefined);
    strictEqual(wishOf({ ...press, key: 'F10' }), undefined);
    strictEqual(wishOf({ ...press, key: 'Tab' }), undefined);
  });
});
