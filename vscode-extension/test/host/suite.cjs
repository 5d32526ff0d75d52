// What a browser cannot see: when the extension wakes up, what it registers, and what it hands to VS Code.
// VS Code calls run() in the extension host; a rejection is a failure.
const assert = require('node:assert/strict');
const fs = require('node:fs');
const path = require('node:path');
const vscode = require('vscode');

const ID = 'namel3ss-dbg.namel3ss-debug';
const WAIT_MS = 20_000;
const folder = () => vscode.workspace.workspaceFolders[0];
const extension = () => vscode.extensions.getExtension(ID);
const inFolder = (name) => path.join(folder().uri.fsPath, name);
const TRACE = 'debug/traces/run.jsonl';

/** Resolves at the next time that an event is fired and accepted. */
function next(event, accept = () => true) {
  return new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error('nothing happened')), WAIT_MS);
    const subscription = event((value) => {
      if (!accept(value)) return;
      clearTimeout(timer);
      subscription.dispose();
      done(value);
    });
  });
}

/** The next time that a replay says where it rests. */
const rests = (moment) =>
  next(
    vscode.debug.onDidReceiveDebugSessionCustomEvent,
    ({ event, body }) => event === 'n3/position' && (moment === undefined || body.moment === moment),
  );

/** Replays a trace while `action` looks at it. */
async function replaying(configuration, action) {
  const [{ session }] = await Promise.all([rests(), vscode.debug.startDebugging(folder(), configuration)]);
  try {
    return await action(session);
  } finally {
    const ended = next(vscode.debug.onDidTerminateDebugSession, (each) => each.id === session.id);
    await vscode.debug.stopDebugging(session);
    await ended;
  }
}

const replay = (more = {}) => ({
  type: 'namel3ss',
  request: 'launch',
  name: 'Replay',
  trace: inFolder(TRACE),
  ...more,
});

const tests = {
  async 'nothing of it runs before it is needed'() {
    assert.equal(extension().isActive, false);
    assert.deepEqual(
      extension().packageJSON.activationEvents.filter((event) => !event.startsWith('onDebug')),
      [],
    );
  },

  async 'a debug session wakes it up, and it says where the run rests'() {
    await replaying(replay(), async () => {
      assert.equal(extension().isActive, true);
      const { sessions } = extension().exports;
      assert.equal(sessions.active.position.moment, 0);
      assert.equal(sessions.active.position.atStart, true);
    });
    assert.equal(extension().exports.sessions.active, undefined);
  },

  async 'an .ai file is in the language namel3ss'() {
    const document = await vscode.workspace.openTextDocument(inFolder('app.ai'));
    assert.equal(document.languageId, 'namel3ss');
  },

  async 'every command of the manifest is registered'() {
    const registered = new Set(await vscode.commands.getCommands(true));
    const missing = extension()
      .packageJSON.contributes.commands.map(({ command }) => command)
      .filter((command) => !registered.has(command));
    assert.deepEqual(missing, []);
  },

  async 'the newest trace is found'() {
    await replaying(replay({ trace: '${command:latestTrace}' }), async ({ configuration }) => {
      assert.equal(configuration.trace, inFolder(TRACE));
    });
  },

  async 'a configuration is completed before its adapter is started'() {
    await replaying(replay({ trace: `\${workspaceFolder}/${TRACE}` }), async ({ configuration }) => {
      assert.equal(configuration.trace, inFolder(TRACE));
      assert.equal(configuration.positionEvents, true);
      assert.ok(fs.existsSync(configuration.python));
    });
  },

  async 'commands move the run both ways'() {
    await replaying(replay(), async (session) => {
      const { sessions } = extension().exports;
      for (const [command, moment] of [
        ['namel3ss.nextEvent', 1],
        ['namel3ss.lastEvent', sessions.active.position.events - 1],
        ['namel3ss.firstEvent', 0],
      ]) {
        const resting = rests(moment);
        await vscode.commands.executeCommand(command);
        await resting;
        assert.equal(sessions.of(session).position.moment, moment);
      }
    });
  },

  async 'two replays at once are told apart'() {
    await replaying(replay({ name: 'One' }), async (one) => {
      await replaying(replay({ name: 'Two' }), async (two) => {
        const { sessions } = extension().exports;
        const resting = rests(5);
        await sessions.of(two).goTo(5);
        await resting;
        assert.equal(sessions.of(one).position.moment, 0);
        assert.equal(sessions.of(two).position.moment, 5);
      });
    });
  },

  async 'breakpoints stop a session where they lie'() {
    const source = fs.readFileSync(inFolder('app.ai'), 'utf8').split('\n');
    const line = source.findIndex((text) => text.includes('step verdict'));
    const place = new vscode.Location(vscode.Uri.file(inFolder('app.ai')), new vscode.Position(line, 0));
    vscode.debug.addBreakpoints([new vscode.SourceBreakpoint(place)]);
    try {
      await replaying(replay({ stopOnEntry: false }), async (session) => {
        const { threads } = await session.customRequest('threads');
        const stacks = await Promise.all(
          threads.map(({ id }) => session.customRequest('stackTrace', { threadId: id })),
        );
        assert.ok(stacks.some(({ stackFrames }) => stackFrames[0]?.line === line + 1));
      });
    } finally {
      vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    }
  },
};

exports.run = async () => {
  let failed = 0;
  for (const [name, check] of Object.entries(tests)) {
    try {
      await check();
      console.log(`ok ${name}`);
    } catch (error) {
      failed += 1;
      console.error(`not ok ${name}\n${error.stack}`);
    }
  }
  if (failed) throw new Error(`${failed} failed`);
};
