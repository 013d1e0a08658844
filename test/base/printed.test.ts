import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { size, text } from '#core';
import { bytesOfText } from '../../src/base/printed.ts';

test('the embedded core is the compiled one, in characters that nothing escapes', async () => {
  expect(bytesOfText(text, size)).toEqual(
    new Uint8Array(await readFile(new URL('../../build/core.wasm', import.meta.url))),
  );
  expect(text).toMatch(/^[ !#%-;=-[\]-_a-~]*$/);
});

test('every character stands for a byte, and every byte has one', () => {
  const low = [..." !#%&'()*+,-./0123456789:;=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_"];
  expect(low).toHaveLength(60);
  const letters = [...'abcdefghijklmnopqrstuvwxyz{'];
  const found = new Set<number>();
  for (const [page, mark] of ['', '|', '}', '~'].entries()) {
    const own = [...low.keys()].map((i) => i - 10).concat(letters.map((c) => c.charCodeAt(0)));
    const text = [...low, ...letters].map((character) => mark + character).join('');
    const expected = Uint8Array.from(own, (value) => value + 62 * page);
    expect(bytesOfText(text, expected.length)).toEqual(expected);
    for (const byte of expected) found.add(byte);
  }
  expect(found.size).toBe(256);
});
