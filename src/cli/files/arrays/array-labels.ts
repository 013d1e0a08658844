/** Labels of arrays that are the names of their classes, such as text, or −1 and 1: from training to evaluation. */

import type { Network } from '../../../index.ts';

/** What the metadata of a model say where the labels of its arrays were names. */
export const BY_NAME = { labels: 'names' } as const;

/** What metadata may say of them. */
export const LABELS_RULE = {
  key: 'labels',
  expected: () => `"${BY_NAME.labels}", where labels are the names of their classes`,
  holds: (text: string) => text === BY_NAME.labels,
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
export function checkLabels(
  data: string | undefined,
  record: Readonly<Record<string, string>>,
  classNames: unknown,
): void {
  if (record.labels !== BY_NAME.labels || classNames !== undefined) return;
  const found = `${data}: found labels that are names`;
  throw new Error(`${found}, expected whole numbers from 0: the model has no names of classes`);
}
