/** Labels of arrays that are the names of their classes, such as text, or −1 and 1: from training to evaluation. */

import type { Network } from '../../index.ts';
import type { Contents, Rule } from './formats.ts';

/** What the metadata of a model say where the labels of its arrays were names. */
export const BY_NAME = { labels: 'names' } as const;

export const LABELS_RULE: Rule = {
  key: 'labels',
  expected: () => `"${BY_NAME.labels}", where labels are the names of their classes`,
  holds: (text) => text === BY_NAME.labels,
};

/** The names of a model's classes, if the labels of the arrays that it was trained on are such names. */
export function labelNames({
  metadata,
  classNames,
}: Pick<Network, 'metadata' | 'classNames'>): readonly string[] | undefined {
  return metadata.labels === BY_NAME.labels ? classNames : undefined;
}

/**
 * Checks that there are names of a model's classes to hold labels against that are names.
 *
 * @throws Error that names the data
 */
export function checkLabels({ source, record }: Contents, classNames: unknown): void {
  if (record.labels !== BY_NAME.labels || classNames !== undefined) return;
  const found = `${source.file ?? source.folder}: found labels that are names`;
  throw new Error(`${found}, expected whole numbers from 0: the model has no names of classes`);
}
