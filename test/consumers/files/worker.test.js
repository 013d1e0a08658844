import { loadDigits, Network } from 'relumax/worker';
import { lesson } from './lesson.js';

test('trains in a worker', async () => {
  const { accuracy, hash } = await lesson({ loadDigits, Network });
  process.stdout.write(`\n${accuracy} ${hash}\n`);
});
