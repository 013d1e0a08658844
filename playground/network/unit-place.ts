/** Where a unit or filter is in the network, and what it is called. */
import type { LayerShape } from '../../src/core/layers.ts';
import { text } from '../texts/languages.ts';

export interface UnitPlace {
  /** The number of its layer, from 0; pooling counts. */
  readonly layer: number;
  /** From 0. */
  readonly unit: number;
}

/**
 * “Unit 3”; an output is called by its class.
 *
 * @param classNames of the layer's units; none unless it is the last
 */
export function nameOfUnit(
  { kind }: Pick<LayerShape, 'kind'>,
  unit: number,
  classNames: readonly string[] = [],
): string {
  const className = classNames[unit];
  const number = unit + 1;
  if (className !== undefined) return text('unit.class', { number, class: className });
  return text(kind === 'conv' ? 'unit.filter' : 'unit.unit', { number });
}
