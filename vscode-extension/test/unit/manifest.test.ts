import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

interface Command {
  command: string;
  title: string;
  category?: string;
  icon?: string;
}

interface Entry {
  command?: string;
  when?: string;
  group?: string;
}

const manifest = JSON.parse(readFileSync('package.json', 'utf8'));
const { contributes } = manifest;
const strings = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const readme = readFileSync('README.md', 'utf8');
const commands = contributes.commands as Command[];
const menus = contributes.menus as Record<string, Entry[]>;
const sources = readdirSync('src', { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .map((name) => readFileSync(path.join('src', name), 'utf8'));
const code = sources.join('\n');

/** Everything that has a key of this name, anywhere in the manifest. */
function* valuesOf(key: string, within: unknown = manifest): Generator<string> {
  if (typeof within !== 'object' || within === null) return;
  for (const [name, value] of Object.entries(within)) {
    if (name === key && typeof value === 'string') yield value;
    else yield* valuesOf(key, value);
  }
}

/** The context keys that a when-clause asks for: the left sides of its comparisons. */
function keysOf(clause: string): string[] {
  return clause
    .replace(/'[^']*'/g, "''")
    .split(/&&|\|\|/)
    .map((part) => part.replace(/[!()]/g, ' ').trim())
    .flatMap((part) => part.split(/\s+|[=<>~]/)[0] ?? [])
    .filter((key) => key !== 'true' && key !== 'false');
}

/** The commands that the code registers: by their whole names, or through a function that puts a prefix before them. */
function registered(): Set<string> {
  const found = new Set<string>();
  for (const source of sources) {
    for (const [, name = ''] of source.matchAll(/registerCommand\(\s*'([^']+)'/g)) found.add(name);
    const [, prefix] = /registerCommand\(\s*`([\w.]+\.)\$\{name\}`/.exec(source) ?? [];
    if (!prefix) continue;
    const callers = source.matchAll(/const (\w+) = \(\s*name: string/g);
    for (const [, caller = ''] of callers) {
      for (const [, name = ''] of source.matchAll(new RegExp(`\\b${caller}\\(\\s*'([\\w.]+)'`, 'g'))) {
        found.add(prefix + name);
      }
    }
  }
  return found;
}

const title = ({ title: key }: Command): string => strings[key.replaceAll('%', '')] ?? '';

describe('the manifest', () => {
  it('gives every command a title in the strings and the category', () => {
    for (const command of commands) {
      ok(/^%command\.[\w.]+%$/.test(command.title), command.title);
      ok(title(command), command.command);
      strictEqual(command.category, 'namel3ss');
      strictEqual(command.title, `%command.${command.command.replace('namel3ss.', '')}%`);
    }
  });

  it('gives an icon to every command that stands in a bar of buttons', () => {
    const bars = Object.entries(menus).flatMap(([menu, entries]) =>
      entries.filter(({ group = '' }) =>
        ['debug/toolBar', 'editor/title/run', 'view/title', 'editor/title'].includes(menu)
          ? group.startsWith('navigation')
          : group.startsWith('inline'),
      ),
    );
    ok(bars.length > 10);
    const bare = bars.filter(({ command }) => !commands.find((each) => each.command === command)?.icon);
    // An editor's title shows the words of a command that has no icon.
    deepStrictEqual(
      bare.map(({ command }) => command).filter((command) => command !== 'namel3ss.traces.openAsText'),
      [],
    );
  });

  it('and the code have the same commands', () => {
    const declared = commands.map(({ command }) => command);
    deepStrictEqual(declared, [...new Set(declared)]);
    const known = registered();
    deepStrictEqual(
      declared.filter((command) => !known.has(command)),
      [],
      'declared, but nowhere registered',
    );
    const called = [...valuesOf('command')].filter((command) => command.startsWith('namel3ss.'));
    deepStrictEqual(
      called.filter((command) => !declared.includes(command)),
      [],
      'used, but not declared',
    );
    const linked = [...JSON.stringify(strings).matchAll(/command:(namel3ss\.[\w.]+)/g)].map(([, command]) => command);
    ok(linked.length > 0);
    deepStrictEqual(
      linked.filter((command) => !declared.includes(command ?? '')),
      [],
      'linked, but not declared',
    );
  });

  it('uses every string, and has every string that it uses', () => {
    const used = [...JSON.stringify(manifest).matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key ?? '');
    deepStrictEqual([...new Set(used)].sort(), Object.keys(strings).sort());
  });

  it('keeps what a person reads in the strings', () => {
    for (const key of ['description', 'markdownDescription', 'contents', 'displayName']) {
      for (const value of valuesOf(key)) ok(/^%.+%$/.test(value), `${key}: ${value}`);
    }
  });

  it('asks only for context keys that there are', () => {
    const editors = [
      'activeCustomEditorId',
      'callStackItemType',
      'debugStartLanguage',
      'debugState',
      'debugType',
      'inDebugMode',
      'resourceExtname',
      'resourceLangId',
      'variableEvaluateNamePresent',
      'view',
      'viewItem',
      'virtualWorkspace',
    ];
    const clauses = [...valuesOf('when'), ...valuesOf('enablement')];
    ok(clauses.length > 20);
    for (const key of new Set(clauses.flatMap(keysOf))) {
      const isOurs =
        key.startsWith('namel3ss.') && sources.some((text) => /setContext/.test(text) && text.includes(`'${key}'`));
      ok(isOurs || editors.includes(key), `${key} is set by nobody`);
    }
  });

  it('hides from the palette what needs to be chosen somewhere', () => {
    const hidden = menus.commandPalette?.filter(({ when }) => when === 'false').map(({ command }) => command) ?? [];
    const always = commands
      .map(({ command }) => command)
      .filter((command) => !menus.commandPalette?.some((entry) => entry.command === command));
    const items = Object.entries(menus)
      .filter(([menu]) => /(?:item|variables|callstack)\/context$/.test(menu))
      .flatMap(([, entries]) => entries.map(({ command }) => command ?? ''));
    deepStrictEqual(
      items.filter((command) => always.includes(command)),
      [],
      'in the menu of a row, and always in the palette',
    );
    // These fall back to where the run rests.
    const anywhere = ['breakOnEvent', 'compareWithPrevious', 'openEvent', 'toggleBookmark'];
    deepStrictEqual(
      [...new Set(items.filter((command) => !hidden.includes(command)))].sort(),
      anywhere.map((name) => `namel3ss.${name}`),
    );
    for (const variable of Object.values(contributes.debuggers[0].variables)) ok(hidden.includes(variable as string));
  });

  it('starts the extension for debugging, and for what it shows, but not with the editor', () => {
    deepStrictEqual(manifest.activationEvents, [
      'onDebugResolve:namel3ss',
      'onDebugInitialConfigurations',
      'onDebugDynamicConfigurations:namel3ss',
    ]);
    strictEqual(manifest.extensionDependencies, undefined);
  });

  it('has settings that the code reads, and the code reads no others', () => {
    const settings = Object.keys(contributes.configuration.properties).map((name) => name.replace('namel3ss.', ''));
    const read = [...code.matchAll(/getConfiguration\('namel3ss'[^)]*\)\s*\.(?:get|update)(?:<[^>]*>)?\(\s*'(\w+)'/g)];
    deepStrictEqual([...new Set(read.map(([, name]) => name))].sort(), settings.sort());
  });

  it('has the views, editors, tasks and debuggers that the code provides', () => {
    const views = Object.values(contributes.views as Record<string, { id: string }[]>).flat();
    const provided = [
      ...views.map(({ id }) => id),
      ...contributes.customEditors.map(({ viewType }: { viewType: string }) => viewType),
    ];
    for (const id of provided) ok(code.includes(`'${id}'`), `${id} is provided by nobody`);
    strictEqual(contributes.customEditors[0].priority, 'option');
    ok(/registerTaskProvider\(/.test(code));
    ok(code.includes(`'$${contributes.problemMatchers[0].name}'`));
  });

  it('names files that there are', () => {
    const named = JSON.stringify(manifest).matchAll(
      /"((?:\.\/)?(?:media|syntaxes|snippets|walkthrough)\/[^"]+|\.\/[^"]+\.json)"/g,
    );
    const files = [...named].map(([, file]) => file ?? '');
    ok(files.length > 8);
    deepStrictEqual(
      files.filter((file) => !existsSync(file)),
      [],
    );
  });

  it('ships nothing that has to be installed first', () => {
    strictEqual(manifest.dependencies, undefined);
    strictEqual(manifest.version, /^## (\d+\.\d+\.\d+)/m.exec(readFileSync('CHANGELOG.md', 'utf8'))?.[1]);
  });
});

describe('the README', () => {
  const rows = readme.split('\n').filter((line) => line.startsWith('|'));

  it('tells of every command', () => {
    const bold = [...readme.matchAll(/\*\*([^*]+)\*\*/g)].map(([, text]) => text);
    const variables = Object.values(contributes.debuggers[0].variables as Record<string, string>);
    const missing = commands.filter(({ command }) => !variables.includes(command)).map(title);
    deepStrictEqual(
      missing.filter((text) => !bold.includes(text)),
      [],
    );
    for (const name of Object.keys(contributes.debuggers[0].variables)) ok(readme.includes(`\${command:${name}}`));
  });

  it('tells of no command that is not there', () => {
    const told = rows.flatMap((row) => /^\| (\*\*[^|]+\*\*) \|/.exec(row)?.[1]?.split(', ') ?? []);
    const titles = commands.map(title);
    ok(told.length > 30);
    deepStrictEqual(
      told.map((text) => text.replaceAll('**', '')).filter((text) => !titles.includes(text)),
      [],
    );
  });

  it('tells of every setting with its default', () => {
    for (const [name, { default: fallback }] of Object.entries(
      contributes.configuration.properties as Record<string, { default: unknown }>,
    )) {
      const row = rows.find((line) => line.startsWith(`| \`${name}\` |`));
      ok(row, name);
      strictEqual(row.split('|')[2]?.trim(), fallback === '' ? '' : `\`${String(fallback)}\``, name);
    }
    const told = rows.flatMap((row) => /^\| `(namel3ss\.\w+)` \|/.exec(row)?.[1] ?? []);
    strictEqual(told.length, Object.keys(contributes.configuration.properties).length);
  });

  it('tells of every key', () => {
    for (const { key } of contributes.keybindings as { key: string }[]) {
      const shown = key.replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
      ok(readme.includes(`\`${shown}\``), shown);
    }
  });

  it('shows pictures that are there, and small', () => {
    const pictures = [...readme.matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, file]) => file ?? '');
    ok(pictures.length >= 4);
    for (const picture of pictures) {
      ok(existsSync(picture), `${picture} is missing; npm run pictures makes it`);
      ok(readFileSync(picture).length < 150_000, picture);
    }
  });
});
