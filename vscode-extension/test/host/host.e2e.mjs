// Runs suite.cjs inside the extension host of a real VS Code, with the extension as it lies in its folder.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { makeWorkspace, openWorkbench, PYTHON, startServer } from '../e2e/bench/index.mjs';

const EXTENSION = process.env.N3_EXTENSION ?? fileURLToPath(new URL('../..', import.meta.url));
const SUITE = fileURLToPath(new URL('suite.cjs', import.meta.url));
const MOST_MS = 90_000;
let workspace;
let server;
let window;

before(async () => {
  workspace = await makeWorkspace('two_reviewers');
  server = await startServer({
    folder: workspace.folder,
    settings: { 'namel3ss.pythonPath': PYTHON, 'namel3ss.openTimeline': 'never' },
  });
});
after(async () => {
  await window?.close();
  await server?.stop();
  workspace?.remove();
});

test('inside of the extension host', async (context) => {
  window = await openWorkbench({
    origin: server.origin,
    folder: workspace.folder,
    extension: EXTENSION,
    tests: SUITE,
  });
  const late = new Promise((done) => setTimeout(done, MOST_MS, 'nothing').unref());
  const code = await Promise.race([window.testsDone, late]);
  const said = window.testLog.filter((line) => /^\w+ (not )?ok /.test(line));
  for (const line of said) context.diagnostic(line);
  assert.equal(code, 0, window.testLog.slice(-40).join('\n'));
  assert.ok(said.length > 5, 'the suite has run');
});
