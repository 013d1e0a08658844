/** relumax without the core inside: `loadCore` takes it from where you have it. */
export { type CoreSource, loadCore, loadThreadedCore } from './core/given.ts';
export * from './index.ts';
