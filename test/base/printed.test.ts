import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { size, text } from '#core';
import { bytesOfText } from '../../src/base/printed.ts';

test('the embedded core is the compiled one, in characters that nothing escapes', async () => {
  expect(bytesOfText(text, size)).toEqual(
    new Uint8Array(await readFile(new URL('../../build/core.wasm', import.meta.url))),
  );
  expect(text).toMatch(/^[#%-;=-[\]-_a-~]*$/);
});

test('every byte comes back', () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const characters = [..."#%&'()*+,-./0123456789:;=>?@"].concat([
    ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_abcdefghijklmnopqrstuvwxyz{|',
  ]);
  expect(characters).toHaveLength(86);
  const texts = Array.from(bytes, (byte) => {
    const v = (byte + 8) % 256;
    return ['', '}', '~'][Math.floor(v / 86)]! + characters[v % 86]!;
  });
  expect(bytesOfText(texts.join(''), 256)).toEqual(bytes);
});
