// A VS Code server for one spec: on a port of its own, with a profile of its own that goes away with it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SERVE = fileURLToPath(new URL('../../web/serve.sh', import.meta.url));
const KILL_AFTER_MS = 5000;

// An editor that keeps still: nothing that blinks, glides, asks questions or looks for news.
const SETTINGS = {
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.reduceMotion': 'on',
  'workbench.list.smoothScrolling': false,
  'workbench.editor.enablePreview': false,
  'security.workspace.trust.enabled': false,
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'extensions.ignoreRecommendations': true,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'git.enabled': false,
  'chat.commandCenter.enabled': false,
  'window.commandCenter': false,
  'editor.minimap.enabled': false,
  'editor.stickyScroll.enabled': false,
  'editor.cursorBlinking': 'solid',
  'editor.hover.delay': 100,
  'window.restoreWindows': 'none',
  'files.hotExit': 'off',
  'files.autoSave': 'off',
  'remote.autoForwardPorts': false,
  'terminal.integrated.gpuAcceleration': 'off',
  'debug.onTaskErrors': 'showErrors',
};

/** Starts a server for a folder; it resolves when the server answers. `set` changes settings, `stop` ends it and
 * removes its profile. */
export async function startServer({ folder, vsix, settings = {} }) {
  const profile = mkdtempSync(path.join(tmpdir(), 'n3-vscode-'));
  // Settings that belong to a machine are not read from the user's file when the editor's server is another machine.
  const files = ['User', 'Machine'].map((name) => path.join(profile, 'user-data', name, 'settings.json'));
  const set = (changed) => {
    for (const file of files) {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, JSON.stringify({ ...SETTINGS, ...settings, ...changed }, undefined, 2));
    }
  };
  set({});
  const child = spawn(SERVE, [folder, '0', profile, ...(vsix ? ['--install', vsix] : [])], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
    env: { ...process.env, VSCODE_WEB_OWNER: String(process.pid) },
  });
  let log = '';
  const ended = new Promise((done) => child.once('exit', done));
  const kill = (signal) => {
    try {
      process.kill(-child.pid, signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  };
  const stop = async () => {
    kill('SIGTERM');
    const late = setTimeout(kill, KILL_AFTER_MS, 'SIGKILL');
    await ended;
    clearTimeout(late);
    kill('SIGKILL'); // what it has started and left behind
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  try {
    const origin = await new Promise((done, fail) => {
      const read = (text) => {
        log += text;
        const found = /vscode-web: listening on (http:\S+)/.exec(log);
        if (found) done(found[1]);
      };
      child.stdout.on('data', read);
      child.stderr.on('data', read);
      ended.then((code) => fail(new Error(`the server ended with ${code}:\n${log}`)));
      setTimeout(() => fail(new Error(`the server did not answer:\n${log}`)), 90_000).unref();
    });
    return { origin, set, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
