import { deepStrictEqual, notStrictEqual, ok } from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { GRAMMAR } from '../../src/language/grammar';

const read = (name: string): string => readFileSync(name, 'utf8');
const manifest = JSON.parse(read('package.json'));
const { languages, grammars, snippets, problemMatchers, taskDefinitions } = manifest.contributes;
const configuration = JSON.parse(read('language-configuration.json'));

describe('the language in the manifest', () => {
  it('names files that are there, and the scope that the grammar has', () => {
    const [language] = languages;
    const files = [
      language.configuration,
      language.icon.light,
      language.icon.dark,
      grammars[0].path,
      snippets[0].path,
      manifest.icon,
    ];

    deepStrictEqual(
      files.filter((file: string) => !existsSync(file)),
      [],
    );
    deepStrictEqual(
      [language.id, grammars[0].language, snippets[0].language, taskDefinitions[0].type, problemMatchers[0].name],
      Array(5).fill('namel3ss'),
    );
    deepStrictEqual(grammars[0].scopeName, GRAMMAR.scopeName);
  });

  it("leaves the language's own extension its grammar when both are installed", () => {
    const [ours, theirs] = [`${manifest.publisher}.${manifest.name}-1.0.0`, 'namel3ss.namel3ss-ai-assistant-1.0.0'];

    // One scope has one file, so a scope of our own replaces nothing. A language has the grammar of the extension that
    // VS Code reads last, and it reads them in the order of their folders.
    notStrictEqual(GRAMMAR.scopeName, 'source.namel3ss');
    ok(ours < theirs);
  });
});

describe('the language configuration', () => {
  const { increaseIndentPattern, decreaseIndentPattern } = configuration.indentationRules;
  const increases = (line: string): boolean => new RegExp(increaseIndentPattern).test(line);
  const decreases = (line: string): boolean => new RegExp(decreaseIndentPattern).test(line);

  it('indents below what stays open', () => {
    const open = [
      'agent A {',
      '    tools: [ # those two',
      'A.ask(',
      '    { when: "}", answer: {',
      '        { where: role == "user", when: "x"',
      '    if steps.a.output == "{" {',
      '    } else {',
      '    endpoint: "https://x" headers: {',
      '    if input:',
      '    - step "first":',
      '    else: // otherwise',
      '    steps:',
    ];
    deepStrictEqual(
      open.filter((line) => !increases(line)),
      [],
    );
  });

  it('does not indent below what is closed, or is text or comment', () => {
    const closed = [
      'agent A { }',
      '    tools: [a, b]',
      '    prompt: "a { b"',
      "    prompt: 'it [s'",
      '# agent A {',
      '    max_turns: 3 # {',
      '    max_turns: 3 // {',
      '    url: "http://x/{"',
      '    name:',
      '    }',
      '    where: a / b',
    ];
    deepStrictEqual(closed.filter(increases), []);
  });

  it('takes closing brackets back', () => {
    deepStrictEqual(['    }', '] # end', '  )', '    a }', '# }'].map(decreases), [true, true, true, false, false]);
  });
});
