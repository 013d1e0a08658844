/** As train.js, in a worker: what a server does, whose other requests then need not wait. */
import { loadDigits, Network } from 'relumax/worker';
import { lesson } from './lesson.js';

lesson({ loadDigits, Network }).then(({ accuracy, hash }) => console.log(accuracy, hash));
