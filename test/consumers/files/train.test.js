import { loadDigits, Network } from 'relumax';
import { lesson } from './lesson.js';

test('trains', async () => {
  const { accuracy, hash } = await lesson({ loadDigits, Network });
  process.stdout.write(`\n${accuracy} ${hash}\n`);
});
