/**
 * The compiled core, for `loadCore` of `relumax/slim` or, with threads, `loadThreadedCore`, and so on: a module, as Cloudflare's workerd and source phase
 * imports (`import source module from 'relumax/core.wasm'`) give it. A bundler that gives the file's address
 * or its bytes instead has a type of its own for that, such as Vite's `relumax/core.wasm?url`.
 */
declare const module: WebAssembly.Module;
export default module;
