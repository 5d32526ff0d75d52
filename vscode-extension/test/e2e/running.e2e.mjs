// Sessions that do not begin with a finished recording, and what is said when one cannot begin.
import assert from 'node:assert/strict';
import { appendFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import * as n3 from './bench/index.mjs';

const bench = n3.useBench('two_reviewers');

test('an app is run, recorded, and then replayed', async () => {
  const { page, workspace } = bench;
  await n3.start(page, 'Run and trace this app');
  await n3.restsAt(page, 0);
  const { last } = await n3.readPosition(page);
  assert.equal(last, bench.run.events.length - 1);
  await n3.openConsole(page, { clear: false });
  await n3.waitForConsole(page, 'Both reviewers approve');
  await n3.stopsOnLine(page, workspace.lineOf('app "Two reviewers"'));
});

test('a run is followed while its trace grows', async () => {
  const { page, run, workspace } = bench;
  const lines = run.events.map((event) => `${JSON.stringify(event)}\n`);
  const live = workspace.path('debug/traces/live.jsonl');
  writeFileSync(live, lines.slice(0, 20).join(''));
  await n3.start(page, 'Follow a run');
  await n3.restsAnywhere(page);
  assert.match((await n3.readPosition(page)).text, /≥/);
  appendFileSync(live, lines.slice(20).join(''));
  await n3.until(
    'rest of the run',
    async () => (await n3.readPosition(page)).last,
    (last) => last === run.events.length - 1,
  );
});

test('a trace that is not there is named in a sentence with ways out', async () => {
  const { page } = bench;
  await n3.start(page, 'Replay a trace that is not there');
  await n3.notification(page, /nowhere\.jsonl/);
  const buttons = await page.locator('.notifications-toasts .monaco-button').allTextContents();
  assert.deepEqual(buttons, ['Pick a Trace', 'Open launch.json']);
});

test('without the Python package the command that installs it is shown, and typed into a terminal on request', async () => {
  const { page, server, workspace } = bench;
  // An interpreter of its own knows nothing of the package that is under test.
  await n3.python(['-m', 'venv', '--without-pip', workspace.path('bare')]);
  server.set({ 'namel3ss.pythonPath': workspace.path('bare/bin/python') });
  try {
    const seen = await n3.until(
      'complaint',
      async () => {
        await n3.start(page, 'Replay');
        return n3.until('answer', async () => (await n3.notifications(page)).join('\n'), Boolean, 5000);
      },
      (text) => /is not installed/.test(text),
      60_000,
    );
    assert.match(seen, /-m pip install --upgrade namel3ss-dbg/);
    await n3.notification(page, /is not installed/, 'Install in a Terminal');
    const rows = page.locator('.terminal-wrapper .xterm-rows').first();
    const typed = async () => (await rows.innerText()).replaceAll(/\s/g, '');
    await n3.until('command in the terminal', typed, (text) => text.includes('-mpipinstall--upgradenamel3ss-dbg'));
    await n3.runCommand(page, 'Terminal: Kill All Terminals');
  } finally {
    server.set({});
  }
});
