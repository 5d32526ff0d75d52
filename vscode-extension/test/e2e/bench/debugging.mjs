// A session: starting it, moving in it, and knowing where it rests. Every stop has its number on the status bar, so a
// test waits for the stop it expects and for nothing else.
import { insist, pause, until } from './until.mjs';
import {
  answer,
  dismissQuickInput,
  notifications,
  offersCommand,
  openFile,
  pick,
  runCommand,
  statusBar,
} from './workbench.mjs';

const POSITION = /event (\d+) of (?:≥ )?(\d+)/;

/** Where the run is said to rest: `{moment, last, text}`; undefined while nothing is said. */
export async function readPosition(page) {
  for (const text of await statusBar(page)) {
    const found = POSITION.exec(text);
    if (found) return { moment: Number(found[1]), last: Number(found[2]), text };
  }
  return undefined;
}

/** Whether a session rests: then the bar offers to go on, and else to pause. */
const rests = (page) =>
  page.locator('.debug-toolbar .codicon-debug-continue').locator('visible=true').first().isVisible();

/** Waits until the run rests at a moment. */
export const restsAt = (page, moment) =>
  until(
    `stop at event ${moment}`,
    async () => {
      const position = await readPosition(page);
      return { moment: position?.moment, rests: await rests(page), said: await notifications(page) };
    },
    (seen) => seen.moment === moment && seen.rests,
  );

/** Waits until the run rests anywhere, and says where. */
export async function restsAnywhere(page) {
  await until('stop', async () => (await readPosition(page)) && (await rests(page)));
  return (await readPosition(page)).moment;
}

const STOP = '.debug-toolbar .codicon-debug-stop, .debug-toolbar .codicon-debug-disconnect';
const stopButton = (page) => page.locator(STOP).locator('visible=true').first(); // the bar stays, hidden, after the end
const isDebugging = (page) => stopButton(page).isVisible();

/** F5. Before all debuggers are known the key opens a view instead, so it is pressed again. */
export async function pressF5(page) {
  await insist(
    'session',
    () => page.keyboard.press('F5'),
    () => isDebugging(page),
    { patienceMs: 4000 },
  );
}

/** Waits until the window knows what can be debugged; some time after its start, and nothing says when. */
export const debuggersKnown = (page) =>
  until('debugger', () => offersCommand(page, 'Debug: Select and Start Debugging'), Boolean, 60_000);

/** Starts a configuration of launch.json by its name. */
export async function start(page, name) {
  await runCommand(page, 'Debug: Select and Start Debugging');
  await pick(page, name);
}

/** Presses a button of the debug toolbar by the beginning of its name. */
export const press = (page, label) =>
  page.locator(`.debug-toolbar .action-label[aria-label^="${label}"]`).locator('visible=true').first().click();

/** Does something that leads to a stop at this moment, and waits for it. */
export async function leadsTo(page, moment, action) {
  await action();
  await restsAt(page, moment);
}

/** Presses a button and waits for the stop that it leads to. */
export const pressTo = (page, label, moment) => leadsTo(page, moment, () => press(page, label));

/** Goes to an event by its number, as a person who knows it. */
export async function goToMoment(page, moment) {
  if ((await readPosition(page))?.moment === moment) return;
  await runCommand(page, 'namel3ss: Go to Event...');
  await answer(page, String(moment));
  await restsAt(page, moment);
}

/** Ends all sessions that there are. */
export async function stopDebugging(page) {
  while (await isDebugging(page)) {
    await stopButton(page)
      .click({ timeout: 1000 })
      .catch(() => {});
    await pause();
  }
}

/** Waits until nothing is debugged any more. */
export const ended = (page) => until('end of the session', async () => !(await isDebugging(page)));

/** Makes the window what it was before a test: no session, no breakpoints, nothing said, one file in front. */
export async function reset(page, file = 'app.ai') {
  if (await page.locator('.quick-input-widget').isVisible()) await dismissQuickInput(page);
  await stopDebugging(page);
  if ((await notifications(page)).length) await runCommand(page, 'Notifications: Clear All Notifications');
  if (await page.locator('.debug-breakpoints .monaco-list-row .codicon:not(.codicon-check)').count()) {
    await runCommand(page, 'Remove All Breakpoints');
  }
  const tabs = await page.locator('.tab').evaluateAll((all) => all.map((tab) => tab.dataset.resourceName));
  if (tabs.length !== 1 || tabs[0] !== file) {
    await runCommand(page, 'View: Close All Editors');
    await openFile(page, file);
  }
}
