import { loadDigits, Network } from 'relumax';
import { lesson } from './lesson.js';

export default {
  async fetch() {
    const answer = lesson({ loadDigits, Network }).catch((error) => ({ error: String(error) }));
    return Response.json(await answer);
  },
};
