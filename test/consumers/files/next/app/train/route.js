import { loadDigits, Network } from 'relumax/worker';
import { lesson } from './lesson.js';

export const dynamic = 'force-dynamic';

export async function GET() {
  return Response.json(await lesson({ loadDigits, Network }));
}
