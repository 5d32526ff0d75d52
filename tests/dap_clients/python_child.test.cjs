// A launched app that is in a tool written in Python: a child session in the tool, the run around it in the parent.
'use strict';

const assert = require('node:assert/strict');
const net = require('node:net');
const { test } = require('node:test');
const { Session } = require('./session.cjs');

const { PROGRAM, TOOLS, RUN } = process.env;
const LINE = 3;

/** VS Code's answer to `startDebugging`: the caller's own type, on the port (its adapter factory) or by a new adapter. */
async function startChild({ request, configuration }, relayed) {
    assert.equal(configuration.type, undefined);
    const child = new Session();
    await child.start(relayed ? undefined : configuration.connect.port);
    const verified = await child.begin(request, { ...configuration, request, type: 'namel3ss' }, { [TOOLS]: [LINE] });
    return { child, verified, port: configuration.connect.port };
}

for (const relayed of [false, true]) {
    const how = relayed ? 'through the adapter as a relay' : 'on the port of debugpy';
    test(`a breakpoint in a tool's Python file stops in a child session ${how}`, async () => {
        const parent = new Session();
        let began;
        const childBegan = new Promise((resolve) => (began = resolve));
        parent.asked.startDebugging = async (asked) => began(await startChild(asked, relayed));
        await parent.start();
        await parent.begin('launch', { program: PROGRAM, trace: RUN, pythonDebug: true });
        const { child, verified, port } = await childBegan;
        assert.deepEqual(verified, [true]);

        const stop = await child.next('stopped');
        assert.equal(await child.where(stop), `breakpoint: work, tools.py:${LINE}`);
        assert.deepEqual(await child.variables('Locals', stop.threadId), { given: "'a question'", found: '10' });

        const held = await parent.next('stopped');
        assert.equal(held.preserveFocusHint, true);
        assert.deepEqual(
            (await parent.frames(held.threadId)).map((frame) => frame.name),
            ['tool work', 'step look', 'chain Ask', 'app Child'],
        );
        assert.match(await parent.move('stepBack', held.threadId), /^step: step look/);

        await child.setBreakpointsRequest({ source: { path: TOOLS }, breakpoints: [] });
        await child.continueRequest({ threadId: stop.threadId });
        await parent.next('output', ({ output }) => output.includes('exit code 0'));
        await child.next('terminated');
        if (relayed) {
            await child.disconnectRequest();
        }
        child.stopAdapter();
        await parent.move('continue');
        await parent.stop();
        await assert.rejects(connected(port), { code: 'ECONNREFUSED' });
    });
}

test('without `pythonDebug` no session is asked for', async () => {
    const parent = new Session();
    parent.asked.startDebugging = () => assert.fail('nobody asked for it');
    await parent.start();
    await parent.begin('launch', { program: PROGRAM, trace: RUN });

    assert.equal((await parent.next('stopped')).reason, 'entry');
    await parent.stop();
});

test('a client that cannot start a session is told how to attach, and the run goes on', async () => {
    const parent = new Session();
    parent.asked.startDebugging = () => Promise.reject(new Error('no extension'));
    await parent.start();
    await parent.begin('launch', { program: PROGRAM, trace: RUN, pythonDebug: true });

    const told = await parent.next('output', ({ category }) => category === 'important');
    assert.match(told.output, /no extension/);
    assert.match(told.output, /attach any client of debugpy to 127\.0\.0\.1:\d+/);
    assert.equal((await parent.next('stopped')).reason, 'entry');
    await parent.stop();
});

function connected(port) {
    return new Promise((resolve, reject) => net.connect(port, '127.0.0.1', resolve).on('error', reject));
}
