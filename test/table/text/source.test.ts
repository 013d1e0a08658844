import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TableSource } from '../../../src/table/options.ts';
import { piecesOf } from '../../../src/table/text/source.ts';

const TEXT = 'a,b\n1,Möwe 🦢\n';
const BYTES = new TextEncoder().encode(TEXT);

async function textOf(source: TableSource, notes: string[] = []): Promise<string> {
  let text = '';
  for await (const piece of piecesOf(source, 't.csv', notes)) text += piece;
  return text;
}

async function* oneByOne(bytes: Uint8Array, failure?: Error) {
  for (const byte of bytes) yield Uint8Array.of(byte);
  if (failure) throw failure;
}

const gzipped = new Uint8Array(gzipSync(BYTES));

describe('the text of a table', () => {
  it.each<[string, () => TableSource]>([
    ['text', () => TEXT],
    ['text with a byte order mark', () => `\ufeff${TEXT}`],
    ['bytes', () => BYTES],
    ['bytes with a byte order mark', () => Uint8Array.of(0xef, 0xbb, 0xbf, ...BYTES)],
    ['an ArrayBuffer', () => BYTES.slice().buffer],
    ['a part of a buffer', () => Uint8Array.of(0, ...BYTES, 0).subarray(1, -1)],
    ['a Blob', () => new Blob([BYTES])],
    ['a stream', () => new Blob([BYTES]).stream()],
    ['bytes one by one', () => oneByOne(BYTES)],
    ['gzipped bytes', () => gzipped],
    ['a gzipped Blob', () => new Blob([gzipped])],
    ['gzipped bytes one by one', () => oneByOne(gzipped)],
  ])('comes from %s', async (_, source) => {
    expect(await textOf(source())).toBe(TEXT);
  });

  it.each([
    ['no bytes', new Uint8Array(), ''],
    ['one byte', Uint8Array.of(0x61), 'a'],
  ])('of %s', async (_, bytes, text) => {
    expect(await textOf(bytes)).toBe(text);
  });

  it('of many characters comes in pieces', async () => {
    const text = 'äbc,1\n'.repeat(400_000);
    const pieces: number[] = [];
    for await (const piece of piecesOf(text, 't', [])) pieces.push(piece.length);
    expect(pieces.length).toBeGreaterThan(2);
    expect(await textOf(text)).toBe(text);
    expect(await textOf(new TextEncoder().encode(text))).toBe(text);
  });
});

describe('other encodings', () => {
  const latin = Uint8Array.from('a,b\n1,Möwe €\n', (c) => (c === '€' ? 0x80 : c.charCodeAt(0)));
  const swapped = Buffer.from('\ufeffa,Möwe\n', 'utf16le').swap16();

  it.each<[string, Uint8Array, string, string[]]>([
    ['UTF-16', Buffer.from('\ufeffa,Möwe 🦢\n', 'utf16le'), 'a,Möwe 🦢\n', []],
    ['UTF-16, the other way round', swapped, 'a,Möwe\n', []],
    ['UTF-16 without its mark', Buffer.from('a,Möwe\n', 'utf16le'), 'a,Möwe\n', []],
    ['UTF-16 without its mark, the other way round', swapped.subarray(2), 'a,Möwe\n', []],
    ['Windows-1252', latin, 'a,b\n1,Möwe €\n', ['is not in UTF-8, and read as Windows-1252']],
  ])('%s', async (_, bytes, text, notes) => {
    const found: string[] = [];
    expect(await textOf(bytes, found)).toBe(text);
    expect(found).toEqual(notes);
  });

  it('Windows-1252 whose first other character comes late', async () => {
    const bytes = new Uint8Array(3_000_000).fill(0x61);
    bytes[2_900_000] = 0xe9;
    const text = await textOf(bytes);
    expect(text.length).toBe(bytes.length);
    expect(text[2_900_000]).toBe('é');
  });
});

describe('refuses', () => {
  it.each<[string, unknown, string]>([
    [
      'other bytes',
      Uint8Array.of(0x31, 0xff, 0),
      't.csv: found bytes that are not UTF-8, expected',
    ],
    ['half a character', Uint8Array.of(0x31, 0xc3), 't.csv: found bytes that are not UTF-8'],
    [
      'other bytes after the mark of UTF-8',
      Uint8Array.of(0xef, 0xbb, 0xbf, 0x31, 0xe9, 0x31),
      't.csv: found bytes that are not UTF-8',
    ],
    [
      'half a character of UTF-16',
      Uint8Array.of(0xff, 0xfe, 0x31),
      't.csv: found bytes that are not UTF-16',
    ],
    [
      'a byte that is 0 in the middle',
      Uint8Array.of(0x31, 0x32, 0, 0x33),
      't.csv: found bytes that are 0, expected text',
    ],
    ['half a gzipped file', gzipped.subarray(0, 20), 't.csv: found damaged gzip data, expected'],
    ['damaged gzip', Uint8Array.of(0x1f, 0x8b, 1, 2, 3), 't.csv: found damaged gzip data'],
    ['a number', 3, 'source: found 3, expected text, bytes, a Blob or a stream of bytes'],
    ['nothing', undefined, 'source: found undefined'],
    ['an array', [1, 2], 'source: found an array of 2'],
  ])('%s', async (_, source, message) => {
    await expect(textOf(source as TableSource)).rejects.toThrow(message);
  });

  it.each([
    ['bytes', BYTES],
    ['gzipped bytes', gzipped],
  ])('to hide why the source of %s failed', async (_, bytes) => {
    await expect(textOf(oneByOne(bytes.subarray(0, 20), new Error('no disk')))).rejects.toThrow(
      'no disk',
    );
  });
});
