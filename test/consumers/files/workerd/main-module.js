import { loadDigits, Network } from 'relumax';
import { trained } from './training.js';

export default { fetch: () => trained({ loadDigits, Network }) };
