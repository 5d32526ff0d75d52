// The text editor: lines, what hangs in its margin, what is written behind a line, and what floats over it.
import { insist, until } from './until.mjs';
import { runCommand } from './workbench.mjs';

const EDITOR = '.editor-instance .monaco-editor';

/** Gives the keyboard to the editor. */
export const focusEditor = (page) =>
  insist(
    'editor that has the keyboard',
    () => page.keyboard.press('Control+1'),
    () => page.evaluate((css) => Boolean(document.activeElement?.closest(css)), EDITOR),
  );

/** Puts the cursor on a line. */
export async function goToLine(page, line) {
  const active = page
    .locator(`${EDITOR} .line-numbers.active-line-number`, { hasText: new RegExp(`^${line}$`) })
    .first();
  await insist(
    `cursor on line ${line}`,
    async () => {
      await focusEditor(page);
      await page.keyboard.press('Control+g');
      const input = page.locator('.quick-input-widget .quick-input-box input');
      await input.waitFor();
      await input.fill(`:${line}`);
      await page.keyboard.press('Enter');
    },
    () => active.isVisible(),
  );
}

// The lines with something in their margin, by where it is drawn.
function linesWith(page, glyph) {
  return page.evaluate(
    ([css, name]) => {
      const editor = document.querySelector(css);
      const numbers = [...editor.querySelectorAll('.margin-view-overlays .line-numbers')].map((element) => ({
        top: element.getBoundingClientRect().top,
        line: Number(element.textContent),
      }));
      return [...editor.querySelectorAll(`.glyph-margin-widgets .${name}`)]
        .map((element) => {
          const top = element.getBoundingClientRect().top;
          return numbers.find((number) => Math.abs(number.top - top) < 4)?.line;
        })
        .filter((line) => line !== undefined)
        .sort((one, other) => one - other);
    },
    [EDITOR, glyph],
  );
}

/** The lines in view that have a breakpoint which can stop. */
export const readBreakpoints = (page) => linesWith(page, 'codicon-debug-breakpoint');

/** The lines in view whose breakpoint has a condition. */
export const readConditionalBreakpoints = (page) => linesWith(page, 'codicon-debug-breakpoint-conditional');

/** The lines in view whose breakpoint writes something instead of stopping. */
export const readLogPoints = (page) => linesWith(page, 'codicon-debug-breakpoint-log');

/** Waits until the line is marked where the run rests; the editor draws the mark some time after a stop. */
export const stopsOnLine = (page, line) =>
  until(
    `mark on line ${line}`,
    async () => (await linesWith(page, 'codicon-debug-stackframe')).at(0),
    (found) => found === line,
  );

/** The line of the cursor. */
export const activeLine = async (page) =>
  Number(await page.locator(`${EDITOR} .line-numbers.active-line-number`).first().textContent());

/** Sets a breakpoint as a person does. Before all debuggers are known the key does nothing, so it is pressed again. */
export async function setBreakpoint(page, line) {
  await goToLine(page, line);
  await insist(
    `breakpoint on line ${line}`,
    () => page.keyboard.press('F9'),
    async () => (await allBreakpoints(page)).some((found) => Math.abs(found - line) < 2),
  );
}

const allBreakpoints = async (page) => [
  ...(await readBreakpoints(page)),
  ...(await linesWith(page, 'codicon-debug-breakpoint-unverified')),
];

/** Sets a breakpoint with something to say in the box that opens under the line. */
export async function setSpecialBreakpoint(page, line, kind, text) {
  await goToLine(page, line);
  await runCommand(page, kind === 'log' ? 'Debug: Add Logpoint...' : 'Debug: Add Conditional Breakpoint...');
  const box = page.locator('.breakpoint-widget .inputContainer .view-lines');
  await box.waitFor();
  await box.click();
  await page.keyboard.insertText(text); // unlike typing it opens no suggestion, which would swallow the Enter
  await until('text in the box', async () => (await box.textContent()).replaceAll('\u00a0', ' ') === text);
  await page.keyboard.press('Enter');
  await page.locator('.breakpoint-widget').waitFor({ state: 'hidden' });
}

/** What is written behind the code of a line while the run rests. */
export function readInlineValue(page, line) {
  return page.evaluate(
    ([css, wanted]) => {
      const editor = document.querySelector(css);
      const top = [...editor.querySelectorAll('.margin-view-overlays .line-numbers')]
        .find((element) => Number(element.textContent) === wanted)
        ?.getBoundingClientRect().top;
      const row = [...editor.querySelectorAll('.view-lines .view-line')].find(
        (element) => Math.abs(element.getBoundingClientRect().top - top) < 4,
      );
      return [...(row?.querySelectorAll('[class*="debug-inline-value"], [class*="ced-"]') ?? [])]
        .map((element) => element.textContent)
        .join('')
        .replace(/\u00a0/g, ' ')
        .trim();
    },
    [EDITOR, line],
  );
}

/** Points at a word of the code and gives what is shown over it. */
export async function hover(page, line, word) {
  await goToLine(page, line); // only lines in view can be pointed at
  const box = await page.evaluate(
    ([css, wanted, text]) => {
      const editor = document.querySelector(css);
      const top = [...editor.querySelectorAll('.margin-view-overlays .line-numbers')]
        .find((element) => Number(element.textContent) === wanted)
        .getBoundingClientRect().top;
      const row = [...editor.querySelectorAll('.view-lines .view-line')].find(
        (element) => Math.abs(element.getBoundingClientRect().top - top) < 4,
      );
      const walker = document.createTreeWalker(row, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node; node = walker.nextNode()) {
        const at = node.textContent.indexOf(text);
        if (at < 0) continue;
        const range = document.createRange();
        range.setStart(node, at);
        range.setEnd(node, at + text.length);
        const { x, y, width, height } = range.getBoundingClientRect();
        return { x: x + width / 2, y: y + height / 2 };
      }
      return undefined;
    },
    [EDITOR, line, word],
  );
  if (!box) throw new Error(`there is no ${word} on line ${line}`);
  const card = page
    .locator('.debug-hover-widget, .monaco-hover.monaco-editor-hover, .monaco-editor-hover')
    .locator('visible=true')
    .first();
  await insist(
    'hover',
    async () => {
      await page.mouse.move(box.x - 40, box.y + 60);
      await page.mouse.move(box.x, box.y, { steps: 4 });
    },
    () => card.isVisible(),
    { patienceMs: 2500 },
  );
  return until('text of the hover', async () => (await card.innerText()).trim());
}

/** The links above the code. */
export const readCodeLenses = (page) =>
  page
    .locator(`${EDITOR} .codelens-decoration a, ${EDITOR} .codelens-decoration span`)
    .allTextContents()
    .then((texts) => texts.map((text) => text.trim()).filter(Boolean));

/** The title of the editor in front. */
export const activeTab = (page) =>
  page.locator('.editor-group-container.active .tab.active').first().getAttribute('data-resource-name');

/** The text of the editor in front that fits on the screen. */
export const visibleText = (page) =>
  page
    .locator('.editor-group-container.active .monaco-editor .view-line')
    .allTextContents()
    .then((lines) => lines.join('\n').replaceAll('\u00a0', ' '));
