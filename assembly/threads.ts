/** The exports of the module whose networks may have several threads: those of the other, and these. */

export * from './index';
export { MOST_THREADS } from './network/layers';
export {
  dismiss,
  fail,
  isPresent,
  presentCount,
  serve,
  sessionOf,
  setActive,
  setTeam,
} from './network/threads';
