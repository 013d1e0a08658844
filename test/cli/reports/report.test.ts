/** `relumax train --report` and `--history`: the files, and the numbers in them. */

import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { Random } from '../../../src/base/random.ts';
import { repeatCommand, settingTexts } from '../../../src/cli/options/settings.ts';
import { calibrationOf } from '../../../src/cli/reports/html/calibration.ts';
import { f1 } from '../../../src/cli/reports/html/classes.ts';
import { html } from '../../../src/cli/reports/html/html.ts';
import { worstMistakes } from '../../../src/cli/reports/html/mistakes.ts';
import { checkedArchitecture } from '../../../src/core/architecture.ts';
import { hashIn, run, start } from '../command.ts';
import { HEADER, irisLike } from '../iris-like.ts';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'relumax-report-'));
});
afterAll(() => rm(cwd, { recursive: true }));

const read = (file: string) => readFile(join(cwd, file), 'utf8');

describe('--report', () => {
  it('is one page with the whole training, and the command in it repeats the run', async () => {
    const args = ['train', '-l', '784-12-10', '-e', '3', '--hidden', 'tanh', '--dropout', '0.1'];
    const outcome = await run([...args, '--report', 'r.html', '--print-hash'], { cwd });
    expect([outcome.code, outcome.stderr]).toEqual([0, '']);
    expect(outcome.stdout).toContain('report: r.html');
    const page = await read('r.html');
    const hash = hashIn(outcome.stdout)!;
    expect(page).toContain(hash);
    for (const part of [
      '<h2>Training',
      'Class by class',
      'Worst mistakes',
      'first layer',
      'Calibration',
    ]) {
      expect(page).toContain(part);
    }
    // Twelve units, 30 mistakes at most, and a row for each class.
    expect(page.match(/alt="Weights of unit/g)).toHaveLength(12);
    expect(page.match(/alt="\d, predicted \d"/g)).toHaveLength(30);
    const accuracy = /held out: ([\d.]+ %)/.exec(outcome.stdout)![1]!;
    expect(page).toContain(`<dd>${accuracy}</dd>`);
    // Nothing comes from elsewhere.
    expect(page).not.toMatch(/(?:src|href)="(?!data:)/);
    expect(page).not.toContain('<script');

    const command = /<code>relumax ([^<]+)<\/code>/.exec(page)![1]!;
    const again = await run([...command.split(' '), '--print-hash'], { cwd });
    expect(again.stdout).toContain(hash);
  });

  it('tells of a table by its columns, and escapes what its names say', async () => {
    const rows = irisLike(1).map((row) =>
      row.map((cell, i) => (i === 4 ? `<script>${cell}&"` : cell)),
    );
    const head = HEADER.map((name, i) => (i === 0 ? '<b>length</b>' : name));
    const quoted = [head, ...rows].map((row) =>
      row.map((cell) => `"${String(cell).replaceAll('"', '""')}"`).join(),
    );
    await writeFile(join(cwd, "it's.csv"), quoted.join('\n'));
    const { code } = await run(['train', '-d', "it's.csv", '--report', 't.html'], { cwd });
    expect(code).toBe(0);
    const page = await read('t.html');
    expect(page).not.toMatch(/<script|<b>/);
    expect(page).toContain('&lt;b&gt;length&lt;/b&gt;');
    expect(page).toContain('&lt;script&gt;');
    expect(page).toContain('--data &#39;it&#39;\\&#39;&#39;s.csv&#39;');
  });

  it('tells of numbers by R² and the largest errors', async () => {
    const rows = irisLike(1).map((row) => row.slice(0, 4));
    await writeFile(join(cwd, 'n.csv'), rows.map((row) => row.join()).join('\n'));
    await run(['train', '-d', 'n.csv', '--report', 'n.html'], { cwd });
    const page = await read('n.html');
    expect(page).toMatch(/<dt>R²<\/dt><dd>0\.\d{4}<\/dd>/);
    expect(page).toContain('Largest errors');
    expect(page).toContain('Predicted over actual values of');
    expect(page).toContain('how much the R² on 30 held-out examples falls');
    expect(page).not.toMatch(/e-\d+</);
    expect(page).not.toContain('Class by class');
    expect(page).not.toContain('Calibration');
  });

  it.each(['linear', 'softmax'])(
    'shows rows of a wide table as they came, and says how many columns are not shown: %s',
    async (output) => {
      const random = new Random(1, 'weights');
      const values = (decimals: number) => (random.word() / 2 ** 32).toFixed(decimals);
      const rows = Array.from({ length: 120 }, (_, i) => [
        ...Array.from({ length: 50 }, (_, j) =>
          String(Number(j % 2 === 0 ? values(3) : Number(values(0)) * Number(values(2)))),
        ),
        output === 'linear' ? String(i % 3 === 0 ? 0 : Number(values(2))) : 'abcd'[i % 4]!,
      ]);
      await writeFile(join(cwd, 'w.csv'), rows.map((row) => row.join()).join('\n'));
      const args = ['train', '-d', 'w.csv', '-l', '50-8-4', '--output', output];
      if (output === 'linear') args[4] = '50-8-1';
      expect(await run([...args, '--report', 'w.html'], { cwd })).toMatchObject({ code: 0 });
      const page = await read('w.html');
      // Of the rows, and of the weights.
      expect(page).toContain('The first 40 of 50 columns.');
      expect(page).toContain('The first 40 of 50 inputs.');
      const [table] = /<div[^>]*aria-label="The worst rows".*?<\/table>/s.exec(page)!;
      const shown = [...table.matchAll(/<tr><td.*?<\/tr>/g)].map(([row]) =>
        [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell!),
      );
      // 15 at most, and of classes those alone that are wrong.
      expect(shown.length).toBeGreaterThan(10);
      for (const [is, , number, ...cells] of shown) {
        const row = rows[Number(number) - 1]!;
        expect([...row.slice(0, 40), row.at(-1)]).toEqual([...cells, is]);
      }
      expect(page).not.toMatch(/>-0(?:\.0+)?</);
    },
  );

  it('tells of the columns of a table, and which of them mattered', async () => {
    const random = new Random(2, 'weights');
    const head = ['', 'sort', 'when', 'size', 'same', 'kind'];
    const rows = Array.from({ length: 300 }, (_, i) => {
      const sort = ['oak', 'ash', '<i>elm', ''][random.below(4)]!;
      const [day, size] = [random.below(28) + 1, random.word() / 2 ** 32];
      const kind = (sort === 'oak') === size > 0.3 ? 'yes' : 'no';
      const when = `2020-0${1 + random.below(9)}-${String(day).padStart(2, '0')}`;
      return [`r${i}`, sort, when, i % 7 === 3 ? 'NA' : size.toFixed(4), 'a', kind];
    });
    await writeFile(join(cwd, 'trees.csv'), [head, ...rows].map((row) => row.join()).join('\n'));
    const outcome = await run(['train', '-d', 'trees.csv', '--report', 'trees.html'], { cwd });
    expect(outcome.code).toBe(0);
    const page = await read('trees.html');
    const tableOf = (label: string) => {
      const [table] = new RegExp(`aria-label="${label}".*?</table>`, 's').exec(page)!;
      return [...table.matchAll(/<tr><t[dh] ?[^>]*>.*?<\/tr>/g)]
        .map(([row]) => [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/g)].map(([, cell]) => cell!))
        .filter((_, i) => i > 0);
    };
    expect(tableOf('Columns').map(([name, kind, , missing]) => [name, kind, missing])).toEqual([
      ['column 1', 'row names', '0'],
      ['sort', 'category', expect.stringMatching(/^[5-9]\d$/)],
      ['when', 'date', '0'],
      ['size', 'number', '43'],
      ['same', 'constant', '0'],
      ['kind', 'category', '0'],
    ]);
    const mattered = tableOf('Importance of each column').map(([column]) => column);
    expect(mattered.toSorted()).toEqual(['size', 'sort', 'when']);
    expect(mattered[2]).toBe('when');
    // The rows as they are in the file, with no columns of 0 and 1.
    const worst = tableOf('The worst rows');
    expect(worst.length).toBeGreaterThan(0);
    for (const [actual, , number, ...cells] of worst) {
      const [, sort, when, size, , kind] = rows[Number(number) - 2]!;
      const shown = [
        sort!.replace('<i>', '&lt;i&gt;') || '–',
        when,
        size === 'NA' ? '–' : String(+size!),
      ];
      expect([actual, cells]).toEqual([kind, shown]);
    }
    expect(page).not.toContain('<i>elm');
  });

  it('has room for very many epochs', async () => {
    const rows = irisLike(1).filter((_, i) => i % 10 === 0);
    await writeFile(join(cwd, 'few.csv'), rows.map((row) => row.join()).join('\n'));
    const args = ['train', '-d', 'few.csv', '-e', '150000', '--report', 'e.html'];
    expect(await run(args, { cwd })).toMatchObject({ code: 0, stderr: '' });
    expect(await read('e.html')).toContain('over 150000 epochs');
  });

  it('is written after Ctrl-C, and says so', async () => {
    const child = start(['train', '-e', '5000', '--report', 'c.html', '--json'], { cwd });
    child.stdout!.on('data', (text) => /"epoch":3/.test(String(text)) && child.kill('SIGINT'));
    const [code] = await once(child, 'exit');
    expect(code).toBe(130);
    expect(await read('c.html')).toContain('The training was interrupted by SIGINT');
  });
});

describe('--history', () => {
  it('is a table or a list, with a row an epoch', async () => {
    await run(['train', '-e', '3', '--history', 'h.csv'], { cwd });
    const lines = (await read('h.csv')).trimEnd().split('\n');
    expect(lines[0]).toBe('epoch,loss,accuracy,validationLoss,validationAccuracy,examples,seconds');
    expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(['1', '2', '3']);
    const { stdout } = await run(['train', '-e', '3', '--history', 'h.JSON', '--json'], { cwd });
    const records = JSON.parse(await read('h.JSON'));
    const epochs = stdout.split('\n').filter((line) => line.includes('"event":"epoch"'));
    for (const [i, line] of epochs.entries()) {
      const { epoch, loss, accuracy, validation } = JSON.parse(line);
      expect(records[i]).toMatchObject({
        ...{ epoch, loss, accuracy, examples: 8000 },
        ...{ validationLoss: validation.loss, validationAccuracy: validation.accuracy },
      });
      expect(lines[i + 1]!.startsWith(`${epoch},${loss},${accuracy},`)).toBe(true);
    }
  });
});

describe('targets that cannot be written', () => {
  it.each<[string[], number, string]>([
    [['--report', 'none/r.html'], 1, '--report none/r.html: folder none'],
    [['--report', '.'], 1, '--report .: is a folder'],
    [['--history', 'none/h.csv'], 1, '--history none/h.csv: folder none'],
    [['--history', 'h.txt'], 2, 'Expected a name that ends with .csv or .json'],
    [['--report', ''], 2, 'Expected a path'],
  ])('%j is named before training', async (args, code, message) => {
    const before = await readdir(cwd);
    const outcome = await run(['train', ...args], { cwd });
    expect([outcome.code, outcome.stdout]).toEqual([code, '']);
    expect(outcome.stderr).toContain(message);
    expect(await readdir(cwd)).toEqual(before);
  });
});

test('F1 is the harmonic mean', () => {
  expect(f1(0.5, 1)).toBeCloseTo(2 / 3, 12);
  expect(f1(0, 0)).toBe(0);
});

test('calibration: ten bins, and how far they are off, weighted by their examples', () => {
  // Two answers at 0.95, one right; two at 0.6, both right; one at 1.
  const probabilities = Float32Array.of(0.95, 0.05, 0.05, 0.95, 0.6, 0.4, 0.4, 0.6, 0, 1);
  const { bins, error } = calibrationOf(probabilities, Uint8Array.of(0, 0, 0, 1, 1), 2);
  expect(bins.map(({ examples }) => examples)).toEqual([0, 0, 0, 0, 0, 0, 2, 0, 0, 3]);
  expect(bins[6]!.accuracy).toBe(1);
  expect(bins[9]!.confidence).toBeCloseTo((0.95 + 0.95 + 1) / 3, 6);
  expect(bins[9]!.accuracy).toBeCloseTo(2 / 3, 12);
  expect(error).toBeCloseTo((2 / 5) * 0.4 + (3 / 5) * (2.9 / 3 - 2 / 3), 6);
});

test('the worst mistake is the one whose own class got least', () => {
  const probabilities = Float32Array.of(0.6, 0.4, 0.9, 0.1, 0.2, 0.8, 0.55, 0.45);
  expect(worstMistakes(probabilities, Uint8Array.of(1, 1, 1, 1), 2).map((m) => m.example)).toEqual([
    1, 0, 3,
  ]);
});

test('what comes from data is text, wherever it stands', () => {
  const name = `<img src=x onerror="alert('&')">\u0007`;
  expect(html`<p title="${name}">${[html`<b>${name}</b>`]}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;\ufffd"><b>&lt;img src=x onerror=&quot;alert(&#39;&amp;&#39;)&quot;&gt;\ufffd</b></p>',
  );
});

test('the command names what decided the outcome, quoted for a shell', () => {
  const settings = settingTexts({
    ...{
      data: "my data's.csv",
      label: 'the price',
      header: false,
      layers: checkedArchitecture({ layers: [4, 3, 1] }),
    },
    ...{ hidden: 'gelu', output: 'linear', epochs: 7, batch: Infinity, seed: 3, testSplit: 0.3 },
    ...{ optimizer: 'nesterov', learningRate: 1e-7, momentum: 0.5, weightDecay: 0, clipNorm: 2 },
    ...{ schedule: { name: 'step', every: 2, factor: 0.5 }, warmup: 0, dropout: 0.25 },
    ...{ patience: 4, shift: 0, rotate: 5, scale: 0.1 },
  });
  expect(repeatCommand(settings)).toBe(
    "relumax train --data 'my data'\\''s.csv' --label 'the price' --no-header --layers 4-3-1 --hidden gelu --output linear --epochs 7 --batch full --optimizer nesterov --learning-rate 1e-7 --momentum 0.5 --weight-decay 0 --clip-norm 2 --schedule step:2:0.5 --dropout 0.25 --patience 4 --rotate 5 --scale 0.1 --test-split 0.3 --seed 3",
  );
});

test('the command names hyperparameters that are not the defaults', () => {
  const rmsprop = { optimizer: 'rmsprop', momentum: 0, alpha: 0.9, epsilon: 1e-8 } as const;
  expect(repeatCommand(settingTexts({ ...rmsprop, centered: true }))).toBe(
    'relumax train --optimizer rmsprop --alpha 0.9 --centered',
  );
  expect(repeatCommand(settingTexts(rmsprop))).toBe(
    'relumax train --optimizer rmsprop --alpha 0.9',
  );
});
