/**
 * The view for a projector: large type, and the drawing, the network and the curves in one view. The style
 * sheet lays it out by the class `projector` of the page.
 */
import { text } from '../texts/languages.ts';

const NAME = 'projector';
/** The address's name of the view. */
const VIEW = 'view';

export interface ProjectorHosts {
  /** Enters and leaves it. */
  readonly toggle: HTMLButtonElement;
  /** Offers the whole screen while it is shown. */
  readonly full: HTMLButtonElement;
  /** What scrolls by itself then, so that keys can scroll it. */
  readonly units: HTMLElement;
}

export class Projector {
  readonly #hosts: ProjectorHosts;
  readonly #onChange: () => void;
  #isOn = false;

  /** @param onChange called when it is entered or left, not for the view of the address */
  constructor(hosts: ProjectorHosts, onChange: () => void) {
    this.#hosts = hosts;
    this.#onChange = onChange;
    const { toggle, full } = hosts;
    const root = document.documentElement;
    toggle.addEventListener('click', () => this.#toggle());
    full.addEventListener('click', async () => {
      try {
        await root.requestFullscreen();
      } catch {
        // Refused, as by a frame around the page: then it is no offer.
        full.hidden = true;
      }
    });
    document.addEventListener('keydown', (event) => {
      const isLeaving = event.key === 'Escape' && this.#isOn && !isTaken(event);
      const isKey = event.altKey && event.code === 'KeyP';
      if (!isLeaving && !isKey) return;
      event.preventDefault();
      this.#toggle();
    });
    if (new URLSearchParams(location.search).get(VIEW) === NAME) this.#show(true);
  }

  /** A query with the view, where it is shown. */
  withView(query: string): string {
    return this.#isOn ? `${query}&${VIEW}=${NAME}` : query;
  }

  #toggle(): void {
    this.#show(!this.#isOn);
    this.#onChange();
  }

  #show(isOn: boolean): void {
    const { toggle, full, units } = this.#hosts;
    this.#isOn = isOn;
    document.documentElement.classList.toggle(NAME, isOn);
    toggle.textContent = text(isOn ? 'projector.leave' : 'projector.enter');
    full.hidden = !isOn || !document.fullscreenEnabled;
    if (isOn) units.tabIndex = 0;
    else units.removeAttribute('tabindex');
    scrollTo({ top: 0, behavior: 'instant' });
    if (!isOn && document.fullscreenElement) void document.exitFullscreen();
  }
}

/** Whether Escape is for something above the page. */
function isTaken(event: KeyboardEvent): boolean {
  return event.defaultPrevented || document.querySelector('dialog[open]') !== null;
}
