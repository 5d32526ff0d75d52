// The panes of the side bar: call stack, variables, breakpoints, and trees of extensions. Read as they are shown.
import { insist, pause, until } from './until.mjs';

const titled = (page, title) => page.locator('.title', { hasText: new RegExp(`^${title}$`, 'i') });
const header = (page, title) => page.locator('.pane-header', { has: titled(page, title) }).first();

/** A pane, by its title. */
export const pane = (page, title) => page.locator('.pane', { has: titled(page, title) }).first();

async function fold(page, title, wanted) {
  await header(page, title).waitFor();
  await insist(
    `pane ${title} ${wanted}`,
    async () => {
      if ((await header(page, title).getAttribute('aria-expanded')) !== wanted) await header(page, title).click();
    },
    async () => (await header(page, title).getAttribute('aria-expanded')) === wanted,
  );
}

/** Opens a pane that is closed. */
export const openPane = (page, title) => fold(page, title, 'true');

/** Closes a pane, so that others have room. */
export const closePane = (page, title) => fold(page, title, 'false');

/** All rows of a list. One draws only what fits, so a longer one is turned through with the wheel and left at its top. */
export async function readRows(page, list) {
  if (!(await list.count())) return [];
  const look = () =>
    list.evaluate((element) => {
      const text = (row, css) => (row.querySelector(css)?.textContent ?? '').replaceAll('\u00a0', ' ');
      const rows = element.querySelector('.monaco-list-rows');
      return {
        height: parseFloat(rows.style.height) || 0,
        view: element.clientHeight,
        rows: [...rows.querySelectorAll(':scope > .monaco-list-row')].map((row) => ({
          index: Number(row.dataset.index),
          level: Number(row.getAttribute('aria-level')),
          selected: row.getAttribute('aria-selected') === 'true',
          expanded: row.getAttribute('aria-expanded'),
          scope: text(row, '.scope'),
          thread: text(row, '.thread > .name'),
          session: text(row, '.session > .name'),
          state: text(row, '.state.label'),
          frame: text(row, '.stack-frame .label'),
          subtle: Boolean(row.querySelector('.stack-frame.label, .stack-frame.subtle')),
          file: text(row, '.file-name'),
          position: text(row, '.line-number'),
          name: text(row, '.expression .name'),
          value: text(row, '.expression .value'),
          label: text(row, '.label-name'),
          description: text(row, '.label-description'),
          icon: /codicon-([\w-]+)/.exec(row.querySelector('.custom-view-tree-node-item-icon')?.className ?? '')?.[1],
          aria: row.getAttribute('aria-label') ?? '',
          text: (row.querySelector('.output, .evaluation-result, .input') ?? row).textContent.trim(),
        })),
      };
    });
  const seen = new Map();
  const keep = (state) => state.rows.forEach((row) => seen.set(row.index, row));
  let state = await look();
  keep(state);
  if (state.height > state.view + 1) {
    const box = await list.boundingBox();
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    const turn = async (by) => {
      await page.mouse.wheel(0, by);
      await pause();
      state = await look();
    };
    await turn(-1e6);
    seen.clear();
    keep(state);
    for (let left = Math.ceil(state.height / Math.max(state.view, 22)) + 2; left > 0; left--) {
      await turn(Math.max(state.view - 44, 22));
      keep(state);
    }
    await turn(-1e6);
  }
  return [...seen.values()].sort((one, other) => one.index - other.index);
}

const listIn = (page, css) => page.locator(`${css} .monaco-list`).first();

/** The frames that are shown, innermost first. */
export async function readCallStack(page) {
  return (await readRows(page, listIn(page, '.debug-call-stack')))
    .filter((row) => row.frame)
    .map((row) => ({
      name: row.frame,
      file: row.file,
      line: Number(row.position.split(':')[0]),
      selected: row.selected,
    }));
}

/** The threads that are shown, with what is said about each. */
export async function readThreads(page) {
  return (await readRows(page, listIn(page, '.debug-call-stack')))
    .filter((row) => row.thread)
    .map((row) => ({ name: row.thread, state: row.state, expanded: row.expanded }));
}

/** The row of the call stack with this text. */
export const callStackRow = (page, text) =>
  page.locator('.debug-call-stack .monaco-list-row', { hasText: text }).first();

/** What variables are shown, in order, each with the path to it. */
export async function readVariables(page) {
  const found = [];
  const parents = [];
  let scope = '';
  for (const row of await readRows(page, listIn(page, '.debug-variables'))) {
    if (row.scope) {
      scope = row.scope;
      continue;
    }
    const name = row.name.replace(/\s*[=:]\s*$/, '');
    parents.length = Math.max(row.level - 2, 0);
    parents.push(name);
    found.push({ scope, path: parents.join('.'), name, value: row.value, expandable: row.expanded !== null });
  }
  return found;
}

/** The names of the scopes, in order. */
export const readScopes = async (page) =>
  (await readRows(page, listIn(page, '.debug-variables'))).filter((row) => row.scope).map((row) => row.scope);

/** Waits until a variable has a value. The editor fills the pane a while after every stop. */
export const variable = (page, path, accept = Boolean) =>
  until(
    `variable ${path}`,
    async () => (await readVariables(page)).find((row) => row.path === path)?.value,
    (value) => value !== undefined && accept(value),
  );

/**
 * Opens a scope or a variable that is closed. The pane shows the stop before for a while after a stop; what is opened
 * too early shows that it has gone, and is opened again.
 */
export async function expandVariable(page, name) {
  const title = new RegExp(`^${name.replaceAll(/[[\]().]/g, '\\$&')}\\s*[=:]?\\s*$`);
  const row = page
    .locator('.debug-variables .monaco-list-row', { has: page.locator('.name, .scope', { hasText: title }) })
    .first();
  await row.waitFor();
  await insist(
    `open ${name}`,
    async () => {
      if ((await row.getAttribute('aria-expanded', { timeout: 2000 })) === 'false') {
        await row.locator('.monaco-tl-twistie').click({ timeout: 2000 });
      }
    },
    async () => {
      if ((await row.getAttribute('aria-expanded')) !== 'true') return false;
      return !(await page.locator('.debug-variables').innerText()).includes('There are no variables of number');
    },
  );
  return row;
}

/** The rows of an extension's tree. */
export async function readTree(page, title) {
  await openPane(page, title);
  return readRows(page, pane(page, title).locator('.monaco-list').first());
}

/** A row of an extension's tree that is in view, by the text it begins with. */
export const treeRow = (page, title, text) =>
  pane(page, title)
    .locator('.monaco-list-row')
    .filter({ has: page.locator('.label-name', { hasText: text }) })
    .first();

/** Turns the wheel over a tree until a row of it is in view. */
export async function turnTo(page, title, row) {
  await pane(page, title).locator('.monaco-list').first().hover();
  await until('row in view', async () => {
    if (await row.isVisible()) return true;
    await page.mouse.wheel(0, 200);
    return false;
  });
}

/** Presses a button in the title of a pane. */
export async function paneAction(page, title, label) {
  await header(page, title).hover();
  await pane(page, title).locator(`.pane-header .action-label[aria-label^="${label}"]`).first().click();
}

/** Types a place to stop at; the editor calls it a function breakpoint, and the adapter gives it its meaning. */
export async function addFunctionBreakpoint(page, name) {
  await openPane(page, 'Breakpoints');
  await paneAction(page, 'Breakpoints', 'Add Function Breakpoint');
  const input = page.locator('.debug-breakpoints .inputBoxContainer input').first();
  await input.fill(name);
  await input.press('Enter');
  await breakpointRow(page, name).waitFor();
}

/** A row of the Breakpoints pane. */
export const breakpointRow = (page, text) =>
  page.locator('.debug-breakpoints .monaco-list-row', { hasText: text }).first();

/** Ticks or clears a breakpoint, and says what it was before. */
export async function setChecked(page, text, wanted) {
  await openPane(page, 'Breakpoints');
  const box = breakpointRow(page, text).locator('input[type=checkbox], .monaco-checkbox').first();
  await box.waitFor();
  const was = await box.isChecked();
  if (was !== wanted) await box.click();
  return was;
}

/** The row of a variable; the pane is turned to where it is. */
export async function variableRow(page, name) {
  const list = page.locator('.debug-variables .monaco-list').first();
  const row = list
    .locator('.monaco-list-row')
    .filter({ has: page.locator('.expression .name', { hasText: new RegExp(`^${name}\\s*[=:]?\\s*$`) }) })
    .first();
  await until(`variable ${name}`, async () => (await readVariables(page)).some((each) => each.name === name));
  await list.hover();
  await until(`row of ${name}`, async () => {
    if (await row.isVisible()) return true;
    await page.mouse.wheel(0, 66);
    return false;
  });
  return row;
}

/** Does something while a filter of the Breakpoints pane is on or off, and says how it was before. */
export async function withFilter(page, label, wanted, action) {
  const was = await setChecked(page, label, wanted);
  try {
    await action();
  } finally {
    await setChecked(page, label, was);
  }
  return was;
}
