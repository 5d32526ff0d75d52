// A recording walked by VS Code's own test client, forwards and backwards.
'use strict';

const assert = require('node:assert/strict');
const fs = require('node:fs');
const { afterEach, beforeEach, test } = require('node:test');
const { Session } = require('./session.cjs');

const { TRACE, APP, PORT } = process.env;
let session;

beforeEach(() => {
    session = new Session();
});

afterEach(() => session.stop());

test('a recording is entered, and its frames, scopes and values are seen', async () => {
    await session.start();
    assert.deepEqual(await session.begin('launch', { trace: TRACE }, { [APP]: [9] }), [true]);

    assert.equal(await session.where(await session.next('stopped')), 'entry: app weather, trace.jsonl:1');
    assert.equal(await session.move('continue'), 'breakpoint: tool get_weather, app.ai:9');

    assert.deepEqual(
        (await session.frames()).map((frame) => frame.name),
        ['tool get_weather', 'turn 1', 'agent Helper', 'app weather'],
    );
    assert.deepEqual(await session.variables('Inputs'), JSON.parse(process.env.INPUTS));
});

test('time goes backwards: step back undoes a step, and reverse continue stops at the same breakpoints', async () => {
    await session.start();
    await session.begin('launch', { trace: TRACE }, { [APP]: [9] });
    await session.next('stopped');

    const forwards = [];
    for (let count = 0; count < 3; count++) {
        await session.move('continue');
        forwards.push((await session.send('n3/position')).body.moment);
    }
    const atThird = await session.move('next');
    assert.notEqual((await session.send('n3/position')).body.moment, forwards[2]);
    await session.move('stepBack');
    assert.equal((await session.send('n3/position')).body.moment, forwards[2]);
    assert.equal(await session.move('next'), atThird);

    const backwards = [];
    for (let count = 0; count < 3; count++) {
        await session.move('reverseContinue');
        backwards.push((await session.send('n3/position')).body.moment);
    }
    assert.deepEqual(backwards.reverse(), forwards);
    assert.equal(await session.move('reverseContinue'), 'step: app weather, trace.jsonl:1');
});

test('the end of a recording is a stop, from which one can go back', async () => {
    await session.start();
    await session.begin('launch', { trace: TRACE, stopOnEntry: false });

    const end = await session.next('stopped');
    assert.match(end.description, /^end of recording/);
    assert.match(await session.move('reverseContinue'), /^step: app weather/);
});

test('a configuration that cannot be launched is refused in a sentence', async () => {
    await session.start();
    await assert.rejects(session.begin('launch', { trace: '/nowhere.jsonl' }), /nowhere\.jsonl/);
});

test('two sessions on one port do not disturb each other', async () => {
    const other = new Session();
    await session.start(Number(PORT));
    await other.start(Number(PORT));
    await session.begin('launch', { trace: TRACE }, { [APP]: [9] });
    await other.begin('launch', { trace: TRACE, stopOnEntry: false });
    await session.next('stopped');

    assert.match((await other.next('stopped')).description, /^end of recording/);
    assert.equal(await session.move('continue'), 'breakpoint: tool get_weather, app.ai:9');
    await other.stop();
});

test('the client finds what its own assertions look for', async () => {
    await session.start();
    const [location] = await Promise.all([
        session.assertStoppedLocation('breakpoint', { path: APP, line: 9 }),
        session.begin('launch', { trace: TRACE, stopOnEntry: false }, { [APP]: [9] }),
    ]);
    assert.equal(location.body.stackFrames[0].source.path, APP);
    assert.ok(fs.existsSync(APP));
});
