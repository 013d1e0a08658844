import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRegularFile, readRegularFile } from '../../src/base/regular-file-node.ts';

describe.skipIf(process.platform === 'win32')('regular files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'relumax-'));
    await writeFile(join(folder, 'file'), 'twelve bytes');
    await symlink('file', join(folder, 'link'));
    execFileSync('mkfifo', [join(folder, 'pipe')]);
  });
  afterAll(() => rm(folder, { recursive: true }));

  test.each(['file', 'link'])('a %s is read whole', async (name) => {
    expect(String(await readRegularFile(join(folder, name), 12))).toBe('twelve bytes');
  });

  test('a file of more bytes than allowed is refused', async () => {
    await expect(readRegularFile(join(folder, 'file'), 11)).rejects.toThrow(
      'has 12 bytes, expected at most 11',
    );
  });

  test('a pipe is refused at once, though nobody writes into it', async () => {
    await expect(openRegularFile(join(folder, 'pipe'))).rejects.toThrow(
      'is a pipe, expected a file',
    );
  });

  test('a device, a folder and a socket are refused', async () => {
    await expect(readRegularFile('/dev/zero')).rejects.toThrow('is a device, expected a file');
    await expect(readRegularFile(folder)).rejects.toThrow('is a folder, expected a file');
    const server = createServer().listen(join(folder, 'socket'));
    try {
      // The system itself opens none.
      await expect(readRegularFile(join(folder, 'socket'))).rejects.toMatchObject({
        code: 'ENXIO',
      });
    } finally {
      server.close();
    }
  });

  test('a missing file gives the error of the system', async () => {
    await expect(readRegularFile(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
