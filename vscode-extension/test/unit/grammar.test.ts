import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { FILE, GRAMMAR } from '../../src/language/grammar';

interface Line {
  tokens: { startIndex: number; endIndex: number; scopes: string[] }[];
  ruleStack: { depth: number };
}

interface Grammar {
  tokenizeLine(line: string, stack: unknown): Line;
}

/** The grammar in the engine of VS Code, which is the one that vscode-tmgrammar-test brings. */
async function loaded(): Promise<{ grammar: Grammar; initial: unknown }> {
  const from = createRequire(path.resolve('node_modules/vscode-tmgrammar-test/package.json'));
  const textmate = from('vscode-textmate');
  const oniguruma = from('vscode-oniguruma');
  await oniguruma.loadWASM(readFileSync(from.resolve('vscode-oniguruma/release/onig.wasm')).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns: string[]) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text: string) => new oniguruma.OnigString(text),
    }),
    loadGrammar: () => Promise.resolve(textmate.parseRawGrammar(readFileSync(FILE, 'utf8'), FILE)),
  });
  return { grammar: await registry.loadGrammar(GRAMMAR.scopeName), initial: textmate.INITIAL };
}

describe('the grammar', () => {
  it('is in its file as its rules say it: npm run grammar', () => {
    assert.deepEqual(JSON.parse(readFileSync(FILE, 'utf8')), GRAMMAR);
  });

  it('names no rule that is not there, and has no rule that nothing names', () => {
    const included = [...JSON.stringify(GRAMMAR).matchAll(/"include":"#([\w-]+)"/g)].map((found) => found[1]);

    assert.deepEqual([...new Set(included)].sort(), Object.keys(GRAMMAR.repository).sort());
  });

  it('reads every example to its end: nothing stays open, nothing is taken for a mistake', async () => {
    const { grammar, initial } = await loaded();
    const examples = readdirSync('../examples', { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ai'))
      .map((name) => path.join('../examples', name));
    assert.ok(examples.length > 5);

    for (const example of examples) {
      let stack: unknown = initial;
      let depth = 1;
      for (const line of readFileSync(example, 'utf8').split('\n')) {
        const { tokens, ruleStack } = grammar.tokenizeLine(line, stack);
        const wrong = tokens.filter(({ scopes }) => scopes.some((scope) => scope.startsWith('invalid')));
        assert.deepEqual(wrong, [], `${example}: ${line}`);
        ({ depth } = ruleStack);
        stack = ruleStack;
      }
      assert.equal(depth, 1, `${example} leaves something open`);
    }
  });
});
