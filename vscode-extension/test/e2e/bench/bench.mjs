// What a spec stands on: one example in one window of one server, made before its first test and gone after its last.
import { existsSync } from 'node:fs';
import { after, afterEach, before, beforeEach } from 'node:test';
import { fileURLToPath } from 'node:url';
import { debuggersKnown, reset } from './debugging.mjs';
import { startServer } from './server.mjs';
import { openWorkbench, picture } from './workbench.mjs';
import { makeWorkspace, PYTHON } from './workspace.mjs';

/** The packaged extension. */
export const VSIX = process.env.N3_VSIX ?? fileURLToPath(new URL('../../../namel3ss-debug.vsix', import.meta.url));

/** What our extension does by itself is asked for by the specs that look at it; elsewhere it would only take room. */
const SETTINGS = { 'namel3ss.pythonPath': PYTHON, 'namel3ss.openTimeline': 'never' };

/**
 * Sets the window up around the tests of a file. `prepare` is given the workspace before it is opened. What comes back
 * is filled when the tests run: `page`, `workspace`, `run` (what was recorded), `server` and `problems`.
 */
export function useBench(example, { settings = {}, file = 'app.ai', viewport, prepare, ...recording } = {}) {
  const bench = {};
  before(async () => {
    if (!existsSync(VSIX)) throw new Error(`there is no ${VSIX}. Run npm run package first.`);
    bench.workspace = await makeWorkspace(example, recording);
    await prepare?.(bench.workspace);
    bench.server = await startServer({
      folder: bench.workspace.folder,
      vsix: VSIX,
      settings: { ...SETTINGS, ...settings },
    });
    Object.assign(
      bench,
      await openWorkbench({ origin: bench.server.origin, folder: bench.workspace.folder, file, viewport }),
    );
    await debuggersKnown(bench.page);
    if (recording.traces === undefined || recording.traces.length) bench.run = bench.workspace.run();
  });
  after(async () => {
    await bench.close?.();
    await bench.server?.stop();
    bench.workspace?.remove();
  });
  beforeEach(() => reset(bench.page, file));
  afterEach(async (context) => {
    if (!context.passed && bench.page) await picture(bench.page, `failed-${context.name}`);
  });
  return bench;
}
