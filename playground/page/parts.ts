/** Which parts of the page are shown: those for the data and the network that are there. */

/** What parts may be for. */
export interface Shown {
  /** Examples that are pictures, or rows of a table. */
  readonly pictures: boolean;
  readonly table: boolean;
  /** Networks that predict classes, or numbers. */
  readonly classes: boolean;
  readonly numbers: boolean;
  /** Networks of dense layers alone. */
  readonly dense: boolean;
}

/** Hides what `data-for` says is for something else. */
export function showParts(shown: Shown): void {
  for (const part of document.querySelectorAll<HTMLElement>('[data-for]')) {
    const wanted = part.dataset.for!.split(' ') as (keyof Shown)[];
    part.hidden = !wanted.every((name) => shown[name]);
  }
}
