import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { greet, understood } from '../../src/adapter/handshake';

/** A program that answers as some Python would. */
function program(body: string): string {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'python-')), 'python');
  writeFileSync(file, `#!/bin/sh\n${body}\n`);
  chmodSync(file, 0o755);
  return file;
}

describe('the handshake', () => {
  const line = 'dap_adapter 0.1.0 (protocol 2, Python 3.11.7)';

  it('takes an adapter that speaks the same protocol, and tells an older from a newer one', () => {
    deepStrictEqual(understood(0, line, '', 2), { kind: 'ready', version: '0.1.0', protocol: 2 });
    strictEqual(understood(0, line, '', 3).kind, 'old');
    strictEqual(understood(0, line, '', 1).kind, 'new');
  });

  it('tells a missing package from a broken one', () => {
    strictEqual(understood(1, '', '/usr/bin/python3: No module named dap_adapter', 1).kind, 'missing');
    deepStrictEqual(understood(1, '', 'Traceback\nImportError: no lark', 1), {
      kind: 'broken',
      why: 'ImportError: no lark',
    });
    deepStrictEqual(understood('ENOENT', '', '', 1), { kind: 'broken', why: 'There is no such program.' });
  });

  it('asks the program itself', async () => {
    deepStrictEqual(await greet(program(`echo "${line}"`), 2), { kind: 'ready', version: '0.1.0', protocol: 2 });
    strictEqual((await greet('/nowhere/python', 2)).kind, 'broken');
  });

  it('says that a Python is too old before anyone tries to install into it', async () => {
    const old = program('case "$1" in -c) echo 3.9.2;; *) echo "Unknown option: -P" >&2; exit 2;; esac');

    deepStrictEqual(await greet(old, 1), { kind: 'python', version: '3.9.2' });
  });

  it('keeps what went wrong when the Python is new enough', async () => {
    const broken = program('case "$1" in -c) echo 3.12.1;; *) echo "no such thing" >&2; exit 3;; esac');

    const greeting = await greet(broken, 1);

    match(greeting.kind === 'broken' ? greeting.why : '', /no such thing/);
  });
});
