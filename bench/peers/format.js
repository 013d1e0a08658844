import { formatNumber } from '../numbers.js';
import { UNITS } from './works.js';

/**
 * @param {number} ms
 * @param {import('./works.js').Work['unit']} unit
 */
export function formatTime(ms, unit) {
  return formatNumber(ms / UNITS[unit]);
}

/**
 * A peer's time in those of relumax: below 1 where the peer is faster.
 *
 * @param {number} ratio
 */
export function formatRatio(ratio) {
  if (ratio < 1) return `${ratio.toFixed(2)} ×`;
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio).toLocaleString('en')} ×`;
}

/** @param {number} [share] */
export function formatShare(share) {
  return share === undefined ? '–' : `${(100 * share).toFixed(1)} %`;
}
