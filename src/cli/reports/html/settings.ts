/** With what settings, where, and how to do it again. */
import { type Html, html } from './html.ts';
import type { ReportData } from './report-data.ts';

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
