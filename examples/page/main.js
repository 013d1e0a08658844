import { loadDigits, Network } from 'relumax';
import { lesson } from './lesson.js';

lesson({ loadDigits, Network });
