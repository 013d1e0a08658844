import { loadDigits, Network } from 'relumax/worker';
import { lesson } from './lesson.js';

lesson({ loadDigits, Network });
