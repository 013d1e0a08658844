/** Errors sent from a worker, with their types. */
import { DivergenceError } from '../network/divergence.ts';
import type { PackedError } from './messages.ts';

export function packError(error: unknown): PackedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error) };
  const { name, message, stack } = error;
  if (!(error instanceof DivergenceError)) return { name, message, stack };
  const { epoch, step, layer } = error;
  return { name, message, stack, at: { epoch, step, layer } };
}

/** The error, with the stack that it had in the worker. */
export function unpackError({ name, message, stack, at }: PackedError): Error {
  const error = errorOf(name, message, at);
  if (stack !== undefined) error.stack = stack;
  return error;
}

function errorOf(name: string, message: string, at: PackedError['at']): Error {
  if (name === 'DivergenceError') return new DivergenceError(message, at);
  if (name === 'TypeError') return new TypeError(message);
  if (name === 'RangeError') return new RangeError(message);
  return new Error(message);
}
