// The Debug Console: what is typed there, and what it answers.
import { readRows } from './panes.mjs';
import { until } from './until.mjs';
import { runCommand } from './workbench.mjs';

/** All lines of the console, in order. */
export const readConsole = async (page) =>
  (await readRows(page, page.locator('.repl .monaco-list').first())).map((row) => row.text);

/** Waits for a line with this text; what a program has said comes after the event that says so. */
export const waitForConsole = (page, text) =>
  until(`"${text}" in the console`, async () => (await readConsole(page)).find((line) => line.includes(text)));

/** Brings the console to the front, with nothing in it if it is not told otherwise. */
export async function openConsole(page, { clear = true } = {}) {
  await runCommand(page, 'Debug Console: Focus on Debug Console View');
  await page.locator('.repl-input-wrapper .view-lines').waitFor();
  if (!clear || !(await page.locator('.repl .monaco-list-row').count())) return;
  await page.locator('.part.panel .action-label[aria-label^="Clear Console"]').first().click();
  await until('empty console', async () => !(await page.locator('.repl .monaco-list-row').count()));
}

/** Types something and gives the lines that it was answered with. */
export async function evaluate(page, text) {
  await openConsole(page);
  const input = page.locator('.repl-input-wrapper .view-lines');
  await input.click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Delete');
  await page.keyboard.insertText(text);
  await until('text that was typed', async () => (await input.textContent()).replaceAll('\u00a0', ' ').includes(text));
  await page.keyboard.press('Enter');
  return (
    await until(
      `answer to ${text}`,
      () => readConsole(page),
      (lines) => lines.length >= 2,
    )
  ).slice(1);
}
