/** The same data in every form that programs have them in: the same datasets, predictions and trainings. */
import fc from 'fast-check';
import { Dataset, Network as LocalNetwork, type Numbers } from 'relumax';
import { Network as RemoteNetwork } from 'relumax/worker';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const FEATURES = 6;
const CLASSES = 3;

/** Rows of so many numbers. */
function rowsOf<T>(values: ArrayLike<T>, width: number): T[][] {
  return Array.from({ length: values.length / width }, (_, i) =>
    Array.from({ length: width }, (_, j) => values[i * width + j]!),
  );
}

/** Arrays of one type, or of several, of the values; and rows of such. */
function formsOf(
  values: number[],
  width: number,
  types: Iterable<{ from(values: ArrayLike<number>): Numbers }>,
): Numbers[] {
  const all = [...types];
  const rows = rowsOf(values, width);
  return [
    ...all.map((type) => type.from(values)),
    ...all.map((type) => rows.map((row) => type.from(row))),
    rows.map((row, i) => all[i % all.length]!.from(row)),
    ...all.map((type) => rows.map((row) => rowsOf(row, 1).map((one) => type.from(one)))),
  ];
}

const holds = (values: number[]) => (type: { from(values: number[]): ArrayLike<number> }) =>
  Array.from(type.from(values)).every((value, i) => Object.is(value, values[i]));
const FLOATS = [Array, Float32Array, Float64Array];
const WHOLE = [Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array];
const BYTES = [Uint8Array, Uint8ClampedArray, Buffer];

const examplesOf = (count: number, value: fc.Arbitrary<number>) =>
  fc.array(value, { minLength: count * FEATURES, maxLength: count * FEATURES });
const inputs = fc.integer({ min: 1, max: 5 }).chain((count) =>
  fc.oneof(
    examplesOf(count, fc.integer({ min: 0, max: 255 })).map((values) => ({
      given: Uint8Array.from(values) as Numbers,
      forms: formsOf(values, FEATURES, BYTES),
    })),
    ...[
      fc.float({ min: -9, max: 9, noNaN: true }),
      fc.double({ min: -9, max: 9, noNaN: true }),
      fc.integer({ min: -100, max: 100 }),
      fc.integer({ min: 0, max: 60_000 }),
    ].map((value) =>
      examplesOf(count, value).map((values) => ({
        given: (holds(values)(Float32Array)
          ? Float32Array.from(values)
          : Float64Array.from(values)) as Numbers,
        forms: formsOf(values, FEATURES, [...FLOATS, ...WHOLE].filter(holds(values))),
      })),
    ),
  ),
);
const examples = inputs.chain((some) => {
  const count = (some.given as Float32Array).length / FEATURES;
  const labels = fc.array(fc.integer({ min: 0, max: CLASSES - 1 }), {
    minLength: count,
    maxLength: count,
  });
  return fc.record({ inputs: fc.constant(some), labels });
});
const oneHot = (labels: number[]) =>
  labels.flatMap((label) => Array.from({ length: CLASSES }, (_, i) => +(i === label)));
/** Labels, and one-hot rows. */
const labelForms = (labels: number[]) => [
  ...formsOf(labels, 1, [...FLOATS, ...WHOLE, Uint8ClampedArray]).slice(0, 9),
  ...formsOf(oneHot(labels), CLASSES, [...FLOATS, ...WHOLE]),
  ...formsOf(oneHot(labels), CLASSES, BYTES),
];

const seen = ({ inputs, labels, targets, ...rest }: Dataset) => ({
  ...rest,
  inputs: [...inputs],
  labels: [...labels],
  targets: targets && [...targets],
  areBytes: inputs instanceof Uint8Array,
});

describe('a dataset', () => {
  test('of classes', () => {
    fc.assert(
      fc.property(examples, ({ inputs: { given, forms }, labels }) => {
        const expected = Dataset.from({
          inputs: given,
          labels: Uint8Array.from(labels),
          classes: CLASSES,
        });
        expect(expected.inputs).toBe(given);
        for (const inputs of forms) {
          const dataset = Dataset.from({ inputs, labels, classes: CLASSES });
          expect(seen(dataset)).toEqual(seen(expected));
          // Only arrays of the network's own types are not converted, as narrow as can be.
          if (dataset.inputs !== inputs) expect(dataset.inputs).toEqual(expected.inputs);
        }
        for (const form of labelForms(labels)) {
          const isFlat = (form as ArrayLike<unknown>).length !== labels.length;
          const given = isFlat ? { targets: form } : { labels: form };
          const all = { inputs: forms[0]!, classes: CLASSES, ...given } as never;
          expect(seen(Dataset.from(all))).toEqual(seen(expected));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('of targets', () => {
    fc.assert(
      fc.property(inputs, ({ given, forms }) => {
        const isByte = given instanceof Uint8Array;
        const expected = Dataset.from({
          inputs: given,
          targets: isByte ? Float32Array.from(given) : given,
          outputs: FEATURES,
        });
        for (const form of forms) {
          const dataset = Dataset.from({ inputs: form, targets: form, outputs: FEATURES });
          expect(seen(dataset)).toEqual(seen(expected));
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a network', () => {
  const options = { layers: [FEATURES, 4, CLASSES], seed: 1 };
  let local: LocalNetwork;
  let remote: RemoteNetwork;
  beforeAll(async () => {
    local = await LocalNetwork.create(options);
    remote = await RemoteNetwork.create(options);
  });
  afterAll(() => {
    local.dispose();
    remote.dispose();
  });
  /** Here, and in the worker, with arrays copied and transferred. */
  const WAYS = [
    [() => local, undefined],
    [() => remote, { transfer: false }],
    [() => remote, { transfer: true }],
  ] as const;
  /** A copy whose own arrays a transfer may take. */
  const copyOf = (form: Numbers) =>
    form instanceof Buffer ? Uint8Array.from(form) : structuredClone(form);

  test('predicts, and keeps what was converted', async () => {
    await fc.assert(
      fc.asyncProperty(inputs, async ({ given, forms }) => {
        const expected = local.predict(given);
        const activations = local.activations(given);
        for (const [networkOf, transfer] of WAYS) {
          const network = networkOf();
          for (const form of forms) {
            const [one, other] = [copyOf(form), copyOf(form)];
            expect(await network.predict(one, transfer as never)).toEqual(expected);
            expect(await network.activations(other, transfer as never)).toEqual(activations);
            const isOwn = [Uint8Array, Float32Array, Float64Array].some((t) => one instanceof t);
            if (transfer?.transfer && isOwn) expect((one as Uint8Array).length).toBe(0);
            else expect(one).toEqual(copyOf(form));
          }
        }
      }),
      { numRuns: 10 },
    );
  });

  test('trains on batches', async () => {
    await fc.assert(
      fc.asyncProperty(examples, async ({ inputs: { given, forms }, labels }) => {
        const start = local.parameters();
        const report = local.trainOnBatch(given, Uint8Array.from(labels));
        const trained = local.parameters();
        for (const [networkOf, transfer] of WAYS) {
          const network = networkOf();
          for (const [i, form] of labelForms(labels).entries()) {
            await network.setParameters(start);
            const batch = [copyOf(forms[i % forms.length]!), copyOf(form)] as const;
            expect(await network.trainOnBatch(...batch, transfer)).toEqual(report);
            expect(await network.parameters()).toEqual(trained);
          }
        }
      }),
      { numRuns: 6 },
    );
  });

  test('is trained and evaluated', async () => {
    await fc.assert(
      fc.asyncProperty(examples, async ({ inputs: { given, forms }, labels }) => {
        const start = local.parameters();
        const classes = CLASSES;
        const expected = Dataset.from({ inputs: given, labels: Uint8Array.from(labels), classes });
        await local.fit(expected, { epochs: 2 });
        const [trained, evaluation] = [local.parameters(), local.evaluate(expected)];
        const form = forms.at(-1)!;
        for (const [networkOf, transfer] of WAYS) {
          const network = networkOf();
          await network.setParameters(start);
          const dataset = Dataset.from({ inputs: copyOf(form), labels, classes });
          await network.fit(dataset, { epochs: 2, ...transfer });
          expect(await network.parameters()).toEqual(trained);
          expect(await network.evaluate(dataset)).toEqual(evaluation);
        }
      }),
      { numRuns: 6 },
    );
  });
});
