/** `relumax train --report`: a training as one page that needs nothing else. */

import { cpus } from 'node:os';
import { basename } from 'node:path';
import manifest from '../../../../package.json' with { type: 'json' };
import type { Network } from '../../../index.ts';
import { activationsBetween } from '../../files/exports/activation-exports.ts';
import type { ImageSize } from '../../options/fit-options.ts';
import { repeatCommand } from '../../options/settings.ts';
import { count, duration, fixed, percent, significant } from '../../terminal/numbers.ts';
import { parametersHash } from '../../training/parameters-hash.ts';
import type { TrainingPlan, TrainingResult } from '../../training/reporter.ts';
import { totals } from '../../training/reporter.ts';
import type { TrainingData } from '../../training/training-data.ts';
import { importances } from '../importance.ts';
import { errorInUnits, meanR2 } from '../score.ts';
import { calibrationSection } from './calibration.ts';
import { classesSection } from './classes.ts';
import { columnsSection } from './columns.ts';
import { curvesSection } from './curves.ts';
import { featureMapsSection } from './feature-maps.ts';
import { Html, html, isolated } from './html.ts';
import { importanceSection } from './importance.ts';
import { mistakesSection } from './mistakes.ts';
import type { ReportData } from './report-data.ts';
import { residualsSection } from './residuals.ts';
import { STYLE } from './style.ts';
import { weightsSection } from './weights.ts';

/** Nothing is loaded, and nothing runs. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

const SECTIONS = [
  curvesSection,
  columnsSection,
  classesSection,
  residualsSection,
  mistakesSection,
  importanceSection,
  weightsSection,
  featureMapsSection,
  calibrationSection,
  settingsSection,
];

/** The text of the page. */
export function reportPage(data: ReportData): string {
  const { plan } = data;
  const path = plan.source.folder ?? plan.source.file;
  const source = path === undefined ? 'the bundled digits' : basename(path);
  const title = `${plan.architecture.text} on ${source}`;
  return `<!doctype html>
${
  html`<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${title}</title>
<style>${new Html(STYLE)}</style>
</head>
<body>
<header>
<h1>${plan.architecture.text} on ${isolated(source)}</h1>
<p>${summary(data)}</p>
<dl class="figures">${figures(data).map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>
</header>
<main>
${SECTIONS.flatMap((section) => section(data) ?? [])}
</main>
<footer>Written by relumax.</footer>
</body>
</html>
`.text
}`;
}

function summary({ plan, result }: ReportData): string {
  const { epochs } = result.history;
  const between = activationsBetween(plan.architecture, plan.hidden).join(', ') || plan.hidden;
  const functions = `${between} in its hidden layers and a ${plan.output} output`;
  const trained = `A network with ${functions} was trained on ${count(plan.examples)} examples for ${epochs.length} ${epochs.length === 1 ? 'epoch' : 'epochs'}`;
  const ended = result.interrupted ? `, until ${result.interrupted}` : '';
  return `${trained}${ended}, and evaluated on ${count(plan.heldOut)} held-out ones.`;
}

function figures({ result, parameters }: ReportData): (readonly [string, string])[] {
  const { test, dead } = result;
  const size = parameters.reduce(
    (sum, { weights, biases }) => sum + weights.length + biases.length,
    0,
  );
  const error = errorInUnits(test);
  const died = dead.reduce((sum, layer) => sum + layer.dead.length, 0);
  return [
    test.r2 ? ['R²', fixed(meanR2(test.r2), 4)] : ['accuracy', percent(test.accuracy!)],
    ...(error === undefined ? [] : [['RMSE', significant(error, 4)] as const]),
    ['loss', test.loss.toFixed(4)],
    ['training', duration(totals(result.history).seconds)],
    ['parameters', count(size)],
    ...(died === 0 ? [] : [['dead units', String(died)] as const]),
  ];
}

export function settingsSection({
  settings,
  environment,
  hash,
  command,
  result,
}: ReportData): Html {
  return html`<section>
<h2>Reproduce this run</h2>
<p>${
    result.interrupted
      ? `The training was interrupted by ${result.interrupted}: this is what it would have been without.`
      : 'The same command, on the same data, gives the same parameters, bit for bit, on any machine.'
  }</p>
<pre tabindex="0"><code>${command}</code></pre>
<p class="hash"><span>SHA-256 of the parameters</span> <code>${hash}</code></p>
<div class="pair">
${table('Settings', settings)}
${table('Environment', environment)}
</div>
</section>`;
}

function table(title: string, rows: readonly (readonly [string, string])[]): Html {
  return html`<table><caption>${title}</caption><tbody>
${rows.map(
  ([
    name,
    value,
  ]) => html`<tr><th scope="row">${name}</th><td>${value === '' ? 'yes' : value}</td></tr>
`,
)}</tbody></table>`;
}

/** What a report is made of. */
export interface Trained {
  readonly network: Network;
  readonly data: TrainingData;
  readonly plan: TrainingPlan;
  readonly result: TrainingResult;
  /** By the names of the options. */
  readonly settings: readonly (readonly [string, string])[];
  /** Of the examples, where they are images. */
  readonly size: ImageSize | undefined;
}

/** The bytes of the report. */
export async function reportBytes(trained: Trained): Promise<Uint8Array> {
  const { network, data, settings, size, plan, result } = trained;
  const parameters = network.parameters();
  const { table } = data;
  const page = reportPage({
    ...{ plan, result, settings, size, parameters },
    heldOut: data.heldOut,
    outputs: network.predict(data.heldOut.inputs),
    activations: (inputs) => network.activations(inputs),
    hash: parametersHash(parameters),
    command: repeatCommand(settings),
    importances:
      table && importances(network, data.heldOut, table.preprocessing.columns, plan.seed),
    featureNames: table?.preprocessing.features,
    normalization: network.normalization,
    environment: [
      ['relumax', manifest.version],
      ['Node', process.version],
      ['platform', `${process.platform} ${process.arch}`],
      ['processor', cpus()[0]?.model.trim() ?? 'unknown'],
      ['date', new Date().toISOString().slice(0, 19).replace('T', ' ')],
    ],
  });
  return Buffer.from(page);
}
