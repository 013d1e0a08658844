/** Not fuzzed unless asked for: each kind of fault, to see that it is found. */
import { Fault, type Target } from '../target.ts';

const FAULTS = {
  none: () => {},
  wrong: () => {
    throw new Fault('gives another value');
  },
  stuck: () => new Promise(() => {}),
  exit: () => process.exit(3),
  unhandled: async () => {
    Promise.reject(new Error('nobody waits for it'));
    await new Promise(setImmediate);
  },
  time: () => {
    const { user } = process.cpuUsage();
    while (process.cpuUsage().user < user + 500_000) for (let i = 0; i < 1e6; i++) Math.sqrt(i);
  },
  memory: () => {
    Buffer.alloc(200e6, 1);
  },
  heap: () => {
    for (const kept: unknown[] = []; ; ) kept.push(new Array(1e6).fill(kept.length));
  },
} as const;

const NAMES = Object.keys(FAULTS) as (keyof typeof FAULTS)[];

export const faults: Target<{ fault: keyof typeof FAULTS }> = {
  name: 'faults',
  weight: 0,
  patience: 5,
  make: ({ index }) => ({ fault: NAMES[index % NAMES.length]! }),
  budget: () => ({ ms: 300, mb: 100 }),
  async check({ fault }) {
    await FAULTS[fault]();
    return 'accepted';
  },
};
