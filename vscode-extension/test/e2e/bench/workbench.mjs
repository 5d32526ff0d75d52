// The workbench as a person meets it: a window, its palette, its menus, notifications and status bar.
import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { insist, until } from './until.mjs';

const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
// Open builds of the server lack a module that every page asks for.
const HARMLESS = /vsda|Failed to load resource/;
// Where screenshots go; what failed is shown there, too.
const SHOTS = process.env.SHOTS ?? fileURLToPath(new URL('../results', import.meta.url));

/**
 * Opens a folder in a window. `file` is opened in an editor; `extension` is an unpacked extension to load; `tests` is a
 * module whose run() is called in the extension host, and `testsDone` resolves to its exit code.
 */
export async function openWorkbench({ origin, folder, file, extension, tests, viewport }) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? BROWSERS.find(existsSync),
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
  let page;
  try {
    page = await browser.newPage({
      viewport: viewport ?? { width: 1500, height: 1200 },
      reducedMotion: 'reduce',
    });
    const problems = [];
    page.on('console', (said) => {
      if (said.type() === 'error' && !HARMLESS.test(said.text())) problems.push(said.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));

    // Before the editor's own listeners, which keep keys to themselves: when one was pressed, for those who measure.
    await page.addInitScript(() =>
      window.addEventListener('keydown', () => (window.keyPressedAt = performance.now()), { capture: true }),
    );
    const testLog = [];
    let testsDone;
    if (tests) {
      testsDone = new Promise((done) => page.exposeFunction('codeAutomationExit', done));
      await page.exposeFunction('codeAutomationLog', (type, said) => testLog.push([type, ...said].join(' ')));
    }
    const remote = (name) => `vscode-remote://${new URL(origin).host}${path.resolve(folder, name)}`;
    const payload = [];
    if (file) payload.push(['openFile', remote(file)]);
    if (extension) payload.push(['extensionDevelopmentPath', remote(extension)]);
    if (tests) payload.push(['extensionTestsPath', remote(tests)]);
    const query = new URLSearchParams({ folder: path.resolve(folder) });
    if (payload.length) query.set('payload', JSON.stringify(payload));
    await page.goto(`${origin}/?${query}`);
    await page.waitForSelector('.monaco-workbench .statusbar', { timeout: 60_000 });
    if (file)
      await page.waitForSelector(`.tab.active[data-resource-name="${path.basename(file)}"]`, { timeout: 30_000 });
    // It looks ready long before it is; its last phase leaves marks.
    const marks = ['code/LifecyclePhase/Eventually', 'code/didLoadExtensions'];
    const begun = () =>
      page.evaluate((names) => names.every((name) => performance.getEntriesByName(name).length), marks);
    await until('end of the start-up', begun, Boolean, 60_000);
    return { page, problems, testsDone, testLog, close: () => browser.close() };
  } catch (error) {
    if (page) await picture(page, 'no-window');
    await browser.close();
    throw error;
  }
}

/** Takes a picture of the window, or of a part of it, and says where it is. */
export async function picture(page, name, options = {}) {
  mkdirSync(SHOTS, { recursive: true });
  const file = path.join(SHOTS, `${name.replace(/\W+/g, '-')}.png`);
  await page.screenshot({ path: file, ...options });
  return file;
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const quickInput = (page) => page.locator('.quick-input-widget .quick-input-box input');

/** Closes the palette or whatever else is being asked. */
export async function dismissQuickInput(page) {
  await insist(
    'closed palette',
    () => page.keyboard.press('Escape'),
    async () => !(await page.locator('.quick-input-widget').isVisible()),
  );
}

/** The entries that are offered, in order. */
export const quickPicks = (page) => page.locator('.quick-input-list .monaco-list-row .label-name').allTextContents();

/** Takes the entry that is called this, or begins with it; `filter` is typed first. */
export async function pick(page, label, { filter, exact = true, timeoutMs = 10_000 } = {}) {
  const pattern = typeof label === 'string' ? new RegExp(`^${escaped(label)}${exact ? '$' : ''}`) : label;
  const row = page
    .locator('.quick-input-list .monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: pattern }) })
    .first();
  try {
    await page.locator('.quick-input-widget').waitFor({ timeout: timeoutMs });
    if (filter !== undefined) await quickInput(page).fill(filter, { timeout: timeoutMs });
    await row.click({ timeout: timeoutMs });
  } catch {
    const seen = await quickPicks(page);
    await dismissQuickInput(page);
    throw new Error(`nothing is called ${label}; there are: ${seen.join(' | ')}`);
  }
}

/** Answers a question that is asked at the top of the window. */
export async function answer(page, text) {
  const input = quickInput(page);
  await input.waitFor();
  await input.fill(text);
  await input.press('Enter');
}

const openPalette = (page) =>
  insist(
    'palette',
    () => page.keyboard.press('F1'),
    async () => (await quickInput(page).inputValue({ timeout: 500 })).startsWith('>'),
  );

/** Runs the command of this title from the palette. Whatever takes the keyboard meanwhile closes it: then once more. */
export async function runCommand(page, title) {
  for (let left = 4; ; left--) {
    await openPalette(page);
    try {
      return await pick(page, title, { filter: `>${title}`, timeoutMs: 4000 });
    } catch (error) {
      if (left === 0) throw error;
    }
  }
}

/** Whether the palette knows a command; other than `runCommand` it does not run it. */
export async function offersCommand(page, title) {
  await openPalette(page);
  await quickInput(page).fill(`>${title}`);
  const seen = await until(
    'answer of the palette',
    () => quickPicks(page),
    (found) => found.length > 0,
  );
  await dismissQuickInput(page);
  return seen.includes(title);
}

/**
 * Takes an entry of the context menu of something. A menu takes a click that comes too soon for the end of the one
 * that opened it, so the entry is clicked until the menu has gone.
 */
export async function contextMenu(page, target, label) {
  const menu = page.locator('.monaco-menu');
  const entry = menu.locator('.action-label', { hasText: label }).first();
  await insist(
    'menu',
    () => target.click({ button: 'right' }),
    () => entry.isVisible(),
  );
  await insist(
    `taken entry ${label}`,
    () => entry.click({ timeout: 1000 }).catch(() => {}),
    async () => !(await menu.isVisible()),
    { patienceMs: 400 },
  );
}

/** What the notifications on the screen say. */
export const notifications = (page) =>
  page
    .locator('.notifications-toasts .notification-list-item-message')
    .allTextContents()
    .then((texts) => texts.map((text) => text.trim()));

/** Waits for a notification, and presses one of its buttons if told to. */
export async function notification(page, pattern, button) {
  const text = await until('notification', async () => (await notifications(page)).find((said) => pattern.test(said)));
  if (button) {
    const item = page.locator('.notification-list-item', { hasText: pattern }).first();
    await item.locator('.monaco-button', { hasText: button }).first().click();
  }
  return text;
}

/** What a dialog in the middle of the window says, once there is one; presses one of its buttons. */
export async function dialog(page, button) {
  const box = page.locator('.monaco-dialog-box');
  await box.waitFor();
  const text = (await box.locator('.dialog-message-container').innerText()).trim();
  await insist(
    'closed dialog',
    () =>
      box
        .locator('.monaco-button', { hasText: button })
        .first()
        .click({ timeout: 1000 })
        .catch(() => {}),
    async () => !(await box.isVisible()),
    { patienceMs: 500 },
  );
  return text;
}

/** The texts of the status bar. */
export const statusBar = (page) =>
  page
    .locator('.statusbar .statusbar-item')
    .allTextContents()
    .then((texts) => texts.map((text) => text.replaceAll('\u00a0', ' ').trim()).filter(Boolean));

/** Closes everything that was opened and asks for one file. */
export async function openFile(page, name) {
  await insist(
    'question for a file',
    () => page.keyboard.press('Control+p'),
    async () => (await quickInput(page).inputValue({ timeout: 500 })) !== undefined && quickInput(page).isVisible(),
  );
  await quickInput(page).fill(name);
  const row = page.locator('.quick-input-list .monaco-list-row', { hasText: path.basename(name) }).first();
  await row.click();
  await page.waitForSelector(`.tab.active[data-resource-name="${path.basename(name)}"]`);
}
