// Writes what follows from the table of attributes into package.json, package.nls.json and README.md: npm run manifest.

import { readFileSync, writeFileSync } from 'node:fs';
import { ATTRIBUTES, configurationAttributes, describedBy, readmeTable } from './attributes';

const BEGIN = '<!-- attributes -->';
const END = '<!-- /attributes -->';

/** The texts of the three files as the table wants them. */
export function renewed(manifest: string, strings: string, readme: string): [string, string, string] {
  const json = JSON.parse(manifest) as { contributes: { debuggers: { configurationAttributes: object }[] } };
  for (const each of json.contributes.debuggers) each.configurationAttributes = configurationAttributes();
  const kept = Object.entries(JSON.parse(strings) as Record<string, string>).filter(
    ([key]) => !key.startsWith('attribute.'),
  );
  const described = ATTRIBUTES.map((attribute) => [describedBy(attribute), attribute.description]);
  const [head, rest = ''] = readme.split(BEGIN);
  const [, tail = ''] = rest.split(END);
  return [
    `${JSON.stringify(json, null, 2)}\n`,
    `${JSON.stringify(Object.fromEntries([...kept, ...described]), null, 2)}\n`,
    rest ? `${head}${BEGIN}\n\n${readmeTable()}\n\n${END}${tail}` : readme,
  ];
}

/** The three files. */
export const FILES = ['package.json', 'package.nls.json', 'README.md'] as const;

if (process.argv.includes('--write')) {
  const [manifest, strings, readme] = FILES.map((name) => readFileSync(name, 'utf8'));
  renewed(manifest ?? '', strings ?? '', readme ?? '').forEach((text, index) =>
    writeFileSync(FILES[index] ?? '', text),
  );
}
