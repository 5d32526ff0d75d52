// Builds what ships (dist/), and with --tests what mocha runs (.test/). One bundle per place where code runs.
import { readdirSync } from 'node:fs';
import { build } from 'esbuild';

const shared = { bundle: true, logLevel: 'warning', legalComments: 'none' };

await build({
  ...shared,
  entryPoints: { extension: 'src/extension.ts' },
  outdir: 'dist',
  external: ['vscode'],
  format: 'cjs',
  platform: 'node',
  target: 'node18',
  minify: true,
});
await build({
  ...shared,
  entryPoints: { timeline: 'src/webview/timeline.ts', trace: 'src/webview/trace.ts' },
  outdir: 'dist/webview',
  format: 'iife',
  platform: 'browser',
  target: 'chrome120',
  minify: true,
});
await build({
  ...shared,
  entryPoints: { manifest: 'src/config/manifest.ts', grammar: 'src/language/grammar.ts' },
  outdir: '.test/tools',
  format: 'cjs',
  platform: 'node',
  target: 'node20',
});
if (process.argv.includes('--tests')) {
  await build({
    ...shared,
    entryPoints: readdirSync('test/unit')
      .filter((name) => name.endsWith('.test.ts'))
      .map((name) => `test/unit/${name}`),
    outdir: '.test',
    external: ['vscode'],
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
  });
}
