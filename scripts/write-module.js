import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const BUILD = fileURLToPath(new URL('../build', import.meta.url));

/**
 * Writes a module of constants to build/, with its types. The module comes last: it is what tells the next
 * build that the step was completed.
 *
 * @param {string} stem
 * @param {string} description
 * @param {Record<string, string | number>} values
 */
export function writeModule(stem, description, values) {
  const entries = Object.entries(values);
  const types = entries.map(([name, value]) => `export declare const ${name}: ${typeof value};\n`);
  writeFileSync(join(BUILD, `${stem}.d.ts`), `/** ${description} */\n${types.join('')}`);
  const constants = entries.map(
    ([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`,
  );
  writeFileSync(join(BUILD, `${stem}.js`), constants.join(''));
}
