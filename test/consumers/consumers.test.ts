/**
 * The packed package in the hands of other tools: each trains examples/page or examples/node to the
 * parameters that Node ends with. It writes docs/consumers.md.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launch } from '../browser/chromium.ts';
import { command, Projects } from '../package/project.ts';
import { CONSUMERS, type Consumer, type Result, type Tools } from './consumers.ts';

const DOCS = join(import.meta.dirname, '../../docs/consumers.md');

let browser: Browser;
let projects: Projects;
let inNode = { accuracy: 0, hash: '' };

beforeAll(async () => {
  [projects, browser] = await Promise.all([Projects.create(), launch()]);
  inNode = await projects.trainedInNode();
});

/** What goes into the table: of each use, what came of it. */
const results = new Map<string, string>();
const rows = CONSUMERS.flatMap(({ name, packages, uses }) =>
  Object.keys(uses).map((use) => ({ key: `${name}: ${use}`, name, use, packages })),
);

function record(key: string, { hash, error }: Result): void {
  if (error !== undefined) results.set(key, `**no**: ${error}`);
  else results.set(key, hash === inNode.hash ? 'the same parameters' : '**other parameters**');
}

/** Installs the consumer's packages into a fresh project. */
async function install({ packages, prepare }: Consumer): Promise<Tools> {
  const folder = await projects.project();
  const args = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts'];
  if (packages.length > 0) await command(['npm', 'install', ...args, ...packages], folder);
  const tools = { folder, browser };
  await prepare?.(tools);
  return tools;
}

describe.each(CONSUMERS.map((consumer) => [consumer.name, consumer] as const))(
  '%s',
  (name, consumer) => {
    let tools: Tools;
    beforeAll(async () => {
      try {
        tools = await install(consumer);
      } catch (error) {
        for (const use of Object.keys(consumer.uses)) {
          results.set(`${name}: ${use}`, `**missing**: ${(error as Error).message.slice(0, 300)}`);
        }
        throw error;
      }
    });

    test.each(Object.entries(consumer.uses))('%s', async (use, run) => {
      const result = await run(tools);
      record(`${name}: ${use}`, result);
      const refusal = consumer.refuses?.[use];
      if (refusal !== undefined) expect(result.error).toMatch(refusal);
      else expect(result).toEqual({ hash: inNode.hash });
    });
  },
);

afterAll(async () => {
  const lines = rows.map(({ key, name, use, packages }) => {
    const versions = packages
      .map((spec) => spec.replace(/^@/, ''))
      .map((spec) => spec.split('@')[1]);
    const result = (results.get(key) ?? '**missing**: it did not end')
      .replaceAll('|', '\\|')
      .replaceAll(/\s+/g, ' ');
    return `| ${name} | ${versions[0] ?? ''} | ${use} | ${result} |`;
  });
  const table = [
    `<!-- consumers: npm run test:consumers, Node ${process.version}, Chromium ${browser?.version()} -->`,
    '| consumer | version | use | result |',
    '| --- | --- | --- | --- |',
    ...lines,
    '<!-- end of consumers -->',
  ].join('\n');
  console.log(table);
  const text = await readFile(DOCS, 'utf8');
  await writeFile(
    DOCS,
    text.replace(/<!-- consumers[\s\S]*end of consumers -->/, () => table),
  );
  await browser?.close();
  await projects?.[Symbol.asyncDispose]();
});
