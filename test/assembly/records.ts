/** Where the core keeps what: the records of assembly/network/memory.ts, as their classes declare them. */
import { readFile } from 'node:fs/promises';

const source = await readFile(new URL('../../assembly/network/memory.ts', import.meta.url), 'utf8');

/** The bytes of a field by its type; what is not here takes four. */
const BYTES: Record<string, number> = { f64: 8, bool: 1 };

/** Where each field of a record begins; `bytes` is the whole record. */
function fieldsOf(name: string): Record<string, number> & { bytes: number } {
  const [, base, body] = new RegExp(`class ${name} (?:extends (\\w+) )?\\{(.*?)\\n\\}`, 's').exec(
    source,
  )!;
  const fields = base === undefined ? { bytes: 0 } : fieldsOf(base);
  for (const [, field, type] of body!.matchAll(/^ {2}(\w+): (\w+);$/gm)) {
    const size = BYTES[type!] ?? 4;
    fields[field!] = roundUp(fields.bytes, size);
    fields.bytes = fields[field!]! + size;
  }
  return fields;
}

export const roundUp = (n: number, multiple: number) => Math.ceil(n / multiple) * multiple;

export const NETWORK = fieldsOf('Network');
export const LAYER = fieldsOf('Layer');
export const WORKSPACE = fieldsOf('Workspace');
export const STEP = fieldsOf('Step');
