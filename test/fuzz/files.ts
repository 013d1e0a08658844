/** Targets that read files: what is read must be what an independent reading finds. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect, isDeepStrictEqual } from 'node:util';
import type { Dice } from './dice.ts';
import { mutated } from './mutations.ts';
import { type Budget, checkClear, Fault, type Target } from './target.ts';

/** Files by name, in Latin-1 where all of their characters can be seen, else in Base64. */
export interface FilesInput {
  readonly files: Readonly<Record<string, { text: string } | { base64: string }>>;
  /** Whether they must be read, or must not; undefined where either may be right. */
  readonly valid?: boolean | undefined;
}

export type Files = Record<string, Buffer>;

export interface FilesOptions<Value> {
  readonly name: string;
  readonly weight?: number;
  /** Files that must be read, or, where `valid` is false, must not. */
  make(dice: Dice): { files: Files; valid: boolean | undefined };
  /**
   * What the reader that is tested finds in them.
   *
   * @param folder that has them, where they are on disk
   */
  read(files: Files, folder: string): Promise<Value> | Value;
  /** What another reading finds in them; it throws an error where they are not what they must be. */
  expected(files: Files, found: Value): unknown;
  /** What they need by what they claim, besides what their bytes do. */
  needs?(files: Files): Partial<Budget>;
  /** Whether the reader needs the files on disk. */
  readonly onDisk?: boolean;
}

/** What the names of the folders begin with in which the files are. */
export const SCRATCH = 'relumax-fuzz-';
/** How many of the inputs are files without damage. */
const UNDAMAGED = 0.2;

export function filesTarget<Value>(options: FilesOptions<Value>): Target<FilesInput> {
  let folder = '';
  return {
    name: options.name,
    weight: options.weight ?? 1,
    make(dice) {
      const { files, valid } = options.make(dice);
      if (dice.chance(UNDAMAGED)) return pack(files, valid);
      const name = dice.pick(Object.keys(files));
      const { files: others } = options.make(dice);
      const other = others[name] ?? Object.values(others)[0]!;
      return pack({ ...files, [name]: mutated(files[name]!, dice, other) });
    },
    async check(input) {
      const files = unpack(input);
      if (options.onDisk) {
        folder ||= mkdtempSync(join(tmpdir(), SCRATCH));
        writeFiles(folder, files);
      }
      let found: Value;
      try {
        found = await options.read(files, folder);
      } catch (error) {
        checkClear(error);
        if (input.valid) throw new Fault(`refuses what is valid: ${(error as Error).message}`);
        return 'refused';
      } finally {
        if (options.onDisk) for (const name of Object.keys(files)) remove(folder, name);
      }
      if (input.valid === false) throw new Fault('accepts what is damaged');
      checkSame(found, independent(options, files, found));
      return 'accepted';
    },
    budget(input) {
      const bytes = Object.values(unpack(input)).reduce((sum, { length }) => sum + length, 0);
      const { ms = 0, mb = 0 } = options.needs?.(unpack(input)) ?? {};
      return { ms: 500 + bytes / 1000 + ms, mb: 64 + (50 * bytes) / 1e6 + mb };
    },
    parts: {
      // What must be read, or must not, is not so when something is missing.
      of: (input) => (input.valid === undefined ? [...largest(input).bytes] : []),
      from(parts, input) {
        const { name } = largest(input);
        return pack({ ...unpack(input), [name]: Buffer.from(parts as number[]) });
      },
    },
  };
}

function independent<Value>(options: FilesOptions<Value>, files: Files, found: Value): unknown {
  try {
    return options.expected(files, found);
  } catch (error) {
    throw new Fault(`accepts what is damaged: ${(error as Error).message}`);
  }
}

/** @throws Fault where two values differ in anything, be it a bit of a NaN or the type of an array */
export function checkSame(found: unknown, expected: unknown): void {
  if (isDeepStrictEqual(found, expected)) return;
  const [a, b] = [found, expected].map((value) =>
    inspect(value, { depth: 6, compact: true, breakLength: Infinity, maxArrayLength: 1000 }),
  );
  const at = [...a!].findIndex((character, i) => character !== b![i]);
  const around = (text: string) => text.slice(Math.max(0, at - 60), at + 60);
  throw new Fault(`found … ${around(a!)} …, expected … ${around(b!)} …`);
}

/** @throws Error where something does not hold: in readings that are expected */
export function must(holds: unknown, what: string): asserts holds {
  if (!holds) throw new Error(what);
}

function writeFiles(folder: string, files: Files): void {
  for (const [name, bytes] of Object.entries(files)) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
  }
}

function remove(folder: string, name: string): void {
  rmSync(join(folder, name.split('/')[0]!), { recursive: true, force: true });
}

function pack(files: Files, valid?: boolean): FilesInput {
  const entries = Object.entries(files).map(([name, bytes]) => {
    const text = bytes.toString('latin1');
    return [name, /^[\t\n\r -~]*$/.test(text) ? { text } : { base64: bytes.toString('base64') }];
  });
  return { files: Object.fromEntries(entries), ...(valid !== undefined && { valid }) };
}

function unpack({ files }: FilesInput): Files {
  const entries = Object.entries(files).map(([name, file]) => [
    name,
    'text' in file ? Buffer.from(file.text, 'latin1') : Buffer.from(file.base64, 'base64'),
  ]);
  return Object.fromEntries(entries);
}

function largest(input: FilesInput): { name: string; bytes: Buffer } {
  const files = Object.entries(unpack(input)).map(([name, bytes]) => ({ name, bytes }));
  return files.reduce((a, b) => (b.bytes.length > a.bytes.length ? b : a));
}
