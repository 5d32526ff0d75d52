// Takes the pictures of the README; or the same windows in every kind of theme, for those who look after them.
//
//   node test/e2e/pictures.mjs [DIRECTORY]      without a directory: those of the README, into media/pictures
import { mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as n3 from './bench/index.mjs';

const MOST_BYTES = 150_000;
const README = fileURLToPath(new URL('../../media/pictures', import.meta.url));
const target = process.argv[2] ?? README;
const THEMES = {
  light: { label: 'Default Light Modern', kind: '.vs' },
  dark: { label: 'Default Dark Modern', kind: '.vs-dark' },
  contrast: { label: 'Default High Contrast', kind: '.hc-black' },
  'contrast-light': { label: 'Default High Contrast Light', kind: '.hc-light' },
};
const SIZE = { width: 1120, height: 690 };
const NOTHING = { x: 240, y: 12 }; // nothing there shows something over itself when it is pointed at

/** Opens an example in a window, and closes it when `look` has seen it. */
async function visit(example, recording, look) {
  const workspace = await n3.makeWorkspace(example, recording);
  const settings = {
    'namel3ss.pythonPath': n3.PYTHON,
    'namel3ss.openTimeline': 'never',
    'debug.internalConsoleOptions': 'neverOpen',
    'window.title': '${rootName}',
  };
  const server = await n3.startServer({ folder: workspace.folder, vsix: n3.VSIX, settings });
  const window = await n3.openWorkbench({
    origin: server.origin,
    folder: workspace.folder,
    file: 'app.ai',
    viewport: SIZE,
  });
  try {
    await n3.debuggersKnown(window.page);
    await look({ page: window.page, server, workspace, run: workspace.run() });
  } finally {
    await window.close();
    await server.stop();
    workspace.remove();
  }
}

/** Takes a picture: for the README in one theme, for a directory in all of them. */
async function take({ page, server }, name, theme) {
  for (const each of target === README ? [theme] : Object.keys(THEMES)) {
    const { label, kind } = THEMES[each];
    server.set({ 'workbench.colorTheme': label });
    await page.locator(`.monaco-workbench${kind}`).waitFor();
    await page.mouse.move(NOTHING.x, NOTHING.y);
    let before;
    await n3.until('window that keeps still', async () => {
      const now = await page.screenshot();
      const isStill = before?.equals(now);
      before = now;
      return isStill;
    });
    const file = path.join(target, target === README ? `${name}.png` : `${name}-${each}.png`);
    await page.screenshot({ path: file });
    const { size } = statSync(file);
    console.log(`${path.relative(process.cwd(), file)}: ${size} bytes`);
    if (target === README && size > MOST_BYTES) throw new Error(`${name} has more than ${MOST_BYTES} bytes`);
  }
}

const roomFor = async (page, ...wanted) => {
  for (const title of ['Variables', 'Watch', 'Call Stack', 'Loaded Scripts', 'Breakpoints', 'Events', 'Traces']) {
    if (wanted.includes(title)) await n3.openPane(page, title);
    else if (await n3.pane(page, title).count()) await n3.closePane(page, title);
  }
};

async function showTimeline(page) {
  await n3.runCommand(page, 'namel3ss: Show Timeline');
  const frame = await n3.webview(page, 'main.timeline');
  await n3.dataOf(frame, 'main.timeline', 'state', (state) => state === 'ready');
}

mkdirSync(target, { recursive: true });
const HIKE = { input: 'Where should the four of us hike on Saturday?' };

await visit('flaky_weather', HIKE, async (window) => {
  const { page, run } = window;
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await roomFor(page, 'Variables', 'Call Stack', 'Events');
  const answer = run.moment('llm_call_end', undefined, 4);
  await n3.goToMoment(page, answer);
  await n3.until('answer behind the line', () => n3.readInlineValue(page, run.line(answer)));
  await page.setViewportSize({ ...SIZE, height: 560 });
  await take(window, 'replay', 'dark');
  await page.setViewportSize(SIZE);

  await showTimeline(page);
  await n3.goToMoment(page, 0);
  await n3.pressTo(page, 'Continue', run.moment('error_occurred'));
  await page.locator('.exception-widget').waitFor();
  await take(window, 'error', 'light');

  await n3.stopDebugging(page);
  await n3.runCommand(page, 'View: Hide Panel');
  await roomFor(page, 'Traces');
  await n3.treeRow(page, 'Traces', 'Weekend planner').click();
  const editor = await n3.webview(page, 'body[data-events]');
  await editor.locator('input[type=search], input').first().fill('find_train');
  await editor.locator('.row', { hasText: 'find_train' }).first().click();
  await take(window, 'trace-editor', 'light');
});

await visit('two_reviewers', {}, async (window) => {
  const { page, run } = window;
  await n3.start(page, 'Replay');
  await n3.restsAt(page, 0);
  await roomFor(page, 'Call Stack', 'Events');
  await showTimeline(page);
  await n3.goToMoment(page, run.moment('tool_call_start', 'run_tests'));
  await n3.runCommand(page, 'View: Toggle Maximized Panel');
  await page.setViewportSize({ ...SIZE, height: 600 });
  await take(window, 'timeline', 'dark');
});
