/** The button that starts the guided tour, which is loaded by it. */
import { openTab } from '../page/tabs.ts';
import type { Tour, TourHosts } from './tour.ts';

export function offerTour(button: HTMLButtonElement, hosts: TourHosts): void {
  let tour: Tour | undefined;
  button.addEventListener('click', async () => {
    const { Tour } = await import('./tour.ts');
    tour ??= new Tour(hosts);
    openTab('learn');
    tour.start(button);
  });
}
