/**
 * The types of the packed package: a strict project compiles against every entry, and every type that
 * an entry's signatures use can be imported from that entry.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { command, Projects } from './project.ts';

let projects: Projects;
beforeAll(async () => {
  projects = await Projects.create();
});
afterAll(() => projects?.[Symbol.asyncDispose]());

/** Of each entry that has types, what one imports and where its declarations are. */
const ENTRIES = Object.entries(manifest.exports).flatMap(([key, target]) =>
  typeof target === 'string' ? [] : [{ name: key.replace('.', 'relumax'), types: target.types }],
);

/** Uses of the public API, each of which must compile. */
const PROGRAM = `
  import { type Evaluation, type FitOptions, loadDigits, Network, Pace } from 'relumax';
  import { ImageAugmentation } from 'relumax/augmentation';
  import { type Checkpoint, Checkpoints, decodeCheckpoint, encodeCheckpoint } from 'relumax/checkpoint';
  import { type CoreExports, layOutNetwork } from 'relumax/core';
  import threadedModule from 'relumax/core-threads.wasm';
  import module from 'relumax/core.wasm';
  import { datasetFromIdx } from 'relumax/idx';
  import { loadIdxFolder } from 'relumax/node';
  import { loadCore, loadThreadedCore, Network as OnGivenCore } from 'relumax/slim';
  import { modelFromTfjs, tfjsFromModel } from 'relumax/tfjs';
  import { modelFromTorch } from 'relumax/torch';
  import { type LabelsOrTargets, Network as InWorker, startWorker } from 'relumax/worker';
  import 'relumax/worker-thread';
  const digits = await loadDigits();
  using network = await Network.create({ layers: [784, 10], hidden: 'tanh' });
  const evaluation: Evaluation = network.evaluate(digits);
  const kept: Checkpoint[] = [];
  const checkpoints = new Checkpoints({ every: 9, onCheckpoint: (made) => void kept.push(made) });
  const options: FitOptions = { checkpoints, augmentation: new ImageAugmentation({ width: 28, height: 28 }) };
  await network.fit(digits, options);
  const { checkpoint: resume } = decodeCheckpoint(encodeCheckpoint(kept[0]!));
  await network.fit(digits, { checkpoints: new Checkpoints({ resume }) });
  // @ts-expect-error: no Checkpoints
  await network.fit(digits, { checkpoints: {} });
  using remote = await InWorker.create({ layers: [784, 10], worker: startWorker() });
  await remote.fit(digits, { pace: new Pace(), transfer: true });
  const labels: LabelsOrTargets = new Uint8Array(1);
  const outcome: { loss: number } = await remote.trainOnBatch(new Uint8Array(784), labels);
  await loadCore(new URL('core.wasm', 'https://example.org'));
  await loadCore(module);
  await loadThreadedCore(threadedModule);
  await Network.load(modelFromTorch(network.save()));
  const { modelJson, weights } = tfjsFromModel(network.save());
  await Network.load(modelFromTfjs(modelJson, [weights]));
  const layers = [784, 10];
  const given = await OnGivenCore.create({ layers });
  export const plan = (core: CoreExports) => layOutNetwork(core, layers);
  export { datasetFromIdx, evaluation, loadIdxFolder, outcome };
`;

/** The compilers: the project's own, and the last of the major version before it. */
const COMPILERS = ['../../node_modules/typescript', 'node_modules/typescript-5.9'];

describe.each(COMPILERS)('%s', (compiler) => {
  const tsc = join(import.meta.dirname, compiler, 'bin/tsc');

  test.each([
    ['node16', 'node16'],
    ['nodenext', 'nodenext'],
    ['esnext', 'bundler'],
  ])('compiles a strict project: module %s, resolution %s', async (module, moduleResolution) => {
    const folder = await projects.project();
    const everything = ENTRIES.map(({ name }, i) => `export * as entry${i} from '${name}';\n`);
    await writeFile(join(folder, 'everything.ts'), everything.join(''));
    await writeFile(join(folder, 'program.ts'), PROGRAM);
    const compilerOptions = {
      ...{ module, moduleResolution, strict: true, noEmit: true, skipLibCheck: false, types: [] },
      ...{ target: 'es2022', lib: ['es2022', 'dom', 'esnext.disposable'] },
      ...{ noUncheckedIndexedAccess: true, exactOptionalPropertyTypes: true },
    };
    const config = { compilerOptions, files: ['everything.ts', 'program.ts'] };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
    await command(['node', tsc], folder);
  });
});

test.each(ENTRIES)('$name exports the types that its signatures use', ({ types }) => {
  const path = join(projects.installed, types);
  const program = ts.createProgram([path], { lib: ['lib.es2022.d.ts', 'lib.dom.d.ts'] });
  const checker = program.getTypeChecker();
  const resolved = (symbol: ts.Symbol) =>
    symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
  const entry = checker.getSymbolAtLocation(program.getSourceFile(path)!);
  const exported = new Set(entry ? checker.getExportsOfModule(entry).map(resolved) : []);
  const missing = new Set<string>();
  const seen = new Set<ts.Symbol>();

  const visitSymbol = (symbol: ts.Symbol) => {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const declaration of symbol.declarations ?? []) ts.forEachChild(declaration, visit);
  };
  const visit = (node: ts.Node): void => {
    if (ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'hidden')) return;
    const isBase = ts.isExpressionWithTypeArguments(node);
    if (isBase || ts.isTypeReferenceNode(node)) {
      const found = checker.getSymbolAtLocation(isBase ? node.expression : node.typeName);
      const symbol = found && resolved(found);
      const isOurs = symbol?.declarations?.some(
        (declaration) =>
          declaration.getSourceFile().fileName.startsWith(projects.installed) &&
          !ts.isTypeParameterDeclaration(declaration),
      );
      // What a class inherits is its own; the class that it inherits from need not be named.
      if (isOurs && isBase) visitSymbol(symbol!);
      else if (isOurs && !exported.has(symbol!)) missing.add(symbol!.name);
    }
    ts.forEachChild(node, visit);
  };
  for (const symbol of exported) visitSymbol(symbol);
  expect([...missing]).toEqual([]);
});
