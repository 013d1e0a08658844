/** What leaves the page: the command and the link that repeat the run, and the model as a file. */
import { oneLine } from '../../src/cli/terminal/safe-text.ts';
import { handOut } from '../files/files.ts';
import type { CurrentRun } from '../run/current-run.ts';
import type { Subject } from '../run/subject.ts';
import { commandOf } from '../settings/settings.ts';
import { text } from '../texts/languages.ts';
import { named } from '../texts/words.ts';
import type { Address } from './address.ts';

/** How long a button says that it has copied, in milliseconds. */
const COPIED = 1500;

export interface ExportHosts {
  readonly command: HTMLElement;
  readonly copyCommand: HTMLButtonElement;
  readonly copyLink: HTMLButtonElement;
  readonly save: HTMLButtonElement;
}

export class ExportView {
  readonly #hosts: ExportHosts;

  constructor(hosts: ExportHosts, current: CurrentRun, address: Address) {
    this.#hosts = hosts;
    copyBy(hosts.copyCommand, () => hosts.command.textContent);
    copyBy(hosts.copyLink, () => address.link);
    hosts.save.addEventListener('click', () => save(current));
  }

  /** Shows how to repeat a run. */
  fit({ settings, source, table, origin }: Subject): void {
    const { command, copyCommand, copyLink } = this.#hosts;
    const isRepeatable = origin === undefined;
    command.textContent = isRepeatable
      ? commandOf(settings, source.options, table !== undefined)
      : text('export.command.none', { file: named(oneLine(origin)) });
    copyCommand.disabled = !isRepeatable;
    copyLink.disabled = !isRepeatable || !source.isBundled;
  }
}

/** Makes a button copy text to the clipboard. */
function copyBy(button: HTMLButtonElement, copied: () => string): void {
  const words = button.textContent;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(copied());
      button.textContent = text('export.copied');
    } catch {
      button.textContent = text('export.notCopied');
    }
    setTimeout(() => {
      button.textContent = words;
    }, COPIED);
  });
}

/** Downloads the model. */
async function save({ run, subject }: CurrentRun): Promise<void> {
  const { text: layers } = subject.settings.architecture;
  const metadata = subject.split.table?.preprocessing.metadata;
  handOut(
    `${layers.replaceAll('/', '_')}.safetensors`,
    await run.network.save(metadata && { metadata }),
  );
}
