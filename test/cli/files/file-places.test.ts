/** A folder with two paths, neither of which is a link to the other, as a bind mount has. */
import { mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { run } from '../../../src/cli/program.ts';

// Mounting needs rights that tests do not have; a link that nobody follows looks the same.
vi.mock('../../../src/cli/files/whole-file.ts', async (original) => ({
  ...(await original<object>()),
  placeOf: async (file: string) => resolve(file),
}));

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-places-'));
});
afterEach(() => rm(cwd, { recursive: true }));

it('has one file of a name, also before it is there', async () => {
  await mkdir(join(cwd, 'a'));
  await symlink('a', join(cwd, 'b'));
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const [save, checkpoint] = [join(cwd, 'a', 'x'), join(cwd, 'b', 'x')];
  try {
    await expect(run(['train', '--save', save, '--checkpoint', checkpoint])).rejects.toThrow(
      `--checkpoint ${checkpoint}: is the same file as --save ${save}, expected another`,
    );
  } finally {
    write.mockRestore();
  }
  expect(await readdir(join(cwd, 'a'))).toEqual([]);
});
