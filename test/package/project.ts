/** Fresh projects that have the packed package installed, as anyone's would. */
import { execFile, spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const ROOT = join(import.meta.dirname, '../..');
const PLAIN = { ...process.env, NO_COLOR: '1', FORCE_COLOR: '0' };

/** What `npm pack` makes of the built package, in a folder. */
export async function pack(folder: string): Promise<string> {
  const args = ['pack', '--ignore-scripts', '--json', '--pack-destination', folder];
  const { stdout } = await run('npm', args, { cwd: ROOT });
  const [{ filename }] = JSON.parse(stdout);
  return join(folder, filename);
}

/** Temporary folders, removed together. */
export class Projects implements AsyncDisposable {
  readonly folder: string;
  readonly #first: string;
  #count = 0;

  private constructor(folder: string) {
    this.folder = folder;
    this.#first = join(folder, 'page');
  }

  static async create(): Promise<Projects> {
    const projects = new Projects(await mkdtemp(join(tmpdir(), 'relumax-pages-')));
    const tarball = await pack(projects.folder);
    await cp(join(ROOT, 'examples/page'), projects.#first, { recursive: true });
    // A copy of the loader that is here already, for nothing is fetched.
    const loader = join(ROOT, 'node_modules/@assemblyscript/loader');
    const packages = ['--install-links', tarball, loader];
    const install = ['install', '--no-audit', '--no-fund', '--offline', ...packages];
    await run('npm', install, { cwd: projects.#first });
    return projects;
  }

  /** The package as it is installed. */
  get installed(): string {
    return join(this.#first, 'node_modules/relumax');
  }

  /** A project of its own: examples/page, with another main.js where `main` names one. */
  async project(main?: string): Promise<string> {
    const folder = join(this.folder, `project-${++this.#count}`);
    await cp(this.#first, folder, { recursive: true });
    if (main !== undefined) await cp(join(folder, main), join(folder, 'main.js'));
    return folder;
  }

  /** What the training of examples/page gives in Node, with the same package. */
  async trainedInNode(): Promise<{ accuracy: number; hash: string }> {
    const folder = await this.project();
    await cp(join(ROOT, 'examples/node/train.js'), join(folder, 'train.js'));
    const [accuracy, hash] = (await command(['node', 'train.js'], folder)).trim().split(' ');
    return { accuracy: Number(accuracy), hash: hash! };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }
}

/**
 * Runs a command in a folder to its end, and returns what it printed.
 *
 * @throws Error with all that it printed, where it fails
 */
export async function command([file, ...args]: string[], cwd: string): Promise<string> {
  try {
    return (await run(file!, args, { cwd, env: PLAIN })).stdout;
  } catch (error) {
    const { message, stdout } = error as Error & { stdout: string };
    throw new Error(`${message}\n${stdout}`, { cause: error });
  }
}

export interface Server extends AsyncDisposable {
  origin: string;
}

/** Starts a command that prints the address at which it serves a folder. */
export async function serve([file, ...args]: string[], cwd: string): Promise<Server> {
  const child = spawn(file!, args, { cwd, env: PLAIN, stdio: ['ignore', 'pipe', 'inherit'] });
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let printed = '';
  for await (const text of child.stdout.iterator({ destroyOnReturn: false })) {
    printed += text;
    const origin = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)?.[0];
    if (origin === undefined) continue;
    child.stdout.resume();
    return {
      origin,
      async [Symbol.asyncDispose]() {
        child.kill();
        await closed;
      },
    };
  }
  throw new Error(`${file} ended without an address: ${printed}`);
}

/** The text of a file. */
export function textOf(...path: string[]): Promise<string> {
  return readFile(join(...path), 'utf8');
}
