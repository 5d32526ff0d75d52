// Recordings: the list of them, the editor that shows one, the link above an app, and the configurations that find one.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import * as n3 from './bench/index.mjs';

const TRACES = ['debug/traces/run.jsonl', 'debug/traces/again.jsonl'];
const bench = n3.useBench('ticket_triage', { traces: TRACES });

async function openList(page) {
  await n3.runCommand(page, 'View: Show Run and Debug');
  await n3.openPane(page, 'Traces');
  return n3.until(
    'traces',
    () => n3.readTree(page, 'Traces'),
    (rows) => rows.length > 0,
  );
}

test('traces are listed with what they cost', async () => {
  const rows = await openList(bench.page);
  assert.equal(rows.length, 2);
  for (const row of rows) {
    assert.equal(row.label, 'Ticket triage');
    assert.match(row.description, /ms|s/);
    assert.match(row.description, /tokens/);
    assert.match(row.aria, /completed/);
  }
});

test('a trace of the list is replayed', async () => {
  const { page } = bench;
  await openList(page);
  const row = n3.treeRow(page, 'Traces', 'Ticket triage');
  await row.hover();
  await row.locator('.action-label[aria-label^="Replay"]').click();
  await n3.restsAt(page, 0);
});

test('a trace opens in its editor, and an event of it shows all that was said', async () => {
  const { page, run } = bench;
  await openList(page);
  await n3.treeRow(page, 'Traces', 'Ticket triage').click();
  const frame = await n3.webview(page, 'body[data-events]');
  await n3.dataOf(frame, 'body', 'events', (count) => Number(count) === run.events.length);
  await frame.locator('.row', { hasText: 'search_help' }).first().click();
  await n3.until('whole event', async () => (await frame.locator('body').innerText()).includes('query'));
});

test('the newest trace is replayed without being named', async () => {
  const { page } = bench;
  await n3.start(page, 'Replay the latest trace');
  await n3.restsAt(page, 0);
});

test('a trace is picked from a list', async () => {
  const { page } = bench;
  await n3.start(page, 'Pick a trace');
  await n3.until('list', async () => (await n3.quickPicks(page)).some((text) => text.includes('Ticket triage')));
  await n3.pick(page, /Ticket triage/);
  await n3.restsAt(page, 0);
});

test('above the app stands how its last run ended, and the link replays it', async () => {
  const { page } = bench;
  const links = await n3.until(
    'links',
    () => n3.readCodeLenses(page),
    (found) => found.length >= 2,
  );
  assert.ok(
    links.some((text) => /Replay last run · completed/.test(text)),
    links.join(' | '),
  );
  await page.locator('.codelens-decoration a', { hasText: 'Replay last run' }).first().click();
  await n3.restsAt(page, 0);
});

test('a trace is deleted when the person is sure', async () => {
  const { page, workspace } = bench;
  const before = await openList(page);
  await n3.contextMenu(page, n3.treeRow(page, 'Traces', 'Ticket triage'), /^Delete/);
  await n3.dialog(page, 'Delete');
  // A server has no trash, and says so before anything is lost.
  if (await page.locator('.monaco-dialog-box').isVisible()) await n3.dialog(page, 'Delete for Good');
  await n3.until(
    'shorter list',
    () => n3.readTree(page, 'Traces'),
    (rows) => rows.length === before.length - 1,
  );
  assert.equal(TRACES.filter((name) => existsSync(workspace.path(name))).length, before.length - 1);
});
