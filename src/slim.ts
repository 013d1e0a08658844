/** relumax without the core inside: `loadCore` takes it from where you have it. */
export {
  type CoreSource,
  loadConvolutionCore,
  loadCore,
  loadThreadedConvolutionCore,
  loadThreadedCore,
} from './core/modules/given.ts';
export * from './index.ts';
