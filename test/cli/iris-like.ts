import { Random } from '../../src/base/random.ts';

/** Of each species: mean and standard deviation of sepal length and width, petal length and width, in cm. */
const SPECIES = {
  setosa: [5.01, 0.35, 3.43, 0.38, 1.46, 0.17, 0.25, 0.11],
  versicolor: [5.94, 0.52, 2.77, 0.31, 4.26, 0.47, 1.33, 0.2],
  virginica: [6.59, 0.64, 2.97, 0.32, 5.55, 0.55, 2.03, 0.27],
};

export const HEADER = ['sepal length', 'sepal width', 'petal length', 'petal width', 'species'];

/**
 * Rows that are like those of R. A. Fisher's irises (1936), 50 a species, drawn at random from its
 * means and standard deviations: four numbers and a name.
 */
export function irisLike(seed: number): string[][] {
  const random = new Random(seed, 'weights');
  // Twelve uniform numbers less six are close to normal.
  const normal = () =>
    Array.from({ length: 12 }, () => random.word() / 2 ** 32).reduce((a, b) => a + b) - 6;
  return Object.entries(SPECIES).flatMap(([species, moments]) =>
    Array.from({ length: 50 }, () => [
      ...[0, 2, 4, 6].map((i) => (moments[i]! + moments[i + 1]! * normal()).toFixed(1)),
      species,
    ]),
  );
}
