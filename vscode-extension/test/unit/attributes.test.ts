import { deepStrictEqual, ok, strictEqual } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ATTRIBUTES, configurationAttributes } from '../../src/config/attributes';
import { FILES, renewed } from '../../src/config/manifest';

const read = (name: string): string => readFileSync(name, 'utf8');

describe('the table of attributes', () => {
  it('is what manifest, strings and README say (npm run manifest)', () => {
    const [manifest, strings, readme] = FILES.map(read);
    const [newManifest, newStrings, newReadme] = renewed(manifest ?? '', strings ?? '', readme ?? '');

    deepStrictEqual(JSON.parse(manifest ?? ''), JSON.parse(newManifest));
    deepStrictEqual(JSON.parse(strings ?? ''), JSON.parse(newStrings));
    strictEqual(readme, newReadme);
  });

  it('has what the adapter documents, and nothing that it does not', () => {
    const documented = [...read('../docs/dap.md').matchAll(/^\| ((?:`\w+`(?:, )?)+) \|/gm)]
      .flatMap((row) => [...(row[1] ?? '').matchAll(/`(\w+)`/g)].map((key) => key[1] ?? ''))
      // VS Code sets the one, and the extension the other.
      .filter((key) => key !== 'noDebug' && key !== 'positionEvents');

    ok(documented.length > 10);
    deepStrictEqual(
      ATTRIBUTES.filter((attribute) => attribute.adapter)
        .map((attribute) => attribute.name)
        .sort(),
      documented.sort(),
    );
  });

  it('describes every attribute with a string of its own', () => {
    const strings = JSON.parse(read('package.nls.json')) as Record<string, string>;
    for (const properties of Object.values(configurationAttributes())) {
      for (const schema of Object.values(
        (properties as { properties: Record<string, { markdownDescription: string }> }).properties,
      )) {
        ok(strings[schema.markdownDescription.slice(1, -1)]);
      }
    }
  });
});
