/**
 * Command lines over all options that the commands have, with good and bad values, on small data. Each
 * runs as a process of its own: it says what is wrong in lines for people, leaves no broken file, and
 * changes nothing that it was only to read.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Option } from 'commander';
import { program } from '../../../src/cli/program.ts';
import { zip } from '../../cli/zip.ts';
import { npy } from '../../data/npy-file.ts';
import { Dice } from '../dice.ts';
import { checkClear, Fault, type Target, UNSAFE } from '../target.ts';
import { brokenFile } from '../whole-file.ts';
import { knownJpeg } from './jpeg.ts';
import { randomPng } from './png.ts';

interface CommandInput {
  readonly args: readonly string[];
  readonly stdin?: 'image' | 'table' | 'junk';
}

const CLI = resolve('dist/cli.js');
/** Milliseconds until Ctrl-C, and until it must have ended. */
const PATIENCE = 8000;
const AT_MOST = 30_000;

/** Which files the options write. */
const OUTPUTS: Readonly<Record<string, string>> = {
  ...{ '-o': 'model', '--save': 'model', '--checkpoint': 'checkpoint', '--report': 'report' },
  ...{ '--history': 'history', '--onnx': 'onnx', '--js': 'js' },
};
const TABLES = ['iris.csv', 'iris.tsv', 'numbers.csv'];
const DATA = [...TABLES, 'mnist', 'pictures', 'arrays.npz', 'npy'];
const BAD_DATA = [
  ...['missing', 'empty', 'empty.csv', 'junk.bin', 'junk.csv', 'junk.npz', 'pipe.csv', 'link.csv'],
  ...['e\x1b[31mvil.csv', 'two\nlines.csv', 'turned\u202efdp.csv', 'bad-mnist', 'bad-pictures'],
];
const MODELS = ['iris', 'numbers', 'digits', 'pictures'].map((name) => `${name}.safetensors`);
const CHECKPOINTS = ['iris-c.safetensors', 'digits-c.safetensors'];
const BAD_MODELS = ['junk.safetensors', 'missing.safetensors', 'iris.csv', 'empty', 'pipe.csv'];
const PICTURES = ['pictures/a/1.png', 'pictures/b/1.jpg', 'digit.png', 'junk.png'];

/** Good values by the long name of the option. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  label: ['species', 'x', '1', '5', '2'],
  layers: ['4-3-3', '4-5-2-3', '784-4-10', '4-1', '2-3-1', '36-4-2'],
  batch: ['8', '1', '1000', 'full'],
  seed: ['0', '7', '9007199254740991'],
  'test-split': ['0.2', '0.5', '0.01', '0.99'],
  epochs: ['1', '2', '3'],
  updates: ['20', '21', '50'],
  schedule: ['constant', 'cosine', 'step:1:0.5', 'step:0:1', 'step:1'],
  patience: ['1', '2'],
  every: ['1', '3', '100'],
  warmup: ['0', '1', '1000'],
  shift: ['0', '1.5', '1024'],
  rotate: ['0', '10', '180'],
  scale: ['0', '0.1', '0.9'],
};
const NUMBERS = ['0.1', '0.9', '1', '1e-5', '1e30', '1e300', '3', '0'];
const BAD = [
  ...['', ' ', '-1', 'NaN', 'Infinity', '0x10', '1e999', '9007199254740993', '1,5', '--', 'nope'],
  ...['null', '../../..', 'a\x1b[2Jb', 'x'.repeat(300), '\u202e', '4-', '784-99999999-10', '0-1'],
];
const FILES = ['a.safetensors', 'b.html', 'c.csv', 'd.json', './a.safetensors', 'e.onnx', 'f.js'];
const BAD_FILES = [
  ...[
    '.',
    '',
    '/',
    'none/a',
    '/dev/null',
    '/dev/full',
    '../data',
    'folder',
    'c.csv/',
    `${'x'.repeat(251)}.json`,
  ],
  ...['link.json', 'a\x1b[2J.json'],
];

/** Those that need no network. */
const COMMANDS = program.commands.filter((command) => command.name() !== 'data');

const inData = (names: readonly string[]) => names.map((name) => `../data/${name}`);

function valueFor(option: Option, dice: Dice, inputs: readonly string[]): string {
  const name = option.name();
  const isWrong = dice.chance(0.08);
  if (name === 'data') return dice.pick(inData(isWrong ? BAD_DATA : DATA));
  if (name === 'resume')
    return dice.pick(inData(isWrong ? [...BAD_MODELS, ...MODELS] : CHECKPOINTS));
  if (`--${name}` in OUTPUTS) {
    if (dice.chance(0.05) && inputs.length > 0) return dice.pick(inputs);
    const own = {
      report: 'b.html',
      history: dice.pick(['c.csv', 'd.json']),
      onnx: 'e.onnx',
      js: 'f.js',
    }[name];
    return isWrong
      ? dice.pick(BAD_FILES)
      : dice.chance(0.2)
        ? dice.pick(FILES)
        : (own ?? `${name}.safetensors`);
  }
  if (isWrong) return dice.pick(BAD);
  return dice.pick(option.argChoices ?? VALUES[name] ?? NUMBERS);
}

/** What a command takes besides options. */
function argumentsOf(name: string, dice: Dice): string[] {
  if (name === 'completion') return [dice.pick(['bash', 'zsh', 'fish', 'nope', ''])];
  if (name === 'train' || name === 'find-lr') return dice.chance(0.02) ? ['more'] : [];
  const model = dice.pick(
    inData(dice.chance(0.15) ? BAD_MODELS : [...MODELS, ...CHECKPOINTS, 'torch.safetensors']),
  );
  if (name !== 'predict') return [model];
  const inputs = dice.chance(0.2)
    ? BAD_DATA
    : model.includes('iris')
      ? TABLES
      : [...PICTURES, ...TABLES];
  return [model, ...dice.list(dice.small(0, 3), () => dice.pick([...inData(inputs), '-']))];
}

export const command: Target<CommandInput> = {
  name: 'command',
  weight: 3,
  patience: 60,
  make(dice) {
    const command = dice.pick([...COMMANDS, COMMANDS[0]!, COMMANDS[0]!]);
    const own = argumentsOf(command.name(), dice);
    const args = [command.name(), ...own];
    const inputs = own.filter((arg) => arg.startsWith('../data/') && !arg.includes('pipe'));
    for (const option of dice.some(command.options, 0.1)) {
      const flag = dice.pick(
        [option.short, option.long, option.long].filter((text) => text),
      ) as string;
      const value = option.required ? [valueFor(option, dice, inputs)] : [];
      if (option.name() === 'data') inputs.push(...value.filter((path) => /\.\w+$/.test(path)));
      args.push(
        ...(value.length > 0 && dice.chance(0.1)
          ? [`${option.long}=${value[0]}`]
          : [flag, ...value]),
      );
    }
    if (
      /^(?:train|find-lr)$/.test(command.name()) &&
      !args.some((arg) => /^--data|^-d$/.test(arg)) &&
      dice.chance(0.8)
    ) {
      args.push('--data', dice.pick(inData(DATA)));
    }
    if (command.name() === 'train' && !args.some((arg) => /^(?:--epochs|-e$)/.test(arg)))
      args.push('-e', '2');
    if (dice.chance(0.02)) args.push(dice.pick(['--nope', '-x', '--help', '--version', '-']));
    return { args, stdin: dice.pick(['image', 'table', 'junk'] as const) };
  },
  budget: () => ({ ms: 20_000, mb: 500 }),
  async check({ args, stdin = 'junk' }) {
    const place = world();
    const cwd = join(place, 'out');
    mkdirSync(join(cwd, 'folder'), { recursive: true });
    symlinkSync('folder', join(cwd, 'link.json'));
    try {
      const run = await runCommand(args, cwd, STDIN[stdin]);
      checkWords(run, args);
      await checkFiles(run, args, cwd);
      if (stateOf(join(place, 'data')) !== before) throw new Fault('changes its input');
      return { outcome: run.code === 0 ? 'accepted' : 'refused', ms: run.ms, mb: run.mb };
    } catch (error) {
      if (stateOf(join(place, 'data')) !== before) remake();
      throw error;
    } finally {
      rmSync(cwd, { recursive: true, force: true });
    }
  },
  parts: {
    of: ({ args }) => args,
    from: (parts, input) => ({ ...input, args: parts as string[] }),
  },
};

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly ms: number;
  readonly mb: number;
}

/** Tells on a fourth stream what the process has taken. */
const METER = `data:text/javascript,import{writeSync}from'fs';process.on('exit',()=>{const{userCPUTime:u,systemCPUTime:s,maxRSS}=process.resourceUsage();writeSync(3,JSON.stringify([(u+s)/1000,maxRSS/1024]))})`;

async function runCommand(args: readonly string[], cwd: string, input: Uint8Array): Promise<Run> {
  const child: ChildProcess = spawn(process.execPath, ['--import', METER, CLI, ...args], {
    cwd,
    env: { PATH: process.env.PATH, TERM: 'xterm' },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  child.stdin!.on('error', () => {});
  child.stdin!.end(input);
  const asked = setTimeout(() => child.kill('SIGINT'), PATIENCE);
  const forced = setTimeout(() => child.kill('SIGKILL'), AT_MOST);
  const [stdout, stderr, taken, code] = await Promise.all([
    text(child.stdout!),
    text(child.stderr!),
    text(child.stdio[3] as NodeJS.ReadableStream),
    new Promise<number | null>((resolve) => child.once('close', resolve)),
  ]);
  clearTimeout(asked);
  clearTimeout(forced);
  if (child.signalCode === 'SIGKILL')
    throw new Fault(`does not end ${(AT_MOST - PATIENCE) / 1000} s after Ctrl-C`);
  if (child.signalCode) throw new Fault(`is ended by ${child.signalCode}: ${stderr}`);
  const [ms, mb] = JSON.parse(taken || '[0,0]');
  return { code, stdout, stderr, ms, mb };
}

/** Checks what is printed. */
function checkWords({ code, stdout, stderr }: Run, args: readonly string[]): void {
  if (![0, 1, 2, 130].includes(code!)) throw new Fault(`ends with code ${code}: ${stderr}`);
  const lines = stderr.split('\n').filter((line) => line !== '');
  const stray = lines.find((line) => !/^(?:relumax|Usage): /.test(line));
  if (stray !== undefined) throw new Fault(`prints on standard error: ${JSON.stringify(stray)}`);
  for (const line of lines) checkClear(new Error(line));
  if (code !== 0 && code !== 130 && lines.length === 0)
    throw new Fault(`ends with code ${code} without a word`);
  const unsafe = UNSAFE.exec(stderr) ?? UNSAFE.exec(stdout);
  if (unsafe) throw new Fault(`prints the control character ${JSON.stringify(unsafe[0])}`);
  if (args[0] !== 'completion' && /\bNaN\b|\bInfinity\b|\bundefined\b/.test(stdout)) {
    throw new Fault(`prints no number: ${/.*(?:NaN|Infinity|undefined).*/.exec(stdout)![0]}`);
  }
  if (!args.includes('--json') || args.some((arg) => /^(?:-h|--help|-V|--version)$/.test(arg)))
    return;
  for (const line of stdout.split('\n').filter((line) => line !== '')) {
    try {
      JSON.parse(line);
    } catch {
      throw new Fault(`prints no JSON: ${line}`);
    }
  }
}

/** Checks that the files which were asked for are there and whole, and no others. */
async function checkFiles({ code }: Run, args: readonly string[], cwd: string): Promise<void> {
  const asked = new Map<string, string>();
  for (const [i, arg] of args.entries()) {
    const [flag, value = args[i + 1] ?? ''] = arg.startsWith('--') ? arg.split(/=(.*)/s) : [arg];
    const kind = Object.hasOwn(OUTPUTS, flag!) ? OUTPUTS[flag!]! : undefined;
    if (kind) asked.set(kind, value);
  }
  for (const name of readdirSync(cwd)) {
    const isAsked = [...asked.values()].some((path) => resolve(cwd, path) === join(cwd, name));
    if (!isAsked && name !== 'folder' && name !== 'link.json')
      throw new Fault(`leaves a file ${name}`);
  }
  const isHelp = args.some((arg) => /^(?:-h|--help|-V|--version)$/.test(arg));
  for (const [kind, path] of asked) {
    const file = resolve(cwd, path);
    if (!existsSync(file) || !lstatSync(file).isFile()) {
      // A training may end before its first checkpoint, or before it has begun.
      if (code === 0 && kind !== 'checkpoint' && !isHelp) throw new Fault(`wrote no ${kind}`);
      continue;
    }
    const broken = await brokenFile(kind, file);
    if (broken && (code === 0 || file.startsWith(cwd)))
      throw new Fault(`leaves a broken ${kind}: ${broken}`);
  }
}

/** The folder with the data, made once. */
let home: string | undefined;
let before = '';
const STDIN = {
  image: Buffer.alloc(784, 9),
  table: Buffer.from('5.1,3.5,1.4,0.2\n6,3,4,1\n'),
  junk: Buffer.from('\0\x1b[31mjunk'),
};

function world(): string {
  if (home === undefined) remake();
  return home!;
}

function remake(): void {
  if (home !== undefined) rmSync(home, { recursive: true, force: true });
  home = mkdtempSync(join(tmpdir(), 'relumax-fuzz-'));
  const data = join(home, 'data');
  mkdirSync(data);
  makeData(data);
  before = stateOf(data);
}

function makeData(data: string): void {
  const dice = new Dice(0, 'command', 0);
  const write = (name: string, bytes: Uint8Array | string) => {
    mkdirSync(join(data, name, '..'), { recursive: true });
    writeFileSync(join(data, name), bytes);
  };
  const numbers = () => dice.list(4, (i) => (dice.between(0, 60) / 10 + i).toFixed(1));
  const iris = dice.list(45, (i) => [...numbers(), ['setosa', 'versicolor', 'virginica'][i % 3]!]);
  const header = ['a', 'b', 'c', 'd', 'species'];
  write('iris.csv', [header, ...iris].map((row) => row.join()).join('\n'));
  write('iris.tsv', iris.map((row) => row.join('\t')).join('\n'));
  write(
    'numbers.csv',
    dice.list(40, () => [...numbers(), dice.between(0, 999) / 7].join()).join('\n'),
  );
  for (const [name, bytes] of [
    ...['e\x1b[31mvil.csv', 'two\nlines.csv', 'turned\u202efdp.csv'].map(
      (name) => [name, 'a,b\n1,\x1b[2J\n'] as const,
    ),
    ...['junk.bin', 'junk.csv', 'junk.npz', 'junk.png', 'junk.safetensors'].map(
      (name) => [name, dice.bytes(99)] as const,
    ),
    ['empty.csv', ''],
  ] as const)
    write(name, bytes);
  mkdirSync(join(data, 'empty'));
  for (const part of ['train', 't10k']) {
    const count = part === 'train' ? 40 : 10;
    const head = Buffer.from([0, 0, 8, 3, 0, 0, 0, count, 0, 0, 0, 6, 0, 0, 0, 6]);
    write(`mnist/${part}-images-idx3-ubyte`, Buffer.concat([head, dice.bytes(count * 36)]));
    const labels = Buffer.from(dice.list(count, (i) => i % 3));
    write(
      `mnist/${part}-labels-idx1-ubyte`,
      Buffer.concat([Buffer.from([0, 0, 8, 1, 0, 0, 0, count]), labels]),
    );
  }
  write('bad-mnist/train-images-idx3-ubyte', dice.bytes(50));
  for (let i = 1; i <= 8; i++) {
    const png = randomPng(new Dice(i + 1, 'picture', 0), { width: 6, height: 6 });
    if (png.valid) write(`pictures/a/${i}.png`, png.file);
    write(`pictures/b/${i}.jpg`, knownJpeg(dice, { width: 6, height: 6 }));
  }
  write('bad-pictures/a/1.png', dice.bytes(50));
  write('bad-pictures/b/1.png', dice.bytes(50));
  write('digit.png', randomPng(new Dice(5, 'picture', 0), { width: 28, height: 28 }).file);
  const x = npy(Float32Array.from(dice.list(80, () => dice.between(0, 99))), [20, 4]);
  const y = npy(Uint8Array.from(dice.list(20, (i) => i % 3)));
  write(
    'arrays.npz',
    zip([
      { name: 'x.npy', bytes: x, deflated: true },
      { name: 'y.npy', bytes: y },
    ]),
  );
  write('npy/x.npy', x);
  write('npy/y.npy', y);
  symlinkSync('nowhere', join(data, 'link.csv'));
  if (process.platform !== 'win32') execFileSync('mkfifo', [join(data, 'pipe.csv')]);
  const train = (...args: string[]) =>
    execFileSync(process.execPath, [CLI, 'train', '-e', '1', ...args], {
      cwd: data,
      stdio: 'ignore',
    });
  train('-d', 'iris.csv', '-o', 'iris.safetensors', '--checkpoint', 'iris-c.safetensors');
  train('-d', 'numbers.csv', '-o', 'numbers.safetensors');
  train('-d', 'pictures', '-o', 'pictures.safetensors');
  train('-l', '784-2-10', '-o', 'digits.safetensors', '--checkpoint', 'digits-c.safetensors');
}

/** What shows whether anything has changed. */
function stateOf(folder: string): string {
  return readdirSync(folder, { recursive: true })
    .map((name) => {
      const { size, mtimeMs, ino } = lstatSync(join(folder, name as string));
      return [name, size, mtimeMs, ino].join();
    })
    .join('\n');
}
