import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { complaint, completed, guessed } from '../../src/config/completion';

describe('a debug configuration', () => {
  it('is guessed from what is open: an app is run, a trace is walked, else the newest trace', () => {
    strictEqual(guessed({ file: '/w/app.ai', latest: '/w/t.jsonl' })?.program, '/w/app.ai');
    strictEqual(guessed({ file: '/w/one.jsonl', latest: '/w/t.jsonl' })?.trace, '/w/one.jsonl');
    strictEqual(guessed({ file: '/w/notes.md', latest: '/w/t.jsonl' })?.trace, '/w/t.jsonl');
    strictEqual(guessed({ file: '/w/notes.md' }), undefined);
  });

  it('has its relative paths counted from the folder, and no others', () => {
    const complete = completed(
      { trace: 'debug/t.jsonl', program: '/else/app.ai', logToFile: '~/dap.log', sourceRoot: ['src', '/abs'] },
      '/w',
    );

    deepStrictEqual(complete, {
      trace: '/w/debug/t.jsonl',
      program: '/else/app.ai',
      logToFile: '~/dap.log',
      sourceRoot: ['/w/src', '/abs'],
      positionEvents: true,
      cwd: '/w',
    });
  });

  it('looks for sources in the folder, unless it says where they are', () => {
    deepStrictEqual(completed({ trace: '/t.jsonl' }, '/w').sourceRoot, ['/w']);
    deepStrictEqual(completed({ trace: '/t.jsonl', sourceRoot: '/else' }, '/w').sourceRoot, ['/else']);
    strictEqual('sourceRoot' in completed({ trace: '/t.jsonl' }), false);
  });

  it('runs a program in the folder, unless it says where', () => {
    strictEqual(completed({ program: 'app.ai' }, '/w').cwd, '/w');
    strictEqual(completed({ program: 'app.ai', cwd: 'sub' }, '/w').cwd, '/w/sub');
    strictEqual('cwd' in completed({ trace: 't.jsonl' }, '/w'), false);
  });

  it('is complained about in a sentence that names what is missing', () => {
    const nothing = () => false;
    match(complaint({ request: 'launch' }, nothing) ?? '', /nothing to debug: name a recording/);
    match(complaint({ request: 'attach' }, nothing) ?? '', /nothing to debug/);
    match(complaint({ request: 'launch', trace: '/w/no.jsonl' }, nothing) ?? '', /no trace \/w\/no\.jsonl/);
    match(complaint({ request: 'launch', program: '/w/no.ai' }, nothing) ?? '', /no app \/w\/no\.ai/);
    match(complaint({ request: 'attach', program: '/w/a.ai' }, () => true) ?? '', /To attach, name the 'trace'/);
  });

  it('may name a trace that will only be there when the run has begun, if it is followed', () => {
    strictEqual(
      complaint({ request: 'attach', trace: '/w/soon.jsonl', follow: true }, () => false),
      undefined,
    );
  });

  it('needs nothing but a port when an adapter is running already', () => {
    strictEqual(
      complaint({ request: 'attach', port: 4711 }, () => false),
      undefined,
    );
  });
});
