import { deepStrictEqual, match, strictEqual } from 'node:assert/strict';
import { mistakeIn, traceArguments } from '../../src/language/traceCommand';

const TRACE = ['-m', 'namel3ss_dbg', 'debug', 'trace'];

describe('the command line of a task', () => {
  it('runs the program and nothing more when nothing more is said', () => {
    deepStrictEqual(traceArguments({ program: 'my app.ai' }), [...TRACE, '--', 'my app.ai']);
  });

  it('hands over everything that the task says', () => {
    const task = {
      program: 'app.ai',
      entry: 'Plan',
      args: { input: 'a "b" $c', days: 2 },
      output: 'out/t.jsonl',
      filter: ['agent', 'llm'],
    };

    deepStrictEqual(traceArguments(task), [
      ...TRACE,
      ...['--entry', 'Plan', '--run-args', '{"input":"a \\"b\\" $c","days":2}', '--output', 'out/t.jsonl'],
      ...['--filter', 'agent', '--filter', 'llm', '--', 'app.ai'],
    ]);
  });

  it('takes a text for the input', () => {
    deepStrictEqual(traceArguments({ program: 'a.ai', args: 'Hello' }).slice(4), [
      '--run-args',
      '{"input":"Hello"}',
      '--',
      'a.ai',
    ]);
  });

  it('takes a program for a program, even one that looks like an option', () => {
    strictEqual(traceArguments({ program: '--help.ai' }).at(-2), '--');
  });
});

describe('a task that somebody wrote', () => {
  it('is right when it names a program, with all else optional', () => {
    strictEqual(mistakeIn({ type: 'namel3ss', program: 'app.ai' }), undefined);
    strictEqual(
      mistakeIn({ program: 'app.ai', entry: 'A', args: {}, output: 't.jsonl', filter: ['agent'] }),
      undefined,
    );
  });

  it('is told what is wrong with it', () => {
    match(mistakeIn({}) ?? '', /names no program/);
    match(mistakeIn({ program: 'a.ai', entry: 1 }) ?? '', /"entry" must be a name, not 1/);
    match(mistakeIn({ program: 'a.ai', output: [] }) ?? '', /"output" must be a path/);
    match(mistakeIn({ program: 'a.ai', args: [1] }) ?? '', /"args" must be an object or a text, not \[1\]/);
    match(mistakeIn({ program: 'a.ai', args: null }) ?? '', /"args"/);
    match(mistakeIn({ program: 'a.ai', filter: 'agent' }) ?? '', /"filter" must be a list/);
  });
});
