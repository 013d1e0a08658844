/** relumax/core: the Wasm core by itself, for those who embed core.wasm without `Network`. */
export * from './core/checked-exports.ts';
