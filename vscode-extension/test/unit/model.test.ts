import { deepStrictEqual, rejects, strictEqual } from 'node:assert/strict';
import { type Change, SessionModel } from '../../src/session/model';

const position = { moment: 7, events: 14, complete: true, elapsedMs: 700, atStart: false, atEnd: false };

describe('a session model', () => {
  it('tells its listeners where the run rests, until they have given back their subscription', () => {
    const model = new SessionModel('1', 'Replay', async () => ({}));
    const seen: [Change, number | undefined][] = [];
    const subscription = model.onDidChange((change) => seen.push([change, model.position?.moment]));

    model.moved(position);
    subscription.dispose();
    model.moved({ ...position, moment: 8 });

    deepStrictEqual(seen, [['position', 7]]);
    strictEqual(model.position?.moment, 8);
  });

  it('ends once', () => {
    const model = new SessionModel('1', 'Replay', async () => ({}));
    const seen: Change[] = [];
    model.onDidChange((change) => seen.push(change));

    model.end();
    model.end();

    deepStrictEqual(seen, ['ended']);
    strictEqual(model.ended, true);
  });

  it('travels by asking the adapter', async () => {
    const asked: unknown[] = [];
    const model = new SessionModel('1', 'Replay', async (command, args) => asked.push([command, args]));

    await model.goTo(42);

    deepStrictEqual(asked, [['n3/goToEvent', { moment: 42 }]]);
  });

  it('passes the sentence of a refusal on', async () => {
    const model = new SessionModel('1', 'Replay', async () => {
      throw new Error('There is no event #99.');
    });

    await rejects(model.goTo(99), /There is no event #99\./);
  });
});
