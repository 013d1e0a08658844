/** What the tour points at, in order. The texts of a step are `tour.NAME.title`, `.text` and `.try`. */

export interface Step {
  /** Of the element that it points at; steps whose element is not shown are left out. */
  readonly target: string;
  readonly name:
    | 'draw'
    | 'answer'
    | 'evidence'
    | 'units'
    | 'train'
    | 'settings'
    | 'curves'
    | 'mixed'
    | 'step';
}

export const STEPS: readonly Step[] = [
  { target: '.paper', name: 'draw' },
  { target: '#bars', name: 'answer' },
  { target: '.pair', name: 'evidence' },
  { target: '#units', name: 'units' },
  { target: '#training .going', name: 'train' },
  { target: '#settings', name: 'settings' },
  { target: '#loss-curve', name: 'curves' },
  { target: '#confusion', name: 'mixed' },
  { target: '#equations-title', name: 'step' },
];
