/** The messages between the thread of a network and its helpers. */

/** To a helper: answer, if the memory has come through; and before that, serve the network in it. */
export interface Order {
  memory: WebAssembly.Memory;
  serve?: { module: WebAssembly.Module; network: number; thread: number; session: number };
}

/** From a helper: it has served; or why it could not. */
export interface Answer {
  error?: string;
}
