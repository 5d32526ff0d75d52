import { deepStrictEqual, rejects, strictEqual } from 'node:assert';
import { Latest } from '../../src/session/latest';

describe('doing the latest thing', () => {
  it('does one at a time, and of those that wait only the last', async () => {
    const done: number[] = [];
    const waiting: (() => void)[] = [];
    const latest = new Latest<number>((value) => {
      done.push(value);
      return new Promise((resolve) => waiting.push(resolve));
    });
    for (const value of [1, 2, 3, 4]) void latest.want(value);
    deepStrictEqual(done, [1]);
    waiting.shift()?.();
    await new Promise(setImmediate);
    deepStrictEqual(done, [1, 4]);
    void latest.want(5);
    latest.forget();
    waiting.shift()?.();
    await new Promise(setImmediate);

    deepStrictEqual(done, [1, 4]);
    void latest.want(6);
    deepStrictEqual(done, [1, 4, 6]);
  });

  it('is over when nothing is left to do', async () => {
    let done = 0;
    const waiting: (() => void)[] = [];
    const latest = new Latest(async () => {
      await new Promise<void>((go) => waiting.push(go));
      done += 1;
    });

    const all = latest.want();
    await latest.want();
    await latest.want();
    waiting.shift()?.();
    await new Promise(setImmediate);
    waiting.shift()?.();
    await all;

    strictEqual(done, 2);
    strictEqual(waiting.length, 0);
  });

  it('can be wanted again after it could not be done', async () => {
    const done: number[] = [];
    const latest = new Latest<number>(async (value) => {
      if (value < 0) throw new Error('no');
      done.push(value);
    });

    await rejects(latest.want(-1), /no/);
    await latest.want(1);
    deepStrictEqual(done, [1]);
  });
});
